/*
 * recover.c - guest state from a host context inside translated code, and the
 * stack that such code runs on.
 */
#include <cpuid.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "../../../runtime/base/hostcall.h"
#include "../../../runtime/base/rtmem.h"
#include "emit.h"
#include "enter.h"

/* What enter.S assumes. */
_Static_assert(offsetof(struct a64_cpu, x) == 0, "enter.S");
_Static_assert(offsetof(struct a64_cpu, pc) == 256, "enter.S");
_Static_assert(offsetof(struct a64_cpu, flag_a) == 264, "enter.S");
_Static_assert(offsetof(struct a64_cpu, flag_b) == 272, "enter.S");
_Static_assert(offsetof(struct a64_cpu, flag_kind) == 280, "enter.S");
_Static_assert(offsetof(struct a64_cpu, v) == X64_CPU_V, "enter.S");
_Static_assert(offsetof(struct a64_cpu, excl_stores) == X64_CPU_EXCL_STORES,
	       "enter.S");
_Static_assert(offsetof(struct a64_cpu, excl_place) == X64_CPU_EXCL_PLACE,
	       "enter.S");
_Static_assert(offsetof(struct a64_cpu, fp_masked) == X64_CPU_FP_MASKED,
	       "enter.S");
_Static_assert(FLAG_NZCV == 0 && FLAG_ADD32 == 1 && FLAG_ADD64 == 2 &&
	       FLAG_SUB32 == 3 && FLAG_SUB64 == 4 && FLAG_LOGIC32 == 5 &&
	       FLAG_LOGIC64 == 6 && FLAG_FCMP == 7, "enter.S");

_Static_assert(offsetof(struct thread, code_sp) == X64_CODE_SP, "enter.S");
_Static_assert(offsetof(struct thread, ret_sp) == X64_RET_SP, "enter.S");

/* The stack: a guard page, pairs of return addresses, and a pair on top whose
 * guest address no return has. */
#define RET_STACK	(64ul << 10)
#define NO_RETURN	1

bool
x64_ret_stack(struct thread *t)
{
	uint64_t *top;

	if (!t->ret_stack) {
		t->ret_stack = rtmem_alloc(RET_STACK);
		t->ret_stack_size = RET_STACK;
		if (!t->ret_stack)
			return false;
		host_call3(SYS_mprotect, P(t->ret_stack), PAGE_SIZE, PROT_NONE);
	}
	top = (uint64_t *)((char *)t->ret_stack + RET_STACK) - 2;
	/* Both: half a pair is lost when a call hits the guard page. */
	top[0] = top[1] = NO_RETURN;
	t->ret_sp = (uintptr_t)top;
	return true;
}

uintptr_t
x64_ret_overflow(struct thread *t, uintptr_t addr)
{
	uintptr_t guard = (uintptr_t)t->ret_stack;

	if (!guard || addr < guard || addr >= guard + PAGE_SIZE)
		return 0;
	return guard + RET_STACK - 2 * sizeof(uint64_t);
}

uint8_t x64_wide_pins;

/*
 * Where xmm16 to xmm31 are in a signal frame: component 7 of the XSAVE area,
 * in 64 bytes each. NULL: they are zero. The processor is asked for the offset
 * once: in a virtual machine that takes as long as ten faults.
 */
static const uint8_t *
wide_in(const mcontext_t *mc)
{
	static uint32_t offset;
	const uint8_t *area = (const uint8_t *)mc->fpregs;
	uint32_t at = __atomic_load_n(&offset, __ATOMIC_RELAXED);
	uint64_t present;
	unsigned a, b, c, d;

	memcpy(&present, area + 512, sizeof(present));
	if (!(present & 1 << 7))
		return NULL;
	if (!at) {
		if (!__get_cpuid_count(13, 7, &a, &b, &c, &d))
			return NULL;
		at = b;
		__atomic_store_n(&offset, at, __ATOMIC_RELAXED);
	}
	return area + at;
}

static void
recover_v(union v128 *v, unsigned xmm, const mcontext_t *mc)
{
	const uint8_t *wide;

	if (xmm < 16) {
		memcpy(v, &mc->fpregs->_xmm[xmm], sizeof(*v));
		return;
	}
	wide = wide_in(mc);
	memset(v, 0, sizeof(*v));
	if (wide)
		memcpy(v, wide + (xmm - 16) * 64, sizeof(*v));
}

static bool
at_cmpxchg16b(const mcontext_t *mc)
{
	static const uint64_t insn = X64_CMPXCHG16B;

	return memcmp((const void *)mc->gregs[REG_RIP], &insn,
		      X64_CMPXCHG16B_LEN) == 0;
}

void
x64_recover(struct a64_cpu *cpu, const void *mcontext)
{
	/* By enum x64_reg. */
	static const uint8_t greg[16] = {
		REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI,
		REG_RDI, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13,
		REG_R14, REG_R15,
	};
	const mcontext_t *mc = mcontext;
	unsigned n, home = at_cmpxchg16b(mc) ? X64_CMPXCHG16B_X : 32;

	for (n = 0; n < 32; n++) {
		if (x64_pin_of(n) != X64_NOREG && n != home)
			cpu->x[n] = (uint64_t)mc->gregs[greg[x64_pin_of(n)]];
		if (x64_vpin_of(n) != X64_NOREG)
			recover_v(&cpu->v[n], x64_vpin_of(n), mc);
	}
}
