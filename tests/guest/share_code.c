/*
 * share_code.c - code of files that several processes run, and that one of
 * them changes: each runs what it has mapped, whatever the others have found
 * there before it.
 *
 * The files have code that returns a number, here and there. A second process
 * is this program again: it maps a file and says what the code in it returns.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

#define PAGE	4096ul
#define WORDS	(PAGE / 4)
#define PAGES	8
#define SIZE	(PAGES * PAGE)
#define OFTEN	250	/* enough to have it translated */

#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)
#define RWX	(PROT_READ | PROT_WRITE | PROT_EXEC)
#define RX	(PROT_READ | PROT_EXEC)
#define RW	(PROT_READ | PROT_WRITE)

typedef int code_fn(void);

/* Where there is code in a file, in words: on each page, and some that goes
 * from the first page to the second. All begin with the same kilobyte. */
#define AT	400
#define FALLS	(WORDS - 1)	/* into the second page */
#define JUMPS	64		/* to it */
#define TARGET	(WORDS + 64)

static char dir[64];

static void
put_return(uint32_t *at, unsigned n)
{
	at[0] = 0x52800000 | n << 5;	/* mov w0, #n */
	at[1] = 0xd65f03c0;		/* ret */
}

/* The code returns n, n + 1, ... on each page. */
static void
fill(uint32_t *at, unsigned n)
{
	unsigned i;

	for (i = 0; i < PAGES; i++)
		put_return(at + i * WORDS + AT, n + i);
	at[JUMPS] = 0x14000000 | (TARGET - JUMPS);
	put_return(at + TARGET, n);
	at[FALLS] = 0xd503201f;		/* nop */
	put_return(at + WORDS, n);
}

static void
flush_code(void *p, size_t n)
{
	__builtin___clear_cache((char *)p, (char *)p + n);
}

static const char *
path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
write_file(const char *name, unsigned n, int flags)
{
	static uint32_t words[SIZE / 4];
	int fd = open(path_of(name), O_WRONLY | O_CREAT | flags, 0700);

	fill(words, n);
	CHECK(fd >= 0);
	CHECK(pwrite(fd, words, SIZE, 0) == SIZE);
	CHECK(close(fd) == 0);
}

/* What has just been written is not shared, as it may be written again. */
static void
get_older(void)
{
	nanosleep(&(struct timespec){ 0, 30000000 }, NULL);
}

/* As a dynamic linker maps files: it asks for the status first. */
static uint32_t *
map_file(void *at, const char *name)
{
	int fd = open(path_of(name), O_RDONLY);
	struct stat st;
	void *p;

	CHECK(fd >= 0 && fstat(fd, &st) == 0);
	p = mmap(at, SIZE, RX, MAP_PRIVATE | (at ? MAP_FIXED : 0), fd, 0);
	CHECK(p != MAP_FAILED);
	CHECK(close(fd) == 0);
	return p;
}

static int
run_often(const uint32_t *p)
{
	int i, v = ((code_fn *)p)();

	for (i = 0; i < OFTEN; i++)
		CHECK(((code_fn *)p)() == v);
	return v;
}

/* What all of the code at p returns, if it is that of one file. */
static int
run_all(const uint32_t *p)
{
	int i, v = run_often(p + AT);

	for (i = 1; i < (int)PAGES; i++)
		CHECK(run_often(p + i * WORDS + AT) == v + i);
	CHECK(run_often(p + JUMPS) == v);
	CHECK(run_often(p + FALLS) == v);
	return v;
}

/* In another process, of this program or forked. */
static int
status_of(pid_t pid)
{
	int status;

	CHECK(pid > 0);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
run_elsewhere(const char *what, const char *name)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("/proc/self/exe", "share_code", what, dir, name,
		      (char *)NULL);
		_exit(200);
	}
	return status_of(pid);
}

/* --- Own text. */

__attribute__((noinline, aligned(4096), section(".text.patched"))) static int
patched(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n + 1;
}

static int
patched_often(void)
{
	int i, v = patched(1);

	for (i = 0; i < OFTEN; i++)
		CHECK(patched(1) == v);
	return v;
}

static void
patch(void)
{
	uint32_t *p = (uint32_t *)(void *)patched;

	CHECK(mprotect(p, PAGE, RWX) == 0);
	put_return(p, 77);
	flush_code(p, 8);
	CHECK(patched_often() == 77);
	CHECK(mprotect(p, PAGE, RX) == 0);
	CHECK(patched_often() == 77);
}

static void
own_text(void)
{
	pid_t pid;

	CHECK(patched_often() == 2);
	CHECK(run_elsewhere("text", "-") == 2);
	pid = fork();
	if (pid == 0) {
		CHECK(patched_often() == 2);
		patch();
		_exit(run_elsewhere("text", "-") == 2 ? patched_often() : 201);
	}
	CHECK(status_of(pid) == 77);
	CHECK(patched_often() == 2);
	CHECK(run_elsewhere("text", "-") == 2);
	CHECK(run_elsewhere("patch", "-") == 77);
	CHECK(run_elsewhere("text", "-") == 2);
	CHECK(patched_often() == 2);
	check_group("own_text");
}

/* --- Mappings. */

static void
other_file(void)
{
	uint32_t *p;
	int i;

	write_file("a", 10, 0);
	write_file("b", 30, 0);
	get_older();
	p = map_file(NULL, "a");
	CHECK(run_all(p) == 10);
	for (i = 0; i < 10; i++) {
		CHECK(munmap(p, SIZE) == 0);
		CHECK(map_file(p, "b") == p);
		CHECK(run_all(p) == 30);
		CHECK(map_file(p, "a") == p);	/* without munmap */
		CHECK(run_all(p) == 10);
		CHECK(run_elsewhere("file", i & 1 ? "a" : "b") ==
		      (i & 1 ? 10 : 30));
	}
	CHECK(munmap(p, SIZE) == 0);
	check_group("other_file");
}

static void
anonymous(void)
{
	uint32_t *p = map_file(NULL, "a");

	CHECK(run_all(p) == 10);
	CHECK(mmap(p, SIZE, RWX, ANON | MAP_FIXED, -1, 0) == p);
	fill(p, 50);
	flush_code(p, SIZE);
	CHECK(run_all(p) == 50);
	CHECK(map_file(p, "a") == p);
	CHECK(run_all(p) == 10);
	CHECK(mmap(p, SIZE, RW, ANON | MAP_FIXED, -1, 0) == p);
	fill(p, 51);
	CHECK(mprotect(p, SIZE, RX) == 0);
	flush_code(p, SIZE);
	CHECK(run_all(p) == 51);
	CHECK(munmap(p, SIZE) == 0);
	check_group("anonymous");
}

static void
moved(void)
{
	uint32_t *p = map_file(NULL, "a"), *q;

	CHECK(run_all(p) == 10);
	q = mmap(NULL, SIZE, PROT_NONE, ANON, -1, 0);
	CHECK(q != MAP_FAILED);
	CHECK(mremap(p, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, q) == q);
	CHECK(run_all(q) == 10);
	CHECK(map_file(p, "b") == p);
	CHECK(run_all(p) == 30);
	/* Onto one that is used. */
	CHECK(mremap(q, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, p) == p);
	CHECK(run_all(p) == 10);
	/* And over itself, by one page. */
	CHECK(mremap(p + WORDS, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p) ==
	      p);
	CHECK(run_often(p + AT) == 11);
	CHECK(run_often(p + 2 * WORDS + AT) == 12);
	CHECK(munmap(p, SIZE) == 0);
	check_group("moved");
}

/* A part is replaced before anything there has run in this process. */
static int
part_replaced(const char *name)
{
	uint32_t *p = map_file(NULL, name);

	CHECK(mmap(p + WORDS, PAGE, RWX, ANON | MAP_FIXED, -1, 0) == p + WORDS);
	put_return(p + WORDS, 90);
	put_return(p + TARGET, 91);
	flush_code(p + WORDS, PAGE);
	CHECK(run_often(p + JUMPS) == 91);
	CHECK(run_often(p + FALLS) == 90);
	CHECK(run_often(p + AT) == 10);
	put_return(p + WORDS, 92);
	put_return(p + TARGET, 93);
	flush_code(p + WORDS, PAGE);
	CHECK(run_often(p + JUMPS) == 93);
	CHECK(run_often(p + FALLS) == 92);
	CHECK(run_often(p + AT) == 10);
	CHECK(munmap(p, SIZE) == 0);
	return 10;
}

/* One page after the other, each before any of it has run. */
static int
pages_replaced(const char *name)
{
	uint32_t *p = map_file(NULL, name);
	unsigned i;

	for (i = PAGES - 1; i > 0; i--) {
		CHECK(mprotect(p + i * WORDS, PAGE, RWX) == 0);
		put_return(p + i * WORDS + AT, 100 + i);
		if (i == 1)
			put_return(p + TARGET, 99);
		CHECK(mprotect(p + i * WORDS, PAGE, RX) == 0);
	}
	flush_code(p, SIZE);
	for (i = 1; i < PAGES; i++)
		CHECK(run_often(p + i * WORDS + AT) == 100 + (int)i);
	CHECK(run_often(p + JUMPS) == 99);
	CHECK(munmap(p, SIZE) == 0);
	return 10;
}

static void
parts(void)
{
	unsigned i;

	for (i = 0; i < 3; i++) {
		CHECK(run_elsewhere("part", "a") == 10);
		CHECK(run_elsewhere("file", "a") == 10);
		part_replaced("a");
		CHECK(run_elsewhere("pages", "a") == 10);
		CHECK(run_elsewhere("file", "a") == 10);
		pages_replaced("a");
	}
	check_group("parts");
}

static void
other_files(void)
{
	uint32_t *p, *q;
	unsigned i;

	for (i = 0; i < 20; i++) {
		unsigned n = 100 + 2 * i;

		/* Overwritten: who has mapped it before may see either. */
		write_file("c", n, 0);
		if (i & 1)
			get_older();
		p = map_file(NULL, "c");
		CHECK(run_all(p) == (int)n);
		CHECK(run_elsewhere("file", "c") == (int)n);
		write_file("c", n + 1, 0);
		if (i & 2)
			get_older();
		CHECK(run_elsewhere("file", "c") == (int)n + 1);
		CHECK(munmap(p, SIZE) == 0);
		p = map_file(NULL, "c");
		CHECK(run_all(p) == (int)n + 1);

		/* Replaced: who has mapped it before keeps it. */
		write_file("d", n + 40, O_EXCL);
		if (i & 4)
			get_older();
		CHECK(rename(strdup(path_of("d")), path_of("c")) == 0);
		CHECK(run_elsewhere("file", "c") == (int)n + 40);
		CHECK(run_all(p) == (int)n + 1);
		q = map_file(NULL, "c");
		CHECK(run_all(q) == (int)n + 40);
		CHECK(run_all(p) == (int)n + 1);
		CHECK(munmap(p, SIZE) == 0);
		CHECK(munmap(q, SIZE) == 0);
		CHECK(unlink(path_of("c")) == 0);
	}
	check_group("other_files");
}

/* As plug-ins come and go. */
static void
cycles(void)
{
	static const char *const name[] = { "a", "b", "e" };
	static const int value[] = { 10, 30, 50 };
	unsigned i;

	write_file("e", 50, 0);
	get_older();
	for (i = 0; i < 200; i++) {
		uint32_t *p = map_file(NULL, name[i % 3]);

		CHECK(run_often(p + JUMPS) == value[i % 3]);
		if (i % 7 == 0)
			CHECK(run_all(p) == value[i % 3]);
		CHECK(munmap(p, SIZE) == 0);
	}
	CHECK(run_elsewhere("file", "e") == 50);
	check_group("cycles");
}

/* --- Threads. */

static int stop;

static void *
run_on(void *arg)
{
	const uint32_t *p = arg;

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		CHECK(run_often(p + JUMPS) == 10);
		CHECK(run_often(p + FALLS) == 10);
		CHECK(run_often(p + 2 * WORDS + AT) == 12);
	}
	return NULL;
}

static void
threads(void)
{
	uint32_t *p = map_file(NULL, "a"), *last = p + 4 * WORDS;
	pthread_t t;
	int i, fd;

	CHECK(run_all(p) == 10);
	CHECK(pthread_create(&t, NULL, run_on, p) == 0);
	fd = open(path_of("b"), O_RDONLY);
	CHECK(fd >= 0);
	for (i = 0; i < 100; i++) {
		CHECK(munmap(last, 4 * PAGE) == 0);
		CHECK(mmap(last, 4 * PAGE, RX, MAP_PRIVATE | MAP_FIXED, fd,
			   (i & 3) * (int)PAGE) == last);
		CHECK(run_often(last + AT) == 30 + (i & 3));
		CHECK(run_often(last + WORDS + AT) == 31 + (i & 3));
		CHECK(mmap(last, PAGE, RWX, ANON | MAP_FIXED, -1, 0) == last);
		put_return(last + AT, (unsigned)i);
		flush_code(last, PAGE);
		CHECK(run_often(last + AT) == i);
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	CHECK(pthread_join(t, NULL) == 0);
	CHECK(close(fd) == 0);
	CHECK(munmap(p, SIZE) == 0);
	check_group("threads");
}

/* --- Children. */

static void
children(void)
{
	uint32_t *p = map_file(NULL, "a");
	pid_t pid;
	int i;

	CHECK(run_all(p) == 10);
	for (i = 0; i < 10; i++) {
		pid = fork();
		if (pid == 0) {
			CHECK(mprotect(p, SIZE, RWX) == 0);
			fill(p, 60 + i);
			flush_code(p, SIZE);
			CHECK(run_all(p) == 60 + i);
			CHECK(run_elsewhere("file", "a") == 10);
			_exit(run_often(p + JUMPS));
		}
		CHECK(run_all(p) == 10);
		CHECK(status_of(pid) == 60 + i);
		CHECK(run_all(p) == 10);
		CHECK(run_elsewhere("file", "a") == 10);
		pid = fork();
		if (pid == 0)
			_exit(run_all(p));
		CHECK(status_of(pid) == 10);
	}
	CHECK(munmap(p, SIZE) == 0);
	check_group("children");
}

/* --- Written another way: the file's own memory, and a debugger's. */

static void
by_other_ways(void)
{
	uint32_t *p = map_file(NULL, "a"), *shared;
	uint32_t code[2];
	int fd = open("/proc/self/mem", O_RDWR);

	CHECK(run_all(p) == 10);
	CHECK(fd >= 0);
	put_return(code, 70);
	CHECK(pwrite(fd, code, 8, (off_t)(uintptr_t)(p + TARGET)) == 8);
	CHECK(close(fd) == 0);
	flush_code(p + TARGET, 8);
	CHECK(run_often(p + JUMPS) == 70);
	CHECK(run_often(p + FALLS) == 10);
	CHECK(munmap(p, SIZE) == 0);

	write_file("f", 10, 0);
	get_older();
	p = map_file(NULL, "f");
	CHECK(run_all(p) == 10);
	fd = open(path_of("f"), O_RDWR);
	CHECK(fd >= 0);
	shared = mmap(NULL, SIZE, RW, MAP_SHARED, fd, 0);
	CHECK(shared != MAP_FAILED);
	fill(shared, 20);
	flush_code(shared, SIZE);
	flush_code(p, SIZE);
	CHECK(run_all(p) == 20);
	CHECK(munmap(shared, SIZE) == 0);
	CHECK(munmap(p, SIZE) == 0);
	CHECK(close(fd) == 0);
	check_group("by_other_ways");
}

static int
second(const char *what, const char *name)
{
	if (strcmp(what, "text") == 0)
		return patched_often();
	if (strcmp(what, "patch") == 0) {
		patch();
		return patched_often();
	}
	if (strcmp(what, "part") == 0)
		return part_replaced(name);
	if (strcmp(what, "pages") == 0)
		return pages_replaced(name);
	return run_all(map_file(NULL, name));
}

/* Each in a process of its own, which has mapped nothing before. */
static void
group(void (*fn)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		fn();
		_exit(0);
	}
	CHECK(status_of(pid) == 0);
}

int
main(int argc, char **argv)
{
	static const char *const names[] = { "a", "b", "e", "f" };
	const char *tmp = getenv("TMPDIR");
	unsigned i;

	if (argc == 4) {
		snprintf(dir, sizeof(dir), "%s", argv[2]);
		return second(argv[1], argv[3]);
	}
	snprintf(dir, sizeof(dir), "%s/shareXXXXXX", tmp ? tmp : "/tmp");
	CHECK(mkdtemp(dir));
	group(own_text);
	group(other_file);
	group(anonymous);
	group(moved);
	group(parts);
	group(other_files);
	group(cycles);
	group(threads);
	group(children);
	group(by_other_ways);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(path_of(names[i]));
	CHECK(rmdir(dir) == 0);
	return check_done();
}
