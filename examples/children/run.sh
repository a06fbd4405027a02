# The children of a guest run under ferry too. Nothing has to be registered
# with the kernel for that.

command -v "$A64_CC" >/dev/null || { echo "no cross compiler"; exit 77; }
"$A64_CC" -O2 -static -o words "$EXAMPLE/words.c" || exit 1

echo "The ferry carries the cart, and the cart carries the apples." |
"$FERRY" ./words
