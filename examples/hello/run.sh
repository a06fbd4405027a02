# A program for another machine runs like any other. -E and -U change the
# environment that it sees, and nothing else does.

command -v "$A64_CC" >/dev/null || { echo "no cross compiler"; exit 77; }
"$A64_CC" -O2 -static -o hello "$EXAMPLE/hello.c" || exit 1

SECRET=1 "$FERRY" -E GREETING=welcome -U SECRET ./hello one "two three"
