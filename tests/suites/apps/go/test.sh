# test.sh PACKAGE [long] - a package's tests, built and run by the guest's Go.
. "$(dirname "$0")/../lib.sh"

# Debuggers of guest programs do not work yet; this one makes the tests that
# need one skip.
mkdir -p no-debugger
printf '#!/bin/sh\nexit 1\n' >no-debugger/gdb
chmod +x no-debugger/gdb

short=-short
[ -z "${2:-}" ] || short=
export CGO_ENABLED=0
guest /usr/bin/env PATH="$PWD/no-debugger:/usr/lib/go-1.19/bin:/usr/bin:/bin" \
	/usr/lib/go-1.19/bin/go test -count=1 ${short:+-short} "$1"
