/*
 * context_x64.h - what an x86-64 signal context says about a fault.
 *
 * Async-signal-safe.
 */
#ifndef FERRY_CONTEXT_X64_H
#define FERRY_CONTEXT_X64_H

#include <ucontext.h>

#include "../runtime/base/base.h"

/*
 * The address that the interrupted instruction accesses, from its operand and
 * the registers. For faults of which the kernel does not tell the address: a
 * non-canonical one raises a general protection exception. The instruction
 * must have one memory operand in ModRM form, legacy or VEX encoded, not
 * relative to rip or a segment. *write is whether it stores (read-modify-
 * write included), as far as ferry's own guest accesses go.
 */
uint64_t context_access(const ucontext_t *uc, bool *write);

/*
 * Whether the interrupted instruction, of ferry's own code, is about to access
 * memory outside ferry's window, where it can wait or fault. False also for
 * kinds of instructions that are rare in accesses.
 */
bool context_at_access(const ucontext_t *uc);

#endif
