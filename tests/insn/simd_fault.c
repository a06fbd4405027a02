/*
 * simd_fault.c - a load or store of SIMD registers that faults half way
 * changes no register, and reports the first byte it could not reach.
 *
 * The handler steps over the instruction.
 */
#include <ucontext.h>

#include "simd_run.h"

/* Each is at its own 8 bytes: the instruction, RET. x2 is the base, the given
 * number of bytes before memory ends; x1 is 64. */
#define FAULTS(_) \
	_(1, "ldr q0, [x2]") \
	_(15, "ldr q0, [x2], #16") \
	_(24, "ldr q0, [x2, #16]!") \
	_(72, "ldr q0, [x2, x1]") \
	_(4, "ldr d3, [x2]") \
	_(16, "ldp q0, q1, [x2]") \
	_(17, "ldp q0, q1, [x2], #32") \
	_(8, "ldp d0, d1, [x2], #16") \
	_(40, "ldp d0, d1, [x2, #32]!") \
	_(4, "ldp s0, s1, [x2], #8") \
	_(16, "ldnp q0, q1, [x2]") \
	_(4, "str q0, [x2], #16") \
	_(16, "stp q0, q1, [x2], #32") \
	_(48, "stp q0, q1, [x2, #32]!") \
	_(20, "ld1 {v0.16b, v1.16b}, [x2], #32") \
	_(48, "ld1 {v0.16b-v3.16b}, [x2], x1") \
	_(9, "ld1 {v30.8b, v31.8b, v0.8b}, [x2], #24") \
	_(31, "ld2 {v0.16b, v1.16b}, [x2], #32") \
	_(40, "ld3 {v0.4s-v2.4s}, [x2], #48") \
	_(56, "ld4 {v0.2d-v3.2d}, [x2], x1") \
	_(10, "ld4 {v0.8b-v3.8b}, [x2], #32") \
	_(2, "ld4 {v0.b-v3.b}[3], [x2], #4") \
	_(12, "ld4 {v0.s-v3.s}[3], [x2], #16") \
	_(8, "ld2 {v0.d-v1.d}[1], [x2], #16") \
	_(2, "ld3r {v0.8h-v2.8h}, [x2], #6") \
	_(3, "ld1r {v0.4s}, [x2], #4") \
	_(30, "st1 {v0.16b, v1.16b}, [x2], #32") \
	_(47, "st3 {v0.16b-v2.16b}, [x2], #48") \
	_(7, "st4 {v0.h-v3.h}[3], [x2], #8")

#define CODE(before, text) "\t" text "\n\tret\n"
__asm__(
"	.text\n"
"	.balign 8\n"
"	.globl	fault_code\n"
"fault_code:\n"
	FAULTS(CODE)
);

extern const uint32_t fault_code[][2];

static const struct {
	unsigned before;
	const char *text;
} faults[] = {
#define ROW(before, text) { before, text },
	FAULTS(ROW)
};

static uintptr_t fault_addr, fault_pc;

static void
fault_handler(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	fault_addr = (uintptr_t)info->si_addr;
	fault_pc = uc->uc_mcontext.pc;
	uc->uc_mcontext.pc += 4;
}

int
main(void)
{
	struct sigaction sa = { .sa_sigaction = fault_handler,
				.sa_flags = SA_SIGINFO };
	struct simd_regs in, out;
	uintptr_t end;
	int failed = 0;

	simd_data = mmap(NULL, SIMD_DATA, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (simd_data == MAP_FAILED)
		return 99;
	end = (uintptr_t)simd_data + SIMD_DATA / 2;
	mprotect((void *)end, SIMD_DATA / 2, PROT_NONE);
	sigaction(SIGSEGV, &sa, NULL);
	simd_seed = 1;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		simd_fill(&in, 0);
		in.x[1] = 64;
		in.x[2] = end - faults[i].before;
		out = in;
		fault_addr = fault_pc = 0;
		simd_call(&out, fault_code[i]);
		out.x[30] = 0;
		if (memcmp(&in, &out, sizeof(in)) || fault_addr != end ||
		    fault_pc != (uintptr_t)fault_code[i]) {
			printf("%s: address end%+ld, pc %+ld\n",
			       faults[i].text, (long)(fault_addr - end),
			       (long)(fault_pc - (uintptr_t)fault_code[i]));
			simd_show(fault_code[i][0], &in, &out);
			failed = 1;
		}
	}
	return failed;
}
