/*
 * table.c - the rows of generic64.def and a64.def, indexed by number.
 *
 * Written as constants so that nothing happens at start-up.
 */
#include "table.h"

#include <errno.h>

const struct sys_row syscall_rows[SYS_NR_MAX] = {
#define PASS(nr, host_, name_, args_) \
	[nr] = { .name = #name_, .args = args_, .host = host_, \
		 .how = SYS_PASS },
#define LEAVE(nr, host_, name_, args_) \
	[nr] = { .name = #name_, .args = args_, .host = host_, \
		 .how = SYS_LEAVE },
#define PATH(nr, host_, name_, args_) \
	[nr] = { .name = #name_, .args = args_, .host = host_, \
		 .how = SYS_PATH },
#define XLATE(nr, host_, name_, args_, why_) \
	[nr] = { .name = #name_, .args = args_, .host = host_, \
		 .how = SYS_XLATE, .fn = sys_##name_, .why = why_ },
#define EMUL(nr, host_, name_, args_, why_) \
	[nr] = { .name = #name_, .args = args_, .host = host_, \
		 .how = SYS_EMUL, .fn = sys_##name_, .why = why_ },
#define FAIL(nr, host_, name_, args_, error_, why_) \
	[nr] = { .name = #name_, .args = args_, .host = host_, \
		 .how = SYS_FAIL, .error = -(error_), .why = why_ },
#include "generic64.def"
#include "a64.def"
#undef PASS
#undef LEAVE
#undef PATH
#undef XLATE
#undef EMUL
#undef FAIL
};

const struct sys_row *
syscall_row(long nr)
{
	if (unlikely((unsigned long)nr >= SYS_NR_MAX))
		return NULL;
	return syscall_rows[nr].how == SYS_NONE ? NULL : &syscall_rows[nr];
}
