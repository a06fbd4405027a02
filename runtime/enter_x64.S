/*
 * enter_x64.S - the few places where C cannot express what happens to the
 * stack: entering and abandoning guest code, starting and ending threads,
 * and returning from a signal handler.
 *
 * System V AMD64 registers: arguments rdi rsi rdx rcx r8 r9, then the stack;
 * callee-saved rbx rbp r12-r15. System call arguments rdi rsi rdx r10 r8 r9.
 */
	.text

/*
 * int host_enter_at(struct thread *t, int (*fn)(struct thread *),
 *		     uintptr_t *host_sp)
 *
 * Stack at *host_sp, growing upwards: r15 r14 r13 r12 rbx rbp, return
 * address. 8 more bytes are for alignment at the call.
 */
	.globl	host_enter_at
	.type	host_enter_at, @function
host_enter_at:
	.cfi_startproc
	push	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbp, 0
	push	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbx, 0
	push	%r12
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r12, 0
	push	%r13
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r13, 0
	push	%r14
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r14, 0
	push	%r15
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r15, 0
	mov	%rsp, (%rdx)
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	call	*%rsi
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
.Lleave:
	pop	%r15
	.cfi_adjust_cfa_offset -8
	pop	%r14
	.cfi_adjust_cfa_offset -8
	pop	%r13
	.cfi_adjust_cfa_offset -8
	pop	%r12
	.cfi_adjust_cfa_offset -8
	pop	%rbx
	.cfi_adjust_cfa_offset -8
	pop	%rbp
	.cfi_adjust_cfa_offset -8
	ret
	.cfi_endproc
	.size	host_enter_at, . - host_enter_at

/*
 * The fault handler continues here with rsp = t->host_sp. 1 is EXIT_FAULT
 * (asserted in thread.c).
 */
	.globl	host_unwind
	.type	host_unwind, @function
host_unwind:
	cld
	mov	$1, %eax
	jmp	.Lleave
	.size	host_unwind, . - host_unwind

/* _Noreturn void host_leave_at(uintptr_t host_sp, int ret) */
	.globl	host_leave_at
	.type	host_leave_at, @function
host_leave_at:
	mov	%rdi, %rsp
	mov	%esi, %eax
	jmp	.Lleave
	.size	host_leave_at, . - host_leave_at

/*
 * long host_clone(long nr, long a, long b, long c, long d, long e,
 *		   void (*fn)(struct thread *), struct thread *t)
 *
 * The parent's stack is still intact when it returns; the child has nothing
 * but its registers, so fn and t travel in callee-saved ones.
 */
	.globl	host_clone
	.type	host_clone, @function
host_clone:
	.cfi_startproc
	push	%r12
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r12, 0
	push	%r13
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r13, 0
	mov	24(%rsp), %r12
	mov	32(%rsp), %r13
	mov	%rdi, %rax
	mov	%rsi, %rdi
	mov	%rdx, %rsi
	mov	%rcx, %rdx
	mov	%r8, %r10
	mov	%r9, %r8
	syscall
	test	%rax, %rax
	jz	1f
	pop	%r13
	.cfi_adjust_cfa_offset -8
	.cfi_restore r13
	pop	%r12
	.cfi_adjust_cfa_offset -8
	.cfi_restore r12
	ret
	.cfi_endproc
1:	.cfi_startproc
	.cfi_undefined rip
	xor	%ebp, %ebp
	and	$-16, %rsp
	mov	%r13, %rdi
	call	*%r12
	hlt
	.cfi_endproc
	.size	host_clone, . - host_clone

/*
 * _Noreturn void host_exit_unmap(void *block, size_t size, int status)
 *
 * Unmaps the stack it runs on.
 */
	.globl	host_exit_unmap
	.type	host_exit_unmap, @function
host_exit_unmap:
	mov	%edx, %r12d
	mov	$11, %eax		/* munmap */
	syscall
	mov	%r12d, %edi
	mov	$60, %eax		/* exit */
	syscall
	hlt
	.size	host_exit_unmap, . - host_exit_unmap

/* The restorer of the host's signal handler. */
	.globl	host_sigreturn
	.type	host_sigreturn, @function
host_sigreturn:
	mov	$15, %eax		/* rt_sigreturn */
	syscall
	hlt
	.size	host_sigreturn, . - host_sigreturn

	.section .note.GNU-stack, "", @progbits
