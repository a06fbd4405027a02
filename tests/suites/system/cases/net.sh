# ping, traceroute, nmap, tcpdump, ss, nc, socat, ethtool, iperf3, dnsmasq.
. /case/lib.bash
#| s/[0-9.]+ ?ms/N ms/g
#| s/time=[0-9.]+/time=N/
#| s/[0-9.]+s latency/N latency/
#| s/ in [0-9.]+ seconds/ in N seconds/
#| s/^(Starting Nmap.* at ).*/\1/
#| s/rtt .*/rtt/
#| s/(127.0.0.1|localhost)[.:][0-9]{5}/\1:PORT/g
#| s/pid=[0-9]+/pid=N/g
#| s/(seq|ack|win|val|ecr|id|cksum|ttl) [0-9]+(:[0-9]+)?/\1 N/g
#| s/kill: \([0-9]+\)/kill: (N)/
#| s/0x[0-9a-f]{4}/0xN/g
#| s/; SERVER: .*|;; WHEN.*|;; Query time.*|, id: [0-9]+|COOKIE: .*//
#| s/bound to [0-9a-f]+/bound to N/
try ping -c 2 -i 0.2 127.0.0.1
try ping -6 -c 1 ::1
try ping -c 1 -W 1 192.0.2.1
sh 'ping -f -c 200 -q 127.0.0.1 | grep transmitted'
sh 'ping -c 1 -s 20000 -q 127.0.0.1 | grep received'
sh 'ping -c 1 -R 127.0.0.1 | head -n 3'
try traceroute -n 127.0.0.1
sh 'traceroute -T -n -p 22 127.0.0.1'
sh 'traceroute -I -n 127.0.0.1'

(exec nc -lk 127.0.0.1 7001 >/tmp/nc.out) &
await nc -z 127.0.0.1 7001
try nmap -n -sT -p 7000-7003 127.0.0.1
try nmap -n -sS -p 7000-7003 127.0.0.1
try nmap -n -sU -p 7000-7001 127.0.0.1
try nmap -n -sn 127.0.0.1-2
sh 'nmap --iflist | grep -A 3 INTERFACES'
sh 'echo hello | nc -N 127.0.0.1 7001; sleep 2; cat /tmp/nc.out'
sh 'ss -tlnp'
sh 'ss -H -tln state listening | wc -l'
# Not its total: sockets that are closed are counted until RCU has let them go.
sh 'ss -s | grep -c Total'
sh 'ss -tlnei | grep -o "cubic\|uid:[0-9]*"'
sh 'ss -xl | wc -l'
kill %1

# Packets.
(tcpdump -i lo -n -c 4 icmp >/tmp/dump 2>/tmp/dump.err) &
dump=$!
await grep -q listening /tmp/dump.err
try ping -q -c 2 -i 0.2 -p 55 127.0.0.1
wait $dump
sh "cut -d' ' -f 2- /tmp/dump; sed '1d;/by filter/d' /tmp/dump.err"
(tcpdump -i lo -n -w /tmp/pcap port 7002 >/dev/null 2>/tmp/dump.err) &
dump=$!
await grep -q listening /tmp/dump.err
sh 'nc -l 127.0.0.1 7002 & sleep 1; echo data | nc -N 127.0.0.1 7002; wait'
sleep 1
kill $dump; wait $dump
sh 'tcpdump -n -t -A -r /tmp/pcap 2>/dev/null | grep -a -c data'
sh 'tcpdump -n -t -r /tmp/pcap 2>/dev/null | sed "s/ 127.0.0.1.[0-9]*//g; s/127.0.0.1.[0-9]*: //;s/options.*//" | sort | uniq -c'
sh 'tcpdump -d -i lo "tcp port 80 and host 127.0.0.1"'
sh 'tcpdump -D | grep -o "[0-9]*\.lo"'

# socat: all kinds of addresses.
sh 'socat -u TCP-LISTEN:7100,reuseaddr,bind=127.0.0.1 CREATE:/tmp/got & sleep 1; seq 20000 | socat -u - TCP:127.0.0.1:7100; wait; md5sum /tmp/got'
sh 'socat UNIX-LISTEN:/tmp/sock,fork EXEC:"tr a-z A-Z",nofork=0 & p=$!; sleep 1; echo unix | socat -t 5 - UNIX-CONNECT:/tmp/sock; kill $p'
sh 'socat UDP-LISTEN:7101,bind=127.0.0.1 EXEC:cat & p=$!; sleep 1; echo udp | socat -t 3 - UDP:127.0.0.1:7101; kill $p 2>/dev/null'
sh 'socat ABSTRACT-LISTEN:name EXEC:cat & sleep 1; echo abstract | socat -t 5 - ABSTRACT-CONNECT:name; wait'
sh 'echo tty | socat -t 5 - EXEC:"sh -c \"tty; stty -a; cat\"",pty,stderr,echo=0 | sed "s/pts.[0-9]*/pts/"'
sh 'socat -u UDP6-RECVFROM:7102 - & sleep 1; echo six | socat - UDP6-SENDTO:[::1]:7102; wait'
sh 'socat TCP6-LISTEN:7103,reuseaddr - </dev/null & sleep 1; echo six | socat -u - TCP6:[::1]:7103; wait'
sh 'socat -u SCTP-LISTEN:7104 - & sleep 1; echo sctp | socat -u - SCTP:127.0.0.1:7104; kill %1 2>/dev/null; wait' 2>&1 | sed 's/^[0-9/ :]*socat\[[0-9]*\]//'
sh 'socat -d -d TUN:10.7.0.1/24,up /dev/null & p=$!; sleep 1; ip -br addr show tun0; kill $p' 2>&1 | sed 's/^[0-9/ :]*socat\[[0-9]*\]//'
sh 'socat -V | grep -c define'

try ethtool -i lo
sh 'ethtool -k lo | head -n 20'
try ethtool -S lo
ip link add v0 type veth peer name v1
ip link set v0 up; ip link set v1 up
try ethtool v0
sh 'ethtool -S v0 | sed "s/: [0-9]*/: N/"'
try ethtool -K v0 tso off
sh 'ethtool --json -k v0 | head -n 12'
try ethtool -P lo

(exec iperf3 --forceflush -s -B 127.0.0.1 -1 >/tmp/iperf 2>&1) &
await grep -q listening /tmp/iperf
sh 'iperf3 -c 127.0.0.1 -n 4M -J | jq ".end.sum_sent.bytes >= 4194304, .end.streams[0].sender.sender, .error"'
(exec iperf3 --forceflush -s -B 127.0.0.1 -1 >/tmp/iperf 2>&1) &
await grep -q listening /tmp/iperf
sh 'iperf3 -u -b 10M -c 127.0.0.1 -n 1M -J | jq ".end.sum.lost_packets, .start.test_start.protocol"'

(exec dnsmasq -k -p 5353 --listen-address=127.0.0.1 --bind-interfaces --no-resolv --no-hosts --address=/a.example/192.0.2.7 --txt-record=t.example,text --user=nobody --pid-file=/tmp/dnsmasq.pid >/tmp/dnsmasq 2>&1) &
await dig +time=1 +tries=1 -p 5353 @127.0.0.1 a.example
sh 'dig +short -p 5353 @127.0.0.1 a.example'
sh 'dig +short +tcp -p 5353 @127.0.0.1 b.a.example TXT t.example'
sh 'dig -p 5353 @127.0.0.1 nothing.example | grep status'
sh 'host -p 5353 a.example 127.0.0.1 | grep address'
sh 'nslookup -port=5353 a.example 127.0.0.1 | tail -n 3'
sh 'dig -p 5354 +time=1 +tries=1 @127.0.0.1 a.example | tail -n 3'
kill %%
sh 'ip link add wg0 type wireguard; wg genkey | wc -c; wg genkey | wg pubkey | wc -c; wg show'
