# compile.sh FILE - the guest's javac; makes ./classes.
. "$(dirname "$0")/../lib.sh"

guest "$(java_home)/bin/javac" -d classes "$1"
