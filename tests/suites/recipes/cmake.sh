# cmake.sh - checks and tests of a cross build run under ferry.
# shellcheck shell=bash
main()
{
	need cmake ctest aarch64-linux-gnu-gcc
	cp -r "$top/examples/recipes/cross" .
	prints "LONG_IS_64 - Success" cmake -S cross -B build \
		-DCMAKE_TOOLCHAIN_FILE=aarch64.cmake
	cmake --build build
	prints "100% tests passed" ctest --test-dir build
}
