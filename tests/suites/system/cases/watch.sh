# inotify and fanotify, locks, leases.
. /case/lib.bash
#| s/^[0-9]+ //
cd /tmp || exit 99
mkdir d
# A line per event, with what makes it.
watch()
{
	local tool=$1
	shift
	("$tool" -m -r -q --format '%e %w%f' "$@" d >log 2>err) &
	w=$!
	sleep 1.5
	echo x >d/a; cat d/a >/dev/null; mv d/a d/b; chmod 600 d/b; mkdir d/s
	sleep 1
	echo y >d/s/c; ln d/b d/l; truncate -s 0 d/b; touch d/l; rm d/s/c; rmdir d/s; rm d/b d/l
	sleep 1
	kill $(pgrep -x "$tool"); wait $w
	cat log err
}
try watch inotifywait
try watch inotifywait -e create,delete,move
# Events that come together are one, or not.
try watch fsnotifywait --fanotify | awk '{
	n = split($1, event, ",")
	for (i = 1; i <= n; i++)
		print event[i], $2
}' | sort -u
try watch fsnotifywait --filesystem -e close_write
sh 'inotifywait -q -t 1 d; echo $?; (sleep 1; touch d/z) & inotifywait -q -e attrib,create --format %f d; wait'
sh 'inotifywait -q nosuch; echo $?'
sh 'inotifywatch -t 2 -e create d & sleep 1; touch d/1 d/2 d/3; wait' | awk '{ print $1, $2 }'
sh 'tail -n 1 -F d/t 2>/dev/null & p=$!; sleep 0.5; echo one >d/t; sleep 1.5; mv d/t d/t.1; echo two >d/t; sleep 1.5; kill $p'
sh 'flock lock sleep 4 & sleep 1; flock -n lock true; echo $?; flock -w 0.2 lock true; echo $?; flock -s lock echo got; wait'
sh 'flock -s lock sleep 4 & sleep 1; flock -n -s lock echo shared; flock -n -x lock echo no; lslocks -n -o TYPE,MODE,PATH | grep "/tmp/lock" | sort -u; wait'
sh 'exec 9>lock; flock 9; (flock -n 9 && echo inherited); flock -u 9; exec 9>&-; flock -E 5 -n lock false; echo $?'
cat >lease.py <<'P'
import fcntl, os, signal, struct, time
hit = []
signal.signal(signal.SIGIO, lambda *a: hit.append(1))
open("leased", "w").close()
fd = os.open("leased", os.O_RDONLY)
fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
print(fcntl.fcntl(fd, fcntl.F_GETLEASE))
pid = os.fork()
if pid == 0:
    t = os.open("leased", os.O_WRONLY)
    os._exit(7)
while not hit:
    time.sleep(0.05)
print("break", fcntl.fcntl(fd, fcntl.F_GETLEASE))
fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
print(os.waitpid(pid, 0)[1] >> 8)
d = os.open("d", os.O_RDONLY)
fcntl.fcntl(d, fcntl.F_NOTIFY, fcntl.DN_CREATE | fcntl.DN_MULTISHOT)
del hit[:]
open("d/dn", "w").close()
time.sleep(0.2)
print("dnotify", len(hit))
fmt = "hhqqi4x"
f = os.open("leased", os.O_RDWR)
F_OFD_GETLK, F_OFD_SETLK = 36, 37
fcntl.fcntl(f, F_OFD_SETLK, struct.pack(fmt, fcntl.F_WRLCK, 0, 10, 5, 0))
g = os.open("leased", os.O_RDWR)
print(struct.unpack(fmt, fcntl.fcntl(g, F_OFD_GETLK, struct.pack(fmt, fcntl.F_RDLCK, 0, 0, 0, 0))))
try:
    fcntl.fcntl(g, F_OFD_SETLK, struct.pack(fmt, fcntl.F_WRLCK, 0, 12, 1, 0))
except OSError as e:
    print(e.strerror)
fcntl.lockf(f, fcntl.LOCK_EX, 4, 100)
pid = os.fork()
if pid == 0:
    try:
        fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 102)
    except OSError as e:
        os._exit(e.errno)
print(os.waitpid(pid, 0)[1] >> 8)
print(fcntl.fcntl(os.pipe()[0], 1032))  # F_GETPIPE_SZ
P
sh 'python3 lease.py 2>&1'
