/*
 * storm.h - what the storms share: memory that must stay flat.
 *
 * A storm takes its size as its argument, checks every single result, and
 * fails if the memory that it uses grows with the size.
 */
#ifndef TESTS_STORMS_STORM_H
#define TESTS_STORMS_STORM_H

#include <stdio.h>
#include <stdlib.h>

#include "../guest/check.h"

__attribute__((unused)) static long
status_kib(const char *name)
{
	FILE *f = fopen("/proc/self/status", "r");
	size_t n = strlen(name);
	char line[200];
	long kib = -1;

	CHECK(f);
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, name, n))
			kib = atol(line + n);
	fclose(f);
	return kib;
}

/* Called after each step: from a tenth of the way on, nothing may grow. */
__attribute__((unused)) static void
stays_flat(long step, long steps)
{
	static long rss, size;

	if (step == steps / 10) {
		rss = status_kib("VmRSS:");
		size = status_kib("VmSize:");
	}
	if (step != steps - 1)
		return;
	printf("resident %ld KiB, then %ld; mapped %ld MiB, then %ld\n", rss,
	       status_kib("VmRSS:"), size >> 10, status_kib("VmSize:") >> 10);
	CHECK(status_kib("VmRSS:") < rss + 2048);
	CHECK(status_kib("VmSize:") < size + (64 << 10));
}

#endif
