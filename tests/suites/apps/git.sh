# git.sh - history with branches and a merge; packing with threads; cloning,
# which runs git at both ends of a pipe.
. "$(dirname "$0")/lib.sh"

cp -r "$SYSROOT/usr/lib/python3.11/email" "$SYSROOT/usr/lib/python3.11/json" .
guest /usr/bin/bash -euc '
	export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a
	export GIT_COMMITTER_EMAIL=a@b GIT_AUTHOR_DATE="1700000000 +0000"
	export GIT_COMMITTER_DATE="1700000000 +0000"
	git init -q -b main repo
	cd repo
	cp -r ../email ../json .
	git add -A
	git commit -qm one
	for i in 1 2 3 4 5; do
		echo $i >>file
		git add file
		git commit -qm "change $i"
	done
	git checkout -q -b side HEAD~2
	echo side >side
	git add side
	git commit -qm side
	git merge -q -m merge main
	git gc -q
	git repack -adfq --threads=2
	git fsck --strict
	cd ..
	git clone -q "file://$PWD/repo" clone
	git -C clone checkout -q side
	cd repo
	git bisect start main main~5
	git bisect run sh -c "! grep -q 3 file"
	git log --format=%s -n 1 refs/bisect/bad >../bisect
'
expect commits "$(guest /usr/bin/git -C clone rev-list --count HEAD)" 8
# The same tree has the same name everywhere.
expect tree "$(guest /usr/bin/git -C clone rev-parse HEAD:)" \
	"$(guest /usr/bin/git -C repo rev-parse side:)"
diff -r email clone/email
expect file "$(cat clone/file | tr '\n' ' ')" "1 2 3 4 5 "
expect bisect "$(cat bisect)" "change 3"
