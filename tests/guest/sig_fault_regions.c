/*
 * sig_fault_regions.c - random regions of code, with loops and branches: a
 * fault at each memory instruction each time that it is executed, where the
 * handler sees all registers and flags; then the same code undisturbed and
 * under a timer, which must end in one state.
 *
 * Prints a hash per region, of all that the frames have shown, for the tiers
 * (and qemu-aarch64) to agree on. A load that faults is skipped; its target
 * becomes what the handler makes up, so that the code goes on with it.
 *
 * TEST-CFLAGS: -march=armv8.2-a
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/time.h>

#include "region_a64.h"

enum {
	REGIONS = 40,
	RUNS = 4,
};

static unsigned faults, ticks;

static void
on_fault(int sig, siginfo_t *info, void *context)
{
	mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;
	uint32_t word = *(uint32_t *)m->pc;

	(void)sig;
	CHECK((uint32_t *)m->pc >= code && (uint32_t *)m->pc < p);
	faults++;
	add_frame(m, (uint64_t)((char *)info->si_addr - data));
	/* Integer registers get a value that depends on the place. */
	if (!(word & 1u << 26) && (word & 31) < 30)
		m->regs[word & 31] = hash;
	m->pc += 4;
}

static void
on_tick(int sig)
{
	(void)sig;
	ticks++;
}

static void
try_region(unsigned n)
{
	struct itimerval it = { { 0, 200 }, { 0, 200 } };
	static const struct itimerval off;
	uint64_t want, end;
	unsigned r;

	make_region();
	/* Each of a few runs the same: translations come in between. */
	CHECK(!mprotect(data, PAGE, PROT_NONE));
	want = 0;
	for (r = 0; r < RUNS; r++) {
		hash = 0;
		faults = 0;
		run(6);
		CHECK(!want || hash == want);
		want = hash;
	}
	printf("region %2u: %016lx, %u faults", n, want, faults);
	/* Undisturbed, and under a timer. */
	CHECK(!mprotect(data, PAGE, PROT_READ | PROT_WRITE));
	memset(data, 5, PAGE);
	run(2000);
	end = end_hash();
	printf(", end %016lx\n", end);
	setitimer(ITIMER_REAL, &it, NULL);
	/* A fast machine may be done before the first tick. */
	for (r = 0; r < RUNS || (n == REGIONS - 1 && !ticks); r++) {
		memset(data, 5, PAGE);
		run(2000);
		CHECK(end_hash() == end);
	}
	setitimer(ITIMER_REAL, &off, NULL);
}

int
main(void)
{
	struct sigaction sa = { .sa_sigaction = on_fault,
				.sa_flags = SA_SIGINFO };
	unsigned n;

	make_room();
	CHECK(!sigaction(SIGSEGV, &sa, NULL));
	sa = (struct sigaction){ .sa_handler = on_tick,
				 .sa_flags = SA_RESTART };
	CHECK(!sigaction(SIGALRM, &sa, NULL));
	for (n = 0; n < REGIONS; n++)
		try_region(n);
	CHECK(ticks > 0);
	return check_done();
}
