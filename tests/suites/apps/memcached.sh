# memcached.sh - four threads serve eight clients, who check what they get.
. "$(dirname "$0")/lib.sh"

in_background guest_exec /usr/bin/memcached -s "$PWD/socket" -a 0700 -t 4
server=$!
retry 60 test -S socket
guest /usr/bin/python3 "$(dirname "$0")/memcached.py" socket
kill -TERM $server
wait $server
