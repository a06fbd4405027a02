/*
 * witness.c - the interpreter's memory accesses once more, telling of each before
 * it is made.
 *
 * The same semantic functions as in interp.c, compiled with other note_load
 * and note_store: so the interpreter itself need not ask whether anyone wants
 * to know.
 */
#include "../../../runtime/vm/thread.h"
#include "../../block.h"
#include "a64_front.h"
#include "a64_gen.h"
#include "witness.h"

static inline void
note_load(uint64_t addr, unsigned size)
{
	a64_witness_load(addr, size);
}

static inline void
note_store(uint64_t addr, unsigned size)
{
	a64_witness_store(addr, size);
}

#include "interp_ops.h"

#include "sem_dp_imm.h"
#include "sem_dp_reg.h"
#include "sem_branch.h"
#include "sem_ldst.h"
#include "sem_atomic.h"
#include "sem_system.h"
#include "sem_simd.h"
#include "sem_simd_ldst.h"

#define A64_EXEC_FN static void
#include "a64_exec_mem.inc"

/* The one store that is not among the encodings of loads and stores. */
static void
exec_dc_zva(struct a64_cpu *cpu, uint32_t insn)
{
	struct a64_dc_zva i = a64_dc_zva_fields(insn);

	sem_dc_zva(cpu, &i);
}

const void *
a64_witness_handler(uint32_t word)
{
	unsigned row = a64_front_row(word);
	a64_exec_fn *fn;

	if (row == A64_NR_ROWS)
		return a64_front_handler(word);
	if (row == A64_ROW_dc_zva)
		return (const void *)exec_dc_zva;
	fn = a64_exec_mem[a64_decode(word)];
	return fn ? (const void *)fn : a64_front_handler(word);
}
