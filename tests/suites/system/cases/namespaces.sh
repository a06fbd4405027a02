# Capabilities, namespaces, containers: unshare, nsenter, bwrap, crun, nspawn.
. /case/lib.bash
cd /tmp || exit 99
useradd -m joe
sh 'capsh --print'
sh 'capsh --drop=cap_sys_admin,cap_chown -- -c "grep Cap /proc/self/status; chown bin /tmp"'
sh 'capsh --user=joe --keep=1 --inh=cap_net_raw --addamb=cap_net_raw -- -c "grep Cap /proc/self/status" 2>&1; capsh --decode=3000; capsh --supports=cap_bpf && echo yes; capsh --explain=cap_chown | head -n 1; capsh --has-p=cap_kill && echo has; capsh --mode; capsh --secbits=0x2f --print | grep -E "Secure|secure"'
sh 'cp /bin/cat c; setcap cap_net_raw,cap_chown=ep c; getcap -v c; setcap -v cap_net_raw=ep c; setcap -r c; getcap c; setcap -n 1000 cap_kill=p c; getcap -n c; setcap nonsense c; getpcaps $$ | sed "s/^[0-9]*//"'
sh 'unshare -u sh -c "hostname inner; hostname"; hostname; unshare -i ipcs -q | wc -l; unshare -n ip -br link | awk "{ print \$1, \$2 }"; unshare -m sh -c "mount -t tmpfs x /mnt; grep -c /mnt /proc/mounts"; grep -c /mnt /proc/mounts'
sh 'unshare -p -f --mount-proc sh -c "echo \$\$; ps -o pid=,comm=; cat /proc/1/comm"; unshare -p -f --kill-child=KILL sh -c "sleep 100 & echo \$!"; unshare -C cat /proc/self/cgroup; unshare -T --monotonic 100 --boottime 1000 cat /proc/uptime | wc -w; unshare -T -f --boottime 1000000 sh -c "awk \"{ print (\\\$1 > 1000000) }\" /proc/uptime"'
sh 'unshare -U sh -c "id -u; id -g"; unshare -r cat /proc/self/uid_map; unshare -r --setgroups deny id -u; unshare -U -c id -u; unshare --map-users=0,100000,10 --map-root-user id -u 2>&1 | head -n 1; su joe -c "unshare -r id -u; unshare -rm sh -c \"mount -t tmpfs t /mnt && echo mounted; grep Cap /proc/self/status\"; unshare -rpf --mount-proc ps -o pid=; unshare -rn ip link set lo up && echo lo"'
sh 'mkdir r; unshare -R / -w /etc pwd; touch u n; mount --make-rprivate /; mount --bind n n; unshare --uts=/tmp/n hostname kept; nsenter --uts=/tmp/n hostname; umount n; hostname'
sh 'unshare -u -n -p -f -m --mount-proc sh -c "hostname there; exec sleep 100" & sleep 1; p=$(pgrep -x sleep | head -n 1); nsenter -t $p -u hostname; nsenter -t $p -a ps -eo comm= | head -n 3; nsenter -t $p -n ip -br link | awk "{ print \$1, \$2 }"; nsenter -t $p -r -w pwd; nsenter -t $p -p -m readlink /proc/self | sed "s/[0-9][0-9]*/N/"; nsenter -t $p -U id -u; [ "$(readlink /proc/$p/ns/net)" != "$(readlink /proc/self/ns/net)" ] && echo differs; kill $p'
sh 'bwrap --ro-bind / / --tmpfs /tmp --proc /proc --dev /dev --unshare-all sh -c "id -u; echo \$\$; ls /tmp; touch /x; ls /dev | tr \"\n\" \" \"; hostname"; echo'
sh 'bwrap --ro-bind / / --bind /tmp /tmp --unshare-user --uid 77 --gid 88 --unshare-uts --hostname bw --unshare-pid --die-with-parent --proc /proc --cap-drop ALL sh -c "id; hostname; grep CapEff /proc/self/status; cat /proc/1/comm; exit 5"; echo $?'
sh 'su joe -c "bwrap --ro-bind / / --dev-bind /dev /dev --unshare-net --new-session --setenv A b --unsetenv HOME --chdir /etc --file 9 /run/x 9</etc/hostname sh -c \"pwd; echo \$A; env | grep -c ^HOME; cat /run/x\"" 2>&1; bwrap --ro-bind / / --json-status-fd 1 true | jq -c keys; bwrap --ro-bind / / --info-fd 1 true | jq -c keys'
sh 'python3 - <<P
import struct, os
# allow all but uname-like getppid on either machine: BPF that returns EPERM for one call
nr = {"x86_64": 110, "aarch64": 173}[os.uname().machine]
prog = struct.pack("HBBI", 0x20, 0, 0, 0) + struct.pack("HBBI", 0x15, 0, 1, nr) + struct.pack("HBBI", 6, 0, 0, 0x50000 | 77) + struct.pack("HBBI", 6, 0, 0, 0x7fff0000)
open("/tmp/filter", "wb").write(prog)
P
bwrap --ro-bind / / --seccomp 9 9</tmp/filter python3 -c "
import ctypes
l = ctypes.CDLL(None, use_errno=True)
print(l.getppid(), ctypes.get_errno())
for s in open(\"/proc/self/status\"):
    if s.startswith(\"Seccomp\"): print(s.strip())"'

# An OCI container.
mkdir -p bundle/rootfs
mount --bind / bundle/rootfs
mount -t cgroup2 none /sys/fs/cgroup
cat >spec.py <<'P'
import json, sys
c = json.load(open("config.json"))
c["process"]["terminal"] = False
c["process"]["args"] = ["/bin/sh", "-c", sys.argv[1]]
c["root"] = {"path": "rootfs", "readonly": True}
c["linux"]["namespaces"] = [n for n in c["linux"]["namespaces"] if n["type"] != "cgroup"]
c["linux"].pop("resources", None)
c["mounts"] = [m for m in c["mounts"] if "cgroup" not in m["type"] and m["destination"] != "/sys"]
if len(sys.argv) > 2:
    c["linux"]["seccomp"] = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95}]}
json.dump(c, open("config.json", "w"))
P
run='crun --cgroup-manager=disabled --root /tmp/crun'
export run
sh 'cd bundle; crun spec 2>&1; python3 ../spec.py "id -u; hostname; echo \$\$; grep -E \"Cap|Seccomp:|NoNew\" /proc/self/status; ls /dev; touch /x; ulimit -n; exit 3"; $run run one; echo $?'
sh 'cd bundle; python3 ../spec.py "mkdir /dev/shm/new; grep Seccomp: /proc/self/status; sleep 30" seccomp; $run run -d two </dev/null; sleep 1; $run list | awk "{ print \$1, \$3 }"; $run state two | jq -r .status; $run exec two echo inside; $run kill two KILL; sleep 1; $run state two | jq -r .status; $run delete two; $run list | wc -l'
sh 'systemd-nspawn -q --version | head -n 1'
sh 'chroot / sh -c "pwd; id -u"; chroot --userspec=joe:daemon / id -un; chroot --groups=daemon --userspec=bin / id -G; chroot /nothing; chroot /etc true'
sh 'pivot_root -V; mkdir nr; mount -t tmpfs t nr; mkdir nr/old; for d in bin usr lib proc dev run $(cd /; ls -d lib64 2>/dev/null); do { [ -L /$d ] && cp -P /$d nr/ || { mkdir nr/$d; mount --rbind /$d nr/$d; }; }; done; unshare -m sh -c "mount --make-rprivate /; cd nr; pivot_root . old; umount -l old; ls / | grep -v lib64; touch /f; ls /f; ls /old"' 
