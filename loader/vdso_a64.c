/*
 * vdso_a64.c - the AArch64 vdso, laid out as a C object.
 *
 * There may be no AArch64 tool chain where ferry is built, and the image is
 * small and fixed, so the compiler of the host lays it out: each table of the
 * shared object is a member, each offset an offsetof.
 *
 * Functions are what the kernel's vdso offers under LINUX_2.6.39. They make
 * the system call; a guest's libc need not know that there is no faster way.
 *
 * There is deliberately no unwind table. Unwinders (libgcc, LLVM's, gdb)
 * recognise the trampoline's two instructions and then know the whole signal
 * frame; DWARF cannot describe it as well, as AArch64 has no register number
 * for the interrupted pc that all of them accept. The nop before it keeps the
 * return address minus one out of another function.
 */
#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#include "vdso.h"

#define NR_SYMS	4

/* A64 instructions. */
#define MOV_X8(nr)	(0xd2800008u | (uint32_t)(nr) << 5)
#define SVC		0xd4000001u
#define RET		0xd65f03c0u
#define NOP		0xd503201fu

/* System call numbers of the generic table. */
#define GUEST_NR_clock_gettime	113
#define GUEST_NR_clock_getres	114
#define GUEST_NR_rt_sigreturn	139
#define GUEST_NR_gettimeofday	169

struct strings {
	char null[1];
	char soname[sizeof("linux-vdso.so.1")];
	char version[sizeof("LINUX_2.6.39")];
	char sigreturn[sizeof("__kernel_rt_sigreturn")];
	char gettimeofday[sizeof("__kernel_gettimeofday")];
	char clock_gettime[sizeof("__kernel_clock_gettime")];
	char clock_getres[sizeof("__kernel_clock_getres")];
};

struct text {
	uint32_t nop[2];
	uint32_t sigreturn[2];
	uint32_t gettimeofday[4];
	uint32_t clock_gettime[4];
	uint32_t clock_getres[4];
};

struct version {
	Elf64_Verdef def;
	Elf64_Verdaux aux;
};

struct vdso_a64 {
	Elf64_Ehdr eh;
	Elf64_Phdr load, dynamic, note;
	struct {
		uint32_t nbucket, nchain, bucket[1], chain[NR_SYMS + 1];
	} hash;
	struct {
		uint32_t nbuckets, symoffset, bloom_size, bloom_shift;
		uint64_t bloom[1];
		uint32_t buckets[1], chain[NR_SYMS];
	} __attribute__((packed)) gnu_hash;
	struct {
		Elf64_Nhdr nhdr;
		char name[8];
		uint32_t version;
	} linux_note;
	Elf64_Sym sym[NR_SYMS + 1];
	Elf64_Half versym[NR_SYMS + 1];
	struct strings str;
	struct version ver[2] __attribute__((aligned(8)));
	Elf64_Dyn dyn[11];
	struct text text;
};

#define OFF(member)	offsetof(struct vdso_a64, member)
#define STR(member)	offsetof(struct strings, member)
#define SIZE(member)	sizeof(((struct vdso_a64 *)0)->member)

#define FUNCTION(sym_name)					\
	{							\
		.st_name = STR(sym_name),			\
		.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),	\
		.st_other = STV_DEFAULT,			\
		.st_shndx = 1,	/* any but SHN_UNDEF */		\
		.st_value = OFF(text.sym_name),			\
		.st_size = SIZE(text.sym_name),			\
	}

#define VERSION(index, flags, name_hash, sym_name, next)	\
	{							\
		.def = {					\
			.vd_version = VER_DEF_CURRENT,		\
			.vd_flags = flags,			\
			.vd_ndx = index,			\
			.vd_cnt = 1,				\
			.vd_hash = name_hash,			\
			.vd_aux = sizeof(Elf64_Verdef),		\
			.vd_next = next,			\
		},						\
		.aux = { .vda_name = STR(sym_name) },		\
	}

#define SYSCALL(nr)	{ MOV_X8(nr), SVC, RET, NOP }

const struct vdso_a64 vdso_a64 = {
	.eh = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB, EV_CURRENT, ELFOSABI_SYSV },
		.e_type = ET_DYN,
		.e_machine = EM_AARCH64,
		.e_version = EV_CURRENT,
		.e_entry = OFF(text),
		.e_phoff = OFF(load),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 3,
	},
	.load = {
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_X,
		.p_filesz = sizeof(struct vdso_a64),
		.p_memsz = sizeof(struct vdso_a64),
		.p_align = 4096,
	},
	.dynamic = {
		.p_type = PT_DYNAMIC,
		.p_flags = PF_R,
		.p_offset = OFF(dyn),
		.p_vaddr = OFF(dyn),
		.p_paddr = OFF(dyn),
		.p_filesz = SIZE(dyn),
		.p_memsz = SIZE(dyn),
		.p_align = 8,
	},
	.note = {
		.p_type = PT_NOTE,
		.p_flags = PF_R,
		.p_offset = OFF(linux_note),
		.p_vaddr = OFF(linux_note),
		.p_paddr = OFF(linux_note),
		.p_filesz = SIZE(linux_note),
		.p_memsz = SIZE(linux_note),
		.p_align = 4,
	},
	/* One bucket: every symbol is in its chain. */
	.hash = { 1, NR_SYMS + 1, { 1 }, { 0, 2, 3, 4, 0 } },
	/* One bucket, a filter that passes all; the last of the chain is
	 * marked in bit 0. */
	.gnu_hash = {
		.nbuckets = 1,
		.symoffset = 1,
		.bloom_size = 1,
		.bloom = { ~0ul },
		.buckets = { 1 },
		.chain = {
			0x91788feb & ~1u,	/* sigreturn */
			0x2026a045 & ~1u,	/* gettimeofday */
			0xdfa941fd & ~1u,	/* clock_gettime */
			0xd83b6598 | 1u,	/* clock_getres */
		},
	},
	/* "Linux" with a version code, which ld.so ignores for a vdso. */
	.linux_note = { { 6, 4, 0 }, "Linux", 0x060100 },
	.sym = {
		{ 0 },
		FUNCTION(sigreturn),
		FUNCTION(gettimeofday),
		FUNCTION(clock_gettime),
		FUNCTION(clock_getres),
	},
	.versym = { 0, 2, 2, 2, 2 },
	.str = {
		"",
		"linux-vdso.so.1",
		"LINUX_2.6.39",
		"__kernel_rt_sigreturn",
		"__kernel_gettimeofday",
		"__kernel_clock_gettime",
		"__kernel_clock_getres",
	},
	.ver = {
		VERSION(1, VER_FLG_BASE, 0xdeebfa1, soname,
			sizeof(struct version)),
		VERSION(2, 0, 0x75fcb89, version, 0),
	},
	.dyn = {
		{ DT_SONAME, { STR(soname) } },
		{ DT_HASH, { OFF(hash) } },
		{ DT_GNU_HASH, { OFF(gnu_hash) } },
		{ DT_STRTAB, { OFF(str) } },
		{ DT_SYMTAB, { OFF(sym) } },
		{ DT_STRSZ, { sizeof(struct strings) } },
		{ DT_SYMENT, { sizeof(Elf64_Sym) } },
		{ DT_VERSYM, { OFF(versym) } },
		{ DT_VERDEF, { OFF(ver) } },
		{ DT_VERDEFNUM, { 2 } },
		{ DT_NULL, { 0 } },
	},
	.text = {
		.nop = { NOP, NOP },
		.sigreturn = { MOV_X8(GUEST_NR_rt_sigreturn), SVC },
		.gettimeofday = SYSCALL(GUEST_NR_gettimeofday),
		.clock_gettime = SYSCALL(GUEST_NR_clock_gettime),
		.clock_getres = SYSCALL(GUEST_NR_clock_getres),
	},
};

_Static_assert(MOV_X8(GUEST_NR_rt_sigreturn) == 0xd2801168,
	       "unwinders compare the trampoline's instructions");
_Static_assert(sizeof(struct vdso_a64) == VDSO_A64_SIZE, "vdso.h");
_Static_assert(OFF(text.sigreturn) == VDSO_A64_SIGRETURN, "vdso.h");
_Static_assert(OFF(gnu_hash.bloom) % 8 == 0, "aligned as its type");
_Static_assert(OFF(text) % 8 == 0, "aligned");
