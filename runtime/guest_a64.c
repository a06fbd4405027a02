/*
 * guest_a64.c - plugs AArch64 into the runtime.
 */
#include <elf.h>
#include <linux/audit.h>
#include <string.h>

#include "../loader/vdso.h"
#include "../signals/frame_a64.h"
#include "../signals/tag_a64.h"
#include "../translator/guest/a64/cpu_model.h"
#include "../translator/guest/a64/sysreg.h"
#include "../translator/translate.h"
#include "guest_a64_cpuinfo.h"
#include "vm/guest_isa.h"

#define SVC_SIZE	4
#define MINSIGSTKSZ_A64	5120

static void
start(struct thread *t, gaddr pc, gaddr sp)
{
	struct a64_cpu *cpu = &t->cpu.a64;

	memset(cpu, 0, sizeof(*cpu));
	cpu->pc = pc;
	cpu->x[31] = sp;
	cpu->mxcsr = A64_MXCSR_RESET;
}

static gaddr
pc(const struct thread *t)
{
	return t->cpu.a64.pc;
}

static gaddr
sp(const struct thread *t)
{
	return t->cpu.a64.x[31];
}

static void
clone_child(struct thread *t, gaddr new_sp, bool set_tls, uint64_t tls)
{
	struct a64_cpu *cpu = &t->cpu.a64;

	cpu->x[0] = 0;
	if (new_sp)
		cpu->x[31] = new_sp;
	if (set_tls)
		cpu->tpidr_el0 = tls;
	cpu->excl_size = 0;
}

static long
syscall_args(const struct thread *t, uint64_t args[6])
{
	memcpy(args, t->cpu.a64.x, 6 * sizeof(args[0]));
	return (long)(int32_t)t->cpu.a64.x[8];
}

static void
syscall_result(struct thread *t, long ret)
{
	t->cpu.a64.x[0] = (uint64_t)ret;
}

static void
syscall_restart(struct thread *t)
{
	t->cpu.a64.x[0] = t->orig_arg0;
	t->cpu.a64.pc -= SVC_SIZE;
}

/* struct user_pt_regs, struct user_fpsimd_state. Another thread's FPSR lacks
 * what has accumulated in its MXCSR. */
static void
core_regs(const struct thread *t, struct core_regs *r)
{
	const struct a64_cpu *cpu = &t->cpu.a64;
	uint32_t fpsr = t == thread_self() ? a64_fpsr_get(cpu) : cpu->fp.fpsr;

	memset(r, 0, sizeof(*r));
	r->general_size = 34 * sizeof(uint64_t);
	memcpy(r->general, cpu->x, 32 * sizeof(uint64_t));
	r->general[32] = cpu->pc;
	r->general[33] = a64_nzcv(cpu);
	r->fp_size = 528;
	memcpy(r->fp, cpu->v, 512);
	memcpy(r->fp + 512, &fpsr, sizeof(fpsr));
	memcpy(r->fp + 516, &cpu->fp.fpcr, sizeof(cpu->fp.fpcr));
	r->tls_type = NT_ARM_TLS;
	r->tls = cpu->tpidr_el0;
}

/* REVIDR_EL1 is zero. */
static uint64_t
cpu_reg(const char *name)
{
	return strcmp(name, "midr_el1") == 0 ? a64_midr() : 0;
}

const struct guest_isa guest_a64 = {
	.machine = "aarch64",
	.elf_machine = EM_AARCH64,
	.audit_arch = AUDIT_ARCH_AARCH64,
	.minsigstksz = MINSIGSTKSZ_A64,
	.cpu_select = a64_cpu_select,
	.cpu_help = a64_cpu_help,
	.hwcap = a64_hwcap,
	.hwcap2 = a64_hwcap2,
	.start = start,
	.run = a64_run,
	.pause = a64_pause,
	.resume = a64_resume,
	.is_guest_access = a64_is_guest_access,
	.recover = a64_recover,
	.fp_trapped = a64_fp_trapped,
	.stack_overflow = a64_stack_overflow,
	.pc = pc,
	.sp = sp,
	.clone_child = clone_child,
	.syscall_args = syscall_args,
	.syscall_result = syscall_result,
	.syscall_restart = syscall_restart,
	.frame_setup = a64_frame_setup,
	.frame_return = a64_frame_return,
	.fault_address = a64_fault_address,
	.untagged = a64_untagged,
	.core_regs = core_regs,
	.cpu_reg = cpu_reg,
	.cpuinfo = a64_cpuinfo,
	.store_key = a64_store_key,
	.code_changed = a64_code_changed,
	.exiting = a64_exiting,
	.bury = a64_bury,
	.fork_lock = a64_fork_lock,
	.fork_unlock = a64_fork_unlock,
	.vdso = &vdso_a64,
	.vdso_size = VDSO_A64_SIZE,
	.vdso_sigreturn = VDSO_A64_SIGRETURN,
};
