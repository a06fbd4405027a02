#!/bin/sh
# table.sh - a table of the system calls in Markdown: number, class, why, and
# the tests that make the call.
#
#	table.sh CALLS
#
# From the rows of syscall/*.def, the sources of the tests, and the directory
# CALLS, where file NAME has the calls that test NAME was seen to make. A test
# counts if its source names the call and it has made it. One that names SYS_
# or __NR_ and does not is told of on standard error, and the status is 1.

calls=$(realpath "$1") || exit 99
srcdir=${srcdir:-.}
cd "$srcdir" || exit 99
export LC_ALL=C

cat <<'END'
# System calls

PASS: the host's call, as it is. LEAVE: the same; the process shares no
translations any more. PATH: the same; paths are looked up under the
sysroot. XLATE, EMULATE: converted, or done by ferry. FAIL: always an error.
`pointers` makes the call with every bad pointer, and compares with the host.

| nr | call | class | why | tests |
| --- | --- | --- | --- | --- |
END

cat syscall/generic64.def syscall/a64.def |
tr '\n' ' ' | sed 's/\/\*[^*]*\(\*[^\/*][^*]*\)*\*\///g' |
sed 's/\(PASS\|LEAVE\|PATH\|XLATE\|EMUL\|FAIL\)(/\
&/g' | sort -t '(' -k 2n | awk -v calls="$calls" '
# Names under which tests know a call.
BEGIN {
	alias["newfstatat"] = "stat fstatat lstat"
	alias["pread64"] = "pread"; alias["pwrite64"] = "pwrite"
	alias["prlimit64"] = "prlimit"; alias["rt_sigaction"] = "sigaction"
	alias["rt_sigprocmask"] = "sigprocmask pthread_sigmask"
	alias["rt_sigsuspend"] = "sigsuspend"
	alias["rt_sigtimedwait"] = "sigtimedwait sigwaitinfo"
	alias["rt_sigpending"] = "sigpending"
	alias["rt_sigqueueinfo"] = "sigqueue"
	alias["openat"] = "open"; alias["unlinkat"] = "unlink rmdir"
	alias["mkdirat"] = "mkdir"; alias["symlinkat"] = "symlink"
	alias["linkat"] = "link"; alias["readlinkat"] = "readlink"
	alias["renameat"] = "rename"; alias["faccessat"] = "access"
	alias["fchmodat"] = "chmod"; alias["fchownat"] = "chown"
	alias["ppoll"] = "poll"; alias["pselect6"] = "select pselect"
	alias["dup3"] = "dup2"; alias["pipe2"] = "pipe"
	alias["wait4"] = "waitpid wait"; alias["uname"] = "uname"
	alias["clone"] = "fork vfork pthread_create"
	alias["inotify_init1"] = "inotify_init"
	alias["eventfd2"] = "eventfd"; alias["signalfd4"] = "signalfd"
	alias["epoll_pwait"] = "epoll_wait"
	alias["setitimer"] = "setitimer alarm ualarm"
	alias["getdents64"] = "readdir"; alias["execve"] = "execl execv execvp"
	alias["exit_group"] = "_exit"; alias["brk"] = "sbrk"
	read_skipped()
	while (("ls tests/guest/*.c" | getline f) > 0) {
		text = ""
		while ((getline line < f) > 0)
			text = text "\n" line
		close(f)
		sub(/.*\//, "", f)
		sub(/\.c$/, "", f)
		if (!read_made(f))
			continue
		source[++nr_sources] = f
		body[f] = text
	}
	read_made("pointers")
}

# The calls that test `f` has made; 0 if it did not run.
function read_made(f,	line, any)
{
	while ((getline line < (calls "/" f)) > 0)
		any = made[f, line] = 1
	close(calls "/" f)
	return any
}

# What pointers_prog.c leaves out.
function read_skipped(	line, on)
{
	while ((getline line < "tests/syscalls/pointers_prog.c") > 0) {
		if (line ~ /skipped\[\] = /)
			on = 1
		else if (on && line ~ /};/)
			break
		else if (on)
			skipped = skipped " " line
	}
}

function makes(test, name,	n, i, list, text)
{
	text = body[test]
	if (!((test, name) in made)) {
		if (text ~ ("[( \t](SYS_|__NR_)" name "[^a-z0-9_]")) {
			print test " names " name " and does not make it" \
				> "/dev/stderr"
			failed = 1
		}
		return 0
	}
	if (text ~ ("(SYS_|__NR_)" name "[^a-z0-9_]"))
		return 1
	n = split(name " " alias[name], list, " ")
	for (i = 1; i <= n; i++)
		if (text ~ ("[^a-z0-9_]" list[i] "\\("))
			return 1
	return 0
}

function tests(name, args, class,	i, list, nr)
{
	for (i = 1; i <= nr_sources; i++)
		if (makes(source[i], name) && nr < 3)
			list = list (nr++ ? ", " : "") source[i]
	if (class != "FAIL" && !index(skipped, "\"" name "\"") &&
	    ("pointers", name) in made && args ~ /(ptr|path|str|buf|iov|time|stat|sig(set|action)|sockaddr|fds|limit|how|uts|event|argv)/)
		list = list (list ? ", " : "") "pointers"
	return list
}

/^(PASS|LEAVE|PATH|XLATE|EMUL|FAIL)\(/ {
	class = $0
	sub(/\(.*/, "", class)
	row = $0
	sub(/^[A-Z]*\(/, "", row)
	split(row, col, ",")
	name = col[3]
	gsub(/ /, "", name)
	args = row
	sub(/^[^"]*"/, "", args)
	why = args
	sub(/".*/, "", args)
	sub(/^[^"]*"[^"]*"*/, "", why)
	if (match(row, /"[^"]*" *\) *$/) && class !~ /PASS|LEAVE|PATH/) {
		why = substr(row, RSTART + 1)
		sub(/" *\) *$/, "", why)
	} else {
		why = ""
	}
	if (class == "EMUL")
		class = "EMULATE"
	if (class == "FAIL" && match(row, /", *E[A-Z]*,/)) {
		error = substr(row, RSTART + 2, RLENGTH - 3)
		gsub(/ /, "", error)
		why = error ": " why
	}
	gsub(/ +/, " ", why)
	printf "| %d | `%s` | %s | %s | %s |\n", col[1], name, class, why,
		tests(name, args, class)
}
END {
	exit failed
}'
