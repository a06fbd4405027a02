/*
 * emit_int.h - the integer operations' emitters, and what they share with the
 * block emitter.
 */
#ifndef FERRY_X64_EMIT_INT_H
#define FERRY_X64_EMIT_INT_H

#include "../../../runtime/vm/cpu_a64.h"
#include "emit.h"

/* Emits integer value r, not yet in a register, into dst; uses its operands
 * up. dst may be an operand's register, and is written last. */
void emit_int_into(struct emit *e, ir_ref r, unsigned dst);

/* Whether making r leaves EFLAGS alone. */
bool emit_is_quiet(struct emit *e, ir_ref r);

/* Takes scratch register `reg', or fails. */
bool emit_alloc_this(struct emit *e, unsigned reg);

/* Whether r is a constant, and which. */
bool emit_is_const(struct emit *e, ir_ref r, int64_t *v);

/* As emit_use, for a consumer that ignores the high 32 bits. */
unsigned emit_use32(struct emit *e, ir_ref r);

#endif
