/*
 * seccomp_bpf.c - classic BPF as seccomp allows it.
 *
 * What is accepted is what the kernel accepts (kernel/seccomp.c
 * seccomp_check_filter, net/core/filter.c bpf_check_classic); what it means
 * is in Documentation/networking/filter.rst.
 */
#include "seccomp.h"

#include <linux/filter.h>
#include <string.h>

/* What may follow BPF_ALU and BPF_JMP. */
#define ALU_OPS	(1u << BPF_ADD / 16 | 1u << BPF_SUB / 16 | \
		 1u << BPF_MUL / 16 | 1u << BPF_DIV / 16 | \
		 1u << BPF_AND / 16 | 1u << BPF_OR / 16 | \
		 1u << BPF_XOR / 16 | 1u << BPF_LSH / 16 | \
		 1u << BPF_RSH / 16)
#define JMP_OPS	(1u << BPF_JEQ / 16 | 1u << BPF_JGE / 16 | \
		 1u << BPF_JGT / 16 | 1u << BPF_JSET / 16)

static bool
alu_valid(const struct bpf_insn *i)
{
	unsigned op = BPF_OP(i->code);
	bool by_k = BPF_SRC(i->code) == BPF_K;

	if (i->code == (BPF_ALU | BPF_NEG))
		return true;
	if (i->code & ~(unsigned)(0xf0 | BPF_X | BPF_ALU) ||
	    !(ALU_OPS >> (op / 16) & 1))
		return false;
	if (by_k && op == BPF_DIV && !i->k)
		return false;
	return !by_k || (op != BPF_LSH && op != BPF_RSH) || i->k < 32;
}

/* `left': the instructions behind it. */
static bool
jump_valid(const struct bpf_insn *i, uint32_t left)
{
	if (i->code == (BPF_JMP | BPF_JA))
		return i->k < left;
	return !(i->code & ~(unsigned)(0xf0 | BPF_X | BPF_JMP)) &&
	       JMP_OPS >> (BPF_OP(i->code) / 16) & 1 &&
	       i->jt < left && i->jf < left;
}

static bool
insn_valid(const struct bpf_insn *i, uint32_t left)
{
	switch (i->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		return i->k < sizeof(struct seccomp_data_guest) && !(i->k & 3);
	case BPF_LD | BPF_W | BPF_LEN:
	case BPF_LDX | BPF_W | BPF_LEN:
	case BPF_LD | BPF_IMM:
	case BPF_LDX | BPF_IMM:
	case BPF_MISC | BPF_TAX:
	case BPF_MISC | BPF_TXA:
	case BPF_RET | BPF_K:
	case BPF_RET | BPF_A:
		return true;
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX:
		return i->k < BPF_MEMWORDS;
	}
	return BPF_CLASS(i->code) == BPF_ALU ? alu_valid(i)
	     : BPF_CLASS(i->code) == BPF_JMP && jump_valid(i, left);
}

/* The words of memory that are written on every way to a place. */
static void
meet(uint16_t *at, uint16_t written)
{
	*at &= written;
}

/* No word of memory is read before it is written. */
static bool
memory_valid(const struct bpf_insn *insn, uint32_t len)
{
	uint16_t at[BPF_MAXINSNS + 1], now = 0;

	memset(at, 0xff, sizeof(at));
	for (uint32_t pc = 0; pc < len; pc++) {
		const struct bpf_insn *i = &insn[pc];

		now &= at[pc];
		switch (BPF_CLASS(i->code)) {
		case BPF_ST:
		case BPF_STX:
			now |= (uint16_t)(1u << i->k);
			break;
		case BPF_LD:
		case BPF_LDX:
			if (BPF_MODE(i->code) == BPF_MEM &&
			    !(now >> i->k & 1))
				return false;
			break;
		case BPF_JMP:
			if (BPF_OP(i->code) == BPF_JA) {
				meet(&at[pc + 1 + i->k], now);
			} else {
				meet(&at[pc + 1 + i->jt], now);
				meet(&at[pc + 1 + i->jf], now);
			}
			now = 0xffff;
			break;
		}
	}
	return true;
}

bool
bpf_valid(const struct bpf_insn *insn, uint32_t len)
{
	for (uint32_t pc = 0; pc < len; pc++)
		if (!insn_valid(&insn[pc], len - pc - 1))
			return false;
	return BPF_CLASS(insn[len - 1].code) == BPF_RET &&
	       memory_valid(insn, len);
}

/* `*zero' is set by a division by zero, which ends the filter with 0. */
static uint32_t
alu(unsigned op, uint32_t a, uint32_t b, bool *zero)
{
	switch (op) {
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		*zero = !b;
		return b ? a / b : 0;
	case BPF_AND:
		return a & b;
	case BPF_OR:
		return a | b;
	case BPF_XOR:
		return a ^ b;
	case BPF_LSH:
		return a << (b & 31);
	case BPF_RSH:
		return a >> (b & 31);
	default:
		return -a;
	}
}

static bool
holds(unsigned op, uint32_t a, uint32_t b)
{
	switch (op) {
	case BPF_JEQ:
		return a == b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	default:
		return a & b;
	}
}

/* The value that LD and LDX load. */
static uint32_t
load(const struct bpf_insn *i, const struct seccomp_data_guest *data,
     const uint32_t *mem)
{
	uint32_t v;

	switch (BPF_MODE(i->code)) {
	case BPF_ABS:
		memcpy(&v, (const char *)data + i->k, sizeof(v));
		return v;
	case BPF_LEN:
		return sizeof(*data);
	case BPF_MEM:
		return mem[i->k];
	default:
		return i->k;
	}
}

uint32_t
bpf_run(const struct bpf_insn *i, const struct seccomp_data_guest *data)
{
	uint32_t a = 0, x = 0, mem[BPF_MEMWORDS] = { 0 };
	bool zero = false;

	for (;; i++) {
		uint32_t b = BPF_SRC(i->code) == BPF_X ? x : i->k;

		switch (BPF_CLASS(i->code)) {
		case BPF_LD:
			a = load(i, data, mem);
			break;
		case BPF_LDX:
			x = load(i, data, mem);
			break;
		case BPF_ST:
			mem[i->k] = a;
			break;
		case BPF_STX:
			mem[i->k] = x;
			break;
		case BPF_ALU:
			a = alu(BPF_OP(i->code), a, b, &zero);
			if (zero)
				return 0;
			break;
		case BPF_JMP:
			if (BPF_OP(i->code) == BPF_JA)
				i += i->k;
			else
				i += holds(BPF_OP(i->code), a, b) ? i->jt
								  : i->jf;
			break;
		case BPF_RET:
			return BPF_RVAL(i->code) == BPF_A ? a : i->k;
		case BPF_MISC:
			if (BPF_MISCOP(i->code) == BPF_TAX)
				x = a;
			else
				a = x;
			break;
		}
	}
}
