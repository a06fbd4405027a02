/*
 * leave.h - whether a call of a LEAVE row is a reason to leave the store of
 * shared translations (runtime/vm/codestore.h).
 *
 * Any thread, before the call.
 */
#ifndef FERRY_SYSCALL_LEAVE_H
#define FERRY_SYSCALL_LEAVE_H

#include "table.h"

/* False: the call gives the thread the ids that it has. */
bool leave_is_needed(const struct sys_row *row, const uint64_t a[6]);

#endif
