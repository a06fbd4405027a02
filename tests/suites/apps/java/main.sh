# main.sh DIR OPTION... - Main, compiled in DIR, in a virtual machine with
# these options.
. "$(dirname "$0")/../lib.sh"

dir=$1
shift
guest "$(java_home)/bin/java" -Xmx96m "$@" -cp "$dir/classes" Main >out
diff "$(dirname "$0")/Main.expected" out
