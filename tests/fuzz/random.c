/*
 * random.c - pseudo-random numbers (splitmix64), the same on every machine.
 */
#include "fuzz.h"

static uint64_t state;

static uint64_t
scramble(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t
mix(uint64_t a, uint64_t b)
{
	return scramble(a + scramble(b + UINT64_C(0x9e3779b97f4a7c15)));
}

void
rnd_seed(uint64_t seed)
{
	state = seed;
}

uint64_t
rnd(void)
{
	state += UINT64_C(0x9e3779b97f4a7c15);
	return scramble(state);
}

bool
one_in(unsigned n)
{
	return (uint32_t)(rnd() >> 32) % n == 0;
}
