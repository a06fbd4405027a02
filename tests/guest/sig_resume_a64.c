/*
 * sig_resume_a64.c - a fault whose handler makes the page accessible: the load
 * is done again and the program goes on as if nothing had happened, with the
 * flags that were set before it and are read behind it.
 */
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>

#include "check.h"

enum {
	TIMES = 60,	/* enough for any translator to have begun */
	PAGE = 4096,
};

static char *page;
static unsigned faults;

static void
on_fault(int sig)
{
	(void)sig;
	faults++;
	mprotect(page, PAGE, PROT_READ | PROT_WRITE);
}

/* 1 + *p if a == b, 2 + *p if a < b, 3 + *p if a > b. */
static uint64_t
compared(uint64_t a, uint64_t b, const uint64_t *p)
{
	uint64_t ret;

	__asm__ volatile(
		"	cmp	%1, %2\n"
		"	ldr	%0, [%3]\n"
		"	b.eq	1f\n"
		"	b.hi	2f\n"
		"	adds	%0, %0, #2\n"
		"	b	3f\n"
		"1:	adds	%0, %0, #1\n"
		"	b	3f\n"
		"2:	adds	%0, %0, #3\n"
		"3:\n"
		: "=&r"(ret) : "r"(a), "r"(b), "r"(p) : "cc", "memory");
	return ret;
}

/* The carry of a + b, with a store in between. */
static uint64_t
carry(uint64_t a, uint64_t b, uint64_t *p)
{
	uint64_t sum, ret;

	__asm__ volatile(
		"	adds	%0, %2, %3\n"
		"	str	%0, [%4]\n"
		"	adc	%1, xzr, xzr\n"
		"	subs	xzr, %0, %0\n"
		: "=&r"(sum), "=&r"(ret) : "r"(a), "r"(b), "r"(p)
		: "cc", "memory");
	CHECK(*p == sum);
	return ret;
}

int
main(void)
{
	struct sigaction sa = { .sa_handler = on_fault };

	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(page != MAP_FAILED);
	sigaction(SIGSEGV, &sa, NULL);
	for (uint64_t i = 0; i < TIMES; i++) {
		uint64_t *p = (uint64_t *)page + i;

		*p = 10 * i;
		mprotect(page, PAGE, i & 1 ? PROT_NONE : PROT_READ);
		CHECK(compared(i, i / 3 * 3, p) ==
		      10 * i + (i % 3 ? 3 : 1));
		mprotect(page, PAGE, i & 1 ? PROT_NONE : PROT_READ);
		CHECK(compared(i / 3 * 3, i, p) ==
		      10 * i + (i % 3 ? 2 : 1));
		mprotect(page, PAGE, i & 1 ? PROT_NONE : PROT_READ);
		CHECK(carry(-(i & 2), i, p) == ((i & 2) && i >= (i & 2)));
	}
	CHECK(faults == TIMES / 2 * 2 + TIMES);
	return 0;
}
