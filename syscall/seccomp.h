/*
 * seccomp.h - the guest's system call filters.
 *
 * A filter judges the guest's calls, by the guest's numbers and architecture.
 * The host's kernel would judge ferry's instead, so filters are interpreted
 * here, before a call is made; the kernel's rules for who may set them, how
 * they add up and what becomes of a refused call are kept. Filters belong to
 * a thread, are inherited by its children and by the programs they execute
 * (through a file in memory, by an option), and never go away: their memory
 * is not given back.
 *
 * For a program of the host's own machine that a guest starts they are
 * translated, and the host's kernel judges (seccomp_native.c).
 *
 * Any thread, for itself; not in signal handlers.
 */
#ifndef FERRY_SYSCALL_SECCOMP_H
#define FERRY_SYSCALL_SECCOMP_H

#include "../runtime/vm/thread.h"

/* <linux/filter.h> struct sock_filter */
struct bpf_insn {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};

/* <linux/seccomp.h> struct seccomp_data */
struct seccomp_data_guest {
	int32_t nr;
	uint32_t arch;
	uint64_t ip;
	uint64_t args[6];
};

/* Immutable once a thread has it. */
struct seccomp_filter {
	const struct seccomp_filter *prev;	/* the one set before */
	uint32_t len;		/* instructions; 0: strict mode */
	uint32_t notify;	/* of the host's call for SECCOMP_RET_USER_NOTIF;
				 * 0: there is no listener */
	struct bpf_insn insn[];
};

/* Whether t may make the call; if not, *ret is what the call returns. t has a
 * filter. May end the thread or the process. */
bool seccomp_allows(struct thread *t, long nr, const uint64_t a[6],
		    long *ret);

/* prctl's way: PR_GET_SECCOMP and PR_SET_SECCOMP. */
long seccomp_get(struct thread *t, const uint64_t a[6]);
long seccomp_set(struct thread *t, const uint64_t a[6]);

/* t's filters in a file, for the program that it is about to execute: a
 * descriptor, or -errno. */
long seccomp_save(struct thread *t);
/* The new program's first thread reads and closes it. 0 or -errno. */
long seccomp_inherit(struct thread *t, int fd);

/* seccomp_native.c: puts the calling thread, which is about to execute a
 * program of the host's machine, under the filters `f' and those before. 0 or
 * -errno; then some of them may be in force. */
long seccomp_to_host(const struct seccomp_filter *f);

/* --- seccomp_bpf.c: the filters' language. */

/* The kernel's bpf_check_classic and seccomp_check_filter. */
bool bpf_valid(const struct bpf_insn *insn, uint32_t len);
/* A valid filter's verdict. */
uint32_t bpf_run(const struct bpf_insn *insn,
		 const struct seccomp_data_guest *data);

/* --- seccomp_notify.c: SECCOMP_RET_USER_NOTIF. */

/*
 * The kernel's own listener, on a filter that notifies of one range of numbers
 * only, which is no call: seccomp_notify makes a call from there. Returns the
 * listener's descriptor and the range in *notify, or -errno.
 */
long seccomp_listen(const struct thread *t, uint32_t flags, uint32_t *notify);

/* Asks the listener. True: the call is to be made after all. */
bool seccomp_notify(struct thread *t, uint32_t notify, long nr,
		    const uint64_t a[6], long *ret);

/* The listener's ioctls: guest's numbers out, answers in. */
long seccomp_ioctl_recv(struct thread *t, const uint64_t a[6]);
long seccomp_ioctl_send(struct thread *t, const uint64_t a[6]);

#endif
