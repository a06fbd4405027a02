/*
 * test_xlat.c - conversions between guest and host: values and round trips.
 */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "../../syscall/xlat.h"

/* arm64's values (arch/arm64/include/uapi/asm/fcntl.h). */
static const struct {
	uint64_t guest, host;
} open_cases[] = {
	{ 0, O_RDONLY },
	{ 1, O_WRONLY },
	{ 2, O_RDWR },
	{ 0x4000, O_DIRECTORY },
	{ 0x8000, O_NOFOLLOW },
	{ 0x10000, __O_DIRECT },
	{ 0x20000, 0x8000 },		/* O_LARGEFILE, which libc hides */
	{ 0x404000, O_TMPFILE },
	{ 0x80000, O_CLOEXEC },
	{ 0x101000, O_SYNC },
	{ 0x200000, O_PATH },
	{ 0x40000, O_NOATIME },
	{ 0x3c000, O_DIRECTORY | O_NOFOLLOW | __O_DIRECT | 0x8000 },
};

START_TEST(open_values)
{
	for (size_t i = 0; i < sizeof(open_cases) / sizeof(*open_cases); i++) {
		ck_assert_uint_eq(xlat_open_to_host(open_cases[i].guest),
				  open_cases[i].host);
		ck_assert_uint_eq(xlat_open_to_guest(open_cases[i].host),
				  open_cases[i].guest);
	}
}
END_TEST

START_TEST(open_round_trip)
{
	for (int i = 0; i < 64; i++)
		for (int j = i; j < 64; j++) {
			uint64_t v = 1ull << i | 1ull << j;

			ck_assert_uint_eq(
				xlat_open_to_guest(xlat_open_to_host(v)), v);
			ck_assert_uint_eq(
				xlat_open_to_host(xlat_open_to_guest(v)), v);
		}
	ck_assert_uint_eq(xlat_open_to_host(~0ull), ~0ull);
}
END_TEST

static void
fill(void *p, size_t n, uint8_t seed)
{
	for (size_t i = 0; i < n; i++)
		((uint8_t *)p)[i] = (uint8_t)(seed + i * 37);
}

START_TEST(stat_fields)
{
	struct stat h;
	struct guest_stat g;

	fill(&h, sizeof(h), 3);
	fill(&g, sizeof(g), 9);
	xlat_stat_to_guest(&g, &h);
	ck_assert_uint_eq(g.st_dev, h.st_dev);
	ck_assert_uint_eq(g.st_ino, h.st_ino);
	ck_assert_uint_eq(g.st_mode, h.st_mode);
	ck_assert_uint_eq(g.st_nlink, (uint32_t)h.st_nlink);
	ck_assert_uint_eq(g.st_uid, h.st_uid);
	ck_assert_uint_eq(g.st_gid, h.st_gid);
	ck_assert_uint_eq(g.st_rdev, h.st_rdev);
	ck_assert_int_eq(g.st_size, h.st_size);
	ck_assert_int_eq(g.st_blksize, (int32_t)h.st_blksize);
	ck_assert_int_eq(g.st_blocks, h.st_blocks);
	ck_assert_int_eq(g.st_atime_sec, h.st_atim.tv_sec);
	ck_assert_uint_eq(g.st_mtime_nsec, (uint64_t)h.st_mtim.tv_nsec);
	ck_assert_int_eq(g.st_ctime_sec, h.st_ctim.tv_sec);
	ck_assert_uint_eq(g.pad1, 0);
	ck_assert_int_eq(g.pad2, 0);
}
END_TEST

START_TEST(semid_round_trip)
{
	struct guest_semid_ds g, back;
	struct host_semid_ds h;

	fill(&g, sizeof(g), 1);
	memset(g.unused, 0, sizeof(g.unused));
	xlat_semid_to_host(&h, &g);
	ck_assert_int_eq(h.sem_ctime, g.sem_ctime);
	ck_assert_uint_eq(h.sem_nsems, g.sem_nsems);
	fill(&back, sizeof(back), 77);
	xlat_semid_to_guest(&back, &h);
	ck_assert_mem_eq(&back, &g, sizeof(g));
}
END_TEST

START_TEST(loop_round_trip)
{
	struct guest_loop_info g, back;
	struct host_loop_info h;

	memset(&g, 0, sizeof(g));
	g.lo_number = 7;
	g.lo_device = 0x801;
	g.lo_inode = 0x123456789abcull;
	g.lo_rdevice = 0x707;
	g.lo_offset = 512;
	g.lo_flags = 5;
	strcpy(g.lo_name, "image");
	fill(g.lo_encrypt_key, sizeof(g.lo_encrypt_key), 1);
	g.lo_init[1] = 0xdeadbeefcafeull;
	xlat_loop_to_host(&h, &g);
	ck_assert_uint_eq(h.lo_device, 0x801);
	ck_assert_str_eq(h.lo_name, "image");
	xlat_loop_to_guest(&back, &h);
	ck_assert_mem_eq(&back, &g, sizeof(g));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("xlat");
	TCase *tc = tcase_create("core");
	SRunner *sr;
	int failed;

	tcase_add_test(tc, open_values);
	tcase_add_test(tc, open_round_trip);
	tcase_add_test(tc, stat_fields);
	tcase_add_test(tc, semid_round_trip);
	tcase_add_test(tc, loop_round_trip);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
