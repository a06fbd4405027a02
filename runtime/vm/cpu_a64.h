/*
 * cpu_a64.h - the register file of an AArch64 guest thread.
 *
 * Interpreter, translated code, signal frames and the system call layer all
 * work on this layout. Fields that translated code uses most lie within 127
 * bytes of the structure's start.
 *
 * Condition flags are kept as what produced them (kind and operands) and
 * become NZCV bits only when somebody asks: see a64_nzcv().
 *
 * FPCR's rounding mode and FZ live in the host's MXCSR while guest code runs,
 * and FPSR's cumulative bits accumulate there: see a64_fpcr_set(),
 * a64_fpsr_get().
 */
#ifndef FERRY_CPU_A64_H
#define FERRY_CPU_A64_H

#include "../base/base.h"
#include "../base/fpenv.h"

/* How flag_a and flag_b give NZCV. The operand size is part of the kind. */
enum a64_flag_kind {
	FLAG_NZCV,	/* flag_a holds N<<31 Z<<30 C<<29 V<<28 */
	FLAG_ADD32,	/* flag_a + flag_b */
	FLAG_ADD64,
	FLAG_SUB32,	/* flag_a - flag_b */
	FLAG_SUB64,
	FLAG_LOGIC32,	/* result is flag_a; C = V = 0 */
	FLAG_LOGIC64,
	FLAG_FCMP,	/* of a floating-point comparison: flag_a holds in bit
			 * 8 less or unordered, 10 unordered, 14 equal or
			 * unordered, as LAHF puts COMISD's flags into AH */
	FLAG_LAST = FLAG_FCMP
};

/* A vector register, or any 128-bit value of the IR. */
union v128 {
	uint8_t b[16];
	uint16_t h[8];
	uint32_t s[4];
	uint64_t d[2];
	int8_t sb[16];
	int16_t sh[8];
	int32_t ss[4];
	int64_t sd[2];
	float f32[4];
	double f64[2];
	unsigned __int128 q;
} __attribute__((aligned(16)));

/* MXCSR of a new process: FPCR = 0; all exceptions masked, none raised. */
#define A64_MXCSR_RESET	0x1f80

struct a64_cpu {
	/* x[31] is SP; where the encoding means XZR the semantics say so. */
	uint64_t x[32];
	uint64_t pc;
	uint64_t flag_a, flag_b;
	uint32_t flag_kind;	/* enum a64_flag_kind */
	struct fp_env fp;
	/* Written by the interpreter's branch operations. */
	uint64_t next_pc;
	union v128 v[32];
	uint64_t tpidr_el0;
	/* The exclusive monitor: address, size in bytes (0: none), the value
	 * that was loaded, and the number of the granule's stores so far. See
	 * the translator's exclusive.h. */
	uint64_t excl_addr;
	uint32_t excl_size;
	uint32_t excl_stores;
	uint64_t excl_val[2];
	/* MXCSR that guest code runs with (saved while it does not). */
	uint32_t mxcsr;
	/* What may trap, enum a64_fp_trap; and whether a trap has masked it
	 * all, until translated code goes on. */
	uint8_t fp_trap, fp_masked;
	/* The counter, while a store-exclusive is on its way; else NULL. */
	uint64_t *excl_place;
};

/*
 * Translated code may run with exceptions unmasked in MXCSR, so that it need
 * not test for what x86 does unlike Arm: the instruction that traps is then
 * done by the interpreter. Masked without these bits, as unit tests want it.
 */
enum a64_fp_trap {
	/* Invalid: the only case in which add, subtract, multiply, divide,
	 * square root and conversions choose another NaN than Arm. */
	A64_TRAP_INVALID = 1,
	/* With FPCR.FZ: the first denormal operand, which sets FPSR.IDC, for
	 * which x86 has no flag that goes with flushing; and until FPSR.IXC
	 * is set, what is inexact or flushed: x86 sets it for the latter too.
	 * Once both are set MXCSR flushes by itself, and exactly. */
	A64_TRAP_FLUSH = 2,
};

/* NZCV as bits 31..28; all other bits zero. */
uint32_t a64_nzcv(const struct a64_cpu *cpu);
/* Sets NZCV from bits 31..28 of `nzcv'. */
void a64_nzcv_set(struct a64_cpu *cpu, uint32_t nzcv);

/*
 * FPCR and FPSR as MRS and signal frames see them. They read and write the
 * calling thread's MXCSR: only for the thread that runs this cpu, while the
 * guest's MXCSR is loaded (it is, from the thread's start to its end; the
 * host's signal handler restores it).
 */
uint32_t a64_fpcr_get(const struct a64_cpu *cpu);
void a64_fpcr_set(struct a64_cpu *cpu, uint32_t fpcr);
uint32_t a64_fpsr_get(const struct a64_cpu *cpu);
void a64_fpsr_set(struct a64_cpu *cpu, uint32_t fpsr);

/* Loads MXCSR with what FPCR, FPSR and fp_trap ask for; flags stay. */
void a64_mxcsr_load(struct a64_cpu *cpu);
/* In the host's signal handler: the MXCSR to go on with after a trap, in
 * place of what it was. Everything is masked until a64_mxcsr_load(). */
uint32_t a64_mxcsr_after_trap(struct a64_cpu *cpu, uint32_t mxcsr);

#endif
