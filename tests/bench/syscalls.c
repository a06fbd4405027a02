/*
 * syscalls.c - what a system call costs: three that do next to nothing, and
 * the clock, which is none where there is a vDSO.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"

static uint64_t
getpid_(long rounds)
{
	uint64_t same = 0;
	long pid = getpid();

	while (rounds--)
		same += syscall(SYS_getpid) == pid;
	return same;
}

static uint64_t
read_byte(long rounds)
{
	int fd = open("/dev/zero", O_RDONLY);
	uint64_t sum = 0;
	char c;

	while (rounds--)
		sum += (uint64_t)read(fd, &c, 1);
	close(fd);
	return sum;
}

static uint64_t
futex_wake(long rounds)
{
	static int word;
	uint64_t none = 0;

	while (rounds--)
		none += syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL,
				NULL, 0) == 0;
	return none;
}

static uint64_t
clock_(long rounds)
{
	struct timespec last = { 0, 0 }, now;
	uint64_t forward = 0;

	while (rounds--) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		forward += now.tv_sec > last.tv_sec ||
			   (now.tv_sec == last.tv_sec &&
			    now.tv_nsec >= last.tv_nsec);
		last = now;
	}
	return forward;
}

const struct kernel kernels[] = {
	{ "getpid", getpid_, 1000000 },
	{ "read-byte", read_byte, 1000000 },
	{ "futex-wake", futex_wake, 1000000 },
	{ "clock", clock_, 5000000 },
	{ NULL, NULL, 0 },
};
