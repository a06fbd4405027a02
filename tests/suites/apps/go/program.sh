# program.sh FILE - builds a program with the guest's Go and runs it.
. "$(dirname "$0")/../lib.sh"

export GOCACHE=$PWD/cache CGO_ENABLED=0
guest /usr/lib/go-1.19/bin/go build -o program "$1"
guest "$PWD/program" >out
diff "${1%.go}.expected" out
