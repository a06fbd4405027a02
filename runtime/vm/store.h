/*
 * store.h - the memfd of codestore.h: its header, what it knows of files, and
 * where it is mapped. For codestore.c.
 *
 * Any number of processes write to it at once. What concerns only this process,
 * the descriptor and the mappings, is for one thread at a time.
 */
#ifndef FERRY_STORE_H
#define FERRY_STORE_H

#include "codestore.h"

#define STORE_SIZE	((128ul << 20) + CODESTORE_CODE_SIZE)
#define STORE_MAX_CODE	(128ul << 20)	/* of a mapping */

/* A file, as far as can be told. */
struct store_file {
	uint64_t dev, ino, size, mtime, ctime;
};

/* A piece of a file's code that is mapped somewhere. */
struct store_entry {
	uint32_t state;		/* store.c's */
	uint32_t index;		/* offset in pages; 0: it has none yet */
	struct store_file file;
	uint64_t head;		/* of the file's first bytes */
	gaddr lo;
	uint64_t len, off;
	gaddr res_lo;		/* what was reserved for all of the file */
	uint64_t res_len;
};

struct store_file store_file_of(const struct stat *st);
/* Whether what the file contains may have changed, or change, with its times as
 * they are. */
bool store_file_is_fresh(const struct store_file *f);
/* A number for the first bytes of file fd. */
uint64_t store_head_of(int fd);

/* Maps the store that fd is, if it is of this key and user and has room; or a
 * new one, for `size' bytes of code at most. False: there is none; fd is as it
 * was. */
bool store_take(int fd, uint64_t key);
bool store_make(uint64_t key, uint64_t size, bool at_random);

/* The descriptor, or -1. Moves it to `from' or above, if there is one; closes
 * it. */
int store_fd(void);
bool store_move_fd(int from);
void store_close(void);

/* What it takes of the address space now; 0: it is not mapped. */
uint64_t store_size(void);
/* Unmaps it; or only what has not been used, and makes the rest private. */
void store_unmap(void);
void store_keep_used(void);

/* From here on it has to be mapped. */
struct codestore_own *store_own(void);

/* Where `len' bytes for the file were put before; 0: nowhere. A place that no
 * other file has; 0: there are no more. */
gaddr store_place_of(const struct store_file *f, uint64_t len);
gaddr store_new_place(uint64_t len);

/* The entry like `like', which may be new; NULL: there is no room. */
struct store_entry *store_entry(const struct store_entry *like);
/* An entry's index, see struct codestore_range; NULL: there is no room. */
uint64_t *store_index(struct store_entry *e);
uint32_t store_index_words(uint64_t len);

#endif
