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
#include <unistd.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/log.h"
#include "../runtime/base/rtmem.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/guest_isa.h"
#include "../runtime/vm/process.h"
#include "../signals/signals.h"
#include "path.h"
#include "seccomp.h"
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
	EXEC_GUEST,	/* by ferry */
};

struct exec_call {
	const char *host;	/* what to look at, and what EXEC_HOST runs */
	const char *guest;	/* what EXEC_GUEST tells ferry to load */
	gaddr argv, envp;
};

static long classify(const char *host, int depth);

/*
 * Whether to run a set-user-ID or set-group-ID program by the kernel: where
 * binfmt_misc has started ferry, it can start this one as well, and gives the
 * file's credentials if it is registered with flag C. Nobody else can.
 */
static bool
wants_kernel(const char *host)
{
	struct stat st;

	return process.opt.by_kernel && !process.opt.sysroot &&
	       !host_call4(SYS_newfstatat, AT_FDCWD, P(host), P(&st), 0) &&
	       st.st_mode & (S_ISUID | S_ISGID);
}

static long
check_executable(const char *host)
{
	struct stat st;
	long r;

	r = host_call4(SYS_newfstatat, AT_FDCWD, P(host), P(&st), 0);
	if (r < 0)
		return r;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	r = host_call4(SYS_faccessat2, AT_FDCWD, P(host), X_OK, AT_EACCESS);
	if (r == -ENOSYS)
		r = host_call3(SYS_faccessat, AT_FDCWD, P(host), X_OK);
	return r;
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
	if (how == EXEC_HOST && host != interp && strcmp(host, interp))
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

static long
classify(const char *host, int depth)
{
	long r = check_executable(host), fd;

	if (r < 0)
		return r;
	fd = host_call4(SYS_openat, AT_FDCWD, P(host),
			O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
	if (fd == -EACCES)	/* may be run, but not read */
		return EXEC_HOST;
	if (fd < 0)
		return fd;
	r = classify_head((int)fd, depth);
	host_call1(SYS_close, fd);
	return r;
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

/* The new ferry's argv in out[n]: own options, argv[0], program, the rest.
 * `filters' is -seccomp's argument or NULL. */
#define MAX_EXTRA_ARGS	8	/* beside own options and the guest's */

static long
fill_argv(const char **out, const char *program, gaddr argv, long n,
	  const char *filters)
{
	const struct options *opt = &process.opt;
	long i, k = 0, argv0;

	for (i = 0; i < opt->nr_own; i++)
		out[k++] = opt->own_argv[i];
	/* ferry would look it up in PATH; execve does not. */
	if (!strchr(program, '/'))
		out[k++] = "-no-path";
	if (filters) {
		out[k++] = "-seccomp";
		out[k++] = filters;
	}
	out[k++] = "-0";
	argv0 = k;
	out[k++] = "";
	out[k++] = "--";
	out[k++] = program;
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

/* Runs this very program, wherever its file is now. */
static long
exec_self(struct thread *t, const char *const *argv, gaddr envp)
{
	static const char *const self[] = {
		"/proc/thread-self/exe", "/proc/self/exe",
	};
	size_t i;
	long r = -ENOENT;

	for (i = 0; i < ARRAY_SIZE(self) && (r == -ENOENT || r == -ENOTDIR);
	     i++)
		r = host_exec(t, self[i], argv, envp);
	if (r == -ENOENT || r == -ENOTDIR)
		r = host_exec(t, argv[0], argv, envp);
	return r;
}

static long
exec_host(struct thread *t, const struct exec_call *c)
{
	return syscall_window(t, SYS_execve, P(c->host), (long)c->argv,
			      (long)c->envp, 0, 0, 0);
}

static long
exec_guest(struct thread *t, const struct exec_call *c)
{
	const char *on_stack[ARGV_ON_STACK], **argv = on_stack;
	long n = count_args(c->argv), r, filters = -1;
	char number[12];
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
		fmt_print(number, sizeof(number), "%ld", filters);
	}
	r = fill_argv(argv, c->guest, c->argv, n,
		      filters < 0 ? NULL : number);
	if (r >= 0)
		r = exec_self(t, argv, c->envp);
	if (filters >= 0)
		host_call1(SYS_close, filters);
	/* In a chroot without /proc and without ferry, the kernel may know
	 * what to do (binfmt_misc's flag F). It knows of no filters. */
	if (r == -ENOENT && !t->seccomp) {
		long kernel = exec_host(t, c);

		r = kernel == -ENOEXEC ? r : kernel;
	}
	return r;
}

static long
do_exec(struct thread *t, const struct exec_call *c)
{
	long how = classify(c->host, 0), r;

	if (how < 0)
		return how;
	if (how == EXEC_GUEST && !t->seccomp && wants_kernel(c->host))
		how = EXEC_HOST;
	signals_exec_prepare(t);
	if (how == EXEC_GUEST)
		r = exec_guest(t, c);
	else
		r = exec_host(t, c);
	signals_exec_failed(t);
	return r;
}

static long
exec_path(struct thread *t, gaddr path, int flags, gaddr argv, gaddr envp)
{
	struct exec_call c = { .argv = argv, .envp = envp };
	int dirfd = AT_FDCWD;
	struct path_buf pb;
	struct stat st;
	long err = 0;

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
	c.guest = c.host == pb.proc || c.host == process.exe ?
			  process.exe : pb.guest;
	return do_exec(t, &c);
}

long
sys_execve(struct thread *t, const uint64_t a[6])
{
	return exec_path(t, a[0], 0, a[1], a[2]);
}

/*
 * The name of an open file, if it still has one that leads to it; else
 * /proc/self/fd/N with a descriptor that survives the exec, as the kernel's
 * /dev/fd/N does. *keep is that descriptor, or -1.
 */
static long
fd_path(int fd, char buf[PATH_MAX], int *keep)
{
	struct stat by_fd, by_name;
	char proc[32];
	long n, r;

	*keep = -1;
	r = host_call4(SYS_newfstatat, fd, P(""), P(&by_fd), AT_EMPTY_PATH);
	if (r < 0)
		return r;
	fmt_print(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	n = host_call4(SYS_readlinkat, AT_FDCWD, P(proc), P(buf),
		       PATH_MAX - 1);
	if (n > 0) {
		buf[n] = 0;
		if (!host_call4(SYS_newfstatat, AT_FDCWD, P(buf), P(&by_name),
				0) &&
		    by_fd.st_dev == by_name.st_dev &&
		    by_fd.st_ino == by_name.st_ino)
			return 0;
	}
	r = host_call1(SYS_dup, fd);
	if (r < 0)
		return r;
	*keep = (int)r;
	fmt_print(buf, PATH_MAX, "/proc/self/fd/%d", *keep);
	return 0;
}

static long
exec_fd(struct thread *t, int fd, gaddr argv, gaddr envp)
{
	struct exec_call c = { .argv = argv, .envp = envp };
	char buf[PATH_MAX];
	int keep;
	long r = fd_path(fd, buf, &keep);

	if (r < 0)
		return r;
	c.host = buf;
	c.guest = sysroot_strip(buf);
	r = do_exec(t, &c);
	if (keep >= 0)
		host_call1(SYS_close, keep);
	return r;
}

long
sys_execveat(struct thread *t, const uint64_t a[6])
{
	int dirfd = (int)a[0], flags = (int)a[4];
	char path[PATH_MAX];
	long r, fd;

	if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
		return -EINVAL;
	r = gmem_strncpy(path, a[1], sizeof(path));
	if (r < 0)
		return r;
	if (r == 0 && !(flags & AT_EMPTY_PATH))
		return -ENOENT;
	if (r == 0 && dirfd != AT_FDCWD)
		return exec_fd(t, dirfd, a[2], a[3]);
	if (path[0] == '/' || dirfd == AT_FDCWD)
		return exec_path(t, a[1], flags & AT_SYMLINK_NOFOLLOW ?
				 SYSROOT_NOFOLLOW : 0, a[2], a[3]);
	fd = host_call4(SYS_openat, dirfd, P(path), O_PATH | O_CLOEXEC |
			(flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0), 0);
	if (fd < 0)
		return fd;
	r = exec_fd(t, (int)fd, a[2], a[3]);
	host_call1(SYS_close, fd);
	return r;
}
