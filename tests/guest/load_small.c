/*
 * load_small.c - an address space of 39 bits: where everything is, what
 * mmap and mremap choose, and what lies outside.
 *
 * TEST-FERRY: -va-bits 39
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "check.h"

#define END	(1ul << 39)
#define GIB	(1ul << 30)
#define NONE	(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

static int
is_inside(const void *p)
{
	return (uintptr_t)p < END;
}

static void
places(void)
{
	unsigned long lo, hi;
	char line[512];
	FILE *f = fopen("/proc/self/maps", "r");
	int here;

	CHECK(f && is_inside(&here) && (uintptr_t)&here > END - 8 * GIB);
	CHECK(is_inside((void *)getauxval(AT_SYSINFO_EHDR)));
	while (fgets(line, sizeof(line), f)) {
		CHECK(sscanf(line, "%lx-%lx ", &lo, &hi) == 2);
		CHECK(hi <= END);
	}
	fclose(f);
	check_group("places");
}

static void
choices(void)
{
	char *p = mmap(NULL, GIB, PROT_READ | PROT_WRITE, NONE, -1, 0), *q;

	CHECK(p != MAP_FAILED && is_inside(p + GIB - 1));
	q = mmap(NULL, 4096, PROT_READ, NONE, -1, 0);
	CHECK(q + 4096 == p);		/* top down */
	CHECK(!munmap(p, 4096));
	CHECK(mmap(p, 4096, PROT_READ, NONE, -1, 0) == p);	/* a hint */
	q = mmap(p, 4096, PROT_READ, NONE, -1, 0);
	CHECK(q != p && is_inside(q));
	q = mmap((void *)(END * 4), 4096, PROT_READ, NONE, -1, 0);
	CHECK(q != MAP_FAILED && is_inside(q));
	q = mmap(NULL, 4096, PROT_READ | PROT_WRITE, NONE, -1, 0);
	strcpy(q, "moved");
	p = mremap(q, 4096, GIB, MREMAP_MAYMOVE);
	CHECK(p != MAP_FAILED && p != q && is_inside(p + GIB - 1));
	CHECK(!strcmp(p, "moved"));
	q = mremap(p, GIB, 4096, 0);
	CHECK(q == p);
	FAILS((long)mmap(NULL, END, PROT_READ, NONE, -1, 0), ENOMEM);
	FAILS((long)mmap((void *)END, 4096, PROT_READ, NONE | MAP_FIXED, -1,
			 0), ENOMEM);
	FAILS(munmap((void *)END, 4096), EINVAL);
	check_group("choices");
}

static void
segments(void)
{
	int id = shmget(IPC_PRIVATE, 8192, IPC_CREAT | 0600);
	char *p;

	CHECK(id >= 0);
	p = shmat(id, NULL, 0);
	shmctl(id, IPC_RMID, NULL);
	CHECK(p != (void *)-1 && is_inside(p));
	p[8191] = 1;
	CHECK(!shmdt(p));
	check_group("segments");
}

/* All of it in pieces of a GiB: most of the 512. */
static void
fill(void)
{
	int n = 0;

	while (mmap(NULL, GIB, PROT_NONE, NONE, -1, 0) != MAP_FAILED)
		n++;
	CHECK(errno == ENOMEM && n > 480 && n < 512);
	check_group("fill");
}

int
main(void)
{
	char *volatile brk = sbrk(4096);

	CHECK(is_inside(brk));
	brk[0] = 1;
	places();
	choices();
	segments();
	fill();
	return check_done();
}
