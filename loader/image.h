/*
 * image.h - what the loader's files tell each other.
 */
#ifndef FERRY_IMAGE_H
#define FERRY_IMAGE_H

#include <elf.h>
#include <sys/stat.h>

#include "loader.h"

/* What execve looks at to tell the kind of file: BINPRM_BUF_SIZE. */
#define HEAD_SIZE	256

/* How often a script's interpreter may be a script. */
#define MAX_SCRIPTS	5

/* An opened program, script or dynamic linker. */
struct program {
	const char *name;	/* for messages, in guest terms */
	const char *host;	/* path on the host, NULL if only fd is known */
	int fd;
	struct stat st;
	char head[4096];	/* the file's start, zeroes behind */
	size_t head_len;
};

/* An ELF file that has passed elf_check. */
struct image {
	const struct program *prog;
	Elf64_Ehdr eh;
	Elf64_Phdr *ph;		/* eh.e_phnum of them, malloc'ed */
	gaddr lo, hi;		/* what its segments span, as linked; pages */
	uint64_t align;		/* the strictest of its segments */
	bool exec_stack;	/* PT_GNU_STACK asks for it */
	char *interp;		/* PT_INTERP or NULL, malloc'ed */

	/* Once mapped: */
	gaddr bias;		/* run-time minus link-time address */
	gaddr entry, phdr, end;
};

/* Random bytes, drawn once for all that is placed at random. */
struct load_random {
	uint64_t base, brk, stack;
	uint8_t at_random[16];
};

/* Fills *err; returns -1. */
int load_fail(struct load_error *err, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Checks the file's headers. `machine' is the guest's. */
int elf_check(struct image *im, const struct program *prog, uint16_t machine,
	      struct load_error *err);
/* Whether the file is a program of the host's own machine. */
bool elf_is_native(const struct program *prog);
bool elf_has_magic(const struct program *prog);
/* Maps the segments. `base': where a position-independent file goes, 0 for
 * anywhere. */
int elf_map(struct image *im, gaddr base, struct load_error *err);

/* The parts of a script's first line, NUL-terminated in prog->head. 1: it is
 * a script, 0: it is none, -1: bad. */
int script_parse(struct program *prog, char **interp, char **arg,
		 struct load_error *err);

/* Whether the program can only run where addresses have 39, 42 or 48 bits.
 * Once mapped. */
bool elf_wants_small(const struct image *im);

/* The address space that a stack is to be left. */
uint64_t stack_room(const struct process *p);

/* The stack mapping; then its contents. stack_build returns the initial sp
 * or 0. */
int stack_map(struct process *p, bool exec, char *const *argv,
	      char *const *envp, const char *execfn, struct load_error *err);
gaddr stack_build(struct process *p, const struct image *im, gaddr interp_base,
		  char *const *argv, char *const *envp, const char *execfn,
		  int execfd, const struct load_random *rnd);

#endif
