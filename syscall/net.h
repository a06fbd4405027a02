/*
 * net.h - names of sockets.
 */
#ifndef FERRY_SYSCALL_NET_H
#define FERRY_SYSCALL_NET_H

#include <sys/un.h>

#include "../runtime/vm/thread.h"

/*
 * The address to hand to the host: the guest's own, or `un' with the path of
 * an AF_UNIX name looked up under the sysroot, and *len changed to fit. A
 * path that does not fit then is left as it was. Any thread; not in signal
 * handlers.
 */
long net_unix_name(struct thread *t, gaddr addr, uint64_t *len,
		   struct sockaddr_un *un);

#endif
