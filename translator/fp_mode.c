/*
 * fp_mode.c - from code that traps to code that tests; see the header.
 */
#include "fp_mode.h"

#include "../runtime/vm/codestore.h"
#include "../runtime/vm/process.h"
#include "block.h"
#include "report.h"

bool fp_mode_must_test;

static uint32_t nr_traps;
/* New code tests; and there is no other any more. */
static bool new_code_tests, all_code_tests;

bool
fp_mode_tests(void)
{
	return new_code_tests || !process.opt.fp_traps;
}

static void
change(void)
{
	block_lock();
	if (!new_code_tests) {
		new_code_tests = true;
		codestore_stop();	/* what is there traps */
		block_drop_all();
		__atomic_store_n(&all_code_tests, true, __ATOMIC_RELEASE);
	}
	block_unlock();
}

uint8_t
fp_mode_choose(const struct a64_cpu *cpu)
{
	if (fp_mode_is_wrong(cpu))
		change();
	if (!process.opt.threshold)
		return 0;
	/* Before the thread asks whether its tables are stale. */
	return !process.opt.fp_traps ||
	       __atomic_load_n(&all_code_tests, __ATOMIC_ACQUIRE) ?
		       A64_TRAP_FLUSH : A64_TRAP_FLUSH | A64_TRAP_INVALID;
}

void
fp_mode_set(struct a64_cpu *cpu, uint8_t trap)
{
	if (likely(cpu->fp_trap == trap))
		return;
	cpu->fp_trap = trap;
	a64_mxcsr_load(cpu);
}

uint32_t
fp_mode_trapped(struct a64_cpu *cpu, uint32_t mxcsr)
{
	report.fp_traps++;
	if (__atomic_add_fetch(&nr_traps, 1, __ATOMIC_RELAXED) >=
	    process.opt.fp_traps)
		fp_mode_must_test = true;
	return a64_mxcsr_after_trap(cpu, mxcsr);
}
