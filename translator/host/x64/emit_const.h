/*
 * emit_const.h - 128-bit constants that emitted code reads.
 *
 * They are in the program's read-only data and addressed relative to RIP, so
 * they cost neither a register nor a move to load. Each is aligned to 16.
 */
#ifndef FERRY_X64_EMIT_CONST_H
#define FERRY_X64_EMIT_CONST_H

#include "../../../runtime/base/base.h"

/* All bytes the same: [v] is v in each. */
extern const uint8_t x64_splat8[256][16];

/* The low bits: [0] 8, [1] 16, [2] 32, [3] 64. */
extern const uint64_t x64_low[4][2];

/* Sign bits of lanes of 1 << es bytes: [es][0] of one lane, [1] of 64 bits,
 * [2] of 128. And everything but the sign, of the same bits. */
extern const uint64_t x64_sign[4][3][2];
extern const uint64_t x64_magnitude[4][3][2];

/* Two constants for each floating-point format, [es == ES64]: added to a
 * number, the first turns exponents of 1 and all ones into ones that have no
 * bit of the second; see emit_fp.h. */
extern const uint64_t x64_exp_add[2][2];
extern const uint64_t x64_exp_test[2][2];

/* By the same index: all of the exponent but its last bit; twice the least
 * normal number (its high word). */
extern const uint64_t x64_exp_high[2][2];
extern const uint64_t x64_twice_least[2][2];

/* As the first two, for halves. */
extern const uint64_t x64_half_exp_add[2];
extern const uint64_t x64_half_exp_test[2];

/* Byte numbers for pshufb. */
extern const uint64_t x64_swap[3][2];	/* bytes of each 2, 4, 8 */
extern const uint64_t x64_narrow[3][2];	/* low halves of 2, 4, 8 bytes */
extern const uint64_t x64_splat_b8[2];	/* byte 0 to 0..7, zeros above */
extern const uint64_t x64_low_bytes[2];	/* byte 0 of each 8, packed */

/* Bits set in a nibble; the nibble's bits reversed. */
extern const uint64_t x64_nibble_cnt[2];
extern const uint64_t x64_nibble_rev[2];

/* Lanes of 16, 32 or 64 bits that keep their low half. */
extern const uint64_t x64_even[3][2];
extern const uint64_t x64_one16[2];		/* 1 in all lanes */

extern const uint64_t x64_ones_above64[2];	/* 1.0f in lanes 2 and 3 */
extern const uint64_t x64_least32[2];		/* INT32_MIN in all lanes */
extern const uint64_t x64_round32[2];		/* 1 << 31 of 64 bits */
/* One half, and one: [es == ES64]. */
extern const uint64_t x64_fp_half[2][2];
extern const uint64_t x64_fp_one[2][2];
/* The greatest pattern of a float below 2^31, as integers. */
extern const uint64_t x64_below_2_31[2];

#endif
