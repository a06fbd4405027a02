/*
 * syscall_numbers_host.c - the table's host numbers against the host's
 * header. Nothing runs: it compiles or it does not.
 */
#include <asm/unistd.h>

#include "syscall_numbers.h"

#define SIDE(nr, host) host
#include "../../syscall/generic64.def"
#include "../../syscall/a64.def"
