/*
 * syscall_numbers_guest.c - the table's guest numbers against the kernel's
 * generic header. Nothing runs: it compiles or it does not.
 */
#define __BITS_PER_LONG 64
#define __ARCH_WANT_NEW_STAT
#define __ARCH_WANT_RENAMEAT
#define __ARCH_WANT_SET_GET_RLIMIT
#define __ARCH_WANT_SYS_CLONE3
#define __ARCH_WANT_MEMFD_SECRET
#include <asm-generic/unistd.h>

#include "syscall_numbers.h"

#define SIDE(nr, host) nr
#include "../../syscall/generic64.def"
#include "../../syscall/a64.def"
