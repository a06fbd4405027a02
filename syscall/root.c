/*
 * root.c - calls after which absolute paths lead elsewhere.
 *
 * They are the host's. But a guest in a root without /proc could not start
 * programs any more, for ferry starts them through its own file: so that is
 * kept open (exec.c) before the first of these calls.
 */
#include "../runtime/base/hostcall.h"
#include "../runtime/vm/codestore.h"
#include "exec.h"
#include "path.h"
#include "table.h"

static long
keep_and_call(struct thread *t, long nr, const uint64_t a[6])
{
	exec_keep_self(t);
	return sys_path_call(t, syscall_row(nr), a);
}

long
sys_chroot(struct thread *t, const uint64_t a[6])
{
	return keep_and_call(t, 51, a);
}

long
sys_pivot_root(struct thread *t, const uint64_t a[6])
{
	return keep_and_call(t, 41, a);
}

long
sys_mount(struct thread *t, const uint64_t a[6])
{
	return keep_and_call(t, 40, a);
}

long
sys_umount2(struct thread *t, const uint64_t a[6])
{
	return keep_and_call(t, 39, a);
}

long
sys_move_mount(struct thread *t, const uint64_t a[6])
{
	return keep_and_call(t, 429, a);
}

long
sys_setns(struct thread *t, const uint64_t a[6])
{
	codestore_leave();
	return keep_and_call(t, 268, a);
}
