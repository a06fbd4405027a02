# dpkg: packages made here, with maintainer scripts, configuration files,
# triggers, diversions; upgrades, and scripts that fail.
. /case/lib.bash
#| s/^\(Reading database.*/READING/
#| s/\.\.\. [0-9]+ files.*installed.*/.../
#| s/^ new Debian package.*/ new Debian package/
#| s/^ size [0-9]+ bytes: control archive=.*/ size/
#| s/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]+/TIME/
#| s/^( +[0-9]+ bytes, +[0-9]+ lines).*(control|conffiles|md5sums|p..[a-z]*)/\2/
make_deb()	# NAME VERSION
{
	local d=/tmp/build/$1-$2

	mkdir -p "$d/DEBIAN" "$d/etc" "$d/usr/share/$1"
	printf 'Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: A <a@b.c>\nDescription: %s\n' \
		"$1" "$2" "$(dpkg --print-architecture)" "$1" >"$d/DEBIAN/control"
	echo "option = $2" >"$d/etc/$1.conf"
	echo "/etc/$1.conf" >"$d/DEBIAN/conffiles"
	seq 1000 >"$d/usr/share/$1/data"
	for s in preinst postinst prerm postrm; do
		printf '#!/bin/sh\necho "%s %s %s $*"\n' "$1" "$2" $s >"$d/DEBIAN/$s"
		chmod 755 "$d/DEBIAN/$s"
	done
	[ -z "${EXTRA:-}" ] || (cd "$d" && eval "$EXTRA")
	dpkg-deb --root-owner-group -b "$d" "/tmp/$1_$2.deb"
}
cd /tmp || exit 99
try make_deb alpha 1
try make_deb alpha 2
EXTRA='echo "exit 3" >>DEBIAN/postinst' try make_deb beta 1
EXTRA='echo "interest-noawait /usr/share/alpha" >DEBIAN/triggers' try make_deb gamma 1
try dpkg-deb -I alpha_1.deb
sh 'dpkg-deb -c alpha_1.deb | sed "s/ [0-9].*[0-9] / /"'
sh 'dpkg-deb -f alpha_1.deb Package Version'
try dpkg -i alpha_1.deb
try dpkg -i gamma_1.deb
echo changed >/etc/alpha.conf
sh 'dpkg --force-confold -i alpha_2.deb'
try cat /etc/alpha.conf /etc/alpha.conf.dpkg-dist
sh 'dpkg --force-confnew -i alpha_1.deb'
sh 'yes n | dpkg --force-downgrade -i alpha_2.deb </dev/null'
try dpkg -i beta_1.deb
try dpkg -s beta
sh 'dpkg --configure -a'
sed -i 's/exit 3//' /var/lib/dpkg/info/beta.postinst
sh 'dpkg --configure -a'
try dpkg -l alpha beta gamma
try dpkg-divert --add --rename --divert /usr/share/alpha/data.real /usr/share/alpha/data
sh 'ls /usr/share/alpha; dpkg -i alpha_2.deb; ls /usr/share/alpha'
try dpkg-divert --remove --rename /usr/share/alpha/data
try dpkg-statoverride --add --update daemon daemon 0640 /usr/share/alpha/data
sh 'dpkg -i alpha_2.deb; ls -l /usr/share/alpha/data | cut -d" " -f 1-4'
try update-alternatives --install /usr/bin/thing thing /bin/true 10
try update-alternatives --install /usr/bin/thing thing /bin/false 20
try update-alternatives --display thing
sh thing
try update-alternatives --set thing /bin/true
try thing
sh 'dpkg -r alpha; dpkg -P alpha beta gamma'
sh 'dpkg -l alpha'
sh 'tail -n 8 /var/log/dpkg.log'

# A source package.
mkdir -p src-1/debian && cd src-1 || exit 99
printf 'src (1) unstable; urgency=low\n\n  * First.\n\n -- A <a@b.c>  Mon, 01 Jan 2024 00:00:00 +0000\n' >debian/changelog
printf 'Source: src\nMaintainer: A <a@b.c>\nStandards-Version: 4.6.2\n\nPackage: src\nArchitecture: any\nDepends: ${shlibs:Depends}\nDescription: x\n y\n' >debian/control
printf 'int puts(const char *);\nint main(void) { return puts("built") < 0; }\n' >main.c
cat >debian/rules <<'R'
#!/usr/bin/make -f
build build-arch build-indep: prog
prog: main.c
	gcc -g -O2 -o $@ $<
clean:
	rm -f prog
binary binary-arch: build
	mkdir -p debian/src/DEBIAN debian/src/usr/bin
	install -s prog debian/src/usr/bin/src-prog
	dpkg-shlibdeps debian/src/usr/bin/src-prog
	dpkg-gencontrol -Pdebian/src
	dpkg-deb --root-owner-group -b debian/src ..
binary-indep:
R
chmod 755 debian/rules
sh 'dpkg-buildpackage -us -uc -b -d 2>&1 | grep -v "^dpkg-buildpackage: info: host"'
sh 'cd ..; dpkg -i src_1_*.deb && src-prog && dpkg -s src | grep Depends'
sh 'cd ..; sed "s/^ [0-9a-f]\{32,\} [0-9]*//" src_1_*.changes | grep -v ^Date'
