/*
 * state.c - random register and memory contents, and hashes of them.
 *
 * Most of the state comes from pools that are filled once: mixtures of random
 * bits, borders of integers, and floating-point numbers of each format with
 * many zeros, denormals, infinities, NaNs with payloads, largest numbers and
 * ties.
 */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

enum {
	POOL = 512,		/* entries of a kind */
	NR_KINDS = 6,		/* random, bytes, half, single, double, bf16 */
	NR_BLOCKS = 16,		/* of memory */
};

static uint64_t int_pool[POOL];
static uint64_t vec_pool[NR_KINDS][POOL];
static uint64_t mem_pool[NR_BLOCKS][WINDOW / 4];

static uint64_t
random_integer(void)
{
	uint64_t r = rnd(), v = rnd();

	switch (r & 7) {
	case 0:
		v = 0;
		break;
	case 1:
		v = UINT64_C(1) << (v & 63);
		break;
	case 2:
		v >>= r >> 8 & 63;
		break;
	case 3:		/* the borders of 8, 16, 32, 64 bits */
		v = (UINT64_C(1) << ((8 << (v & 3)) - 1)) - (v >> 2 & 3) + 1;
		break;
	case 4:
		v = (uint32_t)v | (v & UINT64_C(0xffffffff)) << 32;
		break;
	default:
		return v;
	}
	if (r >> 16 & 1)
		v = -v;
	return r >> 17 & 1 ? v : v + (r >> 18 & 3) - 1;
}

/* A number with `e' bits of exponent and `f' of fraction. */
static uint64_t
random_fp(unsigned e, unsigned f)
{
	uint64_t emax = (UINT64_C(1) << e) - 1, bias = emax >> 1;
	uint64_t fmask = (UINT64_C(1) << f) - 1;
	uint64_t r = rnd(), exp, frac = rnd() & fmask;

	switch (r & 7) {
	case 0:
		frac = 0;
		break;
	case 1:
		frac = fmask;
		break;
	case 2:		/* few bits: exact results and ties */
		frac = (r >> 8 & 7) << (f - 3);
		break;
	case 3:
		frac = r >> 8 & 3;
		break;
	}
	switch (r >> 16 & 15) {
	case 0:
		exp = 0;
		frac = 0;
		break;
	case 1:
		exp = 0;
		break;
	case 2:
		exp = 0;
		frac >>= r >> 24 & 31;
		break;
	case 3:
		exp = emax;
		frac = 0;
		break;
	case 4:
		exp = emax;
		break;
	case 5:		/* the largest */
		exp = emax - 1 - (r >> 24 & 1);
		break;
	case 6:		/* the least normal numbers */
		exp = 1 + (r >> 24 & 1);
		break;
	case 7:
		exp = r >> 24 & emax;
		break;
	case 8:		/* near the borders of integers */
		exp = bias + (r >> 24 & 63);
		break;
	case 9:		/* products that are hardly representable */
		exp = bias / 2 + (r >> 24 & 3);
		break;
	default:
		exp = bias + (r >> 24 & 15) - 8;
	}
	if (exp > emax)
		exp = emax - 1;
	return (r >> 40 & 1) << (e + f) | exp << f | frac;
}

static uint64_t
random_lanes(unsigned kind)
{
	uint64_t v = 0;

	switch (kind) {
	case 0:
		return random_integer();
	case 1:		/* bytes at their borders */
		for (int i = 0; i < 64; i += 8)
			v |= (rnd() & 7 ? rnd() & 0xff :
			      0x7f + (rnd() & 3)) << i;
		return v;
	case 2:
		for (int i = 0; i < 64; i += 16)
			v |= random_fp(5, 10) << i;
		return v;
	case 3:
		return random_fp(8, 23) | random_fp(8, 23) << 32;
	case 4:
		return random_fp(11, 52);
	default:
		for (int i = 0; i < 64; i += 16)
			v |= random_fp(8, 7) << i;
		return v;
	}
}

void
state_setup(uint64_t seed)
{
	uint64_t *literals = (uint64_t *)LITERALS;

	rnd_seed(mix(seed, 1));
	for (int i = 0; i < POOL; i++)
		int_pool[i] = random_integer();
	for (int kind = 0; kind < NR_KINDS; kind++)
		for (int i = 0; i < POOL; i++)
			vec_pool[kind][i] = random_lanes(kind);
	for (int b = 0; b < NR_BLOCKS; b++)
		for (int i = 0; i < WINDOW / 4; i++)
			mem_pool[b][i] = rnd() & 1 ? rnd() :
				vec_pool[b % NR_KINDS][rnd() % POOL];
	for (int i = 0; i < LITERALS_SIZE / 8; i++)
		literals[i] = vec_pool[i % NR_KINDS][rnd() % POOL];
}

/* Rounding modes, flush-to-zero, default NaNs, alternative half precision. */
static uint64_t
random_fpcr(uint64_t r)
{
	uint64_t v = (r & 3) << 22;

	if (!(r >> 2 & 3))
		v |= 1 << 24;
	if (!(r >> 4 & 3))
		v |= 1 << 25;
	if (!(r >> 6 & 3))
		v |= 1 << 19;
	if (!(r >> 8 & 7))
		v |= 1 << 26;
	return r >> 12 & 1 ? v : 0;
}

void
state_init(uint64_t seed)
{
	struct state *s = STATE;
	uint64_t r, favourite;

	rnd_seed(seed);
	r = rnd();
	s->nzcv = r & 0xf0000000;
	s->fpcr = random_fpcr(r >> 32);
	s->fpsr = 0;
	favourite = (r & 0xff) % NR_KINDS;
	memcpy((void *)(MEM_CENTRE - WINDOW), mem_pool[r >> 8 & 15],
	       2 * WINDOW);
	for (int i = 0; i < 31; i++) {
		r = rnd();
		s->x[i] = r >> 32 & 1 ? int_pool[r % POOL] : rnd();
	}
	s->x[BASE] = MEM_CENTRE;
	s->sp = s->x[0] & UINT64_C(0xfffffffffff0);
	for (int i = 0; i < 32; i++) {
		unsigned kind;

		r = rnd();
		kind = r & 1 ? favourite : (r >> 8 & 0xff) % NR_KINDS;
		s->v[i][0] = vec_pool[kind][(r >> 16) % POOL];
		s->v[i][1] = vec_pool[kind][(r >> 32) % POOL];
	}
}

uint64_t
hash_step(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

static uint64_t
hash_words(uint64_t h, const uint64_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = hash_step(h, p[i]);
	return h;
}

uint64_t
hash_state(uint64_t h, const struct state *s)
{
	return hash_words(h, (const uint64_t *)s, sizeof(*s) / 8);
}

uint64_t
hash_memory(uint64_t h)
{
	return hash_words(h, (uint64_t *)(MEM_CENTRE - WINDOW), WINDOW / 4);
}

void
state_print(const struct state *s)
{
	for (int i = 0; i < 31; i++)
		printf("x%d %016lx\n", i, s->x[i]);
	printf("sp %016lx\n", s->sp);
	for (int i = 0; i < 32; i++)
		printf("v%d %016lx %016lx\n", i, s->v[i][1], s->v[i][0]);
	printf("nzcv %08lx\nfpcr %08lx\nfpsr %08lx\n", s->nzcv, s->fpcr,
	       s->fpsr);
}
