/*
 * region_a64.h - random regions of code, with two loops and branches, that
 * read and write memory: for tests that disturb them.
 *
 * make_room(), then for each region make_region() and run(), as often as it
 * takes; end_hash() says what came out of it. A program that includes this
 * decides what it prints.
 */
#ifndef TESTS_GUEST_REGION_A64_H
#define TESTS_GUEST_REGION_A64_H

#include <stdint.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "check.h"

enum {
	BODY = 60,		/* instructions, about */
	PAGE = 4096,
	BASE = 24, COUNT = 25, BASE2 = 3,
};

static uint32_t *code, *p;	/* the region, up to p */
static char *data;
static uint64_t seed = 7, hash;

struct state {
	uint64_t x[32];
	__uint128_t v[32];
	uint64_t nzcv;
};

struct state region_state;
uint64_t region_host[16];

static unsigned
rnd(unsigned n)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (unsigned)(seed >> 33) % n;
}

static void
add(uint64_t v)
{
	hash = (hash ^ v) * 0x9e3779b97f4a7c15;
	hash ^= hash >> 29;
}

/* Registers that regions compute with: some that a translator keeps in the
 * host's, some that it does not. */
static uint32_t
reg(void)
{
	static const uint8_t regs[] = {
		0, 1, 2, 4, 7, 8, 11, 15, 19, 20, 21, 22, 23, 26, 29
	};

	return regs[rnd(sizeof(regs))];
}

static uint32_t
vreg(void)
{
	return rnd(4) ? rnd(8) : 16 + rnd(8);
}

static void
put(uint32_t word)
{
	*p++ = word;
}

static void
put_memory(void)
{
	uint32_t t = reg(), n = (rnd(3) ? BASE : BASE2) << 5;

	switch (rnd(9)) {
	case 0:		/* ldr, str x */
		put(0xf9000000 | rnd(2) << 22 | rnd(64) << 10 | n | t);
		break;
	case 1:		/* ldr, str w */
		put(0xb9000000 | rnd(2) << 22 | rnd(64) << 10 | n | t);
		break;
	case 2:		/* ldrsb, ldrh */
		put((rnd(2) ? 0x39800000 : 0x79400000) | rnd(64) << 10 | n | t);
		break;
	case 3:		/* ldur, stur */
		put(0xf8000000 | rnd(2) << 22 | rnd(64) << 12 | n | t);
		break;
	case 4:		/* ldp, stp */
		put(0xa9000000 | rnd(2) << 22 | rnd(8) << 15 | 27u << 10 | n |
		    t);
		break;
	case 5:		/* ldr, str q, d */
		put((rnd(2) ? 0x3d800000 : 0xfd000000) | 1u << 22 |
		    rnd(16) << 10 | n | vreg());
		break;
	case 6:
		put((rnd(2) ? 0x3d800000 : 0xfd000000) | rnd(16) << 10 | n |
		    vreg());
		break;
	case 7:		/* swp, ldadd */
		put((rnd(2) ? 0xf8208000 : 0xf8200000) | reg() << 16 | n | t);
		break;
	case 8:		/* ldxr; ldar */
		put((rnd(2) ? 0xc85f7c00 : 0xc8dffc00) | n | t);
		break;
	}
}

static void
put_other(void)
{
	uint32_t sf = rnd(2) << 31, d = reg(), n = reg() << 5;
	uint32_t m = reg() << 16, vd = vreg(), vn = vreg() << 5;
	uint32_t vm = vreg() << 16;

	switch (rnd(18)) {
	case 0:		/* add, sub, adds, subs */
		put(0x0b000000 | sf | rnd(4) << 29 | m | n | d);
		break;
	case 1:
		put(0x11000000 | sf | rnd(4) << 29 | rnd(64) << 10 | n | d);
		break;
	case 2:		/* and, orr, eor, ands, shifted */
		put(0x0a000000 | sf | rnd(4) << 29 | rnd(4) << 22 | m |
		    rnd(32) << 10 | n | d);
		break;
	case 3:		/* adcs, sbcs */
		put(0x3a000000 | sf | rnd(2) << 30 | m | n | d);
		break;
	case 4:		/* csel, csinc */
		put(0x1a800000 | sf | rnd(2) << 10 | rnd(14) << 12 | m | n | d);
		break;
	case 5:		/* ccmp */
		put(0x7a400000 | sf | m | rnd(14) << 12 | n | rnd(16));
		break;
	case 6:		/* madd */
		put(0x1b000000 | sf | m | reg() << 10 | n | d);
		break;
	case 7:		/* ubfm, sbfm of 64 bits */
		put((rnd(2) ? 0xd3400000 : 0x93400000) | rnd(64) << 16 |
		    rnd(64) << 10 | n | d);
		break;
	case 8:		/* lsl, lsr by register */
		put(0x1ac02000 | sf | rnd(2) << 10 | m | n | d);
		break;
	case 9:		/* cmp, cmn, tst */
		put(0x6b00001f | sf | m | n);
		break;
	case 10:	/* clz, rbit, rev */
		put((rnd(2) ? 0xdac01000 : 0xdac00000) | n | d);
		break;
	case 11:	/* add, sub, mul of vectors */
		put((rnd(2) ? 0x4ea08400 : 0x6e608400) | vm | vn | vd);
		break;
	case 12:	/* eor, and */
		put((rnd(2) ? 0x6e201c00 : 0x4e201c00) | vm | vn | vd);
		break;
	case 13:	/* scvtf, fadd of what that gives */
		put(0x9e620000 | n | vd);
		put(0x1e602800 | vd << 16 | vd << 5 | vreg());
		break;
	case 14:	/* fcmp */
		put(0x9e620000 | n | vd);
		put(0x1e602000 | vd << 16 | vd << 5);
		break;
	case 15:	/* umov, dup */
		put(0x4e083c00 | vn | d);
		put(0x4e080c00 | n | vd);
		break;
	case 16:	/* a branch over what follows */
		put(0x54000040 | rnd(14));
		put(0x8b000000 | m | n | d);
		break;
	case 17:
		put((rnd(2) ? 0xb4000040 : 0x36000040) | reg());
		put(0xcb000000 | m | n | d);
		break;
	}
}

static void
make_region(void)
{
	uint32_t *loop, *inner;

	p = code;
	loop = p;
	while (p - loop < BODY / 3)
		rnd(3) ? put_other() : put_memory();
	/* Twice, then on. */
	inner = p;
	while (p - inner < BODY / 3)
		rnd(4) ? put_other() : put_memory();
	put(0xd1000400 | COUNT << 5 | COUNT);
	put(0x37000000 | COUNT |		/* tbnz count, #0, inner */
	    ((uint32_t)(inner - p) & 0x3fff) << 5);
	while (p - loop < BODY)
		rnd(3) ? put_other() : put_memory();
	put(0xd1000400 | COUNT << 5 | COUNT);
	put(0xb6f80000 | COUNT |		/* tbz count, #63, loop */
	    ((uint32_t)(loop - p) & 0x3fff) << 5);
	put(0xd65f03c0);
	__builtin___clear_cache((char *)code, (char *)p);
}

/* What a frame shows of a region, but for what region_run() has set; and
 * `more'. */
__attribute__((unused)) static void
add_frame(const mcontext_t *m, uint64_t more)
{
	const struct fpsimd_context *fp = (const void *)m->__reserved;
	unsigned i;

	add((uint64_t)((uint32_t *)m->pc - code));
	add(more);
	add(m->pstate & 0xf0000000);	/* not BTYPE */
	for (i = 0; i < 30; i++)
		if (i != BASE && i != BASE2 && i != 18 && i != 28)
			add(m->regs[i]);
	for (i = 0; i < 24; i++) {
		if (i >= 8 && i < 16)
			continue;
		add((uint64_t)fp->vregs[i]);
		add((uint64_t)(fp->vregs[i] >> 64));
	}
	add(fp->fpsr);
}

/* Runs the code on region_state, as sig_fault_each.c does. */
void region_run(uint32_t *code);
__asm__(
"	.text\n"
"	.type region_run, %function\n"
"region_run:\n"
"	adrp	x9, region_host\n"
"	add	x9, x9, :lo12:region_host\n"
"	stp	x19, x20, [x9]\n"
"	stp	x21, x22, [x9, #16]\n"
"	stp	x23, x24, [x9, #32]\n"
"	stp	x25, x26, [x9, #48]\n"
"	stp	x27, x28, [x9, #64]\n"
"	stp	x29, x30, [x9, #80]\n"
"	stp	d8, d9, [x9, #96]\n"
"	mov	x30, x0\n"
"	adrp	x28, region_state\n"
"	add	x28, x28, :lo12:region_state\n"
"	add	x1, x28, #256\n"
"	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23\n"
"	ldr	q\\n, [x1, #16 * \\n]\n"
"	.endr\n"
"	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, "
"		17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 29\n"
"	ldr	x\\n, [x28, #8 * \\n]\n"
"	.endr\n"
"	cmp	xzr, xzr\n"
"	msr	fpsr, xzr\n"
"	blr	x30\n"
"	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, "
"		17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 29\n"
"	str	x\\n, [x28, #8 * \\n]\n"
"	.endr\n"
"	mrs	x0, nzcv\n"
"	str	x0, [x28, #768]\n"
"	add	x1, x28, #256\n"
"	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23\n"
"	str	q\\n, [x1, #16 * \\n]\n"
"	.endr\n"
"	adrp	x9, region_host\n"
"	add	x9, x9, :lo12:region_host\n"
"	ldp	x19, x20, [x9]\n"
"	ldp	x21, x22, [x9, #16]\n"
"	ldp	x23, x24, [x9, #32]\n"
"	ldp	x25, x26, [x9, #48]\n"
"	ldp	x27, x28, [x9, #64]\n"
"	ldp	x29, x30, [x9, #80]\n"
"	ldp	d8, d9, [x9, #96]\n"
"	ret\n"
"	.size region_run, . - region_run\n");

static void
run(unsigned turns)
{
	unsigned i;

	memset(&region_state, 0, sizeof(region_state));
	for (i = 0; i < 30; i++)
		region_state.x[i] = 0x0123456789abcdeful * (i + 1) >> (i & 7);
	for (i = 0; i < 32; i++)
		region_state.v[i] = (__uint128_t)i << 64 | (i * 3 + 1);
	region_state.x[BASE] = (uint64_t)data;
	region_state.x[BASE2] = (uint64_t)data + 256;
	region_state.x[COUNT] = turns;
	region_run(code);
}

static uint64_t
end_hash(void)
{
	const uint64_t *w = (const uint64_t *)data;
	unsigned i;

	hash = 0;
	for (i = 0; i < 30; i++)
		if (i != BASE && i != BASE2 && i != 28)
			add(region_state.x[i]);
	for (i = 0; i < 32; i++) {
		add((uint64_t)region_state.v[i]);
		add((uint64_t)(region_state.v[i] >> 64));
	}
	add(region_state.nzcv);
	for (i = 0; i < PAGE / 8; i++)
		add(w[i]);
	return hash;
}

/* Makes room for code and data, where it always is. */
static void
make_room(void)
{
	code = mmap((void *)0x5100000000, PAGE,
		    PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	data = mmap((void *)0x5200000000, PAGE, PROT_READ | PROT_WRITE,
		    MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(code != MAP_FAILED && data != MAP_FAILED);
}

#endif
