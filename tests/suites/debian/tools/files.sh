# files.sh - coreutils and findutils over a real tree (TREE).

cp -r "$TREE" work
cd work
find . -type f | sort | wc -l
find . -type f -printf '%s %p\n' | sort -k2 | sha256sum
find . -name '*.py' -size +10k -printf '%f %s\n' | sort
find . -type d -empty
find . -type f -print0 | sort -z | xargs -0 cat | md5sum
find . -type f -exec wc -c {} + | tail -n 1 | awk '{ print $1 }'
find . -type f -name 'test*' -prune -o -type f -newermt 2000-01-01 -print |
	wc -l
du -b --apparent-size . --max-depth=1 --exclude=. 2>/dev/null | wc -l
ls -R | sha256sum
ls -lS --time-style=+ email | awk '{ print $1, $5, $NF }' | head -n 5
stat -c '%n %s %F %a' email/__init__.py
stat -c '%n %F %a' json
mkdir -p new/deep/er
mv json new/deep/
ln -s ../new/deep/json email/json
ln email/__init__.py email/hardlink
stat -c '%h' email/hardlink
cp -a email copy
diff -r email copy && echo "same"
chmod -R a-w copy
ls -ld copy | cut -c 1-10
chmod -R u+w copy
rm -r copy
touch -d '2020-02-02 02:02:02' stamp
stat -c %y stamp
date -r stamp +%s
dd if=/dev/zero of=zeroes bs=1000 count=1000 status=none
truncate -s 1500000 zeroes
wc -c zeroes
split -b 400000 zeroes part.
ls part.* | paste -sd' '
cat part.* | cmp - zeroes && echo "split and cat"
for sum in md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum \
	cksum sum; do
	$sum <zeroes | awk '{ print $1 }'
done
sha256sum email/*.py >SUMS
sha256sum -c --quiet SUMS && echo "checked"
mktemp -d tmp.XXXXXX | sed 's/\..*//'
realpath --relative-to=email new/deep
timeout 0.2 sleep 5
echo "timeout: $?"
nice -n 5 nice
mkfifo pipe
(echo "through a pipe" >pipe) &
cat pipe
wait
