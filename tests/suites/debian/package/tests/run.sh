#!/bin/sh
out=$(echo "a b b c c c: a B C, c" | ./tally) || exit 1
expected="3 words, long is 8 bytes
5 c 2.322
3 b 1.585
2 a 1.000"
[ "$out" = "$expected" ] || { echo "$out"; exit 1; }
