# posix.sh - what configure scripts and init scripts use, in a plain sh.

set -eu

count()
{
	echo $#
}

count "$@"
set -- a "b c" d
count "$@"
count $*
IFS=:
for part in /usr/bin:/bin; do
	echo "$part"
done
path=/usr/bin:/bin
for part in $path; do
	echo "[$part]"
done
unset IFS

n=10
while [ $n -gt 0 ]; do
	n=$((n - 3))
done
echo "n=$n"

cat <<-EOF | sed 's/^/> /'
	indented $(echo text)
	$((3 * 4))
EOF

f()
{
	local x=inner
	return 3
}
x=outer
f || echo "returned $?, x is $x"

trap 'echo "cleaning up"' EXIT
(trap 'echo caught; exit 0' TERM; kill -TERM "$(sh -c 'echo $PPID')"; echo no)
test -e /etc/passwd && echo "there is /etc/passwd"
[ -z "" ] && [ -n "x" ] && [ 3 -lt 10 ] && echo "tests"
echo "$(printf '%s-' 1 2 3)" | tr - +
printf 'a\tb\n' | od -c | head -n 1
umask 027
: >file
ls -l file | cut -c 1-10
ln -s file link
readlink link
readlink -f link | sed 's,.*/,,'
mkdir -p d/e/f
cd d/e
pwd | sed 's,.*/d,d,'
cd "$OLDPWD"
sleep 0.2 &
wait $!
echo "waited: $?"
eval 'echo "evaluated $x"'
exec 3>out
echo three >&3
exec 3>&-
cat out
env -i A=1 sh -c 'echo "A=$A HOME=${HOME-unset}"'
command -v cd
exit 0
