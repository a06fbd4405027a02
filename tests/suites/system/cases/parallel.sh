# Many processes at once: make -j, xargs -P, find, parallel.
. /case/lib.bash
cd /tmp || exit 99
cat >Makefile <<'M'
all: $(addprefix t,$(shell seq 1 60))
	@cat t* | sort -n | md5sum
t%:
	@seq $* | awk '{ s += $$1 } END { print s }' >$@
sub:
	@+$(MAKE) -s -C d
M
mkdir d; printf 'all: a b c d e f\n%%:\n\t@sleep 0.2; touch $@\n' >d/Makefile
sh 'make -s -j8; make -s -j3 sub && ls d; make -j4 -k nosuch all 2>&1 | tail -n 1; make -s -j4 --output-sync=target -B t1 t2 t3; make --version | head -n 1; make -q all; echo $?; make -n t99; make -p -f /dev/null 2>/dev/null | grep -c "^[A-Z]"'
sh 'seq 200 | xargs -P 8 -n 5 sh -c "echo \$((\$1 * \$5))" x | sort -n | md5sum; seq 5 | xargs -P 2 -I{} sh -c "exit {}"; echo $?; seq 3 | xargs -n 1 false; echo $?; find -L /usr/share/common-licenses /etc/default -type f -print0 | xargs -0 -P 4 -n 20 md5sum | sort | md5sum'
sh 'find /etc -type f -exec sha256sum {} + | sort | wc -l; find /usr/bin -perm -4000 | sort; find /etc -newer /etc/hostname -maxdepth 1 -name nothing; find /usr -xdev -links +1 -type f -printf "%n\n" | sort | uniq -c | wc -l; find . -name "t[0-9]*" -delete; ls t* 2>/dev/null | wc -l; find /proc/self/fd -maxdepth 1 -type l | wc -l'
sh 'seq 40 | parallel --will-cite -j 8 "echo {} \$(({} * {}))" | sort -n | md5sum; parallel --will-cite -k echo {1}-{2} ::: a b ::: 1 2 3; seq 6 | parallel --will-cite -j1 --halt soon,fail=1 "test {} -lt 3"; echo $?; seq 1000 | parallel --will-cite --pipe -N 100 wc -l | sort | uniq -c; sem --will-cite -j2 sleep 0.1; sem --will-cite --wait; parallel --version | head -n 1; echo 9 | parallel --will-cite --timeout 1 sleep; echo $?'
