# test.sh PACKAGE [long] - a package's tests, built and run by the guest's Go.
. "$(dirname "$0")/../lib.sh"

# What this machine makes fail, natively as well or with any -L.
case $1 in
os)
	if [ -z "$(uname -n)" ]; then
		echo "TestHostname: this machine has no name"
		exit 77
	fi
	;;
os/exec)
	if [ -e /usr/lib/go-1.19 ]; then
		echo "TestExplicitPWD: a link to /usr/lib/go-1.19 leads" \
			"to this machine's"
		exit 77
	fi
	;;
esac

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
