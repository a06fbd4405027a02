# shell.sh - bash at work: what a large script uses, in some 200 lines.
#
# Prints nothing that differs between machines or runs, as the output is
# compared with that of the same script run natively.

set -u

section()
{
	echo "== $*"
}

section "arithmetic"
i=0
sum=0
while ((i < 1000)); do
	((sum += i * i, i++))
done
echo "sum of squares: $sum"
echo $((2 ** 62)) $((-7 / 2)) $((-7 % 2)) $((0x7fffffffffffffff + 1))
echo $((16#ff + 8#17 + 2#101)) $((1 << 40 | 3)) $((~5)) $((5 > 3 ? 11 : 22))
printf '%d %i %o %x %X %e %.3f %g\n' 42 -42 42 255 255 1234.5 3.14159 0.0001
printf '%5s|%-5s|%05d|%+d|%q\n' ab cd 42 7 "a b'c"

section "arrays"
declare -a list=(pear apple fig "two words" cherry)
declare -A age=([ann]=31 [bob]=27 [cy]=44)
echo "${#list[@]} ${list[3]} ${list[@]:1:2} ${list[-1]}"
list+=(date)
unset 'list[0]'
echo "${!list[@]} / ${list[*]^}"
for name in $(printf '%s\n' "${!age[@]}" | sort); do
	echo "$name is ${age[$name]}"
done
mapfile -t lines < <(printf 'l%d\n' 1 2 3)
echo "${lines[@]/#/<}"

section "strings"
path=/usr/local/lib/libfoo.so.1.2
echo "${path##*/} ${path%/*} ${path%%.*} ${path#*lib} ${#path}"
echo "${path//lib/LIB} ${path/%.2/.3} ${path:5:5} ${path^^}"
echo "${unset_one:-default} ${path:+set}"
[[ $path =~ ([a-z]+)\.so\.([0-9])\.([0-9])$ ]] && echo "${BASH_REMATCH[@]}"
[[ abc == a*c && abc != b* && -d / ]] && echo "patterns match"
case $path in
*.a) echo static ;;
*.so.*) echo shared ;;
esac
shopt -s extglob nullglob
echo "${path//+([0-9])/N}"

section "here-documents and redirections"
who=world
cat <<EOF
hello $who, $((6 * 7)), $(echo substituted)
EOF
cat <<'EOF'
hello $who
EOF
tr a-z A-Z <<<"a here string"
{
	echo "to stdout"
	echo "to stderr" >&2
} 2>&1 | sort
exec 5>file5
echo "through 5" >&5
exec 5>&-
exec 6<file5
read -r line <&6
exec 6<&-
echo "$line"
echo "appended" >>file5
wc -l <file5
(echo a; echo b; echo c) | while read -r x; do printf '%s.' "$x"; done
echo
diff <(printf '1\n2\n') <(printf '1\n3\n')
echo "diff ended with $?"
echo "tee" | tee copy1 copy2 >/dev/null
cat copy1 copy2

section "functions"
factorial()
{
	local n=$1

	if ((n <= 1)); then
		echo 1
	else
		echo $((n * $(factorial $((n - 1)))))
	fi
}
echo "10! = $(factorial 10)"
by_reference()
{
	local -n target=$1

	target="changed"
}
value=old
by_reference value
echo "$value"
options()
{
	local opt OPTIND=1

	while getopts "ab:c" opt; do
		echo "option $opt ${OPTARG:-none}"
		unset OPTARG
	done
	shift $((OPTIND - 1))
	echo "rest: $*"
}
options -a -b value -c one two

section "status"
false || echo "false: $?"
(exit 42)
echo "subshell: $?"
! true
echo "negated: $?"
nonexistent_command_xyz 2>/dev/null
echo "not found: $?"
/ 2>/dev/null
echo "a directory: $?"
true | false | true
echo "pipe: ${PIPESTATUS[*]}"
set -o pipefail
true | false | true
echo "pipefail: $?"
set +o pipefail
{ sh -c 'kill -TERM $$'; } 2>/dev/null
echo "terminated: $?"
{ bash -c 'kill -SEGV $$'; } 2>/dev/null
echo "segfault: $?"

section "traps"
(
	trap 'echo "exit trap, status $?"' EXIT
	trap 'echo "got USR1"' USR1
	trap 'echo "got HUP"; exit 5' HUP
	kill -USR1 $BASHPID
	kill -USR1 $BASHPID
	echo "still here"
	kill -HUP $BASHPID
	echo "not reached"
)
echo "trap subshell: $?"
(
	trap '' TERM
	kill -TERM $BASHPID
	echo "TERM ignored"
	trap - TERM
	kill -TERM $BASHPID
	echo "not reached"
) 2>/dev/null
echo "status $?"
(
	trap 'echo "error on purpose"' ERR
	false
	true
)

section "jobs"
set -m
sleep 0.3 &
first=$!
sleep 30 &
second=$!
jobs | sed 's/ *&$//' | wc -l
{
	kill %2
	wait "$second"
	status=$?
	while jobs %2; do sleep 0.05; done
} >/dev/null 2>&1
echo "killed job: $status"
wait "$first"
echo "finished job: $?"
sleep 30 &
third=$!
kill -STOP "$third"
while [[ $(ps -o stat= -p "$third") != T* ]]; do :; done
jobs | grep -c Stopped
{
	bg %+
	while [[ $(ps -o stat= -p "$third") == T* ]]; do :; done
	kill "$third"
	wait "$third"
	status=$?
	while jobs %2; do sleep 0.05; done
} >/dev/null 2>&1
echo "stopped, continued, killed: $status"
set +m
for n in 3 1 2; do
	(sleep "0.$n"; exit "$n") &
done
wait -n
echo "first to end: $?"
wait
coproc upper { while read -r l; do echo "${l^^}"; done; exit 9; }
upper_pid=$!
echo "to the coprocess" >&"${upper[1]}"
read -r answer <&"${upper[0]}"
echo "$answer"
eval "exec ${upper[1]}>&-"
wait "$upper_pid"
echo "coprocess: $?"

section "500 children"
total=0
for ((i = 0; i < 250; i++)); do
	total=$((total + $(echo "$i")))
done
echo "250 substitutions: $total"
for ((i = 0; i < 125; i++)); do
	/bin/true || echo "child $i failed"
done
for ((i = 0; i < 125; i++)); do
	expr "$i" + 1 >/dev/null || echo "expr $i failed"
done
echo "250 programs"

section "tools in pipes"
seq 1 2000 | awk '$1 % 7 == 0 { n++; s += $1 } END { print n, s }'
seq 1 500 | sed -n '/5$/p' | sort -rn | head -n 3 | paste -sd,
printf '%s\n' b a c a b a | sort | uniq -c | sort -k1,1nr | awk '{print $2 $1}'
seq 100 | xargs -n 10 echo | cut -d' ' -f 1,10 | tail -n 2
find / -maxdepth 1 -name 'us?' -type d
echo 'scale=20; 4*a(1)' | bc -l
expr 12 \* 12
basename /a/b/c.txt .txt
date -u -d @1000000000 '+%Y-%m-%d %H:%M:%S'
head -c 100000 /dev/zero | sha256sum | cut -c 1-16
yes | head -n 10000 | wc -l

section "done"
