# rsync.sh - copies with its three processes, and through a remote shell,
# which here is none, with only what changed.
. "$(dirname "$0")/lib.sh"

cp -r "$SYSROOT/usr/lib/python3.11/asyncio" source
ln -s tasks.py source/link
guest /usr/bin/rsync -a --checksum source/ copy
diff -r source copy
expect link "$(readlink copy/link)" tasks.py

echo more >>copy/tasks.py
rm copy/queues.py
touch copy/extra
cat >shell <<-'EOF'
	#!/bin/sh
	shift
	exec env PATH=/usr/bin:/bin "$@"
EOF
chmod +x shell
guest /usr/bin/rsync -az --no-whole-file --delete --stats -e "$PWD/shell" \
	source/ "host:$PWD/copy" | tee stats
diff -r source copy
expect sent "$(sed -n 's/Number of regular files transferred: //p' stats)" 2
