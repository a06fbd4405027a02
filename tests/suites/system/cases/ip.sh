# iproute2: links, addresses, routes, rules, namespaces, in text and JSON.
. /case/lib.bash
#| s/([0-9a-f]{2}:){5}[0-9a-f]{2}/MAC/g
#| s/fe80::[0-9a-f:]+/LINKLOCAL/g
#| s/(valid_lft|preferred_lft|expires) [0-9]+sec/\1 N/g
#| s/"(bytes|packets)":[0-9]+/"\1":N/g
#| s/"address":"[0-9a-f:]+"/"address":"MAC"/g
#| s/^ +[0-9]+ +[0-9]+( +0){4} *$/COUNTS/
#| s/qdisc tbf [0-9a-f]+:/qdisc tbf N:/
try ip link show lo
try ip -4 addr show lo
try ip link add v0 type veth peer name v1
try ip addr add 10.1.0.1/24 dev v0
try ip -6 addr add fd00::1/64 dev v0 nodad
try ip link set v0 up mtu 1400
try ip link set v1 up
try ip addr show v0
try ip -j addr show v0
sh 'ip -j -p link show v1 | head -n 20'
try ip -d link show v1
try ip -s link show v0
try ip route
try ip route add 10.2.0.0/16 via 10.1.0.2 dev v0 metric 50
try ip route add blackhole 10.3.0.0/16
try ip route get 10.2.1.1
try ip route get 10.3.1.1
try ip -j route
try ip -6 route
try ip rule add from 10.9.0.0/16 table 100
try ip rule
try ip neigh add 10.1.0.9 lladdr 02:00:00:00:00:09 dev v0
try ip neigh show dev v0 nud permanent
try ip link add br0 type bridge
try ip link set v1 master br0
try bridge link
try bridge -j link
try ip link add link v0 name v0.5 type vlan id 5
try ip -d link show v0.5
try ip tuntap add mode tap tap0
try ip tuntap
try ip link add m0 link v0 type macvlan mode bridge
try ip link add d0 type dummy
try ip link del nosuch
try ip netns add one
try ip netns
try ip link set v1 netns one
try ip netns exec one ip link set v1 up
try ip -n one addr add 10.1.0.2/24 dev v1
await ping -c 1 -W 1 10.1.0.2
sh 'ping -c 2 -i 0.2 -q 10.1.0.2 | grep -o ".* received"'
sh 'ip netns exec one sh -c "cat /proc/net/dev | grep -c : ; ls /sys/class/net"'
(ip monitor link >/tmp/monitor 2>&1) &
await test -d /proc/$!
sleep 1
ip link set v0 alias named
ip link set v0 down
await grep -q DOWN /tmp/monitor
kill $!
sh 'grep -c v0 /tmp/monitor | sed "s/[1-9][0-9]*/some/"'
printf 'link add b1 type bridge\nlink set b1 up\naddr add 10.4.0.1/24 dev b1\n' >/tmp/batch
try ip -batch /tmp/batch
try ip -br addr show b1
try tc qdisc show dev lo
try tc qdisc add dev v0 root tbf rate 1mbit burst 32kbit latency 400ms
try tc qdisc show dev v0
try ip -s maddr show dev lo
try ip xfrm policy
try ip netconf show dev lo
try ip tcp_metrics
try ip netns del one
try ip netns list
try ip link del br0
sh 'nstat -az TcpActiveOpens'
