/*
 * lock.h - a futex mutex without libc.
 *
 * Not recursive. Never taken in a signal handler. Because a signal handler
 * only sets flags (guest signals are delivered at polls), a holder is never
 * interrupted by guest code. Around a fork, process_fork_lock() takes all
 * locks and the child re-initialises them.
 */
#ifndef FERRY_LOCK_H
#define FERRY_LOCK_H

struct lock {
	int state;	/* 0 free, 1 held, 2 held and waited for */
};

#define LOCK_INIT { 0 }

void lock_acquire(struct lock *l);
void lock_release(struct lock *l);

#endif
