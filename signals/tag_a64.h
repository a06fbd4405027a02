/*
 * tag_a64.h - the top bytes of fault addresses; functions of struct guest_isa.
 *
 * A64 ignores the top byte of a data address, but FAR_EL1 and so siginfo show
 * it to a handler that asks with SA_EXPOSE_TAGBITS
 * (Documentation/arch/arm64/tagged-pointers.rst).
 */
#ifndef FERRY_TAG_A64_H
#define FERRY_TAG_A64_H

#include "../runtime/vm/thread.h"

/* t->fault's address as the instruction at the pc made it. */
gaddr a64_fault_address(const struct thread *t);

/* What is shown of a fault's address to who does not ask. */
gaddr a64_untagged(gaddr addr);

#endif
