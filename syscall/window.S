/*
 * window.S - the restartable system call window.
 *
 * A guest signal that arrives after the last poll but before the kernel is
 * entered must not be lost in a call that blocks. So t->poll is tested right
 * before the syscall instruction, and when the host's signal handler finds
 * the thread between that test and the instruction, it makes it continue at
 * syscall_window_stub instead (syscall_window_abort, dispatch.c).
 *
 * The instruction itself belongs to the window. The handler is installed
 * with SA_RESTART, so rip is there in two cases: the call has not begun, or
 * it was interrupted and the kernel has set it up to be made again. rcx
 * tells them apart: it is zero before, and the kernel's entry puts the
 * return address there. (A FRED kernel leaves rcx alone; there both cases
 * restart, which costs an EINTR of a handler without SA_RESTART.)
 *
 * fast.h has the same as an expansion. Where each window begins, its syscall
 * instruction and its stub are listed in section syscall_windows.
 *
 * long syscall_window_enter(volatile uint32_t *poll, long nr,
 *			     long a, long b, long c, long d, long e, long f);
 *
 *	in	rdi poll  rsi nr  rdx a  rcx b  r8 c  r9 d  8(rsp) e  16(rsp) f
 *	kernel	rax nr    rdi a   rsi b  rdx c  r10 d  r8 e  r9 f
 */

/* As in syscall.h; dispatch.c checks. */
#define ERESTART_GUEST		512
#define ERESTARTNOINTR_GUEST	514

	.text
	.globl	syscall_window_enter
	.globl	syscall_window_begin
	.globl	syscall_window_insn
	.globl	syscall_window_stub
	.type	syscall_window_enter, @function
	.p2align 4
syscall_window_enter:
	.cfi_startproc
	mov	%rdi, %r11
	mov	%rsi, %rax
	mov	%rdx, %rdi
	mov	%rcx, %rsi
	mov	%r8, %rdx
	mov	%r9, %r10
	mov	8(%rsp), %r8
	mov	16(%rsp), %r9
	xor	%ecx, %ecx
syscall_window_begin:
	cmpl	$0, (%r11)
	jne	syscall_window_stub
syscall_window_insn:
	syscall
.Ldone:
	ret

syscall_window_stub:
	lea	.Ldone(%rip), %rdx
	mov	$-ERESTARTNOINTR_GUEST, %rax
	mov	$-ERESTART_GUEST, %rdi
	cmp	%rdx, %rcx
	cmove	%rdi, %rax
	ret
	.cfi_endproc
	.size	syscall_window_enter, . - syscall_window_enter

	.section syscall_windows, "a"
	.quad	syscall_window_begin, syscall_window_insn, syscall_window_stub

	.section .note.GNU-stack, "", @progbits
