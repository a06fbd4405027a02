# main.sh - processes, ports, sockets; compiled by the guest.
. "$(dirname "$0")/../lib.sh"

guest /usr/bin/erlc "$(dirname "$0")/main.erl"
guest /usr/bin/erl -noinput -s main >out
diff "$(dirname "$0")/main.expected" out
