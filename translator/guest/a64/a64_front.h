/*
 * a64_front.h - what the translator asks of the A64 decoder and interpreter.
 */
#ifndef FERRY_A64_FRONT_H
#define FERRY_A64_FRONT_H

#include "lift.h"

/* The word's row in the decoder's tables; that of undefined words if its
 * feature is off. */
unsigned a64_front_row(uint32_t word);

/* What the word is called: its row's name, which begins with the mnemonic. */
const char *a64_front_name(uint32_t word);

/* Whether nothing behind an instruction of that row can belong to its block. */
bool a64_front_ends_block(unsigned row);

/* Whether the row is a system call, behind which the same code goes on. */
bool a64_front_is_call(unsigned row);
/* An indirect jump, call or return. */
bool a64_front_is_indirect(unsigned row);

/* Whether code behind the word may have to be looked up anew: what writes
 * FPCR. */
bool a64_front_changes_mode(uint32_t word);

/* The interpreter's function for the word: void (struct a64_cpu *, uint32_t).
 */
const void *a64_front_handler(uint32_t word);

#endif
