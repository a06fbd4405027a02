/*
 * procfs_files.h - the contents of the files that procfs.c replaces.
 *
 * Each writes to `fd' and returns 0 or -errno. Any thread, no malloc, not in
 * signal handlers.
 */
#ifndef FERRY_PROCFS_FILES_H
#define FERRY_PROCFS_FILES_H

#include <stdint.h>

/* The lower-case hexadecimal number at *s, which moves behind it. */
uint64_t procfs_hex(const char **s);

/* Arguments, environment and auxv as they are in guest memory now. */
long procfs_make_cmdline(int fd);
long procfs_make_environ(int fd);
long procfs_make_auxv(int fd);

/* The guest's mappings with the guest's protections. */
long procfs_make_maps(int fd);
long procfs_make_smaps(int fd);

/* The guest's processors, one per online processor of the host. */
long procfs_make_cpuinfo(int fd);

/* uname -m */
long procfs_make_arch(int fd);

/* The file that another guest, process `pid', runs, as the host names it; in
 * buf. NULL: it is no guest, or not to be found out. */
const char *procfs_other_exe(long pid, char buf[2 * 4096]);

#endif
