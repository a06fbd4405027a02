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
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/guest_isa.h"
#include "../runtime/vm/process.h"

#define CPUINFO_MAX	1024	/* one processor's block */

static long
write_all(int fd, const void *data, size_t n)
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
		r = write_all(fd, buf, n);
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
procfs_make_cmdline(int fd)
{
	const struct process *p = &process;
	gaddr end = p->arg_end;
	char last = '\0', c = 'x';

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
procfs_make_environ(int fd)
{
	return write_guest(fd, process.env_start, process.env_end);
}

long
procfs_make_auxv(int fd)
{
	return write_all(fd, process.auxv,
			 (size_t)process.auxv_len * sizeof(process.auxv[0]));
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
		r = write_all(fd, buf, process.isa->cpuinfo(buf, sizeof(buf),
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
procfs_make_cpuinfo(int fd)
{
	char list[1024];
	size_t n = read_small_file("/sys/devices/system/cpu/online", list,
				   sizeof(list) - 1);
	const char *s = list;
	long r = 0;

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
procfs_make_arch(int fd)
{
	char line[64];

	fmt_print(line, sizeof(line), "%s\n", process.isa->machine);
	return write_all(fd, line, strlen(line));
}
