/*
 * loader.h - gets a program into memory.
 *
 * One call does what the kernel's execve does between reading the file and
 * the first instruction: scripts, ELF validation, segments, the dynamic
 * linker, brk, vdso, stack with arguments, environment and auxiliary vector.
 *
 * Only for the process's start: single-threaded, before the first guest
 * instruction, malloc allowed. Everything that later code wants to know is
 * recorded in struct process.
 */
#ifndef FERRY_LOADER_H
#define FERRY_LOADER_H

#include "../runtime/base/base.h"
#include "../runtime/vm/process.h"

/* Exit statuses that a shell would give. */
#define LOAD_NOEXEC	126	/* found, but cannot be executed */
#define LOAD_NOENT	127

/* Why a program cannot be started: one line, without newline and prefix. */
struct load_error {
	int status;		/* LOAD_NOEXEC or LOAD_NOENT */
	char text[1000];
};

/* What to load. Strings and vectors are the caller's and stay valid. */
struct load_request {
	const char *path;	/* in guest terms; becomes AT_EXECFN */
	int execfd;		/* if not -1: the opened program; loader_load
				 * closes it unless keep_execfd */
	bool keep_execfd;	/* show it to the guest as AT_EXECFD */
	char *const *argv;	/* argv[0] is replaced by opt.argv0 if set */
	char *const *envp;	/* final: loader_environ has been applied */
	/* Set if a program of the host's machine may be meant: called before
	 * it replaces the process; 0 or -errno. */
	int (*before_native)(void);
};

/* Where to start. */
struct load_result {
	gaddr pc, sp;
};

/*
 * The guest's environment: `envp' without opt.unset_env, with opt.set_env
 * (-U applies before -E). Returns envp itself if there is nothing to do, else
 * a malloc'ed vector that shares the strings.
 */
char **loader_environ(const struct options *opt, char **envp);

/*
 * Finds the program `name' as a shell would: as it is if it has a slash, else
 * in the directories of PATH in `envp' (each under the sysroot first). The
 * path in guest terms is put into buf (PATH_MAX bytes). 0 or -1 with *err
 * filled.
 */
int loader_find(const char *name, char *const *envp, char *buf,
		struct load_error *err);

/*
 * Loads. p->opt and p->isa are set; gmem is initialised and empty. Fills
 * p->exe, entry, stack_*, arg_*, env_*, vdso, sigreturn, auxv and the
 * break, and sets the host's process name. 0, or -1 with *err filled; memory
 * may then be half mapped, so all the caller can do is say so and exit.
 *
 * A script whose interpreter is a program of the host's own machine, or with
 * before_native such a program itself, replaces the process; then this does
 * not return.
 */
int loader_load(struct process *p, const struct load_request *req,
		struct load_result *res, struct load_error *err);

#endif
