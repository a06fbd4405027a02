# meson.sh - the same with Meson's exe_wrapper.
# shellcheck shell=bash
main()
{
	need meson ninja aarch64-linux-gnu-gcc
	cp -r "$top/examples/recipes/cross" .
	meson setup --cross-file cross/aarch64.ini build cross
	prints "Ok:                 1" meson test -C build
	grep -q "aarch64 6" build/meson-logs/testlog.txt
}
