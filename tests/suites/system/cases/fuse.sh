# File systems of processes: squashfuse, fuse-overlayfs, sshfs, archives.
. /case/lib.bash
cd /tmp || exit 99
[ -e /dev/fuse ] || skip "no /dev/fuse"
mkdir sq m l u w o
seq 100000 >sq/n; ln -s n sq/l; mkdir sq/d; echo x >sq/d/x
mksquashfs sq sq.img -quiet -no-progress
sh 'squashfuse sq.img m; findmnt -n -o FSTYPE m; md5sum m/n; readlink m/l; find m | sort; echo >m/new; stat -c "%s %A" m/n; fusermount3 -u m || fusermount -u m; ls m'
sh 'squashfuse_ll sq.img m; for i in 1 2 3 4; do (cmp m/n sq/n; grep -c 9 m/n) & done; wait; umount m'
echo low >l/f
sh 'fuse-overlayfs -o lowerdir=l,upperdir=u,workdir=w o; cat o/f; echo up >o/f; cat l/f u/f; mv o/f o/g; ls o u; ln o/g o/h; stat -c %h o/h; setfattr -n user.x -v y o/h; getfattr --only-values -n user.x o/h; echo; truncate -s 10 o/g; python3 -c "
import mmap
f = open(\"o/g\", \"r+b\"); m = mmap.mmap(f.fileno(), 0); m[0:2] = b\"MM\"; m.flush(); m.close()"; od -c o/g | head -n 1; cp -a /etc o/etc; diff -r /etc o/etc && echo same; rm -r o/etc; ls o; flock o/g true && echo locked; umount o; ls u'
mkdir -p /run/sshd .ssh
ssh-keygen -A >/dev/null; mkdir -p /root/.ssh; ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519; cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys
/usr/sbin/sshd -p 2222 -o ListenAddress=127.0.0.1
await nc -z 127.0.0.1 2222
sh 'sshfs -o StrictHostKeyChecking=no,port=2222 127.0.0.1:/tmp/sq m 2>/dev/null; findmnt -n -o FSTYPE m; md5sum m/n; echo new >m/file; cat sq/file; mkdir m/e; mv m/file m/e; find sq | sort; dd if=/dev/zero of=m/z bs=64k count=50 status=none; cmp -n 3276800 m/z /dev/zero; df --output=fstype m | tail -n 1; fusermount3 -u m; ls m'
