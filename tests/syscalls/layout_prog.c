/*
 * layout_prog.c - sizes of the structures and values of the flags that system calls
 * pass. Compiled for both machines, the output may only differ where
 * syscall/abi.h and syscall/xlat/ say so: see layout.sh.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/fanotify.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/fscrypt.h>
#include <linux/futex.h>
#include <linux/if_tun.h>
#include <linux/io_uring.h>
#include <linux/landlock.h>
#include <linux/loop.h>
#include <linux/mount.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/quota.h>
#include <linux/rseq.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <mqueue.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <termios.h>
#include <time.h>
#include <ucontext.h>

#define SIZE(type) printf("size %s %zu\n", #type, sizeof(type));
#define AT(type, field) printf("at %s.%s %zu\n", #type, #field, \
			       offsetof(type, field));
#define VALUE(name) printf("value %s 0x%lx\n", #name, (unsigned long)(name));

static void
sizes(void)
{
	SIZE(struct stat) SIZE(struct statx) SIZE(struct statfs)
	SIZE(struct dirent64) SIZE(struct flock) SIZE(struct open_how)
	SIZE(struct file_handle) SIZE(struct fiemap) SIZE(struct fsxattr)
	SIZE(struct file_clone_range) SIZE(struct file_dedupe_range)
	SIZE(struct fscrypt_policy_v1) SIZE(struct mount_attr)
	SIZE(struct inotify_event) SIZE(struct fanotify_event_metadata)
	SIZE(struct loop_info) SIZE(struct loop_info64) SIZE(struct loop_config)
	SIZE(struct if_dqblk)
	SIZE(struct epoll_event) SIZE(struct pollfd) SIZE(fd_set)
	SIZE(struct iocb) SIZE(struct io_event) SIZE(struct io_uring_sqe)
	SIZE(struct io_uring_cqe) SIZE(struct io_uring_params)
	SIZE(struct io_uring_getevents_arg)
	SIZE(struct iovec) SIZE(struct msghdr) SIZE(struct mmsghdr)
	SIZE(struct cmsghdr) SIZE(struct sockaddr_in) SIZE(struct sockaddr_in6)
	SIZE(struct sockaddr_un) SIZE(struct sockaddr_nl) SIZE(struct ucred)
	SIZE(struct linger) SIZE(struct ifreq) SIZE(struct ifconf)
	SIZE(struct rtentry) SIZE(struct nlmsghdr) SIZE(struct ifinfomsg)
	SIZE(struct rtmsg)
	SIZE(struct timespec) SIZE(struct timeval) SIZE(struct itimerspec)
	SIZE(struct itimerval) SIZE(struct timex) SIZE(struct timezone)
	SIZE(struct sigevent) SIZE(siginfo_t) SIZE(stack_t) SIZE(ucontext_t)
	SIZE(struct signalfd_siginfo)
	SIZE(struct ipc_perm) SIZE(struct msqid_ds) SIZE(struct shmid_ds)
	SIZE(struct semid_ds) SIZE(struct sembuf) SIZE(struct seminfo)
	SIZE(struct msginfo) SIZE(struct shminfo) SIZE(struct mq_attr)
	SIZE(struct rusage) SIZE(struct rlimit) SIZE(struct sysinfo)
	SIZE(struct utsname) SIZE(struct sched_param)
	SIZE(struct clone_args) SIZE(struct robust_list_head)
	SIZE(struct futex_waitv) SIZE(struct rseq)
	SIZE(struct __user_cap_header_struct) SIZE(struct __user_cap_data_struct)
	SIZE(struct perf_event_attr) SIZE(union bpf_attr)
	SIZE(struct landlock_ruleset_attr) SIZE(struct landlock_path_beneath_attr)
	SIZE(struct seccomp_data) SIZE(struct seccomp_notif)
	SIZE(struct seccomp_notif_resp) SIZE(struct seccomp_notif_addfd)
	SIZE(struct uffdio_api) SIZE(struct uffdio_copy) SIZE(struct uffd_msg)
	SIZE(struct termios) SIZE(struct winsize)
}

static void
offsets(void)
{
	AT(struct stat, st_mode) AT(struct stat, st_nlink)
	AT(struct stat, st_uid) AT(struct stat, st_rdev)
	AT(struct stat, st_size) AT(struct stat, st_blksize)
	AT(struct stat, st_blocks) AT(struct stat, st_atim)
	AT(struct epoll_event, data) AT(struct semid_ds, sem_ctime)
	AT(struct semid_ds, sem_nsems) AT(struct msqid_ds, msg_stime)
	AT(struct msqid_ds, msg_qnum) AT(struct shmid_ds, shm_atime)
	AT(struct shmid_ds, shm_nattch) AT(siginfo_t, si_addr)
	AT(siginfo_t, si_value) AT(siginfo_t, si_syscall)
	AT(siginfo_t, si_arch) AT(siginfo_t, si_addr_lsb)
	AT(struct statfs, f_fsid) AT(struct statfs, f_flags)
	AT(struct flock, l_start) AT(struct flock, l_pid)
	AT(struct timex, time) AT(struct timex, tai)
	AT(struct msghdr, msg_control) AT(struct msghdr, msg_flags)
	AT(struct loop_info, lo_inode) AT(struct loop_info, lo_name)
	AT(struct sysinfo, mem_unit) AT(struct mmsghdr, msg_len)
	AT(struct io_uring_sqe, user_data) AT(struct io_uring_params, cq_off)
}

static void
values(void)
{
	VALUE(O_CREAT) VALUE(O_EXCL) VALUE(O_NOCTTY) VALUE(O_TRUNC)
	VALUE(O_APPEND) VALUE(O_NONBLOCK) VALUE(O_DSYNC) VALUE(O_SYNC)
	VALUE(O_ASYNC) VALUE(O_DIRECT) VALUE(O_DIRECTORY) VALUE(O_NOFOLLOW)
	VALUE(O_NOATIME) VALUE(O_CLOEXEC) VALUE(O_PATH)
	VALUE(F_GETLK) VALUE(F_SETLK) VALUE(F_SETLKW) VALUE(F_SETOWN)
	VALUE(F_GETOWN) VALUE(F_OFD_SETLK) VALUE(F_SETPIPE_SZ)
	VALUE(MAP_ANONYMOUS) VALUE(MAP_NORESERVE) VALUE(MAP_HUGETLB)
	VALUE(MAP_GROWSDOWN) VALUE(MAP_LOCKED) VALUE(MAP_STACK)
	VALUE(MAP_FIXED_NOREPLACE) VALUE(MADV_DONTNEED) VALUE(MADV_FREE)
	VALUE(MADV_POPULATE_WRITE) VALUE(MREMAP_DONTUNMAP)
	VALUE(SA_SIGINFO) VALUE(SA_ONSTACK) VALUE(SA_RESTART) VALUE(SA_NODEFER)
	VALUE(SIGBUS) VALUE(SIGUSR1) VALUE(SIGCHLD) VALUE(SIGSYS) VALUE(SIGPWR)
	VALUE(SOL_SOCKET) VALUE(SO_RCVTIMEO) VALUE(SO_PEERCRED)
	VALUE(SO_REUSEPORT) VALUE(SOCK_NONBLOCK) VALUE(MSG_NOSIGNAL)
	VALUE(RLIMIT_AS) VALUE(RLIMIT_NOFILE) VALUE(POLLRDHUP)
	VALUE(TCGETS) VALUE(TIOCGWINSZ) VALUE(TIOCGPTN) VALUE(FIONREAD)
	VALUE(FS_IOC_GETFLAGS) VALUE(FICLONE) VALUE(TUNSETIFF)
	VALUE(BLKGETSIZE64) VALUE(LOOP_SET_STATUS64) VALUE(PERF_EVENT_IOC_ID)
	VALUE(SECCOMP_IOCTL_NOTIF_RECV) VALUE(UFFDIO_COPY)
	VALUE(CLONE_NEWUSER) VALUE(CLONE_PIDFD)
}

int
main(void)
{
	sizes();
	offsets();
	values();
	return 0;
}
