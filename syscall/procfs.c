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
#include "fd.h"
#include "procfs.h"
#include "procfs_files.h"

enum proc_place {
	OF_SELF,	/* /proc/<pid>/name or /proc/<pid>/task/<tid>/name */
	OF_GUEST,	/* the same, of other guests, too */
	OF_ANY,		/* the same, of any process */
	IN_PROC,	/* /proc/name */
	IN_CPU,		/* /sys/devices/system/cpu/cpu<N>/name */
};

struct proc_entry {
	const char *name;	/* behind the place's directory; # a number */
	enum proc_place place;
	/* Writes the contents: 0 or -errno. */
	long (*make)(int fd, const struct procfs_at *at);
	/* The host's own is good: pass; or NULL. */
	bool (*is_right)(const struct procfs_at *at);
	const char *like;	/* what stat and access are to see instead */
};

#define NOTHING	"/proc/self/-"	/* there is no such file */

static bool
host_knows_args(const struct procfs_at *at)
{
	(void)at;
	return process.host_knows_args;
}

static bool
is_hosts_release(const struct procfs_at *at)
{
	(void)at;
	return !process.opt.uname_release;
}

static bool
is_guests_fd(const struct procfs_at *at)
{
	return !fd_is_ours((int)at->number);
}

/* "exe" is a link, the rest are files. */
static const struct proc_entry entries[] = {
	{ "exe", OF_SELF, NULL, NULL, NULL },
	{ "cmdline", OF_SELF, procfs_make_cmdline, host_knows_args, NULL },
	{ "environ", OF_SELF, procfs_make_environ, host_knows_args, NULL },
	{ "auxv", OF_SELF, procfs_make_auxv, host_knows_args, NULL },
	{ "status", OF_SELF, procfs_make_status, NULL, NULL },
	{ "stat", OF_SELF, procfs_make_stat, NULL, NULL },
	{ "statm", OF_SELF, procfs_make_statm, NULL, NULL },
	{ "syscall", OF_SELF, procfs_make_syscall, NULL, NULL },
	{ "maps", OF_GUEST, procfs_make_maps, NULL, NULL },
	{ "smaps", OF_GUEST, procfs_make_maps, NULL, NULL },
	{ "smaps_rollup", OF_GUEST, procfs_make_rollup, NULL, NULL },
	{ "numa_maps", OF_GUEST, procfs_make_numa, NULL, NULL },
	{ "fd/#", OF_SELF, procfs_make_none, is_guests_fd, NOTHING },
	{ "fdinfo/#", OF_SELF, procfs_make_none, is_guests_fd, NOTHING },
	{ "fdinfo/#", OF_ANY, procfs_make_fdinfo, NULL, NULL },
	{ "arch_status", OF_ANY, procfs_make_none, NULL, NOTHING },
	{ "cpuinfo", IN_PROC, procfs_make_cpuinfo, NULL, NULL },
	{ "sys/kernel/arch", IN_PROC, procfs_make_arch, NULL, NULL },
	{ "sys/kernel/osrelease", IN_PROC, procfs_make_release,
	  is_hosts_release, NULL },
	{ "version", IN_PROC, procfs_make_version, is_hosts_release, NULL },
	{ "regs/identification/midr_el1", IN_CPU, procfs_make_cpu_reg, NULL,
	  "/sys/devices/system/cpu/kernel_max" },
	{ "regs/identification/revidr_el1", IN_CPU, procfs_make_cpu_reg, NULL,
	  "/sys/devices/system/cpu/kernel_max" },
};

static const char *
last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
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

long
procfs_number(const char *s)
{
	long n = number(&s);

	return *s ? -1 : n;
}

/* Whether a name of ours begins with `c': most paths are seen through by
 * this. */
static bool
is_first(char c)
{
	static uint64_t letters;	/* by their lower six bits */
	uint64_t set = __atomic_load_n(&letters, __ATOMIC_RELAXED);

	if (!set) {
		for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
			set |= 1ull << (last_component(entries[i].name)[0] &
					63);
		__atomic_store_n(&letters, set, __ATOMIC_RELAXED);
	}
	return set >> (c & 63) & 1;
}

/* Whether `path' can be one of ours. */
static bool
may_be_ours(const char *path)
{
	const char *last = last_component(path);
	long n = procfs_number(last);

	/* fdinfo/3, or from in there just 3. */
	if (n >= 0)
		return last == path || fd_is_ours((int)n) ||
		       (last - path >= 7 && !memcmp(last - 7, "fdinfo/", 7));
	if (!is_first(*last))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
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

/* Skips the directories of a process; *s starts behind "/proc/". */
static bool
skip_process(const char **s, struct procfs_at *at)
{
	at->own = true;
	if (skip(s, "thread-self")) {
		at->tid = host_call0(SYS_gettid);
		return true;
	}
	if (skip(s, "self")) {
		at->tid = host_call0(SYS_getpid);
	} else {
		at->tid = skip_number(s);
		if (at->tid < 0)
			return false;
		at->own = is_own_thread(at->tid);
	}
	if (skip(s, "task")) {
		at->tid = skip_number(s);
		if (at->tid < 0 || (at->own && !is_own_thread(at->tid)))
			return false;
	}
	return true;
}

static bool
skip_own_process(const char **s)
{
	struct procfs_at at;

	return skip_process(s, &at) && at.own;
}

/* Whether `s' is the name, with a number for #. */
static bool
matches(const char *name, const char *s, struct procfs_at *at)
{
	for (; *name; name++) {
		if (*name == '#') {
			at->number = number(&s);
			if (at->number < 0)
				return false;
		} else if (*s++ != *name) {
			return false;
		}
	}
	return !*s;
}

static bool
is_place(const struct proc_entry *e, bool of_process,
	 const struct procfs_at *at)
{
	switch (e->place) {
	case OF_SELF:
		return of_process && at->own;
	case OF_GUEST:
		return of_process && (at->own || procfs_is_guest(at->tid));
	case OF_ANY:
		return of_process;
	case IN_PROC:
		return !of_process && !at->in_cpu;
	case IN_CPU:
		return at->in_cpu;
	}
	return false;
}

/* The entry that `path' names, or NULL. buf is for the text in *at. */
static const struct proc_entry *
find_entry(int dirfd, const char *path, struct procfs_at *at,
	   char buf[PATH_MAX])
{
	static const char cpu[] = "/sys/devices/system/cpu/cpu";
	bool of_process = false;
	const char *s = buf;

	*at = (struct procfs_at){ .path = buf };
	if (!may_be_ours(path) || !absolute(dirfd, path, buf))
		return NULL;
	if (skip(&s, "/proc")) {
		of_process = skip_process(&s, at);
	} else if (!strncmp(s, cpu, sizeof(cpu) - 1)) {
		s += sizeof(cpu) - 1;
		at->number = skip_number(&s);
		at->in_cpu = at->number >= 0;
		if (!at->in_cpu)
			return NULL;
	} else {
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const struct proc_entry *e = &entries[i];

		if (matches(e->name, s, at) && is_place(e, of_process, at) &&
		    !(e->is_right && e->is_right(at)))
			return e;
	}
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
open_made(const struct proc_entry *e, const struct procfs_at *at, int flags)
{
	long fd = host_call2(SYS_memfd_create, P(e->name),
			     flags & O_CLOEXEC ? 1 /* MFD_CLOEXEC */ : 0);
	long r;

	if (IS_ERR(fd))
		return fd;
	r = e->make((int)fd, at);
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
	struct procfs_at at;
	char buf[2 * PATH_MAX];
	const struct proc_entry *e = find_entry(dirfd, path, &at, buf);
	const char *other;

	(void)t;
	if (!e) {
		other = other_exe(dirfd, path, buf);
		return other ? open_exe(other, flags) : PROCFS_PASS;
	}
	if (!e->make)
		return open_exe(exe_path(buf), flags);
	/* The host refuses to write to or list these; O_PATH reads nothing. */
	if (!e->like && ((flags & O_ACCMODE) != O_RDONLY ||
	    flags & (O_DIRECTORY | O_PATH)))
		return PROCFS_PASS;
	return open_made(e, &at, flags);
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
	char target[2 * PATH_MAX];
	struct procfs_at at;
	const struct proc_entry *e = find_entry(dirfd, path, &at, target);
	const char *guest;
	long r;

	(void)t;
	if (e && e->make == procfs_make_none)
		return -ENOENT;
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

static bool
is_like(const char *last)
{
	long n = procfs_number(last);

	if (n >= 0)
		return fd_is_ours((int)n);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		if (entries[i].like &&
		    !strcmp(last_component(entries[i].name), last))
			return true;
	return false;
}

const char *
procfs_path(struct thread *t, int dirfd, const char *path, char *buf)
{
	const char *last = last_component(path), *host;
	char other[2 * PATH_MAX];
	const struct proc_entry *e;
	struct procfs_at at;

	(void)t;
	if (strcmp(last, "exe") != 0 && !is_like(last))
		return path;
	e = find_entry(dirfd, path, &at, other);
	if (e && e->make)
		return e->like ? strcpy(buf, e->like) : path;
	if (!e) {
		host = other_exe(dirfd, path, other);
		return host && strlen(host) < PATH_MAX ? strcpy(buf, host)
						       : path;
	}
	host = exe_path(buf);
	return host ? host : path;
}
