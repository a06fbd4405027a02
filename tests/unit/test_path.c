/*
 * test_path.c - path arguments of system calls under a sysroot.
 *
 * The sysroot holds etc/ferry-name ("inside"), lib -> usr/lib (and lib/f),
 * link -> /etc/ferry-name; the calls are made by number through the
 * dispatcher, as a guest makes them.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../runtime/vm/guest_isa.h"
#include "../../runtime/vm/process.h"
#include "../../syscall/abi.h"
#include "../../syscall/table.h"

static char root[PATH_MAX];
static struct thread thr = { .process = &process };

#define CWD ((uint64_t)AT_FDCWD)
#define U(p) ((uint64_t)(uintptr_t)(p))

static long
call(long nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
	uint64_t args[6] = { a, b, c, d, e };

	return syscall_dispatch(&thr, nr, args);
}

/* A path inside the sysroot, as the host sees it. */
static const char *
in_root(const char *path)
{
	static char buf[PATH_MAX + 64];

	snprintf(buf, sizeof(buf), "%s%s", root, path);
	return buf;
}

static void
make_file(const char *path, const char *text)
{
	int fd = open(in_root(path), O_WRONLY | O_CREAT, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (int)strlen(text));
	close(fd);
}

static void
setup(void)
{
	strcpy(root, "/tmp/ferry-root-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	ck_assert_int_eq(mkdir(in_root("/etc"), 0755), 0);
	ck_assert_int_eq(mkdir(in_root("/usr"), 0755), 0);
	ck_assert_int_eq(mkdir(in_root("/usr/lib"), 0755), 0);
	make_file("/etc/ferry-name", "inside");
	make_file("/usr/lib/f", "x");
	ck_assert_int_eq(symlink("usr/lib", in_root("/lib")), 0);
	ck_assert_int_eq(symlink("/etc/ferry-name", in_root("/link")), 0);
	process.opt.sysroot = root;
	process.isa = &guest_a64;
}

static void
teardown(void)
{
	char cmd[PATH_MAX + 16];

	process.opt.sysroot = NULL;
	snprintf(cmd, sizeof(cmd), "rm -rf %s", root);
	ck_assert_int_eq(system(cmd), 0);
}

static void
opens_to(const char *path, const char *text)
{
	char buf[16] = "";
	long fd = call(56, CWD, U(path), O_RDONLY, 0, 0);

	ck_assert_msg(fd >= 0, "%s: %ld", path, fd);
	ck_assert_int_eq(read((int)fd, buf, sizeof(buf) - 1),
			 (int)strlen(text));
	ck_assert_str_eq(buf, text);
	close((int)fd);
}

START_TEST(open_prefers_sysroot)
{
	opens_to("/etc/ferry-name", "inside");
	opens_to("/link", "inside");
	opens_to("/lib/f", "x");
	opens_to("/lib/../../../etc/ferry-name", "inside");
	/* On the host, and not in the sysroot. */
	ck_assert_int_ge(call(48, CWD, U("/etc/passwd"), R_OK, 0, 0), 0);
	ck_assert_int_eq(call(56, CWD, U("/nonexistent/x"), O_RDONLY, 0, 0),
			 -ENOENT);
	ck_assert_int_eq(call(56, CWD, U(""), O_RDONLY, 0, 0), -ENOENT);
}
END_TEST

START_TEST(follow_or_not)
{
	struct guest_stat st;
	char buf[64] = "";

	ck_assert_int_eq(call(79, CWD, U("/link"), U(&st), 0, 0), 0);
	ck_assert(S_ISREG(st.st_mode));
	ck_assert_int_eq(st.st_size, 6);
	ck_assert_int_eq(call(79, CWD, U("/link"), U(&st),
			      AT_SYMLINK_NOFOLLOW, 0), 0);
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_int_eq(call(78, CWD, U("/link"), U(buf), 64, 0), 15);
	ck_assert_str_eq(buf, "/etc/ferry-name");
	/* arm64's O_NOFOLLOW */
	ck_assert_int_eq(call(56, CWD, U("/link"), 0x8000, 0, 0), -ELOOP);
	ck_assert_int_eq(call(54, CWD, U("/link"), (uint64_t)-1, (uint64_t)-1,
			      0), 0);
}
END_TEST

START_TEST(two_paths)
{
	ck_assert_int_eq(call(276, CWD, U("/etc/ferry-name"), CWD,
			      U("/etc/ferry-name"), 0), 0);
	ck_assert_int_eq(call(37, CWD, U("/link"), CWD, U("/link"), 0),
			 -EEXIST);
	/* What removes names does not follow them. */
	ck_assert_int_eq(call(35, CWD, U("/link"), 0, 0, 0), 0);
	ck_assert_int_eq(access(in_root("/link"), F_OK), -1);
	ck_assert_int_eq(access(in_root("/etc/ferry-name"), F_OK), 0);
}
END_TEST

START_TEST(working_directory)
{
	char buf[PATH_MAX], *old = getcwd(NULL, 0);

	ck_assert_int_eq(call(49, U("/usr/lib"), 0, 0, 0, 0), 0);
	ck_assert_int_eq(call(17, U(buf), sizeof(buf), 0, 0, 0), 9);
	ck_assert_str_eq(buf, "/usr/lib");
	ck_assert_int_eq(call(17, U(buf), 9, 0, 0, 0), 9);
	ck_assert_int_eq(call(17, U(buf), 8, 0, 0, 0), -ERANGE);
	ck_assert_int_eq(call(49, U("/"), 0, 0, 0, 0), 0);
	ck_assert_int_eq(call(17, U(buf), sizeof(buf), 0, 0, 0), 2);
	ck_assert_str_eq(buf, "/");
	ck_assert_int_eq(chdir(old), 0);
	free(old);
}
END_TEST

START_TEST(errors)
{
	char big[PATH_MAX + 8];

	memset(big, 'a', sizeof(big));
	big[0] = '/';
	big[sizeof(big) - 1] = 0;
	ck_assert_int_eq(call(56, CWD, U(big), O_RDONLY, 0, 0),
			 -ENAMETOOLONG);
	ck_assert_int_eq(call(34, CWD, U(big), 0755, 0, 0), -ENAMETOOLONG);
	/* utimensat without a path works on the descriptor. */
	ck_assert_int_eq(call(88, (uint64_t)-1, 0, 0, 0, 0), -EBADF);
}
END_TEST

START_TEST(unix_sockets)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct msghdr m = { .msg_name = &un, .msg_namelen = sizeof(un) };
	int s = socket(AF_UNIX, SOCK_DGRAM, 0);
	int c = socket(AF_UNIX, SOCK_DGRAM, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%.60s/etc/sock", root);
	ck_assert_int_eq(bind(s, (void *)&un, sizeof(un)), 0);
	strcpy(un.sun_path, "/etc/sock");
	ck_assert_int_eq(call(211, (uint64_t)c, U(&m), 0, 0, 0), 0);
	ck_assert_int_eq(call(203, (uint64_t)c, U(&un), sizeof(un), 0, 0), 0);
	ck_assert_int_eq(write(c, "abc", 3), 3);
	ck_assert_int_eq(call(200, (uint64_t)c, U(&un), sizeof(un), 0, 0),
			 -EADDRINUSE);
	close(c);
	close(s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("path");
	TCase *tc = tcase_create("core");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, open_prefers_sysroot);
	tcase_add_test(tc, follow_or_not);
	tcase_add_test(tc, two_paths);
	tcase_add_test(tc, working_directory);
	tcase_add_test(tc, errors);
	tcase_add_test(tc, unix_sockets);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
