/*
 * emit_const.c - the constants of emit_const.h.
 */
#include "emit_const.h"

#define ALIGNED	__attribute__((aligned(16)))

#define REP(b)	(UINT64_C(0x0101010101010101) * (b))
#define REPH(h)	(UINT64_C(0x0001000100010001) * (h))
#define REPS(s)	(UINT64_C(0x0000000100000001) * (s))
#define ALL(v)	{ v, v }

#define S1(v)	{ v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v }
#define S4(v)	S1(v), S1(v + 1), S1(v + 2), S1(v + 3)
#define S16(v)	S4(v), S4(v + 4), S4(v + 8), S4(v + 12)
#define S64(v)	S16(v), S16(v + 16), S16(v + 32), S16(v + 48)

const uint8_t x64_splat8[256][16] ALIGNED = {
	S64(0), S64(64), S64(128), S64(192)
};

const uint64_t x64_low[4][2] ALIGNED = {
	{ UINT8_MAX }, { UINT16_MAX }, { UINT32_MAX }, { UINT64_MAX },
};

#define B_SIGN	UINT64_C(0x80)
#define H_SIGN	UINT64_C(0x8000)
#define S_SIGN	UINT64_C(0x80000000)
#define D_SIGN	(UINT64_C(1) << 63)

const uint64_t x64_sign[4][3][2] ALIGNED = {
	{ { B_SIGN }, { REP(B_SIGN) }, ALL(REP(B_SIGN)) },
	{ { H_SIGN }, { REPH(H_SIGN) }, ALL(REPH(H_SIGN)) },
	{ { S_SIGN }, { REPS(S_SIGN) }, ALL(REPS(S_SIGN)) },
	{ { D_SIGN }, { D_SIGN }, ALL(D_SIGN) },
};

const uint64_t x64_magnitude[4][3][2] ALIGNED = {
	{ { B_SIGN - 1 }, { ~REP(B_SIGN) }, ALL(~REP(B_SIGN)) },
	{ { H_SIGN - 1 }, { ~REPH(H_SIGN) }, ALL(~REPH(H_SIGN)) },
	{ { S_SIGN - 1 }, { ~REPS(S_SIGN) }, ALL(~REPS(S_SIGN)) },
	{ { ~D_SIGN }, { ~D_SIGN }, ALL(~D_SIGN) },
};

const uint64_t x64_exp_add[2][2] ALIGNED = {
	ALL(REPS(UINT64_C(1) << 23)), ALL(UINT64_C(1) << 52),
};

const uint64_t x64_exp_test[2][2] ALIGNED = {
	ALL(REPS(UINT64_C(0xfd) << 23)), ALL(UINT64_C(0x7fd) << 52),
};

const uint64_t x64_exp_high[2][2] ALIGNED = {
	ALL(REPS(UINT64_C(0x7f000000))), ALL(UINT64_C(0x7fe) << 52),
};

const uint64_t x64_twice_least[2][2] ALIGNED = {
	ALL(REPS(UINT64_C(1) << 24)), ALL(UINT64_C(1) << 53),
};

const uint64_t x64_half_exp_add[2] ALIGNED = ALL(REPH(1 << 10));
const uint64_t x64_half_exp_test[2] ALIGNED = ALL(REPH(0x1d << 10));

const uint64_t x64_swap[3][2] ALIGNED = {
	{ 0x0607040502030001, 0x0e0f0c0d0a0b0809 },
	{ 0x0405060700010203, 0x0c0d0e0f08090a0b },
	{ 0x0001020304050607, 0x08090a0b0c0d0e0f },
};

const uint64_t x64_narrow[3][2] ALIGNED = {
	{ 0x0e0c0a0806040200, REP(0x80) },
	{ 0x0d0c090805040100, REP(0x80) },
	{ 0x0b0a090803020100, REP(0x80) },
};

const uint64_t x64_splat_b8[2] ALIGNED = { 0, REP(0x80) };
const uint64_t x64_low_bytes[2] ALIGNED = {
	UINT64_C(0x8080808080800800), REP(0x80)
};

const uint64_t x64_nibble_cnt[2] ALIGNED = {
	0x0302020102010100, 0x0403030203020201,
};

const uint64_t x64_nibble_rev[2] ALIGNED = {
	0x0e060a020c040800, 0x0f070b030d050901,
};

const uint64_t x64_even[3][2] ALIGNED = {
	ALL(REPH(0xff)), ALL(REPS(0xffff)), ALL(UINT32_MAX),
};

const uint64_t x64_one16[2] ALIGNED = ALL(REPH(1));

const uint64_t x64_ones_above64[2] ALIGNED = {
	0, REPS(UINT64_C(0x3f800000))
};
const uint64_t x64_round32[2] ALIGNED = ALL(UINT64_C(1) << 31);
const uint64_t x64_fp_half[2][2] ALIGNED = {
	ALL(REPS(UINT64_C(0x3f000000))), ALL(UINT64_C(0x3fe) << 52),
};
const uint64_t x64_fp_one[2][2] ALIGNED = {
	ALL(REPS(UINT64_C(0x3f800000))), ALL(UINT64_C(0x3ff) << 52),
};
const uint64_t x64_least32[2] ALIGNED = ALL(REPS(S_SIGN));
const uint64_t x64_below_2_31[2] ALIGNED = ALL(REPS(UINT64_C(0x4effffff)));
