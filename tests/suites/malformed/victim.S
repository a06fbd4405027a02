// victim.S - the program that the malformed files are made from: exits with
// status 0 if its data segment and its bss are what they should be.
	.globl	_start
_start:
	adrp	x1, word
	ldr	w0, [x1, :lo12:word]
	mov	w2, #0x1234
	cmp	w0, w2
	b.ne	1f
	adrp	x1, empty + 8192
	ldr	w0, [x1, :lo12:empty + 8192]
	cbnz	w0, 1f
	mov	x0, #0
	b	2f
1:	mov	x0, #1
2:	mov	x8, #94
	svc	#0

	.data
word:	.word	0x1234

	.bss
	.balign	8
empty:	.skip	12288
