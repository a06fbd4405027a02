/*
 * elf.c - ELF files: their headers checked, their segments mapped.
 *
 * Only the file header and the program headers matter for running a program.
 * They are read from the file, put behind each other and handed to libelf,
 * which checks them and brings them into the host's form; the section headers
 * are hidden from it, as a file runs without (or with broken) ones.
 *
 * The rules are the kernel's (fs/binfmt_elf.c), with two additions for the
 * user's sake: segments that overlap, and segments that the file is too short
 * for, are refused at once instead of ending in a crash.
 */
#include <errno.h>
#include <libelf.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../runtime/vm/gmem.h"
#include "../runtime/vm/guest_isa.h"
#include "image.h"

/* As the kernel: program headers of at most 64 KiB. */
#define MAX_PHDRS_SIZE	65536u

struct machine_name {
	uint16_t machine;
	const char *name;
};

static const struct machine_name machine_names[] = {
	{ EM_386, "i386" },
	{ EM_X86_64, "x86-64" },
	{ EM_ARM, "32-bit Arm" },
	{ EM_AARCH64, "AArch64" },
	{ EM_RISCV, "RISC-V" },
	{ EM_PPC, "PowerPC" },
	{ EM_PPC64, "64-bit PowerPC" },
	{ EM_S390, "s390" },
	{ EM_MIPS, "MIPS" },
	{ EM_SPARC, "SPARC" },
	{ EM_SPARCV9, "64-bit SPARC" },
	{ EM_IA_64, "IA-64" },
	{ EM_ALPHA, "Alpha" },
	{ EM_PARISC, "PA-RISC" },
	{ EM_68K, "m68k" },
	{ EM_SH, "SuperH" },
	{ 258, "LoongArch" },
};

static const char *
machine_name(uint16_t machine)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(machine_names); i++)
		if (machine_names[i].machine == machine)
			return machine_names[i].name;
	return NULL;
}

bool
elf_has_magic(const struct program *prog)
{
	return prog->head_len >= SELFMAG &&
	       memcmp(prog->head, ELFMAG, SELFMAG) == 0;
}

bool
elf_is_native(const struct program *prog)
{
	Elf64_Ehdr eh;

	if (!elf_has_magic(prog) || prog->head_len < sizeof(eh))
		return false;
	memcpy(&eh, prog->head, sizeof(eh));
	return eh.e_ident[EI_DATA] == ELFDATA2LSB &&
	       (eh.e_machine == EM_X86_64 || eh.e_machine == EM_386);
}

/* The identification and what of the header tells the kind of file. */
static int
check_kind(const struct program *prog, const Elf64_Ehdr *eh, uint16_t machine,
	   struct load_error *err)
{
	const char *want = machine_name(machine);
	const char *got;

	if (eh->e_ident[EI_CLASS] == ELFCLASS32) {
		got = machine_name(eh->e_machine);
		return load_fail(err, LOAD_NOEXEC,
				 "%s: a 32-bit program%s%s%s; only 64-bit %s "
				 "ones can be run", prog->name,
				 got ? " (" : "", got ? got : "",
				 got ? ")" : "", want);
	}
	if (eh->e_ident[EI_CLASS] != ELFCLASS64)
		return load_fail(err, LOAD_NOEXEC, "%s: invalid ELF class %u",
				 prog->name, eh->e_ident[EI_CLASS]);
	if (eh->e_ident[EI_DATA] == ELFDATA2MSB)
		return load_fail(err, LOAD_NOEXEC,
				 "%s: a big-endian program; only little-endian "
				 "ones can be run", prog->name);
	if (eh->e_ident[EI_DATA] != ELFDATA2LSB)
		return load_fail(err, LOAD_NOEXEC,
				 "%s: invalid ELF byte order %u", prog->name,
				 eh->e_ident[EI_DATA]);
	if (eh->e_ident[EI_VERSION] != EV_CURRENT)
		return load_fail(err, LOAD_NOEXEC, "%s: unknown ELF version %u",
				 prog->name, eh->e_ident[EI_VERSION]);
	if (eh->e_machine != machine) {
		got = machine_name(eh->e_machine);
		if (got)
			return load_fail(err, LOAD_NOEXEC,
					 "%s: a program for %s, not for %s",
					 prog->name, got, want);
		return load_fail(err, LOAD_NOEXEC,
				 "%s: a program for unknown machine %u, not "
				 "for %s", prog->name, eh->e_machine, want);
	}
	switch (eh->e_type) {
	case ET_EXEC:
	case ET_DYN:
		break;
	case ET_REL:
		return load_fail(err, LOAD_NOEXEC,
				 "%s: an object file, not linked to a program",
				 prog->name);
	case ET_CORE:
		return load_fail(err, LOAD_NOEXEC,
				 "%s: a core dump, not a program", prog->name);
	default:
		return load_fail(err, LOAD_NOEXEC,
				 "%s: ELF type %u is no program", prog->name,
				 eh->e_type);
	}
	if (eh->e_phnum == 0)
		return load_fail(err, LOAD_NOEXEC, "%s: no program headers",
				 prog->name);
	if (eh->e_phentsize != sizeof(Elf64_Phdr))
		return load_fail(err, LOAD_NOEXEC,
				 "%s: program headers of %u bytes instead of "
				 "%zu", prog->name, eh->e_phentsize,
				 sizeof(Elf64_Phdr));
	if (eh->e_phnum * sizeof(Elf64_Phdr) > MAX_PHDRS_SIZE)
		return load_fail(err, LOAD_NOEXEC,
				 "%s: too many program headers (%u)",
				 prog->name, eh->e_phnum);
	return 0;
}

/* Reads [off, off+n) of the file: from its start if that holds it. */
static bool
read_at(const struct program *prog, void *buf, size_t n, uint64_t off)
{
	if (off <= prog->head_len && n <= prog->head_len - off) {
		memcpy(buf, prog->head + off, n);
		return true;
	}
	return off <= INT64_MAX - n &&
	       pread(prog->fd, buf, n, (off_t)off) == (ssize_t)n;
}

/* Has libelf check and convert the headers. */
static int
read_headers(struct image *im, uint16_t machine, struct load_error *err)
{
	const struct program *prog = im->prog;
	Elf64_Ehdr *eh, raw;
	Elf64_Phdr *ph;
	size_t size;
	char *file;
	Elf *elf;

	if (prog->head_len < sizeof(raw))
		return load_fail(err, LOAD_NOEXEC,
				 "%s: truncated: the ELF header is incomplete",
				 prog->name);
	memcpy(&raw, prog->head, sizeof(raw));
	if (check_kind(prog, &raw, machine, err) < 0)
		return -1;
	size = raw.e_phnum * sizeof(Elf64_Phdr);
	file = malloc(sizeof(raw) + size);
	if (!file)
		return load_fail(err, LOAD_NOEXEC, "%s: out of memory",
				 prog->name);
	if (!read_at(prog, file + sizeof(raw), size, raw.e_phoff)) {
		free(file);
		return load_fail(err, LOAD_NOEXEC,
				 "%s: truncated: program headers lie outside "
				 "the file", prog->name);
	}
	im->eh = raw;
	raw.e_phoff = sizeof(raw);
	raw.e_shoff = raw.e_shnum = raw.e_shstrndx = 0;
	memcpy(file, &raw, sizeof(raw));
	elf_version(EV_CURRENT);
	elf = elf_memory(file, sizeof(raw) + size);
	eh = elf ? elf64_getehdr(elf) : NULL;
	ph = eh ? elf64_getphdr(elf) : NULL;
	im->ph = ph ? malloc(size) : NULL;
	if (im->ph)
		memcpy(im->ph, ph, size);
	else
		load_fail(err, LOAD_NOEXEC, "%s: %s", prog->name,
			  ph ? "out of memory" : elf_errmsg(-1));
	elf_end(elf);
	free(file);
	return im->ph ? 0 : -1;
}

static int
check_segment(struct image *im, const Elf64_Phdr *ph, struct load_error *err)
{
	const char *name = im->prog->name;
	const Elf64_Phdr *other;

	if (ph->p_filesz > ph->p_memsz)
		return load_fail(err, LOAD_NOEXEC,
				 "%s: the segment at 0x%lx has more bytes in "
				 "the file than in memory", name, ph->p_vaddr);
	if (ph->p_memsz > GMEM_TASK_SIZE ||
	    ph->p_vaddr > GMEM_TASK_SIZE - ph->p_memsz)
		return load_fail(err, LOAD_NOEXEC,
				 "%s: the segment at 0x%lx lies outside the "
				 "address space", name, ph->p_vaddr);
	if (ph->p_filesz && (ph->p_vaddr - ph->p_offset) % PAGE_SIZE)
		return load_fail(err, LOAD_NOEXEC,
				 "%s: the segment at 0x%lx is not aligned with "
				 "its place in the file", name, ph->p_vaddr);
	if (ph->p_align & (ph->p_align - 1))
		return load_fail(err, LOAD_NOEXEC,
				 "%s: the alignment of the segment at 0x%lx is "
				 "not a power of two", name, ph->p_vaddr);
	if (ph->p_filesz > (uint64_t)im->prog->st.st_size ||
	    ph->p_offset > (uint64_t)im->prog->st.st_size - ph->p_filesz)
		return load_fail(err, LOAD_NOEXEC,
				 "%s: truncated: the segment at 0x%lx lies "
				 "outside the file", name, ph->p_vaddr);
	for (other = im->ph; other < ph; other++)
		if (other->p_type == PT_LOAD && other->p_memsz &&
		    other->p_vaddr < ph->p_vaddr + ph->p_memsz &&
		    ph->p_vaddr < other->p_vaddr + other->p_memsz)
			return load_fail(err, LOAD_NOEXEC,
					 "%s: the segments at 0x%lx and 0x%lx "
					 "overlap", name, other->p_vaddr,
					 ph->p_vaddr);
	return 0;
}

static int
check_load(struct image *im, const Elf64_Phdr *ph, struct load_error *err)
{
	if (ph->p_memsz == 0 && ph->p_filesz == 0)
		return 0;
	if (check_segment(im, ph, err) < 0)
		return -1;
	if (ALIGN_DOWN(ph->p_vaddr, PAGE_SIZE) < im->lo)
		im->lo = ALIGN_DOWN(ph->p_vaddr, PAGE_SIZE);
	if (ALIGN_UP(ph->p_vaddr + ph->p_memsz, PAGE_SIZE) > im->hi)
		im->hi = ALIGN_UP(ph->p_vaddr + ph->p_memsz, PAGE_SIZE);
	if (ph->p_align > im->align)
		im->align = ph->p_align;
	return 0;
}

static int
read_interp(struct image *im, const Elf64_Phdr *ph, struct load_error *err)
{
	const char *name = im->prog->name;

	if (im->interp)	/* the kernel takes the first */
		return 0;
	if (ph->p_filesz < 2 || ph->p_filesz > PATH_MAX)
		return load_fail(err, LOAD_NOEXEC,
				 "%s: the dynamic linker's name is %lu bytes "
				 "long", name, ph->p_filesz);
	im->interp = malloc(ph->p_filesz);
	if (!im->interp)
		return load_fail(err, LOAD_NOEXEC, "%s: out of memory", name);
	if (!read_at(im->prog, im->interp, ph->p_filesz, ph->p_offset))
		return load_fail(err, LOAD_NOEXEC,
				 "%s: truncated: the dynamic linker's name "
				 "lies outside the file", name);
	if (im->interp[ph->p_filesz - 1] != '\0')
		return load_fail(err, LOAD_NOEXEC,
				 "%s: the dynamic linker's name does not end",
				 name);
	return 0;
}

int
elf_check(struct image *im, const struct program *prog, uint16_t machine,
	  struct load_error *err)
{
	unsigned i;
	int r = 0;

	memset(im, 0, sizeof(*im));
	im->prog = prog;
	im->lo = ~0ul;
	im->align = PAGE_SIZE;
	if (read_headers(im, machine, err) < 0)
		return -1;
	for (i = 0; i < im->eh.e_phnum && r == 0; i++) {
		const Elf64_Phdr *ph = &im->ph[i];

		if (ph->p_type == PT_LOAD)
			r = check_load(im, ph, err);
		else if (ph->p_type == PT_INTERP)
			r = read_interp(im, ph, err);
		else if (ph->p_type == PT_GNU_STACK)
			im->exec_stack = ph->p_flags & PF_X;
	}
	if (r == 0 && im->hi == 0)
		return load_fail(err, LOAD_NOEXEC, "%s: no loadable segments",
				 prog->name);
	return r;
}

static int
map_failed(const struct image *im, gaddr lo, uint64_t size, long r,
	   struct load_error *err)
{
	return load_fail(err, LOAD_NOEXEC, "%s: cannot map 0x%lx-0x%lx: %s",
			 im->prog->name, lo, lo + size,
			 r == -EEXIST ? "the addresses are in use" :
					strerror((int)-r));
}

/* Zeroes the rest of the page in which the segment's file part ends. As on
 * the kernel, a segment that is not writable keeps what the file has there. */
static int
zero_tail(gaddr lo, gaddr hi, int prot)
{
	static const char zeroes[PAGE_SIZE];

	if (lo == hi || !(prot & PROT_WRITE))
		return 0;
	return gmem_write(lo, zeroes, hi - lo);
}

/* Whether the first page of `ph' was mapped for a segment before it. */
static bool
shares_page(const struct image *im, const Elf64_Phdr *ph)
{
	gaddr page = ALIGN_DOWN(ph->p_vaddr, PAGE_SIZE);
	const Elf64_Phdr *o;

	for (o = im->ph; o < ph; o++)
		if (o->p_type == PT_LOAD && o->p_memsz &&
		    page >= ALIGN_DOWN(o->p_vaddr, PAGE_SIZE) &&
		    page < ALIGN_UP(o->p_vaddr + o->p_memsz, PAGE_SIZE))
			return true;
	return false;
}

static int
map_segment(struct image *im, const Elf64_Phdr *ph, bool reserved,
	    struct load_error *err)
{
	gaddr start = ph->p_vaddr + im->bias;
	gaddr lo = ALIGN_DOWN(start, PAGE_SIZE);
	gaddr file_end = start + ph->p_filesz;
	gaddr file_page_end = ALIGN_UP(file_end, PAGE_SIZE);
	gaddr hi = ALIGN_UP(start + ph->p_memsz, PAGE_SIZE);
	int fixed = reserved || shares_page(im, ph) ? MAP_FIXED :
						      MAP_FIXED_NOREPLACE;
	int prot = (ph->p_flags & PF_R ? PROT_READ : 0) |
		   (ph->p_flags & PF_W ? PROT_WRITE : 0) |
		   (ph->p_flags & PF_X ? PROT_EXEC : 0);
	long r;

	if (ph->p_filesz) {
		r = gmem_mmap(lo, file_page_end - lo, prot, MAP_PRIVATE | fixed,
			      im->prog->fd,
			      ph->p_offset - (start - lo));
		if (IS_ERR(r))
			return map_failed(im, lo, file_page_end - lo, r, err);
		if (ph->p_memsz > ph->p_filesz &&
		    zero_tail(file_end, file_page_end, prot) < 0)
			return map_failed(im, file_end,
					  file_page_end - file_end, -EFAULT,
					  err);
		lo = file_page_end;
	}
	if (lo < hi) {
		r = gmem_mmap(lo, hi - lo, prot,
			      MAP_PRIVATE | MAP_ANONYMOUS | fixed, -1, 0);
		if (IS_ERR(r))
			return map_failed(im, lo, hi - lo, r, err);
	}
	if (start + ph->p_memsz > im->end)
		im->end = start + ph->p_memsz;
	return 0;
}

/*
 * Reserves room for a position-independent file at `base' or anywhere, so
 * that its segments cannot be torn apart, and sets the bias, a multiple of
 * the alignment. The reservation is returned in *lo, *hi.
 */
static int
reserve(struct image *im, gaddr base, gaddr *lo, gaddr *hi,
	struct load_error *err)
{
	uint64_t size = im->hi - im->lo;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	gaddr addr = 0;
	long r;

	if (base) {
		addr = im->lo + ALIGN_UP(base - im->lo, im->align);
		flags |= MAP_FIXED_NOREPLACE;
	} else {
		size += im->align - PAGE_SIZE;
	}
	r = gmem_mmap(addr, size, PROT_NONE, flags, -1, 0);
	if (r == -EEXIST)
		return reserve(im, 0, lo, hi, err);
	if (IS_ERR(r))
		return map_failed(im, addr, size, r, err);
	*lo = (gaddr)r;
	*hi = *lo + size;
	im->bias = ALIGN_UP(*lo - im->lo, im->align);
	return 0;
}

/* Gives back what of [lo, hi) no segment covers; segments are in order of
 * their addresses or, as nothing guarantees that, are left alone. */
static void
trim(const struct image *im, gaddr lo, gaddr hi)
{
	const Elf64_Phdr *ph = im->ph, *end = im->ph + im->eh.e_phnum;

	for (; ph < end; ph++) {
		gaddr start = ALIGN_DOWN(ph->p_vaddr + im->bias, PAGE_SIZE);
		gaddr end_of = ALIGN_UP(ph->p_vaddr + im->bias + ph->p_memsz,
					PAGE_SIZE);

		if (ph->p_type != PT_LOAD || ph->p_memsz == 0)
			continue;
		if (start > lo)
			gmem_munmap(lo, start - lo);
		if (end_of > lo)
			lo = end_of;
	}
	if (hi > lo)
		gmem_munmap(lo, hi - lo);
}

static bool
is_sorted(const struct image *im)
{
	const Elf64_Phdr *ph, *end = im->ph + im->eh.e_phnum;
	gaddr last = 0;

	for (ph = im->ph; ph < end; ph++) {
		if (ph->p_type != PT_LOAD || ph->p_memsz == 0)
			continue;
		if (ph->p_vaddr < last)
			return false;
		last = ph->p_vaddr;
	}
	return true;
}

/* Where the program headers are in memory: AT_PHDR. 0 if nowhere. */
static gaddr
find_phdr(const struct image *im)
{
	const Elf64_Phdr *ph, *end = im->ph + im->eh.e_phnum;
	uint64_t off = im->eh.e_phoff;

	for (ph = im->ph; ph < end; ph++)
		if (ph->p_type == PT_LOAD && off >= ph->p_offset &&
		    off - ph->p_offset < ph->p_filesz)
			return ph->p_vaddr + im->bias + (off - ph->p_offset);
	return 0;
}

int
elf_map(struct image *im, gaddr base, struct load_error *err)
{
	bool pic = im->eh.e_type == ET_DYN;
	gaddr lo = 0, hi = 0;
	unsigned i;

	if (pic && reserve(im, base, &lo, &hi, err) < 0)
		return -1;
	for (i = 0; i < im->eh.e_phnum; i++) {
		const Elf64_Phdr *ph = &im->ph[i];

		if (ph->p_type == PT_LOAD && ph->p_memsz &&
		    map_segment(im, ph, pic, err) < 0)
			return -1;
	}
	if (pic && is_sorted(im))
		trim(im, lo, hi);
	im->entry = im->eh.e_entry + im->bias;
	im->phdr = find_phdr(im);
	return 0;
}
