/*
 * decode_common.h - what the tests of the generated A64 decoder share.
 *
 * The row's mnemonic need not be the written one: a row may cover several
 * instructions (LDR: LDRB, LDRH), and capstone prefers aliases (CMP).
 * a64_names.def lists them all.
 */
#ifndef FERRY_TEST_DECODE_COMMON_H
#define FERRY_TEST_DECODE_COMMON_H

#include <stdbool.h>
#include <stdint.h>

#include "a64_encodings.h"
#include "a64_gen.h"

/* The number of differences reported so far. */
extern unsigned differences;

/* A pseudo-random word; always the same sequence. */
uint32_t rnd(void);
/* The row that insn decodes to; A64_NR_ROWS if it is undefined. */
enum a64_row row_of(uint32_t insn);
/* Whether a blank-separated list has the word. */
bool word_in(const char *list, const char *word);
/* Whether rows with mnemonic `row' may cover what is written `name'. */
bool covers(const char *row, const char *name);
/* A word of this encoding if its constraints hold, other bits random. */
uint32_t fill(const struct encoding *e);
/* Whether bits of insn that should be 0 or 1 are not. */
bool should_differ(const struct encoding *e, uint32_t insn);
/* Counts a difference, and prints the first few of each row. */
void differ(uint32_t insn, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
