# main.sh - worker threads, children, an HTTP server and its client.
. "$(dirname "$0")/../lib.sh"

guest /usr/bin/node "$(dirname "$0")/main.js" >out
diff "$(dirname "$0")/main.expected" out
