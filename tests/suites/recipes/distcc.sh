# distcc.sh - an arm64 program, distcc, lets the machine's cross compiler do
# what its own would do under ferry.
# shellcheck shell=bash
main()
{
	local port=$((20000 + RANDOM % 10000)) sysroot=$PWD/../distcc-sysroot
	local daemon

	need distccd aarch64-linux-gnu-gcc
	[ -e /usr/lib/distcc/aarch64-linux-gnu-gcc ] ||
		skip "distccd does not know the cross compiler"
	sh "$here/../mksysroot" "$sysroot" distcc gcc libc6-dev
	printf '#include <stdio.h>\nint main(void) { puts("hello"); }\n' >t.c
	# For tmp and state; distccd is another user when root starts it.
	mkdir state
	PATH=/usr/bin:/bin distccd --no-detach --daemon --port $port \
		--listen 127.0.0.1 --allow 127.0.0.1 --jobs 2 \
		--log-stderr --log-level info 2>log &
	daemon=$!
	# shellcheck disable=SC2064
	trap "kill $daemon" EXIT
	sleep 1
	export DISTCC_DIR=$PWD/state DISTCC_HOSTS=127.0.0.1:$port
	DISTCC_FALLBACK=0 ferry -L "$sysroot" /usr/bin/distcc \
		aarch64-linux-gnu-gcc -O2 -c -o t.o t.c
	grep -q "COMPILE_OK.*aarch64-linux-gnu-gcc t.c" log
	ferry -L "$sysroot" /usr/bin/gcc -o t t.o
	prints hello ferry -L "$sysroot" ./t
}
