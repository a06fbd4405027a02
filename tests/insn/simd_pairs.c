/*
 * simd_pairs.c - instructions that are translated as one when they come
 * together: AESE and AESMC, AESD and AESIMC. The result must be that of both
 * with something in between, in registers of all kinds; and pairs that look
 * similar are none.
 *
 * TEST-CFLAGS: -march=armv8-a+crypto
 */
#include <arm_neon.h>
#include <stdint.h>
#include <stdlib.h>

#include "../guest/check.h"

/* first and second on the state, v_n, with the key in v_m; in between nothing,
 * or a NOP; the second writes v_d. */
#define PAIR(first, second, between, n, m, d) __extension__ ({ \
	uint8x16_t out; \
	__asm__("mov	v" #n ".16b, %1.16b\n\t" \
		"mov	v" #m ".16b, %2.16b\n\t" \
		"mov	v" #d ".16b, v" #d ".16b\n\t" \
		"b	1f\n" \
		"1:	" first "	v" #n ".16b, v" #m ".16b\n\t" \
		between \
		second "	v" #d ".16b, v" #n ".16b\n\t" \
		"mov	%0.16b, v" #d ".16b\n\t" \
		"eor	%0.16b, %0.16b, v" #n ".16b\n\t" \
		: "=w"(out) : "w"(state), "w"(key) \
		: "v" #n, "v" #m, "v" #d); \
	out; })

#define SAME(first, second, n, m, d) do { \
	uint8x16_t a = PAIR(first, second, "", n, m, d); \
	uint8x16_t b = PAIR(first, second, "nop\n\t", n, m, d); \
\
	CHECK(vmaxvq_u8(veorq_u8(a, b)) == 0); \
} while (0)

/* The registers: pinned ones, some that only EVEX reaches, some that live in
 * memory; the key is the state; the destination is another one. */
#define EACH(first, second) do { \
	SAME(first, second, 0, 1, 0); \
	SAME(first, second, 20, 21, 20); \
	SAME(first, second, 12, 13, 12); \
	SAME(first, second, 0, 22, 0); \
	SAME(first, second, 14, 3, 14); \
	SAME(first, second, 5, 5, 5); \
	SAME(first, second, 0, 1, 2); \
	SAME(first, second, 20, 1, 12); \
} while (0)

int
main(void)
{
	/* FIPS 197, appendix B: a round's input, key and result. */
	static const uint8_t input[16] = {
		0x32, 0x43, 0xf6, 0xa8, 0x88, 0x5a, 0x30, 0x8d,
		0x31, 0x31, 0x98, 0xa2, 0xe0, 0x37, 0x07, 0x34,
	}, cipher_key[16] = {
		0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
		0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c,
	}, mixed[16] = {
		0x04, 0x66, 0x81, 0xe5, 0xe0, 0xcb, 0x19, 0x9a,
		0x48, 0xf8, 0xd3, 0x7a, 0x28, 0x06, 0x26, 0x4c,
	};
	uint8x16_t state = vld1q_u8(input), key = vld1q_u8(cipher_key), r;
	unsigned i, j;

	r = vaesmcq_u8(vaeseq_u8(state, key));
	CHECK(vmaxvq_u8(veorq_u8(r, vld1q_u8(mixed))) == 0);
	srand(1);
	for (i = 0; i < 50; i++) {
		EACH("aese", "aesmc");
		EACH("aesd", "aesimc");
		EACH("aese", "aesimc");
		EACH("aesd", "aesmc");
		for (j = 0; j < 16; j++) {
			state[j] = (uint8_t)rand();
			key[j] = (uint8_t)rand();
		}
	}
	check_group("pairs");
	return 0;
}
