# Pseudo-terminals: tmux, screen, script, expect, editors, job control.
. /case/lib.bash
#| s/pts\/[0-9]+/pts\/N/g
#| s/([0-9]+)\.(pts-[0-9]+|name|s1)\./PID.\2./
cd /tmp || exit 99
echo "PS1='$ '; HISTFILE=/dev/null" >rc
pane()
{
	tmux capture-pane -p -t "$1" | sed '/^$/d'
}
shows()
{
	pane "$1" | grep -q "$2"
}
try tmux -V
tmux -f /dev/null new-session -d -s s1 -x 100 -y 30 'bash --rcfile /tmp/rc'
await shows s1 '^\$'
tmux send-keys -t s1 'echo one; seq 3; tty' Enter
await shows s1 pts
sh "tmux capture-pane -p -t s1 | sed '/^\$/d'"
tmux send-keys -t s1 'sleep 100' Enter
sleep 1
tmux send-keys -t s1 C-z
await shows s1 Stopped
tmux send-keys -t s1 'jobs; bg; fg' Enter
sleep 1
await shows s1 'sleep 100 &'
sleep 1
tmux send-keys -t s1 C-c
await shows s1 '\^C'
sleep 1
tmux send-keys -t s1 'echo done; stty size' Enter
await shows s1 '^done'
sleep 0.5
sh "tmux capture-pane -p -t s1 | sed '/^\$/d'"
try tmux split-window -h -t s1 'bash --rcfile /tmp/rc'
try tmux resize-window -t s1 -x 80 -y 20
sleep 3
tmux send-keys -t s1.1 'clear; stty size; trap "echo winch" WINCH' Enter
await shows s1.1 '^[0-9]'
sleep 0.5
sh "tmux capture-pane -p -t s1.1 | sed '/^\$/d'"
try tmux list-panes -t s1 -F '#{pane_index} #{pane_width}x#{pane_height} #{pane_current_command}'
try tmux list-sessions -F '#{session_name} #{session_windows}'
try tmux new-window -t s1 -n top 'top -d 1'
await shows s1:top 'load average'
try tmux list-windows -t s1 -F '#W #F'
tmux send-keys -t s1:top q
seq 200 >lines
tmux new-window -t s1 -n less 'less lines'
await shows s1:less '^18'
tmux send-keys -t s1:less '/150' Enter
await shows s1:less '^150'
sh "tmux capture-pane -p -t s1:less | head -n 5"
tmux send-keys -t s1:less q
tmux new-window -t s1 -n nano 'nano -I text'
await shows s1:nano 'New Buffer\|text'
tmux send-keys -t s1:nano 'hello from nano' C-o Enter
await test -s text
tmux send-keys -t s1:nano C-x
try cat text
try tmux set-buffer 'pasted text'
try tmux show-buffer
sh 'tmux wait-for ch & sleep 0.3; tmux wait-for -S ch; wait; echo waited'
sh 'tmux run-shell "echo from run-shell"'
sh 'tmux if-shell true "display-message -p yes" "display-message -p no"'
try tmux kill-session -t s1

try screen -v
try screen -dmS name bash --rcfile /tmp/rc
await screen -S name -Q windows
sh 'screen -ls | grep -o "name\|(Detached)"'
screen -S name -X stuff $'echo in screen; tty\n'
hardcopy()
{
	screen -S name -X hardcopy /tmp/hard
	grep -q '^\$ *$' /tmp/hard && grep -q pts /tmp/hard
}
await hardcopy
sh 'sed "/^ *$/d" /tmp/hard'
sh 'screen -S name -X screen -t two sh -c "echo second >/tmp/second; sleep 100"; while [ ! -s second ]; do sleep 0.2; done; cat /tmp/second'
sh 'screen -S name -Q windows; echo'
sh 'screen -S name -Q select 0; screen -S name -X width 70 20; sleep 0.5; screen -S name -p 0 -X stuff "stty size >/tmp/size$(printf "\\r")"; while [ ! -s size ]; do sleep 0.2; done; cat /tmp/size'
sh 'expect -c "log_user 0; spawn screen -r name; expect screen; send \001d; expect detached { puts detached }"'
sh 'screen -S name -X quit; screen -ls | tail -n 1'

sh 'script -qec "tty; stty -a | head -n 1; echo hi" /dev/null | tr -d "\r"'
sh 'echo "echo typed" | script -qc "sh -i" /tmp/typescript >/dev/null; grep -a -c typed /tmp/typescript'
sh 'script -q -T tm -O out -c "echo a; sleep 0.2; echo b" >/dev/null; scriptreplay -T tm -O out | tr -d "\r" | grep "^[ab]$"'
sh 'expect -c "spawn -noecho bash --rcfile /tmp/rc -i; expect {\$ }; send {sleep 100}; send \r; sleep 1; send \003; expect {\$ }; send {echo st=\$?}; send \r; expect -re {st=\d+}; puts \n\$expect_out(0,string)" | tail -n 1'
sh 'expect -c "log_user 0; spawn cat; send one\r; expect one; expect one; send \004; expect eof; puts [lindex [wait] 3]"'
sh 'expect -c "log_user 0; spawn bash --norc; send {exec 2>/dev/null; stty raw -echo; dd bs=1 count=3 | od -An -tx1; stty sane}; send \r; sleep 1; send abc; expect -re {61 62 63} { puts raw }"'
sh 'expect -c "log_user 0; spawn dash; send \"sleep 9 & jobs; kill %1; wait; echo over\r\"; expect over; expect over { puts over }"'
sh 'setsid -w sh -c "tty; ps -o sid= -p \$\$ | grep -c \"\$\$\""; setsid -c -w true; echo $?'
sh 'python3 -c "
import pty, os
pid, fd = pty.fork()
if pid == 0:
    os.execlp(\"sh\", \"sh\", \"-c\", \"tty; stty size\")
out = b\"\"
try:
    while True:
        d = os.read(fd, 100)
        if not d: break
        out += d
except OSError as e:
    print(e.errno)
print(out, os.waitpid(pid, 0)[1])"'
sh 'python3 -c "
import os, fcntl, termios, struct, tty
m, s = os.openpty()
fcntl.ioctl(s, termios.TIOCSWINSZ, struct.pack(\"HHHH\", 11, 22, 0, 0))
print(struct.unpack(\"HHHH\", fcntl.ioctl(m, termios.TIOCGWINSZ, b\"\\0\"*8)))
print(termios.tcgetattr(s)[:6])
tty.setraw(s); os.write(m, b\"x\\r\"); print(os.read(s, 9))
fcntl.ioctl(m, termios.TIOCPKT, struct.pack(\"i\", 1)); termios.tcflush(s, termios.TCIFLUSH); print(os.read(m, 9))
print(os.ttyname(s).startswith(\"/dev/pts/\"))"'
