/*
 * procfs_status.c - /proc/PID/status, stat, statm and syscall of the own
 * process: what the host's kernel cannot know of signals, filters and system
 * calls, and the address space without what translations are shared in. That is
 * as large as many a program's limit.
 */
#include <errno.h>
#include <string.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/log.h"
#include "../runtime/base/rtmem.h"
#include "../runtime/vm/codestore.h"
#include "../runtime/vm/guest_isa.h"
#include "../runtime/vm/process.h"
#include "../signals/signals.h"
#include "procfs_files.h"
#include "seccomp.h"

/* A thread, as the guest's kernel would have it. */
struct state {
	uint64_t blocked, ignored, caught, held;
	int seccomp, filters;	/* the mode, and how many */
	int nr;			/* -1: it is not in a system call */
	uint64_t args[6];
	gaddr sp, pc;
	uint64_t vm_size, vm_peak;	/* KiB */
};

/* False: there is no such thread any more. */
static bool
look_at(struct state *s, long tid)
{
	struct thread *t;

	lock_acquire(&process.thread_lock);
	for (t = process.threads; t && t->tid != tid; t = t->next)
		;
	if (t) {
		*s = (struct state){
			.blocked = t->sigmask,
			.held = signals_held(t),
			.nr = t->syscall_nr,
			.sp = process.isa->sp(t),
			.pc = process.isa->pc(t),
		};
		process.isa->syscall_args(t, s->args);
		for (const struct seccomp_filter *f = t->seccomp; f;
		     f = f->prev) {
			s->seccomp = s->seccomp == 2 || f->len ? 2 : 1;
			s->filters += f->len != 0;
		}
	}
	lock_release(&process.thread_lock);
	/* Those of all the process's threads. Not under the lock: fork takes
	 * that of the actions first. */
	if (t)
		signals_sets(thread_self(), &s->ignored, &s->caught);
	return t;
}

static uint64_t
less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* The decimal number at s, behind blanks. */
static uint64_t
decimal(const char *s)
{
	uint64_t n = 0;

	while (*s == ' ' || *s == '\t')
		s++;
	for (; *s >= '0' && *s <= '9'; s++)
		n = n * 10 + (uint64_t)(*s - '0');
	return n;
}

/* The number in the line of status that begins with `name'. */
static uint64_t
number_of(const char *text, const char *name)
{
	const char *s = strstr(text, name);

	return s ? decimal(s + strlen(name)) : 0;
}

static void
measure(struct state *s, const char *status)
{
	s->vm_size = less(number_of(status, "\nVmSize:"),
			  codestore_size() >> 10);
	s->vm_peak = less(number_of(status, "\nVmPeak:"),
			  codestore_peak() >> 10);
	if (s->vm_peak < s->vm_size)
		s->vm_peak = s->vm_size;
}

/* The value of a line of status that is not the host's, into buf; 0: it is
 * the host's. */
static size_t
own_value(const struct state *s, const char *line, uint64_t host, char *buf,
	  size_t size)
{
	const struct {
		const char *name, *format;
		uint64_t value;
	} all[] = {
		{ "SigPnd:", "%016lx", host | s->held },
		{ "SigBlk:", "%016lx", s->blocked },
		{ "SigIgn:", "%016lx", s->ignored },
		{ "SigCgt:", "%016lx", s->caught },
		{ "Seccomp:", "%lu", (uint64_t)s->seccomp },
		{ "Seccomp_filters:", "%lu", (uint64_t)s->filters },
		{ "VmSize:", "%8lu kB", s->vm_size },
		{ "VmPeak:", "%8lu kB", s->vm_peak },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (!strncmp(line, all[i].name, strlen(all[i].name)))
			return fmt_print(buf, size, all[i].format,
					 all[i].value);
	return 0;
}

static long
put_status_line(int fd, const struct state *s, const char *line, size_t n)
{
	const char *tab = memchr(line, '\t', n), *hex = tab ? tab + 1 : line;
	char value[24];
	size_t len;
	long r;

	if (!strncmp(line, "x86_", 4))
		return 0;
	len = tab ? own_value(s, line, procfs_hex(&hex), value, sizeof(value))
		  : 0;
	if (!len)
		return procfs_write(fd, line, n);
	r = procfs_write(fd, line, (size_t)(tab + 1 - line));
	if (!r)
		r = procfs_write(fd, value, len);
	return r ? r : procfs_write(fd, "\n", 1);
}

long
procfs_make_status(int fd, const struct procfs_at *at)
{
	const char *line, *nl;
	struct state s;
	char *text;
	size_t cap;
	long n = procfs_slurp(at->path, &text, &cap), r = 0;

	if (n < 0)
		return n;
	if (look_at(&s, at->tid)) {
		measure(&s, text);
		for (line = text; !r && (nl = strchr(line, '\n'));
		     line = nl + 1)
			r = put_status_line(fd, &s, line,
					    (size_t)(nl + 1 - line));
	} else {
		r = procfs_write(fd, text, (size_t)n);
	}
	rtmem_free(text, cap);
	return r;
}

/* The end of `fields' more fields behind s; NULL: there are not so many. */
static const char *
skip_fields(const char *s, int fields)
{
	while (s && fields--)
		s = strpbrk(s + 1, " \n");
	return s;
}

/* fs/proc/array.c: field 23 is the size of the address space. Fields 31 to 34,
 * of which 3 is the first behind the name's parenthesis, are the low words of
 * the sets, in decimal. */
static long
put_stat(int fd, const struct state *s, const char *text, size_t n)
{
	const char *name = strrchr(text, ')'), *size, *sets, *rest;
	char line[128];
	size_t len;
	long r;

	size = skip_fields(name ? name + 1 : NULL, 20);
	sets = skip_fields(size, 8);
	rest = skip_fields(sets, 4);
	if (!rest)
		return procfs_write(fd, text, n);
	r = procfs_write(fd, text, (size_t)(size - text));
	len = fmt_print(line, sizeof(line), " %lu",
			less(decimal(size), codestore_size()));
	if (!r)
		r = procfs_write(fd, line, len);
	size = skip_fields(size, 1);
	if (!r)
		r = procfs_write(fd, size, (size_t)(sets - size));
	len = fmt_print(line, sizeof(line), " %lu %lu %lu %lu",
			s->held & 0x7fffffff, s->blocked & 0x7fffffff,
			s->ignored & 0x7fffffff, s->caught & 0x7fffffff);
	if (!r)
		r = procfs_write(fd, line, len);
	return r ? r : procfs_write(fd, rest, (size_t)(text + n - rest));
}

long
procfs_make_stat(int fd, const struct procfs_at *at)
{
	struct state s;
	char *text;
	size_t cap;
	long n = procfs_slurp(at->path, &text, &cap), r;

	if (n < 0)
		return n;
	r = look_at(&s, at->tid) ? put_stat(fd, &s, text, (size_t)n) :
				   procfs_write(fd, text, (size_t)n);
	rtmem_free(text, cap);
	return r;
}

/* In pages; the first number is the size of the address space. */
long
procfs_make_statm(int fd, const struct procfs_at *at)
{
	const char *rest;
	char *text, line[32];
	size_t cap, len;
	long n = procfs_slurp(at->path, &text, &cap), r;

	if (n < 0)
		return n;
	rest = strchrnul(text, ' ');
	len = fmt_print(line, sizeof(line), "%lu",
			less(decimal(text), codestore_size() / PAGE_SIZE));
	r = procfs_write(fd, line, len);
	if (!r)
		r = procfs_write(fd, rest, (size_t)(text + n - rest));
	rtmem_free(text, cap);
	return r;
}

long
procfs_make_syscall(int fd, const struct procfs_at *at)
{
	struct state s;
	char line[256];
	size_t n;

	if (!look_at(&s, at->tid))
		return -ESRCH;
	if (s.nr < 0)
		return procfs_write(fd, "running\n", 8);
	n = fmt_print(line, sizeof(line),
		      "%d 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx\n",
		      s.nr, s.args[0], s.args[1], s.args[2], s.args[3],
		      s.args[4], s.args[5], s.sp, s.pc);
	return procfs_write(fd, line, n);
}
