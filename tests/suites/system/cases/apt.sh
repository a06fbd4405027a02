# apt and dpkg: installing from a repository of files and from one of HTTP,
# removing, purging, verifying.
. /case/lib.bash
#| s/[0-9.]+ [kM]?B(\/s)?/SIZE/g
#| s/in [0-9]+s/in TIME/
#| s/^\(Reading database.*/READING/
#| s/Installed-Size: .*/Installed-Size: N/
#| s/\t[0-9]+\/[0-9]+ /\tN /
# Files of the two are not of one size; nor do they have one revision, if only
# one had to be built again.
#| s/^ size [0-9]+ bytes: control archive=[0-9]+/ size N bytes: control archive=N/
#| s/root\/root +[0-9]+ /root\/root N /
#| s/(Preparing to unpack) \.\.\..*\//\1 /
#| s/-([0-9]+)\+b[0-9]+/-\1/
#| /^(Filename|Size|MD5sum|SHA256|Fetched|Get:|Ign:)/d
export DEBIAN_FRONTEND=noninteractive
try apt-get update
try apt-get install -y hello cowsay ed
try hello
try /usr/games/cowsay moo
sh 'printf "a\nx\n.\nw /tmp/x\nq\n" | ed -s; cat /tmp/x'
try dpkg -V hello cowsay ed
try dpkg -s hello
try dpkg -S /usr/bin/hello
sh 'dpkg -L ed | sort'
rm /usr/share/doc/ed/copyright
try dpkg -V ed
try apt-get install -y --reinstall ed
try dpkg -V ed
try apt-mark hold ed
try apt-get remove -y ed
try apt-mark unhold ed
try apt-get remove -y ed cowsay
try dpkg -l ed cowsay hello
try apt-get purge -y ed cowsay
try apt-get autoremove -y
try dpkg --audit
try apt-cache policy hello
try apt-cache depends redis-server
sh 'apt-cache rdepends libc6 | sort | head -n 30'

# A daemon, users, configuration files, alternatives, a service.
try apt-get install -y redis-server vim-tiny
try id redis
try getent passwd redis
sh 'ls -l /etc/alternatives/vi /etc/redis /var/lib/redis'
echo '# mine' >>/etc/redis/redis.conf
try dpkg -V redis-server
try apt-get remove -y redis-server redis-tools
sh 'ls /etc/redis'
try apt-get purge -y redis-server
sh 'ls /etc/redis; getent passwd redis'

# The same over HTTP, as user _apt.
(cd /srv/repo && exec python3 -m http.server -b 127.0.0.1 8000 >/tmp/http 2>&1) &
await curl -sf http://127.0.0.1:8000/Packages
echo 'deb [trusted=yes] http://127.0.0.1:8000 ./' >/etc/apt/sources.list
try apt-get update
try apt-get install -y ncal bc
sh 'echo "2^100" | bc'
try ncal -bh 2 2024
sh 'cd /tmp && apt-get download hello && dpkg-deb -I hello_*.deb && dpkg-deb -c hello_*.deb | grep bin'
kill %1

# Nobody there any more.
try apt-get -o Acquire::Retries=0 install -y postfix
try apt-get check
