/*
 * net.c - sockets: only AF_UNIX names need a look, because of the sysroot.
 */
#include "../runtime/base/hostcall.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/process.h"
#include "../runtime/vm/sysroot.h"
#include "net.h"
#include "table.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>

long
net_unix_name(struct thread *t, gaddr addr, uint64_t *len,
	      struct sockaddr_un *un)
{
	char path[sizeof(un->sun_path) + 1], buf[PATH_MAX];
	uint64_t head = offsetof(struct sockaddr_un, sun_path);
	const char *host;

	if (!t->process->opt.sysroot || !addr || *len <= head ||
	    *len > sizeof(*un) || gmem_read(un, addr, *len) ||
	    un->sun_family != AF_UNIX || un->sun_path[0] != '/')
		return (long)addr;
	memcpy(path, un->sun_path, *len - head);
	path[*len - head] = 0;
	host = sysroot_path(path, buf, 0);
	if (!host || host == path || strlen(host) >= sizeof(un->sun_path))
		return (long)addr;
	memset(un->sun_path, 0, sizeof(un->sun_path));
	memcpy(un->sun_path, host, strlen(host));
	*len = head + strlen(host) + 1;
	return P(un);
}

static long
name_call(struct thread *t, long nr, const uint64_t a[6])
{
	uint64_t len = (uint32_t)a[2];
	struct sockaddr_un un;
	long addr = net_unix_name(t, a[1], &len, &un);

	return syscall_window(t, nr, (long)a[0], addr, (long)len, 0, 0, 0);
}

long
sys_bind(struct thread *t, const uint64_t a[6])
{
	return name_call(t, SYS_bind, a);
}

long
sys_connect(struct thread *t, const uint64_t a[6])
{
	return name_call(t, SYS_connect, a);
}

long
sys_sendto(struct thread *t, const uint64_t a[6])
{
	uint64_t len = (uint32_t)a[5];
	struct sockaddr_un un;
	long addr = net_unix_name(t, a[4], &len, &un);

	return syscall_window(t, SYS_sendto, (long)a[0], (long)a[1],
			      (long)a[2], (long)a[3], addr, (long)len);
}

/* The structure is only replaced when the name is. */
long
sys_sendmsg(struct thread *t, const uint64_t a[6])
{
	struct msghdr m;
	struct sockaddr_un un;
	uint64_t len;
	long addr, msg = (long)a[1];

	if (t->process->opt.sysroot && !gmem_read(&m, a[1], sizeof(m)) &&
	    m.msg_name) {
		len = m.msg_namelen;
		addr = net_unix_name(t, (gaddr)m.msg_name, &len, &un);
		if (addr == P(&un)) {
			m.msg_name = &un;
			m.msg_namelen = (socklen_t)len;
			msg = P(&m);
		}
	}
	return syscall_window(t, SYS_sendmsg, (long)a[0], msg, (long)a[2], 0,
			      0, 0);
}
