# cron, at, syslog, logrotate, busybox and its small servers.
. /case/lib.bash
#| s/^[A-Z][a-z]{2} +[0-9]+ [0-9:]{8} //
#| s/\[[0-9]+\]/[N]/
#| s/^<13>[A-Z][a-z]{2} +[0-9]+ [0-9:]{8}/<13>/
#| s/^job ([0-9]+) at .*/job \1/
cd /tmp || exit 99
rsyslogd -iNONE -C -n -f /dev/stdin <<<'module(load="imuxsock")
*.* /tmp/syslog' >/tmp/rs.out 2>&1 &
await test -S /dev/log
printf '* * * * * echo "cron ran as $(id -un)" >>/tmp/cron.out\n* * * * * logger from-cron\n' | crontab -
cron
atd
sh 'crontab -l | wc -l; echo "echo at ran >/tmp/at.out" | at now 2>&1 | tail -n 1; echo "true" | at 23:59 2>&1 | tail -n 1; atq | grep -c 23:59; atrm 2; atq | grep -c 23:59; echo x | batch 2>&1 | tail -n 1'
await test -s /tmp/at.out
await test -s /tmp/cron.out
sleep 1
sh 'cat at.out cron.out; grep -q "CRON.*CMD" syslog && echo CMD; grep -o from-cron syslog | head -n 1'
sh 'logger -p user.err -t tag message; logger -i -s to-both 2>&1; logger --rfc5424 -u /dev/log structured; seq 3 | logger -t many; sleep 1; grep -o "tag: message\|to-both\|structured\|many: [0-9]" syslog'
sh 'chmod 755 .; printf "/tmp/lr.log {\n\tsize 1\n\trotate 2\n\tcompress\n\tcreate 640 root adm\n\tpostrotate\n\t\techo rotated >>/tmp/lr.post\n\tendscript\n}\n" >lr.conf; chmod 644 lr.conf; for i in 1 2 3 4; do echo log $i >lr.log; logrotate -f -s /tmp/lr.state lr.conf; done; ls lr*; zcat lr.log.1.gz; wc -l <lr.post; stat -c "%a %G" lr.log'
sh 'run-parts --list /etc/cron.daily; mkdir rp; printf "#!/bin/sh\necho one\n" >rp/a; printf "#!/bin/sh\nexit 3\n" >rp/b; chmod 755 rp/*; run-parts --exit-on-error rp; echo $?; run-parts --report rp; start-stop-daemon --start -b -m -p /tmp/pid -x /bin/sleep -- 100; sleep 1; start-stop-daemon --status -p /tmp/pid; echo $?; start-stop-daemon --stop -p /tmp/pid --retry 5 -v | sed "s/[0-9][0-9]*/N/"; start-stop-daemon --status -p /tmp/pid; echo $?'
sh 'savelog -q lr.post; ls lr.post*; uuidgen | wc -c; uuidgen -s -n @dns -N example.org; cal -m 2 2024 2>/dev/null | head -n 1; mcookie | wc -c; rev <<<abc; hexdump -C <<<abc; look -f aa /etc/passwd | wc -l; column -t <<<"a bb c"; ul <<<x; colrm 2 <<<abc; namei /tmp | head -n 1; whereis -b ls; getopt -o ab: -- -a -b c d; fincore --output PAGES,FILE lr.conf | tail -n 1; lslocks | wc -l | sed s/.*/n/; ipcmk -Q | cut -d: -f 1; ipcs -q | grep -c "^0x"; ipcrm -a; ipcs | grep -c "^0x"; ipcmk -M 4096 -S 3 | cut -d: -f 1; ipcs -m -i 0 2>&1 | grep -c bytes; lsipc -g | awk "{ print \$1 }"; flock lr.conf -c "echo flocked"; ctrlaltdel 2>&1 | head -n 1; setterm --version | cut -c 1-7; prlimit --version | cut -c 1-7; hwclock --version | cut -c 1-7; zramctl --version | cut -c 1-7'

# busybox
sh 'busybox | grep -c .; busybox --list | wc -l; busybox sh -c "for i in 1 2 3; do echo \$i; done | busybox tac; trap \"echo bye\" EXIT; set -- a b; echo \$#; f() { return 3; }; f; echo \$?"; busybox ls -l /etc/passwd | cut -c 1-10; busybox ps | head -n 1; busybox awk "BEGIN { print 2*10, sprintf(\"%5.2f\", 3.14159) }"; busybox seq 5 | busybox sort -rn | busybox head -n 2; busybox tar c /etc/hosts 2>/dev/null | busybox tar t; busybox gzip -c /etc/passwd | busybox gunzip | cmp - /etc/passwd; busybox md5sum /etc/debian_version; busybox vi -c q /etc/hosts </dev/null >/dev/null 2>&1; busybox find /etc -name hosts; busybox free | head -n 1 | wc -w; busybox stat -c %a /etc/passwd; busybox date -u -d @0; busybox expr 3 \* 4; busybox timeout 1 busybox sleep 5; echo $?; busybox env -i A=b busybox env; busybox ip link show lo | head -n 1; busybox ping -c 1 -q 127.0.0.1 | grep -c " 0%"; busybox unshare -r busybox id -u; busybox chroot / busybox id -u; busybox cpio -o </dev/null 2>/dev/null | wc -c; busybox mount | grep -c proc; busybox df / | wc -l; busybox nc -l -p 7200 & sleep 1; echo net | busybox nc -w 2 127.0.0.1 7200; wait'
sh 'mkdir w; echo page >w/index.html; busybox httpd -f -p 127.0.0.1:7300 -h w & sleep 1; busybox wget -q -O - http://127.0.0.1:7300/; kill %1; busybox udhcpd --help 2>&1 | head -n 1 | cut -c 1-7' 
sh 'busybox syslogd -n -O /tmp/bbsys & sleep 1; busybox logger hi; kill %1; busybox ash -c "cat <<X | busybox xargs -n 2 echo
a b
c d
X"; busybox script -q -c "tty | cut -c 1-8" /dev/null 2>/dev/null; busybox setsid busybox tty; busybox top -b -n 1 | head -n 1 | cut -c 1-4; busybox getopt ab:c -a -b x -c; busybox watch --help 2>&1 | grep -c Usage; busybox xxd </etc/debian_version; busybox nohup busybox true 2>/dev/null; echo $?; busybox taskset 1 busybox nproc; busybox ionice'
