/*
 * ir_text.h - blocks of IR from text as ir/print.c makes it.
 */
#ifndef FERRY_TEST_IR_TEXT_H
#define FERRY_TEST_IR_TEXT_H

#include "../../translator/ir/ir.h"

/*
 * Reads text into *b: an address in column 3 begins a guest instruction; what
 * follows it on that line is the word, if it is a number. Names of values
 * (v7) are free. NULL, or what is wrong, in static storage.
 */
const char *ir_parse(struct ir_block *b, const char *text);

/* All of b, with values numbered from 1 in their order; static storage. */
const char *ir_text(const struct ir_block *b);

#endif
