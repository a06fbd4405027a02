/*
 * sig_edges_prog.c - for sig_edges.sh: code of several kinds, each run once
 * undisturbed and once with SIGUSR1 let through, which --signal-edges sends
 * at each N-th edge. What comes out must be the same.
 *
 * Prints per kind how many signals there were, and a hash of all that their
 * frames have shown; with an argument, all of it.
 */
#define _GNU_SOURCE
#include <arm_neon.h>
#include <fenv.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

#include "region_a64.h"

enum { REGIONS = 12, WORDS = 32 };

static unsigned signals;
static int verbose;

static void
show(const char *what, uint64_t v)
{
	add(v);
	if (verbose)
		printf(" %s %lx", what, v);
}

static void
on_edge(int sig, siginfo_t *info, void *context)
{
	const mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;
	const struct fpsimd_context *fp = (const void *)m->__reserved;
	unsigned i;

	CHECK(sig == SIGUSR1 && info->si_code == SI_TKILL);
	CHECK(fp->head.magic == FPSIMD_MAGIC);
	show("signal", signals);
	show("pc", m->pc);
	show("nzcv", m->pstate >> 28);
	show("sp", m->sp);
	for (i = 0; i < 31; i++)
		show("x", m->regs[i]);
	for (i = 0; i < 32; i++) {
		show("v", (uint64_t)fp->vregs[i]);
		show("v", (uint64_t)(fp->vregs[i] >> 64));
	}
	show("fpsr", fp->fpsr);
	show("fpcr", fp->fpcr);
	if (verbose)
		putchar('\n');
	signals++;
}

/* What the regions compute with. */
static volatile uint64_t start = 0x243f6a8885a308d3;

static uint64_t
next(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

/* --- Integers and flags. */

static uint64_t
bits(void)
{
	uint64_t s = start, crc = ~0ul, n, steps = 0;
	unsigned i, k;

	for (i = 0; i < 4; i++) {
		crc ^= next(&s);
		for (k = 0; k < 16; k++)
			crc = crc & 1 ? crc >> 1 ^ 0xc96c5795d7870f42 :
					crc >> 1;
	}
	for (i = 3; i < 12; i++)
		for (n = i; n != 1; steps++)
			n = n & 1 ? 3 * n + 1 : n / 2;
	return crc + steps;
}

static uint64_t
carries(void)
{
	uint64_t a[4], b[4], s = start, sum = 0;
	unsigned i, k;

	for (i = 0; i < 4; i++) {
		a[i] = next(&s) | (i & 1) << 31;
		b[i] = ~a[i] + (i == 0);
	}
	for (k = 0; k < 12; k++) {
		/* Flags that live from one turn to the next. */
		__asm__("	mov	x9, #4\n"
			"	mov	x10, %[a]\n"
			"	mov	x11, %[b]\n"
			"	cmn	xzr, xzr\n"
			"1:	ldr	x12, [x10]\n"
			"	ldr	x13, [x11], #8\n"
			"	adcs	x12, x12, x13\n"
			"	str	x12, [x10], #8\n"
			"	sub	x9, x9, #1\n"
			"	cbnz	x9, 1b\n"
			"	cset	x12, cs\n"
			"	cinc	x12, x12, vs\n"
			"	ccmp	x12, #1, #4, mi\n"
			"	b.ne	2f\n"
			"	add	%[sum], %[sum], #3\n"
			"2:	b.hi	3f\n"
			"	sub	%[sum], %[sum], x12\n"
			"3:	b.lt	4f\n"
			"	ror	%[sum], %[sum], #5\n"
			"4:	add	%[sum], %[sum], x12\n"
			: [sum] "+r"(sum)
			: [a] "r"(a), [b] "r"(b)
			: "x9", "x10", "x11", "x12", "x13", "cc", "memory");
		b[k & 3] += next(&s);
	}
	return sum ^ a[0] ^ a[1] ^ a[2] ^ a[3];
}

static uint64_t
sorting(void)
{
	int32_t v[WORDS], x;
	uint64_t s = start, h = 0;
	int i, k;

	for (i = 0; i < WORDS; i++)
		v[i] = (int32_t)next(&s) >> (i & 15);
	for (i = 1; i < WORDS; i++) {
		x = v[i];
		for (k = i; k > 0 && v[k - 1] > x; k--)
			v[k] = v[k - 1];
		v[k] = x;
	}
	for (i = 0; i < WORDS; i++)
		h = h * 31 + (uint32_t)v[i] % 1009;
	return h;
}

/* --- Floating point. */

static uint64_t
vectors(void)
{
	float32x4_t acc = vdupq_n_f32(0.25f), f;
	uint8x16_t b = vdupq_n_u8(7);
	uint64_t s = start;
	unsigned i;

	for (i = 0; i < 40; i++) {
		uint32x4_t u = vdupq_n_u32((uint32_t)next(&s));

		u = vsetq_lane_u32(i << 28 | 0x7f80000, u, 1);
		f = vcvtq_f32_u32(vshrq_n_u32(u, 9));
		acc = vfmaq_f32(acc, f, vdupq_n_f32(1.0f / 3));
		if (vmaxvq_f32(acc) > 1e6f)
			acc = vsqrtq_f32(acc);
		b = vqaddq_u8(b, vreinterpretq_u8_u32(u));
		if (vaddvq_u8(b) & 1)
			b = vrev64q_u8(b);
	}
	return vaddvq_u32(vreinterpretq_u32_f32(acc)) ^ vaddlvq_u8(b);
}

static uint64_t
scalars(void)
{
	static const double d[] = {
		1, -0.0, 1e308, 5e-324, 3.5, -7, __builtin_inf(),
		-__builtin_inf(), __builtin_nan(""), 1e-310, 0.1
	};
	const unsigned n = sizeof(d) / sizeof(*d);
	double sum = 0;
	uint64_t h = 0, raw;
	unsigned i, k, mode;

	for (mode = 0; mode < 4; mode++) {
		__asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)mode << 22));
		__asm__ volatile("msr fpsr, xzr");
		for (i = 0; i < n; i++) {
			for (k = 0; k < n; k += 2) {
				sum = d[i] * d[k] + d[(i + k) % n] / 3;
				h += sum < d[k] ? 1 : sum > d[k] ? 2 :
				     sum == d[k] ? 3 : 5;
				memcpy(&raw, &sum, 8);
				h = h << 7 ^ h >> 57 ^ raw;
			}
		}
		__asm__ volatile("mrs %0, fpsr" : "=r"(raw));
		h += raw;
	}
	__asm__ volatile("msr fpcr, xzr");
	return h;
}

/* --- Calls. */

static __attribute__((noinline)) unsigned
fib(unsigned n)
{
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static __attribute__((noinline)) uint64_t
deep(unsigned n, uint64_t h)
{
	volatile uint64_t local = h;

	if (n == 0)
		return h;
	h = deep(n - 1, h * 5 + 1);
	return h ^ local;
}

/* Not libc's, which would look where the main stack ends. */
static void *back[5];

static __attribute__((noinline)) void
leave(unsigned depth)
{
	if (depth > 0)
		leave(depth - 1);
	else
		__builtin_longjmp(back, 1);
}

static uint64_t
calls(void)
{
	volatile uint64_t h = fib(9);
	volatile int i;

	h += deep(60, start);
	for (i = 0; i < 6; i++) {
		if (!__builtin_setjmp(back))
			leave((unsigned)i);
		h = h * 3 + (uint64_t)i;
	}
	return h;
}

/* --- Indirect branches. */

static uint64_t
add1(uint64_t v)
{
	return v + 1;
}

static uint64_t
twist(uint64_t v)
{
	return v << 9 ^ v >> 3;
}

static uint64_t
odd(uint64_t v)
{
	return v & 1 ? twist(v) : v;
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static uint64_t
indirect(void)
{
	static uint64_t (*const fn[])(uint64_t) = { add1, twist, odd };
	static const void *const label[] = { &&inc, &&mix, &&jump, &&call };
	uint64_t s = start, v = 1, h = 0;
	uint32_t words[WORDS];
	unsigned pc = 0, i;

	for (i = 0; i < WORDS; i++)
		words[i] = (uint32_t)next(&s);
	goto *label[words[pc] & 3];
inc:
	v += words[pc];
	goto next;
mix:
	v ^= v >> 11 | v << 53;
	goto next;
jump:
	if (v & 1)
		pc++;
	goto next;
call:
	v = fn[words[pc] % 3](v);
next:
	if (++pc < WORDS)
		goto *label[words[pc] & 3];
	qsort(words, WORDS, sizeof(*words), compare);
	for (i = 0; i < WORDS; i++)
		h = h * 7 + words[i];
	return h ^ v;
}

/* --- Atomics, by both kinds of instructions. */

static uint64_t
atomics(void)
{
	uint64_t word = start, old, new, sum = 0;
	uint32_t failed;
	unsigned i;

	for (i = 0; i < 12; i++) {
		__asm__ volatile("1:	ldaxr	%[old], %[m]\n"
			"	eor	%[new], %[old], %[old], lsr #7\n"
			"	add	%[new], %[new], #1\n"
			"	stlxr	%w[f], %[new], %[m]\n"
			"	cbnz	%w[f], 1b\n"
			: [old] "=&r"(old), [new] "=&r"(new),
			  [f] "=&r"(failed), [m] "+Q"(word));
		sum += old;
		__asm__ volatile("1:	ldxr	%[old], %[m]\n"
			"	cmp	%[old], %[sum]\n"
			"	b.hi	2f\n"
			"	stxr	%w[f], %[sum], %[m]\n"
			"	cbnz	%w[f], 1b\n"
			"2:\n"
			: [old] "=&r"(old), [f] "=&r"(failed), [m] "+Q"(word)
			: [sum] "r"(sum) : "cc");
		__asm__ volatile("	ldaddal	%[sum], %[old], %[m]\n"
			"	mov	%[new], %[old]\n"
			"	casal	%[new], %[sum], %[m]\n"
			"	swp	%[new], %[new], %[m]\n"
			: [old] "=&r"(old), [new] "=&r"(new), [m] "+Q"(word)
			: [sum] "r"(sum));
		sum ^= old + new;
	}
	return sum ^ word;
}

/* --- System calls that need not wait: none is to fail with EINTR. */

static uint64_t
system_calls(void)
{
	struct timespec no = { 0, 0 };
	char text[64] = "0123456789";
	struct iovec v[2] = { { text, 10 }, { text + 20, 20 } };
	struct pollfd p;
	unsigned i, h = 0;
	int fd[2], word = 1;

	CHECK(!pipe(fd));
	p = (struct pollfd){ fd[0], POLLIN, 0 };
	for (i = 0; i < 5; i++) {
		CHECK(poll(&p, 1, 0) == 0);
		CHECK(write(fd[1], text, 10 + i) == 10 + i);
		CHECK(poll(&p, 1, 1000) == 1 && p.revents == POLLIN);
		CHECK(ppoll(&p, 1, &no, NULL) == 1);
		CHECK(read(fd[0], text + 20, 5) == 5);
		CHECK(readv(fd[0], v, 2) == 5 + i);
		CHECK(!nanosleep(&no, NULL));
		FAILS(lseek(fd[0], 0, SEEK_SET), ESPIPE);
		FAILS(syscall(SYS_futex, &word, 0, 0, NULL), EAGAIN);
		FAILS(close(-1), EBADF);
		h = h * 5 + (unsigned)text[20] + i;
	}
	close(fd[0]);
	close(fd[1]);
	return h;
}

/* --- Random code. */

static unsigned region;

static uint64_t
random_code(void)
{
	uint64_t keep = hash, end;

	memset(data, 5, PAGE);
	run(3);
	end = end_hash();	/* which is made where the frames' is */
	hash = keep;
	return end;
}

static sigset_t usr1;

static void
try(const char *name, uint64_t (*fn)(void))
{
	uint64_t want = fn(), got;

	hash = signals = 0;
	CHECK(!sigprocmask(SIG_UNBLOCK, &usr1, NULL));
	got = fn();
	CHECK(!sigprocmask(SIG_BLOCK, &usr1, NULL));
	CHECK(got == want);
	printf("%s%.0u: %016lx, %u signals: %016lx\n", name, region, want,
	       signals, hash);
}

static ucontext_t main_context, test_context;

static void
try_all(void)
{
	struct sigaction sa = { .sa_sigaction = on_edge,
				.sa_flags = SA_SIGINFO };

	__asm__ volatile(
		"	.irp	n, 9, 10, 11, 12, 13, 14, 15, 16, 17\n"
		"	mov	x\\n, #0\n"
		"	.endr\n"
		: : : "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",
		      "x17");
	CHECK(!sigaction(SIGUSR1, &sa, NULL));
	try("bits", bits);
	try("carries", carries);
	try("sorting", sorting);
	try("vectors", vectors);
	try("scalars", scalars);
	try("calls", calls);
	try("indirect", indirect);
	try("atomics", atomics);
	try("system calls", system_calls);
	sa.sa_flags |= SA_RESTART;
	CHECK(!sigaction(SIGUSR1, &sa, NULL));
	try("system calls, restarted", system_calls);
	for (region = 1; region <= REGIONS; region++) {
		make_region();
		try("region ", random_code);
	}
}

/* On a stack that is where it always is, and with no trace of the other. */
int
main(int argc, char **argv)
{
	unsigned i;

	(void)argv;
	verbose = argc > 1;
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	CHECK(!sigprocmask(SIG_BLOCK, &usr1, NULL));
	make_room();
	CHECK(!getcontext(&test_context));
	test_context.uc_link = &main_context;
	test_context.uc_stack.ss_size = 64 * PAGE;
	test_context.uc_stack.ss_sp =
		mmap((void *)0x5300000000, 64 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(test_context.uc_stack.ss_sp != MAP_FAILED);
	for (i = 19; i < 30; i++)
		test_context.uc_mcontext.regs[i] = 0;
	makecontext(&test_context, try_all, 0);
	CHECK(!swapcontext(&main_context, &test_context));
	return check_done();
}
