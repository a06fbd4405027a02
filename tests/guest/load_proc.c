/*
 * load_proc.c - /proc shows the program and its machine, by whatever name its
 * files are opened.
 *
 * TEST-ARGS: first second
 */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static char text[1 << 18];

/* The file's contents in text; their length, -1 if it cannot be read. */
static ssize_t
slurp_at(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0, r;

	if (fd < 0)
		return -1;
	while ((r = read(fd, text + n, sizeof(text) - 1 - (size_t)n)) > 0)
		n += r;
	text[n] = '\0';
	close(fd);
	return n;
}

static ssize_t
slurp(const char *path)
{
	return slurp_at(AT_FDCWD, path);
}

static char own[PATH_MAX];

static void
test_exe(void)
{
	char path[PATH_MAX], pid[64];
	struct stat a, b;
	struct statx x;
	ssize_t n;
	int fd, dir;

	CHECK(realpath((char *)getauxval(AT_EXECFN), own));
	n = readlink("/proc/self/exe", path, sizeof(path));
	CHECK(n == (ssize_t)strlen(own) && !memcmp(path, own, (size_t)n));
	CHECK(readlink("/proc/self/exe", path, 3) == 3);
	snprintf(pid, sizeof(pid), "/proc/%d/task/%d/exe", getpid(), getpid());
	CHECK(readlink(pid, path, sizeof(path)) == n);
	CHECK(readlink("/proc/thread-self/exe", path, sizeof(path)) == n);
	CHECK(readlink("//proc/./self/../self/exe", path, sizeof(path)) == n);
	dir = open("/proc/self", O_RDONLY | O_DIRECTORY);
	CHECK(readlinkat(dir, "exe", path, sizeof(path)) == n);
	CHECK(fstatat(dir, "exe", &b, 0) == 0);
	close(dir);
	CHECK(stat(own, &a) == 0 && a.st_ino == b.st_ino);
	CHECK(stat("/proc/self/exe", &b) == 0 && a.st_ino == b.st_ino);
	CHECK(lstat("/proc/self/exe", &b) == 0 && S_ISLNK(b.st_mode));
	CHECK(statx(AT_FDCWD, "/proc/self/exe", 0, STATX_INO, &x) == 0 &&
	      x.stx_ino == a.st_ino);
	fd = open("/proc/self/exe", O_RDONLY);
	CHECK(fd >= 0 && fstat(fd, &b) == 0 && a.st_ino == b.st_ino);
	close(fd);
	CHECK(access("/proc/self/exe", X_OK) == 0);
	FAILS(open("/proc/self/exe", O_RDONLY | O_NOFOLLOW), ELOOP);
	/* Another process, which runs the same program. */
	dir = fork();
	if (dir == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	snprintf(pid, sizeof(pid), "/proc/%d/exe", dir);
	CHECK(readlink(pid, path, sizeof(path)) == n);
	CHECK(!memcmp(path, own, (size_t)n));
	CHECK(stat(pid, &b) == 0 && a.st_ino == b.st_ino);
	fd = open(pid, O_RDONLY);
	CHECK(fd >= 0 && fstat(fd, &b) == 0 && a.st_ino == b.st_ino);
	close(fd);
	kill(dir, SIGKILL);
	CHECK(waitpid(dir, NULL, 0) == dir);
	CHECK(chdir("/proc/self") == 0);
	CHECK(readlink("exe", path, sizeof(path)) == n);
	CHECK(chdir("/") == 0);
	check_group("exe");
}

static void
test_arguments(int argc, char **argv)
{
	size_t want = (size_t)(argv[argc - 1] - argv[0]) +
		      strlen(argv[argc - 1]) + 1;

	CHECK(slurp("/proc/self/cmdline") == (ssize_t)want);
	CHECK(!memcmp(text, argv[0], want));
	argv[1][0] = 'F';
	CHECK(slurp("/proc/self/cmdline") == (ssize_t)want);
	CHECK(!memcmp(text, argv[0], want));
	CHECK(slurp("/proc/self/environ") > 0);
	CHECK(!strcmp(text, argv[argc + 1]));
	CHECK(slurp("/proc/self/comm") > 0);
	text[strcspn(text, "\n")] = '\0';
	CHECK(strlen(text) <= 15);
	CHECK(!strncmp(text, strrchr(own, '/') + 1, 15));
	check_group("arguments");
}

static void
test_auxv(void)
{
	Elf64_auxv_t *a = (Elf64_auxv_t *)text;

	CHECK(slurp("/proc/self/auxv") >= 20 * 16);
	for (; a->a_type != AT_NULL; a++)
		if (a->a_type != AT_HWCAP)	/* libc changes it on x86 */
			CHECK(getauxval(a->a_type) == a->a_un.a_val);
	check_group("auxv");
}

/* The row of maps (with its permissions and name) around `addr'. */
static const char *
row_of(const void *addr)
{
	static char row[PATH_MAX + 100];
	char *s = text, *end;

	for (; *s; s = end + 1) {
		unsigned long lo, hi;

		end = strchrnul(s, '\n');
		if (sscanf(s, "%lx-%lx", &lo, &hi) == 2 &&
		    lo <= (unsigned long)addr && (unsigned long)addr < hi) {
			snprintf(row, sizeof(row), "%.*s", (int)(end - s), s);
			return row;
		}
		if (!*end)
			break;
	}
	return "";
}

static int
row_is(const void *addr, const char *perms, const char *name)
{
	const char *row = row_of(addr);

	if (strstr(row, perms) && strstr(row, name))
		return 1;
	printf("%p: %s, not %s %s\n", addr, row, perms, name);
	return 0;
}

static int data = 1;

static void
test_maps(const char *file)
{
	int rx = PROT_READ | PROT_EXEC, local;
	char *p = mmap(NULL, 3 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);
	char *heap = sbrk(4096);

	CHECK(mprotect(p + 4096, 4096, rx) == 0);
	CHECK(slurp(file) > 0);
	CHECK(row_is((void *)test_maps, " r-xp ", own));
	CHECK(row_is(&data, " rw-p ", own));
	CHECK(row_is(&local, " rw-p ", "[stack]"));
	CHECK(row_is(heap, " rw-p ", "[heap]"));
	CHECK(row_is((void *)getauxval(AT_SYSINFO_EHDR), " r-xp ", "[vdso]"));
	CHECK(row_is(p, " r--p ", ""));
	CHECK(row_is(p + 4096, " r-xp ", ""));
	CHECK(row_is(p + 2 * 4096, " r--p ", ""));
#ifdef __aarch64__
	CHECK(!strstr(text, "ferry "));
	CHECK(!strstr(text, "ferry\n"));
	CHECK(!strstr(text, "[vvar"));
	CHECK(!strstr(text, "[vsyscall]"));
	CHECK(!strstr(text, "700000000000-"));
	CHECK(!strstr(strstr(text, "[stack]") + 1, "[stack]"));
	CHECK(!strstr(strstr(text, "[heap]") + 1, "[heap]"));
#endif
	munmap(p, 3 * 4096);
	check_group(file);
}

static void
test_machine(void)
{
	struct utsname u;
	int dir;

	uname(&u);
	CHECK(slurp("/proc/sys/kernel/arch") > 0 || errno == ENOENT);
	if (*text)
		CHECK(!strncmp(text, u.machine, strlen(u.machine)));
	CHECK(slurp("/proc/cpuinfo") > 0);
#ifdef __aarch64__
	CHECK(!strcmp(u.machine, "aarch64"));
	CHECK(strstr(text, "\nFeatures\t: fp asimd"));
	CHECK(strstr(text, "\nCPU architecture: 8\n"));
	CHECK(!strstr(text, "vendor_id"));
	dir = open("/proc", O_RDONLY | O_DIRECTORY);
	CHECK(slurp_at(dir, "cpuinfo") > 0);
	CHECK(!strncmp(text, "processor\t: 0\n", 14));
	close(dir);
#else
	(void)dir;
#endif
	check_group("machine");
}

/* A child's process directory is its own, its parent's is not. */
static void
test_child(void)
{
	char path[64], link[PATH_MAX];
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		snprintf(path, sizeof(path), "/proc/%d/exe", getpid());
		_exit(readlink(path, link, sizeof(link)) !=
			      (ssize_t)strlen(own) ||
		      slurp("/proc/self/maps") <= 0 ||
		      !row_is((void *)test_child, " r-xp ", own));
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	check_group("child");
}

static void
test_descriptors(void)
{
	int fd = open("/proc/self/maps", O_RDONLY);
	int lowest = dup(0);

	CHECK(fcntl(fd, F_GETFD) == 0);
	CHECK(lowest > fd);
	close(lowest);
	close(fd);
	lowest = dup(0);
	CHECK(lowest == fd);
	close(lowest);
	fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	close(fd);
	if (geteuid() != 0)
		FAILS(open("/proc/self/maps", O_WRONLY), EACCES);
	FAILS(open("/proc/self/maps", O_RDONLY | O_DIRECTORY), ENOTDIR);
	check_group("descriptors");
}

int
main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_exe();
	test_arguments(argc, argv);
	test_auxv();
	test_maps("/proc/self/maps");
	test_maps("/proc/self/smaps");
	test_maps("/proc/thread-self/maps");
	test_machine();
	test_child();
	test_descriptors();
	return check_done();
}
