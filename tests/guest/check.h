/*
 * check.h - assertions of guest programs.
 *
 * A guest program exits with 0 if all held. Programs that only use the
 * kernel's and libc's interfaces also run natively, which shows that they
 * test the kernel's behaviour and not ferry's.
 */
#ifndef TESTS_GUEST_CHECK_H
#define TESTS_GUEST_CHECK_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECK(cond) \
	check_that(!!(cond), #cond, __FILE__, __LINE__)

/* write(2) only: also for signal handlers and vfork children. */
__attribute__((unused)) static void
check_that(int ok, const char *what, const char *file, int line)
{
	char buf[400];
	int n;

	if (ok)
		return;
	n = snprintf(buf, sizeof(buf), "%s:%d: not so: %s (errno %d)\n", file,
		     line, what, errno);
	if (write(1, buf, (size_t)n) < 0)
		_exit(2);
	_exit(1);
}

/* The call fails with this error. */
#define FAILS(e, error) \
	(errno = 0, CHECK((e) == -1), CHECK(errno == (error)))

/* An address that nothing is mapped at, and that the compiler cannot see. */
__attribute__((unused)) static void *volatile bad_address = (void *)8;

/* Says that a group of checks has passed. */
__attribute__((unused)) static void
check_group(const char *name)
{
	printf("PASS %s\n", name);
	fflush(stdout);
}

/* For `return check_done();'. */
__attribute__((unused)) static int
check_done(void)
{
	return fflush(stdout) != 0;
}

#endif
