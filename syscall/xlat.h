/*
 * xlat.h - flag words and structures, guest to host and back.
 *
 * Flags go through two-way tables (under xlat/) of the bits that differ; all
 * other bits are kept. Pure functions, safe anywhere.
 */
#ifndef FERRY_SYSCALL_XLAT_H
#define FERRY_SYSCALL_XLAT_H

#include <sys/stat.h>

#include "abi.h"

/* Bits of open(2) and whatever carries them: fcntl, pipe2, mq_open, ... */
uint64_t xlat_open_to_host(uint64_t guest);
uint64_t xlat_open_to_guest(uint64_t host);

void xlat_stat_to_guest(struct guest_stat *g, const struct stat *h);

void xlat_semid_to_guest(struct guest_semid_ds *g,
			 const struct host_semid_ds *h);
void xlat_semid_to_host(struct host_semid_ds *h,
			const struct guest_semid_ds *g);

void xlat_loop_to_guest(struct guest_loop_info *g,
			const struct host_loop_info *h);
void xlat_loop_to_host(struct host_loop_info *h,
		       const struct guest_loop_info *g);

#endif
