/*
 * frame_a64.h - AArch64 signal frames; the functions of struct guest_isa.
 */
#ifndef FERRY_FRAME_A64_H
#define FERRY_FRAME_A64_H

#include "../runtime/vm/thread.h"

int a64_frame_setup(struct thread *t, gaddr sp, int sig,
		    const siginfo_t *info, gaddr handler, gaddr restorer,
		    int sa_flags, uint64_t mask);
int a64_frame_return(struct thread *t, uint64_t *mask,
		     struct guest_altstack *altstack);

#endif
