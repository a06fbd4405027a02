# man-db: its seccomp sandbox, its database, formatters in pipes.
. /case/lib.bash
#| s/Updating index cache for path.*//
# Not all of them, which takes minutes.
mkdir -p /tmp/man/man1 /tmp/man/man8
cp /usr/share/man/man1/{apt,bash,c[a-p],l}*.gz /tmp/man/man1
cp /usr/share/man/man8/{a,c,m}*.gz /tmp/man/man8
cp -r /usr/share/man/fr /tmp/man
export MANPATH=/tmp/man
sh 'mandb -c /tmp/man 2>&1 | tail -n 5'
sh 'man -P cat -w ls bash mandb'
sh 'MANWIDTH=80 man -P cat ls | head -n 40'
sh 'MANWIDTH=72 man -P cat 8 mandb | md5sum'
sh 'man -k "copy files" | sort'
sh 'whatis cp mv rm'
sh 'man -f nosuchthing'
sh 'man nosuchthing'
sh 'MANWIDTH=80 man -Tutf8 apt | md5sum'
sh 'man -Thtml ls 2>&1 | grep -c "<b>"'
sh 'man --recode=UTF-8 cp | wc -l'
sh 'su -s /bin/sh man -c "man -P cat true | head -n 12"'
sh 'lexgrog /tmp/man/man1/cp.1.gz'
sh 'accessdb /tmp/man/index.db | sort | grep -c .'
sh 'manpath'
