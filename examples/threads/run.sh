# The guest's threads are the host's, with nothing between them and the
# kernel's scheduler, and its atomic instructions are atomic.

command -v "$A64_CC" >/dev/null || { echo "no cross compiler"; exit 77; }
"$A64_CC" -O2 -static -pthread -o sum "$EXAMPLE/sum.c" || exit 1

"$FERRY" ./sum
