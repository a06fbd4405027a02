/*
 * gmem_copy.c - copies between guest memory and ours that may fault.
 *
 * Each faulting instruction has a label; gmem_fixup maps it to the address
 * where the routine goes on and reports the failure.
 */
#include <errno.h>

#include "gmem.h"

/* Short structures go by words, as `rep' takes its time to start; what faults
 * there is left to it. */
extern const char gmem_copy_load[], gmem_copy_store[], gmem_copy_rest[];
extern const char gmem_copy_insn[], gmem_copy_done[];
extern const char gmem_str_insn[], gmem_str_fault[];

/* Bytes that were not copied. */
uint64_t gmem_copy_bytes(void *dst, const void *src, uint64_t n);
/* Length, -EFAULT, or `size' when there was no NUL within it. */
long gmem_copy_string(char *dst, const char *src, uint64_t size);

__asm__(".pushsection .text\n"
	".type gmem_copy_bytes, @function\n"
	"gmem_copy_bytes:\n"
	"	mov %rdx, %rcx\n"
	"	test $7, %dl\n"
	"	jnz gmem_copy_insn\n"
	"	cmp $64, %rdx\n"
	"	ja gmem_copy_insn\n"
	"1:	sub $8, %rcx\n"
	"	jb 2f\n"
	"gmem_copy_load:\n"
	"	mov (%rsi), %rax\n"
	"gmem_copy_store:\n"
	"	mov %rax, (%rdi)\n"
	"	add $8, %rsi\n"
	"	add $8, %rdi\n"
	"	jmp 1b\n"
	"2:	xor %eax, %eax\n"
	"	ret\n"
	"gmem_copy_rest:\n"
	"	add $8, %rcx\n"
	"gmem_copy_insn:\n"
	"	rep movsb\n"
	"gmem_copy_done:\n"
	"	mov %rcx, %rax\n"
	"	ret\n"
	".size gmem_copy_bytes, . - gmem_copy_bytes\n"
	".type gmem_copy_string, @function\n"
	"gmem_copy_string:\n"
	"	xor %eax, %eax\n"
	"1:	cmp %rdx, %rax\n"
	"	je 2f\n"
	"gmem_str_insn:\n"
	"	mov (%rsi,%rax), %cl\n"
	"	mov %cl, (%rdi,%rax)\n"
	"	test %cl, %cl\n"
	"	je 2f\n"
	"	inc %rax\n"
	"	jmp 1b\n"
	"gmem_str_fault:\n"
	"	mov $-14, %rax\n"
	"2:	ret\n"
	".size gmem_copy_string, . - gmem_copy_string\n"
	".popsection\n");

_Static_assert(EFAULT == 14, "gmem_copy_string returns -EFAULT");

int
gmem_read(void *dst, gaddr src, size_t n)
{
	return gmem_copy_bytes(dst, (const void *)src, n) ? -EFAULT : 0;
}

int
gmem_write(gaddr dst, const void *src, size_t n)
{
	return gmem_copy_bytes((void *)dst, src, n) ? -EFAULT : 0;
}

long
gmem_strncpy(char *dst, gaddr src, size_t size)
{
	long r = gmem_copy_string(dst, (const char *)src, size);

	return r == (long)size ? -ENAMETOOLONG : r;
}

uintptr_t
gmem_fixup(uintptr_t rip)
{
	if (rip == (uintptr_t)gmem_copy_load ||
	    rip == (uintptr_t)gmem_copy_store)
		return (uintptr_t)gmem_copy_rest;
	if (rip == (uintptr_t)gmem_copy_insn)
		return (uintptr_t)gmem_copy_done;
	if (rip == (uintptr_t)gmem_str_insn)
		return (uintptr_t)gmem_str_fault;
	return 0;
}
