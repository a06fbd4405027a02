/*
 * test_codestore.c - what processes that share a store see of each other's,
 * and when they do not share it.
 *
 * The second process is this program again, with the store's descriptor, as
 * execve hands it on; it tells what it has found through a pipe.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../runtime/vm/codestore.h"
#include "../../runtime/vm/process.h"
#include "../../runtime/vm/thread.h"

#define KEY	0x1234567890abcdeful
#define PG	4096ul
#define LEN	(8 * PG)
#define TOP	((gaddr)0x600000000000)	/* where nobody has put it */

/* What the second process is to do, and what it has seen. */
struct second {
	int fd, file;
	uint64_t key;
	gaddr lo, hi;
	uint64_t off;
	uint64_t put;	/* in the first word, if not 0 */
};

struct seen {
	ino_t store;
	uint64_t *index, word;
	gaddr place;
	bool lost;
};

static int
file_of(unsigned len)
{
	char path[] = "/tmp/codestoreXXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	unlink(path);
	ck_assert_int_eq(ftruncate(fd, len), 0);
	return fd;
}

/* Files that have just been written may be written again. */
static void
get_older(void)
{
	nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
}

static int
old_file(void)
{
	int fd = file_of(LEN);

	get_older();
	return fd;
}

/* Without assertions, as the second process is no test of Check's. */
static struct stat
status_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		abort();
	return st;
}

static void
limit(int resource, rlim_t n)
{
	struct rlimit lim;

	ck_assert_int_eq(getrlimit(resource, &lim), 0);
	lim.rlim_cur = n < lim.rlim_max ? n : lim.rlim_max;
	ck_assert_int_eq(setrlimit(resource, &lim), 0);
}

/* As a process that is to have children does. */
static void
start(int fd)
{
	if (!thread_self())
		thread_init_main(&process);
	codestore_start(fd, KEY);
	codestore_create();
	codestore_forget_lost();
}

static ino_t
store_ino(void)
{
	return codestore_fd() < 0 ? 0 : status_of(codestore_fd()).st_ino;
}

static void
map_code(int fd, gaddr lo, gaddr hi, uint64_t off)
{
	codestore_mapped(lo, hi, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, off);
}

static struct codestore_range *
map_at(int fd, gaddr lo)
{
	map_code(fd, lo, lo + LEN, 0);
	return codestore_find(lo);
}

static gaddr
place_of(int fd)
{
	struct stat st = status_of(fd);

	return codestore_place(&st, LEN, true);
}

/* --- The second process. */

static int
be_second(const char *arg)
{
	struct second s;
	struct seen seen = { 0 };
	struct codestore_range *r;

	if (sscanf(arg, "%d %d %lu %lu %lu %lu %lu", &s.fd, &s.file, &s.key,
		   &s.lo, &s.hi, &s.off, &s.put) != 7)
		return 1;
	codestore_start(s.fd, s.key);
	codestore_create();
	codestore_forget_lost();
	seen.store = store_ino();
	seen.place = place_of(s.file);
	map_code(s.file, s.lo, s.hi, s.off);
	r = codestore_find(s.lo);
	if (r) {
		seen.index = r->index;
		seen.word = r->index[0];
		if (s.put)
			__atomic_store_n(r->index, s.put, __ATOMIC_SEQ_CST);
	}
	seen.lost = codestore_forget_lost();
	return write(STDOUT_FILENO, &seen, sizeof(seen)) != sizeof(seen);
}

static struct seen
ask(const struct second *s)
{
	struct seen seen = { 0 };
	int io[2], status;
	char arg[200];
	pid_t pid;

	snprintf(arg, sizeof(arg), "%d %d %lu %lu %lu %lu %lu", s->fd, s->file,
		 s->key, s->lo, s->hi, s->off, s->put);
	ck_assert_int_eq(pipe(io), 0);
	pid = fork();
	if (pid == 0) {
		dup2(io[1], STDOUT_FILENO);
		if (s->fd >= 0)
			fcntl(s->fd, F_SETFD, 0);
		execl("/proc/self/exe", "second", arg, (char *)NULL);
		_exit(2);
	}
	close(io[1]);
	ck_assert_int_eq(read(io[0], &seen, sizeof(seen)), sizeof(seen));
	close(io[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	return seen;
}

static struct second
with(int file, gaddr lo)
{
	return (struct second){ .fd = codestore_fd(), .file = file, .key = KEY,
				.lo = lo, .hi = lo + LEN };
}

/* --- Alone. */

START_TEST(makes_one)
{
	codestore_start(-1, KEY);
	ck_assert_int_eq(codestore_fd(), -1);
	ck_assert(!codestore_own());
	ck_assert(!codestore_has_code(CODESTORE_CODE));
	ck_assert(codestore_create());
	ck_assert_int_ge(codestore_fd(), 200);
	ck_assert_int_eq(fcntl(codestore_fd(), F_GETFD), FD_CLOEXEC);
	ck_assert(codestore_own());
	ck_assert_uint_eq(codestore_own()->nr_slabs, 0);
	ck_assert(codestore_has_code(CODESTORE_CODE));
	ck_assert(codestore_has_code(CODESTORE_CODE + CODESTORE_CODE_SIZE - 1));
	ck_assert(!codestore_has_code(CODESTORE_CODE - 1));
	ck_assert(!codestore_has_code(CODESTORE_CODE + CODESTORE_CODE_SIZE));
	ck_assert(codestore_forget_lost());
	ck_assert(!codestore_forget_lost());
	ck_assert(!codestore_create());
}
END_TEST

START_TEST(finds_what_is_mapped)
{
	int a = file_of(LEN), b = old_file();
	struct codestore_range *r, *q;
	gaddr lo, other;

	start(-1);
	lo = place_of(a);
	other = place_of(b);
	ck_assert(lo && other && lo % PG == 0 && other % PG == 0);
	ck_assert(lo + LEN <= other || other + LEN <= lo);
	ck_assert(!codestore_find(lo));
	r = map_at(a, lo);
	q = map_at(b, other);
	ck_assert(r && q && r != q && r->index != q->index);
	ck_assert_uint_eq(r->lo, lo);
	ck_assert_uint_eq(r->hi, lo + LEN);
	ck_assert_uint_eq(r->index[r->nr_words - 1], 0);
	ck_assert_ptr_eq(codestore_find(lo + LEN - 4), r);
	ck_assert_ptr_eq(codestore_find(other + LEN - 4), q);
	ck_assert_ptr_eq(codestore_find(lo), r);
	ck_assert(!codestore_find(lo + LEN));
	ck_assert(!codestore_find(lo - 4));
	/* What is not a file that can be told from others. */
	ck_assert(!map_at(codestore_fd(), TOP) ||
		  codestore_find(TOP)->index != r->index);
	ck_assert(!codestore_find(TOP + LEN));
}
END_TEST

START_TEST(not_what_was_just_written)
{
	int fd = file_of(LEN);

	start(-1);
	ck_assert_int_eq(pwrite(fd, "x", 1, PG), 1);
	ck_assert(!map_at(fd, TOP));
	get_older();
	ck_assert(map_at(fd, TOP));
}
END_TEST

START_TEST(changes)
{
	struct codestore_range *r;
	int fd = old_file();

	start(-1);
	/* Before it was looked up: a tail goes, and another, and the head. */
	map_code(fd, TOP, TOP + LEN, 0);
	codestore_changing(TOP - PG, TOP);
	codestore_changing(TOP + LEN, TOP + 2 * LEN);
	codestore_changing(TOP + 6 * PG, TOP + 7 * PG);
	codestore_changing(TOP + 4 * PG, TOP + LEN);
	r = codestore_find(TOP);
	ck_assert(r);
	ck_assert_uint_eq(r->hi, TOP + 4 * PG);
	ck_assert(!codestore_find(TOP + 4 * PG));
	/* Unused, but looked up. */
	codestore_changing(TOP + 3 * PG, TOP + 4 * PG);
	ck_assert(!codestore_find(TOP));
	ck_assert(!codestore_forget_lost());
	map_code(fd, TOP, TOP + LEN, 0);
	codestore_changing(TOP, TOP + PG);
	ck_assert(!codestore_find(TOP + 2 * PG));
	ck_assert(!codestore_forget_lost());

	r = map_at(fd, TOP);
	r->used = true;
	codestore_changing(TOP - PG, TOP);
	ck_assert(codestore_holds(r, TOP));
	ck_assert(!codestore_forget_lost());
	codestore_changing(TOP + 7 * PG, TOP + LEN);
	ck_assert(!codestore_holds(r, TOP));
	ck_assert(!codestore_find(TOP));
	ck_assert(codestore_forget_lost());
	ck_assert(!codestore_forget_lost());
	codestore_changing(TOP, TOP + LEN);
	ck_assert(!codestore_forget_lost());

	r = map_at(fd, TOP);
	r->used = true;
	codestore_written(TOP + LEN);
	ck_assert(codestore_holds(r, TOP));
	codestore_written(TOP + 5 * PG + 64);
	ck_assert(!codestore_find(TOP));
	ck_assert(codestore_forget_lost());
}
END_TEST

START_TEST(has_room_for_so_many)
{
	gaddr lo = TOP;
	unsigned i, n = 0;
	int fd = old_file();

	start(-1);
	for (i = 0; i < 1000; i++, lo += LEN)
		if (map_at(fd, lo))
			n++;
	ck_assert_uint_gt(n, 4);
	ck_assert_uint_lt(n, 1000);
	ck_assert(codestore_find(TOP));
	ck_assert(!codestore_find(lo - LEN));
}
END_TEST

/* --- Two. */

START_TEST(second_sees_the_same)
{
	struct codestore_range *r;
	int fd = old_file();
	struct second s;
	struct seen seen;
	gaddr lo;

	start(-1);
	lo = place_of(fd);
	r = map_at(fd, lo);
	ck_assert(r);
	r->index[0] = 77;
	s = with(fd, lo);
	s.put = 78;
	seen = ask(&s);
	ck_assert_uint_eq(seen.store, store_ino());
	ck_assert_ptr_eq(seen.index, r->index);
	ck_assert_uint_eq(seen.word, 77);
	ck_assert_uint_eq(seen.place, lo);
	ck_assert(!seen.lost);
	ck_assert_uint_eq(__atomic_load_n(r->index, __ATOMIC_SEQ_CST), 78);
	ck_assert_uint_eq(place_of(fd), lo);
}
END_TEST

/* What was mapped before is in it, as far as it is still there. */
START_TEST(makes_one_late)
{
	int fd = old_file();
	struct second s;

	codestore_start(-1, KEY);
	map_code(fd, TOP, TOP + LEN, 0);
	map_code(fd, TOP + LEN, TOP + 2 * LEN, 0);
	map_code(fd, TOP + 2 * LEN, TOP + 3 * LEN, 0);
	ck_assert(!codestore_find(TOP));
	codestore_changing(TOP + LEN - PG, TOP + LEN);
	codestore_changing(TOP + LEN, TOP + LEN + PG);
	ck_assert(!codestore_forget_lost());
	ck_assert(codestore_create());
	ck_assert(codestore_find(TOP));
	ck_assert_uint_eq(codestore_find(TOP)->hi, TOP + LEN - PG);
	ck_assert(!codestore_find(TOP + LEN));
	ck_assert(codestore_find(TOP + 2 * LEN));
	codestore_find(TOP + 2 * LEN)->index[0] = 9;
	codestore_find(TOP)->index[0] = 8;
	s = with(fd, TOP + 2 * LEN);
	ck_assert_uint_eq(ask(&s).word, 9);
	s = with(fd, TOP);
	ck_assert_uint_eq(ask(&s).word, 0);
	s.hi -= PG;
	ck_assert_uint_eq(ask(&s).word, 8);
}
END_TEST

/* The first to come is no better than the second. */
START_TEST(first_sees_the_seconds)
{
	struct codestore_range *r;
	int fd = old_file();
	struct second s;
	struct seen seen;

	start(-1);
	s = with(fd, TOP);
	s.put = 5;
	seen = ask(&s);
	ck_assert(seen.index);
	ck_assert_uint_eq(seen.word, 0);
	ck_assert_uint_eq(place_of(fd), TOP);
	r = map_at(fd, TOP);
	ck_assert_ptr_eq(r->index, seen.index);
	ck_assert_uint_eq(r->index[0], 5);
}
END_TEST

START_TEST(not_of_another_mapping)
{
	struct codestore_range *r;
	int fd = old_file();
	struct second s;
	struct seen seen;

	start(-1);
	r = map_at(fd, TOP);
	ck_assert(r);
	r->index[0] = 1;
	s = with(fd, TOP + PG);
	seen = ask(&s);
	ck_assert(seen.index && seen.index != r->index && !seen.word);
	s = with(fd, TOP);
	s.off = PG;
	seen = ask(&s);
	ck_assert(seen.index && seen.index != r->index && !seen.word);
	s = with(fd, TOP);
	s.hi -= PG;
	seen = ask(&s);
	ck_assert(seen.index && seen.index != r->index && !seen.word);
	/* One that has become shorter is not what it was. */
	codestore_changing(TOP, TOP + PG);
	map_code(fd, TOP, TOP + LEN, 0);
	codestore_changing(TOP + LEN - PG, TOP + LEN);
	ck_assert(codestore_find(TOP));
	ck_assert_ptr_eq(codestore_find(TOP)->index, seen.index);
	s = with(fd, TOP);
	seen = ask(&s);
	ck_assert_ptr_eq(seen.index, r->index);
	ck_assert_uint_eq(seen.word, 1);
}
END_TEST

START_TEST(not_of_another_file)
{
	struct timespec times[2] = { { 1000, 5 }, { 1000, 5 } };
	struct codestore_range *r;
	int fd = old_file();
	struct second s;
	struct seen seen, again;

	start(-1);
	r = map_at(fd, TOP);
	ck_assert(r);
	r->index[0] = 1;
	s = with(fd, TOP);
	ck_assert_int_eq(futimens(fd, times), 0);
	get_older();
	seen = ask(&s);
	ck_assert(seen.index && seen.index != r->index && !seen.word);
	/* The same time again, but not of its status. */
	ck_assert_int_eq(pwrite(fd, "x", 1, LEN - 1), 1);
	ck_assert_int_eq(futimens(fd, times), 0);
	get_older();
	again = ask(&s);
	ck_assert(again.index && again.index != r->index && !again.word);
	ck_assert(again.index != seen.index);
	ck_assert_int_eq(ftruncate(fd, LEN + 1), 0);
	get_older();
	seen = ask(&s);
	ck_assert(seen.index && seen.index != r->index && !seen.word);
	ck_assert(seen.index != again.index);
}
END_TEST

/* The second process makes a store of its own. */
static void
has_another(const struct second *s)
{
	struct seen seen = ask(s);

	ck_assert(seen.store && seen.store != store_ino());
	ck_assert_uint_eq(seen.word, 0);
}

START_TEST(not_with_another_key)
{
	int fd = old_file();
	struct second s;

	start(-1);
	map_at(fd, TOP)->index[0] = 1;
	s = with(fd, TOP);
	s.key++;
	has_another(&s);
	s.fd = -1;
	s.key--;
	has_another(&s);
}
END_TEST

START_TEST(not_a_full_one)
{
	int fd = old_file();
	struct second s;

	start(-1);
	map_at(fd, TOP)->index[0] = 1;
	s = with(fd, TOP);
	ck_assert_uint_eq(ask(&s).store, store_ino());
	codestore_own()->nr_slabs = CODESTORE_SLABS;
	has_another(&s);
}
END_TEST

/* --- The end. */

static void
leave_and_write(rlim_t data)
{
	struct codestore_range *r;
	int fd = old_file(), keep;
	struct second s;
	uint64_t *index;
	gaddr code = CODESTORE_CODE;

	start(-1);
	r = map_at(fd, TOP);
	index = r->index;
	index[0] = 1;
	r->used = true;
	*(uint32_t *)code = 1;
	keep = dup(codestore_fd());
	limit(RLIMIT_DATA, data);
	process.nr_threads = 2;
	codestore_leave();
	limit(RLIMIT_DATA, RLIM_INFINITY);
	ck_assert_int_eq(codestore_fd(), -1);
	ck_assert(!codestore_own());
	ck_assert(!codestore_find(TOP));
	ck_assert(!map_at(fd, TOP));
	ck_assert_uint_eq(place_of(fd), 0);
	ck_assert(codestore_has_code(code));	/* threads may be there */
	ck_assert(codestore_forget_lost());
	ck_assert(!codestore_forget_lost());
	/* Whether it can be written to is not the question. */
	ck_assert_int_eq(mprotect((void *)code, PG, PROT_READ | PROT_WRITE), 0);
	ck_assert_int_eq(mprotect((void *)((gaddr)index & ~(PG - 1)), PG,
				  PROT_READ | PROT_WRITE), 0);
	index[0] = 2;
	*(uint32_t *)code = 2;
	s = with(fd, TOP);
	s.fd = keep;
	ck_assert_uint_eq(ask(&s).word, 1);
	codestore_leave();
	codestore_yield_fd(-1);
}

START_TEST(leaves)
{
	leave_and_write(RLIM_INFINITY);
}
END_TEST

START_TEST(leaves_alone)
{
	gaddr code = CODESTORE_CODE;

	start(-1);
	ck_assert(codestore_has_code(code));
	codestore_leave();
	ck_assert(!codestore_has_code(code));
	ck_assert_int_eq(msync((void *)code, PG, MS_ASYNC), -1);
	ck_assert_int_eq(errno, ENOMEM);
}
END_TEST

START_TEST(leaves_without_memory)
{
	leave_and_write(1 << 20);
}
END_TEST

START_TEST(stops)
{
	struct codestore_range *r;
	int fd = old_file();
	struct second s;

	start(-1);
	r = map_at(fd, TOP);
	r->index[0] = 1;
	codestore_stop();
	ck_assert(!codestore_forget_lost());	/* it was not used */
	ck_assert(!codestore_own());
	ck_assert(!codestore_find(TOP));
	ck_assert(!map_at(fd, TOP));
	s = with(fd, TOP);
	ck_assert_int_ge(s.fd, 200);
	ck_assert_uint_eq(ask(&s).word, 1);
}
END_TEST

START_TEST(limits)
{
	int fd = old_file();

	limit(RLIMIT_AS, 1ul << 40);
	start(dup2(fd, 250));
	ck_assert_int_eq(codestore_fd(), -1);
	ck_assert_int_eq(fcntl(250, F_GETFD), -1);
	ck_assert(!codestore_own());
	ck_assert(!map_at(fd, TOP));
	limit(RLIMIT_AS, RLIM_INFINITY);
	limit(RLIMIT_FSIZE, 100ul << 20);
	start(-1);
	ck_assert_int_eq(codestore_fd(), -1);
	ck_assert(!codestore_own());
	limit(RLIMIT_FSIZE, RLIM_INFINITY);
	limit(RLIMIT_NOFILE, 200);
	start(-1);
	ck_assert_int_eq(codestore_fd(), -1);
	ck_assert(!codestore_own());
	limit(RLIMIT_NOFILE, 1000);
	start(-1);
	ck_assert_int_ge(codestore_fd(), 200);
	ck_assert(map_at(fd, TOP));
}
END_TEST

/* --- Descriptors that are no store. */

static void
refuse(int fd)
{
	int file = old_file();
	struct second s = { .fd = fd, .file = file, .key = KEY, .lo = TOP,
			    .hi = TOP + LEN };
	ino_t ino = status_of(fd).st_ino;
	struct seen seen = ask(&s);

	ck_assert(seen.store && seen.store != ino);
	ck_assert(seen.index && !seen.word && seen.place);
	start(fd);
	ck_assert_int_ge(codestore_fd(), 200);
	ck_assert(store_ino() != ino);
	ck_assert(map_at(file, TOP));
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
}

/* The size that one has. */
static off_t
store_size(void)
{
	off_t size;

	start(-1);
	size = status_of(codestore_fd()).st_size;
	codestore_leave();
	return size;
}

static int
memfd_of(off_t size)
{
	int fd = memfd_create("test", 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, size), 0);
	return fd;
}

START_TEST(refuses_a_file)
{
	refuse(old_file());
}
END_TEST

START_TEST(refuses_a_large_file)
{
	int fd = file_of(0);

	ck_assert_int_eq(ftruncate(fd, store_size()), 0);
	refuse(fd);
}
END_TEST

START_TEST(refuses_a_pipe)
{
	int io[2];

	ck_assert_int_eq(pipe(io), 0);
	refuse(io[0]);
}
END_TEST

START_TEST(refuses_zeros)
{
	refuse(memfd_of(store_size()));
}
END_TEST

START_TEST(refuses_random_bytes)
{
	int fd = memfd_of(store_size());
	static char bytes[1 << 20];

	ck_assert_int_eq(getrandom(bytes, 256, 0), 256);
	for (size_t i = 256; i < sizeof(bytes); i++)
		bytes[i] = bytes[i % 251];
	ck_assert_int_eq(pwrite(fd, bytes, sizeof(bytes), 0), sizeof(bytes));
	refuse(fd);
}
END_TEST

START_TEST(refuses_a_sealed_one)
{
	int fd = memfd_create("test", MFD_ALLOW_SEALING);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, store_size()), 0);
	ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
	refuse(fd);
}
END_TEST

START_TEST(yields)
{
	ino_t ino;
	int fd;

	start(-1);
	ino = store_ino();
	fd = codestore_fd();
	codestore_yield_fd(fd + 1);
	codestore_yield_fd(-1);
	ck_assert_int_eq(codestore_fd(), fd);
	codestore_yield_fd(fd);
	ck_assert_int_gt(codestore_fd(), fd);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	ck_assert_int_eq(fcntl(codestore_fd(), F_GETFD), FD_CLOEXEC);
	ck_assert_uint_eq(store_ino(), ino);
	ck_assert(codestore_own());
	/* There is no other number. */
	fd = codestore_fd();
	limit(RLIMIT_NOFILE, (rlim_t)fd + 1);
	codestore_yield_fd(fd);
	ck_assert_int_eq(codestore_fd(), -1);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	ck_assert(!codestore_own());
}
END_TEST

int
main(int argc, char **argv)
{
	Suite *s = suite_create("codestore");
	TCase *tc = tcase_create("codestore");
	SRunner *sr = srunner_create(s);
	int failed;

	if (argc == 2)
		return be_second(argv[1]);
	tcase_add_test(tc, makes_one);
	tcase_add_test(tc, makes_one_late);
	tcase_add_test(tc, finds_what_is_mapped);
	tcase_add_test(tc, not_what_was_just_written);
	tcase_add_test(tc, changes);
	tcase_add_test(tc, has_room_for_so_many);
	tcase_add_test(tc, second_sees_the_same);
	tcase_add_test(tc, first_sees_the_seconds);
	tcase_add_test(tc, not_of_another_mapping);
	tcase_add_test(tc, not_of_another_file);
	tcase_add_test(tc, not_with_another_key);
	tcase_add_test(tc, not_a_full_one);
	tcase_add_test(tc, leaves);
	tcase_add_test(tc, leaves_alone);
	tcase_add_test(tc, leaves_without_memory);
	tcase_add_test(tc, stops);
	tcase_add_test(tc, limits);
	tcase_add_test(tc, refuses_a_file);
	tcase_add_test(tc, refuses_a_large_file);
	tcase_add_test(tc, refuses_a_pipe);
	tcase_add_test(tc, refuses_zeros);
	tcase_add_test(tc, refuses_random_bytes);
	tcase_add_test(tc, refuses_a_sealed_one);
	tcase_add_test(tc, yields);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
