# Keyrings, perf, BPF, message queues: what reaches the kernel in other ways.
. /case/lib.bash
#| s/\<[0-9]{5,10}\>/N/g
cd /tmp || exit 99
sh 'keyctl session name keyctl show @s | sed "s/ *[0-9]* //" | head -n 3'
cat >keys.sh <<'K'
k=$(keyctl add user one "data 1" @s); keyctl print $k; keyctl update $k "data 2"; keyctl print $k
keyctl describe $k | cut -d: -f 2-; keyctl rdescribe $k
keyctl search @s user one >/dev/null && echo found; keyctl search @s user two; keyctl request user one >/dev/null && echo requested
r=$(keyctl newring ring @s); echo piped | keyctl padd user two $r >/dev/null; keyctl list $r | sed "s/^ *[0-9]*: *//"; keyctl move $k @s $r; keyctl rlist $r | wc -w
keyctl setperm $k 0x3f000000; keyctl print $k; keyctl setperm $k 0x3f3f0000; keyctl chgrp $k 1; keyctl chown $k 1 2>&1
keyctl timeout $k 1; sleep 1.5; keyctl print $k 2>&1
keyctl pipe $(keyctl add logon a:b secret @s) 2>&1; keyctl revoke $k 2>&1; keyctl clear $r; keyctl rlist $r; keyctl unlink $r @s; keyctl reap | wc -l
keyctl add big_key big "$(seq 3000)" @s >/dev/null 2>&1 && keyctl print %big_key:big | tail -n 1
keyctl request2 user nothing callout @s 2>&1; keyctl dh_compute 1 2 3 2>&1; keyctl supports | sort | head -n 20; keyctl restrict_keyring @s 2>&1; keyctl add user more x @s 2>&1
keyctl get_persistent @u 2>&1 | wc -l; keyctl watch 2>&1 | head -n 1; keyctl id @s >/dev/null && echo id; keyctl security @s 2>&1
K
sh 'keyctl session - bash keys.sh 2>&1'
sh 'python3 -c "import os; print(os.getxattr)" | cut -c 1-9; cat /proc/keys | wc -l | sed s/[1-9][0-9]*/some/; cat /proc/key-users | wc -l | sed s/[1-9][0-9]*/some/'

sh 'perf stat -x, -e task-clock,page-faults,context-switches,cpu-migrations true 2>&1 | cut -d, -f 3'
sh 'perf stat -e faults,minor-faults,major-faults sh -c "exit 4" 2>&1 | grep -o "[a-z-]*faults"'
sh 'perf stat -r 3 -e dummy -e cs true 2>&1 | grep -o "dummy\|3 runs"; perf stat -I 100 -e task-clock sleep 0.35 2>&1 | grep -m 1 -c task-clock; perf stat -p $$ -e task-clock -- sleep 0.2 2>&1 | grep -c task-clock; perf stat -a -e task-clock sleep 0.1 2>&1 | grep -c "system wide"; perf stat -e nonsense true 2>&1 | head -n 1'
sh 'perf record -q -e cpu-clock -F 500 -o p.data sh -c "i=0; while [ \$i -lt 20000 ]; do i=\$((i + 1)); done" 2>&1; perf report -i p.data --stdio -s comm 2>/dev/null | grep -v "^#" | grep -o " sh" | head -n 1; perf script -i p.data 2>/dev/null | head -n 1 | awk "{ print \$1 }"; perf report -i p.data --header-only 2>/dev/null | grep -c "^#" | sed "s/[0-9]*/n/"'
sh 'perf bench sched pipe -l 200 2>&1 | grep -c Total; perf bench sched messaging -g 2 -l 20 2>&1 | grep -c Total; perf bench futex hash -r 1 -t 2 2>&1 | grep -c "operations/sec"; perf bench mem memcpy -s 1MB -l 2 2>&1 | grep -m 1 -c "[GM]B/sec"; perf bench syscall basic -l 10000 2>&1 | grep -c Total; perf bench epoll wait -r 1 -t 2 2>&1 | grep -c "Averaged"; perf list sw 2>/dev/null | grep -o "page-faults\|task-clock" | sort -u; perf test -v 6 2>&1 | tail -n 1; perf version | cut -d" " -f 1,2; perf evlist -i p.data'

sh 'mount -t bpf bpf /sys/fs/bpf; bpftool map create /sys/fs/bpf/m type hash key 4 value 8 entries 10 name hm; bpftool map update pinned /sys/fs/bpf/m key 1 0 0 0 value 1 2 3 4 5 6 7 8; bpftool map dump pinned /sys/fs/bpf/m; bpftool -j map dump pinned /sys/fs/bpf/m; bpftool map lookup pinned /sys/fs/bpf/m key 2 0 0 0; bpftool map getnext pinned /sys/fs/bpf/m; bpftool map delete pinned /sys/fs/bpf/m key 1 0 0 0; bpftool map dump pinned /sys/fs/bpf/m; bpftool map create /sys/fs/bpf/q type queue value 4 entries 4 name q; bpftool map enqueue pinned /sys/fs/bpf/q value 1 0 0 0; bpftool map peek pinned /sys/fs/bpf/q; bpftool map dequeue pinned /sys/fs/bpf/q; rm /sys/fs/bpf/m; bpftool map show pinned /sys/fs/bpf/q | grep -o "type\|queue.*" | head -n 1'
sh 'bpftool prog show 2>/dev/null | wc -l | sed "s/.*/n/"; bpftool net show; bpftool cgroup tree /sys/fs/cgroup 2>&1 | head -n 1; bpftool version | head -n 1; bpftool btf dump file /sys/kernel/btf/vmlinux format c 2>&1 | grep -c "struct task_struct {"; bpftool feature probe kernel 2>/dev/null | grep -c "is available" | sed "s/[0-9]*/n/"; bpftool struct_ops list 2>/dev/null | wc -l; bpftool link show | wc -l; bpftool perf show | wc -l'
python3 - <<'P'
import ctypes, os, struct, mmap, resource, select, signal, socket, time
# A socket filter (classic BPF) on a raw packet socket.
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)); s.bind(("lo", 0))
prog = [(0x28, 0, 0, 12), (0x15, 0, 1, 0x800), (6, 0, 0, 96), (6, 0, 0, 0)]
buf = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *i) for i in prog))
s.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HxxxxxxP", len(prog), ctypes.addressof(buf)))
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.sendto(b"x" * 200, ("127.0.0.1", 9))
print(len(s.recv(9999)), s.getsockname()[:4])
# A ring of packets, mapped.
r = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)); r.bind(("lo", 0))
r.setsockopt(263, 5, struct.pack("IIII", 4096, 4, 2048, 8))
m = mmap.mmap(r.fileno(), 4096 * 4)
u.sendto(b"hello ring", ("127.0.0.1", 9)); time.sleep(0.2)
print(struct.unpack_from("L", m, 0)[0] & 1, b"hello ring" in m[:2048])
# Netlink by hand.
n = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); n.bind((0, 0))
n.send(struct.pack("IHHII", 20, 18, 0x301, 1, 0) + b"\0" * 4)
d = n.recv(65536); print(struct.unpack_from("IHHII", d)[1], b"lo\0" in d)
k = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 15); k.bind((0, 1)); print("uevent", k.getsockname()[1])
# AF_ALG: the kernel's ciphers and hashes.
try:
    a = socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET); a.bind(("hash", "sha256")); o, _ = a.accept(); o.sendall(b"abc"); print(o.recv(99).hex()[:16])
    a = socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET); a.bind(("skcipher", "cbc(aes)")); a.setsockopt(socket.SOL_ALG, socket.ALG_SET_KEY, b"k" * 16); o, _ = a.accept(); o.sendmsg_afalg([b"p" * 32], op=socket.ALG_OP_ENCRYPT, iv=b"i" * 16); print(o.recv(99).hex()[:16])
except OSError as e:
    print("AF_ALG", e.errno)
for f, t, p in (socket.AF_VSOCK, socket.SOCK_STREAM, 0), (socket.AF_CAN, socket.SOCK_RAW, 1), (16, socket.SOCK_DGRAM, 16), (30, socket.SOCK_RDM, 0), (socket.AF_INET, socket.SOCK_STREAM, 262), (38, 5, 0), (44, socket.SOCK_RAW, 0):
    try: socket.socket(f, t, p); print(f, "ok")
    except OSError as e: print(f, e.errno)
# Messages with all that can go along.
x, y = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
y.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1); y.setsockopt(socket.SOL_SOCKET, 34, 0)
socket.send_fds(x, [b"fds"], [0, 1]); b, an, fl, ad = y.recvmsg(99, 999); print(b, sorted((c[1], len(c[2])) for c in an), fl)
t = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); t.bind(("127.0.0.1", 0)); t.setsockopt(0, 8, 1); t.setsockopt(0, 12, 1); t.setsockopt(socket.SOL_SOCKET, 29, 1); t.setsockopt(socket.SOL_SOCKET, 37, 0x58)
u.sendto(b"q", t.getsockname()); b, an, fl, ad = t.recvmsg(99, 999); print(b, sorted((c[0], c[1], len(c[2])) for c in an))
c = socket.socket(); c.settimeout(5); l = socket.socket(); l.bind(("127.0.0.1", 0)); l.listen(); c.connect(l.getsockname()); z = l.accept()[0]
print(len(c.getsockopt(6, 11, 300)) > 100, c.getsockopt(6, 13, 20), struct.unpack("i", c.getsockopt(6, 2, 4))[0]); c.setsockopt(socket.SOL_SOCKET, 60, 1); c.send(b"zc" * 9000, 0x4000000); print(len(z.recv(99999, socket.MSG_WAITALL & 0)) > 0); print(c.recvmsg(1, 99, socket.MSG_ERRQUEUE)[1][0][:2])
P
sh 'python3 -c "
import ctypes, os
l = ctypes.CDLL(None, use_errno=True)
class attr(ctypes.Structure): _fields_ = [(n, ctypes.c_long) for n in (\"fl\", \"max\", \"size\", \"cur\")]
q = l.mq_open(b\"/q\", os.O_CREAT | os.O_RDWR, 0o600, ctypes.byref(attr(0, 5, 64, 0)))
print(q >= 0, l.mq_send(q, b\"low\", 3, 1), l.mq_send(q, b\"high\", 4, 9))
b = ctypes.create_string_buffer(64); p = ctypes.c_uint()
for i in range(2): n = l.mq_receive(q, b, 64, ctypes.byref(p)); print(b.raw[:n], p.value)
"; mkdir /dev/mqueue; mount -t mqueue q /dev/mqueue; ls /dev/mqueue; cat /dev/mqueue/q | sed "s/NOTIFY.*//"; rm /dev/mqueue/q'
sh 'stress-ng -q --userfaultfd 1 --memfd 1 --timerfd 1 --eventfd 1 --inotify 1 --aio 1 --io-uring 1 --kcmp 1 --key 1 --splice 1 --tee 1 --pty 1 --membarrier 1 --mremap 1 --clone 1 --seccomp 1 --sockdiag 1 --verify -t 2 2>&1 | grep -i fail; echo ${PIPESTATUS[0]}'
