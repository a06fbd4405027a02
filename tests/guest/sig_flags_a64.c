/*
 * sig_flags_a64.c - condition flags in signal frames, where no instruction
 * would ever look at them: they must be those of the last one that set them.
 *
 * Random code is run twice up to a load that faults: as it is, and with an
 * MRS before the load. What the first frame shows in pstate the second must
 * have in the MRS's register. The same with an ordered or atomic access that
 * is misaligned, to which translations do not attend themselves. Then loops
 * are interrupted by a timer; there the operands of the last instruction that
 * set the flags are kept aside, and the handler computes what they must be.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#include "check.h"

enum {
	CASES = 1500,
	RUNS = 3,
	PAGE = 4096,
	BAD = 10,	/* the register with the address that faults */
	COUNT = 11,	/* that counts a loop's turns */
	SEEN = 12,	/* that MRS reads into */
	TARGET = 13,	/* that the fault would load */
	ODD = 14,	/* one bit, which says when the address is odd */
	ODD_AT = 15,	/* that address */
};

#define NZCV	0xf0000000u

static uint32_t *code, *p, *loop;
static char *edge;		/* faults from here on */
static int fault_sig;
static char *fault_addr;
static uint64_t seed = 1, frame_nzcv, frame_seen;
static unsigned faults;

static unsigned
rnd(unsigned n)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (unsigned)(seed >> 33) % n;
}

static unsigned
reg(void)
{
	static const uint8_t regs[] = { 0, 1, 2, 5, 9, 20, 22 };

	return regs[rnd(sizeof(regs))];
}

static void
put(uint32_t word)
{
	*p++ = word;
}

static void
put_constant(unsigned n, uint64_t v)
{
	unsigned i;

	put(0xd2800000 | (uint32_t)(v & 0xffff) << 5 | n);
	for (i = 1; i < 4; i++)
		put(0xf2800000 | i << 21 |
		    (uint32_t)(v >> 16 * i & 0xffff) << 5 | n);
}

static uint64_t
value(void)
{
	static const uint64_t odd[] = {
		0, 1, ~0ul, 1ul << 63, ~0ul >> 1, 0x80000000, 0x7fffffff,
		0xffffffff, 0x7ff8000000000000, 0x3ff0000000000000,
	};

	return rnd(3) ? odd[rnd(sizeof(odd) / sizeof(odd[0]))] :
			(uint64_t)rnd(1u << 31) << 33 ^ rnd(1u << 31);
}

/* Any instruction that sets the flags. */
static void
put_setter(void)
{
	uint32_t sf = rnd(2) << 31, d = rnd(3) ? reg() : 31;
	uint32_t n = reg() << 5, m = reg() << 16;

	switch (rnd(11)) {
	case 0:		/* subs, cmp with a constant */
		put(0x71000000 | sf | rnd(2) << 22 | rnd(4096) << 10 | n | d);
		break;
	case 1:
		put(0x71000000 | sf | rnd(3) << 10 | n | d);
		break;
	case 2:		/* adds, cmn */
		put(0x31000000 | sf | rnd(4096) << 10 | n | d);
		break;
	case 3:		/* subs, adds with a register, perhaps shifted */
		put(0x6b000000 | sf | m | n | d);
		break;
	case 4:
		put(0x2b000000 | sf | rnd(2) << 30 | m | rnd(3) << 22 |
		    rnd(32) << 10 | n | d);
		break;
	case 5:		/* extended */
		put(0x2b200000 | sf | rnd(2) << 30 | m | rnd(8) << 13 |
		    rnd(5) << 10 | n | d);
		break;
	case 6:		/* ands, tst, bics */
		put(0x6a000000 | sf | rnd(2) << 21 | m | n | d);
		break;
	case 7:
		put(0x6a000000 | sf | rnd(2) << 21 | m | rnd(4) << 22 |
		    rnd(32) << 10 | n | d);
		break;
	case 8:		/* with a bit mask of 1 to 31 ones */
		put(0x72000000 | sf | rnd(32) << 16 | rnd(31) << 10 | n | d);
		break;
	case 9:		/* fcmp, fcmpe, with a register or 0 */
		put(0x1e202000 | rnd(2) << 22 | rnd(2) << 4 | 16u << 16);
		break;
	case 10:	/* adcs, ccmp: those need the flags before */
		if (rnd(2))
			put(0x3a000000 | sf | m | n | d);
		else
			put(0x7a400000 | sf | m | rnd(16) << 12 | n | rnd(16));
		break;
	}
}

/* Something that leaves the flags alone. */
static void
put_filler(void)
{
	uint32_t d = reg(), n = reg() << 5, m = reg() << 16;

	switch (rnd(9)) {
	case 0:
		put(0x91000000 | rnd(64) << 10 | n | d);	/* add */
		break;
	case 7:		/* add, sub to itself */
		put(0x91000000 | rnd(2) << 30 | rnd(64) << 10 | d << 5 | d);
		break;
	case 8:		/* ldr xzr, [bad, #-8]! and [bad], #8 */
		put(0xf85f8c1f | BAD << 5);
		put(0xf840841f | BAD << 5);
		break;
	case 1:
		put(0xca000000 | m | n | d);			/* eor */
		break;
	case 2:
		put(0xf85c0000 | BAD << 5 | d);	/* ldur xd, [bad, #-64] */
		break;
	case 3:
		put(0x1e602820 | rnd(2));		/* fadd, fd0 or 1 */
		break;
	case 4:
		put(0xb4000040 | d);			/* cbz, 8 ahead */
		put(0xaa0003e0 | m | reg());		/* mov */
		break;
	case 5:
		put(0x14000002);			/* b, 8 ahead */
		put(0xd503201f);
		break;
	case 6:
		put(0xd503201f);
		break;
	}
}

static void
put_fillers(void)
{
	unsigned n = rnd(4);

	while (n--)
		put_filler();
}

/* What raises sig in the turn behind `turns' others. */
static void
put_fault(int sig)
{
	static const uint32_t ordered[] = {
		0xc8dffc00,	/* ldar */
		0xc89ffc00,	/* stlr */
		0xc85ffc00,	/* ldaxr */
		0xf8e00000,	/* ldaddal */
		0xf8e05000,	/* ldsmaxal */
		0xf8e08000,	/* swpal */
		0xc8e0fc00,	/* casal x0 */
	};

	if (sig == SIGSEGV) {
		put(0xf8408400 | BAD << 5 | TARGET);	/* ldr, [bad], #8 */
		return;
	}
	put(ordered[rnd(sizeof(ordered) / sizeof(ordered[0]))] |
	    ODD_AT << 5 | TARGET);
}

/* The same code for the same seed, but for the MRS; faults with sig. */
static void
make(uint64_t s, int sig, int with_mrs)
{
	static const uint8_t regs[] = { 0, 1, 2, 5, 9, 20, 22 };
	unsigned i, turns;

	seed = s;
	p = code;
	for (i = 0; i < sizeof(regs); i++)
		put_constant(regs[i], value());
	put(0x9e670000 | rnd(3) << 5);			/* fmov d0, xn */
	put(0x9e670010 | rnd(3) << 5);			/* fmov d16, xn */
	turns = rnd(3) ? 1 + rnd(6) : 0;
	fault_sig = sig;
	/* Eight bytes that do not lie in sixteen aligned ones. */
	fault_addr = sig == SIGSEGV ? edge : edge - 248 + 1;
	put_constant(BAD, (uint64_t)edge -
			  (sig == SIGSEGV ? 8 * turns : 248));
	put_constant(ODD, 1ul << turns);
	put_constant(COUNT, turns + 2);
	put(0xeb1f03ff);				/* cmp xzr, xzr */
	put_setter();
	put_fillers();
	loop = p;
	put(0x92400000 | ODD << 5 | ODD_AT);		/* and, #1 */
	put(0x8b000000 | BAD << 16 | ODD_AT << 5 | ODD_AT);	/* add */
	put(0x93c00400 | ODD << 16 | ODD << 5 | ODD);	/* ror, #1 */
	put_fillers();
	if (with_mrs)
		put(0xd53b4200 | SEEN);
	put_fault(sig);
	put_fillers();
	put_setter();
	put_fillers();
	put(0xd1000400 | COUNT << 5 | COUNT);	/* sub count, count, #1 */
	if (rnd(2))
		put(0xf85c001f | BAD << 5);
	put(0xb5000000 | COUNT |		/* cbnz count, loop */
	    ((uint32_t)(loop - p) & 0x7ffff) << 5);
	put(0xeb1f03ff);
	put(0xd65f03c0);			/* ret */
	CHECK(p - code < PAGE / 4);
	__builtin___clear_cache((char *)code, (char *)p);
}

static void
on_fault(int sig, siginfo_t *info, void *ctx)
{
	mcontext_t *m = &((ucontext_t *)ctx)->uc_mcontext;

	CHECK(sig == fault_sig && (char *)info->si_addr == fault_addr);
	if (!faults++) {
		frame_nzcv = m->pstate;
		frame_seen = m->regs[SEEN];
	}
	/* Out of the loop: the rest does not matter. */
	m->pc = m->regs[30];
}

static void
call(void)
{
	faults = 0;
	__asm__ volatile(
		"blr	%0\n"
		: : "r"(code)
		: "x0", "x1", "x2", "x5", "x9", "x10", "x11", "x12", "x13",
		  "x14", "x15", "x20", "x22", "x30", "v0", "v1", "v16", "cc",
		  "memory");
	CHECK(faults == 1);
}

static void
test_faults(int sig)
{
	uint64_t s, want;
	unsigned c, r;

	for (c = 0; c < CASES; c++) {
		s = seed;
		make(s, sig, 1);
		for (r = 0; r < RUNS; r++)
			call();
		want = frame_seen & NZCV;
		CHECK((frame_nzcv & NZCV) == want);
		make(s, sig, 0);
		for (r = 0; r < RUNS; r++) {
			call();
			if ((frame_nzcv & NZCV) == want)
				continue;
			printf("case %u run %u: %08x, not %08x\n", c, r,
			       (unsigned)frame_nzcv, (unsigned)want);
			for (uint32_t *w = code; w < p; w++)
				printf("\t.inst 0x%08x\n", *w);
			exit(1);
		}
	}
}

/* --- Interrupted loops. */

enum { FIRST = 14, SECOND = 15 };	/* the operands */

static struct {
	uint32_t *pc;
	int sub;		/* 0: adds; 1: subs; 2: ands */
} set_at[64];
static unsigned nr_set;
static volatile unsigned ticks, known;

static unsigned
flags_of(int sub, uint64_t a, uint64_t b)
{
	uint64_t r = sub == 0 ? a + b : sub == 1 ? a - b : a & b;
	unsigned c = sub == 0 ? r < a : sub == 1 ? a >= b : 0;
	unsigned v = sub == 0 ? (~(a ^ b) & (a ^ r)) >> 63 :
		     sub == 1 ? ((a ^ b) & (a ^ r)) >> 63 : 0;

	return (unsigned)(r >> 63) << 31 | (unsigned)!r << 30 | c << 29 |
	       v << 28;
}

static void
on_tick(int sig, siginfo_t *info, void *ctx)
{
	mcontext_t *m = &((ucontext_t *)ctx)->uc_mcontext;
	uint32_t *pc = (uint32_t *)m->pc;
	unsigned i;

	(void)sig;
	(void)info;
	ticks++;
	if (pc < loop || pc >= p)
		return;
	/* The setter before the pc; the two moves before the next one must
	 * not have begun. */
	for (i = nr_set; i-- > 0;)
		if (set_at[i].pc < pc)
			break;
	if (i == ~0u)
		i = nr_set - 1;		/* the loop's last one */
	if (pc == set_at[(i + 1) % nr_set].pc ||
	    pc == set_at[(i + 1) % nr_set].pc - 1)
		return;
	if (m->regs[TARGET] == 0)	/* first turn */
		return;
	known++;
	CHECK((m->pstate & NZCV) ==
	      flags_of(set_at[i].sub, m->regs[FIRST], m->regs[SECOND]));
}

static void
put_kept_setter(void)
{
	static const uint32_t op[] = { 0xab000000, 0xeb000000, 0xea000000 };
	uint32_t n = reg(), m = reg();
	unsigned sub = rnd(3);

	put(0xaa0003e0 | n << 16 | FIRST);		/* mov */
	put(0xaa0003e0 | m << 16 | SECOND);
	set_at[nr_set].pc = p;
	set_at[nr_set++].sub = (int)sub;
	put(op[sub] | m << 16 | n << 5 | (rnd(3) ? reg() : 31));
}

static void
make_loop(void)
{
	unsigned i;

	p = code;
	nr_set = 0;
	put_constant(BAD, (uint64_t)edge);
	put_constant(TARGET, 0);
	put_constant(COUNT, 1u << 15);
	loop = p;
	for (i = 1 + rnd(4); i; i--) {
		put_fillers();
		if (i == 1 || rnd(2))
			put_kept_setter();
		put_fillers();
	}
	put(0xd2800020 | TARGET);			/* mov target, #1 */
	put(0xd1000400 | COUNT << 5 | COUNT);
	put(0xb5000000 | COUNT | ((uint32_t)(loop - p) & 0x7ffff) << 5);
	put(0xd65f03c0);
	__builtin___clear_cache((char *)code, (char *)p);
}

static void
test_ticks(void)
{
	struct itimerval it = { { 0, 300 }, { 0, 300 } };
	unsigned c;

	setitimer(ITIMER_REAL, &it, NULL);
	for (c = 0; c < 200; c++) {
		make_loop();
		__asm__ volatile(
			"blr	%0\n"
			: : "r"(code)
			: "x0", "x1", "x2", "x5", "x9", "x10", "x11", "x13",
			  "x14", "x15", "x20", "x22", "x30", "v0", "v1", "cc",
			  "memory");
	}
	memset(&it, 0, sizeof(it));
	setitimer(ITIMER_REAL, &it, NULL);
	CHECK(ticks > 20 && known > 10);
}

int
main(void)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO | SA_RESTART };

	code = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	edge = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(code != MAP_FAILED && edge != MAP_FAILED);
	edge += PAGE;
	CHECK(!mprotect(edge, PAGE, PROT_NONE));
	sa.sa_sigaction = on_fault;
	CHECK(!sigaction(SIGSEGV, &sa, NULL));
	test_faults(SIGSEGV);
	check_group("faults");
	CHECK(!sigaction(SIGBUS, &sa, NULL));
	test_faults(SIGBUS);
	check_group("misaligned accesses");
	sa.sa_sigaction = on_tick;
	CHECK(!sigaction(SIGALRM, &sa, NULL));
	test_ticks();
	check_group("ticks");
	return check_done();
}
