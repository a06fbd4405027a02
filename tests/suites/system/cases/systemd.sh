# What systemd brings besides a service manager, and D-Bus.
. /case/lib.bash
#| s/[0-9a-f]{32}/ID/g
#| s/pid=[0-9]+/pid=N/; s/dbus-daemon\[[0-9]+\]/dbus-daemon[N]/
#| s/destination=:1\.[0-9]+/destination=N/
#| s/serial=[0-9]+/serial=N/; s/time=[0-9.]+/time=N/
#| s/^(.*) in [0-9.]+ms.*/\1/
cd /tmp || exit 99
export SYSTEMD_LOG_LEVEL=warning SYSTEMD_COLORS=0
cat >t.conf <<'R'
d /run/td 0750 daemon mail -
f /run/td/file 0644 - - - some content\nand more
L /run/td/link - - - - /etc/hostname
p /run/td/fifo 0600 - - -
c /run/td/null 0666 - - - 1:3
C /run/td/copy - - - - /etc/hosts
w /run/td/file - - - - written
a+ /run/td/file - - - - u:bin:rw
h /run/td/file - - - - +i
t /run/td/copy - - - - user.x=y
D /run/te 1777 - - 1s
R
sh 'systemd-tmpfiles --create /tmp/t.conf; ls -l /run/td | cut -c 1-10; stat -c "%n %a %U %G %F" /run/td/* /run/te; cat /run/td/file; getfacl -c /run/td/file; getfattr --only-values -n user.x /run/td/copy; echo'
sh 'touch /run/te/x; sleep 1.5; systemd-tmpfiles --clean /tmp/t.conf; ls /run/te; systemd-tmpfiles --remove /tmp/t.conf; ls /run/te; chattr -i /run/td/file; echo "nonsense" >bad.conf; systemd-tmpfiles --create /tmp/bad.conf; systemd-tmpfiles --cat-config | grep -c ^; systemd-tmpfiles --create --prefix=/run 2>&1 | head -n 3; ls /run | tr "\n" " "'
sh 'printf "u svc 777 \"A Service\" /var/lib/svc\ng grp 888\nm svc grp\nu auto - \"x\"\nr - 300-310\n" >s.conf; systemd-sysusers /tmp/s.conf; getent passwd svc auto; getent group grp; id svc; systemd-sysusers /tmp/s.conf; mkdir -p root/etc; systemd-sysusers --root=/tmp/root; wc -l <root/etc/passwd'
sh 'systemd-escape -p /dev/disk/by-id/a\ b; systemd-escape -u a-b; systemd-analyze calendar --base-time="2024-01-01 00:00:00 UTC" --iterations=2 "Mon *-*-* 12:00" | grep -v "(in\|From now"; systemd-analyze timespan "1h 30min"; systemd-analyze timestamp @86400 | grep UTC; systemd-analyze syscall-filter @clock | grep -v "#"; systemd-analyze exit-status | head -n 3; systemd-analyze capability | tail -n 1; systemd-analyze compare-versions 1.2 lt 1.10; echo $?; systemd-analyze unit-paths | head -n 2; systemd-analyze verify cron.service; systemd-analyze --offline=true security cron.service 2>/dev/null | tail -n 1; systemd-analyze condition "ConditionPathExists=/etc"; echo $?; systemd-analyze condition "ConditionArchitecture=$(dpkg --print-architecture | sed s/amd64/x86-64/)"; echo $?'
sh 'systemd-id128 new | wc -c; systemd-machine-id-setup --print --root=/tmp/root | wc -c; systemd-path | head -n 5; systemd-path user-runtime 2>&1; systemd-detect-virt -c; systemd-detect-virt --private-users; echo $?; systemd-delta --no-pager 2>/dev/null | tail -n 1; systemd-cat --version | wc -l; hostnamectl --version | wc -l'
sh 'mkdir -p root/etc/systemd/system root/usr/lib/systemd/system; printf "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\nAlias=al.service\n" >root/usr/lib/systemd/system/my.service; systemctl --root=root enable my; find root/etc/systemd -type l; systemctl --root=root is-enabled my; systemctl --root=root mask my; systemctl --root=root list-unit-files | head -n 3; systemctl --root=root disable my; systemctl --root=root preset-all >/dev/null 2>&1; echo $?; systemctl is-system-running; systemctl status 2>&1 | head -n 1; systemd-firstboot --root=root --hostname=h --timezone=UTC --locale=C.UTF-8 --force; cat root/etc/hostname; readlink root/etc/localtime'
sh 'systemd-socket-activate -l 127.0.0.1:7777 --inetd -a cat 2>/dev/null & p=$!; sleep 1; echo through | nc -N 127.0.0.1 7777; kill $p; systemd-notify --ready; echo $?; systemd-notify --booted; echo $?; NOTIFY_SOCKET=/tmp/ns; python3 -c "
import socket, subprocess
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1); s.bind(\"/tmp/ns\")
subprocess.run([\"systemd-notify\", \"--no-block\", \"READY=1\", \"STATUS=ok\"], env={\"NOTIFY_SOCKET\": \"/tmp/ns\"})
print(s.recv(999))"'
sh 'systemd-run --version | wc -l; systemd-dissect --version | wc -l; systemd-creds setup 2>&1 | head -n 1; echo secret | systemd-creds encrypt --with-key=host --name=c - c.enc && systemd-creds decrypt --name=c c.enc -; systemd-ask-password --timeout=1 x </dev/null 2>&1 | head -n 1; systemd-mount --version | wc -l; systemd-umount --version | wc -l; udevadm --version 2>&1 | wc -l'
mkdir -p /run/systemd/journal
/lib/systemd/systemd-journald >/dev/null 2>&1 &
await test -S /run/systemd/journal/stdout
sh 'logger -t tag --socket-errors=off "to the journal"; echo err | systemd-cat -t cat -p err; sleep 1; journalctl -D /run/log/journal -o cat -t tag; journalctl -D /run/log/journal -t cat -o json 2>/dev/null | jq -r ".MESSAGE, .PRIORITY, ._UID, ._COMM"; journalctl -D /run/log/journal --verify 2>&1 | grep -c PASS'
kill %1

# D-Bus.
sh 'dbus-uuidgen --ensure; dbus-run-session -- sh -c "dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames | sed s/sender=.*//; busctl --user --no-pager list --no-legend | awk \"{ print \\\$1, \\\$3 }\"; busctl --user call org.freedesktop.DBus / org.freedesktop.DBus GetNameOwner s org.freedesktop.DBus; busctl --user introspect org.freedesktop.DBus / | head -n 5; busctl --user --json=short call org.freedesktop.DBus / org.freedesktop.DBus GetId"'
dbus-daemon --system --fork --print-address | cut -d, -f 1
sh 'dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetConnectionUnixUser string:org.freedesktop.DBus | tail -n 1; (timeout 3 dbus-monitor --system "type=signal" >mon 2>/dev/null) & sleep 1; dbus-send --system /a b.c.D string:x int32:5 array:string:a,b dict:string:int32:k,7 double:1.5 2>/dev/null; wait; grep -A 14 "interface=b.c" mon | sed "s/sender=[^ ]*//"; busctl status org.freedesktop.DBus | grep -E "^(PID|UID|Comm)=" | sed "s/PID=.*/PID/"'
sh 'mkdir -p /usr/local/share/dbus-1/services; printf "[D-BUS Service]\nName=a.b.Act\nExec=/bin/sh -c \"touch /tmp/activated; exit 1\"\n" >/usr/local/share/dbus-1/services/a.b.Act.service; dbus-run-session -- dbus-send --session --print-reply --dest=a.b.Act / a.b.C 2>&1 | head -n 1; ls activated'
sh 'setpriv --reuid daemon --regid daemon --clear-groups dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.Hello 2>&1 | cut -c 1-60; setpriv --reuid daemon --clear-groups busctl call org.freedesktop.DBus / org.freedesktop.DBus UpdateActivationEnvironment "a{ss}" 0 2>&1 | cut -c 1-80'
