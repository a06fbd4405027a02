/*
 * lock.h - a futex mutex without libc.
 *
 * Not recursive. Never taken in a signal handler. Because a signal handler
 * only sets flags (guest signals are delivered at polls), a holder is never
 * interrupted by guest code. Around a fork, process_fork_lock() takes all
 * locks and the child re-initialises them.
 *
 * A process that shares this address space may be killed while it holds one.
 * So each thread notes what it holds, and whoever finds it dead releases that;
 * and who waits for long finds out by itself (mortal.h).
 */
#ifndef FERRY_LOCK_H
#define FERRY_LOCK_H

#include <stdint.h>

struct lock {
	uint32_t state;	/* 0 free; else the owner, and bit 0: waited for */
};

#define LOCK_INIT { 0 }

void lock_acquire(struct lock *l);
void lock_release(struct lock *l);

/* The locks that a thread holds or is about to; no thread holds more. Its
 * address tells the owner of a lock. */
#define MAX_HELD 8

struct lock_held {
	struct lock *lock[MAX_HELD];	/* NULL: a free place */
};

/* The calling thread's, in its TLS. */
struct lock_held *lock_held(void);
/* Releases what a dead thread held. What it was changing stays as it is. */
void lock_release_dead(struct lock_held *h);

#endif
