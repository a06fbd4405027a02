# main.sh - threads, a time limit, fork, signals.
. "$(dirname "$0")/../lib.sh"

guest /usr/bin/ruby -W0 "$(dirname "$0")/main.rb" >out
diff "$(dirname "$0")/main.expected" out
