/*
 * fast.h - the common system call, inline.
 *
 * A kernel that clears the processor's return predictor (all do, on most
 * processors) makes every return to a frame that was there before the system
 * call a mispredicted one, some 6 ns each. So the way from the guest's
 * instruction to the host's has as few frames as can be: what needs no
 * handler is made in its caller.
 *
 * For cpu_loop.c. Everything else goes through syscall_dispatch().
 */
#ifndef FERRY_SYSCALL_FAST_H
#define FERRY_SYSCALL_FAST_H

#include <errno.h>

#include "../runtime/vm/process.h"
#include "table.h"

/* What comes of a call that has not found its file. */
long syscall_by_name(struct thread *t, const struct sys_row *row,
		     const uint64_t a[6]);

/*
 * window.S's syscall_window_enter as an expansion; see there for how it
 * works. Its addresses go to section syscall_windows.
 */
static inline __attribute__((always_inline)) long
syscall_window_here(struct thread *t, long nr, const uint64_t a[6])
{
	register uint64_t r10 __asm__("r10") = a[3];
	register uint64_t r8 __asm__("r8") = a[4];
	register uint64_t r9 __asm__("r9") = a[5];
	long ret;

	__asm__ volatile("xor %%ecx, %%ecx\n"
			 "1:	cmpl $0, %[poll]\n"
			 "	jne 3f\n"
			 "2:	syscall\n"
			 "4:\n"
			 "	.subsection 1\n"
			 "3:	lea 4b(%%rip), %%r11\n"
			 "	cmp %%r11, %%rcx\n"
			 "	mov %[restart], %%r11\n"
			 "	mov %[again], %%rax\n"
			 "	cmove %%r11, %%rax\n"
			 "	jmp 4b\n"
			 "	.previous\n"
			 "	.pushsection syscall_windows, \"a\"\n"
			 "	.quad 1b, 2b, 3b\n"
			 "	.popsection"
			 : "=a"(ret)
			 : "0"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10),
			   "r"(r8), "r"(r9), [poll] "m"(t->poll),
			   [restart] "i"(-ERESTART_GUEST),
			   [again] "i"(-ERESTARTNOINTR_GUEST)
			 : "rcx", "r11", "memory", "cc");
	return ret;
}

/* What syscall_dispatch() does, but that it may return
 * -ERESTARTNOINTR_GUEST. */
static inline __attribute__((always_inline)) long
syscall_make(struct thread *t, long nr, const uint64_t a[6])
{
	const struct process *p = t->process;
	const struct sys_row *row = &syscall_rows[nr];

	if (unlikely((unsigned long)nr >= SYS_NR_MAX || p->opt.strace ||
		     p->special))
		return syscall_dispatch(t, nr, a);
	if (row->how == SYS_PASS)
		return syscall_window_here(t, row->host, a);
	if (row->fn) {
		long ret = row->fn(t, a);

		if (unlikely(ret == -ENOENT && p->opt.sysroot))
			return syscall_by_name(t, row, a);
		return ret;
	}
	return syscall_dispatch(t, nr, a);
}

#endif
