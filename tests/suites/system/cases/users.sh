# Accounts, su, sudo, runuser, login shells, setpriv.
. /case/lib.bash
#| s/^([^:]*:[^:]*):[0-9]{5}:/\1:DAY:/
#| s/(password change|Last password change).*: .*/\1/
#| s/\$y\$[^:]*/HASH/
try useradd -m -s /bin/bash -c 'Joe User' joe
try groupadd -g 4000 staff2
try usermod -aG staff2,users joe
try id joe
try getent passwd joe
sh 'echo joe:secret | chpasswd; getent shadow joe'
try passwd -S joe | cut -d' ' -f 1,2
try chage -M 90 joe
sh 'chage -l joe | sed "s/: .*20.*/: DATE/"'
try chfn -f 'Joe B' joe
try chsh -s /bin/sh joe
try su joe -c 'id; pwd'
try su - joe -c 'id -un; pwd; echo $HOME $SHELL $0; ulimit -n'
try su -s /bin/bash nobody -c 'id -un; cat /etc/shadow'
try runuser -u joe -- id -G
try su nosuch -c true
try sudo -V | head -n 1
try sudo -u joe id
try sudo -u joe -g staff2 id -gn
sh 'sudo -u "#4321" id -u'
sh 'sudo -i -u joe pwd'
sh 'sudo A=b env | grep -E "^(A|SUDO_[A-Z]*)="'
sh 'sudo -l | tail -n 2'
sh 'sudo -b sh -c "echo background >/tmp/b"; sleep 1; cat /tmp/b'
sh 'sudo sh -c "exit 5"; echo $?; sudo sh -c "kill -TERM \$\$"; echo $?'
try visudo -c
sh 'echo "joe ALL=(nobody) NOPASSWD: /usr/bin/id" >/etc/sudoers.d/joe; chmod 440 /etc/sudoers.d/joe; visudo -c; sudo -l -U joe'
sh 'cvtsudoers -f json /etc/sudoers.d/joe'
sh 'sudo timeout 0.2 sleep 5; echo $?'
sh 'expect -c "spawn -noecho sudo -k su - joe; expect \"$\"; send \"id -un; tty\r\"; expect pts; send \"exit\r\"; expect eof" | grep -o "^joe\|pts"'
try setpriv --reuid 1000 --regid 1000 --clear-groups id
try setpriv --reuid 1000 --regid 1000 --init-groups id
try setpriv -d
sh 'setpriv --no-new-privs --bounding-set -sys_admin setpriv -d | tail -n 3'
sh 'setpriv --inh-caps +chown --ambient-caps +chown --reuid joe --regid joe --clear-groups grep Cap /proc/self/status'
sh 'setpriv --pdeathsig TERM sleep 0; setpriv --dump --dump | head -n 3'
sh 'newgrp staff2 <<<"id -gn"; sg users -c "id -gn"'
try gpasswd -d joe staff2
try groups joe
sh 'login -f joe </dev/null 2>&1 | tail -n 1' | head -c 300
sh 'faillog -u joe; lastlog -u joe'
sh 'pwck -r; grpck -r; pwunconv; grep joe /etc/passwd | cut -d: -f 1,3-; pwconv'
try userdel -r joe
sh 'getent passwd joe; ls /home'
sh 'groupdel staff2; groupdel nosuch'
sh 'adduser --disabled-password --gecos "" ann; deluser ann'
sh 'prlimit --nofile=100:200 bash -c "ulimit -Sn; ulimit -Hn; prlimit --nofile"'
sh 'echo "* hard nproc 333" >/etc/security/limits.d/x.conf; su daemon -s /bin/bash -c "ulimit -u"'
