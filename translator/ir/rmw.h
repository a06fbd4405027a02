/*
 * rmw.h - the atomic read-modify-write operations of FEAT_LSE.
 */
#ifndef FERRY_IR_RMW_H
#define FERRY_IR_RMW_H

/* The second operand's part in atomic_rmw(). */
enum rmw {
	RMW_ADD,
	RMW_CLR,	/* old & ~v */
	RMW_EOR,
	RMW_SET,	/* old | v */
	RMW_SMAX,
	RMW_SMIN,
	RMW_UMAX,
	RMW_UMIN,
	RMW_SWP,
};

#endif
