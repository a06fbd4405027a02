/*
 * seccomp_native.c - a guest's filters for a program of the host's own
 * machine, which the host's kernel is to judge.
 *
 * A filter asks for the number and the arguments that a call has on the
 * guest's machine. So it gets a piece of program in front that makes these
 * out of the host's, in the words of memory that filters have: arguments in
 * 0 to 11, the number in 12. The filter itself stays what it is, but that
 * what it loads comes from there, and that it is told the guest's
 * architecture.
 *
 * Calls that only x86-64 has (open, fork) look like those that took their
 * place. The bits of open flags that differ are left as they are. A call
 * without a counterpart has number -1; arch_prctl, without which no program
 * starts, is allowed. A program of another architecture is killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/rtmem.h"
#include "../runtime/vm/guest_isa.h"
#include "../runtime/vm/process.h"
#include "seccomp.h"
#include "table.h"

#define NR_HOST		472	/* numbers that are looked at, exclusive */
#define SLOT_NR		12
#define FIRST_FREE	13	/* words that are left to the filter */
#define ARG_WORDS	12
#define NO_CALL		(-1)
#define ALLOWED		(-2)

/* What a legacy call's arguments are there: a digit for one of its own, or a
 * constant; the rest is zero. */
static const struct legacy {
	int16_t host, guest;
	const char args[7];
} legacy[] = {
	{ 2, 56, "F012" },	/* open */
	{ 4, 79, "F01" },	/* stat */
	{ 6, 79, "F01N" },	/* lstat */
	{ 7, 73, "01" },	/* poll */
	{ 21, 48, "F01" },	/* access */
	{ 22, 59, "0" },	/* pipe */
	{ 23, 72, "01234" },	/* select */
	{ 33, 24, "01" },	/* dup2 */
	{ 34, 73, "" },		/* pause: ppoll of nothing */
	{ 37, 103, "" },	/* alarm: setitimer */
	{ 56, 220, "01243" },	/* clone, whose last two are swapped */
	{ 57, 220, "S" },	/* fork */
	{ 58, 220, "V" },	/* vfork */
	{ 78, 61, "012" },	/* getdents */
	{ 82, 38, "F0F1" },	/* rename */
	{ 83, 34, "F01" },	/* mkdir */
	{ 84, 35, "F0R" },	/* rmdir */
	{ 85, 56, "F0C1" },	/* creat */
	{ 86, 37, "F0F1" },	/* link */
	{ 87, 35, "F0" },	/* unlink */
	{ 88, 36, "0F1" },	/* symlink */
	{ 89, 78, "F012" },	/* readlink */
	{ 90, 53, "F01" },	/* chmod */
	{ 92, 54, "F012" },	/* chown */
	{ 94, 54, "F012N" },	/* lchown */
	{ 111, 155, "" },	/* getpgrp */
	{ 132, 88, "F0" },	/* utime */
	{ 133, 33, "F012" },	/* mknod */
	{ 201, 169, "" },	/* time */
	{ 213, 20, "" },	/* epoll_create */
	{ 232, 22, "0123" },	/* epoll_wait */
	{ 235, 88, "F0" },	/* utimes */
	{ 253, 26, "" },	/* inotify_init */
	{ 261, 88, "01" },	/* futimesat */
	{ 282, 74, "012" },	/* signalfd */
	{ 284, 19, "0" },	/* eventfd */
};

/* A program that is being written; what does not fit is not. */
struct writer {
	uint32_t n;
	struct bpf_insn insn[BPF_MAXINSNS];
};

/* Where jumps from many places go that is not known yet. */
struct fixups {
	uint32_t at[NR_HOST + 8], n;
};

/* Numbers from lo on, up to the next run's, are shifted by `delta', or have no
 * counterpart, or are one legacy call. */
struct run {
	int lo, delta;
	int what;		/* NO_CALL, ALLOWED; 0: shifted */
	const struct legacy *legacy;
};

struct translation {
	struct writer w;
	struct run runs[NR_HOST + 1];
	int nr_runs;
	struct fixups common, by_row[ARRAY_SIZE(legacy)], to_body;
};

static uint32_t
put(struct writer *w, uint16_t code, uint8_t jt, uint8_t jf, uint32_t k)
{
	if (w->n < BPF_MAXINSNS)
		w->insn[w->n] = (struct bpf_insn){ code, jt, jf, k };
	return w->n++;
}

static void
load(struct writer *w, uint32_t off)
{
	put(w, BPF_LD | BPF_W | BPF_ABS, 0, 0, off);
}

static void
jump(struct writer *w, struct fixups *f)
{
	f->at[f->n++] = put(w, BPF_JMP | BPF_JA, 0, 0, 0);
}

/* The jumps lead to what is written next. */
static void
land(struct writer *w, struct fixups *f)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (f->at[i] < BPF_MAXINSNS)
			w->insn[f->at[i]].k = w->n - f->at[i] - 1;
	f->n = 0;
}

/* What the host's number `nr' is. */
static struct run
run_of(int nr)
{
	for (size_t i = 0; i < ARRAY_SIZE(legacy); i++)
		if (legacy[i].host == nr)
			return (struct run){ .lo = nr, .legacy = &legacy[i] };
	if (nr == SYS_arch_prctl)
		return (struct run){ .lo = nr, .what = ALLOWED };
	for (int i = 0; i < SYS_NR_MAX; i++)
		if (syscall_rows[i].name && syscall_rows[i].host == nr)
			return (struct run){ .lo = nr, .delta = i - nr };
	return (struct run){ .lo = nr, .what = NO_CALL };
}

static void
find_runs(struct translation *t)
{
	for (int nr = 0; nr < NR_HOST; nr++) {
		struct run r = run_of(nr), *last = &t->runs[t->nr_runs - 1];

		if (!t->nr_runs || r.legacy || last->legacy ||
		    r.what != last->what || r.delta != last->delta)
			t->runs[t->nr_runs++] = r;
	}
}

static void
put_run(struct translation *t, const struct run *r)
{
	struct writer *w = &t->w;

	if (r->legacy) {
		put(w, BPF_LD | BPF_IMM, 0, 0, (uint32_t)r->legacy->guest);
		jump(w, &t->by_row[r->legacy - legacy]);
	} else if (r->what == ALLOWED) {
		put(w, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
	} else {
		if (r->what == NO_CALL)
			put(w, BPF_LD | BPF_IMM, 0, 0, ~0u);
		else
			put(w, BPF_ALU | BPF_ADD | BPF_K, 0, 0,
			    (uint32_t)r->delta);
		jump(w, &t->common);
	}
}

/* Chooses among runs [lo, hi), the number in the accumulator. */
static void
put_runs(struct translation *t, int lo, int hi)
{
	struct fixups right = { .n = 0 };
	int mid = (lo + hi) / 2;

	if (hi - lo == 1) {
		put_run(t, &t->runs[lo]);
		return;
	}
	put(&t->w, BPF_JMP | BPF_JGE | BPF_K, 0, 1,
	    (uint32_t)t->runs[mid].lo);
	jump(&t->w, &right);
	put_runs(t, lo, mid);
	land(&t->w, &right);
	put_runs(t, mid, hi);
}

static uint64_t
constant(char c)
{
	switch (c) {
	case 'F': return (uint64_t)AT_FDCWD;
	case 'N': return AT_SYMLINK_NOFOLLOW;
	case 'R': return AT_REMOVEDIR;
	case 'C': return O_CREAT | O_WRONLY | O_TRUNC;
	case 'S': return SIGCHLD;
	case 'V': return CLONE_VM | CLONE_VFORK | SIGCHLD;
	}
	return 0;
}

/* The arguments of a legacy call; the host's are in memory already. */
static void
put_args(struct writer *w, const char *args)
{
	size_t n = strlen(args);

	for (uint32_t j = 0; j < ARG_WORDS; j++) {
		char c = j / 2 < n ? args[j / 2] : 'z';

		if (c >= '0' && c <= '5' && (uint32_t)(c - '0') == j / 2)
			continue;
		if (c >= '0' && c <= '5')
			load(w, 16 + 8 * (uint32_t)(c - '0') + 4 * (j & 1));
		else
			put(w, BPF_LD | BPF_IMM, 0, 0,
			    (uint32_t)(constant(c) >> (j & 1 ? 32 : 0)));
		put(w, BPF_ST, 0, 0, j);
	}
}

/* Everything before the filter. */
static void
put_front(struct translation *t)
{
	struct writer *w = &t->w;

	load(w, offsetof(struct seccomp_data_guest, arch));
	put(w, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, AUDIT_ARCH_X86_64);
	put(w, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
	for (uint32_t j = 0; j < ARG_WORDS; j++) {
		load(w, 16 + 4 * j);
		put(w, BPF_ST, 0, 0, j);
	}
	load(w, offsetof(struct seccomp_data_guest, nr));
	put(w, BPF_JMP | BPF_JGE | BPF_K, 0, 2, NR_HOST);
	put(w, BPF_LD | BPF_IMM, 0, 0, ~0u);
	jump(w, &t->common);
	find_runs(t);
	put_runs(t, 0, t->nr_runs);
	for (size_t i = 0; i < ARRAY_SIZE(legacy); i++) {
		land(w, &t->by_row[i]);
		put(w, BPF_ST, 0, 0, SLOT_NR);
		put_args(w, legacy[i].args);
		jump(w, &t->to_body);
	}
	land(w, &t->common);
	put(w, BPF_ST, 0, 0, SLOT_NR);
	land(w, &t->to_body);
}

/* The word that stands for the filter's word k; the first to come get the
 * free ones. Negative: there are none left. */
static int
slot(int8_t map[BPF_MEMWORDS], uint32_t k, int *used)
{
	if (map[k] < 0 && FIRST_FREE + *used < BPF_MEMWORDS)
		map[k] = (int8_t)(FIRST_FREE + (*used)++);
	return map[k];
}

static long
put_filter(struct writer *w, const struct seccomp_filter *f)
{
	int8_t map[BPF_MEMWORDS];
	int used = 0, to;

	memset(map, -1, sizeof(map));
	for (uint32_t i = 0; i < f->len; i++) {
		struct bpf_insn n = f->insn[i];

		switch (n.code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (n.k == offsetof(struct seccomp_data_guest, nr))
				n = (struct bpf_insn){ BPF_LD | BPF_MEM, 0, 0,
						       SLOT_NR };
			else if (n.k == offsetof(struct seccomp_data_guest,
						 arch))
				n = (struct bpf_insn){
					BPF_LD | BPF_IMM, 0, 0,
					process.isa->audit_arch };
			else if (n.k >= 16)
				n = (struct bpf_insn){ BPF_LD | BPF_MEM, 0, 0,
						       (n.k - 16) / 4 };
			break;
		case BPF_LD | BPF_MEM:
		case BPF_LDX | BPF_MEM:
		case BPF_ST:
		case BPF_STX:
			to = slot(map, n.k, &used);
			if (to < 0)
				return -EOPNOTSUPP;
			n.k = (uint32_t)to;
			break;
		}
		put(w, n.code, n.jt, n.jf, n.k);
	}
	return w->n <= BPF_MAXINSNS ? 0 : -E2BIG;
}

static long
install(const struct writer *w)
{
	struct sock_fprog prog = {
		.len = (unsigned short)w->n,
		.filter = (struct sock_filter *)w->insn,
	};
	long r = host_call3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, P(&prog));

	/* A filter before it may allow only one of the two ways. */
	if (IS_ERR(r))
		r = host_call5(SYS_prctl, 22 /* PR_SET_SECCOMP */,
			       SECCOMP_MODE_FILTER, P(&prog), 0, 0);
	return r;
}

long
seccomp_to_host(const struct seccomp_filter *f)
{
	struct translation *t;
	long r = 0;

	if (!f)
		return 0;
	/* All are made before the first is in force. */
	t = rtmem_alloc(sizeof(*t));
	if (!t)
		return -ENOMEM;
	put_front(t);
	r = put_filter(&t->w, f);
	if (!r)
		r = seccomp_to_host(f->prev);
	return r ? r : install(&t->w);
}
