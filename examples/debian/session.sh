# session.sh - some minutes of a shell user's life. The user's bash, and all
# that it starts, are arm64 programs.

set -e

echo "I am bash $BASH_VERSION on $(uname -m)"

# A tree of files to work on.
mkdir -p tree/{alpha,beta,gamma}/{one,two}
for dir in tree/*/*; do
	for i in {1..5}; do
		seq "$((i * 3))" | sed "s|^|$dir line |" >"$dir/file$i.txt"
	done
done
echo "$(find tree -type f | wc -l) files," \
	"$(cat tree/*/*/* | wc -l) lines"

echo "lines per directory:"
for dir in tree/*; do
	echo "  $(cat "$dir"/*/* | wc -l) ${dir##*/}"
done | sort -k1,1nr -k2

echo "most frequent words:"
cat tree/*/*/* | tr -s ' /' '\n' | grep -v '^[0-9]*$' |
	sort | uniq -c | sort -k1,1nr -k2 | head -n 4

echo "sums with awk:"
awk '{ sum[FILENAME ~ /one/ ? "one" : "two"] += $NF }
     END { for (k in sum) print "  " k, sum[k] }' tree/*/*/* | sort

sed -i 's/line \([0-9]*\)/record \1/' tree/beta/one/file3.txt
head -n 2 tree/beta/one/file3.txt

tar czf tree.tar.gz tree
mkdir copy
gzip -dc tree.tar.gz | tar xf - -C copy
diff -r tree copy/tree && echo "tar and gzip gave back the same tree"

total=0
for i in {1..100}; do
	total=$((total + $(echo "$i")))
done
echo "100 subshells later: $total"

(exit 3) || echo "a subshell ended with status $?"
sleep 0.1 & wait $! && echo "a background job ended"
sha256sum <<<"ferry"
