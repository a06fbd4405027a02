/*
 * process.h - what all threads of a guest share.
 *
 * One per address space, so a vfork child uses its parent's. The only
 * mutable global of the runtime besides the log mask.
 */
#ifndef FERRY_PROCESS_H
#define FERRY_PROCESS_H

#include "../base/base.h"
#include "../base/lock.h"

struct guest_isa;
struct thread;

#define HOST_VA_BITS	47	/* GMEM_TASK_SIZE */
#define DEFAULT_THRESHOLD 100
/* A trap takes some microseconds, and translating again about as long as a few
 * hundred of them. */
#define DEFAULT_FP_TRAPS	200
#define DEFAULT_CACHE_SIZE (64ul << 20)
#define MIN_CACHE_SIZE	(128ul << 10)	/* room for the largest unit */

/* What -d shows of each translation. */
#define DUMP_IN_ASM	1u	/* guest instructions */
#define DUMP_IR		2u
#define DUMP_OUT_ASM	4u	/* host code */
#define DUMP_OPT	8u	/* operations that are translated */
#define DUMP_PASS	16u	/* << n: after the n-th pass */

/* The command line and environment of ferry itself, parsed. Strings belong
 * to argv, envp or static storage and live for ever. */
struct options {
	const char *sysroot;	/* absolute, no trailing slash; NULL: none */
	const char *rootfs;	/* --rootfs, absolute; NULL: none */
	const char *const *binds;	/* --bind, NULL-terminated */
	const char *argv0;	/* -0; NULL: the program's path */
	const char *uname_release;	/* -r; NULL: the host's */
	const char *cpu;	/* -cpu, not parsed; NULL: the default */
	uint64_t stack_size;	/* -s, bytes; 0: RLIMIT_STACK */
	unsigned va_bits;	/* --va-bits; 0: what the program needs */
	uint64_t seed;		/* -seed, if has_seed */
	bool has_seed;
	bool no_path;		/* the program's name is not looked up in PATH */
	bool by_kernel;		/* started by binfmt_misc: no options */
	bool registered;	/* --registered: this program or one before it
				 * was, and the kernel can start others */
	int seccomp_fd;		/* filters of the program before; 0: none */
	int own_fd;		/* --own-fd: process.own_fd of the ferry that
				 * this one replaces; -1: none */
	int program_fd;		/* --program-fd: the program is open already;
				 * -1: it is not */
	int store_fd;		/* --store-fd: codestore_fd() of the ferry that
				 * this one replaces, or something else by now;
				 * -1: none */
	enum { SHARE_AUTO, SHARE_NO, SHARE_YES } share;	/* --share */
	bool strace;
	uint64_t strace_skip[8];	/* calls not to show, a bit for each */
	const char *strace_file;	/* absolute; NULL: strace_fd */
	int strace_fd;
	bool stats;		/* --stats */
	bool perfmap, jitdump;
	bool lockstep;		/* interpreter against translator */
	int edge_signal;	/* --signal-edges: which; 0: none */
	uint32_t edge_every;	/* at each edge of that number */
	uint32_t dump;		/* -d: DUMP_* */
	const char *dump_file;	/* -D, absolute; NULL: standard error */
	uint32_t threshold;	/* how often a block runs before it is
				 * translated; 0: it never is */
	uint32_t fp_traps;	/* how many floating-point exceptions may trap
				 * before translations test for them */
	uint64_t cache_size;	/* bytes of decoded blocks, and as many of
				 * translations; 0: the default */
	const char *const *set_env;	/* -E, NULL-terminated VAR=VAL */
	const char *const *unset_env;	/* -U, NULL-terminated */
	/* ferry's own arguments before the program, for re-execution by
	 * execve: argv[0] .. argv[nr_own - 1]. */
	char *const *own_argv;
	int nr_own;
};

/* Where own descriptors are put, out of the guest's way. */
#define OWN_FD_FROM	1000

struct process {
	struct options opt;
	const struct guest_isa *isa;
	char exe[4096];		/* guest's /proc/self/exe, absolute, in guest
				 * terms (without the sysroot) */
	/* Descriptors of ferry's own, hidden from the guest; -1: none. */
	int own_fd;		/* O_PATH, ferry's program */
	int exe_fd;		/* the guest's program, if it has no name */
	/* Where the loader put things; for /proc and core files. */
	gaddr entry, stack_top, arg_start, arg_end, env_start, env_end;
	gaddr stack_guard, stack_base;	/* [guard, base) is not accessible */
	gaddr vdso, sigreturn;	/* sigreturn trampoline */
	bool host_knows_args;	/* the host's /proc/<pid>/{cmdline,environ,
				 * auxv} are the guest's already */
	uint64_t auxv[64];	/* pairs, as put on the stack */
	int auxv_len;		/* in uint64_t */
	/* What makes system calls special. */
	union {
		uint32_t special;
		struct {
			/* PR_TAGGED_ADDR_ENABLE: system calls ignore
			 * addresses' top byte. Per process, where the kernel
			 * has it per thread. */
			bool tagged_addr;
			bool filtered;	/* some thread has a seccomp filter */
			bool sync_fds;	/* there is, or was, a signalfd of
					 * signals.h's SIG_SYNC_SET */
		};
	};

	/* A thread is writing a core file: the others are to stay where they
	 * are. Set once. */
	bool dumping;

	struct lock thread_lock;	/* threads, nr_threads */
	struct thread *threads;
	int nr_threads;
	/* Whether there has been a second one. A thread that finds it false
	 * is alone with the guest's memory until its next system call. */
	bool was_shared;
};

extern struct process process;

/* Writes a line of --strace. Its file is opened for each, so that the guest
 * has no descriptor to see or close; where that fails, standard error takes
 * it. Any thread; async-signal-safe. */
void process_trace(const char *line, size_t n);

/*
 * Around fork: takes, and in both processes releases, every lock of the
 * runtime. In the child the calling thread becomes the only one.
 * Layers above runtime/vm that own a lock add a hook, before the first guest
 * instruction; hooks are locked in the order of their registration and
 * released in the reverse order.
 */
struct process_fork_hook {
	void (*lock)(void);
	void (*unlock)(bool in_child);
	struct process_fork_hook *next, *prev;	/* owned by process.c */
};

void process_fork_hook(struct process_fork_hook *h);
void process_fork_lock(void);
void process_fork_unlock(bool in_child);

#endif
