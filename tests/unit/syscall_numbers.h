/*
 * syscall_numbers.h - numbers that Debian 12's headers do not have yet; the
 * same on all machines (scripts/syscall.tbl of the kernel).
 */
#ifndef FERRY_TEST_SYSCALL_NUMBERS_H
#define FERRY_TEST_SYSCALL_NUMBERS_H

#ifndef __NR_cachestat
#define __NR_cachestat 451
#endif
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif
#ifndef __NR_map_shadow_stack
#define __NR_map_shadow_stack 453
#endif
#ifndef __NR_futex_wake
#define __NR_futex_wake 454
#define __NR_futex_wait 455
#define __NR_futex_requeue 456
#endif
#ifndef __NR_statmount
#define __NR_statmount 457
#define __NR_listmount 458
#endif
#ifndef __NR_lsm_get_self_attr
#define __NR_lsm_get_self_attr 459
#define __NR_lsm_set_self_attr 460
#define __NR_lsm_list_modules 461
#endif
#ifndef __NR_mseal
#define __NR_mseal 462
#endif
#ifndef __NR_setxattrat
#define __NR_setxattrat 463
#define __NR_getxattrat 464
#define __NR_listxattrat 465
#define __NR_removexattrat 466
#endif
#ifndef __NR_open_tree_attr
#define __NR_open_tree_attr 467
#endif
#ifndef __NR_file_getattr
#define __NR_file_getattr 468
#define __NR_file_setattr 469
#endif
#ifndef __NR_listns
#define __NR_listns 470
#endif
#ifndef __NR_rseq_slice_yield
#define __NR_rseq_slice_yield 471
#endif

/* Each row asserts that its number (SIDE picks which) is the header's. */
#define PASS(nr, host, name, args) \
	_Static_assert(SIDE(nr, host) == __NR_##name, #name);
#define LEAVE(nr, host, name, args) \
	_Static_assert(SIDE(nr, host) == __NR_##name, #name);
#define PATH(nr, host, name, args) \
	_Static_assert(SIDE(nr, host) == __NR_##name, #name);
#define XLATE(nr, host, name, args, why) \
	_Static_assert(SIDE(nr, host) == __NR_##name, #name);
#define EMUL(nr, host, name, args, why) \
	_Static_assert(SIDE(nr, host) == __NR_##name, #name);
#define FAIL(nr, host, name, args, error, why) \
	_Static_assert(SIDE(nr, host) == __NR_##name, #name);

#endif
