/*
 * reference.c - the operations that need tables: CRC-32.
 *
 * A64's CRC32 instructions update a bit-reflected remainder a byte at a time,
 * low byte first, without inverting it before or after.
 */
#include "reference.h"

/* The remainder after one more zero bit. */
#define STEP(r, poly)	((r) >> 1 ^ ((r) & 1 ? (poly) : 0))

/* Remainders of the eight single-bit bytes, 0x80 first: each follows from the
 * one before; an enum keeps the expressions from growing. */
enum {
	IEEE = 0xedb88320, IEEE_80 = IEEE,
	IEEE_40 = STEP((uint32_t)IEEE_80, IEEE),
	IEEE_20 = STEP((uint32_t)IEEE_40, IEEE),
	IEEE_10 = STEP((uint32_t)IEEE_20, IEEE),
	IEEE_08 = STEP((uint32_t)IEEE_10, IEEE),
	IEEE_04 = STEP((uint32_t)IEEE_08, IEEE),
	IEEE_02 = STEP((uint32_t)IEEE_04, IEEE),
	IEEE_01 = STEP((uint32_t)IEEE_02, IEEE),

	CAST = 0x82f63b78, CAST_80 = CAST,
	CAST_40 = STEP((uint32_t)CAST_80, CAST),
	CAST_20 = STEP((uint32_t)CAST_40, CAST),
	CAST_10 = STEP((uint32_t)CAST_20, CAST),
	CAST_08 = STEP((uint32_t)CAST_10, CAST),
	CAST_04 = STEP((uint32_t)CAST_08, CAST),
	CAST_02 = STEP((uint32_t)CAST_04, CAST),
	CAST_01 = STEP((uint32_t)CAST_02, CAST),
};

/* A byte's remainder is the sum of its bits'. */
#define BYTE(P, i) \
	((i) & 0x80 ? P##_80 : 0) ^ ((i) & 0x40 ? P##_40 : 0) ^ \
	((i) & 0x20 ? P##_20 : 0) ^ ((i) & 0x10 ? P##_10 : 0) ^ \
	((i) & 0x08 ? P##_08 : 0) ^ ((i) & 0x04 ? P##_04 : 0) ^ \
	((i) & 0x02 ? P##_02 : 0) ^ ((i) & 0x01 ? P##_01 : 0)
#define BYTES4(P, i)	BYTE(P, i), BYTE(P, (i) + 1), BYTE(P, (i) + 2), \
			BYTE(P, (i) + 3)
#define BYTES16(P, i)	BYTES4(P, i), BYTES4(P, (i) + 4), \
			BYTES4(P, (i) + 8), BYTES4(P, (i) + 12)
#define BYTES64(P, i)	BYTES16(P, i), BYTES16(P, (i) + 16), \
			BYTES16(P, (i) + 32), BYTES16(P, (i) + 48)

static const uint32_t ieee[256] = {
	BYTES64(IEEE, 0), BYTES64(IEEE, 64), BYTES64(IEEE, 128),
	BYTES64(IEEE, 192),
};

static const uint32_t castagnoli[256] = {
	BYTES64(CAST, 0), BYTES64(CAST, 64), BYTES64(CAST, 128),
	BYTES64(CAST, 192),
};

static uint32_t
crc_update(const uint32_t table[256], unsigned t, uint32_t crc, uint64_t data)
{
	for (unsigned n = 1u << t; n > 0; n--) {
		crc = table[(crc ^ data) & 255] ^ crc >> 8;
		data >>= 8;
	}
	return crc;
}

uint64_t
ref_crc32(unsigned t, uint64_t crc, uint64_t data)
{
	return crc_update(ieee, t, crc, data);
}

uint64_t
ref_crc32c(unsigned t, uint64_t crc, uint64_t data)
{
	return crc_update(castagnoli, t, crc, data);
}
