# text.sh - grep, sed, gawk, sort and their like over a real tree (TREE).

cd "$TREE"
LC_ALL=C
files=$(find . -name '*.py' | sort)
grep -c '^def ' $files | awk -F: '{ s += $2 } END { print s }'
grep -rhoE 'class [A-Za-z_]+' . | sort | uniq -c | sort -k1,1nr -k2 |
	head -n 10
grep -rlw 'yield' . | sort | sha256sum
grep -rn --include='*.py' 'raise .*Error(' . | sort | sed 's/:.*raise/: raise/' |
	sha256sum
grep -P '(?<=def )\w+(?=\(self\))' -ho $files | sort | uniq -c |
	sort -k1,1nr -k2 | head -n 5
grep -c -v '^ *#' json/*.py
grep -F -e '"""' -c email/message.py
grep -E -i '(import|from) +(re|sys|os)\b' $files | wc -l
sed -n '1,/^import/p' json/decoder.py
sed -E 's/([a-z_]+)\(([a-z_]+)\)/\2:\1/g; /^ *$/d' $files | sha256sum
sed '$!N; s/\n/ /; P; D' json/scanner.py | wc -l
sed -e '/^def /{s/def/DEF/;h;d}' -e '/return/{G}' json/encoder.py | sha256sum
awk '{ for (i = 1; i <= NF; i++) n[$i]++ }
	END { for (w in n) if (n[w] > 150) print n[w], w }' $files |
	sort -k1,1nr -k2
gawk 'BEGIN { PROCINFO["sorted_in"] = "@ind_str_asc" }
	{ match($0, /def ([a-z]+)_([a-z]+)/, m); if (m[1]) c[m[1]]++ }
	END { for (k in c) if (c[k] > 20) print k, c[k] }' $files
gawk 'BEGIN { printf "%.10f %.10f %.10f %d\n", sin(1), exp(1), atan2(1, 2),
	strtonum("0xff"); print toupper(substr("ferry", 2, 3)), length("abc"),
	index("foobar", "bar"), sprintf("%c%5.1f|%-6s|", 65, 3.14159, "x") }'
gawk 'BEGIN { while ("echo a b c" | getline l) print l; close("echo a b c")
	print "z\ny\nx" | "sort"; close("sort")
	print (systime() > 1000), strftime("%Y", 0, 1) }'
gawk -M 'BEGIN { print 2 ^ 100 }' 2>&1
mawk 'BEGIN { for (i = 0; i < 5; i++) printf "%d ", i * i; print "" }'
cat $files | tr -cs 'A-Za-z' '\n' | tr A-Z a-z | sort | uniq -c |
	sort -k1,1nr -k2 | head -n 20
cat $files | sort -u | sha256sum
sort -t: -k2,2n -k1,1r <(grep -c import $files) | tail -n 5
seq 10000 | shuf --random-source=<(yes) | sort -n | sha256sum
seq 10000 | sort -R --random-source=<(yes) | sha256sum
join <(seq 1 3 100 | sort) <(seq 1 5 100 | sort) | paste -sd' '
comm -12 <(seq 1 20 | sort) <(seq 10 30 | sort) | paste -sd' '
paste -d, <(seq 3) <(seq 4 6) <(seq 7 9)
nl -ba json/__init__.py | tail -n 2
fold -w 30 json/tool.py | sha256sum
expand json/tool.py | unexpand -a | sha256sum
fmt -w 50 json/__init__.py | sha256sum
pr -h title -l 30 json/tool.py | grep -v 'Page' | sha256sum
tac json/tool.py | rev | head -n 3
od -A x -t x1z json/tool.py | head -n 4
base64 json/tool.py | base64 -d | cmp - json/tool.py && echo "base64"
numfmt --to=iec 1000000 2000000000
factor 1000000007 1234567890123456789 600851475143
seq -f '%.2f' 0 0.25 1 | paste -sd' '
tsort <<<'a b b c a c d a'
csplit -s -f /dev/stdout -n 1 /dev/null 1 2>/dev/null
diff -u json/tool.py json/scanner.py | tail -n +3 | sha256sum
diff3 <(seq 5) <(seq 4) <(seq 6)
cp json/tool.py "$OLDPWD/tool.py"
cd "$OLDPWD"
sed 's/import/IMPORT/' tool.py >tool2.py
diff -u tool.py tool2.py >tool.patch
patch -s tool.py tool.patch && cmp tool.py tool2.py && echo "patched"
file tool.py | cut -d, -f 1
