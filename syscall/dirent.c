/*
 * dirent.c - getdents64: /proc/PID/fd and fdinfo list ferry's own descriptors
 * as well, which are left out.
 *
 * A directory's name says little: there are links to it, bind mounts and other
 * instances of /proc. Only the first entry of what the kernel has given is
 * looked at in other directories: a link or a file whose name is a number is
 * in few. An entry that has an own descriptor's number is hidden if what it
 * leads to is the same file, so that the directories of other guests, which
 * have inherited the descriptor, are done as well.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/log.h"
#include "../runtime/vm/gmem.h"
#include "fd.h"
#include "procfs.h"
#include "table.h"

/* include/linux/dirent.h: struct linux_dirent64. */
struct entry {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[256 + 5];	/* terminated, and the entry's padding */
};

#define HEAD	offsetof(struct entry, name)
#define LEAST	ALIGN_UP(HEAD + 2, 8)	/* the shortest entry's size */

static bool
is_dot(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* Whether those [at, end) may be descriptors: judged by the first but for "."
 * and "..", which fit into LEAST bytes. */
static bool
may_be_fds(gaddr at, gaddr end)
{
	struct entry e;

	while (end - at >= LEAST) {
		if (gmem_read(&e, at, LEAST) || e.len < LEAST)
			return false;
		if (!is_dot(e.name))
			return (e.type == DT_LNK || e.type == DT_REG) &&
			       e.name[0] >= '0' && e.name[0] <= '9';
		at += e.len;
	}
	return false;
}

static bool
is_hidden(int dir, const struct entry *e)
{
	int fd = (int)procfs_number(e->name);
	struct stat own, there;
	char path[32];

	if (fd < 0 || !fd_is_ours(fd) ||
	    (e->type != DT_LNK && e->type != DT_REG))
		return false;
	/* From fd and from fdinfo. */
	fmt_print(path, sizeof(path), "../fd/%d", fd);
	return !host_call2(SYS_fstat, fd, P(&own)) &&
	       !host_call4(SYS_newfstatat, dir, P(path), P(&there), 0) &&
	       own.st_dev == there.st_dev && own.st_ino == there.st_ino;
}

/* Moves the entries [at, end) together; their new end. */
static gaddr
hide(int dir, gaddr at, gaddr end)
{
	struct entry e;
	gaddr to = at;

	for (; at < end; at += e.len) {
		size_t n = end - at < sizeof(e) ? end - at : sizeof(e);

		/* What another thread has changed meanwhile ends it. */
		if (gmem_read(&e, at, n) || e.len < LEAST || e.len > n)
			break;
		((char *)&e)[e.len - 1] = '\0';
		if (is_hidden(dir, &e))
			continue;
		if (to != at && gmem_write(to, &e, e.len))
			break;
		to += e.len;
	}
	return to;
}

long
sys_getdents64(struct thread *t, const uint64_t a[6])
{
	gaddr buf = a[1];
	long n;

	do {
		n = syscall_window(t, SYS_getdents64, (long)a[0], (long)buf,
				   (long)a[2], 0, 0, 0);
		if (n <= 0 || !may_be_fds(buf, buf + (uint64_t)n))
			return n;
		n = (long)(hide((int)a[0], buf, buf + (uint64_t)n) - buf);
	} while (!n);	/* which would be the end */
	return n;
}
