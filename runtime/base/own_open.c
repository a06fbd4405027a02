/*
 * own_open.c - a descriptor more than there may be.
 */
#include <errno.h>
#include <sys/resource.h>

#include "base.h"
#include "hostcall.h"
#include "own_open.h"

#define MORE	64	/* threads may do this at a time */

/* The privileged may lift the hard limit, too. */
static bool
lift(const struct rlimit *old)
{
	struct rlimit lim = *old;

	lim.rlim_cur += MORE;
	if (lim.rlim_max < lim.rlim_cur)
		lim.rlim_max = lim.rlim_cur;
	if (!host_call2(SYS_setrlimit, RLIMIT_NOFILE, P(&lim)))
		return true;
	lim.rlim_cur = lim.rlim_max = old->rlim_max;
	return lim.rlim_cur > old->rlim_cur &&
	       !host_call2(SYS_setrlimit, RLIMIT_NOFILE, P(&lim));
}

long
own_openat(int dirfd, const char *path, int flags)
{
	long fd = host_call4(SYS_openat, dirfd, P(path), flags, 0);
	struct rlimit old;

	if (fd != -EMFILE ||
	    host_call2(SYS_getrlimit, RLIMIT_NOFILE, P(&old)) || !lift(&old))
		return fd;
	fd = host_call4(SYS_openat, dirfd, P(path), flags, 0);
	host_call2(SYS_setrlimit, RLIMIT_NOFILE, P(&old));
	return fd;
}
