/*
 * rootfs.c - see rootfs.h.
 *
 * The process itself goes into the namespaces and becomes the guest's: no
 * helper stays behind, so the terminal, signals and the exit status need
 * nothing done to them. There is no PID namespace, for that takes another
 * process; /proc is the host's.
 *
 * Paths inside the root are the root's owner's to choose. They are resolved
 * with RESOLVE_IN_ROOT, so that its symbolic links lead nowhere else.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "binfmt.h"
#include "rootfs.h"

#define DIE	1	/* exit status */

/* Without libc's handlers, which a static program above 4 GiB cannot call. */
static pid_t
plain_fork(void)
{
	return (pid_t)syscall(SYS_fork);
}

/* --- Users and groups. */

/* The user's name by /etc/passwd; a static program has no other way. */
static void
find_name(uid_t uid, char name[64])
{
	char line[512];
	FILE *f = fopen("/etc/passwd", "re");
	unsigned id;

	name[0] = '\0';
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63[^:]:%*[^:]:%u:", name, &id) == 2 &&
		    id == uid)
			break;
		else
			name[0] = '\0';
	if (f)
		fclose(f);
}

/* The ids that the user, by name or number, may map: the first line for it in
 * `file', which is /etc/subuid or /etc/subgid. */
static bool
find_subids(const char *file, const char *name, uid_t uid, unsigned long *start,
	    unsigned long *count)
{
	char line[512], number[16];
	bool found = false;
	FILE *f = fopen(file, "re");

	if (!f)
		return false;
	snprintf(number, sizeof(number), "%u", uid);
	while (!found && fgets(line, sizeof(line), f)) {
		char *rest = strchr(line, ':');

		if (!rest)
			continue;
		*rest++ = '\0';
		found = (strcmp(line, name) == 0 ||
			 strcmp(line, number) == 0) &&
			sscanf(rest, "%lu:%lu", start, count) == 2 && *count;
	}
	fclose(f);
	return found;
}

/* Runs newuidmap or newgidmap for `pid': id becomes root, the subordinate ids
 * the others. */
static bool
map_by_helper(const char *helper, pid_t pid, unsigned id, unsigned long start,
	      unsigned long count)
{
	char args[4][24];
	int status;
	pid_t child;

	snprintf(args[0], sizeof(args[0]), "%d", pid);
	snprintf(args[1], sizeof(args[1]), "%u", id);
	snprintf(args[2], sizeof(args[2]), "%lu", start);
	snprintf(args[3], sizeof(args[3]), "%lu", count);
	child = plain_fork();
	if (child == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		if (null >= 0)
			dup2(null, STDERR_FILENO);
		execlp(helper, helper, args[0], "0", args[1], "1", "1",
		       args[2], args[3], (char *)NULL);
		_exit(127);
	}
	return child > 0 && waitpid(child, &status, 0) == child && !status;
}

static bool
map_subids(pid_t pid, uid_t uid, gid_t gid)
{
	unsigned long ustart, ucount, gstart, gcount;
	char name[64];

	find_name(uid, name);
	return find_subids("/etc/subuid", name, uid, &ustart, &ucount) &&
	       find_subids("/etc/subgid", name, uid, &gstart, &gcount) &&
	       map_by_helper("newuidmap", pid, uid, ustart, ucount) &&
	       map_by_helper("newgidmap", pid, gid, gstart, gcount);
}

static void
write_self(const char *file, const char *text)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/%s", file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		log_die(DIE, "--rootfs: %s: %s", path, strerror(errno));
	close(fd);
}

/* Only the user itself, as root. */
static void
map_one(uid_t uid, gid_t gid)
{
	char text[32];

	write_self("setgroups", "deny");
	snprintf(text, sizeof(text), "0 %u 1", uid);
	write_self("uid_map", text);
	snprintf(text, sizeof(text), "0 %u 1", gid);
	write_self("gid_map", text);
}

/* A process outside the user namespace that maps ids into it when it is told
 * to; in *tell. Its exit status says whether it could. */
static pid_t
start_mapper(uid_t uid, gid_t gid, int *tell)
{
	pid_t parent = getpid(), child;
	int fds[2];
	char c;

	if (pipe2(fds, O_CLOEXEC) < 0)
		log_die(DIE, "--rootfs: pipe: %s", strerror(errno));
	child = plain_fork();
	if (child < 0)
		log_die(DIE, "--rootfs: fork: %s", strerror(errno));
	if (child == 0) {
		close(fds[1]);
		_exit(read(fds[0], &c, 1) != 1 ||
		      !map_subids(parent, uid, gid));
	}
	close(fds[0]);
	*tell = fds[1];
	return child;
}

static void
new_user_namespace(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int tell, status, e;
	pid_t mapper = start_mapper(uid, gid, &tell);

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) {
		e = errno;
		close(tell);
		log_die(DIE, "--rootfs: the kernel refuses a user namespace: "
			"%s (see /proc/sys/user/max_user_namespaces, "
			"kernel.unprivileged_userns_clone, "
			"kernel.apparmor_restrict_unprivileged_userns)",
			strerror(e));
	}
	if (write(tell, "", 1) != 1)
		log_die(DIE, "--rootfs: pipe: %s", strerror(errno));
	close(tell);
	if (waitpid(mapper, &status, 0) != mapper || status)
		map_one(uid, gid);
	else if (setresuid(0, 0, 0) < 0 || setresgid(0, 0, 0) < 0)
		log_die(DIE, "--rootfs: setresuid: %s", strerror(errno));
}

/* --- Mounts. */

static int
open_in(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT,
	};

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

/* Makes the last component of path[0..end): a directory, or an empty file. */
static void
make_component(int root, const char *path, int start, int end, bool dir)
{
	char parent[PATH_MAX], name[NAME_MAX + 1];
	int at, fd;

	snprintf(parent, sizeof(parent), "/%.*s", start, path);
	snprintf(name, sizeof(name), "%.*s", end - start, path + start);
	at = open_in(root, parent, O_PATH | O_DIRECTORY);
	if (at < 0)
		return;
	if (dir) {
		mkdirat(at, name, 0755);
	} else {
		fd = openat(at, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC |
				      O_NOFOLLOW, 0644);
		if (fd >= 0)
			close(fd);
	}
	close(at);
}

/* What of `path' is not there: directories, and at its end a directory or an
 * empty file. That it failed is seen when the path is opened. */
static void
make_mount_point(int root, const char *path, bool dir)
{
	int start = (int)strspn(path, "/"), end;

	for (; path[start]; start = end + (int)strspn(path + end, "/")) {
		end = start + (int)strcspn(path + start, "/");
		make_component(root, path, start, end,
			       dir || path[end] == '/');
	}
}

/* Shows the host's `src' at `dst' inside. 0 or -errno. */
static int
bind_in(int root, const char *src, const char *dst)
{
	char proc[32];
	struct stat st;
	int fd, r = 0;

	if (stat(src, &st) < 0)
		return -errno;
	fd = open_in(root, dst, O_PATH);
	if (fd < 0 && errno == ENOENT) {
		make_mount_point(root, dst, S_ISDIR(st.st_mode));
		fd = open_in(root, dst, O_PATH);
	}
	if (fd < 0)
		return -errno;
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	if (mount(src, proc, NULL, MS_BIND | MS_REC, NULL) < 0)
		r = -errno;
	close(fd);
	return r;
}

static void
bind_asked_for(int root, const char *arg)
{
	char src[PATH_MAX];
	const char *colon = strchr(arg, ':');
	int r;

	snprintf(src, sizeof(src), "%.*s",
		 (int)(colon ? colon - arg : (long)strlen(arg)), arg);
	r = bind_in(root, src, colon ? colon + 1 : src);
	if (r < 0)
		log_die(DIE, "--bind %s: %s", arg, strerror(-r));
}

static void
fill_root(int root, const struct options *opt)
{
	static const char *const shared[] = { "/proc", "/dev", "/sys" };
	char self[PATH_MAX] = "";
	int i, r;

	for (i = 0; i < (int)ARRAY_SIZE(shared); i++) {
		r = bind_in(root, shared[i], shared[i]);
		/* debootstrap leaves a link to /proc, inside a link to
		 * itself. */
		if (r == -ELOOP &&
		    unlinkat(root, shared[i] + 1, 0) == 0)
			r = bind_in(root, shared[i], shared[i]);
		if (r < 0)
			log_die(DIE, "--rootfs %s: cannot mount %s: %s",
				opt->rootfs, shared[i], strerror(-r));
	}
	/* It makes no difference while there is a /proc. By name, for the file
	 * that runs is another mount namespace's. */
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) > 0)
		bind_in(root, self, ROOTFS_SELF);
	/* Names can be resolved as outside, where that is possible. */
	bind_in(root, "/etc/resolv.conf", "/etc/resolv.conf");
	for (i = 0; opt->binds && opt->binds[i]; i++)
		bind_asked_for(root, opt->binds[i]);
}

static void
change_root(int root, const struct options *opt)
{
	/* pivot_root(2): the old root ends up on top of the new one. */
	if (fchdir(root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		log_die(DIE, "--rootfs %s: pivot_root: %s", opt->rootfs,
			strerror(errno));
}

void
rootfs_enter(const struct options *opt)
{
	bool user_ns = geteuid() != 0 || unshare(CLONE_NEWNS) < 0;
	char cwd[PATH_MAX];
	int root;

	if (!getcwd(cwd, sizeof(cwd)))
		strcpy(cwd, "/");
	if (user_ns)
		new_user_namespace();
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount(opt->rootfs, opt->rootfs, NULL, MS_BIND | MS_REC, NULL) < 0)
		log_die(DIE, "--rootfs %s: %s", opt->rootfs, strerror(errno));
	root = open(opt->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		log_die(DIE, "--rootfs %s: %s", opt->rootfs, strerror(errno));
	fill_root(root, opt);
	change_root(root, opt);
	close(root);
	/* Without it ferry starts what the guest starts by itself. */
	if (user_ns)
		binfmt_register_here("/proc/self/exe", "PF");
	if (chdir(cwd) < 0 && chdir("/") < 0)
		log_die(DIE, "--rootfs %s: %s", opt->rootfs, strerror(errno));
}
