/*
 * inject.c - ferry with memory that runs out: linked into a second ferry in
 * which the callers of rtmem_alloc, malloc and their like get this instead
 * (ld's --wrap).
 *
 * FERRY_OOM=N makes the Nth allocation of a process fail; N+ that and all
 * that follow. The file FERRY_OOM_MARK is made when one has failed.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime/base/hostcall.h"
#include "../../runtime/base/rtmem.h"
#include "../../runtime/options.h"

void *__real_rtmem_alloc(size_t size);
void *__real_rtmem_alloc_huge(size_t size);
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
char *__real_strdup(const char *s);

int __real_options_parse(struct options *opt, int argc, char **argv,
			 char **envp);

void *__wrap_rtmem_alloc(size_t size);
void *__wrap_rtmem_alloc_huge(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
char *__wrap_strdup(const char *s);
int __wrap_options_parse(struct options *opt, int argc, char **argv,
			 char **envp);

static unsigned long which, count;
static bool rest;
static const char *mark;

/* From here on allocations count; libc's own, before main, do not. */
int
__wrap_options_parse(struct options *opt, int argc, char **argv, char **envp)
{
	const char *s = getenv("FERRY_OOM");
	char *end;

	if (s) {
		which = strtoul(s, &end, 10);
		rest = *end == '+';
		mark = getenv("FERRY_OOM_MARK");
	}
	return __real_options_parse(opt, argc, argv, envp);
}

static bool
fails(void)
{
	unsigned long n;

	if (!which)
		return false;
	n = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
	if (n != which && !(rest && n > which))
		return false;
	if (mark)
		host_call1(SYS_close, host_call4(SYS_openat, AT_FDCWD, P(mark),
						 O_CREAT | O_WRONLY, 0600));
	return true;
}

void *
__wrap_rtmem_alloc(size_t size)
{
	return fails() ? NULL : __real_rtmem_alloc(size);
}

void *
__wrap_rtmem_alloc_huge(size_t size)
{
	return fails() ? NULL : __real_rtmem_alloc_huge(size);
}

void *
__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t size)
{
	return fails() ? NULL : __real_realloc(p, size);
}

char *
__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}
