/*
 * calls.c - calls and returns, direct and through pointers, and the dispatch
 * loops of interpreters.
 */
#include "kernel.h"

static __attribute__((noinline)) uint32_t
fib(uint32_t n)
{
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static uint64_t
recursion(long rounds)
{
	uint64_t sum = 0;

	while (rounds--)
		sum += fib(25);
	return sum;
}

#define FN(name, expr) static __attribute__((noinline)) uint64_t \
	name(uint64_t x) { return expr; }
FN(f_add, x + 3)
FN(f_xor, x ^ x >> 7)
FN(f_mul, x * 5)
FN(f_rot, x << 9 | x >> 55)
FN(f_sub, x - 11)
FN(f_not, ~x)
FN(f_shl, x + (x << 4))
FN(f_dec, x - 1)

static uint64_t (*volatile const table[8])(uint64_t) = {
	f_add, f_xor, f_mul, f_rot, f_sub, f_not, f_shl, f_dec,
};

static uint64_t
pointers(long rounds)
{
	uint64_t x = 1;
	int i;

	while (rounds--)
		for (i = 0; i < 1000; i++)
			x = table[(x ^ (uint64_t)i) & 7](x);
	return x;
}

/* A byte code with computed gotos, as Python's and Lua's. */
static uint64_t
bytecode(long rounds)
{
	static const uint8_t code[] = {
		0, 1, 4, 2, 5, 3, 0, 6, 1, 2, 0, 4, 5, 3, 6, 2, 1, 0, 7,
	};
	static const void *const at[] = {
		&&add, &&xor, &&shl, &&mul, &&load, &&store, &&test, &&end,
	};
	uint64_t acc = 1, mem[4] = { 3, 5, 7, 11 };
	const uint8_t *pc;

#define NEXT goto *at[*pc++]
	while (rounds--) {
		pc = code;
		NEXT;
add:		acc += mem[acc & 3];
		NEXT;
xor:		acc ^= mem[1];
		NEXT;
shl:		acc = acc << 1 | acc >> 63;
		NEXT;
mul:		acc *= 0x9e3779b97f4a7c15u;
		NEXT;
load:		acc += mem[2];
		NEXT;
store:		mem[acc >> 62] = acc;
		NEXT;
test:		if (acc & 1)
			acc++;
		NEXT;
end:		;
	}
	return acc;
}

static int
by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* The C library calling back. */
static uint64_t
callback(long rounds)
{
	static uint32_t v[2048];
	uint64_t x = 5, sum = 0;
	int i;

	while (rounds--) {
		for (i = 0; i < 2048; i++)
			v[i] = (uint32_t)next_random(&x);
		qsort(v, 2048, sizeof(v[0]), by_value);
		sum += v[1000];
	}
	return sum;
}

const struct kernel kernels[] = {
	{ "recursion", recursion, 1000 },
	{ "pointers", pointers, 120000 },
	{ "bytecode", bytecode, 12000000 },
	{ "callback", callback, 1200 },
	{ NULL, NULL, 0 },
};
