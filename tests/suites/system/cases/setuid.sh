# Set-user-ID programs and file capabilities, started by others than root.
# binfmt
. /case/lib.bash
useradd -m -s /bin/bash joe
echo joe:secret | chpasswd
echo "joe ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/joe
sh 'su joe -c "sudo -n id"'
sh 'su joe -c "sudo -n -u nobody sh -c \"id -un; cat /proc/self/status | grep Uid\""'
sh 'su joe -c "ls -l /usr/bin/sudo | cut -c 1-10; su -c id </dev/null"'
sh 'expect -c "log_user 0; spawn su joe -c {su joe -c \"echo I am \\\$(id -un)\"}; expect assword:; send secret\r; expect {I am joe} {puts yes} eof {puts no}"'
sh 'expect -c "log_user 0; spawn su joe -c passwd; expect urrent; send secret\r; expect ew; send hdUTGnnq82\r; expect ew; send hdUTGnnq82\r; expect success {puts changed} eof {puts no}"'
sh 'cp /usr/bin/id /tmp/id; chmod 4755 /tmp/id; su joe -c "/tmp/id -u; /tmp/id -ru"'
sh 'chown root:daemon /tmp/id; chmod 2755 /tmp/id; su joe -c "/tmp/id -gn; /tmp/id -grn"'
sh 'chown daemon /tmp/id; chmod 4755 /tmp/id; su joe -c "/tmp/id -un"'
sh 'su joe -c "setpriv --no-new-privs /tmp/id -un"'
sh 'cp /bin/grep /tmp/grep; setcap cap_chown,cap_net_raw+ep /tmp/grep; getcap /tmp/grep; su joe -c "/tmp/grep Cap /proc/self/status"'
sh 'su joe -c "ping -c 1 -W 2 -q 127.0.0.1 | grep -o \".* received\""'
sh 'su joe -c "grep Cap /proc/self/status; unshare -Ur id -u; unshare -Urm sh -c \"mount -t tmpfs x /mnt && echo mounted\""'
sh 'su joe -c "crontab -l; echo \"* * * * * true\" | crontab -; crontab -l"; ls -l /var/spool/cron/crontabs | grep -o "joe.*crontab"'
sh 'su joe -c "chage -l root; chsh -s /bin/sh </dev/null; newgrp daemon </dev/null"' 
sh 'su joe -c "LD_PRELOAD=/nothing.so /tmp/id -un"; su joe -c "LD_PRELOAD=/nothing.so id -un"'
