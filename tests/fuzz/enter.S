/*
 * enter.S - loads every register from the state, jumps to a sequence, and
 * stores every register when it comes out.
 *
 * x28 holds MEM_CENTRE throughout. The jump needs a register: x30's value is
 * spilled, and the sequence's first word reloads it.
 */
#include "fuzz.h"

	.arch	armv8-a
	.text
	.global	enter, leave
	.type	enter, %function
enter:
	sub	sp, sp, #160
	stp	x19, x20, [sp]
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	stp	d8, d9, [sp, #96]
	stp	d10, d11, [sp, #112]
	stp	d12, d13, [sp, #128]
	stp	d14, d15, [sp, #144]
	ldr	x28, =MEM_CENTRE
	add	x29, x28, #STATE_OFFSET
	mov	x1, sp
	str	x1, [x28, #HOST_SP_OFFSET]
	mov	x30, x0
	ldr	x0, [x29, #STATE_NZCV]
	ldr	x1, [x29, #STATE_FPCR]
	ldr	x2, [x29, #STATE_FPSR]
	msr	nzcv, x0
	msr	fpcr, x1
	msr	fpsr, x2
	add	x1, x29, #STATE_V
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ldr	q\n, [x1, #\n * 16]
	.endr
	ldr	x0, [x29, #30 * 8]
	str	x0, [x28, #SPILL_OFFSET]
	ldr	x0, [x29, #STATE_SP]
	mov	sp, x0
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27
	ldr	x\n, [x29, #\n * 8]
	.endr
	ldr	x29, [x29, #29 * 8]
	br	x30

	.type	leave, %function
leave:
	/* x30's value is in the spill slot. */
	add	x30, x28, #STATE_OFFSET
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
	str	x\n, [x30, #\n * 8]
	.endr
	ldr	x0, [x28, #SPILL_OFFSET]
	str	x0, [x30, #30 * 8]
	mov	x0, sp
	str	x0, [x30, #STATE_SP]
	mrs	x0, nzcv
	mrs	x1, fpcr
	mrs	x2, fpsr
	str	x0, [x30, #STATE_NZCV]
	str	x1, [x30, #STATE_FPCR]
	str	x2, [x30, #STATE_FPSR]
	add	x1, x30, #STATE_V
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	str	q\n, [x1, #\n * 16]
	.endr
	msr	fpcr, xzr
	msr	fpsr, xzr
	clrex
	ldr	x0, [x28, #HOST_SP_OFFSET]
	mov	sp, x0
	ldp	x19, x20, [sp]
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	ldp	d8, d9, [sp, #96]
	ldp	d10, d11, [sp, #112]
	ldp	d12, d13, [sp, #128]
	ldp	d14, d15, [sp, #144]
	add	sp, sp, #160
	ret
	.section .note.GNU-stack, "", %progbits
