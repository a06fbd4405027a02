# sshd with its sandbox and privilege separation, and what goes through it.
. /case/lib.bash
#| s/pts\/[0-9]+/pts\/N/
#| s/[0-9.]+ ?[KM]B\/s|[0-9]+:[0-9]+ ETA|\s+100%.*//
#| s/[0-9,.]+ bytes\/sec/N bytes\/sec/
#| s/(received) [0-9]+ bytes/\1 N bytes/
#| s/(sent) [0-9,]+ bytes  received [0-9,]+ bytes/\1/
mkdir -p /run/sshd .ssh
ssh-keygen -A >/dev/null
for t in ed25519 ecdsa rsa; do
	sh "ssh-keygen -q -t $t -N '' -f .ssh/id_$t && ssh-keygen -l -f .ssh/id_$t | cut -d' ' -f 1,4"
done
cat .ssh/*.pub >.ssh/authorized_keys
useradd -m -s /bin/bash joe
mkdir ~joe/.ssh; cp .ssh/authorized_keys ~joe/.ssh; chown -R joe: ~joe/.ssh
echo joe:secret | chpasswd
cat >.ssh/config <<'R'
Host *
	Port 2222
	StrictHostKeyChecking accept-new
	LogLevel ERROR
R
try /usr/sbin/sshd -t
/usr/sbin/sshd -p 2222 -E /tmp/sshd.log -o ListenAddress=127.0.0.1 -o PermitTunnel=yes
await nc -z 127.0.0.1 2222
try ssh 127.0.0.1 'id -un; uname -s; echo $SSH_CONNECTION | cut -d" " -f 1,3,4'
try ssh joe@127.0.0.1 'id -un; pwd; exit 7'
for t in ed25519 ecdsa rsa; do
	try ssh -i .ssh/id_$t -o IdentitiesOnly=yes joe@127.0.0.1 echo $t
done
for c in aes128-ctr aes256-gcm@openssh.com chacha20-poly1305@openssh.com; do
	sh "seq 200000 | ssh -c $c 127.0.0.1 md5sum"
done
for k in curve25519-sha256 ecdh-sha2-nistp256 diffie-hellman-group14-sha256 sntrup761x25519-sha512@openssh.com; do
	sh "ssh -o KexAlgorithms=$k 127.0.0.1 echo $k"
done
sh 'ssh -tt 127.0.0.1 "tty; stty size; exit 3" </dev/null'
sh 'printf "echo one\nexit 4\n" | ssh -tt joe@127.0.0.1 | tr -d "\r" | grep -v "^$\|Linux\|Debian\|permitted\|exact distr\|individual\|Last login\|programs included"'
sh 'ssh 127.0.0.1 "kill -9 \$\$"'
sh 'ssh -n 127.0.0.1 "sleep 100" & sleep 1; kill %1; wait'
seq 50000 >/tmp/file
try scp -q /tmp/file joe@127.0.0.1:copy
try scp -q -O -p joe@127.0.0.1:copy /tmp/back
try cmp /tmp/file /tmp/back
sh 'printf "put /tmp/file f2\nls -1\nchmod 600 f2\nls -l f2\nget f2 /tmp/f3\nrm f2\nmkdir d\ncd d\npwd\n" | sftp -b - joe@127.0.0.1 | sed "s/ [A-Z][a-z][a-z]  *[0-9]* .*:.. / /"'
try cmp /tmp/file /tmp/f3
# Forwarding, both ways, a proxy, and connections that are shared.
(exec nc -lk 127.0.0.1 7001 >/tmp/fw) &
await nc -z 127.0.0.1 7001
ssh -f -N -L 7002:127.0.0.1:7001 -R 7003:127.0.0.1:7001 -D 7004 127.0.0.1
sh 'echo L | nc -N 127.0.0.1 7002; echo R | nc -N 127.0.0.1 7003; sleep 1'
sh 'echo D | nc -N -X 5 -x 127.0.0.1:7004 127.0.0.1 7001; sleep 1'
sh 'sort /tmp/fw'
sh 'ssh -W 127.0.0.1:2222 127.0.0.1 </dev/null | head -n 1 | cut -c 1-8'
try ssh -J 127.0.0.1 joe@127.0.0.1 id -un
sh 'ssh -M -S /tmp/mux -fN 127.0.0.1; ssh -S /tmp/mux 127.0.0.1 echo shared; ssh -S /tmp/mux -O check x 2>&1 | sed "s/pid=[0-9]*/pid/"; ssh -S /tmp/mux -O exit x'
sh 'eval "$(ssh-agent)" >/dev/null; ssh-add -q .ssh/id_rsa .ssh/id_ed25519; ssh-add -l | cut -d" " -f 1,4; ssh -A 127.0.0.1 "ssh-add -l | wc -l"; ssh-add -D; ssh-agent -k >/dev/null'
sh 'ssh -X -f 127.0.0.1 true; ssh -w 0:0 -o Tunnel=point-to-point 127.0.0.1 "ip -br link show tun0 | cut -c 1-4"'
sh 'ssh -o PubkeyAuthentication=no -o BatchMode=yes joe@127.0.0.1 true'
sh 'expect -c "log_user 0; spawn ssh -o PubkeyAuthentication=no joe@127.0.0.1 id -un; expect assword:; send secret\r; expect joe { puts logged-in }"'
sh 'expect -c "log_user 0; spawn ssh -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 joe@127.0.0.1 id -un; expect assword:; send wrong\r; expect denied { puts denied }"'
try ssh-keyscan -T 5 -p 2222 -t ed25519 127.0.0.1 | sed 's/AAAA.*//;s/^#.*//'
sh 'ssh-keygen -q -t ed25519 -N "" -f ca; ssh-keygen -q -s ca -I id -n joe -V +1d .ssh/id_rsa.pub; ssh-keygen -L -f .ssh/id_rsa-cert.pub | grep -A 1 Principals'
sh 'echo data >m; ssh-keygen -q -Y sign -f .ssh/id_ed25519 -n file m 2>/dev/null; (printf "a "; cat .ssh/id_ed25519.pub) >allowed; ssh-keygen -Y verify -f allowed -I a -n file -s m.sig <m | cut -c 1-40'
# Other programs over it.
try rsync -a --stats /etc/apt joe@127.0.0.1:/tmp/synced | grep -c .
try diff -r /etc/apt /tmp/synced/apt
sh 'rsync -a -e "ssh -p 2222" joe@127.0.0.1:copy /tmp/copy3; cmp /tmp/copy3 /tmp/file'
sh 'git config --global user.email a@b.c; git config --global user.name a; git config --global init.defaultBranch main; git config --global --add safe.directory "*"
git init -q r; cd r; echo x >x; git add x; git commit -q -m x; cd ..; chmod 755 /root; git clone -q --bare r /tmp/r.git; git clone -q ssh://root@127.0.0.1/tmp/r.git r2; cd r2; echo y >y; git add y; git commit -q -m y; git push -q origin main; cd ..; git -C /tmp/r.git log --format=%s main'
sh 'grep -c "Accepted publickey" /tmp/sshd.log'
sh 'grep -i -E "seccomp|bad system|fatal:|sandbox" /tmp/sshd.log | sed "s/.*fatal/fatal/" | head'
