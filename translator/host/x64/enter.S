/*
 * enter.S - entering and leaving translated code.
 *
 * Translated code has a stack of its own, for return addresses: pairs of the
 * guest's and the host's, so that a guest's return is a host's. C code runs
 * on the thread's host stack, CODE_SP.
 *
 * Offsets in struct a64_cpu and struct thread are asserted in recover.c.
 */
#include "enter.h"

#define BIAS	128
#define CODE_SP	(X64_CODE_SP - BIAS)
#define RET_SP	(X64_RET_SP - BIAS)
#define X(n)	(8 * (n) - BIAS)(%rbp)
#define V(n)	(X64_CPU_V + 16 * (n) - BIAS)(%rbp)
#define PC	(256 - BIAS)(%rbp)
#define FLAG_A	(264 - BIAS)(%rbp)
#define FLAG_B	(272 - BIAS)(%rbp)
#define FLAG_KIND (280 - BIAS)(%rbp)
#define EXCL_STORES (X64_CPU_EXCL_STORES - BIAS)(%rbp)
#define EXCL_PLACE (X64_CPU_EXCL_PLACE - BIAS)(%rbp)
#define FP_MASKED (X64_CPU_FP_MASKED - BIAS)(%rbp)

	.macro	load v, xmm
	vmovdqa64 V(\v), %xmm\xmm
	.endm

	.macro	store v, xmm
	vmovdqa64 %xmm\xmm, V(\v)
	.endm

	.macro	wide_pins move
	\move	8, 16
	\move	9, 17
	\move	10, 18
	\move	11, 19
	.irp	n, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\move	\n, \n
	.endr
	.endm

	.macro	load_pins
	mov	X(0), %rdi
	mov	X(1), %rbx
	mov	X(2), %r8
	mov	X(3), %r9
	mov	X(4), %r10
	mov	X(19), %r11
	mov	X(20), %r12
	mov	X(21), %r13
	mov	X(29), %r15
	mov	X(31), %r14
	movaps	V(0), %xmm4
	movaps	V(1), %xmm5
	movaps	V(2), %xmm6
	movaps	V(3), %xmm7
	movaps	V(4), %xmm8
	movaps	V(5), %xmm9
	movaps	V(6), %xmm10
	movaps	V(7), %xmm11
	movaps	V(16), %xmm12
	movaps	V(17), %xmm13
	movaps	V(18), %xmm14
	movaps	V(19), %xmm15
	cmpb	$0, x64_wide_pins(%rip)
	je	9f
	wide_pins load
9:
	.endm

	.macro	store_pins
	mov	%rdi, X(0)
	mov	%rbx, X(1)
	mov	%r8, X(2)
	mov	%r9, X(3)
	mov	%r10, X(4)
	mov	%r11, X(19)
	mov	%r12, X(20)
	mov	%r13, X(21)
	mov	%r15, X(29)
	mov	%r14, X(31)
	movaps	%xmm4, V(0)
	movaps	%xmm5, V(1)
	movaps	%xmm6, V(2)
	movaps	%xmm7, V(3)
	movaps	%xmm8, V(4)
	movaps	%xmm9, V(5)
	movaps	%xmm10, V(6)
	movaps	%xmm11, V(7)
	movaps	%xmm12, V(16)
	movaps	%xmm13, V(17)
	movaps	%xmm14, V(18)
	movaps	%xmm15, V(19)
	cmpb	$0, x64_wide_pins(%rip)
	je	9f
	wide_pins store
9:
	.endm

	.text

/* uint8_t *x64_enter(struct a64_cpu *cpu, const void *code) */
	.globl	x64_enter
	.type	x64_enter, @function
x64_enter:
	push	%rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	sub	$8, %rsp
	lea	BIAS(%rdi), %rbp
	mov	%rsi, %rax
	mov	%rsp, CODE_SP(%rbp)
	cmpb	$0, FP_MASKED
	jne	2f
1:	mov	RET_SP(%rbp), %rsp
	load_pins
	jmp	*%rax
2:	push	%rax
	push	%rax
	call	a64_mxcsr_load
	pop	%rax
	pop	%rax
	jmp	1b
	.size	x64_enter, . - x64_enter

/* rax: the guest's pc; rdx: the result. The target of an indirect jump may
 * have a tag, and then is in no table: see branch() of the interpreter. */
	.globl	x64_glue_exit
	.type	x64_glue_exit, @function
x64_glue_exit:
	store_pins
	shl	$8, %rax
	sar	$8, %rax
	mov	%rax, PC
	mov	%rdx, %rax
	mov	%rsp, RET_SP(%rbp)
	mov	CODE_SP(%rbp), %rsp
	add	$8, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	ret
	.size	x64_glue_exit, . - x64_glue_exit

/* rax: the guest's pc; esi: the word; rdx: its handler */
	.globl	x64_glue_fallback
	.type	x64_glue_fallback, @function
x64_glue_fallback:
	store_pins
	mov	%rax, PC
	lea	8(%rsp), %rax
	mov	%rax, RET_SP(%rbp)
	mov	CODE_SP(%rbp), %rsp
	lea	-BIAS(%rbp), %rdi
	call	*%rdx
	cmpb	$0, FP_MASKED
	jne	2f
1:	mov	RET_SP(%rbp), %rsp
	sub	$8, %rsp
	load_pins
	ret
2:	lea	-BIAS(%rbp), %rdi
	call	a64_mxcsr_load
	jmp	1b
	.size	x64_glue_fallback, . - x64_glue_fallback

/*
 * EFLAGS as cmp leaves them (CF is a borrow) from the guest's flags in memory.
 * Changes rax. Like all that translated code calls it uses no stack: where
 * that ends, a fault starts it anew, and only the call may be lost.
 */
	.globl	x64_glue_flags
	.type	x64_glue_flags, @function
	.p2align 6
x64_glue_flags:
	mov	FLAG_KIND, %eax
	cmp	$4, %eax
	ja	3f
	je	1f
	cmp	$2, %eax
	je	2f
	ja	4f
	cmp	$1, %eax
	je	5f
	/* FLAG_NZCV: 0. V through an overflow, then N Z C through ah. Not on
	 * the stack, whose end may be here: see x64_ret_overflow(). */
	mov	FLAG_A, %eax
	shr	$28, %eax		/* N Z C V in bits 3..0 */
	mov	%al, %ah
	shl	$4, %ah			/* SF, ZF, C in bit 5 */
	xor	$0x20, %ah		/* CF is not C */
	bt	$13, %eax
	adc	$0, %ah
	and	$1, %al
	add	$0x7f, %al		/* OF */
	sahf
	ret
1:	mov	FLAG_A, %rax		/* FLAG_SUB64 */
	cmp	FLAG_B, %rax
	ret
4:	mov	FLAG_A, %eax		/* FLAG_SUB32: 3 */
	cmp	FLAG_B, %eax
	ret
5:	mov	FLAG_A, %eax		/* FLAG_ADD32: 1 */
	add	FLAG_B, %eax
	cmc
	ret
2:	mov	FLAG_A, %rax		/* FLAG_ADD64 */
	add	FLAG_B, %rax
	cmc
	ret
3:	cmp	$5, %eax
	jne	6f
	mov	FLAG_A, %eax		/* FLAG_LOGIC32 */
	test	%eax, %eax
	stc
	ret
6:	cmp	$6, %eax
	jne	7f
	mov	FLAG_A, %rax		/* FLAG_LOGIC64 */
	test	%rax, %rax
	stc
	ret
7:	mov	FLAG_A, %eax		/* FLAG_FCMP: compare other numbers */
	test	$0x04, %ah
	jnz	8f
	test	$0x41, %ah
	jz	9f
	and	$0x4000, %eax
	shr	$14, %eax		/* equal: 1 and 1; less: 0 and 1 */
	cmp	$1, %eax
	ret
8:	mov	$0x80000000, %eax	/* unordered */
	cmp	$1, %eax
	ret
9:	mov	$2, %eax		/* greater */
	cmp	$1, %eax
	ret
	.size	x64_glue_flags, . - x64_glue_flags

/* rcx: the place of rax's granule, exclusive_place(). */
	.macro	place
	mov	%rax, %rcx
	shr	$10, %rcx
	xor	%rax, %rcx
	shl	$2, %ecx
	and	$0xffc0, %ecx
	lea	a64_exclusive(%rip), %rdx
	add	%rdx, %rcx
	.endm

	.globl	x64_glue_watch
	.type	x64_glue_watch, @function
	.p2align 4
x64_glue_watch:
	place
	mov	(%rcx), %rdx
	mov	%edx, EXCL_STORES
	shr	$32, %rdx
	ret
	.size	x64_glue_watch, . - x64_glue_watch

/* exclusive_take() */
	.globl	x64_glue_take
	.type	x64_glue_take, @function
	.p2align 4
x64_glue_take:
	place
	mov	%rcx, EXCL_PLACE
	mov	EXCL_STORES, %eax
	lea	-BIAS(%rbp), %rdx	/* exclusive_owner() */
	shr	$10, %rdx
	lea	1(%rdx,%rdx), %rdx
	shl	$32, %rdx
	or	%rax, %rdx
	lock cmpxchg %rdx, (%rcx)
	jne	1f
	ret
1:	movq	$0, EXCL_PLACE
	ret
	.size	x64_glue_take, . - x64_glue_take

/* exclusive_give_back() */
	.globl	x64_glue_give_back
	.type	x64_glue_give_back, @function
	.p2align 4
x64_glue_give_back:
	mov	EXCL_PLACE, %rcx
	mov	EXCL_STORES, %edx
	inc	%edx
	sub	%eax, %edx
	mov	%rdx, (%rcx)
	movq	$0, EXCL_PLACE
	ret
	.size	x64_glue_give_back, . - x64_glue_give_back

	.section .note.GNU-stack, "", @progbits
