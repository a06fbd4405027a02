/*
 * sem_branch.h - branches and exceptions (Arm ARM C4.1.93).
 */
#ifndef FERRY_A64_SEM_BRANCH_H
#define FERRY_A64_SEM_BRANCH_H

/*
 * Whether a row ends a block: what may go elsewhere, always leaves, or needs
 * what follows to be fetched again; MSR, because translated code does not run
 * under every FPCR. An instruction may also raise an exception without being
 * here.
 */
static inline bool
a64_ends_block(unsigned row)
{
	static const bool ends[A64_NR_ROWS + 1] = {
		[A64_ROW_b_cond] = true, [A64_ROW_b] = true,
		[A64_ROW_bl] = true, [A64_ROW_cbz] = true,
		[A64_ROW_cbnz] = true, [A64_ROW_tbz] = true,
		[A64_ROW_tbnz] = true, [A64_ROW_br] = true,
		[A64_ROW_blr] = true, [A64_ROW_ret] = true,
		[A64_ROW_svc] = true, [A64_ROW_brk] = true,
		[A64_ROW_udf] = true, [A64_ROW_isb] = true,
		[A64_ROW_ic_ivau] = true, [A64_ROW_msr_reg] = true,
		[A64_NR_ROWS] = true,
	};

	return ends[row];
}

/* The target of a branch whose offset counts instructions. */
SEM uint64_t
branch_target(sem_ctx *s, int64_t words)
{
	return insn_pc(s) + words * 4;
}

SEM void
link_register(sem_ctx *s)
{
	xw(s, 30, imm(s, insn_pc(s) + 4));
}

SEM void
sem_b_cond(sem_ctx *s, const struct a64_b_cond *i)
{
	branch_if(s, cond(s, flags(s), i->cond), branch_target(s, i->imm19));
}

SEM void
sem_b(sem_ctx *s, const struct a64_b *i)
{
	branch_imm(s, branch_target(s, i->imm26));
}

SEM void
sem_bl(sem_ctx *s, const struct a64_bl *i)
{
	link_register(s);
	branch_call_imm(s, branch_target(s, i->imm26));
}

SEM void
sem_cbz(sem_ctx *s, const struct a64_cbz *i)
{
	unsigned t = type_sf(i->sf);

	branch_if(s, eq(s, t, xr(s, t, i->Rt), imm(s, 0)),
		  branch_target(s, i->imm19));
}

SEM void
sem_cbnz(sem_ctx *s, const struct a64_cbnz *i)
{
	unsigned t = type_sf(i->sf);

	branch_if(s, ne(s, t, xr(s, t, i->Rt), imm(s, 0)),
		  branch_target(s, i->imm19));
}

SEM void
sem_tbz(sem_ctx *s, const struct a64_tbz *i)
{
	bval set = bit(s, xr(s, IT64, i->Rt), i->b5 << 5 | i->b40);

	branch_if(s, bnot(s, set), branch_target(s, i->imm14));
}

SEM void
sem_tbnz(sem_ctx *s, const struct a64_tbnz *i)
{
	bval set = bit(s, xr(s, IT64, i->Rt), i->b5 << 5 | i->b40);

	branch_if(s, set, branch_target(s, i->imm14));
}

SEM void
sem_br(sem_ctx *s, const struct a64_br *i)
{
	branch(s, xr(s, IT64, i->Rn));
}

SEM void
sem_blr(sem_ctx *s, const struct a64_blr *i)
{
	ival target = xr(s, IT64, i->Rn);

	link_register(s);
	branch_call(s, target);
}

SEM void
sem_ret(sem_ctx *s, const struct a64_ret *i)
{
	branch_ret(s, xr(s, IT64, i->Rn));
}

/* Exceptions. */

SEM void
sem_udf(sem_ctx *s, const struct a64_udf *i)
{
	(void)i;
	undefined(s);
}

SEM void
sem_svc(sem_ctx *s, const struct a64_svc *i)
{
	supervisor_call(s, i->imm16);
}

SEM void
sem_brk(sem_ctx *s, const struct a64_brk *i)
{
	breakpoint(s, i->imm16);
}

#endif
