/*
 * print.h - a block of IR as text.
 */
#ifndef FERRY_IR_PRINT_H
#define FERRY_IR_PRINT_H

#include "ir.h"

/* Guest instruction `guest's operations, a line each, to buf (as snprintf);
 * the length. Async-signal-safe, no lock. */
size_t ir_print(char *buf, size_t size, const struct ir_block *b,
		unsigned guest);

#endif
