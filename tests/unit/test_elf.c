/*
 * test_elf.c - ELF files and scripts: what is refused, and where what is
 * accepted ends up in memory. Files are made here, field by field; the
 * messages for bad ones are tested by tests/suites/malformed.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../loader/image.h"
#include "../../loader/vdso.h"
#include "../../runtime/vm/gmem.h"

#define PG	PAGE_SIZE
#define RW	(PROT_READ | PROT_WRITE)
#define RX	(PROT_READ | PROT_EXEC)

#define FILE_SIZE	(16 * PG)

/* A file with byte i of page p being p + 1, but for the headers. */
struct file {
	Elf64_Ehdr eh;
	Elf64_Phdr ph[4];
	char rest[FILE_SIZE - sizeof(Elf64_Ehdr) - 4 * sizeof(Elf64_Phdr)];
};

static struct file file;
static struct program prog;
static struct image im;
static struct load_error err;

static void
segment(int i, uint32_t flags, uint64_t offset, gaddr vaddr, uint64_t filesz,
	uint64_t memsz)
{
	file.ph[i] = (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = flags,
		.p_offset = offset,
		.p_vaddr = vaddr,
		.p_filesz = filesz,
		.p_memsz = memsz,
		.p_align = PG,
	};
}

/* A shared object of text, a gap, and data with bss that ends in the middle
 * of a page. */
static void
setup(void)
{
	size_t i;

	for (i = 0; i < FILE_SIZE / PG; i++)
		memset((char *)&file + i * PG, (int)i + 1, PG);
	memset(&file, 0, offsetof(struct file, rest));
	memcpy(file.eh.e_ident, ELFMAG, SELFMAG);
	file.eh.e_ident[EI_CLASS] = ELFCLASS64;
	file.eh.e_ident[EI_DATA] = ELFDATA2LSB;
	file.eh.e_ident[EI_VERSION] = EV_CURRENT;
	file.eh.e_type = ET_DYN;
	file.eh.e_machine = EM_AARCH64;
	file.eh.e_version = EV_CURRENT;
	file.eh.e_entry = 0x123;
	file.eh.e_phoff = offsetof(struct file, ph);
	file.eh.e_ehsize = sizeof(Elf64_Ehdr);
	file.eh.e_phentsize = sizeof(Elf64_Phdr);
	file.eh.e_phnum = 4;
	segment(0, PF_R | PF_X, 0, 0, 2 * PG, 2 * PG);
	segment(1, PF_R | PF_W, 3 * PG + 16, 8 * PG + 16, PG, 3 * PG);
}

static int
check(void)
{
	FILE *f = tmpfile();

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(&file, 1, FILE_SIZE, f), FILE_SIZE);
	fflush(f);
	memset(&prog, 0, sizeof(prog));
	prog.name = "x";
	prog.fd = fileno(f);
	ck_assert_int_eq(fstat(prog.fd, &prog.st), 0);
	prog.head_len = (size_t)pread(prog.fd, prog.head, sizeof(prog.head), 0);
	err.text[0] = '\0';
	return elf_check(&im, &prog, EM_AARCH64, &err);
}

static void
load(gaddr base)
{
	if (check() < 0 || elf_map(&im, base, &err) < 0)
		ck_abort_msg("%s", err.text);
}

static void
refused(const char *why)
{
	ck_assert_int_eq(check(), -1);
	ck_assert_int_eq(err.status, LOAD_NOEXEC);
	if (!strstr(err.text, why))
		ck_abort_msg("%s instead of %s", err.text, why);
}

static int
prot_of(gaddr addr)
{
	gaddr lo, hi;

	return gmem_query(addr, &lo, &hi);
}

static int
byte(gaddr addr)
{
	unsigned char c;

	return gmem_read(&c, addr, 1) < 0 ? -1 : c;
}

START_TEST(maps)
{
	gaddr b;

	load(0);
	b = im.bias;
	ck_assert_uint_eq(b % PG, 0);
	ck_assert_uint_eq(im.entry, b + 0x123);
	ck_assert_uint_eq(im.phdr, b + offsetof(struct file, ph));
	ck_assert_uint_eq(im.end, b + 11 * PG + 16);
	ck_assert_int_eq(prot_of(b), RX);
	ck_assert_int_eq(prot_of(b + 2 * PG - 1), RX);
	/* The gap between the segments is given back. */
	ck_assert_int_eq(prot_of(b + 2 * PG), -1);
	ck_assert_int_eq(prot_of(b + 8 * PG - 1), -1);
	ck_assert_int_eq(prot_of(b + 8 * PG), RW);
	ck_assert_int_eq(prot_of(b + 12 * PG - 1), RW);
	ck_assert_int_eq(prot_of(b + 12 * PG), -1);
	/* The file's bytes, before and after the segment's start. */
	ck_assert_int_eq(byte(b + PG), 2);
	ck_assert_int_eq(byte(b + 8 * PG), 4);
	ck_assert_int_eq(byte(b + 9 * PG + 15), 5);
	/* bss: the rest of the page, and whole pages. */
	ck_assert_int_eq(byte(b + 9 * PG + 16), 0);
	ck_assert_int_eq(byte(b + 10 * PG - 1), 0);
	ck_assert_int_eq(byte(b + 12 * PG - 1), 0);
}
END_TEST

START_TEST(at_base)
{
	gaddr base = 0x555500000000 + 3 * PG;

	load(base);
	ck_assert_uint_eq(im.bias, base);
}
END_TEST

/* Where something is already, another place is found. */
START_TEST(at_taken_base)
{
	gaddr base = 0x555500000000;

	ck_assert(!IS_ERR(gmem_mmap(base + 8 * PG, PG, PROT_READ,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
				    -1, 0)));
	load(base);
	ck_assert_uint_ne(im.bias, base);
	ck_assert_int_eq(prot_of(base + 8 * PG), PROT_READ);
	ck_assert_int_eq(prot_of(im.bias + 8 * PG), RW);
}
END_TEST

START_TEST(aligns)
{
	uint64_t align = _i ? 0x10000 : 0x200000;
	gaddr base = 0x555500000000 + 5 * PG;

	file.ph[1].p_align = align;
	load(base);
	ck_assert_uint_eq(im.bias % align, 0);
	ck_assert_uint_ge(im.bias, base);
	ck_assert_uint_lt(im.bias, base + align);
	load(0);
	ck_assert_uint_eq(im.bias % align, 0);
	ck_assert_int_eq(prot_of(im.bias - 1), -1);
	ck_assert_int_eq(byte(im.bias + 8 * PG + 16), 4);
}
END_TEST

/* A file linked above 0 and placed by its bias. */
START_TEST(linked_high)
{
	segment(0, PF_R | PF_X, 0, 0x40000000, 2 * PG, 2 * PG);
	segment(1, PF_R | PF_W, 3 * PG, 0x40000000 + 2 * PG, 1, 1);
	load(0);
	ck_assert_int_eq(byte(im.bias + 0x40000000 + PG), 2);
	ck_assert_int_eq(byte(im.bias + 0x40000000 + 2 * PG), 4);
}
END_TEST

/* ET_EXEC: at its addresses, or not at all. */
START_TEST(fixed)
{
	file.eh.e_type = ET_EXEC;
	segment(0, PF_R | PF_X, 0, 0x123450000, 2 * PG, 2 * PG);
	/* Shares a page with the one before. */
	segment(1, PF_R | PF_W, 2 * PG - 16, 0x123450000 + 2 * PG - 16 + 32,
		16, 64);
	refused("not aligned");
	segment(0, PF_R | PF_X, 0, 0x123450000, PG + 16, PG + 16);
	segment(1, PF_R | PF_W, PG + 32, 0x123450000 + PG + 32, 16, 64);
	load(0);
	ck_assert_uint_eq(im.bias, 0);
	ck_assert_int_eq(prot_of(0x123450000), RX);
	ck_assert_int_eq(prot_of(0x123450000 + PG), RW);
	ck_assert_int_eq(byte(0x123450000 + PG), 2);
	ck_assert_int_eq(byte(0x123450000 + PG + 48), 0);
	ck_assert_int_eq(elf_map(&im, 0, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "in use"));
}
END_TEST

/* Far from each other, with anything between. */
START_TEST(fixed_far)
{
	file.eh.e_type = ET_EXEC;
	segment(0, PF_R | PF_X, 0, 0x123450000, PG, PG);
	segment(1, PF_R | PF_W, PG, 0x601234560000, 0, 3 * PG);
	load(0);
	ck_assert_int_eq(byte(0x601234560000 + 3 * PG - 1), 0);
	ck_assert_uint_eq(im.end, 0x601234560000 + 3 * PG);
}
END_TEST

START_TEST(read_only_bss)
{
	segment(1, PF_R, 3 * PG, 8 * PG, 16, 2 * PG);
	load(0);
	/* As on the kernel: nothing is written. */
	ck_assert_int_eq(byte(im.bias + 8 * PG + 16), 4);
	ck_assert_int_eq(byte(im.bias + 9 * PG), 0);
}
END_TEST

START_TEST(unsorted)
{
	Elf64_Phdr first = file.ph[0];

	file.ph[0] = file.ph[1];
	file.ph[1] = first;
	load(0);
	ck_assert_int_eq(byte(im.bias + PG), 2);
	ck_assert_int_eq(byte(im.bias + 8 * PG + 16), 4);
}
END_TEST

START_TEST(headers_elsewhere)
{
	memcpy((char *)&file + 9 * PG, file.ph, sizeof(file.ph));
	memset(file.ph, 0xff, sizeof(file.ph));
	file.eh.e_phoff = 9 * PG;
	load(0);
	ck_assert_int_eq(byte(im.bias + 8 * PG + 16), 4);
	ck_assert_uint_eq(im.phdr, 0);
}
END_TEST

START_TEST(interpreter)
{
	file.ph[2] = (Elf64_Phdr){
		.p_type = PT_INTERP, .p_offset = 5 * PG, .p_filesz = 7,
	};
	memcpy((char *)&file + 5 * PG, "/ld.so", 7);
	ck_assert_int_eq(check(), 0);
	ck_assert_str_eq(im.interp, "/ld.so");
}
END_TEST

START_TEST(stack_flags)
{
	file.ph[2].p_type = PT_GNU_STACK;
	file.ph[2].p_flags = PF_R | PF_W;
	ck_assert_int_eq(check(), 0);
	ck_assert(!im.exec_stack);
	file.ph[2].p_flags |= PF_X;
	ck_assert_int_eq(check(), 0);
	ck_assert(im.exec_stack);
}
END_TEST

START_TEST(refuses)
{
	switch (_i) {
	case 0:
		segment(1, PF_R, 0, PG, PG, PG);
		refused("overlap");
		break;
	case 1:
		segment(1, PF_R, 0, 8 * PG, FILE_SIZE + 1, FILE_SIZE + 1);
		refused("truncated");
		break;
	case 2:
		segment(1, PF_R, ~0ul << 12, 8 * PG, PG, PG);
		refused("truncated");
		break;
	case 3:
		segment(1, PF_R, 0, GMEM_TASK_SIZE, PG, PG);
		refused("address space");
		break;
	case 4:
		segment(1, PF_R, 0, ~0ul << 12, PG, 2 * PG);
		refused("address space");
		break;
	case 5:
		segment(1, PF_R, 0, PG * 8, PG, ~0ul);
		refused("address space");
		break;
	case 6:
		file.ph[0].p_memsz = file.ph[0].p_filesz = 0;
		file.ph[1].p_memsz = file.ph[1].p_filesz = 0;
		refused("no loadable");
		break;
	}
}
END_TEST

/* The vdso's image, by way of the host's library for ELF. */
START_TEST(vdso)
{
	memcpy(&file, &vdso_a64, VDSO_A64_SIZE);
	load(0);
	ck_assert_int_eq(prot_of(im.bias), RX);
	ck_assert_int_eq(byte(im.bias + VDSO_A64_SIGRETURN), 0x68);
	ck_assert_int_eq(byte(im.bias + VDSO_A64_SIGRETURN + 7), 0xd4);
}
END_TEST

static const struct {
	const char *line;
	int result;
	const char *interp, *arg;
} scripts[] = {
	{ "#!/bin/sh\nrest", 1, "/bin/sh", NULL },
	{ "#! \t/bin/sh \t \nrest", 1, "/bin/sh", NULL },
	{ "#!/bin/sh -e\n", 1, "/bin/sh", "-e" },
	{ "#!/usr/bin/env  python3 -u \n", 1, "/usr/bin/env", "python3 -u" },
	{ "#!/bin/sh", 1, "/bin/sh", NULL },
	{ "#!/bin/sh\r\n", 1, "/bin/sh\r", NULL },
	{ "#!sh\n", 1, "sh", NULL },
	{ "#!\n", -1, NULL, NULL },
	{ "#!  \n/bin/sh\n", -1, NULL, NULL },
	{ "#", 0, NULL, NULL },
	{ "echo\n", 0, NULL, NULL },
};

START_TEST(script)
{
	char *interp, *arg;

	memset(&prog, 0, sizeof(prog));
	prog.name = "x";
	strcpy(prog.head, scripts[_i].line);
	prog.head_len = strlen(scripts[_i].line);
	ck_assert_int_eq(script_parse(&prog, &interp, &arg, &err),
			 scripts[_i].result);
	if (scripts[_i].result != 1)
		return;
	ck_assert_str_eq(interp, scripts[_i].interp);
	if (scripts[_i].arg)
		ck_assert_str_eq(arg, scripts[_i].arg);
	else
		ck_assert_ptr_null(arg);
}
END_TEST

/* The line may be longer than what is looked at, the path not. */
START_TEST(script_cut)
{
	char *interp, *arg;

	memset(&prog, 0, sizeof(prog));
	prog.name = "x";
	memset(prog.head, 'a', sizeof(prog.head));
	memcpy(prog.head, "#!/b ", 5);
	prog.head_len = sizeof(prog.head);
	ck_assert_int_eq(script_parse(&prog, &interp, &arg, &err), 1);
	ck_assert_str_eq(interp, "/b");
	ck_assert_uint_eq(strlen(arg), 255 - 5);
	memset(prog.head, 'a', sizeof(prog.head));
	memcpy(prog.head, "#!", 2);
	ck_assert_int_eq(script_parse(&prog, &interp, &arg, &err), -1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("elf");
	TCase *c = tcase_create("files");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, maps);
	tcase_add_test(c, at_base);
	tcase_add_test(c, at_taken_base);
	tcase_add_loop_test(c, aligns, 0, 2);
	tcase_add_test(c, linked_high);
	tcase_add_test(c, fixed);
	tcase_add_test(c, fixed_far);
	tcase_add_test(c, read_only_bss);
	tcase_add_test(c, unsorted);
	tcase_add_test(c, headers_elsewhere);
	tcase_add_test(c, interpreter);
	tcase_add_test(c, stack_flags);
	tcase_add_loop_test(c, refuses, 0, 7);
	tcase_add_test(c, vdso);
	tcase_add_loop_test(c, script, 0, (int)ARRAY_SIZE(scripts));
	tcase_add_test(c, script_cut);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
