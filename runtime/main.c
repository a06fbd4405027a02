/*
 * main.c - from ferry's command line to the guest's first instruction.
 *
 * What runs here runs at every exec on a build farm: no work that could be
 * done later, or not at all.
 */
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../loader/loader.h"
#include "../signals/signals.h"
#include "../syscall/seccomp.h"
#include "base/log.h"
#include "binfmt.h"
#include "binfmt_start.h"
#include "coredump.h"
#include "cpu_loop.h"
#include "edges.h"
#include "options.h"
#include "rootfs.h"
#include "vm/codestore.h"
#include "vm/gmem.h"
#include "vm/guest_isa.h"
#include "vm/process.h"

/* How far the host's stack may grow; what lies below is the guest's to map. */
#define HOST_STACK_ROOM	(8ul << 20)
/* The vdso's code. Not its [vvar] pages below, whose number differs between
 * kernels: the guest's first mappings come right below them. */
#define HOST_VDSO_SIZE	(2 * PAGE_SIZE)

static unsigned long
guest_pc(void)
{
	return process.isa->pc(thread_self());
}

/* Tells gmem what of the address space outside the window is the host's. */
static void
reserve_host_ranges(void)
{
	gaddr top = ALIGN_UP(getauxval(AT_EXECFN), PAGE_SIZE) + PAGE_SIZE;
	gaddr vdso = getauxval(AT_SYSINFO_EHDR);

	gmem_host_range(0, top - HOST_STACK_ROOM, top);
	if (vdso)
		gmem_host_range(1, vdso, vdso + HOST_VDSO_SIZE);
}

static void
choose_cpu(const struct process *p)
{
	char why[200];

	if (p->isa->cpu_select(p->opt.cpu, why, sizeof(why)) < 0)
		log_die(EXIT_USAGE, "-cpu %s", why);
}

/* Whose request it is to run what: the user's or the kernel's. */
static void
choose_program(struct load_request *req, const struct binfmt_start *s,
	       char **argv, char *path)
{
	struct load_error err;

	req->argv = argv + s->has_argv0;
	req->execfd = s->by_kernel ? s->execfd : process.opt.program_fd;
	req->path = argv[0];
	/* A program that is open has a name that need not lead anywhere. */
	if (s->by_kernel || process.opt.no_path || req->execfd >= 0)
		return;
	if (loader_find(argv[0], req->envp, path, &err) < 0)
		log_die(err.status, "%s", err.text);
	req->path = path;
}

/* The descriptor that syscall/exec.c kept for us. */
static void
take_own_fd(struct process *p)
{
	p->own_fd = p->opt.own_fd;
	if (p->own_fd >= 0)
		fcntl(p->own_fd, F_SETFD, FD_CLOEXEC);
}

/* Whether to share translations: not those that have something of this process
 * in them, nor where they are to take little memory, unless that is wished for.
 */
static bool
wants_store(const struct options *opt)
{
	bool own = opt->stats || opt->dump || opt->perfmap || opt->jitdump ||
		   opt->cache_size;

	if (opt->share == SHARE_NO || !opt->threshold || !opt->fp_traps ||
	    opt->va_bits || opt->lockstep || opt->edge_signal)
		return false;
	return opt->share == SHARE_YES || !own;
}

/* Another program may have been there in between, and the descriptor be one of
 * its own. */
static void
start_store(struct process *p)
{
	int fd = codestore_is(p->opt.store_fd) ? p->opt.store_fd : -1;
	bool wanted = wants_store(&p->opt);

	if (fd >= 0 && (!wanted || getauxval(AT_SECURE))) {
		close(fd);
		fd = -1;
	}
	if (wanted)
		codestore_start(fd, p->isa->store_key(p->opt.cpu));
}

/* The filters that the program before had. */
static int
filter_native(void)
{
	struct thread *t = thread_self();
	long r = seccomp_inherit(t, process.opt.seccomp_fd);

	return (int)(r ? r : seccomp_to_host(t->seccomp));
}

int
main(int argc, char **argv, char **envp)
{
	struct binfmt_start by = binfmt_start(argc, argv);
	struct process *p = &process;
	struct load_request req = { 0 };
	struct load_result start;
	struct load_error err;
	char path[PATH_MAX];
	struct thread *t;
	int i;

	if (argc > 1 && !by.by_kernel && strcmp(argv[1], "binfmt") == 0)
		return binfmt_main(argc - 1, argv + 1);
	/* malloc is for start-up and stays inside the runtime's window. */
	mallopt(M_MMAP_MAX, 0);
	p->opt.by_kernel = by.by_kernel;
	i = options_parse(&p->opt, argc, argv, envp);
	p->isa = &guest_a64;
	if (p->opt.cpu)
		choose_cpu(p);
	take_own_fd(p);
	t = thread_init_main(p);
	log_guest_pc = guest_pc;
	reserve_host_ranges();
	gmem_code_changed = p->isa->code_changed;
	signals_dump_core = coredump;
	signals_init(t);
	if (p->opt.edge_signal)
		edges_start(t);

	if (p->opt.rootfs)
		rootfs_enter(&p->opt);
	start_store(p);
	req.envp = loader_environ(&p->opt, envp);
	choose_program(&req, &by, argv + i, path);
	if (p->opt.seccomp_fd)
		req.before_native = filter_native;
	if (loader_load(p, &req, &start, &err) < 0)
		log_die(err.status, "%s", err.text);
	if (p->opt.seccomp_fd && seccomp_inherit(t, p->opt.seccomp_fd) < 0)
		log_die(126, "the system call filters cannot be inherited");
	p->isa->start(t, start.pc, start.sp);
	cpu_loop(t);
}
