/*
 * sig_fault_each.c - a fault in each kind of load and store, amid other
 * instructions, with bases that are also targets and bases that are written
 * back: the handler sees the registers as they were before the instruction,
 * and what follows goes on from there.
 *
 * TEST-CFLAGS: -march=armv8.2-a
 *
 * Prints a hash per instruction, of all general and vector registers and flags
 * in every frame and at the end. Memory is left out, of which a store that
 * faults may have written a part. qemu-aarch64 7.2 differs where a load of several vector registers has loaded some of them before the fault
 * (ferry never does), in LDUR's address where it is not canonical, and in
 * tagged addresses of LDAPR.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/ucontext.h>

#include "check.h"

#define PAGE	4096ul
#define DATA	0x10000000ul	/* two pages, then nothing */
#define EDGE	(DATA + 2 * PAGE)
#define CODE	0x10100000ul
#define NOWHERE	0x0040000000000000ul	/* not canonical */

enum { WRITES_BACK = 2, PAIR = 4, VECTOR = 8, ALIGNED = 16,
       STORE = 32, EVEN = 64 };

static const struct {
	const char *name;
	uint32_t word;
	unsigned is;
} forms[] = {
	{ "ldr x", 0xf9400000, 0 }, { "ldr w", 0xb9400000, 0 },
	{ "ldrb", 0x39400000, 0 }, { "ldrh", 0x79400000, 0 },
	{ "ldrsw", 0xb9800000, 0 }, { "ldrsh w", 0x79c00000, 0 },
	{ "ldrsb x", 0x39800000, 0 }, { "ldur -3", 0xf85fd000, 0 },
	{ "ldr pre", 0xf8410c00, WRITES_BACK },
	{ "ldr post", 0xf8410400, WRITES_BACK },
	{ "ldr reg", 0xf8666800, 0 }, { "ldr reg uxtw", 0xf8664800, 0 },
	{ "ldrsw post", 0xb8810400, WRITES_BACK },
	{ "str x", 0xf9000000, STORE }, { "str w", 0xb9000000, STORE },
	{ "strb", 0x39000000, STORE }, { "strh", 0x79000000, STORE },
	{ "str pre", 0xf8010c00, STORE | WRITES_BACK },
	{ "str post", 0xf8010400, STORE | WRITES_BACK },
	{ "str reg", 0xf8266800, STORE },
	{ "ldp x", 0xa9400000, PAIR }, { "ldp w", 0x29400000, PAIR },
	{ "ldpsw", 0x69400000, PAIR },
	{ "ldp pre", 0xa9c10000, PAIR | WRITES_BACK },
	{ "ldp post", 0xa8c10000, PAIR | WRITES_BACK },
	{ "ldp w post", 0x28c20000, PAIR | WRITES_BACK },
	{ "stp x", 0xa9000000, PAIR | STORE },
	{ "stp w", 0x29000000, PAIR | STORE },
	{ "stp pre", 0xa9810000, PAIR | STORE | WRITES_BACK },
	{ "stp post", 0xa8810000, PAIR | STORE | WRITES_BACK },
	{ "ldr q", 0x3dc00000, VECTOR }, { "ldr d", 0xfd400000, VECTOR },
	{ "ldr s", 0xbd400000, VECTOR }, { "ldr h", 0x7d400000, VECTOR },
	{ "ldr b", 0x3d400000, VECTOR }, { "str q", 0x3d800000, VECTOR },
	{ "str d", 0xfd000000, VECTOR },
	{ "ldr q post", 0x3cc10400, VECTOR | WRITES_BACK },
	{ "str q pre", 0x3c810c00, VECTOR | WRITES_BACK },
	{ "ldp q", 0xad400000, VECTOR | PAIR },
	{ "ldp d post", 0x6cc10000, VECTOR | PAIR | WRITES_BACK },
	{ "stp q post", 0xac810000, VECTOR | PAIR | WRITES_BACK },
	{ "ld1", 0x4c407000, VECTOR },
	{ "ld1 two post", 0x4cdfa000, VECTOR | WRITES_BACK },
	{ "st1 two post", 0x4c9fa000, VECTOR | WRITES_BACK },
	{ "ld2", 0x4c408800, VECTOR }, { "ld4", 0x4c400800, VECTOR },
	{ "ld4 post", 0x4cdf0800, VECTOR | WRITES_BACK },
	{ "st4", 0x4c000800, VECTOR }, { "ld1 lane", 0x4d408400, VECTOR },
	{ "ld1r", 0x4d40cc00, VECTOR },
	{ "ldar", 0xc8dffc00, ALIGNED }, { "ldapr", 0xf8bfc000, ALIGNED },
	{ "stlr", 0xc89ffc00, ALIGNED | STORE },
	{ "ldxr", 0xc85f7c00, ALIGNED }, { "ldaxr w", 0x885ffc00, ALIGNED },
	{ "ldxp", 0xc87f0000, ALIGNED | PAIR },
	{ "ldadd", 0xf8260000, ALIGNED }, { "swpal", 0xf8e68000, ALIGNED },
	{ "ldclrb", 0x38261000, ALIGNED }, { "ldsmax w", 0xb8264000, ALIGNED },
	{ "cas", 0xc8a67c00, ALIGNED }, { "caspal", 0x4866fc00,
				ALIGNED | STORE | EVEN },
};

struct state {
	uint64_t x[31], sp;
	__uint128_t v[32];
};

struct state each_state;
uint64_t each_host[16];
static uint64_t hash, code_at;
static unsigned nr_faults;
static int no_address;

static void
add(uint64_t v)
{
	hash = (hash ^ v) * 0x9e3779b97f4a7c15;
	hash ^= hash >> 29;
}

static void
on_signal(int sig, siginfo_t *si, void *context)
{
	mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;
	struct fpsimd_context *fp = (void *)m->__reserved;
	unsigned i;

	CHECK(m->pc - code_at < 64);
	nr_faults++;
	add((uint64_t)sig);
	if (!no_address)	/* qemu-aarch64 does not know it then */
		add((uint64_t)si->si_addr);
	add(m->pc);
	add(m->sp);
	add(m->pstate);
	for (i = 0; i < 31; i++)
		add(m->regs[i]);
	for (i = 0; i < 32; i++) {
		add((uint64_t)fp->vregs[i]);
		add((uint64_t)(fp->vregs[i] >> 64));
	}
	m->pc += 4;
}

/* Runs code from each_state and leaves the registers there; x30 is lost. */
void each_run(uint64_t code);
__asm__(
"	.text\n"
"	.type each_run, %function\n"
"each_run:\n"
"	adrp	x9, each_host\n"
"	add	x9, x9, :lo12:each_host\n"
"	stp	x19, x20, [x9]\n"
"	stp	x21, x22, [x9, #16]\n"
"	stp	x23, x24, [x9, #32]\n"
"	stp	x25, x26, [x9, #48]\n"
"	stp	x27, x28, [x9, #64]\n"
"	stp	x29, x30, [x9, #80]\n"
"	mov	x10, sp\n"
"	str	x10, [x9, #96]\n"
"	adrp	x30, each_state\n"
"	add	x30, x30, :lo12:each_state\n"
"	str	x0, [x30, #240]\n"
"	ldr	x0, [x30, #248]\n"
"	mov	sp, x0\n"
"	add	x1, x30, #256\n"
"	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30\n"
"	ldr	q\\n, [x1, #16 * \\n]\n"
"	.endr\n"
"	.irp	n, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31\n"
"	ldr	q\\n, [x1, #16 * \\n]\n"
"	.endr\n"
"	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, "
"		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29\n"
"	ldr	x\\n, [x30, #8 * \\n]\n"
"	.endr\n"
"	ldr	x30, [x30, #240]\n"
"	blr	x30\n"
"	adrp	x30, each_state\n"
"	add	x30, x30, :lo12:each_state\n"
"	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, "
"		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29\n"
"	str	x\\n, [x30, #8 * \\n]\n"
"	.endr\n"
"	mov	x0, sp\n"
"	str	x0, [x30, #248]\n"
"	add	x1, x30, #256\n"
"	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, "
"		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
"	str	q\\n, [x1, #16 * \\n]\n"
"	.endr\n"
"	adrp	x9, each_host\n"
"	add	x9, x9, :lo12:each_host\n"
"	ldp	x19, x20, [x9]\n"
"	ldp	x21, x22, [x9, #16]\n"
"	ldp	x23, x24, [x9, #32]\n"
"	ldp	x25, x26, [x9, #48]\n"
"	ldp	x27, x28, [x9, #64]\n"
"	ldp	x29, x30, [x9, #80]\n"
"	ldr	x10, [x9, #96]\n"
"	mov	sp, x10\n"
"	ret\n"
"	.size each_run, . - each_run\n");

static void
run(unsigned base, uint64_t addr)
{
	unsigned i;

	for (i = 0; i < 31; i++)
		each_state.x[i] = 0x0123456789abcdeful * (i + 1);
	for (i = 0; i < 32; i++)
		each_state.v[i] = ((__uint128_t)0xfedcba9876543210 << 64 |
				   0x1122334455667788) * (2 * i + 1);
	each_state.x[6] = 8;
	each_state.x[7] = 0;
	each_state.sp = DATA + PAGE;
	if (base == 31)
		each_state.sp = addr;
	else
		each_state.x[base] = addr;
	/* Contents do not depend on what ran before. */
	for (i = 0; i < 2 * PAGE / 8; i++)
		((uint64_t *)DATA)[i] = 0x1000000010000001ul * (i + 3);
	no_address = addr == NOWHERE;
	each_run(code_at);
	for (i = 0; i < 30; i++)
		add(each_state.x[i]);
	add(each_state.sp);
	for (i = 0; i < 32; i++) {
		add((uint64_t)each_state.v[i]);
		add((uint64_t)(each_state.v[i] >> 64));
	}
}

/* Flags that are set before the access are read behind it, and a register
 * that is computed before it is used behind it. */
static void
put_code(uint32_t mem)
{
	uint32_t *p = (uint32_t *)code_at;

	*p++ = 0x8b02014a;	/* add x10, x10, x2 */
	*p++ = 0xeb0e01ac;	/* subs x12, x13, x14 */
	*p++ = mem;
	*p++ = 0x9a9f37ef;	/* cset x15, hs */
	*p++ = 0xca180d4b;	/* eor x11, x10, x24, lsl #3 */
	*p++ = mem;
	*p++ = 0xba1400a8;	/* adcs x8, x5, x20 */
	*p++ = mem;
	*p++ = 0xd65f03c0;	/* ret */
	__builtin___clear_cache((char *)code_at, (char *)p);
}

static void
try_form(unsigned f)
{
	static const uint8_t bases[] = { 0, 1, 3, 5, 9, 19, 22, 29, 31 };
	static const uint8_t targets[] = { 2, 16, 21, 26 };
	unsigned is = forms[f].is, b, t, a, n;

	hash = 0;
	nr_faults = 0;
	for (b = 0; b < sizeof(bases); b++) {
		for (t = 0; t <= sizeof(targets); t++) {
			unsigned rn = bases[b], rt, rt2;
			uint64_t addr[] = { EDGE - 256, EDGE - 4, EDGE,
				EDGE - 8, (EDGE - 256) | 0x5aul << 56,
				NOWHERE, EDGE - 16,
				EDGE | 0xa5ul << 56 };

			/* The last turn: the base is a target. */
			if (t < sizeof(targets))
				rt = targets[t];
			else if (is & (WRITES_BACK | VECTOR) || rn == 31 ||
				 (is & STORE && is & ALIGNED))
				continue;
			else
				rt = rn;
			if (is & EVEN && rt & 1)
				continue;
			rt2 = is & PAIR && t == 1 && !(is & (WRITES_BACK |
				VECTOR)) && rn != 31 ? rn : 4;
			put_code(forms[f].word | rn << 5 | rt |
				 (is & PAIR ? rt2 << 10 : 0));
			for (a = 0; a < sizeof(addr) / sizeof(addr[0]); a++) {
				if (is & ALIGNED && addr[a] & 15)
					continue;
				/* Such an SP is not looked at further. */
				if (rn == 31 && addr[a] & 15)
					continue;
				for (n = 0; n < 2; n++)
					run(rn, addr[a]);
			}
		}
	}
	printf("%-14s %016lx %u faults\n", forms[f].name, hash, nr_faults);
}

int
main(void)
{
	struct sigaction sa = { .sa_sigaction = on_signal,
				.sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t ss = { .ss_size = 1 << 16 };
	unsigned f;

	ss.ss_sp = mmap(NULL, ss.ss_size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	sigaltstack(&ss, NULL);
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	CHECK(mmap((void *)DATA, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_FIXED |
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == (void *)DATA);
	CHECK(mprotect((void *)EDGE, PAGE, PROT_NONE) == 0);
	CHECK(mmap((void *)CODE, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	      (void *)CODE);
	code_at = CODE;
	for (f = 0; f < sizeof(forms) / sizeof(forms[0]); f++)
		try_form(f);
	return check_done();
}
