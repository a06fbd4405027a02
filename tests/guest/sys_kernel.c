/*
 * sys_kernel.c - what the kernel offers and few programs ask for: keys, bpf,
 * counters, page faults by descriptor, other processes' memory, priorities,
 * identities, timers, reservations.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/rtnetlink.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

#define NR_pidfd_open		434
#define NR_process_madvise	440
#define NR_memfd_secret		447
#define NR_mseal		462
#define PAGE			4096ul

static void
test_keys(void)
{
	char buf[16] = "";
	long key = syscall(SYS_add_key, "user", "ferry", "secret", 6,
			   KEY_SPEC_PROCESS_KEYRING);

	if (key < 0)
		return;
	CHECK(syscall(SYS_keyctl, KEYCTL_READ, key, buf, sizeof(buf)) == 6);
	CHECK(!strcmp(buf, "secret"));
	CHECK(syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_PROCESS_KEYRING,
		      "user", "ferry", 0) == key);
	CHECK(syscall(SYS_request_key, "user", "ferry", NULL, 0) == key);
	CHECK(syscall(SYS_keyctl, KEYCTL_REVOKE, key) == 0);
	FAILS(syscall(SYS_keyctl, KEYCTL_READ, key, buf, sizeof(buf)),
	      EKEYREVOKED);
	check_group("keys");
}

static void
test_bpf(void)
{
	union bpf_attr a = { .map_type = BPF_MAP_TYPE_HASH, .key_size = 4,
			     .value_size = 8, .max_entries = 4 };
	uint32_t key = 5;
	uint64_t value = 0x1122334455667788, back = 0;
	int map = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &a, sizeof(a));

	if (map < 0)
		return;
	memset(&a, 0, sizeof(a));
	a.map_fd = (uint32_t)map;
	a.key = (uintptr_t)&key;
	a.value = (uintptr_t)&value;
	CHECK(syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &a, sizeof(a)) == 0);
	a.value = (uintptr_t)&back;
	CHECK(syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &a, sizeof(a)) == 0);
	CHECK(back == value);
	close(map);
	check_group("bpf");
}

static void
test_counters(void)
{
	struct perf_event_attr a = { .type = PERF_TYPE_SOFTWARE,
				     .size = sizeof(a),
				     .config = PERF_COUNT_SW_TASK_CLOCK };
	uint64_t n = 0;
	int fd = (int)syscall(SYS_perf_event_open, &a, 0, -1, -1, 0);

	if (fd < 0)
		return;
	for (volatile int i = 0; i < 100000; i++)
		;
	CHECK(read(fd, &n, 8) == 8 && n > 0);
	CHECK(ioctl(fd, PERF_EVENT_IOC_DISABLE, 0) == 0);
	close(fd);
	check_group("counters");
}

static int uffd;

static void *
fill_page(void *at)
{
	static char page[PAGE] __attribute__((aligned(4096)));
	struct uffd_msg m;
	struct uffdio_copy c = { .src = (uintptr_t)page, .len = PAGE };

	CHECK(read(uffd, &m, sizeof(m)) == sizeof(m));
	CHECK(m.event == UFFD_EVENT_PAGEFAULT);
	CHECK((m.arg.pagefault.address & ~(PAGE - 1)) == (uintptr_t)at);
	memset(page, 0x5a, PAGE);
	c.dst = (uintptr_t)at;
	CHECK(ioctl(uffd, UFFDIO_COPY, &c) == 0 && c.copy == (int64_t)PAGE);
	return NULL;
}

static void
test_userfaultfd(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register r = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	volatile char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t t;

	uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (uffd < 0)
		return;
	CHECK(ioctl(uffd, UFFDIO_API, &api) == 0);
	r.range.start = (uintptr_t)p;
	r.range.len = PAGE;
	CHECK(ioctl(uffd, UFFDIO_REGISTER, &r) == 0);
	CHECK(pthread_create(&t, NULL, fill_page, (void *)p) == 0);
	CHECK(p[123] == 0x5a);
	CHECK(pthread_join(t, NULL) == 0);
	close(uffd);
	munmap((void *)p, PAGE);
	check_group("userfaultfd");
}

static void
test_processes(void)
{
	static char there[] = "in the child";
	char here[16] = "";
	struct iovec to = { here, sizeof(there) }, from = { there,
							     sizeof(there) };
	pid_t pid = fork();
	int fd;

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	CHECK(process_vm_readv(pid, &to, 1, &from, 1, 0) == sizeof(there));
	CHECK(!strcmp(here, there));
	strcpy(here, "written");
	CHECK(process_vm_writev(pid, &to, 1, &from, 1, 0) == sizeof(there));
	memset(here, 0, sizeof(here));
	CHECK(process_vm_readv(pid, &to, 1, &from, 1, 0) == sizeof(there));
	CHECK(!strcmp(here, "written"));
	from.iov_base = bad_address;
	FAILS(process_vm_readv(pid, &to, 1, &from, 1, 0), EFAULT);
	fd = (int)syscall(NR_pidfd_open, pid, 0);
	if (fd >= 0) {
		from.iov_base = (void *)((uintptr_t)there & ~(PAGE - 1));
		from.iov_len = PAGE;
		CHECK(syscall(NR_process_madvise, fd, &from, 1, MADV_COLD, 0)
		      == (long)PAGE || errno == EPERM || errno == ENOSYS);
		close(fd);
	}
	if (syscall(SYS_kcmp, getpid(), pid, 0, 0, 0) >= 0)
		CHECK(syscall(SYS_kcmp, getpid(), getpid(), 0, 1, 1) == 0);
	kill(pid, SIGKILL);
	CHECK(waitpid(pid, NULL, 0) == pid);
	check_group("processes");
}

static void
test_memory(void)
{
	long size = 64l << 40;	/* as address sanitizers and runtimes do */
	char *p = mmap(NULL, (size_t)size, PROT_NONE, MAP_PRIVATE |
		       MAP_ANONYMOUS | MAP_NORESERVE, -1, 0), *q;
	int fd;

	CHECK(p != MAP_FAILED);
	CHECK(mprotect(p + (size >> 1), PAGE, PROT_READ | PROT_WRITE) == 0);
	p[size >> 1] = 1;
	CHECK(munmap(p, (size_t)size) == 0);

	p = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		 MAP_ANONYMOUS, -1, 0);
	FAILS((long)mmap(p, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
			 MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
	strcpy(p, "moved");
	q = mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP,
		   NULL);
	CHECK(q != MAP_FAILED && q != p && !strcmp(q, "moved") && !p[0]);
	FAILS((long)mremap(p, 2 * PAGE, 8 * PAGE, 0), ENOMEM);
	CHECK(mlockall(MCL_CURRENT) == 0 || errno == EPERM || errno == ENOMEM);
	CHECK(munlockall() == 0);
	CHECK(madvise(p, PAGE, MADV_WIPEONFORK) == 0);
	munmap(q, PAGE);

	fd = (int)syscall(NR_memfd_secret, 0);
	if (fd >= 0) {
		CHECK(ftruncate(fd, PAGE) == 0);
		q = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (q != MAP_FAILED)
			q[0] = 1;
		close(fd);
	}
	if (syscall(NR_mseal, p, PAGE, 0) == 0) {
		FAILS(munmap(p, PAGE), EPERM);
		FAILS(mprotect(p, PAGE, PROT_NONE), EPERM);
		FAILS((long)mmap(p, PAGE, PROT_NONE, MAP_PRIVATE |
				 MAP_ANONYMOUS | MAP_FIXED, -1, 0), EPERM);
	}
	check_group("memory");
}

/* A stack that grows on its own, as far as the next mapping. */
static void
test_growing(void)
{
	char *room = mmap(NULL, 4096 * PAGE, PROT_NONE, MAP_PRIVATE |
			  MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	volatile char *top = room + 2000 * PAGE;

	CHECK(munmap(room, 4096 * PAGE) == 0);
	CHECK(mmap((char *)top, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		   MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED_NOREPLACE, -1, 0)
	      == top);
	top[-1] = 1;
	top[-(long)(3 * PAGE)] = 2;
	CHECK(top[-1] == 1);
	munmap((char *)top - 16 * PAGE, 17 * PAGE);
	check_group("growing");
}

static volatile sig_atomic_t got;

static void
on_signal(int sig)
{
	got = sig;
}

static void
test_identity(void)
{
	uid_t r, e, s;
	mode_t old = umask(027);
	long prio;

	CHECK(umask(old) == 027);
	CHECK(setreuid((uid_t)-1, (uid_t)-1) == 0);
	CHECK(setregid((gid_t)-1, (gid_t)-1) == 0);
	CHECK(getresuid(&r, &e, &s) == 0 && e == geteuid());
	CHECK(setresuid(r, e, s) == 0);
	CHECK(setresgid((gid_t)-1, (gid_t)-1, (gid_t)-1) == 0);
	CHECK(setgid(getgid()) == 0 && setuid(getuid()) == 0);
	CHECK(setfsuid((uid_t)-1) == (int)geteuid());
	CHECK(setfsgid((gid_t)-1) == (int)getegid());
	/* Not everybody may lower it. */
	prio = getpriority(PRIO_PROCESS, 0) < 17 ?
		       getpriority(PRIO_PROCESS, 0) + 2 : 19;
	CHECK(setpriority(PRIO_PROCESS, 0, (int)prio) == 0);
	CHECK(getpriority(PRIO_PROCESS, 0) == prio);
	prio = syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0);
	CHECK(prio >= 0);
	CHECK(syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
		      IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 5)) == 0);
	CHECK(syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0) ==
	      IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 5));
	CHECK(prctl(PR_SET_NAME, "renamed") == 0);
	check_group("identity");
}

static void
test_timers(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL,
			       .sigev_signo = SIGUSR1 };
	struct itimerspec it = { .it_value = { 0, 1000000 } };
	struct timespec ms = { 0, 5000000 };
	timer_t t;

	signal(SIGUSR1, on_signal);
	signal(SIGUSR2, on_signal);
	CHECK(timer_create(CLOCK_MONOTONIC, &ev, &t) == 0);
	CHECK(timer_settime(t, 0, &it, NULL) == 0);
	for (int i = 0; i < 400 && !got; i++)
		nanosleep(&ms, NULL);
	CHECK(got == SIGUSR1);
	CHECK(timer_getoverrun(t) == 0);
	CHECK(timer_gettime(t, &it) == 0 && !it.it_value.tv_nsec);
	CHECK(timer_delete(t) == 0);
	CHECK(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR2) == 0);
	CHECK(got == SIGUSR2);
	CHECK(syscall(SYS_tkill, syscall(SYS_gettid), SIGUSR1) == 0);
	CHECK(got == SIGUSR1);
	check_group("timers");
}

/* The kernel's list of links, with the loopback device in it. */
static void
test_netlink(void)
{
	struct {
		struct nlmsghdr h;
		struct rtgenmsg g;
	} ask = { { sizeof(ask), RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1,
		    0 }, { AF_UNSPEC } };
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	static char buf[65536] __attribute__((aligned(8)));
	struct nlmsghdr *h = (void *)buf;
	int one = 1, len = sizeof(one), links = 0;
	int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	ssize_t n;

	CHECK(s >= 0);
	CHECK(setsockopt(s, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one))
	      == 0);
	CHECK(getsockopt(s, SOL_NETLINK, NETLINK_EXT_ACK, &one,
			 (socklen_t *)&len) == 0 && one == 1);
	CHECK(sendto(s, &ask, sizeof(ask), 0, (void *)&kernel, sizeof(kernel))
	      == sizeof(ask));
	n = recv(s, buf, sizeof(buf), 0);
	CHECK(n > 0);
	for (; NLMSG_OK(h, n) && h->nlmsg_type != NLMSG_DONE;
	     h = NLMSG_NEXT(h, n))
		links += h->nlmsg_type == RTM_NEWLINK &&
			 ((struct ifinfomsg *)NLMSG_DATA(h))->ifi_index == 1;
	CHECK(links == 1);
	close(s);
	check_group("netlink");
}

int
main(void)
{
	test_keys();
	test_bpf();
	test_counters();
	test_userfaultfd();
	test_processes();
	test_memory();
	test_growing();
	test_identity();
	test_timers();
	test_netlink();
	return check_done();
}
