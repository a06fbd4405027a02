/*
 * codestore.h - memory for translations that a tree of processes shares.
 *
 * Most guest programs are short, and most of what they run is the code of a
 * few files that others have run before: the dynamic linker, libc, the shell.
 * A process keeps what it translates of a file's code in a memfd. It is mapped
 * at the same place in its children, and in the programs that they and it
 * execute; it goes with the last of them, and no file system is needed.
 *
 * Translations contain guest addresses, so they belong to a file that is
 * mapped at an address: an entry. Files are therefore put where they were
 * before. A process uses an entry's translations while it has that mapping,
 * private and not writable; what changes any part of one that it has used makes
 * it forget all of them. If it maps the same again, it begins again.
 *
 * A file is told by its device, number, size and times, and its first bytes.
 *
 * Whoever can write to the store can make the others run anything. So a process
 * leaves it before it takes other credentials, gives some up or goes into
 * another namespace, and a program with other credentials does not inherit it.
 *
 * The store has a size (a sixteenth of the machine's memory at most, or what
 * -cache-size says), and is not emptied. Who starts when it is nearly full
 * makes another; who runs when it is full uses it no longer.
 *
 * Start-up is for one thread. What changes the state of this process is under
 * gmem's lock if it says so, and otherwise may be called by any thread, in no
 * signal handler.
 */
#ifndef FERRY_CODESTORE_H
#define FERRY_CODESTORE_H

#include <sys/stat.h>

#include "../base/base.h"

/* Where the translator puts code: within 2 GiB of ferry's image. */
#define CODESTORE_CODE		0x700060000000ul
#define CODESTORE_CODE_SIZE	(512ul << 20)
#define CODESTORE_SLAB		(256ul << 10)
#define CODESTORE_SLABS		(CODESTORE_CODE_SIZE / CODESTORE_SLAB)

#define CODESTORE_PAGE_WORDS	128

/* What the translator keeps in the store of its own; zero in a new one, but for
 * max_slabs. */
struct codestore_own {
	uint32_t max_slabs;	/* that may be begun */
	uint32_t nr_slabs;	/* that have been begun */
	uint32_t first_slab;	/* those before it were too full for somebody */
	uint32_t host_cpu;	/* what the host's processor has; 0: nobody
				 * has asked yet */
};

/* A piece of a file's code that this process has mapped. */
struct codestore_range {
	gaddr lo, hi;		/* empty: not any more */
	bool used;		/* there may be pointers to its translations */
	/* The translator's table: so many words for each page of [lo, hi),
	 * zero in a new entry, and changed by other processes at any time. Set
	 * by codestore_find(). */
	uint64_t *index;
	uint32_t nr_words;
};

/*
 * Start-up: takes over the store that descriptor `fd' is. If fd is -1, or its
 * store is nearly full, another user's, of a ferry that translates otherwise
 * (which `key' says) or puts files otherwise, one may be made later; fd is
 * closed then. Never where address space is limited.
 */
void codestore_start(int fd, uint64_t key);
/* Whether fd is a store, of whomever: what it is said to be may be stale. */
bool codestore_is(int fd);

/* How its descriptor is told to a program that gets no options. */
#define CODESTORE_VARIABLE	"FERRY_STORE_FD"

/* Before the process is to have a child: makes a store, if there is none, and
 * it is wanted and can be had. True: now there is, and codestore_lost() says
 * true next: all is to be translated anew, as what is in a store cannot lead to
 * what is not. */
bool codestore_create(void);

/* The store's descriptor for execve, or -1. */
int codestore_fd(void);
/* The guest wants that number. False: it is not the store's;
 * else the descriptor gets another one, or the process leaves. */
bool codestore_yield_fd(int fd);

/* The guest has asked for the status of an open file, as a dynamic linker does
 * right before it reserves memory for it. A hint, as where a file goes is one:
 * of several threads' any may count. */
void codestore_seen(const struct stat *st);

/* Where a mapping of `len' bytes for a file is to go: for that with status st,
 * or NULL: the one seen last, once. `any': if it has not been mapped before,
 * somewhere else than others. 0: wherever. There may be something else there.
 */
gaddr codestore_place(const struct stat *st, uint64_t len, bool any);

/* Under gmem's lock, for mmap(2) with these arguments: where the mapping is to
 * go, 0: wherever; and that it has been made, [lo, hi). */
gaddr codestore_place_mapping(gaddr addr, uint64_t len, int prot, int flags);
void codestore_mapped(gaddr lo, gaddr hi, int prot, int flags, int fd,
		      uint64_t off);
/* Under gmem's lock, before the mapping of anything in [lo, hi) changes, or
 * fails to. */
void codestore_changing(gaddr lo, gaddr hi);
/* The guest says that code at addr has been written, by whatever means. */
void codestore_written(gaddr addr);
/* Whether a range that was used has been lost: all pointers to translations in
 * the store are to be forgotten. Who does that asks with the second first, in
 * a lock that others take before they rely on it: it is said once. */
bool codestore_lost(void);
bool codestore_forget_lost(void);

/* The range that pc is in; NULL: none. Lock-free, but for the first time that
 * a range is found, which takes gmem's lock: it keeps its size from then on. */
struct codestore_range *codestore_find(gaddr pc);
/* Whether it still is one: if so, the file's code was there until now. */
static inline bool
codestore_holds(const struct codestore_range *r, gaddr pc)
{
	gaddr hi = __atomic_load_n(&r->hi, __ATOMIC_SEQ_CST);

	return pc >= r->lo && pc < hi;
}

/* The translator's part of the store; NULL: there is none, or nothing can be
 * added, from any moment on. Whether addr is in the code of a store that is
 * mapped. Both async-signal-safe. */
struct codestore_own *codestore_own(void);
bool codestore_has_code(uintptr_t addr);

/* This process uses the store no longer, nor do its forks; programs that they
 * execute do. codestore_lost() says true next, if it was used. */
void codestore_stop(void);
/* The same, and cannot write to it; what it executes will not have it. In a
 * system call: the thread is not in code there, nor will it
 * return to it before it has asked codestore_lost(). If it is the only one, the
 * addresses are given back; else those that have not been used. A vfork child's
 * parent, whose memory it is in, goes on as before. */
void codestore_leave(void);

/* Bytes of address space that it takes now, and has taken at most. */
uint64_t codestore_size(void);
uint64_t codestore_peak(void);

#endif
