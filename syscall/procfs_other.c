/*
 * procfs_other.c - the program of another guest: /proc/<pid>/exe, which on
 * the host is ferry's own file.
 *
 * The other process is not asked. Its auxiliary vector, which it has told the
 * kernel (or which is ferry's: then nothing is found), says where the guest's
 * program headers are, and its mappings which file that is.
 */
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/log.h"
#include "../runtime/vm/sysroot.h"
#include "procfs.h"
#include "procfs_files.h"

static long
read_link(const char *path, char buf[PATH_MAX])
{
	long n = host_call4(SYS_readlinkat, AT_FDCWD, P(path), P(buf),
			    PATH_MAX - 1);

	if (n >= 0)
		buf[n] = '\0';
	return n;
}

bool
procfs_is_guest(long pid)
{
	char path[32], ours[PATH_MAX], theirs[PATH_MAX];

	fmt_print(path, sizeof(path), "/proc/%ld/exe", pid);
	return read_link(path, theirs) > 0 &&
	       read_link("/proc/self/exe", ours) > 0 && !strcmp(ours, theirs);
}

/* Its AT_PHDR, 0 if it is not to be had. */
static gaddr
program_headers(long pid)
{
	uint64_t auxv[64];
	char path[32];
	long fd, n;

	fmt_print(path, sizeof(path), "/proc/%ld/auxv", pid);
	fd = host_call4(SYS_openat, AT_FDCWD, P(path), O_RDONLY | O_CLOEXEC,
			0);
	if (IS_ERR(fd))
		return 0;
	n = host_call3(SYS_read, fd, P(auxv), sizeof(auxv));
	host_call1(SYS_close, fd);
	for (long i = 0; i + 1 < n / 8 && auxv[i]; i += 2)
		if (auxv[i] == AT_PHDR)
			return auxv[i + 1];
	return 0;
}

/* The file of a row of maps, if `at' is in its range; else NULL. */
static const char *
row_file(const char *row, gaddr at)
{
	uint64_t lo = procfs_hex(&row), hi;

	if (*row++ != '-')
		return NULL;
	hi = procfs_hex(&row);
	return at >= lo && at < hi ? strchr(row, '/') : NULL;
}

/* The file that is mapped at `at'; its name is put into buf. */
static const char *
mapped_file(long pid, gaddr at, char buf[2 * PATH_MAX])
{
	const char *found = NULL;
	char path[32], *nl;
	size_t have = 0;
	long fd, n;

	fmt_print(path, sizeof(path), "/proc/%ld/maps", pid);
	fd = host_call4(SYS_openat, AT_FDCWD, P(path), O_RDONLY | O_CLOEXEC,
			0);
	if (IS_ERR(fd))
		return NULL;
	while (!found) {
		n = host_call3(SYS_read, fd, P(buf + have),
			       (long)(2 * PATH_MAX - 1 - have));
		if (n <= 0)
			break;
		have += (size_t)n;
		buf[have] = '\0';
		while (!found && (nl = strchr(buf, '\n'))) {
			*nl = '\0';
			found = row_file(buf, at);
			if (found)
				break;
			have -= (size_t)(nl + 1 - buf);
			memmove(buf, nl + 1, have + 1);
		}
		if (have == 2 * PATH_MAX - 1)
			break;
	}
	host_call1(SYS_close, fd);
	return found;
}

const char *
procfs_other_exe(long pid, char buf[2 * PATH_MAX])
{
	gaddr at;

	if (!procfs_is_guest(pid))
		return NULL;
	at = program_headers(pid);
	return at ? mapped_file(pid, at, buf) : NULL;
}
