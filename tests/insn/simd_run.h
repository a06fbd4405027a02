/*
 * simd_run.h - runs single SIMD instructions on chosen registers and memory,
 * in the guest.
 *
 * The including file gives a list of patterns (struct simd_pattern) and calls
 * simd_main(). Each pattern is filled at random SIMD_WORDS times; each word
 * runs SIMD_CASES times on random registers that favour the borders of every
 * element size. What all registers, FPSR and (for loads and stores) memory
 * hold afterwards is hashed per pattern. A word that is undefined counts as
 * such.
 *
 * With an argument the program prints every word and what it changed, to find
 * what a hash does not tell.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	SIMD_WORDS = 24,
	SIMD_CASES = 6,
	/* Where base registers point into the data, and how far a signed or
	 * an unsigned offset may go from there. */
	SIMD_BASE = 0x4000,
	SIMD_DATA = 0x18000,
};

/*
 * bits: 0, 1, x (random), and five of a kind for general registers: n a base
 * (even, 2 to 12), m an index (odd, 1 to 7), d any of x0 to x28.
 */
struct simd_pattern {
	const char *name, *bits;
};

struct simd_regs {
	uint64_t x[32];
	uint64_t v[32][2];
	uint64_t fpsr;
};

void simd_call(struct simd_regs *r, const void *code);

/* x30 holds the code's address, the stack the pointer to the registers. */
__asm__(
"	.text\n"
"	.globl	simd_call\n"
"simd_call:\n"
"	stp	x29, x30, [sp, #-176]!\n"
"	stp	x19, x20, [sp, #16]\n"
"	stp	x21, x22, [sp, #32]\n"
"	stp	x23, x24, [sp, #48]\n"
"	stp	x25, x26, [sp, #64]\n"
"	stp	x27, x28, [sp, #80]\n"
"	stp	d8, d9, [sp, #96]\n"
"	stp	d10, d11, [sp, #112]\n"
"	stp	d12, d13, [sp, #128]\n"
"	stp	d14, d15, [sp, #144]\n"
"	str	x0, [sp, #160]\n"
"	mov	x30, x1\n"
"	ldr	x1, [x0, #768]\n"
"	msr	fpsr, x1\n"
"	add	x1, x0, #256\n"
"	ldp	q0, q1, [x1]\n"
"	ldp	q2, q3, [x1, #32]\n"
"	ldp	q4, q5, [x1, #64]\n"
"	ldp	q6, q7, [x1, #96]\n"
"	ldp	q8, q9, [x1, #128]\n"
"	ldp	q10, q11, [x1, #160]\n"
"	ldp	q12, q13, [x1, #192]\n"
"	ldp	q14, q15, [x1, #224]\n"
"	ldp	q16, q17, [x1, #256]\n"
"	ldp	q18, q19, [x1, #288]\n"
"	ldp	q20, q21, [x1, #320]\n"
"	ldp	q22, q23, [x1, #352]\n"
"	ldp	q24, q25, [x1, #384]\n"
"	ldp	q26, q27, [x1, #416]\n"
"	ldp	q28, q29, [x1, #448]\n"
"	ldp	q30, q31, [x1, #480]\n"
"	ldp	x2, x3, [x0, #16]\n"
"	ldp	x4, x5, [x0, #32]\n"
"	ldp	x6, x7, [x0, #48]\n"
"	ldp	x8, x9, [x0, #64]\n"
"	ldp	x10, x11, [x0, #80]\n"
"	ldp	x12, x13, [x0, #96]\n"
"	ldp	x14, x15, [x0, #112]\n"
"	ldp	x16, x17, [x0, #128]\n"
"	ldp	x18, x19, [x0, #144]\n"
"	ldp	x20, x21, [x0, #160]\n"
"	ldp	x22, x23, [x0, #176]\n"
"	ldp	x24, x25, [x0, #192]\n"
"	ldp	x26, x27, [x0, #208]\n"
"	ldp	x28, x29, [x0, #224]\n"
"	ldp	x0, x1, [x0]\n"
"	blr	x30\n"
"	str	x0, [sp, #168]\n"
"	ldr	x0, [sp, #160]\n"
"	str	x1, [x0, #8]\n"
"	ldr	x1, [sp, #168]\n"
"	stp	x2, x3, [x0, #16]\n"
"	str	x1, [x0]\n"
"	stp	x4, x5, [x0, #32]\n"
"	stp	x6, x7, [x0, #48]\n"
"	stp	x8, x9, [x0, #64]\n"
"	stp	x10, x11, [x0, #80]\n"
"	stp	x12, x13, [x0, #96]\n"
"	stp	x14, x15, [x0, #112]\n"
"	stp	x16, x17, [x0, #128]\n"
"	stp	x18, x19, [x0, #144]\n"
"	stp	x20, x21, [x0, #160]\n"
"	stp	x22, x23, [x0, #176]\n"
"	stp	x24, x25, [x0, #192]\n"
"	stp	x26, x27, [x0, #208]\n"
"	stp	x28, x29, [x0, #224]\n"
"	add	x1, x0, #256\n"
"	stp	q0, q1, [x1]\n"
"	stp	q2, q3, [x1, #32]\n"
"	stp	q4, q5, [x1, #64]\n"
"	stp	q6, q7, [x1, #96]\n"
"	stp	q8, q9, [x1, #128]\n"
"	stp	q10, q11, [x1, #160]\n"
"	stp	q12, q13, [x1, #192]\n"
"	stp	q14, q15, [x1, #224]\n"
"	stp	q16, q17, [x1, #256]\n"
"	stp	q18, q19, [x1, #288]\n"
"	stp	q20, q21, [x1, #320]\n"
"	stp	q22, q23, [x1, #352]\n"
"	stp	q24, q25, [x1, #384]\n"
"	stp	q26, q27, [x1, #416]\n"
"	stp	q28, q29, [x1, #448]\n"
"	stp	q30, q31, [x1, #480]\n"
"	mrs	x1, fpsr\n"
"	str	x1, [x0, #768]\n"
"	ldp	x19, x20, [sp, #16]\n"
"	ldp	x21, x22, [sp, #32]\n"
"	ldp	x23, x24, [sp, #48]\n"
"	ldp	x25, x26, [sp, #64]\n"
"	ldp	x27, x28, [sp, #80]\n"
"	ldp	d8, d9, [sp, #96]\n"
"	ldp	d10, d11, [sp, #112]\n"
"	ldp	d12, d13, [sp, #128]\n"
"	ldp	d14, d15, [sp, #144]\n"
"	ldp	x29, x30, [sp], #176\n"
"	ret\n"
);

static uint32_t *simd_code;
static unsigned char *simd_data;
static sigjmp_buf simd_jump;
static uint64_t simd_seed;

static void
simd_handler(int sig)
{
	siglongjmp(simd_jump, sig);
}

static uint64_t
simd_random(void)
{
	simd_seed ^= simd_seed << 13;
	simd_seed ^= simd_seed >> 7;
	simd_seed ^= simd_seed << 17;
	return simd_seed * UINT64_C(0x9e3779b97f4a7c15) >> 1;
}

/* A number of so many bits, often at a border. */
static uint64_t
simd_number(unsigned bits)
{
	uint64_t mask = UINT64_MAX >> (64 - bits);
	uint64_t r = simd_random() ^ simd_random() << 17;

	switch (simd_random() % 10) {
	case 0:
		return 0;
	case 1:
		return mask;
	case 2:
		return mask >> 1;
	case 3:
		return (mask >> 1) + 1;
	case 4:
		return 1;
	case 5:
		return mask - 1;
	case 6:
		return r % (2 * bits);
	case 7:
		return -(r % (2 * bits)) & mask;
	default:
		return r & mask;
	}
}

static void
simd_fill_vector(uint64_t v[2])
{
	unsigned bits = 8u << simd_random() % 4;

	for (unsigned i = 0; i < 2; i++) {
		v[i] = 0;
		for (unsigned at = 0; at < 64; at += bits)
			v[i] |= simd_number(bits) << at;
	}
}

static void
simd_fill(struct simd_regs *r, int memory)
{
	memset(r, 0, sizeof(*r));
	for (unsigned i = 0; i < 32; i++) {
		simd_fill_vector(r->v[i]);
		if (!memory)
			r->x[i] = simd_number(64);
		else if (i % 2)
			r->x[i] = simd_random() % 512;
		else
			r->x[i] = (uintptr_t)simd_data + SIMD_BASE +
				simd_random() % 64;
	}
	r->x[30] = r->x[31] = 0;
	if (memory)
		for (unsigned i = 0; i < 64; i++) {
			uint64_t at = simd_random() % 1024;

			simd_data[SIMD_BASE - 512 + at] = simd_random();
		}
}

static uint32_t
simd_word(const char *bits)
{
	uint32_t word = 0, reg = 0;
	unsigned left = 0;

	for (; *bits; bits++) {
		if (strchr("nmd", *bits)) {
			if (!left) {
				left = 5;
				reg = simd_random();
				reg = *bits == 'n' ? 2 + reg % 6 * 2 :
				      *bits == 'm' ? 1 + reg % 4 * 2 :
				      reg % 29;
			}
			word = word << 1 | (reg >> --left & 1);
		} else {
			word = word << 1 | (*bits == '1');
			if (*bits == 'x')
				word |= simd_random() & 1;
		}
	}
	return word;
}

static int
simd_run(uint32_t word, struct simd_regs *r)
{
	simd_code[0] = word;
	simd_code[1] = 0xd65f03c0;	/* RET */
	__builtin___clear_cache((char *)simd_code, (char *)&simd_code[2]);
	if (sigsetjmp(simd_jump, 1))
		return 1;
	simd_call(r, simd_code);
	return 0;
}

static uint64_t
simd_hash(uint64_t h, const void *p, size_t n)
{
	const unsigned char *b = p;

	while (n--)
		h = (h ^ *b++) * UINT64_C(0x100000001b3);
	return h;
}

static void
simd_show(uint32_t word, const struct simd_regs *in,
	  const struct simd_regs *out)
{
	printf("  %08x", word);
	for (unsigned i = 0; i < 32; i++) {
		if (in->x[i] != out->x[i])
			printf(" x%u=%016lx", i, out->x[i]);
		if (memcmp(in->v[i], out->v[i], 16))
			printf(" v%u=%016lx%016lx", i, out->v[i][1],
			       out->v[i][0]);
	}
	printf(" fpsr=%08lx", out->fpsr);
	for (unsigned i = 0; i < 32; i++)
		if ((word & 31) == i || (word >> 5 & 31) == i ||
		    (word >> 16 & 31) == i)
			printf("\n\t\tv%u was %016lx%016lx", i, in->v[i][1],
			       in->v[i][0]);
	printf("\n");
}

static __attribute__((unused)) int
simd_main(int argc, const struct simd_pattern *p, size_t count, int memory)
{
	struct sigaction sa = { .sa_handler = simd_handler };

	/* Fixed addresses make what is hashed reproducible. */
	simd_code = mmap((void *)0x5000000000, 4096,
			 PROT_READ | PROT_WRITE | PROT_EXEC,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	simd_data = mmap((void *)0x5000100000, SIMD_DATA,
			 PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (simd_code == MAP_FAILED || simd_data == MAP_FAILED)
		return 99;
	sigaction(SIGILL, &sa, NULL);
	for (size_t i = 0; i < count; i++) {
		uint64_t h = UINT64_C(0xcbf29ce484222325);
		unsigned undefined = 0;

		simd_seed = (i + 1) * UINT64_C(0x2545f4914f6cdd1d);
		for (unsigned w = 0; w < SIMD_WORDS; w++) {
			uint32_t word = simd_word(p[i].bits);

			for (unsigned c = 0; c < SIMD_CASES; c++) {
				struct simd_regs in, out;

				simd_fill(&in, memory);
				out = in;
				if (simd_run(word, &out)) {
					undefined++;
					break;
				}
				if (argc > 1)
					simd_show(word, &in, &out);
				h = simd_hash(h, &out, sizeof(out));
			}
		}
		if (memory)
			h = simd_hash(h, simd_data, SIMD_DATA);
		printf("%-28s %016lx undefined %u\n", p[i].name, h, undefined);
	}
	return 0;
}

#define SIMD_MAIN(memory) \
int \
main(int argc, char **argv) \
{ \
	(void)argv; \
	return simd_main(argc, patterns, \
			 sizeof(patterns) / sizeof(patterns[0]), memory); \
}
