/*
 * test_sysroot.c - absolute paths stay inside the sysroot, whatever links and
 * ".." they go through, and fall back to the host's.
 */
#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../runtime/base/base.h"
#include "../../runtime/vm/process.h"
#include "../../runtime/vm/sysroot.h"

static char root[] = "/tmp/ferry-sysroot-XXXXXX";

static const char *const dirs[] = {
	"usr", "usr/bin", "usr/lib", "etc", "etc/alternatives", "proc",
	"only", "only/here", "tmp",
};

static const char *const files[] = {
	"usr/bin/mawk", "usr/lib/libc.so.6", "etc/passwd", "proc/version",
};

static const char *const links[][2] = {
	{ "bin", "usr/bin" },
	{ "usr/bin/awk", "/etc/alternatives/awk" },
	{ "etc/alternatives/awk", "/usr/bin/mawk" },
	{ "etc/mtab", "../proc/self/mounts" },
	{ "etc/out", "../../../../../../etc/passwd" },
	{ "etc/dangling", "/nowhere/there" },
	{ "etc/loop", "loop" },
	{ "lib", "/usr/lib/" },
	{ "up", ".." },
};

/* What a guest's path becomes; "R" stands for the sysroot. */
static const struct {
	const char *guest;
	int flags;
	const char *host;
} rows[] = {
	{ "/", 0, "R" },
	{ "/usr/bin/mawk", 0, "R/usr/bin/mawk" },
	{ "//usr/./bin//mawk", 0, "R/usr/bin/mawk" },
	{ "/bin/mawk", 0, "R/usr/bin/mawk" },
	{ "/bin", 0, "R/usr/bin" },
	{ "/bin", SYSROOT_NOFOLLOW, "R/bin" },
	{ "/bin/", SYSROOT_NOFOLLOW, "R/usr/bin/" },
	{ "/bin/awk", 0, "R/usr/bin/mawk" },
	{ "/bin/awk", SYSROOT_NOFOLLOW, "R/usr/bin/awk" },
	{ "/lib/libc.so.6", 0, "R/usr/lib/libc.so.6" },
	{ "/usr/lib/", 0, "R/usr/lib/" },
	{ "/usr/lib/../bin/awk", 0, "R/usr/bin/mawk" },
	{ "/lib/../bin/awk", 0, "R/usr/bin/mawk" },
	{ "/../../etc/passwd", 0, "R/etc/passwd" },
	{ "/etc/out", 0, "R/etc/passwd" },
	{ "/up/up/etc/passwd", 0, "R/etc/passwd" },
	/* The machine's own directories are the host's. */
	{ "/proc/version", 0, "/proc/version" },
	{ "/etc/../proc/version", 0, "/proc/version" },
	{ "/dev", 0, "/dev" },
	{ "/sys/devices/", 0, "/sys/devices/" },
	{ "/etc/mtab", 0, "/proc/self/mounts" },
	{ "/etc/mtab", SYSROOT_NOFOLLOW, "R/etc/mtab" },
	{ "/processes", 0, "/processes" },
	/* What the sysroot does not have. */
	{ "/nowhere/at/all", 0, "/nowhere/at/all" },
	{ "/tmp/none", 0, "/tmp/none" },
	{ "/etc/dangling", 0, "/nowhere/there" },
	{ "/etc/dangling", SYSROOT_NOFOLLOW, "R/etc/dangling" },
	{ "/etc/passwd/x", 0, "/etc/passwd/x" },
	/* New files in a directory that the host does not have. */
	{ "/only/here/new", 0, "R/only/here/new" },
	{ "/only/here/new/", 0, "R/only/here/new/" },
	{ "/only/here/new/er", 0, "/only/here/new/er" },
	{ "/etc/loop", 0, "R/etc/loop" },
	/* Already under the sysroot. */
	{ "R/bin/awk", 0, "R/usr/bin/mawk" },
	{ "R", 0, "R" },
	{ "R/none/x", 0, "R/none/x" },
	/* Not absolute. */
	{ "usr/bin", 0, "usr/bin" },
	{ "", 0, "" },
};

static const char *
in_root(const char *path, char *buf)
{
	if (path[0] != 'R')
		return path;
	snprintf(buf, PATH_MAX, "%s%s", root, path + 1);
	return buf;
}

/* Outside the tests, where Check's assertions do not work. */
static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(99);
}

static void
make_tree(void)
{
	char path[PATH_MAX];
	FILE *f;
	size_t i;

	must(mkdtemp(root), root);
	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, dirs[i]);
		must(mkdir(path, 0755) == 0, path);
	}
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, files[i]);
		f = fopen(path, "w");
		must(f && fclose(f) == 0, path);
	}
	for (i = 0; i < ARRAY_SIZE(links); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, links[i][0]);
		must(symlink(links[i][1], path) == 0, path);
	}
	process.opt.sysroot = root;
}

static void
remove_tree(void)
{
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(links); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, links[i][0]);
		unlink(path);
	}
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, files[i]);
		unlink(path);
	}
	for (i = ARRAY_SIZE(dirs); i > 0; i--) {
		snprintf(path, sizeof(path), "%s/%s", root, dirs[i - 1]);
		rmdir(path);
	}
	rmdir(root);
}

START_TEST(looks_up)
{
	char buf[PATH_MAX], guest[PATH_MAX], host[PATH_MAX];
	const char *got = sysroot_path(in_root(rows[_i].guest, guest), buf,
				       rows[_i].flags);

	ck_assert_ptr_nonnull(got);
	ck_assert_str_eq(got, in_root(rows[_i].host, host));
}
END_TEST

START_TEST(strips)
{
	char path[PATH_MAX];

	ck_assert_str_eq(sysroot_strip(root), "/");
	snprintf(path, sizeof(path), "%s/etc", root);
	ck_assert_str_eq(sysroot_strip(path), "/etc");
	snprintf(path, sizeof(path), "%sx/etc", root);
	ck_assert_str_eq(sysroot_strip(path), path);
	ck_assert_str_eq(sysroot_strip("/etc"), "/etc");
}
END_TEST

START_TEST(without_sysroot)
{
	char buf[PATH_MAX];
	const char *path = "/bin/../etc";

	process.opt.sysroot = NULL;
	ck_assert_ptr_eq(sysroot_path(path, buf, 0), path);
	ck_assert_ptr_eq(sysroot_strip(path), path);
	process.opt.sysroot = root;
}
END_TEST

/* A path that fits alone but not with the sysroot before it. */
START_TEST(too_long)
{
	char buf[PATH_MAX], path[PATH_MAX];
	size_t i;

	memset(path, '/', sizeof(path));
	memcpy(path, "/only/here", 10);
	for (i = 10; i + 2 < sizeof(path); i++)
		path[i] = i % 2 ? '.' : '/';
	path[i] = '\0';
	ck_assert_ptr_nonnull(sysroot_path(path, buf, 0));
	for (i = 10; i + 2 < sizeof(path); i++)
		path[i] = i % 128 ? 'x' : '/';
	path[10] = '/';
	ck_assert_ptr_eq(sysroot_path(path, buf, 0), path);
	memcpy(path, "/etc/loop/", 10);
	ck_assert_ptr_null(sysroot_path(path, buf, 0));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sysroot");
	TCase *c = tcase_create("paths");
	SRunner *r;
	int failed;

	make_tree();
	tcase_add_loop_test(c, looks_up, 0, (int)ARRAY_SIZE(rows));
	tcase_add_test(c, strips);
	tcase_add_test(c, without_sysroot);
	tcase_add_test(c, too_long);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	remove_tree();
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
