/*
 * reference.h - what the integer and flag operations mean.
 *
 * One ref_<name>() per row of ir_int.def. The interpreter is made of these,
 * the constant folder calls them and emitters are tested against them, so
 * they favour the obvious form. They are total: every input has a result and
 * none is undefined behaviour in C.
 *
 * t is IT8..IT64. Operands are zero-extended from t to 64 bits unless said
 * otherwise, and so are results. Pure functions, safe anywhere.
 */
#ifndef FERRY_IR_REFERENCE_H
#define FERRY_IR_REFERENCE_H

#include "../../runtime/vm/flags_a64.h"

/* The interpreter's speed depends on t being a constant inside. */
#define REF static inline __attribute__((always_inline))

/* Integer types: log2 of the size in bytes. */
enum { IT8, IT16, IT32, IT64 };

/* Condition flags: an enum a64_flag_kind and its operands. */
struct ir_flags {
	uint32_t kind;
	uint64_t a, b;
};

REF unsigned
it_bits(unsigned t)
{
	return 8u << t;
}

REF uint64_t
ref_zext(unsigned t, uint64_t a)
{
	switch (t) {
	case IT8:
		return (uint8_t)a;
	case IT16:
		return (uint16_t)a;
	case IT32:
		return (uint32_t)a;
	default:
		return a;
	}
}

REF uint64_t
ref_sext(unsigned t, uint64_t a)
{
	switch (t) {
	case IT8:
		return (int8_t)a;
	case IT16:
		return (int16_t)a;
	case IT32:
		return (int32_t)a;
	default:
		return a;
	}
}

REF uint64_t
ref_add(unsigned t, uint64_t a, uint64_t b)
{
	return ref_zext(t, a + b);
}

REF uint64_t
ref_sub(unsigned t, uint64_t a, uint64_t b)
{
	return ref_zext(t, a - b);
}

REF uint64_t
ref_mul(unsigned t, uint64_t a, uint64_t b)
{
	return ref_zext(t, a * b);
}

REF uint64_t
ref_umulh(unsigned t, uint64_t a, uint64_t b)
{
	return ref_zext(t, (unsigned __int128)a * b >> it_bits(t));
}

REF uint64_t
ref_smulh(unsigned t, uint64_t a, uint64_t b)
{
	__int128 p = (__int128)(int64_t)ref_sext(t, a) *
		     (int64_t)ref_sext(t, b);

	return ref_zext(t, p >> it_bits(t));
}

REF uint64_t
ref_udiv(unsigned t, uint64_t a, uint64_t b)
{
	(void)t;
	return b ? a / b : 0;
}

REF uint64_t
ref_sdiv(unsigned t, uint64_t a, uint64_t b)
{
	int64_t x = ref_sext(t, a), y = ref_sext(t, b);

	if (!y)
		return 0;
	if (y == -1)
		return ref_zext(t, -(uint64_t)x);
	return ref_zext(t, x / y);
}

REF uint64_t
ref_and(unsigned t, uint64_t a, uint64_t b)
{
	(void)t;
	return a & b;
}

REF uint64_t
ref_or(unsigned t, uint64_t a, uint64_t b)
{
	(void)t;
	return a | b;
}

REF uint64_t
ref_xor(unsigned t, uint64_t a, uint64_t b)
{
	(void)t;
	return a ^ b;
}

REF uint64_t
ref_andn(unsigned t, uint64_t a, uint64_t b)
{
	(void)t;
	return a & ~b;
}

REF uint64_t
ref_shl(unsigned t, uint64_t a, uint64_t n)
{
	return ref_zext(t, a << (n & (it_bits(t) - 1)));
}

REF uint64_t
ref_shr(unsigned t, uint64_t a, uint64_t n)
{
	return a >> (n & (it_bits(t) - 1));
}

REF uint64_t
ref_sar(unsigned t, uint64_t a, uint64_t n)
{
	int64_t x = ref_sext(t, a);

	return ref_zext(t, x >> (n & (it_bits(t) - 1)));
}

REF uint64_t
ref_ror(unsigned t, uint64_t a, uint64_t n)
{
	unsigned w = it_bits(t);

	n &= w - 1;
	return ref_zext(t, a >> n | a << (-n & (w - 1)));
}

REF uint64_t
ref_not(unsigned t, uint64_t a)
{
	return ref_zext(t, ~a);
}

REF uint64_t
ref_neg(unsigned t, uint64_t a)
{
	return ref_zext(t, -a);
}

REF uint64_t
ref_clz(unsigned t, uint64_t a)
{
	return a ? __builtin_clzll(a) - (64 - it_bits(t)) : it_bits(t);
}

REF uint64_t
ref_cls(unsigned t, uint64_t a)
{
	int64_t x = ref_sext(t, a);

	return ref_clz(t, ref_zext(t, x ^ x >> 63)) - 1;
}

REF uint64_t
ref_rbit(unsigned t, uint64_t a)
{
	a = (a & 0x5555555555555555) << 1 | (a >> 1 & 0x5555555555555555);
	a = (a & 0x3333333333333333) << 2 | (a >> 2 & 0x3333333333333333);
	a = (a & 0x0f0f0f0f0f0f0f0f) << 4 | (a >> 4 & 0x0f0f0f0f0f0f0f0f);
	return __builtin_bswap64(a) >> (64 - it_bits(t));
}

REF uint64_t
ref_bswap(unsigned t, uint64_t a)
{
	return __builtin_bswap64(a) >> (64 - it_bits(t));
}

REF uint64_t
ref_bswap16(unsigned t, uint64_t a)
{
	(void)t;
	return (a & 0x00ff00ff00ff00ff) << 8 | (a >> 8 & 0x00ff00ff00ff00ff);
}

REF uint64_t
ref_bswap32(unsigned t, uint64_t a)
{
	a = __builtin_bswap64(a);
	return ref_zext(t, a << 32 | a >> 32);
}

REF uint64_t
ref_extract(unsigned t, uint64_t a, uint64_t b, unsigned n)
{
	unsigned w = it_bits(t);

	n &= w - 1;
	return n ? ref_zext(t, b >> n | a << (w - n)) : b;
}

/* reference.c */
uint64_t ref_crc32(unsigned t, uint64_t crc, uint64_t data);
uint64_t ref_crc32c(unsigned t, uint64_t crc, uint64_t data);

REF uint64_t
ref_choose(bool c, uint64_t a, uint64_t b)
{
	return c ? a : b;
}

REF bool
ref_eq(unsigned t, uint64_t a, uint64_t b)
{
	(void)t;
	return a == b;
}

REF bool
ref_ne(unsigned t, uint64_t a, uint64_t b)
{
	(void)t;
	return a != b;
}

REF bool
ref_ult(unsigned t, uint64_t a, uint64_t b)
{
	(void)t;
	return a < b;
}

REF bool
ref_slt(unsigned t, uint64_t a, uint64_t b)
{
	return (int64_t)ref_sext(t, a) < (int64_t)ref_sext(t, b);
}

REF bool
ref_bit(uint64_t a, unsigned n)
{
	return a >> n & 1;
}

REF bool
ref_band(bool a, bool b)
{
	return a & b;
}

REF bool
ref_bor(bool a, bool b)
{
	return a | b;
}

REF bool
ref_bnot(bool a)
{
	return !a;
}

REF uint64_t
ref_btoi(bool a)
{
	return a;
}

/* Flags. */

REF struct ir_flags
ref_fl_add(unsigned t, uint64_t a, uint64_t b)
{
	return (struct ir_flags){ t == IT64 ? FLAG_ADD64 : FLAG_ADD32, a, b };
}

REF struct ir_flags
ref_fl_sub(unsigned t, uint64_t a, uint64_t b)
{
	return (struct ir_flags){ t == IT64 ? FLAG_SUB64 : FLAG_SUB32, a, b };
}

REF struct ir_flags
ref_fl_logic(unsigned t, uint64_t a)
{
	return (struct ir_flags){ t == IT64 ? FLAG_LOGIC64 : FLAG_LOGIC32,
				  a, 0 };
}

REF struct ir_flags
ref_fl_adc(unsigned t, uint64_t a, uint64_t b, bool c)
{
	unsigned top = it_bits(t) - 1;
	unsigned __int128 sum = (unsigned __int128)a + b + c;
	uint64_t r = ref_zext(t, sum);
	uint32_t nzcv = a64_nzcv_pack(r >> top, !r, sum >> (top + 1) & 1,
				      (~(a ^ b) & (a ^ r)) >> top & 1);

	return (struct ir_flags){ FLAG_NZCV, nzcv, 0 };
}

REF struct ir_flags
ref_fl_nzcv(uint64_t nzcv)
{
	return (struct ir_flags){ FLAG_NZCV, nzcv & 0xf0000000, 0 };
}

REF struct ir_flags
ref_fl_select(bool c, struct ir_flags a, struct ir_flags b)
{
	return c ? a : b;
}

REF uint64_t
ref_fl_bits(struct ir_flags f)
{
	return a64_flags_nzcv(f.kind, f.a, f.b);
}

REF bool
ref_fl_carry(struct ir_flags f)
{
	switch ((enum a64_flag_kind)f.kind) {
	case FLAG_SUB32:
	case FLAG_SUB64:
		return f.a >= f.b;
	case FLAG_LOGIC32:
	case FLAG_LOGIC64:
		return false;
	default:
		return ref_fl_bits(f) & A64_C;
	}
}

/* Whether condition n holds of NZCV in bits 31..28 (Arm ARM C1.2.4). */
REF bool
ref_cond_nzcv(uint32_t nzcv, unsigned n)
{
	/* Bit i of an entry: does it hold when NZCV is i? */
	static const uint16_t holds[16] = {
		0xf0f0, 0x0f0f,		/* EQ NE: Z */
		0xcccc, 0x3333,		/* CS CC: C */
		0xff00, 0x00ff,		/* MI PL: N */
		0xaaaa, 0x5555,		/* VS VC: V */
		0x0c0c, 0xf3f3,		/* HI LS: C && !Z */
		0xaa55, 0x55aa,		/* GE LT: N == V */
		0x0a05, 0xf5fa,		/* GT LE: N == V && !Z */
		0xffff, 0xffff,		/* AL NV */
	};

	return holds[n] >> (nzcv >> 28) & 1;
}

/* Condition n of a - b, as unsigned and as signed operands. */
REF bool
ref_cond_sub(unsigned n, uint64_t a, uint64_t b, int64_t sa, int64_t sb,
	     bool minus, bool overflow)
{
	bool c;

	switch (n >> 1) {
	case 0:
		c = a == b;
		break;
	case 1:
		c = a >= b;
		break;
	case 2:
		c = minus;
		break;
	case 3:
		c = overflow;
		break;
	case 4:
		c = a > b;
		break;
	case 5:
		c = sa >= sb;
		break;
	case 6:
		c = sa > sb;
		break;
	default:
		return true;
	}
	return c ^ (n & 1);
}

/* Condition n of a logical result: C = V = 0. */
REF bool
ref_cond_logic(unsigned n, int64_t r)
{
	if (n >> 1 == 1 || n >> 1 == 4)
		return n & 1;
	return ref_cond_sub(n, r, 0, r, 0, r < 0, false);
}

/* The common producers compare their operands, when n is known beforehand;
 * the rest goes by way of NZCV. */
REF bool
ref_cond(struct ir_flags f, unsigned n)
{
	int64_t r;
	int32_t w;

	if (n >= 14)
		return true;
	if (__builtin_constant_p(n)) {
		switch ((enum a64_flag_kind)f.kind) {
		case FLAG_SUB64:
			return ref_cond_sub(n, f.a, f.b, f.a, f.b,
				(int64_t)(f.a - f.b) < 0,
				__builtin_sub_overflow((int64_t)f.a,
						       (int64_t)f.b, &r));
		case FLAG_SUB32:
			return ref_cond_sub(n, (uint32_t)f.a, (uint32_t)f.b,
				(int32_t)f.a, (int32_t)f.b,
				(int32_t)(f.a - f.b) < 0,
				__builtin_sub_overflow((int32_t)f.a,
						       (int32_t)f.b, &w));
		case FLAG_LOGIC64:
			return ref_cond_logic(n, f.a);
		case FLAG_LOGIC32:
			return ref_cond_logic(n, (int32_t)f.a);
		default:
			break;
		}
	}
	return ref_cond_nzcv(ref_fl_bits(f), n);
}

#endif
