# File systems in images: loop devices, ext4, btrfs, squashfs, mounts, quota.
. /case/lib.bash
#| s/\/dev\/loop[0-9]+/LOOP/g
#| s/\<loop[0-9]+(p[0-9])?\>/loop\1/g
#| s/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/UUID/g
#| s/[A-Z][a-z]{2} [A-Z][a-z]{2} +[0-9]+ [0-9:]{8} 20[0-9]{2}/DATE/g
#| s/^(Inode checksum: ).*/\1/
cd /tmp || exit 99
[ -e /dev/loop0 ] || skip "no loop devices"
truncate -s 64M e4
try mkfs.ext4 -q -L label e4
sh 'dumpe2fs -h e4 2>/dev/null | grep -E "volume name|Block count|Inode count|features"'
sh 'blkid e4 | tr " " "\n" | grep -v UUID; file e4 | cut -d, -f 1'
mkdir m
try mount -o loop e4 m
try findmnt -n -o FSTYPE,OPTIONS m
sh 'df --output=fstype,size,target m'
sh 'losetup -j /tmp/e4 | grep -c loop; losetup -l -n -O BACK-FILE,RO,AUTOCLEAR,SIZELIMIT | grep /tmp/e4; losetup -J -O NAME,BACK-FILE | jq "[.loopdevices[] | select(.\"back-file\" == \"/tmp/e4\")] | length"'
sh 'd=$(losetup -n -O NAME -j /tmp/e4); lsblk -n -o NAME,SIZE,TYPE,FSTYPE,MOUNTPOINT $d; blockdev --getsz --getss --getro $d; cat /sys/block/${d#/dev/}/loop/backing_file'
sh 'echo hi >m/file; chattr +i m/file; lsattr m/file; echo no >m/file; chattr -i m/file; lsattr m/file'
sh 'chattr +a m/file; echo more >>m/file; echo no >m/file; chattr -a m/file; cat m/file'
sh 'mkdir m/p; chattr -p 42 +P m/p; lsattr -p -d m/p'
sh 'fallocate -l 1M m/fa; fallocate -p -o 4096 -l 8192 m/fa; filefrag -v m/fa | grep -c unwritten; stat -c "%s %b" m/fa; fallocate -d m/fa; fallocate -c -o 0 -l 4096 m/fa; stat -c %s m/fa'
sh 'truncate -s 10M m/sparse; dd if=/dev/zero of=m/sparse bs=4k count=1 seek=100 conv=notrunc status=none; filefrag m/sparse; cp --sparse=always m/sparse m/s2; du -k m/s2; xfs_io -c "seek -a 0" m/sparse'
sh 'setfattr -n user.a -v b m/file; getfattr -d m/file; setfattr -n trusted.t -v 0x0102 m/file; getfattr -e hex -m - -d m/file; setfattr -x user.a m/file; getfattr -n user.a m/file'
sh 'setfacl -m u:daemon:rw,g:mail:r,m::rw m/file; getfacl m/file; setfacl -d -m u:bin:rwx m/p; getfacl m/p; touch m/p/n; getfacl -n m/p/n; setfacl -b m/file; getfacl -c m/file; ls -l m/file | cut -c 1-11'
sh 'getfacl -R m/p >acl; setfacl -b m/p; setfacl --restore=acl; getfacl m/p | diff - <(head -n 11 acl) && echo restored'
sh 'quotacheck -u m; quota -u daemon; quotaon m; setquota -u daemon 1000 2000 10 20 m; repquota m' | sed 's/loop[0-9]*/loop/'
try mount -o remount,ro m
sh 'echo no >m/x'
try fsfreeze -f m
sh 'sync; fsfreeze -u m; mount -o remount,rw m; fstrim m; echo $?'
try umount m
sh 'e2fsck -fn e4 2>&1 | tail -n 1; tune2fs -L new -c 5 e4 >/dev/null; e2label e4; truncate -s 96M e4; e2fsck -fp e4 >/dev/null; resize2fs e4 2>&1 | tail -n 2; debugfs -R "ls -p /" e4 2>/dev/null | cut -d/ -f 3-6'
sh 'debugfs -R "stat file" e4 2>/dev/null | grep -E "^Inode|^User"; debugfs -w -R "write /etc/hostname h" e4 2>/dev/null; debugfs -R "cat h" e4 2>/dev/null; e2fsck -p e4 >/dev/null; echo $?'
sh 'mkdir d; echo x >d/x; mkfs.ext4 -q -d d e5 8M; debugfs -R "ls -p /" e5 2>/dev/null | grep -c /x/; e2image e5 - 2>/dev/null | file - | cut -c 1-40'

# Partitions.
truncate -s 64M disk
sh 'parted -s disk mklabel gpt mkpart one ext4 1MiB 20MiB mkpart two 20MiB 100% print | sed "/^Disk \/tmp/d"'
sh 'printf "label: dos\n,10M,83\n,,82\n" | sfdisk -q disk; sfdisk -d disk | grep -v label-id; fdisk -l disk | grep -v identifier; sfdisk -J disk | jq ".partitiontable.partitions | length"'
sh 'd=$(losetup -f -P --show disk); lsblk -n -o NAME,SIZE,TYPE $d; partx -s -o NR,SECTORS disk; losetup -d $d; wipefs disk | wc -l; wipefs -q -a disk; wipefs disk'
sh 'd=$(losetup -r -o 1M --sizelimit 2M -f --show disk); losetup -n -O RO,OFFSET,SIZELIMIT $d; blockdev --getsize64 $d; echo x >$d; losetup -c $d; losetup -d $d'
sh 'd=$(losetup -f --show -b 4096 disk); blockdev --getss $d; dd if=/dev/urandom of=$d bs=4k count=10 oflag=direct status=none && echo direct; losetup -d $d; losetup --direct-io=on -f --show disk >l; losetup -n -O DIO $(cat l); losetup -d $(cat l)'

truncate -s 200M b
sh 'mkfs.btrfs -q -L btr b && mount -o loop b m && findmnt -n -o FSTYPE m'
sh 'cd m || exit; btrfs subvolume create s1; echo data >s1/f; btrfs subvolume snapshot -r s1 s2; btrfs subvolume list . | sed "s/gen [0-9]*//"; btrfs property get s2 ro; cp --reflink=always s1/f f2; lsattr f2; chattr +C . ; btrfs filesystem usage -b . | head -n 3'
sh 'cd m || exit; mkdir back; btrfs send -q s2 2>/dev/null | btrfs receive back 2>&1; cat back/s2/f; btrfs send s2 2>/dev/null | btrfs receive --dump | awk "{ print \$1 }"; btrfs subvolume delete s1 | sed "s/ (.*)//"; btrfs filesystem df . | cut -d, -f 1; btrfs scrub start -B . | grep -i error; btrfs balance start -dusage=0 . ; btrfs device stats . | sed "s/.*\]\.//"; btrfs filesystem resize -10M . | sed "s/.*of//"; btrfs inspect-internal dump-super ../b | grep -c .'
sh 'umount m; btrfs check b 2>&1 | grep -c "no error"'
sh 'mkdir sq; seq 10000 >sq/n; mkfifo sq/fifo; ln -s n sq/l; for c in gzip xz zstd lz4; do mksquashfs sq s.$c -quiet -no-progress -comp $c -noappend; unsquashfs -lls s.$c | grep -c squashfs-root; done; mount s.gzip m && md5sum m/n && ls -l m | cut -c 1-10; umount m; unsquashfs -q -n -d u s.zstd; diff -r --no-dereference sq/n u/n && echo same; unsquashfs -s s.xz | grep -i compr'
sh 'truncate -s 0 disk; truncate -s 320M disk; mkfs.xfs -q -f disk; xfs_db -r -c "sb 0" -c "p blocksize" disk; xfs_repair -n disk >/dev/null 2>&1; echo $?; mount disk m 2>&1 | head -n 1'
sh 'truncate -s 16M fat; mkfs.fat -n FATTY fat >/dev/null; mcopy -i fat /etc/passwd ::P; mdir -i fat -b ::; mtype -i fat ::P | cmp - /etc/passwd; fsck.fat -n fat | tail -n 1; mlabel -s -i fat ::'
sh 'genisoimage -quiet -R -o iso sq 2>/dev/null; isoinfo -R -l -i iso | grep -o "[nl] *$" ; mount iso m 2>&1 | head -n 1'

# Mounts.
sh 'mount -t tmpfs -o size=1M,nr_inodes=50,mode=700 t m; df -k --output=size,itotal m | tail -n 1; dd if=/dev/zero of=m/f bs=1M count=2 status=none; ls -s m/f; umount m'
sh 'mkdir l u w o bi; echo l >l/f; mount -t overlay -o lowerdir=l,upperdir=u,workdir=w ov o; echo u >o/f; rm o/f; ls -l u | cut -c 1; umount o; mount --bind l bi; findmnt -n -o SOURCE bi | grep -o "\[.*"; mount -o remount,bind,ro,nosuid bi; touch bi/x; grep " /tmp/bi " /proc/mounts | cut -d" " -f 4 | cut -c 1-9; umount bi'
sh 'mount --make-rshared / ; findmnt -n -o PROPAGATION /; unshare -m --propagation slave findmnt -n -o PROPAGATION / ; unshare -m findmnt -n -o PROPAGATION /; mount --rbind /dev bi; findmnt -R -n -o TARGET bi | head -n 3; umount -R bi'
sh 'mount -t tmpfs a m; mount --move m bi 2>&1; mount --make-rprivate /; mount --move m bi && findmnt -n -o SOURCE bi; umount -l bi; umount bi'
sh 'mount -t nosuch x m; mount /nothing m; umount m; mountpoint m /tmp; mount -t proc -o hidepid=2 p m && ls m | grep -c "^[0-9]"; umount m'
sh 'echo "/tmp/e4 /tmp/m ext4 loop,noauto 0 0" >/etc/fstab; mount m; findmnt -n -o FSTYPE m; umount m; findmnt --verify 2>&1 | tail -n 1; findmnt -s -n -o SOURCE; swapon -s; mkswap swap 2>&1 | tail -n 1; truncate -s 1M swap; mkswap -L sw swap | head -n 1; swaplabel swap | head -n 1'
sh 'stat -f -c "%T %S" / /proc /sys /dev/pts; readlink -f /dev/fd/0; namei -l /dev/ptmx | awk "{ print \$1 }"; losetup -j /tmp/e4'
