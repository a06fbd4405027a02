# Signals arrive as on a real kernel: while the program computes, in its
# children, and for its own mistakes.

command -v "$A64_CC" >/dev/null || { echo "no cross compiler"; exit 77; }
"$A64_CC" -O2 -static -o clock "$EXAMPLE/clock.c" || exit 1

"$FERRY" ./clock
