/*
 * vshape.h - the shape of a vector operand: element size and lane count.
 *
 * A shape is a small constant. One lane is a scalar register (Bn..Qn), eight
 * bytes' worth is A64's 64-bit form, sixteen the 128-bit form. Results are
 * zero above the shape's bits, as A64 writes them; an operation never looks
 * at, or raises a flag for, bits above its operands' shape.
 */
#ifndef FERRY_VSHAPE_H
#define FERRY_VSHAPE_H

/* log2 of the element size in bytes. */
enum { ES8, ES16, ES32, ES64, ES128 };

#define VSHAPE(es, lanes)	((unsigned)(es) << 8 | (lanes))

static inline unsigned
vshape_es(unsigned s)
{
	return s >> 8;
}

static inline unsigned
vshape_lanes(unsigned s)
{
	return s & 255;
}

/* Shape bits in total: 8..128. */
static inline unsigned
vshape_bits(unsigned s)
{
	return vshape_lanes(s) << (vshape_es(s) + 3);
}

/* The scalar of an element size. */
static inline unsigned
vscalar(unsigned es)
{
	return VSHAPE(es, 1);
}

/* The 64-bit (q = 0) or 128-bit (q = 1) vector of an element size. */
static inline unsigned
vfull(unsigned q, unsigned es)
{
	return VSHAPE(es, (q ? 16u : 8u) >> es);
}

#endif
