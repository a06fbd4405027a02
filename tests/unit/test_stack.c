/*
 * test_stack.c - the initial stack is what the arm64 kernel makes it.
 */
#include <check.h>
#include <linux/auxvec.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "../../loader/image.h"
#include "../../runtime/vm/gmem.h"
#include "../../runtime/vm/guest_isa.h"

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ	51
#endif

static uint64_t
caps(void)
{
	return 0x1234;
}

static uint64_t
caps2(void)
{
	return 0x5678;
}

static const struct guest_isa isa = {
	.machine = "aarch64",
	.minsigstksz = 5120,
	.hwcap = caps,
	.hwcap2 = caps2,
};

static struct process p;
static struct load_error err;
static struct image im;
static const struct load_random rnd = {
	.stack = 0x777,
	.at_random = "0123456789abcde",
};

static char *argv[] = { (char *)"prog", (char *)"", (char *)"two", NULL };
static char *envp[] = { (char *)"A=1", (char *)"LONG=value", NULL };

static void
setup(void)
{
	memset(&p, 0, sizeof(p));
	p.isa = &isa;
	p.vdso = 0x7654321000;
	im.eh.e_phnum = 7;
	im.phdr = 0x40;
	im.entry = 0x4000;
}

static uint64_t
word(gaddr addr)
{
	uint64_t v;

	ck_assert_int_eq(gmem_read(&v, addr, sizeof(v)), 0);
	return v;
}

static const char *
string(gaddr addr)
{
	static char buf[64];

	ck_assert_int_ge(gmem_strncpy(buf, addr, sizeof(buf)), 0);
	return buf;
}

static uint64_t
aux(gaddr at, uint64_t type)
{
	for (; word(at) != AT_NULL; at += 16)
		if (word(at) == type)
			return word(at + 8);
	ck_abort_msg("no entry %lu", type);
	return 0;
}

static gaddr
build(int execfd)
{
	gaddr sp;

	ck_assert_int_eq(stack_map(&p, false, argv, envp, "/bin/prog", &err),
			 0);
	sp = stack_build(&p, &im, 0x7000, argv, envp, "/bin/prog", execfd,
			 &rnd);
	ck_assert_uint_ne(sp, 0);
	return sp;
}

START_TEST(layout)
{
	gaddr sp = build(-1), at = sp, s;
	int i;

	ck_assert_uint_eq(sp % 16, 0);
	ck_assert_uint_eq(word(at), 3);
	for (i = 0, s = p.arg_start; i < 3; i++) {
		at += 8;
		ck_assert_uint_eq(word(at), s);
		ck_assert_str_eq(string(s), argv[i]);
		s += strlen(argv[i]) + 1;
	}
	ck_assert_uint_eq(word(at += 8), 0);
	ck_assert_uint_eq(s, p.arg_end);
	ck_assert_uint_eq(s, p.env_start);
	for (i = 0; i < 2; i++) {
		ck_assert_uint_eq(word(at += 8), s);
		ck_assert_str_eq(string(s), envp[i]);
		s += strlen(envp[i]) + 1;
	}
	ck_assert_uint_eq(word(at += 8), 0);
	ck_assert_uint_eq(s, p.env_end);
	ck_assert_str_eq(string(s), "/bin/prog");
	ck_assert_uint_eq(s + sizeof("/bin/prog"), p.stack_top - 8);
	ck_assert_uint_eq(word(p.stack_top - 8), 0);
}
END_TEST

START_TEST(auxv)
{
	gaddr sp = build(-1), at = sp + 8 * (1 + 4 + 3);
	char random[16], want[16];
	int i;

	ck_assert_uint_eq(aux(at, AT_SYSINFO_EHDR), p.vdso);
	ck_assert_uint_eq(aux(at, AT_MINSIGSTKSZ), 5120);
	ck_assert_uint_eq(aux(at, AT_HWCAP), 0x1234);
	ck_assert_uint_eq(aux(at, AT_HWCAP2), 0x5678);
	ck_assert_uint_eq(aux(at, AT_PAGESZ), 4096);
	ck_assert_uint_eq(aux(at, AT_CLKTCK), 100);
	ck_assert_uint_eq(aux(at, AT_PHDR), 0x40);
	ck_assert_uint_eq(aux(at, AT_PHENT), 56);
	ck_assert_uint_eq(aux(at, AT_PHNUM), 7);
	ck_assert_uint_eq(aux(at, AT_BASE), 0x7000);
	ck_assert_uint_eq(aux(at, AT_ENTRY), 0x4000);
	ck_assert_uint_eq(aux(at, AT_SECURE), 0);
	ck_assert_str_eq(string(aux(at, AT_PLATFORM)), "aarch64");
	ck_assert_str_eq(string(aux(at, AT_EXECFN)), "/bin/prog");
	ck_assert_int_eq(gmem_read(random, aux(at, AT_RANDOM), 16), 0);
	memcpy(want, rnd.at_random, 16);
	ck_assert_mem_eq(random, want, 16);
	/* The copy for /proc. */
	for (i = 0; i < p.auxv_len; i++)
		ck_assert_uint_eq(word(at + 8 * (gaddr)i), p.auxv[i]);
	ck_assert_uint_eq(p.auxv[p.auxv_len - 2], AT_NULL);
	for (; word(at) != AT_NULL; at += 16)
		ck_assert_uint_ne(word(at), AT_EXECFD);
}
END_TEST

START_TEST(execfd)
{
	ck_assert_uint_eq(aux(build(5) + 8 * (1 + 4 + 3), AT_EXECFD), 5);
}
END_TEST

START_TEST(no_arguments)
{
	char *none[] = { NULL };
	gaddr sp;

	ck_assert_int_eq(stack_map(&p, false, none, none, "x", &err), 0);
	sp = stack_build(&p, &im, 0, none, none, "x", -1, &rnd);
	ck_assert_uint_eq(word(sp), 0);
	ck_assert_uint_eq(word(sp + 8), 0);
	ck_assert_uint_eq(word(sp + 16), 0);
	ck_assert_uint_eq(word(sp + 24), AT_SYSINFO_EHDR);
	ck_assert_uint_eq(p.arg_start, p.arg_end);
}
END_TEST

static int
prot_of(gaddr addr)
{
	gaddr lo, hi;

	return gmem_query(addr, &lo, &hi);
}

START_TEST(mapping)
{
	bool exec = _i;
	int rw = PROT_READ | PROT_WRITE;

	p.opt.stack_size = 1 << 20;
	ck_assert_int_eq(stack_map(&p, exec, argv, envp, "x", &err), 0);
	ck_assert_uint_eq(p.stack_top - p.stack_base, 1 << 20);
	ck_assert_int_eq(prot_of(p.stack_base), exec ? rw | PROT_EXEC : rw);
	ck_assert_int_eq(prot_of(p.stack_top - 1), exec ? rw | PROT_EXEC : rw);
	ck_assert_int_eq(prot_of(p.stack_base - 1), PROT_NONE);
	ck_assert_int_eq(prot_of(p.stack_guard), PROT_NONE);
}
END_TEST

START_TEST(limits)
{
	static const struct {
		rlim_t limit;
		uint64_t size;
	} rows[] = {
		{ 1 << 20, 1 << 20 },
		{ 8 << 20, 8 << 20 },
		{ 1ul << 32, 1ul << 32 },
		{ RLIM_INFINITY, 1ul << 30 },
	};
	struct rlimit lim;

	ck_assert_int_eq(getrlimit(RLIMIT_STACK, &lim), 0);
	if (lim.rlim_max < rows[_i].limit)
		return;
	lim.rlim_cur = rows[_i].limit;
	ck_assert_int_eq(setrlimit(RLIMIT_STACK, &lim), 0);
	ck_assert_int_eq(stack_map(&p, false, argv, envp, "x", &err), 0);
	ck_assert_uint_eq(p.stack_top - p.stack_base, rows[_i].size);
}
END_TEST

/* A stack that does not fit the address space's limit is halved. */
START_TEST(address_space)
{
	struct rlimit lim = { 4ul << 30, 4ul << 30 };

	p.opt.stack_size = 8ul << 30;
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &lim), 0);
	ck_assert_int_eq(stack_map(&p, false, argv, envp, "x", &err), 0);
	ck_assert_uint_lt(p.stack_top - p.stack_base, 4ul << 30);
	ck_assert_uint_ge(p.stack_top - p.stack_base, 1ul << 30);
}
END_TEST

/* More strings than a small stack has room for, then more than allowed. */
START_TEST(many_arguments)
{
	static char arg[100 << 10], *many[100];
	int i;

	memset(arg, 'x', sizeof(arg) - 1);
	p.opt.stack_size = 64 << 10;
	many[0] = arg;
	ck_assert_int_eq(stack_map(&p, false, many, envp, "x", &err), 0);
	ck_assert_uint_ne(stack_build(&p, &im, 0, many, envp, "x", -1, &rnd),
			  0);
	many[1] = arg;
	ck_assert_int_eq(stack_map(&p, false, many, envp, "x", &err), -1);
	ck_assert_str_eq(err.text, "x: Argument list too long");
	ck_assert_int_eq(err.status, LOAD_NOEXEC);
	p.opt.stack_size = 8 << 20;
	for (i = 0; i < 19; i++)
		many[i] = arg;
	ck_assert_int_eq(stack_map(&p, false, many, envp, "x", &err), 0);
	for (i = 0; i < 70; i++)
		many[i] = arg;
	p.opt.stack_size = 1 << 30;
	ck_assert_int_eq(stack_map(&p, false, many, envp, "x", &err), -1);
}
END_TEST

START_TEST(environment)
{
	const char *set[] = { "B=2", "A=x", "NEW=", NULL };
	const char *unset[] = { "LONG", "B", "NEW", NULL };
	char *old[] = { (char *)"A=1", (char *)"LONG=1", (char *)"LONGER=1",
			(char *)"B=1", (char *)"LONG=2", NULL };
	struct options opt = { 0 };
	char **env;

	ck_assert_ptr_eq(loader_environ(&opt, old), old);
	opt.set_env = set;
	opt.unset_env = unset;
	env = loader_environ(&opt, old);
	ck_assert_str_eq(env[0], "LONGER=1");
	ck_assert_str_eq(env[1], "B=2");
	ck_assert_str_eq(env[2], "A=x");
	ck_assert_str_eq(env[3], "NEW=");
	ck_assert_ptr_null(env[4]);
	ck_assert_str_eq(old[0], "A=1");
	free(env);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("stack");
	TCase *c = tcase_create("stack");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, layout);
	tcase_add_test(c, auxv);
	tcase_add_test(c, execfd);
	tcase_add_test(c, no_arguments);
	tcase_add_loop_test(c, mapping, 0, 2);
	tcase_add_loop_test(c, limits, 0, 4);
	tcase_add_test(c, address_space);
	tcase_add_test(c, many_arguments);
	tcase_add_test(c, environment);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
