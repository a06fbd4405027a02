/*
 * exec.c - execve and execveat: guest programs run under ferry again, the
 * host's own as they are.
 *
 * The host's execve of ferry itself would succeed for whatever the guest
 * asked for, and the failure would come too late, in the new process. So what
 * the guest's kernel would refuse is found out here first: whether the file
 * is there and executable, a program for this guest, and whether its
 * interpreters are.
 *
 * May run in a vfork child, whose memory is its parent's: what is allocated
 * hangs on the thread, for the parent to free.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/log.h"
#include "../runtime/base/own_open.h"
#include "../runtime/base/rtmem.h"
#include "../runtime/vm/codestore.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/guest_isa.h"
#include "../runtime/vm/process.h"
#include "../signals/signals.h"
#include "exec.h"
#include "fd.h"
#include "path.h"
#include "seccomp.h"
#include "tagged.h"
#include "table.h"

/* BINPRM_BUF_SIZE: how much of a file the kernel looks at, and its limit on
 * interpreters of interpreters. */
#define HEAD_SIZE	256
#define MAX_DEPTH	5

/* MAX_ARG_STRINGS is larger, but their pointers would not fit the stack that
 * they are allowed on. */
#define MAX_ARGS	(1u << 20)

#define ARGV_ON_STACK	512

/* How a program is to be started: 0, or -errno. */
enum exec_how {
	EXEC_HOST,	/* by the host's kernel */
	EXEC_NATIVE,	/* the same: a program of the host's own machine */
	EXEC_GUEST,	/* by ferry */
};

struct exec_call {
	int dirfd;		/* the file, as execveat(2) has it, for the */
	const char *host;	/* host's kernel */
	int flags;
	const char *guest;	/* what EXEC_GUEST tells ferry to load */
	int fd;			/* -1; else open, and to be loaded instead */
	gaddr argv, envp;
};

static long classify(const char *host, int depth);

static long
check_executable_at(int dirfd, const char *host, int flags, struct stat *st)
{
	long r;

	r = host_call4(SYS_newfstatat, dirfd, P(host), P(st), flags);
	if (r < 0)
		return r;
	if (!S_ISREG(st->st_mode))
		return -EACCES;
	r = host_call4(SYS_faccessat2, dirfd, P(host), X_OK,
		       AT_EACCESS | flags);
	if (r == -ENOSYS)
		r = host_call3(SYS_faccessat, dirfd, P(host), X_OK);
	return r;
}

static long
check_executable(const char *host)
{
	struct stat st;

	return check_executable_at(AT_FDCWD, host, 0, &st);
}

#define EXECVE_CHECK	0x10000	/* AT_EXECVE_CHECK, Linux 6.14 */
#define BUSY_WITHIN	60	/* seconds */

/*
 * ETXTBSY, for a file that is open for writing. Only the kernel knows, and
 * only new ones tell without an exec. To ask takes as long as a hundredth of
 * an exec; a file that has not changed for a minute is hardly being written.
 */
static long
check_busy(const struct exec_call *c, const struct stat *st)
{
	static const char *const argv[] = { "", NULL };
	struct timespec now;
	long r;

	host_call2(SYS_clock_gettime, CLOCK_REALTIME, P(&now));
	if (now.tv_sec - st->st_mtim.tv_sec > BUSY_WITHIN &&
	    now.tv_sec - st->st_ctim.tv_sec > BUSY_WITHIN)
		return 0;
	r = host_call5(SYS_execveat, c->dirfd, P(c->host), P(argv),
		       P(argv + 1), c->flags | EXECVE_CHECK);
	return r == -ETXTBSY ? r : 0;
}

/* PT_INTERP of a guest program has to be there. Everything else that may be
 * wrong with the file its loader says, as early as the kernel could. */
static long
check_elf_interp(int fd, const Elf64_Ehdr *eh)
{
	char path[PATH_MAX], buf[PATH_MAX];
	const char *host;
	Elf64_Phdr ph;
	int i;

	for (i = 0; i < eh->e_phnum; i++) {
		if (host_call4(SYS_pread64, fd, P(&ph), sizeof(ph),
			       (long)(eh->e_phoff + (uint64_t)i * sizeof(ph)))
		    != sizeof(ph))
			return -ENOEXEC;
		if (ph.p_type == PT_INTERP)
			break;
	}
	if (i == eh->e_phnum)
		return 0;
	if (ph.p_filesz < 2 || ph.p_filesz > sizeof(path) ||
	    host_call4(SYS_pread64, fd, P(path), (long)ph.p_filesz,
		       (long)ph.p_offset) != (long)ph.p_filesz ||
	    path[ph.p_filesz - 1])
		return -ENOEXEC;
	host = sysroot_path(path, buf, 0);
	return host ? check_executable(host) : -ENAMETOOLONG;
}

static long
classify_elf(int fd, const Elf64_Ehdr *eh)
{
	long r;

	if (eh->e_machine == EM_X86_64 || eh->e_machine == EM_386)
		return EXEC_NATIVE;
	if (eh->e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh->e_ident[EI_DATA] != ELFDATA2LSB ||
	    eh->e_machine != process.isa->elf_machine)
		return EXEC_HOST;
	if ((eh->e_type != ET_EXEC && eh->e_type != ET_DYN) ||
	    eh->e_phentsize != sizeof(Elf64_Phdr) || !eh->e_phnum)
		return -ENOEXEC;
	r = check_elf_interp(fd, eh);
	return r < 0 ? r : EXEC_GUEST;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * Cuts the interpreter's path out of a script's first line, as the kernel's
 * load_script does: up to a blank or the line's end, which must be in the
 * part that is looked at. NULL: not a script.
 */
static char *
script_interp(char head[HEAD_SIZE])
{
	char *s = head + 2, *end = memchr(s, '\n', HEAD_SIZE - 2), *e;
	bool cut = !end;

	if (cut)
		end = head + HEAD_SIZE;
	while (s < end && is_blank(*s))
		s++;
	for (e = s; e < end && !is_blank(*e) && *e; e++)
		;
	if (e == s || (cut && e == end))
		return NULL;
	*e = 0;
	return s;
}

static long
classify_script(char head[HEAD_SIZE], int depth)
{
	char buf[PATH_MAX];
	const char *interp = script_interp(head), *host;
	long how;

	if (!interp)
		return -ENOEXEC;
	if (depth >= MAX_DEPTH)
		return -ELOOP;
	host = sysroot_path(interp, buf, 0);
	if (!host)
		return -ENAMETOOLONG;
	how = classify(host, depth + 1);
	/* The host's kernel would look for it outside the sysroot; ferry
	 * finds it. */
	if ((how == EXEC_HOST || how == EXEC_NATIVE) && host != interp &&
	    strcmp(host, interp))
		how = EXEC_GUEST;
	return how;
}

static __attribute__((noinline)) long
classify_head(int fd, int depth)
{
	union {
		char bytes[HEAD_SIZE];
		Elf64_Ehdr eh;
	} head;
	long n;

	memset(&head, 0, sizeof(head));
	n = host_call4(SYS_pread64, fd, P(&head), sizeof(head), 0);
	if (n < 0)
		return n;
	if (memcmp(&head, ELFMAG, SELFMAG) == 0)
		return classify_elf(fd, &head.eh);
	if (memcmp(&head, "#!", 2) == 0)
		return classify_script(head.bytes, depth);
	return EXEC_HOST;	/* it knows, perhaps through binfmt_misc */
}

/* A file that may be executed. */
static long
classify_file(const char *host, int depth)
{
	long r, fd;

	fd = own_openat(AT_FDCWD, host, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -EACCES)	/* may be run, but not read */
		return EXEC_HOST;
	if (fd < 0)
		return fd;
	r = classify_head((int)fd, depth);
	host_call1(SYS_close, fd);
	return r;
}

static long
classify(const char *host, int depth)
{
	long r = check_executable(host);

	return r < 0 ? r : classify_file(host, depth);
}

/* How many strings a guest's argv holds; NULL is an empty one. */
static long
count_args(gaddr argv)
{
	uint64_t p;
	long n;

	if (!argv)
		return 0;
	for (n = 0; n < MAX_ARGS; n++) {
		if (gmem_read(&p, argv + 8 * (uint64_t)n, 8) < 0)
			return -EFAULT;
		if (!p)
			return n;
	}
	return -E2BIG;
}

/* In another root, the sysroot's path means nothing. */
static bool
sysroot_is_lost(void)
{
	return process.own_fd >= 0 &&
	       host_call3(SYS_faccessat, AT_FDCWD, P(process.opt.sysroot),
			  F_OK) == -ENOENT;
}

/* Descriptors that the new ferry is told of; -1: none. */
struct fd_option {
	const char *name;
	int fd;
	char text[12];
};

#define NR_FD_OPTIONS	4

/* Beside own options and the guest's. */
#define MAX_EXTRA_ARGS	(6 + 2 * NR_FD_OPTIONS)

/* The new ferry's argv in out[n]: own options, argv[0], program, the rest. */
static long
fill_argv(const char **out, const struct exec_call *c,
	  struct fd_option fds[NR_FD_OPTIONS], long n)
{
	const struct options *opt = &process.opt;
	gaddr argv = c->argv;
	long i, k = 0, argv0;

	for (i = 0; i < opt->nr_own; i++) {
		out[k++] = opt->own_argv[i];
		if (!strcmp(opt->own_argv[i], "-L") && sysroot_is_lost()) {
			out[k++] = "/";
			i++;
		}
	}
	/* ferry would look it up in PATH; execve does not. */
	if (!strchr(c->guest, '/'))
		out[k++] = "-no-path";
	for (i = 0; i < NR_FD_OPTIONS; i++) {
		if (fds[i].fd < 0)
			continue;
		fmt_print(fds[i].text, sizeof(fds[i].text), "%d", fds[i].fd);
		out[k++] = fds[i].name;
		out[k++] = fds[i].text;
	}
	out[k++] = "-0";
	argv0 = k;
	out[k++] = "";
	out[k++] = "--";
	out[k++] = c->guest;
	for (i = 0; i < n; i++) {
		uint64_t p;

		if (gmem_read(&p, argv + 8 * (uint64_t)i, 8) < 0)
			return -EFAULT;
		/* Strings stay where they are, for the host to copy. */
		out[i ? k++ : argv0] = (const char *)(uintptr_t)p;
	}
	out[k] = NULL;
	return 0;
}

static const char **
exec_memory(struct thread *t, size_t size)
{
	if (t->exec_buf)
		rtmem_free(t->exec_buf, t->exec_buf_size);
	t->exec_buf = rtmem_alloc(size);
	t->exec_buf_size = size;
	return t->exec_buf;
}

/* execve that a signal in time prevents: it would be lost with the old
 * program. */
static long
host_exec(struct thread *t, const char *path, const char *const *argv,
	  gaddr envp)
{
	return syscall_window(t, SYS_execve, P(path), P(argv), (long)envp, 0,
			      0, 0);
}

/* Whether the next program gets descriptor fd; -1: there is none. */
static void
pass_on(int fd, bool yes)
{
	if (fd >= 0)
		host_call3(SYS_fcntl, fd, F_SETFD, yes ? 0 : FD_CLOEXEC);
}

/* By way of ferry's own descriptor, which the new ferry gets as well. */
static long
exec_own_fd(struct thread *t, const char *const *argv, gaddr envp)
{
	int fd = t->process->own_fd;
	long r;

	pass_on(fd, true);
	r = syscall_window(t, SYS_execveat, fd, P(""), P(argv), (long)envp,
			   AT_EMPTY_PATH, 0);
	pass_on(fd, false);
	return r;
}

static bool
is_lost(long r)
{
	return r == -ENOENT || r == -ENOTDIR || r == -EACCES;
}

/* Runs this very program, wherever its file is now. */
static long
exec_self(struct thread *t, const char *const *argv, gaddr envp)
{
	static const char *const self[] = {
		"/proc/thread-self/exe", "/proc/self/exe",
	};
	size_t i;
	long r = -ENOENT;

	if (t->process->own_fd >= 0)
		return exec_own_fd(t, argv, envp);
	for (i = 0; i < ARRAY_SIZE(self) && is_lost(r); i++)
		r = host_exec(t, self[i], argv, envp);
	if (is_lost(r))
		r = host_exec(t, argv[0], argv, envp);
	return r;
}

/*
 * Called before the guest may lose sight of /proc and of ferry's file, in
 * another root or another namespace: from now on a descriptor leads there.
 */
void
exec_keep_self(struct thread *t)
{
	struct process *p = t->process;
	int old = -1;
	long fd, high;

	if (__atomic_load_n(&p->own_fd, __ATOMIC_RELAXED) >= 0)
		return;
	fd = host_call4(SYS_openat, AT_FDCWD, P("/proc/thread-self/exe"),
			O_PATH | O_CLOEXEC, 0);
	if (fd < 0)
		return;
	high = host_call3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, OWN_FD_FROM);
	if (high >= 0) {
		host_call1(SYS_close, fd);
		fd = high;
	}
	if (!__atomic_compare_exchange_n(&p->own_fd, &old, (int)fd, false,
					 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		host_call1(SYS_close, fd);
}

static long
exec_host(struct thread *t, const struct exec_call *c)
{
	return syscall_window(t, SYS_execveat, c->dirfd, P(c->host),
			      (long)c->argv, (long)c->envp, c->flags, 0);
}

/* A vfork child may have put something else there, or closed it, without its
 * parent's knowing. */
static int
store_of(const struct thread *t)
{
	int fd = codestore_fd();

	return t->vfork_child && !codestore_is(fd) ? -1 : fd;
}

/* The environment envp, n variables, with the descriptor of the store before
 * them; text is for that. NULL: without memory, or if there is no envp. */
static const char **
with_store(struct thread *t, int fd, gaddr envp, long n, char text[32])
{
	const char **out = exec_memory(t, ((size_t)n + 2) * sizeof(*out));

	if (!out)
		return NULL;
	fmt_print(text, 32, CODESTORE_VARIABLE "=%d", fd);
	out[0] = text;
	if (n && gmem_read(out + 1, envp, (size_t)n * sizeof(*out)))
		return NULL;
	out[n + 1] = NULL;
	return out;
}

/*
 * A guest program, by the kernel: without /proc and without ferry, it may know
 * what to do (binfmt_misc's flag F). The new ferry gets no options, only the
 * environment.
 */
static long
exec_registered(struct thread *t, const struct exec_call *c)
{
	struct exec_call call = *c;
	const char **envp = NULL;
	int fd = store_of(t);
	char text[32];
	long n, r;

	n = fd < 0 ? -1 : count_args(c->envp);
	if (n >= 0)
		envp = with_store(t, fd, c->envp, n, text);
	if (!envp)
		return exec_host(t, c);
	call.envp = (gaddr)envp;
	pass_on(fd, true);
	r = exec_host(t, &call);
	pass_on(fd, false);
	return r;
}

static long
exec_guest(struct thread *t, const struct exec_call *c)
{
	const char *on_stack[ARGV_ON_STACK], **argv = on_stack;
	struct fd_option fds[NR_FD_OPTIONS] = {
		{ "-own-fd", process.own_fd, "" },
		{ "-program-fd", c->fd, "" },
		{ "-store-fd", store_of(t), "" },
		{ "-seccomp", -1, "" },
	};
	long n = count_args(c->argv), r, filters = -1;
	size_t total;

	if (n < 0)
		return n;
	total = (size_t)n + (size_t)process.opt.nr_own + MAX_EXTRA_ARGS;
	if (total > ARGV_ON_STACK)
		argv = exec_memory(t, total * sizeof(*argv));
	if (!argv)
		return -ENOMEM;
	if (t->seccomp) {
		filters = seccomp_save(t);
		if (filters < 0)
			return filters;
		fds[3].fd = (int)filters;
	}
	pass_on(c->fd, true);	/* only ferry is to get it */
	r = fill_argv(argv, c, fds, n);
	pass_on(fds[2].fd, true);
	if (r >= 0)
		r = exec_self(t, argv, c->envp);
	pass_on(fds[2].fd, false);
	if (filters >= 0)
		host_call1(SYS_close, filters);
	/* The kernel knows of no filters. */
	if (is_lost(r) && !t->seccomp) {
		long kernel = exec_registered(t, c);

		r = kernel == -ENOEXEC ? r : kernel;
	}
	return r;
}

static bool
has_capabilities(const struct exec_call *c)
{
	static const char name[] = "security.capability";

	return (c->fd >= 0 ?
		host_call4(SYS_fgetxattr, c->fd, P(name), 0, 0) :
		host_call4(SYS_getxattr, P(c->host), P(name), 0, 0)) > 0;
}

/*
 * Whether to run a set-user-ID or set-group-ID program, or one with
 * capabilities, by the kernel: where binfmt_misc has started ferry, it can
 * start this one as well, and gives the file's credentials if it is registered
 * with flag C. Nobody else can.
 */
static bool
wants_kernel(const struct exec_call *c, const struct stat *st)
{
	if (!process.opt.registered || process.opt.sysroot)
		return false;
	return st->st_mode & (S_ISUID | S_ISGID) || has_capabilities(c);
}

/* `how' is what classify() said of the file; st its status. */
static long
do_exec_untagged(struct thread *t, const struct exec_call *c, long how,
		 const struct stat *st)
{
	long r = -ENOEXEC;

	if (how == EXEC_GUEST && check_busy(c, st))
		return -ETXTBSY;
	if (how < 0)
		return how;
	/* A filter has to hold for what runs natively. ferry takes it there;
	 * what it cannot load nobody runs. */
	if (t->seccomp && how == EXEC_HOST)
		return -ENOEXEC;
	if (t->seccomp)
		how = EXEC_GUEST;
	signals_exec_prepare(t);
	if (how != EXEC_GUEST || (!t->seccomp && wants_kernel(c, st)))
		r = exec_host(t, c);
	/* Also where the registration is gone. */
	if (how == EXEC_GUEST && r == -ENOEXEC)
		r = exec_guest(t, c);
	signals_exec_failed(t);
	return r;
}

static long
do_exec(struct thread *t, struct exec_call *c, long how, const struct stat *st)
{
	size_t args, env;
	long r;

	c->argv = tagged_strings(c->argv, &args);
	c->envp = tagged_strings(c->envp, &env);
	r = do_exec_untagged(t, c, how, st);
	if (args)
		rtmem_free((void *)(uintptr_t)c->argv, args);
	if (env)
		rtmem_free((void *)(uintptr_t)c->envp, env);
	return r;
}

static long
exec_path(struct thread *t, gaddr path, int flags, gaddr argv, gaddr envp)
{
	struct exec_call c = {
		.dirfd = AT_FDCWD, .fd = -1, .argv = argv, .envp = envp,
	};
	int dirfd = AT_FDCWD;
	struct path_buf pb;
	struct stat st;
	long err = 0;
	bool is_own;

	c.host = path_get_file(t, &pb, path, flags, &dirfd, &err);
	if (!c.host)
		return err;
	if (!pb.guest[0])
		return -ENOENT;
	if (flags & SYSROOT_NOFOLLOW &&
	    !host_call4(SYS_newfstatat, AT_FDCWD, P(c.host), P(&st),
			AT_SYMLINK_NOFOLLOW) && S_ISLNK(st.st_mode))
		return -ELOOP;
	/* Another ferry would understand /proc/self/exe as its own. */
	is_own = c.host == pb.proc || c.host == process.exe;
	c.guest = is_own ? process.exe : pb.guest;
	/* Nor would it follow links as this call does. */
	if (t->by_name && !is_own)
		c.guest = sysroot_strip(c.host);
	err = check_executable_at(AT_FDCWD, c.host, 0, &st);
	if (err < 0)
		return err;
	/* Without a name it can only be handed on. */
	if (is_own && process.exe_fd >= 0) {
		c.fd = (int)host_call3(SYS_fcntl, process.exe_fd,
				       F_DUPFD_CLOEXEC, 0);
		c.guest = pb.guest;
	}
	err = do_exec(t, &c, classify_file(c.host, 0), &st);
	if (c.fd >= 0)
		host_call1(SYS_close, c.fd);
	return err;
}

long
sys_execve(struct thread *t, const uint64_t a[6])
{
	return exec_path(t, a[0], 0, a[1], a[2]);
}

/* execveat's name for the file (fs/exec.c, alloc_bprm): what AT_EXECFN says
 * and what the interpreter of a script gets. It leads nowhere if it goes with
 * the exec. */
static bool
fd_name(char buf[PATH_MAX], int dirfd, const char *path)
{
	if (*path)
		fmt_print(buf, PATH_MAX, "/dev/fd/%d/%s", dirfd, path);
	else
		fmt_print(buf, PATH_MAX, "/dev/fd/%d", dirfd);
	return host_call3(SYS_fcntl, dirfd, F_GETFD, 0) != FD_CLOEXEC;
}

static bool
is_script(int fd)
{
	char head[2];

	return host_call4(SYS_pread64, fd, P(head), 2, 0) == 2 &&
	       !memcmp(head, "#!", 2);
}

/* The file at path under dirfd, or dirfd itself: ferry gets it open. */
static long
exec_at(struct thread *t, int dirfd, const char *path, int flags, gaddr argv,
	gaddr envp)
{
	char name[PATH_MAX], proc[32];
	struct exec_call c = {
		.dirfd = dirfd, .host = path, .flags = flags, .guest = name,
		.argv = argv, .envp = envp,
	};
	bool stays = fd_name(name, dirfd, path);
	struct stat st = { .st_mode = 0 };
	long r, how;

	r = check_executable_at(dirfd, path, flags, &st);
	if (r < 0)
		return S_ISLNK(st.st_mode) && r == -EACCES ? -ELOOP : r;
	if (*path) {
		r = own_openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	} else {
		fmt_print(proc, sizeof(proc), "/proc/self/fd/%d", dirfd);
		r = own_openat(AT_FDCWD, proc, O_RDONLY | O_CLOEXEC);
		if (r == -ENOENT || r == -ENOTDIR)
			r = host_call3(SYS_fcntl, dirfd, F_DUPFD_CLOEXEC, 0);
	}
	if (r < 0)	/* may be run, but not read */
		how = r == -EACCES ? EXEC_HOST : r;
	else
		how = !stays && is_script((int)r) ? -ENOENT :
						    classify_head((int)r, 0);
	c.fd = r < 0 ? -1 : (int)r;
	r = do_exec(t, &c, how, &st);
	if (c.fd >= 0)
		host_call1(SYS_close, c.fd);
	return r;
}

long
sys_execveat(struct thread *t, const uint64_t a[6])
{
	int dirfd = (int)a[0], flags = (int)a[4];
	char path[PATH_MAX];
	long r;

	if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
		return -EINVAL;
	r = gmem_strncpy(path, a[1], sizeof(path));
	if (r < 0)
		return r;
	if (r == 0 && !(flags & AT_EMPTY_PATH))
		return -ENOENT;
	if (path[0] == '/' || dirfd == AT_FDCWD)
		return exec_path(t, a[1], flags & AT_SYMLINK_NOFOLLOW ?
				 SYSROOT_NOFOLLOW : 0, a[2], a[3]);
	if (fd_is_ours(dirfd))
		return -EBADF;
	return exec_at(t, dirfd, path, flags, a[2], a[3]);
}
