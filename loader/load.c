/*
 * load.c - from a path to a program in memory that is ready to run.
 *
 * Start-up code: what is done here is done at every exec, so it makes no
 * system call that it could do without.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/prctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../runtime/base/log.h"
#include "../runtime/base/own_open.h"
#include "../runtime/base/rtmem.h"
#include "../runtime/vm/codestore.h"
#include "../runtime/vm/gmem.h"
#include "../runtime/vm/guest_isa.h"
#include "../runtime/vm/sysroot.h"
#include "image.h"

/* Where position-independent programs go: low enough that the heap, which
 * follows, can grow by terabytes before it meets the runtime's window. */
#define PIE_BASE	0x555500000000ul
#define PIE_RANDOM_BITS	28		/* of pages: 1 TiB */
#define BRK_RANDOM	(32ul << 20)

/* --va-bits: the same of arm64 kernels with smaller address spaces, whose
 * ELF_ET_DYN_BASE is at two thirds; ARCH_MMAP_RND_BITS_MIN. */
#define SMALL_RANDOM_BITS	18
#define SMALL_VA_BITS	42	/* if the program asks for it */

int
load_fail(struct load_error *err, int status, const char *fmt, ...)
{
	va_list ap;

	err->status = status;
	va_start(ap, fmt);
	fmt_vprint(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -1;
}

static const char *
env_get(char *const *envp, const char *name, size_t n)
{
	for (; *envp; envp++)
		if (strncmp(*envp, name, n) == 0 && (*envp)[n] == '=')
			return *envp + n + 1;
	return NULL;
}

/* Removes variable name[0..n) from `env'. */
static void
env_remove(char **env, const char *name, size_t n)
{
	char **out = env;

	for (; *env; env++)
		if (strncmp(*env, name, n) != 0 || (*env)[n] != '=')
			*out++ = *env;
	*out = NULL;
}

static size_t
vector_len(const char *const *v)
{
	size_t n = 0;

	while (v && v[n])
		n++;
	return n;
}

char **
loader_environ(const struct options *opt, char **envp)
{
	size_t have = vector_len((const char *const *)envp);
	size_t add = vector_len(opt->set_env), i, end;
	char **env;

	if (add == 0 && vector_len(opt->unset_env) == 0)
		return envp;
	env = malloc((have + add + 1) * sizeof(*env));
	if (!env)
		log_die(LOAD_NOEXEC, "out of memory");
	memcpy(env, envp, (have + 1) * sizeof(*env));
	for (i = 0; opt->unset_env && opt->unset_env[i]; i++)
		env_remove(env, opt->unset_env[i], strlen(opt->unset_env[i]));
	for (i = 0; i < add; i++) {
		env_remove(env, opt->set_env[i],
			   strcspn(opt->set_env[i], "="));
		end = vector_len((const char *const *)env);
		env[end] = (char *)opt->set_env[i];
		env[end + 1] = NULL;
	}
	return env;
}

/* Where a program is, by the rules that system calls have: absolute links,
 * wherever they are, lead into the sysroot. NULL: the name is too long. */
static const char *
program_path(const char *guest, char *buf)
{
	const char *host = sysroot_path(guest, buf, 0);
	char found[PATH_MAX];

	if (!host || !process.opt.sysroot ||
	    sysroot_follow(host, found, 0) != found)
		return host;
	return strcpy(buf, found);
}

/* Whether a regular file that may be executed is there; else -errno. */
static int
is_executable(const char *guest_path)
{
	char buf[PATH_MAX];
	const char *host = program_path(guest_path, buf);
	struct stat st;

	if (!host)
		return -ENAMETOOLONG;
	if (stat(host, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	return access(host, X_OK) < 0 ? -errno : 0;
}

int
loader_find(const char *name, char *const *envp, char *buf,
	    struct load_error *err)
{
	static const char default_path[] = "/usr/local/sbin:/usr/local/bin:"
					   "/usr/sbin:/usr/bin:/sbin:/bin";
	const char *path = env_get(envp, "PATH", 4), *end;
	size_t name_len = strlen(name);
	bool found = false;

	if (strchr(name, '/') || *name == '\0') {
		if (name_len >= PATH_MAX)
			return load_fail(err, LOAD_NOENT, "%s: %s", name,
					 strerror(ENAMETOOLONG));
		memcpy(buf, name, name_len + 1);
		return 0;
	}
	for (path = path ? path : default_path; ; path = end + 1) {
		size_t n = strcspn(path, ":");

		end = path + n;
		if (n + 1 + name_len < PATH_MAX) {
			memcpy(buf, path, n);
			if (n)	/* empty: the directory we are in */
				buf[n++] = '/';
			memcpy(buf + n, name, name_len + 1);
			switch (is_executable(buf)) {
			case 0:
				return 0;
			case -EACCES:
				found = true;
			}
		}
		if (*end == '\0')
			break;
	}
	if (found)
		return load_fail(err, LOAD_NOEXEC, "%s: %s", name,
				 strerror(EACCES));
	return load_fail(err, LOAD_NOENT, "%s: not found in PATH", name);
}

/* Looks at what program_open, or somebody else, has opened. */
static int
program_read(struct program *prog, struct load_error *err)
{
	ssize_t n;

	if (fstat(prog->fd, &prog->st) < 0)
		return load_fail(err, LOAD_NOEXEC, "%s: %s", prog->name,
				 strerror(errno));
	if (S_ISDIR(prog->st.st_mode))
		return load_fail(err, LOAD_NOEXEC, "%s: a directory",
				 prog->name);
	if (!S_ISREG(prog->st.st_mode))
		return load_fail(err, LOAD_NOEXEC, "%s: not a regular file",
				 prog->name);
	n = pread(prog->fd, prog->head, sizeof(prog->head), 0);
	if (n < 0)
		return load_fail(err, LOAD_NOEXEC, "%s: %s", prog->name,
				 strerror(errno));
	prog->head_len = (size_t)n;
	memset(prog->head + n, 0, sizeof(prog->head) - (size_t)n);
	if (n == 0)
		return load_fail(err, LOAD_NOEXEC, "%s: an empty file",
				 prog->name);
	return 0;
}

static int
program_open(struct program *prog, struct load_error *err)
{
	int e;

	/* A FIFO must not make us wait for a writer. */
	prog->fd = (int)own_openat(AT_FDCWD, prog->host, O_RDONLY | O_CLOEXEC |
				   O_NONBLOCK | O_NOCTTY);
	if (prog->fd < 0) {
		e = -prog->fd;
		prog->fd = -1;
		return load_fail(err, e == ENOENT || e == ENOTDIR ?
				 LOAD_NOENT : LOAD_NOEXEC, "%s: %s",
				 prog->name, strerror(e));
	}
	if (program_read(prog, err) < 0)
		return -1;
	if (access(prog->host, X_OK) < 0)
		return load_fail(err, LOAD_NOEXEC, "%s: %s", prog->name,
				 strerror(errno));
	return 0;
}

/* All that loading needs to keep between its steps. */
struct loading {
	struct process *p;
	const struct load_request *req;
	struct load_error *err;
	struct program prog, ld;
	char prog_host[PATH_MAX], ld_host[PATH_MAX];
	char **argv;
	struct image im, im_ld;
	struct load_random rnd;
	bool named;	/* process.exe leads to the program */
};

/* argv for the interpreter of a script: its name, its argument if there is
 * one, the script, and the script's arguments. */
static int
script_argv(struct loading *l, char *interp, char *arg, const char *script)
{
	size_t n = vector_len((const char *const *)l->argv);
	char **argv = malloc((n + 4) * sizeof(*argv));
	size_t k = 0;

	if (!argv)
		return load_fail(l->err, LOAD_NOEXEC, "%s: out of memory",
				 script);
	argv[k++] = interp;
	if (arg)
		argv[k++] = arg;
	argv[k++] = (char *)script;
	memcpy(argv + k, l->argv + (n > 0), (n + 1 - (n > 0)) * sizeof(*argv));
	l->argv = argv;
	return 0;
}

/* A program, or a script's interpreter, that the host can run itself. */
static int
exec_native(struct loading *l)
{
	int r = l->req->before_native ? l->req->before_native() : 0;

	if (r < 0)
		return load_fail(l->err, LOAD_NOEXEC, "%s: its system calls "
				 "cannot be filtered: %s", l->prog.name,
				 strerror(-r));
	fcntl(l->prog.fd, F_SETFD, FD_CLOEXEC);
	if (l->prog.fd == l->req->execfd)
		syscall(SYS_execveat, l->prog.fd, "", l->argv, l->req->envp,
			AT_EMPTY_PATH);
	else
		execve(l->prog.host, l->argv, l->req->envp);
	return load_fail(l->err, LOAD_NOEXEC, "%s: %s", l->prog.name,
			 strerror(errno));
}

/* The first line lies in prog.head, which the interpreter's replaces. */
static int
enter_script(struct loading *l, char *interp, char *arg)
{
	const char *script = l->prog.name;
	char *name = strdup(interp);
	struct load_error err;

	if (arg)
		arg = strdup(arg);
	if (!name || script_argv(l, name, arg, script) < 0)
		return load_fail(l->err, LOAD_NOEXEC, "%s: out of memory",
				 script);
	close(l->prog.fd);
	l->prog.name = name;
	l->prog.host = program_path(name, l->prog_host);
	if (!l->prog.host)
		return load_fail(l->err, LOAD_NOEXEC, "%s: interpreter %s: %s",
				 script, name, strerror(ENAMETOOLONG));
	if (program_open(&l->prog, &err) < 0)
		return load_fail(l->err, err.status, "%s: interpreter %s",
				 script, err.text);
	return 0;
}

/* Opens the program and goes through scripts to what is to be mapped. */
static int
open_program(struct loading *l)
{
	const struct load_request *req = l->req;
	char *interp, *arg;
	int depth, r;

	l->prog.name = req->path;
	l->prog.host = program_path(req->path, l->prog_host);
	if (!l->prog.host)
		return load_fail(l->err, LOAD_NOEXEC, "%s: %s", req->path,
				 strerror(ENAMETOOLONG));
	if (req->execfd >= 0) {
		l->prog.fd = req->execfd;
		r = program_read(&l->prog, l->err);
	} else {
		r = program_open(&l->prog, l->err);
	}
	if (r < 0)
		return r;
	for (depth = 0; ; depth++) {
		if (elf_has_magic(&l->prog)) {
			if ((depth || req->before_native) &&
			    elf_is_native(&l->prog))
				return exec_native(l);
			return 0;
		}
		r = script_parse(&l->prog, &interp, &arg, l->err);
		if (r < 0)
			return -1;
		if (r == 0)
			return load_fail(l->err, LOAD_NOEXEC,
					 "%s: neither an ELF program nor a "
					 "script", l->prog.name);
		if (depth == MAX_SCRIPTS)
			return load_fail(l->err, LOAD_NOEXEC,
					 "%s: interpreters nested too deeply",
					 req->path);
		if (enter_script(l, interp, arg) < 0)
			return -1;
	}
}

/* The guest's name of the program itself: what the kernel's link says, or
 * without /proc what libc makes of it. */
/* Whether the name that the kernel has for the program leads to it: not if it
 * is deleted, or in a mount that is detached. */
static bool
is_named(const struct loading *l, const char *path)
{
	struct stat st;

	if (!l->prog.st.st_nlink)
		return false;
	return l->req->execfd < 0 ||
	       (!stat(path, &st) && st.st_dev == l->prog.st.st_dev &&
		st.st_ino == l->prog.st.st_ino);
}

static void
set_exe(struct loading *l)
{
	char link[32], path[PATH_MAX];
	const char *guest;
	ssize_t n;

	fmt_print(link, sizeof(link), "/proc/self/fd/%d", l->prog.fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n > 0 && path[0] == '/')
		path[n] = '\0';
	else if (!realpath(l->prog.host, path))
		path[0] = '\0';
	l->named = is_named(l, path);
	guest = sysroot_strip(path);
	fmt_print(l->p->exe, sizeof(l->p->exe), "%s", guest);
}

/* The name that ps, top and /proc/self/comm show. */
static void
set_comm(const struct loading *l)
{
	const char *slash = strrchr(l->req->path, '/');

	prctl(PR_SET_NAME, slash ? slash + 1 : l->req->path);
}

/* Where qemu-user's packages, and Debian's cross compilers, keep the guest's
 * libraries: looked at when there is no sysroot and no dynamic linker. */
static bool
guess_sysroot(struct loading *l)
{
	static const char *const places[] = {
		"/etc/qemu-binfmt/%s", "/usr/gnemul/qemu-%s",
		"/usr/%s-linux-gnu",
	};
	char path[64], *real;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		fmt_print(path, sizeof(path), places[i], l->p->isa->machine);
		real = realpath(path, NULL);
		if (!real)
			continue;
		l->p->opt.sysroot = real;
		l->ld.host = sysroot_path(l->im.interp, l->ld_host, 0);
		if (l->ld.host && access(l->ld.host, F_OK) == 0)
			return true;
		l->p->opt.sysroot = NULL;
		free(real);
	}
	return false;
}

static int
open_ld(struct loading *l)
{
	struct load_error err;
	int r;

	l->ld.name = l->im.interp;
	l->ld.host = sysroot_path(l->im.interp, l->ld_host, 0);
	if (!l->ld.host)
		return load_fail(l->err, LOAD_NOEXEC,
				 "%s: dynamic linker %s: %s", l->prog.name,
				 l->im.interp, strerror(ENAMETOOLONG));
	r = program_open(&l->ld, &err);
	if (r < 0 && err.status == LOAD_NOENT && !l->p->opt.sysroot &&
	    guess_sysroot(l))
		r = program_open(&l->ld, &err);
	if (r < 0)
		return load_fail(l->err, err.status, "%s: dynamic linker %s%s",
				 l->prog.name, err.text,
				 err.status == LOAD_NOENT &&
				 !l->p->opt.sysroot ?
				 " (is there a sysroot for -L?)" : "");
	if (!elf_has_magic(&l->ld))
		return load_fail(l->err, LOAD_NOEXEC,
				 "%s: dynamic linker %s: not an ELF file",
				 l->prog.name, l->ld.name);
	if (elf_check(&l->im_ld, &l->ld, l->p->isa->elf_machine, &err) < 0)
		return load_fail(l->err, err.status, "%s: dynamic linker %s",
				 l->prog.name, err.text);
	return 0;
}

/* Steele, Lea, Flood: Fast splittable pseudorandom number generators. */
static uint64_t
splitmix64(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void
fill_from_seed(struct load_random *rnd, uint64_t seed)
{
	unsigned char *p = (unsigned char *)rnd;
	size_t i;

	for (i = 0; i < sizeof(*rnd); i++)
		p[i] = (unsigned char)splitmix64(&seed);
}

static void
draw_random(struct loading *l)
{
	const void *seed = (const void *)getauxval(AT_RANDOM);

	if (l->p->opt.has_seed) {
		fill_from_seed(&l->rnd, l->p->opt.seed);
	} else if (getrandom(&l->rnd, sizeof(l->rnd), GRND_NONBLOCK) !=
		   (ssize_t)sizeof(l->rnd)) {
		/* Not secret from ourselves, but never the same twice. */
		memcpy(l->rnd.at_random, seed, sizeof(l->rnd.at_random));
		memcpy(&l->rnd.base, seed, sizeof(l->rnd.base));
		l->rnd.brk = l->rnd.base >> 20;
		l->rnd.stack = l->rnd.base >> 40;
	}
	if (personality(0xffffffff) & ADDR_NO_RANDOMIZE)
		l->rnd.base = l->rnd.brk = l->rnd.stack = 0;
}

static int
map_vdso(struct loading *l)
{
	const struct guest_isa *isa = l->p->isa;
	uint64_t size = ALIGN_UP(isa->vdso_size, PAGE_SIZE);
	long r;

	r = gmem_mmap(0, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (IS_ERR(r) || gmem_write((gaddr)r, isa->vdso, isa->vdso_size) < 0 ||
	    gmem_mprotect((gaddr)r, size, PROT_READ | PROT_EXEC) < 0)
		return load_fail(l->err, LOAD_NOEXEC, "%s: no memory for the "
				 "vdso", l->prog.name);
	l->p->vdso = (gaddr)r;
	l->p->sigreturn = (gaddr)r + isa->vdso_sigreturn;
	return 0;
}

/* A random distance in an address space that is not the host's. */
static uint64_t
small_random(uint64_t from)
{
	return from % (1ul << SMALL_RANDOM_BITS) * PAGE_SIZE;
}

/* Makes the address space smaller; returns where programs go then. */
static gaddr
limit_addresses(struct loading *l, unsigned bits)
{
	gaddr end = 1ul << bits;
	gaddr stack = end - PAGE_SIZE - small_random(l->rnd.stack >> 12);
	uint64_t room = stack_room(l->p);

	codestore_stop();	/* files would be too high */
	if (room > end / 6)
		room = end / 6;
	gmem_limit(end, stack,
		   ALIGN_DOWN(stack - room, PAGE_SIZE) -
			   small_random(l->rnd.base >> 32));
	return ALIGN_DOWN(end / 3 * 2, PAGE_SIZE) + small_random(l->rnd.base);
}

/*
 * The program itself. A sanitizer whose shadow has a fixed place wants one of
 * the address spaces that arm64 kernels have; the host's is not among them,
 * and the program turns out to be one of those only now.
 */
static int
map_program(struct loading *l)
{
	unsigned bits = l->p->opt.va_bits;
	gaddr base = codestore_place(&l->prog.st, l->im.hi - l->im.lo, false);

	/* Not where a library has gone, as a dynamic linker may have: its break
	 * would have no room there. */
	if (!base || base > RT_BASE)
		base = PIE_BASE +
		       l->rnd.base % (1ul << PIE_RANDOM_BITS) * PAGE_SIZE;

	if (bits && bits < HOST_VA_BITS)
		base = limit_addresses(l, bits);
	if (elf_map(&l->im, base, l->err) < 0)
		return -1;
	if (bits || !elf_wants_small(&l->im))
		return 0;
	base = limit_addresses(l, SMALL_VA_BITS);
	if (!l->im.bias)
		return 0;
	gmem_munmap(l->im.lo + l->im.bias, l->im.hi - l->im.lo);
	l->im.end = 0;
	return elf_map(&l->im, base, l->err);
}

static int
map_all(struct loading *l)
{
	struct process *p = l->p;

	if (map_program(l) < 0 ||
	    stack_map(p, l->im.exec_stack, l->argv, l->req->envp,
		      l->req->path, l->err) < 0)
		return -1;
	gmem_brk_init(ALIGN_UP(l->im.end, PAGE_SIZE) +
		      ALIGN_DOWN(l->rnd.brk % BRK_RANDOM, PAGE_SIZE));
	if (l->im.interp) {
		codestore_seen(&l->ld.st);
		if (elf_map(&l->im_ld, 0, l->err) < 0)
			return -1;
	}
	return map_vdso(l);
}

/*
 * Tells the host's kernel where the guest's arguments, environment and auxv
 * are, so that its /proc shows them, to ps and to other guests as well. It
 * may refuse (it needs CONFIG_CHECKPOINT_RESTORE); procfs.c then does what
 * it can for the guest itself.
 */
static void
tell_host(struct process *p, const struct image *im)
{
	gaddr brk = (gaddr)sbrk(0);
	struct prctl_mm_map map = {
		.start_code = im->lo + im->bias,
		.end_code = im->end,
		.start_data = im->end,
		.end_data = im->end,
		.start_brk = brk,
		.brk = brk,
		.start_stack = p->stack_top - 1,
		.arg_start = p->arg_start,
		.arg_end = p->arg_end,
		.env_start = p->env_start,
		.env_end = p->env_end,
		.auxv = (void *)p->auxv,
		.auxv_size = (uint32_t)p->auxv_len * sizeof(p->auxv[0]),
		.exe_fd = (uint32_t)-1,
	};

	p->host_knows_args = prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map),
				   0) == 0;
}

static int
finish(struct loading *l, struct load_result *res)
{
	bool dynamic = l->im.interp;
	int execfd = l->req->keep_execfd ? l->req->execfd : -1;

	l->p->entry = l->im.entry;
	res->sp = stack_build(l->p, &l->im, dynamic ? l->im_ld.bias : 0,
			      l->argv, l->req->envp, l->req->path, execfd,
			      &l->rnd);
	if (!res->sp)
		return load_fail(l->err, LOAD_NOEXEC,
				 "%s: the stack cannot be written",
				 l->prog.name);
	res->pc = dynamic ? l->im_ld.entry : l->im.entry;
	tell_host(l->p, &l->im);
	return 0;
}

/* A program without a name has to be kept open, for /proc/self/exe to lead to
 * it. */
static void
keep_nameless(struct loading *l)
{
	int fd;

	if (l->named)
		return;
	fd = fcntl(l->prog.fd, F_DUPFD_CLOEXEC, OWN_FD_FROM);
	l->p->exe_fd = fd < 0 ? fcntl(l->prog.fd, F_DUPFD_CLOEXEC, 0) : fd;
}

/* Closes descriptors; the rest ends with the process or is tiny. */
static void
clean_up(struct loading *l)
{
	bool kept = l->req->keep_execfd && l->prog.fd == l->req->execfd;

	if (l->prog.fd >= 0 && !kept)
		close(l->prog.fd);
	if (l->im.interp)
		close(l->ld.fd);
	free(l->im.ph);
	free(l->im_ld.ph);
	free(l->im.interp);
	free(l);
}

int
loader_load(struct process *p, const struct load_request *req,
	    struct load_result *res, struct load_error *err)
{
	struct loading *l = calloc(1, sizeof(*l));

	if (!l)
		return load_fail(err, LOAD_NOEXEC, "%s: out of memory",
				 req->path);
	l->p = p;
	l->req = req;
	l->err = err;
	l->argv = (char **)req->argv;
	l->prog.fd = l->ld.fd = -1;
	if (p->opt.argv0 && l->argv[0])
		l->argv[0] = (char *)p->opt.argv0;
	if (open_program(l) < 0 ||
	    elf_check(&l->im, &l->prog, p->isa->elf_machine, err) < 0 ||
	    (l->im.interp && open_ld(l) < 0))
		return -1;
	set_exe(l);
	set_comm(l);
	draw_random(l);
	if (map_all(l) < 0 || finish(l, res) < 0)
		return -1;
	keep_nameless(l);
	clean_up(l);
	return 0;
}
