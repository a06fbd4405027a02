/*
 * load_start.c - what a program finds when it starts: arguments, environment,
 * auxv, stack, heap and vdso.
 *
 * TEST-FERRY: -0 another -E LOAD=one,two -U HOME
 * TEST-ENV: HOME=/nowhere
 * TEST-ARGS: one two
 * TEST-CFLAGS: -fasynchronous-unwind-tables -fno-inline
 */
#define _GNU_SOURCE
#include <elf.h>
#include <link.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

#include "check.h"

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

#ifdef __aarch64__
#define VDSO_CLOCK	"__kernel_clock_gettime"
#else
#define VDSO_CLOCK	"__vdso_clock_gettime"
#endif

extern char **environ;

static void
test_arguments(int argc, char **argv)
{
	char **last = environ;
	Elf64_auxv_t *aux;

	CHECK(argc == 3 && !argv[3]);
#ifdef __aarch64__
	CHECK(!strcmp(argv[0], "another"));
	CHECK(getenv("LOAD") && !strcmp(getenv("LOAD"), "one,two"));
	CHECK(!getenv("HOME"));
#endif
	CHECK(!strcmp(argv[1], "one") && !strcmp(argv[2], "two"));
	CHECK(argv[1] == argv[0] + strlen(argv[0]) + 1);
	CHECK(argv[2] + strlen(argv[2]) + 1 == environ[0]);
	CHECK((char **)environ == argv + argc + 1);
	while (*last)
		last++;
	aux = (Elf64_auxv_t *)(last + 1);
	CHECK(aux->a_type == AT_SYSINFO_EHDR);
	check_group("arguments");
}

static void
test_auxv(void)
{
	static const unsigned long present[] = {
		AT_SYSINFO_EHDR, AT_MINSIGSTKSZ, AT_HWCAP, AT_CLKTCK, AT_PHDR,
		AT_PHNUM, AT_ENTRY, AT_RANDOM, AT_EXECFN, AT_PLATFORM,
	};
	const Elf64_Ehdr *eh = (void *)getauxval(AT_SYSINFO_EHDR);
	struct utsname u;
	size_t i;

	for (i = 0; i < sizeof(present) / sizeof(present[0]); i++) {
		errno = 0;
		CHECK(getauxval(present[i]) != 0 && errno == 0);
	}
	CHECK(getauxval(AT_PAGESZ) == 4096);
	CHECK(getauxval(AT_PHENT) == sizeof(Elf64_Phdr));
	CHECK(getauxval(AT_BASE) == 0);
	CHECK(getauxval(AT_UID) == getuid());
	CHECK(getauxval(AT_EGID) == getegid());
	CHECK(getauxval(AT_SECURE) == 0);
	errno = 0;
	CHECK(getauxval(AT_EXECFD) == 0 && errno == ENOENT);
	uname(&u);
	CHECK(!strcmp((char *)getauxval(AT_PLATFORM), u.machine));
	CHECK(access((char *)getauxval(AT_EXECFN), X_OK) == 0);
	CHECK(!memcmp(eh->e_ident, ELFMAG, SELFMAG));
	CHECK(eh->e_type == ET_DYN);
	check_group("auxv");
}

static void *
vdso_symbol(const char *name)
{
	const char *base = (void *)getauxval(AT_SYSINFO_EHDR);
	const Elf64_Ehdr *eh = (void *)base;
	const Elf64_Phdr *ph = (void *)(base + eh->e_phoff);
	const Elf64_Sym *sym = NULL;
	const Elf64_Dyn *d = NULL;
	const uint32_t *hash = NULL;
	const char *str = NULL;
	uint32_t i;

	for (i = 0; i < eh->e_phnum; i++)
		if (ph[i].p_type == PT_DYNAMIC)
			d = (void *)(base + ph[i].p_vaddr);
	for (; d && d->d_tag != DT_NULL; d++) {
		if (d->d_tag == DT_SYMTAB)
			sym = (void *)(base + d->d_un.d_ptr);
		else if (d->d_tag == DT_STRTAB)
			str = base + d->d_un.d_ptr;
		else if (d->d_tag == DT_HASH)
			hash = (void *)(base + d->d_un.d_ptr);
	}
	if (!sym || !str || !hash)
		return NULL;
	for (i = hash[2]; i; i = hash[3 + i])
		if (!strcmp(str + sym[i].st_name, name))
			return (void *)(base + sym[i].st_value);
	return NULL;
}

static void
test_vdso(void)
{
	int (*clock)(clockid_t, struct timespec *) = vdso_symbol(VDSO_CLOCK);
	struct timespec a = { 0 }, b = { 0 };

#ifndef __aarch64__
	if (!clock)	/* the host's has more than one bucket, or none */
		return;
#endif
	CHECK(clock);
	CHECK(clock_gettime(CLOCK_MONOTONIC, &a) == 0);
	CHECK(clock && clock(CLOCK_MONOTONIC, &b) == 0);
	CHECK(b.tv_sec > a.tv_sec ||
	      (b.tv_sec == a.tv_sec && b.tv_nsec >= a.tv_nsec));
	CHECK(b.tv_sec - a.tv_sec < 10);
	check_group("vdso");
}

/* The stack can be used to its limit. */
static int
dig(long depth)
{
	volatile char page[4096];

	page[0] = (char)depth;
	return depth ? dig(depth - 1) + page[0] : page[0];
}

static void
test_stack(void)
{
	struct rlimit lim;
	long pages;

	CHECK(getrlimit(RLIMIT_STACK, &lim) == 0);
	pages = (lim.rlim_cur < (8ul << 20) ? lim.rlim_cur : 8ul << 20) / 4400;
	dig(pages - 64);
	check_group("stack");
}

static void
test_brk(void)
{
	char *start = sbrk(0);
	long i;

	CHECK(sbrk(64 << 20) == start);
	for (i = 0; i < 64 << 20; i += 4096)
		if (start[i])
			break;
	CHECK(i == 64 << 20);
	start[i - 1] = 1;
	CHECK(sbrk(-(64 << 20)) == start + (64 << 20));
	CHECK(sbrk(0) == start);
	check_group("brk");
}

/* Unwinders pass the signal frame because they know its trampoline. */
static _Unwind_Ptr wanted;
static int seen_fault, frames;

static _Unwind_Reason_Code
note_frame(struct _Unwind_Context *c, void *arg)
{
	int before;
	_Unwind_Ptr ip = _Unwind_GetIPInfo(c, &before);

	(void)arg;
	if (ip == wanted)
		seen_fault = before;
	return ++frames > 50 ? _URC_END_OF_STACK : _URC_NO_REASON;
}

static void
on_fault(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	(void)si;
#ifdef __aarch64__
	wanted = uc->uc_mcontext.pc;
#else
	wanted = (_Unwind_Ptr)uc->uc_mcontext.gregs[REG_RIP];
#endif
	_Unwind_Backtrace(note_frame, NULL);
	_exit(!(seen_fault && frames > 4));
}

static int
leaf(int *p)
{
	return *p;
}

static int
caller(void)
{
	return leaf(bad_address) + 1;
}

int
main(int argc, char **argv)
{
	struct sigaction sa = {
		.sa_sigaction = on_fault,
		.sa_flags = SA_SIGINFO,
	};

	test_arguments(argc, argv);
	test_auxv();
	test_vdso();
	test_stack();
	test_brk();
	fflush(stdout);
	/* Ends in the handler, which checks what the unwinder sees. */
	sigaction(SIGSEGV, &sa, NULL);
	caller();
	return 1;
}
