/*
 * reference_crypto.c - the cryptographic operations of ir_vec.def.
 *
 * Each in portable C, written from the algorithms' standards (FIPS 180-4,
 * FIPS 197, GB/T 32905 and 32907) in the steps of the Arm ARM. AES, SHA-1,
 * SHA-256 and the carry-less product also by the host's instructions where
 * the host has them: bulk cryptography is what these exist for.
 *
 * The C forms of AES and SM4 look tables up by secret bytes; the host's do
 * not.
 */
#include <immintrin.h>

#include "../../runtime/base/cpuid.h"
#include "reference_vec.h"

/* --- What the host has ---------------------------------------------------- */

enum {
	HOST_ASKED = 1,		/* the others are valid */
	HOST_AES = 2,
	HOST_PCLMUL = 4,
	HOST_SHA = 8,
};

/* Asked for at first use only: CPUID is slow on virtual machines. Racing
 * threads store the same value. */
static unsigned host_crypto;

static __attribute__((noinline)) unsigned
ask_host(void)
{
	unsigned eax, ebx, ecx, edx, r = HOST_ASKED;

	if (host_cpuid(1, &eax, &ebx, &ecx, &edx)) {
		bool ssse3 = ecx & bit_SSSE3, sse41 = ecx & bit_SSE4_1;

		r |= ecx & bit_AES ? HOST_AES : 0;
		r |= ecx & bit_PCLMUL ? HOST_PCLMUL : 0;
		if (host_cpuid(7, &eax, &ebx, &ecx, &edx) &&
		    ebx & bit_SHA && ssse3 && sse41)
			r |= HOST_SHA;
	}
	__atomic_store_n(&host_crypto, r, __ATOMIC_RELAXED);
	return r;
}

static bool
host_has(unsigned what)
{
	unsigned r = __atomic_load_n(&host_crypto, __ATOMIC_RELAXED);

	if (unlikely(!r))
		r = ask_host();
	return r & what;
}

void
vref_use_host_crypto(bool on)
{
	__atomic_store_n(&host_crypto, on ? 0 : HOST_ASKED, __ATOMIC_RELAXED);
}

static __m128i
to_host(union v128 v)
{
	return _mm_set_epi64x((long long)v.d[1], (long long)v.d[0]);
}

static union v128
from_host(__m128i x)
{
	union v128 v;

	_mm_store_si128((__m128i *)(void *)&v, x);
	return v;
}

static uint32_t
rol32(uint32_t x, unsigned n)
{
	return x << n % 32 | x >> (32 - n) % 32;
}

static uint32_t
ror32(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static uint64_t
ror64(uint64_t x, unsigned n)
{
	return x >> n | x << (64 - n);
}

/* --- Polynomials ---------------------------------------------------------- */

static __attribute__((target("pclmul"))) union v128
host_pmull(union v128 a, union v128 b)
{
	return from_host(_mm_clmulepi64_si128(to_host(a), to_host(b), 0));
}

static union v128
soft_pmull(uint64_t a, uint64_t b)
{
	union v128 r = { .d = { 0, 0 } };

	for (unsigned i = 0; i < 64; i++)
		if (b >> i & 1)
			r.q ^= (unsigned __int128)a << i;
	return r;
}

union v128
ref_vpmull(unsigned s, union v128 a, union v128 b)
{
	union v128 r;

	if (vshape_es(s) == ES128) {
		if (host_has(HOST_PCLMUL))
			return host_pmull(a, b);
		return soft_pmull(a.d[0], b.d[0]);
	}
	for (unsigned i = 0; i < 8; i++) {
		unsigned p = 0;

		for (unsigned k = 0; k < 8; k++)
			p ^= (unsigned)a.b[i] << k & -(b.b[i] >> k & 1u);
		r.h[i] = (uint16_t)p;
	}
	return vtrim(s, r);
}

/* --- AES ------------------------------------------------------------------ */

static const uint8_t aes_sbox[256] = {
	0x63, 0x7c, 0x77, 0x7b, 0xf2, 0x6b, 0x6f, 0xc5, 0x30, 0x01, 0x67, 0x2b,
	0xfe, 0xd7, 0xab, 0x76, 0xca, 0x82, 0xc9, 0x7d, 0xfa, 0x59, 0x47, 0xf0,
	0xad, 0xd4, 0xa2, 0xaf, 0x9c, 0xa4, 0x72, 0xc0, 0xb7, 0xfd, 0x93, 0x26,
	0x36, 0x3f, 0xf7, 0xcc, 0x34, 0xa5, 0xe5, 0xf1, 0x71, 0xd8, 0x31, 0x15,
	0x04, 0xc7, 0x23, 0xc3, 0x18, 0x96, 0x05, 0x9a, 0x07, 0x12, 0x80, 0xe2,
	0xeb, 0x27, 0xb2, 0x75, 0x09, 0x83, 0x2c, 0x1a, 0x1b, 0x6e, 0x5a, 0xa0,
	0x52, 0x3b, 0xd6, 0xb3, 0x29, 0xe3, 0x2f, 0x84, 0x53, 0xd1, 0x00, 0xed,
	0x20, 0xfc, 0xb1, 0x5b, 0x6a, 0xcb, 0xbe, 0x39, 0x4a, 0x4c, 0x58, 0xcf,
	0xd0, 0xef, 0xaa, 0xfb, 0x43, 0x4d, 0x33, 0x85, 0x45, 0xf9, 0x02, 0x7f,
	0x50, 0x3c, 0x9f, 0xa8, 0x51, 0xa3, 0x40, 0x8f, 0x92, 0x9d, 0x38, 0xf5,
	0xbc, 0xb6, 0xda, 0x21, 0x10, 0xff, 0xf3, 0xd2, 0xcd, 0x0c, 0x13, 0xec,
	0x5f, 0x97, 0x44, 0x17, 0xc4, 0xa7, 0x7e, 0x3d, 0x64, 0x5d, 0x19, 0x73,
	0x60, 0x81, 0x4f, 0xdc, 0x22, 0x2a, 0x90, 0x88, 0x46, 0xee, 0xb8, 0x14,
	0xde, 0x5e, 0x0b, 0xdb, 0xe0, 0x32, 0x3a, 0x0a, 0x49, 0x06, 0x24, 0x5c,
	0xc2, 0xd3, 0xac, 0x62, 0x91, 0x95, 0xe4, 0x79, 0xe7, 0xc8, 0x37, 0x6d,
	0x8d, 0xd5, 0x4e, 0xa9, 0x6c, 0x56, 0xf4, 0xea, 0x65, 0x7a, 0xae, 0x08,
	0xba, 0x78, 0x25, 0x2e, 0x1c, 0xa6, 0xb4, 0xc6, 0xe8, 0xdd, 0x74, 0x1f,
	0x4b, 0xbd, 0x8b, 0x8a, 0x70, 0x3e, 0xb5, 0x66, 0x48, 0x03, 0xf6, 0x0e,
	0x61, 0x35, 0x57, 0xb9, 0x86, 0xc1, 0x1d, 0x9e, 0xe1, 0xf8, 0x98, 0x11,
	0x69, 0xd9, 0x8e, 0x94, 0x9b, 0x1e, 0x87, 0xe9, 0xce, 0x55, 0x28, 0xdf,
	0x8c, 0xa1, 0x89, 0x0d, 0xbf, 0xe6, 0x42, 0x68, 0x41, 0x99, 0x2d, 0x0f,
	0xb0, 0x54, 0xbb, 0x16,
};

static const uint8_t aes_inv_sbox[256] = {
	0x52, 0x09, 0x6a, 0xd5, 0x30, 0x36, 0xa5, 0x38, 0xbf, 0x40, 0xa3, 0x9e,
	0x81, 0xf3, 0xd7, 0xfb, 0x7c, 0xe3, 0x39, 0x82, 0x9b, 0x2f, 0xff, 0x87,
	0x34, 0x8e, 0x43, 0x44, 0xc4, 0xde, 0xe9, 0xcb, 0x54, 0x7b, 0x94, 0x32,
	0xa6, 0xc2, 0x23, 0x3d, 0xee, 0x4c, 0x95, 0x0b, 0x42, 0xfa, 0xc3, 0x4e,
	0x08, 0x2e, 0xa1, 0x66, 0x28, 0xd9, 0x24, 0xb2, 0x76, 0x5b, 0xa2, 0x49,
	0x6d, 0x8b, 0xd1, 0x25, 0x72, 0xf8, 0xf6, 0x64, 0x86, 0x68, 0x98, 0x16,
	0xd4, 0xa4, 0x5c, 0xcc, 0x5d, 0x65, 0xb6, 0x92, 0x6c, 0x70, 0x48, 0x50,
	0xfd, 0xed, 0xb9, 0xda, 0x5e, 0x15, 0x46, 0x57, 0xa7, 0x8d, 0x9d, 0x84,
	0x90, 0xd8, 0xab, 0x00, 0x8c, 0xbc, 0xd3, 0x0a, 0xf7, 0xe4, 0x58, 0x05,
	0xb8, 0xb3, 0x45, 0x06, 0xd0, 0x2c, 0x1e, 0x8f, 0xca, 0x3f, 0x0f, 0x02,
	0xc1, 0xaf, 0xbd, 0x03, 0x01, 0x13, 0x8a, 0x6b, 0x3a, 0x91, 0x11, 0x41,
	0x4f, 0x67, 0xdc, 0xea, 0x97, 0xf2, 0xcf, 0xce, 0xf0, 0xb4, 0xe6, 0x73,
	0x96, 0xac, 0x74, 0x22, 0xe7, 0xad, 0x35, 0x85, 0xe2, 0xf9, 0x37, 0xe8,
	0x1c, 0x75, 0xdf, 0x6e, 0x47, 0xf1, 0x1a, 0x71, 0x1d, 0x29, 0xc5, 0x89,
	0x6f, 0xb7, 0x62, 0x0e, 0xaa, 0x18, 0xbe, 0x1b, 0xfc, 0x56, 0x3e, 0x4b,
	0xc6, 0xd2, 0x79, 0x20, 0x9a, 0xdb, 0xc0, 0xfe, 0x78, 0xcd, 0x5a, 0xf4,
	0x1f, 0xdd, 0xa8, 0x33, 0x88, 0x07, 0xc7, 0x31, 0xb1, 0x12, 0x10, 0x59,
	0x27, 0x80, 0xec, 0x5f, 0x60, 0x51, 0x7f, 0xa9, 0x19, 0xb5, 0x4a, 0x0d,
	0x2d, 0xe5, 0x7a, 0x9f, 0x93, 0xc9, 0x9c, 0xef, 0xa0, 0xe0, 0x3b, 0x4d,
	0xae, 0x2a, 0xf5, 0xb0, 0xc8, 0xeb, 0xbb, 0x3c, 0x83, 0x53, 0x99, 0x61,
	0x17, 0x2b, 0x04, 0x7e, 0xba, 0x77, 0xd6, 0x26, 0xe1, 0x69, 0x14, 0x63,
	0x55, 0x21, 0x0c, 0x7d,
};

static __attribute__((target("aes"))) union v128
host_aese(union v128 a)
{
	return from_host(_mm_aesenclast_si128(to_host(a),
					      _mm_setzero_si128()));
}

static __attribute__((target("aes"))) union v128
host_aesd(union v128 a)
{
	return from_host(_mm_aesdeclast_si128(to_host(a),
					      _mm_setzero_si128()));
}

static __attribute__((target("aes"))) union v128
host_aesimc(union v128 a)
{
	return from_host(_mm_aesimc_si128(to_host(a)));
}

/* No instruction mixes columns alone; undoing the other steps first leaves
 * just that. */
static __attribute__((target("aes"))) union v128
host_aesmc(union v128 a)
{
	__m128i zero = _mm_setzero_si128();
	__m128i x = _mm_aesdeclast_si128(to_host(a), zero);

	return from_host(_mm_aesenc_si128(x, zero));
}

/* The state's byte i is row i % 4 of column i / 4; row r moves by r columns. */
union v128
ref_vaese(unsigned s, union v128 a, union v128 b)
{
	union v128 x = ref_vxor(s, a, b), r;

	if (host_has(HOST_AES))
		return host_aese(x);
	for (unsigned i = 0; i < 16; i++)
		r.b[i] = aes_sbox[x.b[(i + i % 4 * 4) % 16]];
	return r;
}

union v128
ref_vaesd(unsigned s, union v128 a, union v128 b)
{
	union v128 x = ref_vxor(s, a, b), r;

	if (host_has(HOST_AES))
		return host_aesd(x);
	for (unsigned i = 0; i < 16; i++)
		r.b[i] = aes_inv_sbox[x.b[(i + 16 - i % 4 * 4) % 16]];
	return r;
}

/* Times x modulo x^8 + x^4 + x^3 + x + 1. */
static unsigned
aes_double(unsigned x)
{
	return (x << 1 ^ (x & 0x80 ? 0x11b : 0)) & 0xff;
}

static union v128
soft_aesmc(union v128 a)
{
	union v128 r;

	for (unsigned i = 0; i < 16; i++) {
		const uint8_t *col = &a.b[i & 12];
		unsigned x0 = col[i % 4], x1 = col[(i + 1) % 4];
		unsigned x2 = col[(i + 2) % 4], x3 = col[(i + 3) % 4];

		r.b[i] = (uint8_t)(aes_double(x0 ^ x1) ^ x1 ^ x2 ^ x3);
	}
	return r;
}

union v128
ref_vaesmc(unsigned s, union v128 a)
{
	(void)s;
	return host_has(HOST_AES) ? host_aesmc(a) : soft_aesmc(a);
}

/* The inverse matrix is the matrix times (5, 0, 4, 0): adding 4 (x0 + x2) to
 * each row first. */
union v128
ref_vaesimc(unsigned s, union v128 a)
{
	union v128 t;

	(void)s;
	if (host_has(HOST_AES))
		return host_aesimc(a);
	for (unsigned i = 0; i < 16; i++) {
		unsigned both = a.b[i] ^ a.b[i ^ 2];

		t.b[i] = (uint8_t)(a.b[i] ^ aes_double(aes_double(both)));
	}
	return soft_aesmc(t);
}

/* --- SHA-1 ---------------------------------------------------------------- */

static uint32_t
sha_choose(uint32_t x, uint32_t y, uint32_t z)
{
	return ((y ^ z) & x) ^ z;
}

static uint32_t
sha_majority(uint32_t x, uint32_t y, uint32_t z)
{
	return (x & y) | ((x | y) & z);
}

static uint32_t
sha_parity(uint32_t x, uint32_t y, uint32_t z)
{
	return x ^ y ^ z;
}

/* Four rounds: a holds a, b, c, d; e is in b; c is the schedule plus K. */
static inline __attribute__((always_inline)) union v128
sha1_rounds(union v128 a, union v128 b, union v128 c,
	    uint32_t (*f)(uint32_t, uint32_t, uint32_t))
{
	uint32_t e = b.s[0];

	for (unsigned i = 0; i < 4; i++) {
		uint32_t t = rol32(a.s[0], 5) + f(a.s[1], a.s[2], a.s[3]) + e +
			c.s[i];

		e = a.s[3];
		a.s[3] = a.s[2];
		a.s[2] = rol32(a.s[1], 30);
		a.s[1] = a.s[0];
		a.s[0] = t;
	}
	return a;
}

/* The host's instruction adds the round constant K itself and has lanes the
 * other way round; e comes added to the first schedule word. */
#define HOST_SHA1(name, number, k) \
static __attribute__((target("sha,sse4.1"))) union v128 \
name(union v128 a, union v128 b, union v128 c) \
{ \
	__m128i w = _mm_sub_epi32(to_host(c), _mm_set1_epi32((int)(k))); \
	__m128i e = _mm_cvtsi32_si128((int)b.s[0]); \
	__m128i x = _mm_shuffle_epi32(_mm_add_epi32(w, e), 0x1b); \
\
	x = _mm_sha1rnds4_epu32(_mm_shuffle_epi32(to_host(a), 0x1b), x, \
				number); \
	return from_host(_mm_shuffle_epi32(x, 0x1b)); \
}
HOST_SHA1(host_sha1c, 0, 0x5a827999)
HOST_SHA1(host_sha1p, 1, 0x6ed9eba1)
HOST_SHA1(host_sha1m, 2, 0x8f1bbcdc)
#undef HOST_SHA1

union v128
ref_vsha1c(unsigned s, union v128 a, union v128 b, union v128 c)
{
	(void)s;
	return host_has(HOST_SHA) ? host_sha1c(a, b, c) :
		sha1_rounds(a, b, c, sha_choose);
}

union v128
ref_vsha1p(unsigned s, union v128 a, union v128 b, union v128 c)
{
	(void)s;
	return host_has(HOST_SHA) ? host_sha1p(a, b, c) :
		sha1_rounds(a, b, c, sha_parity);
}

union v128
ref_vsha1m(unsigned s, union v128 a, union v128 b, union v128 c)
{
	(void)s;
	return host_has(HOST_SHA) ? host_sha1m(a, b, c) :
		sha1_rounds(a, b, c, sha_majority);
}

union v128
ref_vsha1su0(unsigned s, union v128 a, union v128 b, union v128 c)
{
	union v128 mid = { .d = { a.d[1], b.d[0] } };

	return ref_vxor(s, ref_vxor(s, mid, a), c);
}

union v128
ref_vsha1su1(unsigned s, union v128 a, union v128 b)
{
	union v128 r;

	(void)s;
	r.s[0] = rol32(a.s[0] ^ b.s[1], 1);
	r.s[1] = rol32(a.s[1] ^ b.s[2], 1);
	r.s[2] = rol32(a.s[2] ^ b.s[3], 1);
	r.s[3] = rol32(a.s[3] ^ r.s[0], 1);
	return r;
}

/* --- SHA-256 -------------------------------------------------------------- */

static uint32_t
sha256_sum0(uint32_t x)
{
	return ror32(x, 2) ^ ror32(x, 13) ^ ror32(x, 22);
}

static uint32_t
sha256_sum1(uint32_t x)
{
	return ror32(x, 6) ^ ror32(x, 11) ^ ror32(x, 25);
}

static uint32_t
sha256_sigma0(uint32_t x)
{
	return ror32(x, 7) ^ ror32(x, 18) ^ x >> 3;
}

static uint32_t
sha256_sigma1(uint32_t x)
{
	return ror32(x, 17) ^ ror32(x, 19) ^ x >> 10;
}

struct sha256_state {
	union v128 abcd, efgh;
};

/* Four rounds; the lowest lane is a, or e. */
static struct sha256_state
soft_sha256(struct sha256_state st, union v128 w)
{
	uint32_t *x = st.abcd.s, *y = st.efgh.s;

	for (unsigned i = 0; i < 4; i++) {
		uint32_t t = y[3] + sha256_sum1(y[0]) +
			sha_choose(y[0], y[1], y[2]) + w.s[i];
		uint32_t e = x[3] + t;
		uint32_t a = t + sha256_sum0(x[0]) +
			sha_majority(x[0], x[1], x[2]);

		y[3] = y[2];
		y[2] = y[1];
		y[1] = y[0];
		y[0] = e;
		x[3] = x[2];
		x[2] = x[1];
		x[1] = x[0];
		x[0] = a;
	}
	return st;
}

/* The host keeps (c, d, g, h) and (a, b, e, f), the first named in the highest
 * lane, and does two rounds at a time with the schedule's low two words. */
static __attribute__((target("sha,sse4.1"))) struct sha256_state
host_sha256(struct sha256_state st, union v128 w)
{
	__m128i dcba = _mm_shuffle_epi32(to_host(st.abcd), 0x1b);
	__m128i hgfe = _mm_shuffle_epi32(to_host(st.efgh), 0x1b);
	__m128i abef = _mm_unpackhi_epi64(hgfe, dcba);
	__m128i cdgh = _mm_unpacklo_epi64(hgfe, dcba);
	__m128i k = to_host(w);

	cdgh = _mm_sha256rnds2_epu32(cdgh, abef, k);
	abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_srli_si128(k, 8));
	hgfe = _mm_unpacklo_epi64(cdgh, abef);
	dcba = _mm_unpackhi_epi64(cdgh, abef);
	return (struct sha256_state){
		from_host(_mm_shuffle_epi32(dcba, 0x1b)),
		from_host(_mm_shuffle_epi32(hgfe, 0x1b)),
	};
}

static struct sha256_state
sha256_rounds(union v128 abcd, union v128 efgh, union v128 w)
{
	struct sha256_state st = { abcd, efgh };

	return host_has(HOST_SHA) ? host_sha256(st, w) : soft_sha256(st, w);
}

union v128
ref_vsha256h(unsigned s, union v128 a, union v128 b, union v128 c)
{
	(void)s;
	return sha256_rounds(a, b, c).abcd;
}

union v128
ref_vsha256h2(unsigned s, union v128 a, union v128 b, union v128 c)
{
	(void)s;
	return sha256_rounds(b, a, c).efgh;
}

static __attribute__((target("sha,sse4.1"))) union v128
host_sha256su0(union v128 a, union v128 b)
{
	return from_host(_mm_sha256msg1_epu32(to_host(a), to_host(b)));
}

union v128
ref_vsha256su0(unsigned s, union v128 a, union v128 b)
{
	union v128 r;

	(void)s;
	if (host_has(HOST_SHA))
		return host_sha256su0(a, b);
	for (unsigned i = 0; i < 4; i++)
		r.s[i] = a.s[i] + sha256_sigma0(i < 3 ? a.s[i + 1] : b.s[0]);
	return r;
}

static __attribute__((target("sha,sse4.1"))) union v128
host_sha256su1(union v128 a, union v128 b, union v128 c)
{
	__m128i hi = to_host(c);
	__m128i mid = _mm_alignr_epi8(hi, to_host(b), 4);

	return from_host(_mm_sha256msg2_epu32(_mm_add_epi32(to_host(a), mid),
					      hi));
}

union v128
ref_vsha256su1(unsigned s, union v128 a, union v128 b, union v128 c)
{
	union v128 r;

	(void)s;
	if (host_has(HOST_SHA))
		return host_sha256su1(a, b, c);
	for (unsigned i = 0; i < 4; i++) {
		uint32_t old = i < 2 ? c.s[i + 2] : r.s[i - 2];

		r.s[i] = a.s[i] + sha256_sigma1(old) +
			(i < 3 ? b.s[i + 1] : c.s[0]);
	}
	return r;
}

/* --- SHA-512 -------------------------------------------------------------- */

static uint64_t
sha512_sum0(uint64_t x)
{
	return ror64(x, 28) ^ ror64(x, 34) ^ ror64(x, 39);
}

static uint64_t
sha512_sum1(uint64_t x)
{
	return ror64(x, 14) ^ ror64(x, 18) ^ ror64(x, 41);
}

static uint64_t
sha512_sigma0(uint64_t x)
{
	return ror64(x, 1) ^ ror64(x, 8) ^ x >> 7;
}

static uint64_t
sha512_sigma1(uint64_t x)
{
	return ror64(x, 19) ^ ror64(x, 61) ^ x >> 6;
}

/* Two rounds' worth of T1, plus what it adds to: a is (g, h) with the
 * schedule added, b (f, g), c (d, e); names as of the first round, lane 1
 * first. */
union v128
ref_vsha512h(unsigned s, union v128 a, union v128 b, union v128 c)
{
	union v128 r;
	uint64_t e;

	(void)s;
	r.d[1] = ((c.d[1] & b.d[0]) ^ (~c.d[1] & b.d[1])) +
		sha512_sum1(c.d[1]) + a.d[1];
	e = r.d[1] + c.d[0];
	r.d[0] = ((e & c.d[1]) ^ (~e & b.d[0])) + sha512_sum1(e) + a.d[0];
	return r;
}

/* The rest of two rounds: T2 and the sum. */
union v128
ref_vsha512h2(unsigned s, union v128 a, union v128 b, union v128 c)
{
	union v128 r;

	(void)s;
	r.d[1] = ((b.d[0] & c.d[1]) ^ (b.d[0] & c.d[0]) ^
		  (c.d[1] & c.d[0])) + sha512_sum0(c.d[0]) + a.d[1];
	r.d[0] = ((r.d[1] & c.d[0]) ^ (r.d[1] & c.d[1]) ^
		  (c.d[1] & c.d[0])) + sha512_sum0(r.d[1]) + a.d[0];
	return r;
}

union v128
ref_vsha512su0(unsigned s, union v128 a, union v128 b)
{
	union v128 r;

	(void)s;
	r.d[0] = a.d[0] + sha512_sigma0(a.d[1]);
	r.d[1] = a.d[1] + sha512_sigma0(b.d[0]);
	return r;
}

union v128
ref_vsha512su1(unsigned s, union v128 a, union v128 b, union v128 c)
{
	union v128 r;

	(void)s;
	for (unsigned i = 0; i < 2; i++)
		r.d[i] = a.d[i] + sha512_sigma1(b.d[i]) + c.d[i];
	return r;
}

/* --- SM3 ------------------------------------------------------------------ */

static uint32_t
sm3_p1(uint32_t x)
{
	return x ^ rol32(x, 15) ^ rol32(x, 23);
}

/* SS1 of a round: a is Rn (A on top), b Rm (E on top), c Ra (T). */
union v128
ref_vsm3ss1(unsigned s, union v128 a, union v128 b, union v128 c)
{
	union v128 r = { .d = { 0, 0 } };

	(void)s;
	r.s[3] = rol32(rol32(a.s[3], 12) + b.s[3] + c.s[3], 7);
	return r;
}

/* A round's A..D in a, A on top: b.s[3] is SS1, c holds W'. */
union v128
ref_vsm3tt1(unsigned s, union v128 a, union v128 b, union v128 c, unsigned n)
{
	uint32_t f = n & 4 ? sha_majority(a.s[3], a.s[1], a.s[2]) :
		sha_parity(a.s[3], a.s[1], a.s[2]);
	uint32_t ss2 = b.s[3] ^ rol32(a.s[3], 12);
	union v128 r;

	(void)s;
	r.s[0] = a.s[1];
	r.s[1] = rol32(a.s[2], 9);
	r.s[2] = a.s[3];
	r.s[3] = f + a.s[0] + ss2 + c.s[n & 3];
	return r;
}

/* A round's E..H in a, E on top: b.s[3] is SS1, c holds W. */
union v128
ref_vsm3tt2(unsigned s, union v128 a, union v128 b, union v128 c, unsigned n)
{
	uint32_t g = n & 4 ? sha_choose(a.s[3], a.s[2], a.s[1]) :
		sha_parity(a.s[3], a.s[2], a.s[1]);
	uint32_t tt2 = g + a.s[0] + b.s[3] + c.s[n & 3];
	union v128 r;

	(void)s;
	r.s[0] = a.s[1];
	r.s[1] = rol32(a.s[2], 19);
	r.s[2] = a.s[3];
	r.s[3] = tt2 ^ rol32(tt2, 9) ^ rol32(tt2, 17);
	return r;
}

union v128
ref_vsm3partw1(unsigned s, union v128 a, union v128 b, union v128 c)
{
	union v128 r;

	(void)s;
	for (unsigned i = 0; i < 4; i++) {
		uint32_t w = i < 3 ? c.s[i + 1] : r.s[0];

		r.s[i] = sm3_p1(a.s[i] ^ b.s[i] ^ rol32(w, 15));
	}
	return r;
}

union v128
ref_vsm3partw2(unsigned s, union v128 a, union v128 b, union v128 c)
{
	union v128 r;
	uint32_t t0 = 0;

	(void)s;
	for (unsigned i = 0; i < 4; i++) {
		uint32_t t = b.s[i] ^ rol32(c.s[i], 7);

		if (i == 0)
			t0 = t;
		r.s[i] = a.s[i] ^ t;
	}
	r.s[3] ^= sm3_p1(rol32(t0, 15));
	return r;
}

/* --- SM4 ------------------------------------------------------------------ */

static const uint8_t sm4_sbox[256] = {
	0xd6, 0x90, 0xe9, 0xfe, 0xcc, 0xe1, 0x3d, 0xb7, 0x16, 0xb6, 0x14, 0xc2,
	0x28, 0xfb, 0x2c, 0x05, 0x2b, 0x67, 0x9a, 0x76, 0x2a, 0xbe, 0x04, 0xc3,
	0xaa, 0x44, 0x13, 0x26, 0x49, 0x86, 0x06, 0x99, 0x9c, 0x42, 0x50, 0xf4,
	0x91, 0xef, 0x98, 0x7a, 0x33, 0x54, 0x0b, 0x43, 0xed, 0xcf, 0xac, 0x62,
	0xe4, 0xb3, 0x1c, 0xa9, 0xc9, 0x08, 0xe8, 0x95, 0x80, 0xdf, 0x94, 0xfa,
	0x75, 0x8f, 0x3f, 0xa6, 0x47, 0x07, 0xa7, 0xfc, 0xf3, 0x73, 0x17, 0xba,
	0x83, 0x59, 0x3c, 0x19, 0xe6, 0x85, 0x4f, 0xa8, 0x68, 0x6b, 0x81, 0xb2,
	0x71, 0x64, 0xda, 0x8b, 0xf8, 0xeb, 0x0f, 0x4b, 0x70, 0x56, 0x9d, 0x35,
	0x1e, 0x24, 0x0e, 0x5e, 0x63, 0x58, 0xd1, 0xa2, 0x25, 0x22, 0x7c, 0x3b,
	0x01, 0x21, 0x78, 0x87, 0xd4, 0x00, 0x46, 0x57, 0x9f, 0xd3, 0x27, 0x52,
	0x4c, 0x36, 0x02, 0xe7, 0xa0, 0xc4, 0xc8, 0x9e, 0xea, 0xbf, 0x8a, 0xd2,
	0x40, 0xc7, 0x38, 0xb5, 0xa3, 0xf7, 0xf2, 0xce, 0xf9, 0x61, 0x15, 0xa1,
	0xe0, 0xae, 0x5d, 0xa4, 0x9b, 0x34, 0x1a, 0x55, 0xad, 0x93, 0x32, 0x30,
	0xf5, 0x8c, 0xb1, 0xe3, 0x1d, 0xf6, 0xe2, 0x2e, 0x82, 0x66, 0xca, 0x60,
	0xc0, 0x29, 0x23, 0xab, 0x0d, 0x53, 0x4e, 0x6f, 0xd5, 0xdb, 0x37, 0x45,
	0xde, 0xfd, 0x8e, 0x2f, 0x03, 0xff, 0x6a, 0x72, 0x6d, 0x6c, 0x5b, 0x51,
	0x8d, 0x1b, 0xaf, 0x92, 0xbb, 0xdd, 0xbc, 0x7f, 0x11, 0xd9, 0x5c, 0x41,
	0x1f, 0x10, 0x5a, 0xd8, 0x0a, 0xc1, 0x31, 0x88, 0xa5, 0xcd, 0x7b, 0xbd,
	0x2d, 0x74, 0xd0, 0x12, 0xb8, 0xe5, 0xb4, 0xb0, 0x89, 0x69, 0x97, 0x4a,
	0x0c, 0x96, 0x77, 0x7e, 0x65, 0xb9, 0xf1, 0x09, 0xc5, 0x6e, 0xc6, 0x84,
	0x18, 0xf0, 0x7d, 0xec, 0x3a, 0xdc, 0x4d, 0x20, 0x79, 0xee, 0x5f, 0x3e,
	0xd7, 0xcb, 0x39, 0x48,
};

static uint32_t
sm4_sub(uint32_t x)
{
	return sm4_sbox[x & 0xff] | (uint32_t)sm4_sbox[x >> 8 & 0xff] << 8 |
		(uint32_t)sm4_sbox[x >> 16 & 0xff] << 16 |
		(uint32_t)sm4_sbox[x >> 24] << 24;
}

union v128
ref_vsm4e(unsigned s, union v128 a, union v128 b)
{
	(void)s;
	for (unsigned i = 0; i < 4; i++) {
		uint32_t t = sm4_sub(a.s[1] ^ a.s[2] ^ a.s[3] ^ b.s[i]);
		uint32_t x = a.s[0] ^ t ^ rol32(t, 2) ^ rol32(t, 10) ^
			rol32(t, 18) ^ rol32(t, 24);

		a.s[0] = a.s[1];
		a.s[1] = a.s[2];
		a.s[2] = a.s[3];
		a.s[3] = x;
	}
	return a;
}

union v128
ref_vsm4ekey(unsigned s, union v128 a, union v128 b)
{
	(void)s;
	for (unsigned i = 0; i < 4; i++) {
		uint32_t t = sm4_sub(a.s[1] ^ a.s[2] ^ a.s[3] ^ b.s[i]);
		uint32_t x = a.s[0] ^ t ^ rol32(t, 13) ^ rol32(t, 23);

		a.s[0] = a.s[1];
		a.s[1] = a.s[2];
		a.s[2] = a.s[3];
		a.s[3] = x;
	}
	return a;
}
