/*
 * procfs_files.c - /proc files about the program and the machine, but for the
 * memory maps (procfs_maps.c).
 */
#include "procfs_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/log.h"
#include "../runtime/base/rtmem.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/guest_isa.h"
#include "../runtime/vm/process.h"
#include "xlat.h"

#define CPUINFO_MAX	1024	/* one processor's block */
#define FIRST_SIZE	(256ul << 10)
#define MAX_SIZE	(1ul << 30)

long
procfs_write(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n) {
		long r = host_call3(SYS_write, fd, P(p), (long)n);

		if (r == -EINTR)
			continue;
		if (IS_ERR(r))
			return r;
		p += r;
		n -= (size_t)r;
	}
	return 0;
}

/* [lo, hi) of guest memory; what cannot be read ends the file. */
static long
write_guest(int fd, gaddr lo, gaddr hi)
{
	char buf[1024];

	while (lo < hi) {
		size_t n = hi - lo < sizeof(buf) ? hi - lo : sizeof(buf);
		long r;

		if (gmem_read(buf, lo, n) < 0)
			return 0;
		r = procfs_write(fd, buf, n);
		if (IS_ERR(r))
			return r;
		lo += n;
	}
	return 0;
}

/*
 * fs/proc/base.c get_mm_cmdline: a program that overwrote the terminator of
 * its arguments has put a longer title over arguments and environment, up to
 * the first zero.
 */
long
procfs_make_cmdline(int fd, const struct procfs_at *at)
{
	const struct process *p = &process;
	gaddr end = p->arg_end;
	char last = '\0', c = 'x';

	(void)at;
	if (p->arg_start == end)
		return 0;
	gmem_read(&last, end - 1, 1);
	if (last == '\0')
		return write_guest(fd, p->arg_start, end);
	for (end = p->arg_start; end < p->env_end && c; end++)
		if (gmem_read(&c, end, 1) < 0)
			break;
	return write_guest(fd, p->arg_start, end);
}

long
procfs_make_environ(int fd, const struct procfs_at *at)
{
	(void)at;
	return write_guest(fd, process.env_start, process.env_end);
}

long
procfs_make_auxv(int fd, const struct procfs_at *at)
{
	(void)at;
	return procfs_write(fd, process.auxv,
			 (size_t)process.auxv_len * sizeof(process.auxv[0]));
}

long
procfs_slurp(const char *path, char **text, size_t *cap)
{
	long r = -ENOMEM, fd;
	size_t n;

	for (*cap = FIRST_SIZE; *cap <= MAX_SIZE; *cap *= 4) {
		*text = rtmem_alloc(*cap);
		if (!*text)
			return -ENOMEM;
		fd = host_call4(SYS_openat, AT_FDCWD, P(path),
				O_RDONLY | O_CLOEXEC, 0);
		for (n = 0, r = fd; r >= 0 && n < *cap; n += (size_t)r) {
			r = host_call3(SYS_read, fd, P(*text + n),
				       (long)(*cap - n));
			if (r == -EINTR)
				r = 0;
			else if (r <= 0)
				break;
		}
		host_call1(SYS_close, fd);
		if (r == 0)
			return (long)n;
		rtmem_free(*text, *cap);
		if (r < 0)
			return r;
	}
	return -E2BIG;
}

static size_t
read_small_file(const char *path, char *buf, size_t size)
{
	long fd = host_call4(SYS_openat, AT_FDCWD, P(path),
			     O_RDONLY | O_CLOEXEC, 0);
	long r;

	if (IS_ERR(fd))
		return 0;
	r = host_call3(SYS_read, fd, P(buf), (long)size);
	host_call1(SYS_close, fd);
	return IS_ERR(r) ? 0 : (size_t)r;
}

static long
write_cpus(int fd, int first, int last)
{
	char buf[CPUINFO_MAX];
	long r = 0;
	int cpu;

	for (cpu = first; cpu <= last && !IS_ERR(r); cpu++)
		r = procfs_write(fd, buf, process.isa->cpuinfo(buf, sizeof(buf),
							    cpu));
	return r;
}

static int
parse_number(const char **s)
{
	int n = 0;

	while (**s >= '0' && **s <= '9' && n < 100000)
		n = n * 10 + *(*s)++ - '0';
	return n;
}

/* The list of online processors looks like "0-3,6\n". */
long
procfs_make_cpuinfo(int fd, const struct procfs_at *at)
{
	char list[1024];
	size_t n = read_small_file("/sys/devices/system/cpu/online", list,
				   sizeof(list) - 1);
	const char *s = list;
	long r = 0;

	(void)at;
	if (n == 0)
		return write_cpus(fd, 0, 0);
	list[n] = '\0';
	while (*s >= '0' && *s <= '9' && !IS_ERR(r)) {
		int first = parse_number(&s), last = first;

		if (*s == '-') {
			s++;
			last = parse_number(&s);
		}
		r = write_cpus(fd, first, last);
		if (*s == ',')
			s++;
	}
	return r;
}

long
procfs_make_arch(int fd, const struct procfs_at *at)
{
	char line[64];

	(void)at;
	fmt_print(line, sizeof(line), "%s\n", process.isa->machine);
	return procfs_write(fd, line, strlen(line));
}

/* arch/arm64/kernel/cpuinfo.c, cpuregs_attr. */
long
procfs_make_cpu_reg(int fd, const struct procfs_at *at)
{
	char line[64];
	size_t n = fmt_print(line, sizeof(line),
			     "/sys/devices/system/cpu/cpu%ld", at->number);

	if (host_call3(SYS_faccessat, AT_FDCWD, P(line), F_OK))
		return -ENOENT;
	n = fmt_print(line, sizeof(line), "0x%016lx\n",
		      process.isa->cpu_reg(strrchr(at->path, '/') + 1));
	return procfs_write(fd, line, n);
}

long
procfs_make_release(int fd, const struct procfs_at *at)
{
	const char *r = process.opt.uname_release;
	long err = procfs_write(fd, r, strlen(r));

	(void)at;
	return err ? err : procfs_write(fd, "\n", 1);
}

/* "Linux version RELEASE (...) ..." */
long
procfs_make_version(int fd, const struct procfs_at *at)
{
	const char *release = process.opt.uname_release, *rest = NULL;
	char host[1024];
	size_t n = read_small_file(at->path, host, sizeof(host) - 1);
	long r;

	host[n] = '\0';
	for (int words = 0; words < 3; words++)
		rest = strchr(rest ? rest + 1 : host, ' ') ?: host + n;
	r = procfs_write(fd, "Linux version ", 14);
	if (!r)
		r = procfs_write(fd, release, strlen(release));
	return r ? r : procfs_write(fd, rest, strlen(rest));
}

/* "flags:" is octal; the kernel adds O_CLOEXEC to what F_GETFL tells. */
long
procfs_make_fdinfo(int fd, const struct procfs_at *at)
{
	char *text, *flags, *end, line[32];
	uint64_t v = 0;
	size_t cap;
	long n, r;

	if (at->own && at->number == fd)	/* it was free before */
		return -ENOENT;
	n = procfs_slurp(at->path, &text, &cap);
	if (n < 0)
		return n;
	flags = memmem(text, (size_t)n, "flags:\t", 7);
	end = flags ? flags += 7 : text;
	for (; *end >= '0' && *end <= '7'; end++)
		v = v << 3 | (uint64_t)(*end - '0');
	if (flags) {
		r = procfs_write(fd, text, (size_t)(flags - text));
		if (!r)
			r = procfs_write(fd, line,
					 fmt_print(line, sizeof(line), "0%lo",
						   xlat_open_to_guest(v)));
	} else {
		r = 0;
	}
	if (!r)
		r = procfs_write(fd, end, (size_t)(text + n - end));
	rtmem_free(text, cap);
	return r;
}

long
procfs_make_none(int fd, const struct procfs_at *at)
{
	(void)fd;
	(void)at;
	return -ENOENT;
}
