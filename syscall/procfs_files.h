/*
 * procfs_files.h - the contents of the files that procfs.c replaces.
 *
 * Each writes to `fd' and returns 0 or -errno. Any thread, no malloc, not in
 * signal handlers.
 */
#ifndef FERRY_PROCFS_FILES_H
#define FERRY_PROCFS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which file it is. */
struct procfs_at {
	const char *path;	/* the host's, absolute */
	long tid;		/* the thread or process that it is about */
	bool own;		/* that is one of this process */
	bool in_cpu;		/* below /sys/devices/system/cpu/cpu<number> */
	long number;		/* in its name */
};

/* The lower-case hexadecimal number at *s, which moves behind it. */
uint64_t procfs_hex(const char **s);

/* All of the host's file `path' in memory that is to be given back by
 * rtmem_free(*text, *cap); its length, or -errno and nothing to give back.
 * There is a zero behind the text. */
long procfs_slurp(const char *path, char **text, size_t *cap);

long procfs_write(int fd, const void *data, size_t n);

typedef long procfs_make(int fd, const struct procfs_at *at);

/* Arguments, environment and auxv as they are in guest memory now. */
procfs_make procfs_make_cmdline, procfs_make_environ, procfs_make_auxv;

/* The guest's mappings with the guest's protections: maps and smaps, the sum
 * of them all, and their places in the machine. */
procfs_make procfs_make_maps, procfs_make_rollup, procfs_make_numa;

/* What is told of signals, filters and system calls is the guest's, and the
 * address space is without the store of translations. */
procfs_make procfs_make_status, procfs_make_stat, procfs_make_syscall;
procfs_make procfs_make_statm;

/* With the guest's O_ flags. */
procfs_make procfs_make_fdinfo;

/* The guest's processors, one per online processor of the host. */
procfs_make procfs_make_cpuinfo, procfs_make_cpu_reg;

/* uname -m, and -r if it was chosen. */
procfs_make procfs_make_arch, procfs_make_release, procfs_make_version;

/* ENOENT */
procfs_make procfs_make_none;

/* Whether process `pid' runs the same ferry as we do. */
bool procfs_is_guest(long pid);

/* The file that another guest, process `pid', runs, as the host names it; in
 * buf. NULL: it is no guest, or not to be found out. */
const char *procfs_other_exe(long pid, char buf[2 * 4096]);

#endif
