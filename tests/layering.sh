#!/bin/sh
# layering.sh - who includes whom.
#
#	runtime/base <- runtime/vm <- { loader translator syscall signals }
#		     <- runtime/*.c
#
# Siblings do not include each other, but for the four contracts named below.
# guest/ and host/ of the translator never meet; both know ir/. System and
# generated headers (no path, not in the tree) do not count.

srcdir=${srcdir:-.}
cd "$srcdir" || exit 99
export LC_ALL=C

find runtime loader translator syscall signals \
	\( -name '*.[chS]' -o -name '*.def' -o -name '*.inc' \) -type f |
sort | xargs awk '
# The layer of a file: a module, which may be a part of a top-level folder.
function layer(path)
{
	if (path ~ /^runtime\/base\//)
		return "base"
	if (path ~ /^runtime\/vm\//)
		return "vm"
	if (path ~ /^translator\/ir\//)
		return "ir"
	if (path ~ /^translator\/guest\/[^\/]+\//)
		return "guest"
	if (path ~ /^translator\/host\/[^\/]+\//)
		return "host"
	if (path ~ /^translator\/mkdecode/)
		return "mkdecode"
	sub(/\/.*/, "", path)
	return path
}

function normalise(path,	parts, n, i, out, m)
{
	n = split(path, parts, "/")
	m = 0
	for (i = 1; i <= n; i++) {
		if (parts[i] == "." || parts[i] == "")
			continue
		if (parts[i] == ".." && m > 0 && out[m] != "..")
			m--
		else
			out[++m] = parts[i]
	}
	path = out[1]
	for (i = 2; i <= m; i++)
		path = path "/" out[i]
	return path
}

function allow(from, list,	names, n, i)
{
	n = split(list, names, " ")
	for (i = 1; i <= n; i++)
		ok[from, names[i]] = 1
}

BEGIN {
	allow("base", "base")
	allow("vm", "base vm")
	allow("loader", "base vm loader")
	allow("syscall", "base vm syscall")
	allow("signals", "base vm signals")
	allow("translator", "base vm ir translator guest host")
	allow("ir", "base ir")
	allow("guest", "base vm ir guest")
	allow("host", "base vm ir host")
	allow("mkdecode", "mkdecode")
	allow("runtime", "base vm loader syscall signals translator runtime guest")
	# The contracts between siblings.
	contract["signals", "translator/statemap.h"] = 1
	contract["signals", "translator/translate.h"] = 1
	contract["signals", "syscall/syscall.h"] = 1
	contract["syscall", "signals/signals.h"] = 1
	contract["guest", "translator/translate.h"] = 1
	contract["guest", "translator/block.h"] = 1
	# Values of operations are union v128 of the register file.
	contract["ir", "runtime/vm/cpu_a64.h"] = 1
	contract["ir", "runtime/vm/flags_a64.h"] = 1
	bad = 0
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, quoted, "\"")
	dir = FILENAME
	sub(/[^\/]*$/, "", dir)
	target = normalise(dir quoted[2])
	if (quoted[2] !~ /\// && (getline line < target) < 0)
		next			# generated
	close(target)
	from = layer(FILENAME)
	to = layer(target)
	if (ok[from, to] || contract[from, target])
		next
	printf "%s:%d: %s may not include %s\n", FILENAME, FNR, from, target
	bad = 1
}

END { exit bad }
'
