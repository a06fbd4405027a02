/*
 * stack.c - the initial stack, as the arm64 kernel lays it out.
 *
 *	stack_top	8 zero bytes
 *			AT_EXECFN's string
 *			environment strings, first at the lowest address
 *			argument strings, likewise		arg_start
 *			(up to a page of random distance)
 *			"aarch64", 16 random bytes
 *			auxv, envp[], argv[]
 *	sp, 16-aligned	argc
 *			...
 *
 * It lies right below the host's own stack and grows as that does: by the
 * kernel, up to RLIMIT_STACK as it is at that moment. There the kernel keeps
 * the address space free for a stack.
 *
 * A stack of a fixed size (-s), or one that does not fit there, is mapped as
 * a whole, from stack_base on; [stack_guard, stack_base) is not accessible.
 * No page of it is touched before the guest does, so a large size costs
 * address space only.
 */
#include <errno.h>
#include <linux/auxvec.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "../runtime/vm/gmem.h"
#include "../runtime/vm/guest_isa.h"
#include "image.h"

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ	51
#endif

/* The kernel's USER_HZ on every machine with the generic ABI. */
#define GUEST_CLKTCK	100

#define STACK_GUARD	(1ul << 20)	/* as the kernel's stack_guard_gap */
#define STACK_UNLIMITED	(1ul << 30)	/* what "unlimited" gets */
#define STACK_MAX	(64ul << 30)
#define STACK_LEAST	(128ul << 10)	/* beside the strings */
#define STACK_ROOM	(128ul << 20)	/* that the kernel keeps for it */

/* The kernel's limits for arguments and environment (fs/exec.c). */
#define ARG_MAX_LEAST	(128ul << 10)
#define ARG_MAX_MOST	(6ul << 20)
#define ARG_STRING_MAX	(128ul << 10)

static size_t
count(char *const *v)
{
	size_t n = 0;

	while (v[n])
		n++;
	return n;
}

/* Bytes of the strings of `v'; sets *too_long if one is too long. */
static size_t
string_bytes(char *const *v, bool *too_long)
{
	size_t sum = 0, n;

	for (; *v; v++) {
		n = strlen(*v) + 1;
		if (n > ARG_STRING_MAX)
			*too_long = true;
		sum += n;
	}
	return sum;
}

static uint64_t
stack_limit(const struct process *p)
{
	struct rlimit lim;

	if (p->opt.stack_size)
		return p->opt.stack_size;
	if (getrlimit(RLIMIT_STACK, &lim) < 0 || lim.rlim_cur == RLIM_INFINITY)
		return STACK_UNLIMITED;
	return lim.rlim_cur < STACK_MAX ? lim.rlim_cur : STACK_MAX;
}

/* What the strings and the vectors of pointers to them take. */
static int
count_arguments(char *const *argv, char *const *envp, const char *execfn,
		uint64_t limit, uint64_t *bytes, struct load_error *err)
{
	uint64_t max = limit / 4;
	bool too_long = false;

	*bytes = string_bytes(argv, &too_long) +
		 string_bytes(envp, &too_long) + strlen(execfn) + 1 +
		 8 * (count(argv) + count(envp));
	if (max > ARG_MAX_MOST)
		max = ARG_MAX_MOST;
	if (max < ARG_MAX_LEAST)
		max = ARG_MAX_LEAST;
	if (too_long || *bytes > max)
		return load_fail(err, LOAD_NOEXEC, "%s: %s", execfn,
				 strerror(E2BIG));
	return 0;
}

static bool
map_growing(struct process *p, int prot, uint64_t limit, uint64_t least)
{
	gaddr top = gmem_stack_top();
	uint64_t size = ALIGN_UP(least, PAGE_SIZE);
	long r;

	if (!top || p->opt.stack_size)
		return false;
	r = gmem_mmap(top - size, size, prot, MAP_PRIVATE | MAP_ANONYMOUS |
		      MAP_GROWSDOWN | MAP_STACK | MAP_FIXED_NOREPLACE, -1, 0);
	if (IS_ERR(r))
		return false;
	p->stack_guard = p->stack_base = 0;
	p->stack_top = top;
	gmem_grows_down(top - (limit < STACK_ROOM ? STACK_ROOM : limit), top,
			prot);
	return true;
}

static long
map_fixed(struct process *p, int prot, uint64_t limit, uint64_t least)
{
	uint64_t size = ALIGN_UP(limit < least ? least : limit, PAGE_SIZE);
	long r;

	/* With a limit of the address space, a smaller one has to do. */
	for (;;) {
		r = gmem_mmap(0, size + STACK_GUARD, PROT_NONE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
				      MAP_STACK, -1, 0);
		if (!IS_ERR(r) || size / 2 < least)
			break;
		size = ALIGN_UP(size / 2, PAGE_SIZE);
	}
	if (IS_ERR(r))
		return r;
	p->stack_guard = (gaddr)r;
	p->stack_base = p->stack_guard + STACK_GUARD;
	p->stack_top = p->stack_base + size;
	return gmem_mprotect(p->stack_base, size, prot);
}

uint64_t
stack_room(const struct process *p)
{
	uint64_t limit = stack_limit(p);

	return (limit < STACK_ROOM ? STACK_ROOM : limit) + STACK_GUARD;
}

int
stack_map(struct process *p, bool exec, char *const *argv, char *const *envp,
	  const char *execfn, struct load_error *err)
{
	int prot = PROT_READ | PROT_WRITE | (exec ? PROT_EXEC : 0);
	uint64_t limit = stack_limit(p), bytes;
	long r;

	if (count_arguments(argv, envp, execfn, limit, &bytes, err) < 0)
		return -1;
	if (map_growing(p, prot, limit, bytes + STACK_LEAST))
		return 0;
	r = map_fixed(p, prot, limit, bytes + STACK_LEAST);
	if (IS_ERR(r))
		return load_fail(err, LOAD_NOEXEC,
				 "%s: no memory for the stack: %s", execfn,
				 strerror((int)-r));
	return 0;
}

/* What is being built. `fault' collects failed writes. */
struct builder {
	gaddr sp;	/* moves down */
	uint64_t *vec;	/* argc, argv[], envp[], auxv: written last */
	size_t n;
	int fault;
};

static gaddr
push(struct builder *b, const void *data, size_t n)
{
	b->sp -= n;
	b->fault |= gmem_write(b->sp, data, n);
	return b->sp;
}

/* Pushes the strings of `v' so that the first is lowest, and puts their
 * addresses and a null into vec from *at on. */
static void
push_strings(struct builder *b, char *const *v, size_t *at)
{
	size_t n = count(v), i;

	for (i = n; i > 0; i--)
		b->vec[*at + i - 1] = push(b, v[i - 1], strlen(v[i - 1]) + 1);
	b->vec[*at + n] = 0;
	*at += n + 1;
}

static void
put_aux(struct process *p, uint64_t type, uint64_t value)
{
	p->auxv[p->auxv_len++] = type;
	p->auxv[p->auxv_len++] = value;
}

/* In the kernel's order (fs/binfmt_elf.c, create_elf_tables). */
static void
make_auxv(struct process *p, const struct image *im, gaddr interp_base,
	  gaddr execfn, gaddr platform, gaddr random, int execfd)
{
	p->auxv_len = 0;
	put_aux(p, AT_SYSINFO_EHDR, p->vdso);
	put_aux(p, AT_MINSIGSTKSZ, p->isa->minsigstksz);
	put_aux(p, AT_HWCAP, p->isa->hwcap());
	put_aux(p, AT_PAGESZ, PAGE_SIZE);
	put_aux(p, AT_CLKTCK, GUEST_CLKTCK);
	put_aux(p, AT_PHDR, im->phdr);
	put_aux(p, AT_PHENT, sizeof(Elf64_Phdr));
	put_aux(p, AT_PHNUM, im->eh.e_phnum);
	put_aux(p, AT_BASE, interp_base);
	put_aux(p, AT_FLAGS, 0);
	put_aux(p, AT_ENTRY, im->entry);
	put_aux(p, AT_UID, getauxval(AT_UID));
	put_aux(p, AT_EUID, getauxval(AT_EUID));
	put_aux(p, AT_GID, getauxval(AT_GID));
	put_aux(p, AT_EGID, getauxval(AT_EGID));
	put_aux(p, AT_SECURE, getauxval(AT_SECURE));
	put_aux(p, AT_RANDOM, random);
	put_aux(p, AT_HWCAP2, p->isa->hwcap2());
	put_aux(p, AT_EXECFN, execfn);
	put_aux(p, AT_PLATFORM, platform);
	if (execfd >= 0)
		put_aux(p, AT_EXECFD, (uint64_t)execfd);
	put_aux(p, AT_NULL, 0);
}

gaddr
stack_build(struct process *p, const struct image *im, gaddr interp_base,
	    char *const *argv, char *const *envp, const char *execfn,
	    int execfd, const struct load_random *rnd)
{
	size_t argc = count(argv), at = 1 + argc + 1;
	gaddr fn, platform, random;
	struct builder b = { 0 };
	const uint64_t zero = 0;

	b.vec = malloc((3 + argc + count(envp) + ARRAY_SIZE(p->auxv)) *
		       sizeof(*b.vec));
	if (!b.vec)
		return 0;
	b.sp = p->stack_top;
	push(&b, &zero, sizeof(zero));
	fn = push(&b, execfn, strlen(execfn) + 1);
	p->env_end = b.sp;
	push_strings(&b, envp, &at);
	p->env_start = p->arg_end = b.sp;
	b.n = at;
	at = 1;
	push_strings(&b, argv, &at);
	p->arg_start = b.sp;

	b.sp = ALIGN_DOWN(b.sp - rnd->stack % PAGE_SIZE, 16);
	platform = push(&b, p->isa->machine, strlen(p->isa->machine) + 1);
	random = push(&b, rnd->at_random, sizeof(rnd->at_random));
	make_auxv(p, im, interp_base, fn, platform, random, execfd);
	memcpy(b.vec + b.n, p->auxv, (size_t)p->auxv_len * sizeof(*b.vec));
	b.n += (size_t)p->auxv_len;
	b.vec[0] = argc;
	b.sp = ALIGN_DOWN(b.sp - b.n * sizeof(*b.vec), 16);
	b.fault |= gmem_write(b.sp, b.vec, b.n * sizeof(*b.vec));
	free(b.vec);
	return b.fault ? 0 : b.sp;
}
