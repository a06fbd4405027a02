/*
 * procfs_maps.c - /proc/PID/maps, smaps, smaps_rollup and numa_maps as the
 * guest should see them.
 *
 * The host's file is read and filtered: rows that are not the guest's go; a
 * row is split where the guest's protection changes (the host has one mapping
 * for r-x and r-- neighbours, as nothing of the guest's is executable there);
 * protections become the guest's; its heap, stack and vdso get their names;
 * file names lose the sysroot. What another guest knows of its mappings is
 * read from its memory.
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

/* What the process knows of its address space. */
struct view {
	struct gmem_table t;
	gaddr stack_top, stack_guard, stack_base, vdso;
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
special_name(const struct view *v, const struct row *r, gaddr lo, gaddr hi)
{
	if (r->is_file)
		return NULL;
	if (lo < v->stack_top && hi >= v->stack_top)
		return "[stack]";
	if (lo <= v->vdso && v->vdso < hi)
		return "[vdso]";
	if (lo < v->t.brk && hi > v->t.brk_start)
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
put_row(struct output *o, const struct view *v, const struct row *r, gaddr lo,
	gaddr hi, int prot)
{
	const char *special = special_name(v, r, lo, hi), *name = r->name;
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

/* The range that `addr' is in, or NULL. */
static const struct gmem_range *
range_at(const struct view *v, gaddr addr)
{
	unsigned lo = 0, hi = v->t.n;

	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;

		if (v->t.r[mid].hi <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < v->t.n && v->t.r[lo].lo <= addr ? &v->t.r[lo] : NULL;
}

/* Writes the guest's rows for the host's row r; details are the lines that
 * follow it in smaps, given to its first part. */
static void
put_parts(struct output *o, const struct view *v, const struct row *r,
	  const char *details, size_t details_len)
{
	gaddr cur = r->lo, hi;

	while (cur < r->hi) {
		const struct gmem_range *g = range_at(v, cur);

		if (!g)
			return;
		hi = g->hi < r->hi ? g->hi : r->hi;
		if (cur < v->stack_base && hi > v->stack_guard) {
			/* The stack's guard is not a mapping to the guest. */
			cur = v->stack_base;
			continue;
		}
		put_row(o, v, r, cur, hi, g->prot);
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

/* Goes through the rows of maps or smaps, each with the lines behind it. */
static void
for_rows(const char *text, const char *end, const struct view *v, void *to,
	 void (*fn)(void *to, const struct view *v, const struct row *r,
		    const char *details, size_t details_len))
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
			fn(to, v, &r, details, (size_t)(next - details));
		text = next;
	}
}

static void
filter(void *to, const struct view *v, const struct row *r,
       const char *details, size_t details_len)
{
	put_parts(to, v, r, details, details_len);
}

static long
view_of(const struct procfs_at *at, struct view *v)
{
	struct process other;
	const struct process *p = &process;
	long r = gmem_table_of(at->own ? 0 : at->tid, &v->t);

	if (r)
		return r;
	if (!at->own) {
		r = gmem_peek(at->tid, &other, &process, sizeof(other));
		if (r) {
			rtmem_free(v->t.r, v->t.bytes);
			return r;
		}
		p = &other;
	}
	v->stack_top = p->stack_top;
	v->stack_guard = p->stack_guard;
	v->stack_base = p->stack_base;
	v->vdso = p->vdso;
	return 0;
}

/* The file that is replaced, and the view of it. */
struct source {
	struct view view;
	char *text;
	size_t cap;
	long n;
};

static long
source_open(struct source *s, const char *path, const struct procfs_at *at)
{
	long r = view_of(at, &s->view);

	if (r)
		return r;
	s->n = procfs_slurp(path, &s->text, &s->cap);
	if (s->n < 0)
		rtmem_free(s->view.t.r, s->view.t.bytes);
	return s->n < 0 ? s->n : 0;
}

static void
source_close(struct source *s)
{
	rtmem_free(s->text, s->cap);
	rtmem_free(s->view.t.r, s->view.t.bytes);
}

long
procfs_make_maps(int fd, const struct procfs_at *at)
{
	struct output o = { .fd = fd };
	struct source s;
	long r = source_open(&s, at->path, at);

	if (r)
		return r;
	for_rows(s.text, s.text + s.n, &s.view, &o, filter);
	source_close(&s);
	flush(&o);
	return o.error;
}

/* --- smaps_rollup: sums of the lines of smaps. */

enum { PSS = 1, PSS_ANON = 3, PSS_FILE, PSS_SHMEM, ANONYMOUS };	/* of sums */

static const char sums[][16] = {
	"Rss", "Pss", "Pss_Dirty", "Pss_Anon", "Pss_File", "Pss_Shmem",
	"Anonymous", "Shared_Clean", "Shared_Dirty", "Private_Clean", "Private_Dirty",
	"Referenced", "KSM", "LazyFree", "AnonHugePages", "ShmemPmdMapped",
	"FilePmdMapped", "Shared_Hugetlb", "Private_Hugetlb", "Swap",
	"SwapPss", "Locked",
};

struct rollup {
	gaddr lo, hi;
	uint64_t sum[ARRAY_SIZE(sums)];
};

/* The value of the line that begins with `name', in KiB. */
static uint64_t
value_of(const char *lines, size_t len, const char *name)
{
	size_t n = strlen(name);
	const char *end = lines + len, *s = lines;
	uint64_t v = 0;

	while (s && s + n < end && (memcmp(s, name, n) || s[n] != ':')) {
		s = memchr(s, '\n', (size_t)(end - s));
		s = s ? s + 1 : NULL;
	}
	if (!s || s + n >= end)
		return 0;
	for (s += n + 1; *s == ' '; s++)
		;
	for (; *s >= '0' && *s <= '9'; s++)
		v = v * 10 + (uint64_t)(*s - '0');
	return v;
}

static bool
is_shmem(const struct row *r)
{
	static const char *const name[] = { "/dev/zero", "/dev/shm/", "/memfd:",
					    "/SYSV" };

	for (size_t i = 0; i < ARRAY_SIZE(name); i++)
		if (r->name_len >= (int)strlen(name[i]) &&
		    !memcmp(r->name, name[i], strlen(name[i])))
			return true;
	return false;
}

static void
add_up(void *to, const struct view *v, const struct row *r,
       const char *details, size_t details_len)
{
	struct rollup *u = to;

	if (!range_at(v, r->lo))
		return;
	if (!u->lo)
		u->lo = r->lo;
	u->hi = r->hi;
	for (size_t i = 0; i < ARRAY_SIZE(sums); i++)
		u->sum[i] += value_of(details, details_len, sums[i]);
	if (is_shmem(r))
		u->sum[PSS_SHMEM] += value_of(details, details_len, "Pss");
}

/* Pss by kind is in no line of smaps: what is anonymous is seldom shared. */
static void
split_pss(struct rollup *u)
{
	uint64_t rest = u->sum[PSS] - u->sum[PSS_SHMEM];

	u->sum[PSS_ANON] = u->sum[ANONYMOUS] < rest ? u->sum[ANONYMOUS] : rest;
	u->sum[PSS_FILE] = rest - u->sum[PSS_ANON];
}

long
procfs_make_rollup(int fd, const struct procfs_at *at)
{
	struct output o = { .fd = fd };
	struct rollup u = { 0 };
	char line[4096];
	struct source s;
	long r;

	fmt_print(line, sizeof(line), "/proc/%ld/smaps", at->tid);
	r = source_open(&s, line, at);
	if (r)
		return r;
	for_rows(s.text, s.text + s.n, &s.view, &u, add_up);
	source_close(&s);
	split_pss(&u);
	put(&o, line, fmt_print(line, sizeof(line), "%08lx-%08lx ---p 00000000"
				" 00:00 0                              "
				"[rollup]\n", u.lo, u.hi));
	for (size_t i = 0; i < ARRAY_SIZE(sums); i++)
		put(&o, line, fmt_print(line, sizeof(line), "%s:%*lu kB\n",
					sums[i], (int)(23 - strlen(sums[i])),
					u.sum[i]));
	flush(&o);
	return o.error;
}

/* --- numa_maps: "lo policy [file=NAME] ..." */

static void
put_numa(struct output *o, const char *line, size_t n)
{
	const char *file = memmem(line, n, " file=", 6);
	size_t head;
	int len;

	if (file) {
		file += 6;
		head = (size_t)(file - line);
		put(o, line, head);
		len = (int)(n - head);
		strip_name(&file, &len);
		put(o, file, (size_t)len);
	} else {
		put(o, line, n);
	}
}

long
procfs_make_numa(int fd, const struct procfs_at *at)
{
	struct output o = { .fd = fd };
	const char *line, *nl;
	struct source s;
	long r = source_open(&s, at->path, at);

	if (r)
		return r;
	for (line = s.text; (nl = strchr(line, '\n')); line = nl + 1) {
		const char *hex = line;

		if (range_at(&s.view, procfs_hex(&hex)))
			put_numa(&o, line, (size_t)(nl + 1 - line));
	}
	source_close(&s);
	flush(&o);
	return o.error;
}
