/*
 * frame_a64.c - the signal frame of arm64 Linux.
 *
 * From the stack pointer upwards, as arch/arm64/include/uapi/asm/sigcontext.h
 * and arch/arm64/kernel/signal.c have it:
 *
 *	0	siginfo (only written with SA_SIGINFO)
 *	128	ucontext: flags, link, stack, mask
 *	304	sigcontext: fault address, x0-x30, sp, pc, pstate
 *	592	records {magic, size, ...}: fpsimd_context, esr_context if the
 *		last exception left a syndrome, and a terminator
 *	4688	frame record {x29, x30}, which x29 points to, for unwinders
 *
 * Handlers may edit all of it; what rt_sigreturn finds is what runs on.
 */
#include "frame_a64.h"

#include <errno.h>
#include <string.h>

#include "../runtime/vm/gmem.h"
#include "../runtime/vm/process.h"

#define GUEST_SA_SIGINFO	0x00000004
#define GUEST_SA_RESTORER	0x04000000

#define FPSIMD_MAGIC	0x46508001u
#define ESR_MAGIC	0x45535201u
#define EXTRA_MAGIC	0x45585401u

#define PSTATE_NZCV	0xf0000000u
/* Mode, execution state and the D, A, I, F masks: all zero at EL0. */
#define PSTATE_PRIVILEGED 0x000003dfu

struct guest_a64_record {
	uint32_t magic, size;
};

struct guest_a64_fpsimd {
	struct guest_a64_record head;
	uint32_t fpsr, fpcr;
	union v128 v[32];
};

struct guest_a64_esr {
	struct guest_a64_record head;
	uint64_t esr;
};

#define RESERVED_SIZE	4096

struct guest_a64_frame {
	siginfo_t info;
	struct {
		uint64_t flags;
		gaddr link;
		gaddr ss_sp;
		int32_t ss_flags;
		int32_t ss_pad;
		uint64_t ss_size;
		uint64_t mask;
		uint8_t mask_pad[120];
		uint64_t pad;
	} uc;
	struct {
		uint64_t fault_address;
		uint64_t regs[31];
		uint64_t sp, pc, pstate;
		uint64_t pad;
	} mc;
	uint8_t records[RESERVED_SIZE];
};

_Static_assert(offsetof(struct guest_a64_frame, uc) == 128, "ABI");
_Static_assert(offsetof(struct guest_a64_frame, uc.mask) == 168, "ABI");
_Static_assert(offsetof(struct guest_a64_frame, mc) == 304, "ABI");
_Static_assert(offsetof(struct guest_a64_frame, mc.pc) == 568, "ABI");
_Static_assert(offsetof(struct guest_a64_frame, records) == 592, "ABI");
_Static_assert(sizeof(struct guest_a64_frame) == 4688, "ABI");
_Static_assert(sizeof(struct guest_a64_fpsimd) == 0x210, "ABI");

struct guest_a64_frame_record {
	uint64_t fp, lr;
};

static void
fill_general(struct guest_a64_frame *f, const struct thread *t, uint64_t mask)
{
	const struct a64_cpu *cpu = &t->cpu.a64;

	f->uc.ss_sp = t->altstack.sp;
	f->uc.ss_flags = t->altstack.flags;
	f->uc.ss_size = t->altstack.size;
	f->uc.mask = mask;
	f->mc.fault_address = t->fault.far;
	memcpy(f->mc.regs, cpu->x, sizeof(f->mc.regs));
	f->mc.sp = cpu->x[31];
	f->mc.pc = cpu->pc;
	f->mc.pstate = a64_nzcv(cpu);
}

/* Returns the bytes of records[] in use, the terminator included. */
static size_t
fill_records(struct guest_a64_frame *f, const struct thread *t)
{
	const struct a64_cpu *cpu = &t->cpu.a64;
	struct guest_a64_fpsimd *fp = (void *)f->records;
	size_t used = sizeof(*fp);

	fp->head.magic = FPSIMD_MAGIC;
	fp->head.size = sizeof(*fp);
	fp->fpsr = a64_fpsr_get(cpu);
	fp->fpcr = a64_fpcr_get(cpu);
	memcpy(fp->v, cpu->v, sizeof(fp->v));
	if (t->fault.esr) {
		struct guest_a64_esr *esr = (void *)(f->records + used);

		esr->head.magic = ESR_MAGIC;
		esr->head.size = sizeof(*esr);
		esr->esr = t->fault.esr;
		used += sizeof(*esr);
	}
	memset(f->records + used, 0, sizeof(struct guest_a64_record));
	return used + sizeof(struct guest_a64_record);
}

int
a64_frame_setup(struct thread *t, gaddr sp, int sig, const siginfo_t *info,
		gaddr handler, gaddr restorer, int sa_flags, uint64_t mask)
{
	struct a64_cpu *cpu = &t->cpu.a64;
	struct guest_a64_frame_record rec = { cpu->x[29], cpu->x[30] };
	struct guest_a64_frame f;
	gaddr rec_at, at;
	size_t size, from;

	rec_at = ALIGN_DOWN(sp - sizeof(rec), 16);
	at = rec_at - sizeof(f);
	if (at > sp || sp > GMEM_TASK_SIZE)
		return -EFAULT;

	/* The tail of records[] stays what it is on the stack. */
	memset(&f, 0, offsetof(struct guest_a64_frame, records));
	f.info = *info;
	fill_general(&f, t, mask);
	size = offsetof(struct guest_a64_frame, records) + fill_records(&f, t);
	from = sa_flags & GUEST_SA_SIGINFO ?
		       0 : offsetof(struct guest_a64_frame, uc);
	if (gmem_write(at + from, (char *)&f + from, size - from) < 0 ||
	    gmem_write(rec_at, &rec, sizeof(rec)) < 0)
		return -EFAULT;

	cpu->x[0] = (uint64_t)sig;
	if (sa_flags & GUEST_SA_SIGINFO) {
		cpu->x[1] = at + offsetof(struct guest_a64_frame, info);
		cpu->x[2] = at + offsetof(struct guest_a64_frame, uc);
	}
	cpu->x[29] = rec_at;
	cpu->x[30] = sa_flags & GUEST_SA_RESTORER ?
			     restorer : t->process->sigreturn;
	cpu->x[31] = at;
	cpu->pc = handler;
	/* Taking an exception and returning from it clears the monitor. */
	cpu->excl_size = 0;
	return 0;
}

/* sizeof(struct extra_context); the kernel's TERMINATOR_SIZE, SIGFRAME_MAXSZ. */
#define EXTRA_SIZE	32
#define TERMINATOR_SIZE	16
#define FRAME_MAX	0x40000

/* The records, as they are read: first those of the frame's `reserved' array,
 * then perhaps those that extra_context leads to. */
struct walk {
	gaddr frame, base;
	uint64_t at, limit;
	bool extra;
};

/* extra_context must be followed by a terminator, and that by its data. */
static bool
enter_extra(struct walk *w, uint32_t size)
{
	struct {
		struct guest_a64_record head;
		uint64_t data;
		uint32_t size;
	} x;
	struct guest_a64_record end;
	gaddr at = w->base + w->at, behind = at + size + TERMINATOR_SIZE;

	if (w->extra || size < EXTRA_SIZE ||
	    w->limit - w->at - size < TERMINATOR_SIZE ||
	    gmem_read(&x, at, sizeof(x)) < 0 ||
	    gmem_read(&end, at + size, sizeof(end)) < 0 ||
	    end.magic || end.size || x.data % 16 || x.size % 16 ||
	    x.data != behind || x.size > w->frame + FRAME_MAX - behind)
		return false;
	*w = (struct walk){ w->frame, behind, 0, x.size, true };
	return true;
}

/*
 * Finds fpsimd_context, which must be there once, by the rules of the kernel's
 * parse_user_sigframe(): a syndrome is ignored; records of features that the
 * guest does not have make the frame bad, as unknown ones do. Its address; 0:
 * the frame is bad.
 */
static gaddr
find_fpsimd(gaddr frame)
{
	struct walk w = {
		frame, frame + offsetof(struct guest_a64_frame, records), 0,
		RESERVED_SIZE, false
	};
	struct guest_a64_record r;
	gaddr fp = 0;

	for (;;) {
		if (w.limit - w.at < sizeof(r) || w.at % 16 ||
		    gmem_read(&r, w.base + w.at, sizeof(r)) < 0 ||
		    r.size > w.limit - w.at)
			return 0;
		if (!r.magic)
			return r.size ? 0 : fp;
		if (r.magic == EXTRA_MAGIC) {
			if (!enter_extra(&w, r.size))
				return 0;
			continue;
		}
		if (r.magic == FPSIMD_MAGIC) {
			if (fp || r.size != sizeof(struct guest_a64_fpsimd))
				return 0;
			fp = w.base + w.at;
		} else if (r.magic != ESR_MAGIC || r.size < sizeof(r)) {
			return 0;
		}
		w.at += r.size;
	}
}

static bool
restore_fpsimd(struct a64_cpu *cpu, gaddr at)
{
	struct guest_a64_fpsimd fp;

	if (!at || gmem_read(&fp, at, sizeof(fp)) < 0)
		return false;
	memcpy(cpu->v, fp.v, sizeof(cpu->v));
	a64_fpcr_set(cpu, fp.fpcr);
	a64_fpsr_set(cpu, fp.fpsr);
	return true;
}

/* What is restored before the frame turns out to be bad stays so, as the
 * kernel has it: the SIGSEGV's frame shows it. */
int
a64_frame_return(struct thread *t, uint64_t *mask,
		 struct guest_altstack *altstack)
{
	struct a64_cpu *cpu = &t->cpu.a64;
	gaddr at = cpu->x[31];
	struct guest_a64_frame f;

	if (at % 16 || at > GMEM_TASK_SIZE - sizeof(f))
		return -EFAULT;
	if (gmem_read(&f, at, offsetof(struct guest_a64_frame, records)) < 0)
		return -EFAULT;
	memcpy(cpu->x, f.mc.regs, sizeof(f.mc.regs));
	cpu->x[31] = f.mc.sp;
	cpu->pc = f.mc.pc;
	a64_nzcv_set(cpu, f.mc.pstate & PSTATE_NZCV);
	cpu->excl_size = 0;
	*mask = f.uc.mask;
	if (f.mc.pstate & PSTATE_PRIVILEGED ||
	    !restore_fpsimd(cpu, find_fpsimd(at)))
		return -EINVAL;
	altstack->sp = f.uc.ss_sp;
	altstack->flags = f.uc.ss_flags;
	altstack->size = f.uc.ss_size;
	return 0;
}
