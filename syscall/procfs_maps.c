/*
 * procfs_maps.c - /proc/self/maps and smaps as the guest should see them.
 *
 * The host's file is read and filtered: rows that are not the guest's go; a
 * row is split where the guest's protection changes (the host has one mapping
 * for r-x and r-- neighbours, as nothing of the guest's is executable there);
 * protections become the guest's; its heap, stack and vdso get their names;
 * file names lose the sysroot.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/log.h"
#include "../runtime/base/rtmem.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/process.h"
#include "../runtime/vm/sysroot.h"
#include "procfs_files.h"

/* Where names start; the kernel pads with spaces up to there. */
#define NAME_COLUMN	73
#define FIRST_SIZE	(256ul << 10)
#define MAX_SIZE	(1ul << 30)
#define ROW_MAX		4400	/* a path of PATH_MAX and the rest */

/* A row of maps; strings point into the host's text. */
struct row {
	gaddr lo, hi;
	char share;		/* 'p' or 's' */
	uint64_t offset;
	const char *dev;	/* "fd:01 1234" */
	int dev_len;
	bool is_file;		/* has an inode */
	const char *name;	/* not terminated */
	int name_len;
};

struct output {
	int fd;
	long error;
	size_t n;
	char buf[2 * ROW_MAX];
};

static void
flush(struct output *o)
{
	size_t done = 0;

	while (done < o->n && !o->error) {
		long r = host_call3(SYS_write, o->fd, P(o->buf + done),
				    (long)(o->n - done));

		if (!IS_ERR(r))
			done += (size_t)r;
		else if (r != -EINTR)
			o->error = r;
	}
	o->n = 0;
}

static void
put(struct output *o, const char *s, size_t n)
{
	if (o->n + n > sizeof(o->buf))
		flush(o);
	if (n > sizeof(o->buf))
		return;
	memcpy(o->buf + o->n, s, n);
	o->n += n;
}

uint64_t
procfs_hex(const char **s)
{
	uint64_t n = 0;

	for (;; (*s)++) {
		if (**s >= '0' && **s <= '9')
			n = n << 4 | (uint64_t)(**s - '0');
		else if (**s >= 'a' && **s <= 'f')
			n = n << 4 | (uint64_t)(**s - 'a' + 10);
		else
			return n;
	}
}

/* "lo-hi perm offset dev inode   name"; `end' is its newline. */
static bool
parse_row(struct row *r, const char *s, const char *end)
{
	const char *inode;

	r->lo = procfs_hex(&s);
	if (*s++ != '-')
		return false;
	r->hi = procfs_hex(&s);
	if (s + 6 >= end || *s != ' ')
		return false;
	r->share = s[4];
	s += 6;
	r->offset = procfs_hex(&s);
	r->dev = ++s;
	while (s < end && *s != ' ')
		s++;
	inode = ++s;
	while (s < end && *s != ' ')
		s++;
	r->dev_len = (int)(s - r->dev);
	r->is_file = *inode != '0';
	while (s < end && *s == ' ')
		s++;
	r->name = s;
	r->name_len = (int)(end - s);
	return inode < end;
}

/* What the kernel would call [lo, hi), or NULL for the row's own name. */
static const char *
special_name(const struct row *r, gaddr lo, gaddr hi)
{
	const struct process *p = &process;

	if (r->is_file)
		return NULL;
	if (lo < p->stack_top && hi >= p->stack_top)
		return "[stack]";
	if (lo <= p->vdso && p->vdso < hi)
		return "[vdso]";
	if (lo < gmem_brk(0) && hi > gmem_brk_start())
		return "[heap]";
	/* The host's idea of heap and stack is none of the guest's. */
	if (r->name_len && strncmp(r->name, "[anon", 5) != 0)
		return "";
	return NULL;
}

/* The name of a file without the sysroot. The text is followed by a newline,
 * not a zero: sysroot_strip wants a copy only of its start. */
static void
strip_name(const char **name, int *len)
{
	char copy[ROW_MAX];
	size_t skipped;

	if (!process.opt.sysroot || *len >= ROW_MAX)
		return;
	memcpy(copy, *name, (size_t)*len);
	copy[*len] = '\0';
	skipped = (size_t)(sysroot_strip(copy) - copy);
	if (skipped < (size_t)*len) {
		*name += skipped;
		*len -= (int)skipped;
	}
}

static void
put_row(struct output *o, const struct row *r, gaddr lo, gaddr hi, int prot)
{
	const char *special = special_name(r, lo, hi), *name = r->name;
	int name_len = r->name_len;
	char line[128];
	size_t n;

	if (special) {
		name = special;
		name_len = (int)strlen(special);
	} else if (r->is_file) {
		strip_name(&name, &name_len);
	}
	n = fmt_print(line, sizeof(line), "%08lx-%08lx %c%c%c%c %08lx ", lo, hi,
		      prot & PROT_READ ? 'r' : '-',
		      prot & PROT_WRITE ? 'w' : '-',
		      prot & PROT_EXEC ? 'x' : '-', r->share,
		      r->is_file ? r->offset + (lo - r->lo) : r->offset);
	put(o, line, n);
	put(o, r->dev, (size_t)r->dev_len);
	n += (size_t)r->dev_len;
	do {
		put(o, " ", 1);
	} while (name_len && ++n < NAME_COLUMN);
	put(o, name, (size_t)name_len);
	put(o, "\n", 1);
}

/* What smaps says of a part of a row that the host did not split. */
static void
put_size(struct output *o, gaddr lo, gaddr hi)
{
	char line[64];

	put(o, line, fmt_print(line, sizeof(line), "Size:           %8lu kB\n",
			       (hi - lo) >> 10));
}

/* Writes the guest's rows for the host's row r; details are the lines that
 * follow it in smaps, given to its first part. */
static void
put_parts(struct output *o, const struct row *r, const char *details,
	  size_t details_len)
{
	gaddr cur = r->lo, lo, hi;

	while (cur < r->hi) {
		int prot = gmem_query(cur, &lo, &hi);

		if (prot < 0)
			return;
		if (hi > r->hi)
			hi = r->hi;
		if (cur < process.stack_base && hi > process.stack_guard) {
			/* The stack's guard is not a mapping to the guest. */
			cur = process.stack_base;
			continue;
		}
		put_row(o, r, cur, hi, prot);
		if (cur == r->lo)
			put(o, details, details_len);
		else if (details_len)
			put_size(o, cur, hi);
		cur = hi;
	}
}

static bool
starts_row(const char *s)
{
	return (*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'f');
}

static void
filter(struct output *o, const char *text, const char *end)
{
	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		const char *details = nl ? nl + 1 : end, *next = details;
		struct row r;

		while (next < end && !starts_row(next)) {
			next = memchr(next, '\n', (size_t)(end - next));
			next = next ? next + 1 : end;
		}
		if (nl && parse_row(&r, text, nl))
			put_parts(o, &r, details, (size_t)(next - details));
		text = next;
	}
}

/* Reads all of `path' into [*text, *text + *cap); the length or -errno. */
static long
slurp(const char *path, char **text, size_t *cap)
{
	long fd = host_call4(SYS_openat, AT_FDCWD, P(path),
			     O_RDONLY | O_CLOEXEC, 0);
	size_t n = 0;
	long r = 1;

	if (IS_ERR(fd))
		return fd;
	while (r > 0 || r == -EINTR) {
		if (n == *cap) {
			r = -E2BIG;	/* the caller tries again with more */
			break;
		}
		r = host_call3(SYS_read, fd, P(*text + n), (long)(*cap - n));
		if (r > 0)
			n += (size_t)r;
	}
	host_call1(SYS_close, fd);
	return r < 0 ? r : (long)n;
}

static long
make(int fd, const char *path)
{
	struct output o = { .fd = fd };
	size_t cap;
	char *text;
	long n = -ENOMEM;

	for (cap = FIRST_SIZE; cap <= MAX_SIZE; cap *= 4) {
		text = rtmem_alloc(cap);
		if (!text)
			return -ENOMEM;
		n = slurp(path, &text, &cap);
		if (!IS_ERR(n)) {
			filter(&o, text, text + n);
			flush(&o);
		}
		rtmem_free(text, cap);
		if (n != -E2BIG)
			break;
	}
	return IS_ERR(n) ? n : o.error;
}

long
procfs_make_maps(int fd)
{
	return make(fd, "/proc/self/maps");
}

long
procfs_make_smaps(int fd)
{
	return make(fd, "/proc/self/smaps");
}
