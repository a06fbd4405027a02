# iptables (both kinds), nft: rule sets, and what they do to packets.
. /case/lib.bash
#| s/packets [0-9]+ bytes [0-9]+/packets N bytes N/
#| s/^\[[0-9]+:[0-9]+\]/[N:N]/
#| s/\[[0-9]+:[0-9]+\]$/[N:N]/
#| s/^# (Generated|Completed).*/# \1/
#| s/"(packets|bytes)": [0-9]+/"\1": N/g
#| s/^ +[0-9]+ +[0-9]+ (ACCEPT|DROP|REJECT)/ N N \1/
#| s/\(policy ([A-Z]+) [0-9]+ packets, [0-9]+ bytes\)/(policy \1)/
for t in iptables-nft iptables-legacy ip6tables-nft; do
	try $t -N chain
	try $t -A INPUT -i lo -p tcp --dport 81 -j DROP
	try $t -A INPUT -p tcp --dport 82 -j REJECT --reject-with tcp-reset
	try $t -A INPUT -p icmp -j ACCEPT
	try $t -A INPUT -m state --state ESTABLISHED -j ACCEPT
	try $t -A INPUT -m comment --comment 'a comment' -j chain
	try $t -L -n -v
	try $t -S
	try $t -C INPUT -p tcp --dport 99
	try $t -D INPUT 1
	try $t-save
	sh "$t-save | $t-restore --test"
	try $t -F
	try $t -X
done
cat >/tmp/rules <<'R'
table inet t {
	set ports { type inet_service; flags interval; elements = { 1-99, 8080 } }
	map m { type ipv4_addr : verdict; elements = { 127.0.0.2 : drop, 127.0.0.3 : accept } }
	counter c { }
	chain in {
		type filter hook input priority filter; policy accept;
		ip saddr vmap @m
		tcp dport @ports counter name c reject with tcp reset
		meta mark 0x1 limit rate 10/second log prefix "x" accept
	}
}
R
try nft -c -f /tmp/rules
try nft -f /tmp/rules
try nft list ruleset
try nft -j list ruleset
try nft add element inet t ports '{ 200-300 }'
try nft get element inet t ports '{ 250 }'
try nft list set inet t ports
sh 'nft -a list chain inet t in | grep -o "handle.*"'
sh 'nc -z -w 1 127.0.0.1 8080; nc -zv -w 1 127.0.0.1 8080 2>&1 | sed "s/.*: //"'
try nft list counter inet t c
sh 'ping -c 1 -W 1 -I 127.0.0.2 127.0.0.1 >/dev/null; echo $?'
try nft delete table inet t
try nft list ruleset
try nft nonsense
sh 'echo "add table ip x; add chain ip x y" | nft -f - && nft -s list tables'
sh 'iptables-translate -A INPUT -p tcp --dport 22 -j ACCEPT'
sh 'conntrack -C'
