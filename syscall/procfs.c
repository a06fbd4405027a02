/*
 * procfs.c - which paths name the files that procfs.h replaces.
 *
 * A path is looked at closely only when its last component is one of a few
 * names. It is then made absolute (through the host's links for descriptors
 * and the working directory) and brought into its normal form in text; what
 * process directories mean is asked from the kernel, by thread id.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/log.h"
#include "../runtime/vm/process.h"
#include "../runtime/vm/sysroot.h"
#include "procfs.h"
#include "procfs_files.h"

enum proc_place {
	IN_PROCESS,	/* /proc/<pid>/name or /proc/<pid>/task/<tid>/name */
	IN_PROC,	/* /proc/name */
};

struct proc_entry {
	const char *name;	/* behind the place's directory */
	enum proc_place place;
	long (*make)(int fd);	/* writes the contents: 0 or -errno */
	bool (*is_right)(void);	/* the host's own is good: pass */
};

static bool
host_knows_args(void)
{
	return process.host_knows_args;
}

static bool
never(void)
{
	return false;
}

/* "exe" is a link, the rest are files. */
static const struct proc_entry entries[] = {
	{ "exe", IN_PROCESS, NULL, never },
	{ "cmdline", IN_PROCESS, procfs_make_cmdline, host_knows_args },
	{ "environ", IN_PROCESS, procfs_make_environ, host_knows_args },
	{ "auxv", IN_PROCESS, procfs_make_auxv, host_knows_args },
	{ "maps", IN_PROCESS, procfs_make_maps, never },
	{ "smaps", IN_PROCESS, procfs_make_smaps, never },
	{ "cpuinfo", IN_PROC, procfs_make_cpuinfo, never },
	{ "sys/kernel/arch", IN_PROC, procfs_make_arch, never },
};

static const char *
last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Whether a path that ends in `last' can be one of ours. */
static bool
may_be_ours(const char *last)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(entries); i++)
		if (strcmp(last_component(entries[i].name), last) == 0)
			return true;
	return false;
}

/* Resolves "", "." and ".." in `path' in place; it starts with a slash. */
static void
normalise(char *path)
{
	char *in = path, *out = path;

	while (*in) {
		size_t n;

		while (*in == '/')
			in++;
		n = strcspn(in, "/");
		if (n == 2 && in[0] == '.' && in[1] == '.') {
			while (out > path && *--out != '/')
				;
		} else if (n && !(n == 1 && in[0] == '.')) {
			*out++ = '/';
			memmove(out, in, n);
			out += n;
		}
		in += n;
	}
	*out = '\0';
}

/* `path' as seen from dirfd, absolute and normal, into buf. False if it is
 * too long or cannot be found out. */
static bool
absolute(int dirfd, const char *path, char buf[PATH_MAX])
{
	char link[32];
	size_t have = 0, n = strlen(path);
	long r;

	if (path[0] != '/') {
		if (dirfd == AT_FDCWD)
			memcpy(link, "/proc/self/cwd", 15);
		else
			fmt_print(link, sizeof(link), "/proc/self/fd/%d",
				  dirfd);
		r = host_call4(SYS_readlinkat, AT_FDCWD, P(link), P(buf),
			       PATH_MAX);
		if (r <= 0 || r >= PATH_MAX || buf[0] != '/')
			return false;
		have = (size_t)r;
		buf[have++] = '/';
	}
	if (have + n >= PATH_MAX)
		return false;
	memcpy(buf + have, path, n + 1);
	normalise(buf);
	return true;
}

/* A decimal number at *s, which is moved behind it; -1 if there is none. */
static long
number(const char **s)
{
	long n = 0;
	int digits = 0;

	while (**s >= '0' && **s <= '9' && digits++ < 10)
		n = n * 10 + *(*s)++ - '0';
	return digits ? n : -1;
}

static bool
is_own_thread(long tid)
{
	char path[48];

	if (tid == host_call0(SYS_getpid) || tid == host_call0(SYS_gettid))
		return true;
	fmt_print(path, sizeof(path), "/proc/self/task/%ld", tid);
	return host_call3(SYS_faccessat, AT_FDCWD, P(path), F_OK) == 0;
}

/* Skips `name' and a slash behind it. */
static bool
skip(const char **s, const char *name)
{
	size_t n = strlen(name);

	if (strncmp(*s, name, n) != 0 || (*s)[n] != '/')
		return false;
	*s += n + 1;
	return true;
}

/* Skips a number and a slash behind it; -1 if there is none. */
static long
skip_number(const char **s)
{
	long n = number(s);

	if (n < 0 || **s != '/')
		return -1;
	(*s)++;
	return n;
}

/* Skips the directories of the own process; *s starts behind "/proc/". */
static bool
skip_own_process(const char **s)
{
	long n;

	if (skip(s, "thread-self"))
		return true;
	if (!skip(s, "self")) {
		n = skip_number(s);
		if (n < 0 || !is_own_thread(n))
			return false;
	}
	if (skip(s, "task")) {
		n = skip_number(s);
		if (n < 0 || !is_own_thread(n))
			return false;
	}
	return true;
}

/* The entry that `path' names, or NULL. */
static const struct proc_entry *
find_entry(int dirfd, const char *path)
{
	enum proc_place place;
	char buf[PATH_MAX];
	const char *s = buf;
	size_t i;

	if (!may_be_ours(last_component(path)) ||
	    !absolute(dirfd, path, buf) || !skip(&s, "/proc"))
		return NULL;
	place = skip_own_process(&s) ? IN_PROCESS : IN_PROC;
	for (i = 0; i < ARRAY_SIZE(entries); i++)
		if (entries[i].place == place && !strcmp(entries[i].name, s))
			return entries[i].is_right() ? NULL : &entries[i];
	return NULL;
}

/* The host's path of the guest's program. */
static const char *
exe_path(char *buf)
{
	if (process.exe_fd >= 0) {
		fmt_print(buf, PATH_MAX, "/proc/thread-self/fd/%d",
			  process.exe_fd);
		return buf;
	}
	return sysroot_path(process.exe, buf, 0);
}

/* If `path' is the exe link of another guest, the host's path of its program,
 * in buf; else NULL. */
static const char *
other_exe(int dirfd, const char *path, char buf[2 * PATH_MAX])
{
	const char *s = buf;
	long pid;

	if (strcmp(last_component(path), "exe") != 0 ||
	    !absolute(dirfd, path, buf) || !skip(&s, "/proc"))
		return NULL;
	pid = skip_number(&s);
	return pid > 0 && !strcmp(s, "exe") ? procfs_other_exe(pid, buf)
					    : NULL;
}

static long
open_exe(const char *host, int flags)
{
	if (flags & O_NOFOLLOW)
		return PROCFS_PASS;
	if (!host)
		return -ENAMETOOLONG;
	return host_call4(SYS_openat, AT_FDCWD, P(host), flags, 0);
}

/* The contents go into a file in memory, made before anything else is opened
 * so that it gets the lowest free descriptor. */
static long
open_made(const struct proc_entry *e, int flags)
{
	long fd = host_call2(SYS_memfd_create, P(e->name),
			     flags & O_CLOEXEC ? 1 /* MFD_CLOEXEC */ : 0);
	long r;

	if (IS_ERR(fd))
		return fd;
	r = e->make((int)fd);
	if (IS_ERR(r)) {
		host_call1(SYS_close, fd);
		return r;
	}
	host_call3(SYS_lseek, fd, 0, 0);
	return fd;
}

long
procfs_open(struct thread *t, int dirfd, const char *path, int flags)
{
	const struct proc_entry *e = find_entry(dirfd, path);
	char buf[2 * PATH_MAX];
	const char *other;

	(void)t;
	if (!e) {
		other = other_exe(dirfd, path, buf);
		return other ? open_exe(other, flags) : PROCFS_PASS;
	}
	if (!e->make)
		return open_exe(exe_path(buf), flags);
	/* The host refuses to write to or list these; O_PATH reads nothing. */
	if ((flags & O_ACCMODE) != O_RDONLY ||
	    flags & (O_DIRECTORY | O_PATH))
		return PROCFS_PASS;
	return open_made(e, flags);
}

/* Links of the own process that can lead into the sysroot. */
static bool
is_own_place(int dirfd, const char *path)
{
	const char *last = last_component(path), *s, *digits = last;
	char buf[PATH_MAX];

	if (strcmp(last, "cwd") != 0 &&
	    (number(&digits) < 0 || *digits != '\0'))
		return false;
	s = buf;
	if (!absolute(dirfd, path, buf) || !skip(&s, "/proc") ||
	    !skip_own_process(&s))
		return false;
	return strcmp(s, "cwd") == 0 || skip(&s, "fd");
}

static long
give(const char *s, size_t n, char *buf, size_t size)
{
	if (n > size)
		n = size;
	memcpy(buf, s, n);
	return (long)n;
}

long
procfs_readlink(struct thread *t, int dirfd, const char *path, char *buf,
		size_t size)
{
	const struct proc_entry *e = find_entry(dirfd, path);
	char target[2 * PATH_MAX];
	const char *guest;
	long r;

	(void)t;
	if (e && !e->make)
		return give(process.exe, strlen(process.exe), buf, size);
	guest = e ? NULL : other_exe(dirfd, path, target);
	if (guest) {
		guest = sysroot_strip(guest);
		return give(guest, strlen(guest), buf, size);
	}
	if (!process.opt.sysroot || !is_own_place(dirfd, path))
		return PROCFS_PASS;
	r = host_call4(SYS_readlinkat, dirfd, P(path), P(target),
		       PATH_MAX - 1);
	if (IS_ERR(r))
		return r;
	target[r] = '\0';
	guest = sysroot_strip(target);
	return give(guest, strlen(guest), buf, size);
}

const char *
procfs_path(struct thread *t, int dirfd, const char *path, char *buf)
{
	char other[2 * PATH_MAX];
	const struct proc_entry *e;
	const char *host;

	(void)t;
	if (strcmp(last_component(path), "exe") != 0)
		return path;
	e = find_entry(dirfd, path);
	if (e && e->make)
		return path;
	if (!e) {
		host = other_exe(dirfd, path, other);
		return host && strlen(host) < PATH_MAX ? strcpy(buf, host)
						       : path;
	}
	host = exe_path(buf);
	return host ? host : path;
}
