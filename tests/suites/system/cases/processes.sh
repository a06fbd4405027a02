# Who runs, and how: ps, top, pgrep, lsof, limits, priorities, affinity.
. /case/lib.bash
#| s/dev=0,[0-9]+/dev=N/
#| s/^(top - ).*/\1/
#| s/(line [0-9]+: +)[0-9]+ /\1 N /
#| s/processes\.(native|out)/processes/
cd /tmp || exit 99
cp /bin/sleep /tmp/sleeper
/tmp/sleeper 1000 & p=$!
bash -c 'exec -a "other name" sleep 1000' & q=$!
python3 -c '
import threading, time
open("/proc/self/comm", "w").write("threads")
for i in range(3): threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
time.sleep(1000)' & t=$!
export p q t
await grep -q threads /proc/$t/comm
sleep 1
sh 'ps -o comm=,args=,stat=,ni=,nlwp=,user=,tty= -p $p,$q,$t'
sh 'ps -eo comm,args >list; grep -v "ps -eo\|grep\|bash -c\|/enter " list | sort -u'
sh 'ps -f -p $p | awk "{ print \$1, \$8, \$9, \$10 }"'
sh 'ps aux | grep "[s]leeper" | awk "{ print \$1, \$11, \$12 }"'
sh 'ps -L -o comm= -p $t; ps -o ppid= -p $p | grep -c "$PPID"'
sh 'ps -o etimes=,psr=,pri=,cls=,rtprio=,wchan=,exe= -p $p | awk "{ print \$3, \$4, \$5, \$7 }"'
sh 'ps -o sess,pgid,pid -p $p | wc -l; ps -e --forest -o comm | grep -c sleep; ps -C sleeper -o cmd='
sh 'ps -o label=,cgroup= -p $p | wc -l; ps -eo pid,ppid,stat | awk "NR > 1 && \$3 ~ /Z/" | wc -l'
sh 'cat /proc/$p/cmdline | tr "\0" " "; echo; readlink /proc/$p/exe; cat /proc/$p/comm; readlink /proc/$p/cwd; tr "\0" "\n" </proc/$p/environ | grep -E "^(HOME|PATH|LC_ALL|p)="; ls /proc/$p/fd | tr "\n" " "'
sh 'cat /proc/$q/cmdline | tr "\0" " "; readlink /proc/$q/exe; cat /proc/$t/task/*/comm | sort | uniq -c'
sh 'grep -E "^(Name|State|Threads|Uid|NSpid|SigIgn|SigBlk|Seccomp|NoNewPrivs)" /proc/$p/status | sed "/NSpid/s/[0-9]//g"; grep SigCgt /proc/self/status; cut -d" " -f 2,3 /proc/$p/stat; cat /proc/$p/wchan; echo'
sh 'grep -c "r-xp.*sleeper" /proc/$p/maps; grep -o "/tmp/sleeper\|\[stack\]\|\[heap\]\|\[vdso\]" /proc/$p/maps | sort -u; grep -c ferry /proc/$p/maps; grep -c VmFlags /proc/$p/smaps | sed "s/[1-9][0-9]*/some/"'
sh 'pmap $p | head -n 1 | cut -d" " -f 2-; pmap $p | grep -o "sleeper\|\[ stack \]\|libc.so.6" | sort -u; pmap -x $p | grep -c libc.so.6 | sed "s/[1-9]/some/"'
sh 'top -b -n 1 -p $p | tail -n +7 | awk "{ print \$2, \$NF }"; top -b -n 1 -H -p $t | grep -c threads'
sh 'top -b -n 2 -d 0.5 -c -p $q | grep -c "other name"'
sh 'pgrep -x sleeper | wc -l; pgrep -f "o[t]her name 1000" | wc -l; pgrep -lx threads | cut -d" " -f 2; pgrep -c -u root sleep; pidof sleeper /tmp/sleeper | wc -w; pgrep -a sleeper | cut -d" " -f 2-'
sh 'pstree -a $p; pstree -T -A 1 | grep -c sleep; pstree -t $t'
sh 'lsof -p $p 2>/dev/null | awk "{ print \$1, \$4, \$5, \$NF }" | grep -v "locale\|mem" | sed "s/pipe:.*/pipe/"'
sh 'lsof -p $p 2>/dev/null | awk "\$4 == \"mem\" || \$4 == \"txt\" { print \$4, \$NF }" | sort'
sh 'exec 7>/tmp/held; lsof -t /tmp/held | wc -l; fuser /tmp/held 2>&1 | sed "s/[0-9]//g"; fuser -v /tmp/sleeper 2>&1 | tail -n 1 | awk "{ print \$NF, \$(NF - 1) }"'
sh 'python3 -m http.server -b 127.0.0.1 8000 >/dev/null 2>&1 & s=$!; until nc -z 127.0.0.1 8000; do sleep 0.2; done; lsof -n -P -i :8000 | awk "NR > 1 { print \$1, \$5, \$8, \$9, \$10 }"; ss -Htlnp sport = :8000 | grep -o "python3"; fuser 8000/tcp 2>/dev/null | wc -w; fuser -k 8000/tcp >/dev/null 2>&1; wait $s; echo $?'
sh 'prlimit -p $p --nofile=50:60; prlimit -p $p -o RESOURCE,SOFT,HARD --noheadings --nofile --core; grep "open files" /proc/$p/limits'
sh 'chrt -p $p | sed "s/.*: /: /;s/pid [0-9]*//"; chrt -b -p 0 $p; chrt -p $p | head -n 1 | sed "s/.*: //"; chrt -m | head -n 3; chrt -f 5 chrt -p 0 2>&1 | sed "s/.*: //;s/pid [0-9]*.s//"'
sh 'taskset -p 1 $p | sed "s/pid [0-9]*//"; taskset -cp $p | sed "s/.*: //"; taskset 2 nproc; taskset -c 0 sh -c "grep Cpus_allowed_list /proc/self/status"; taskset -a -p $t | wc -l'
sh 'ionice -c 2 -n 3 -p $p; ionice -p $p; ionice -c 3 ionice; nice -n 5 nice; renice -n 7 -p $p | cut -d" " -f 3-; ps -o ni= -p $p; nice -n 3 sh -c "nice; renice -n -2 \$\$ >/dev/null; nice"'
sh 'schedtool $p | sed "s/PID *[0-9]*//"; numactl -s | grep -c policy; numactl --interleave=0 numactl -s | grep -E "policy|bind"; numactl -H | head -n 2'
sh 'kill -STOP $p; sleep 0.3; ps -o stat= -p $p; kill -CONT $p; sleep 0.3; ps -o stat= -p $p; killall -0 sleeper; echo $?; killall -q nosuch; echo $?'
sh 'timeout 0.3 sleep 9; echo $?; timeout -s KILL 0.3 sleep 9; echo $?; timeout --preserve-status 0.3 sleep 9; echo $?; timeout -k 0.2 0.2 sh -c "trap : TERM; while :; do sleep 0.1; done"; echo $?'
sh '/usr/bin/time -f "%x %C" sh -c "exit 3"; /usr/bin/time -f "%F %I %w" true 2>&1 | wc -w; (time true) 2>&1 | grep -c real'
sh 'lscpu | grep -E "^(Architecture|Byte Order|CPU\(s\))"; nproc; getconf PAGESIZE; uname -m; arch; lscpu -e=CPU,ONLINE; lscpu -J >/dev/null; echo $?'
sh 'lsns -n -o TYPE,NPROCS -p $p | awk "{ print \$1 }" | sort; lsns -n -t pid -o COMMAND | wc -l; lsmem >/dev/null 2>&1; echo $?; lsirq >/dev/null; echo $?'
sh 'free -k | wc -l; vmstat 1 2 | wc -l; uptime | grep -c load; w -h | wc -l; slabtop -o 2>/dev/null | grep -c Active; tload -V; pwdx $p | cut -d: -f 2; sysctl -n kernel.ostype kernel.hostname; sysctl -w kernel.hostname=other; hostname; dmesg >/dev/null; echo $?; vmstat -s | grep -c pages; vmstat -d | head -n 1'
sh 'pidwait -x sleeper & sleep 0.3; pkill -x sleeper; wait; echo waited; kill -l 15 USR1; kill -s USR1 $q; sleep 0.3; ps -p $q >/dev/null; echo $?; skill -V; waitpid -V; waitpid -t 1 -e $t 2>&1 | head -n 1'
sh 'cat /proc/loadavg | wc -w; cat /proc/version | cut -c 1-13; cat /proc/uptime | wc -w; cat /proc/cpuinfo | grep -c -i "^processor"; ls /proc/sys | tr "\n" " "; cat /proc/sys/kernel/random/uuid | wc -c; cat /proc/self/mountinfo | wc -l; head -c 20 /proc/self/cgroup | cut -c 1; cat /proc/self/oom_score_adj; choom -n 100 -- choom -p self 2>&1 | head -n 1; choom -n 50 cat /proc/self/oom_score_adj; cat /proc/self/loginuid; echo; cat /proc/self/personality /proc/self/timerslack_ns; setarch -R sh -c "cat /proc/self/personality"; setarch --list | grep -c . | sed s/.*/n/; linux64 uname -m'
