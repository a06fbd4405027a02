/*
 * share_unseen.c - what a program must not notice of translations that it
 * shares with others: code that changes in a file, addresses that are not to
 * be random, ferry's own descriptor.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "check.h"

#define PAGE	4096ul
#define OFTEN	5000	/* enough to have it translated */
#define MAX_FD	1024
#define LIBRARY_FD 9

typedef int code_fn(void);

/* Maps fd's code, runs it and unmaps it. */
static int
run_file(int fd)
{
	char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd,
		       0);
	int i, v;

	CHECK(p != MAP_FAILED);
	v = ((code_fn *)(p + PAGE))();
	for (i = 0; i < OFTEN; i++)
		CHECK(((code_fn *)(p + PAGE))() == v);
	munmap(p, 2 * PAGE);
	return v;
}

/* A file that is written through a mapping keeps its times. */
static void
file_changes(void)
{
	int fd = memfd_create("code", 0);
	uint32_t *w;
	unsigned n;

	CHECK(fd >= 0 && !ftruncate(fd, 2 * PAGE));
	w = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(w != MAP_FAILED);
	w += PAGE / sizeof(*w);
	usleep(100000);		/* it is not a new file any more */
	for (n = 1; n < 5; n++) {
		w[0] = 0x52800000 | n << 5;	/* mov w0, #n; ret */
		w[1] = 0xd65f03c0;
		__builtin___clear_cache((char *)w, (char *)(w + 2));
		CHECK(run_file(fd) == (int)n);
	}
	munmap(w - PAGE / sizeof(*w), 2 * PAGE);
	close(fd);
	check_group("file_changes");
}

/* Where a dynamic linker would get a library's code. */
static int
tell_address(int fd)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st))
		return 2;
	p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	return write(1, &p, sizeof(p)) != sizeof(p);
}

/* The same in a process that has called personality(). */
static uintptr_t
address_with(unsigned long persona)
{
	char *argv[] = { "self", "address", NULL };
	uintptr_t at = 0;
	int p[2], status;
	pid_t pid;

	CHECK(!pipe(p));
	pid = fork();
	if (!pid) {
		dup2(p[1], 1);
		personality(persona);
		execv("/proc/self/exe", argv);
		_exit(9);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(read(p[0], &at, sizeof(at)) == sizeof(at));
	close(p[0]);
	close(p[1]);
	return at;
}

static void
not_random(void)
{
	int fd = memfd_create("library", 0);
	uintptr_t random, at;

	CHECK(fd >= 0 && !ftruncate(fd, 2 * PAGE));
	CHECK(dup2(fd, LIBRARY_FD) == LIBRARY_FD);
	usleep(100000);
	random = address_with(0);
	at = address_with(ADDR_NO_RANDOMIZE);
	CHECK(at != random && address_with(0) != at);
	CHECK(at == address_with(ADDR_NO_RANDOMIZE));
	check_group("not_random");
}

static unsigned
close_all(void)
{
	unsigned n = 0;
	int fd;

	for (fd = 3; fd < MAX_FD; fd++)
		n += close(fd) == 0;
	return n;
}

/* A child of vfork that sets its group; then one that takes each number. */
static void
child_has_descriptors(void)
{
	char *argv[] = { "true", NULL };
	int status, fd;
	pid_t pid;

	close_all();
	pid = vfork();
	if (!pid) {
		if (!setgid(getgid()))
			execv("/proc/self/exe", argv);
		_exit(9);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(close_all() == 0);
	pid = vfork();
	if (!pid) {
		for (fd = 200; fd < 210; fd++)
			if (dup2(1, fd) != fd)
				_exit(8);
		execv("/proc/self/exe", argv);
		_exit(9);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(close_all() == 0);
	for (fd = 200; fd < 210; fd++)
		CHECK(dup2(1, fd) == fd);
	CHECK(close_all() == 10);
	check_group("child_has_descriptors");
}

int
main(int argc, char **argv)
{
	if (strcmp(argv[0], "true") == 0)
		return 0;
	if (argc > 1)
		return tell_address(LIBRARY_FD);
	file_changes();
	not_random();
	child_has_descriptors();
	return check_done();
}
