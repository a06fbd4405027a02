/*
 * leave.c - see leave.h.
 *
 * Many a program that has nothing to give up does so all the same: posix_spawn
 * with POSIX_SPAWN_RESETIDS, as make runs commands, is one. What the kernel
 * does to capabilities (cap_emulate_setxuid) needs another id, too.
 */
#include "../runtime/base/hostcall.h"
#include "leave.h"

static const struct {
	uint16_t set, get, nr_args;
} calls[] = {
	{ SYS_setuid, SYS_getresuid, 1 },
	{ SYS_setreuid, SYS_getresuid, 2 },
	{ SYS_setresuid, SYS_getresuid, 3 },
	{ SYS_setfsuid, SYS_getresuid, 1 },
	{ SYS_setgid, SYS_getresgid, 1 },
	{ SYS_setregid, SYS_getresgid, 2 },
	{ SYS_setresgid, SYS_getresgid, 3 },
	{ SYS_setfsgid, SYS_getresgid, 1 },
};

/* The real, effective and saved id are one, and all of a[] say it, or -1. The
 * file system's id is another only in who has left. */
static bool
has_ids(long get, const uint64_t *a, unsigned n)
{
	uint32_t id[3], i;

	if (host_call3(get, P(&id[0]), P(&id[1]), P(&id[2])) ||
	    id[0] != id[1] || id[0] != id[2])
		return false;
	for (i = 0; i < n; i++)
		if ((uint32_t)a[i] != id[0] && (uint32_t)a[i] != UINT32_MAX)
			return false;
	return true;
}

bool
leave_is_needed(const struct sys_row *row, const uint64_t a[6])
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (row->host == calls[i].set)
			return !has_ids(calls[i].get, a, calls[i].nr_args);
	return true;
}
