# archives.sh - tar and the compressors over a real tree (TREE). The bytes
# that they write are compared, too.

tar -C "$TREE" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner \
	--mode=a+rX -cf tree.tar .
sha256sum tree.tar
for tool in "gzip -n" "gzip -n -9" "bzip2 -k" "xz -k -T1 -3" "zstd -q" \
	"zstd -q -12 --single-thread"; do
	cp tree.tar x.tar
	$tool -c x.tar >x.packed
	echo "$tool $(wc -c <x.packed) $(sha256sum <x.packed | cut -c 1-16)"
	case $tool in
	gzip*) gzip -dc <x.packed ;;
	bzip2*) bzip2 -dc <x.packed ;;
	xz*) xz -dc <x.packed ;;
	zstd*) zstd -dcq <x.packed ;;
	esac | cmp - tree.tar && echo "  unpacks to the same"
done
for flag in z j J; do
	tar -C "$TREE" -c${flag}f t.$flag email json
	mkdir $flag
	tar -x${flag}f t.$flag -C $flag
	diff -r "$TREE/email" $flag/email && echo "tar $flag"
	tar -t${flag}f t.$flag | sort | sha256sum
done
tar -C "$TREE" --zstd -cf t.zst json && tar --zstd -tf t.zst | sort
head -c 3000000 /dev/zero | gzip -n | sha256sum
head -c 3000000 /dev/zero | xz -T2 | xz -d | sha256sum
gzip -t x.packed 2>/dev/null
echo "not a gzip file: $?"
printf garbage | zstd -dq >/dev/null 2>&1
echo "not a zstd file: $?"
