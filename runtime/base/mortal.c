/*
 * mortal.c - a small table of them.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base.h"
#include "hostcall.h"
#include "mortal.h"

#define MAX_MORTAL	64

/* An entry is free if lo is 0, and being filled while hi is. */
static struct mortal {
	uintptr_t lo, hi;
	int pid, maker;
} table[MAX_MORTAL];
static int nr;

void
mortal_add(uintptr_t lo, uintptr_t hi, int pid)
{
	struct mortal *m;
	uintptr_t none;

	for (m = table; m < table + MAX_MORTAL; m++) {
		none = 0;
		if (!__atomic_compare_exchange_n(&m->lo, &none, lo, false,
						 __ATOMIC_ACQUIRE,
						 __ATOMIC_RELAXED))
			continue;
		m->pid = pid;
		m->maker = (int)host_call0(SYS_getpid);
		__atomic_store_n(&m->hi, hi, __ATOMIC_RELEASE);
		__atomic_fetch_add(&nr, 1, __ATOMIC_RELAXED);
		return;
	}
}

void
mortal_remove(uintptr_t lo)
{
	struct mortal *m;

	for (m = table; mortal_any() && m < table + MAX_MORTAL; m++) {
		if (__atomic_load_n(&m->lo, __ATOMIC_RELAXED) != lo)
			continue;
		__atomic_store_n(&m->hi, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&m->lo, 0, __ATOMIC_RELEASE);
		__atomic_fetch_sub(&nr, 1, __ATOMIC_RELAXED);
	}
}

bool
mortal_any(void)
{
	return __atomic_load_n(&nr, __ATOMIC_RELAXED);
}

/* Not waited for yet, or gone. */
static bool
is_dead(const struct mortal *m)
{
	siginfo_t info;
	long r;

	if (m->maker != host_call0(SYS_getpid))
		return false;
	memset(&info, 0, sizeof(info));
	r = host_call5(SYS_waitid, P_PID, m->pid, P(&info), WEXITED | WNOHANG |
		       WNOWAIT | __WALL, 0);
	if (r == -ECHILD)
		return host_call2(SYS_kill, m->pid, 0) == -ESRCH;
	return r == 0 && info.si_pid == m->pid;
}

bool
mortal_is_dead(uintptr_t at)
{
	const struct mortal *m;
	uintptr_t hi;

	for (m = table; m < table + MAX_MORTAL; m++) {
		hi = __atomic_load_n(&m->hi, __ATOMIC_ACQUIRE);
		if (at < hi && at >= m->lo)
			return is_dead(m);
	}
	return false;
}
