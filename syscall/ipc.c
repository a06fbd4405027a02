/*
 * ipc.c - System V semaphores and POSIX message queues, as far as they
 * differ.
 */
#include "../runtime/base/hostcall.h"
#include "../runtime/vm/gmem.h"
#include "abi.h"
#include "table.h"
#include "xlat.h"

#include <errno.h>
#include <sys/ipc.h>

#define GUEST_SEM_STAT		18
#define GUEST_SEM_STAT_ANY	20

static long
semctl_stat(struct thread *t, const uint64_t a[6])
{
	struct host_semid_ds h;
	struct guest_semid_ds g;
	long ret = syscall_window(t, SYS_semctl, (long)a[0], (long)a[1],
				  (long)a[2], P(&h), 0, 0);

	if (ret < 0)
		return ret;
	xlat_semid_to_guest(&g, &h);
	return gmem_write(a[3], &g, sizeof(g)) ? -EFAULT : ret;
}

static long
semctl_set(struct thread *t, const uint64_t a[6])
{
	struct host_semid_ds h;
	struct guest_semid_ds g;

	if (gmem_read(&g, a[3], sizeof(g)))
		return -EFAULT;
	xlat_semid_to_host(&h, &g);
	return syscall_window(t, SYS_semctl, (long)a[0], (long)a[1],
			      (long)a[2], P(&h), 0, 0);
}

long
sys_semctl(struct thread *t, const uint64_t a[6])
{
	switch ((int)a[2]) {
	case IPC_STAT:
	case GUEST_SEM_STAT:
	case GUEST_SEM_STAT_ANY:
		return semctl_stat(t, a);
	case IPC_SET:
		return semctl_set(t, a);
	default:
		return syscall_window(t, SYS_semctl, (long)a[0], (long)a[1],
				      (long)a[2], (long)a[3], 0, 0);
	}
}

long
sys_mq_open(struct thread *t, const uint64_t a[6])
{
	return syscall_window(t, SYS_mq_open, (long)a[0],
			      (long)xlat_open_to_host((uint32_t)a[1]),
			      (long)a[2], (long)a[3], 0, 0);
}
