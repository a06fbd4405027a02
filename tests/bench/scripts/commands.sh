# commands.sh - two hundred small commands, one after the other.
i=0
while [ $i -lt 40 ]; do
	n=$(expr $i + 1)
	basename "/a/b/file$n.c" .c
	cat text.small | wc -l
	sed -n "${n}p" text.small
	i=$n
done
