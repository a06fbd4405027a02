/*
 * jitdump.c - the writer of perf's jitdump files.
 *
 * The file is opened for each translation, so that the guest sees no
 * descriptor of ferry's. A process that was forked begins one of its own.
 */
#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/log.h"
#include "../runtime/base/rtmem.h"
#include "jitdump.h"

#define JITDUMP_MAGIC	0x4a695444	/* JiTD */
#define JITDUMP_VERSION	1
#define JIT_CODE_LOAD	0

struct jitdump_header {
	uint32_t magic, version, size, elf_machine, pad, pid;
	uint64_t time, flags;
};

struct jitdump_load {
	uint32_t id, size;
	uint64_t time;
	uint32_t pid, tid;
	uint64_t vma, addr, code_size, index;
	/* A name, with its zero, and the code follow. */
};

static struct {
	uint32_t pid;		/* whose file it is; 0: there is none */
	uint64_t index;		/* of the next translation */
	void *marker;
} dump;

/* perf record -k mono uses the same clock. */
static uint64_t
now(void)
{
	struct timespec t;

	host_call2(SYS_clock_gettime, CLOCK_MONOTONIC, P(&t));
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* An executable mapping of the file is what perf records. */
static void
map_marker(int fd)
{
	if (!dump.marker)
		dump.marker = rtmem_alloc(PAGE_SIZE);
	if (dump.marker)
		host_call6(SYS_mmap, P(dump.marker), PAGE_SIZE,
			   PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd,
			   0);
}

/* The file, begun if it is not this process's; < 0: there is none. */
static int
open_dump(uint32_t pid)
{
	int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_APPEND, fd;
	struct jitdump_header h = {
		.magic = JITDUMP_MAGIC, .version = JITDUMP_VERSION,
		.size = sizeof(h), .elf_machine = EM_X86_64, .pid = pid,
	};
	char path[32];

	fmt_print(path, sizeof(path), "/tmp/jit-%u.dump", pid);
	if (dump.pid != pid)
		flags |= O_TRUNC;
	fd = (int)host_call4(SYS_openat, AT_FDCWD, P(path), flags, 0666);
	if (fd < 0 || dump.pid == pid)
		return fd;
	h.time = now();
	host_call3(SYS_write, fd, P(&h), sizeof(h));
	map_marker(fd);
	dump.pid = pid;
	dump.index = 0;
	return fd;
}

static void
record(const uint8_t *code, uint32_t size, const char *kind, gaddr pc)
{
	uint32_t pid = (uint32_t)host_call0(SYS_getpid);
	int fd = open_dump(pid);
	char name[32];
	struct jitdump_load r = {
		.id = JIT_CODE_LOAD, .pid = pid,
		.tid = (uint32_t)host_call0(SYS_gettid),
		.vma = (uintptr_t)code, .addr = (uintptr_t)code,
		.code_size = size, .index = dump.index,
	};
	struct iovec parts[3] = {
		{ &r, sizeof(r) }, { name, 0 },
		{ (void *)(uintptr_t)code, size },
	};

	if (fd < 0)
		return;
	fmt_print(name, sizeof(name), "%s_%lx", kind, pc);
	parts[1].iov_len = strlen(name) + 1;
	r.size = (uint32_t)(sizeof(r) + parts[1].iov_len + size);
	r.time = now();
	host_call3(SYS_writev, fd, P(parts), 3);
	host_call1(SYS_close, fd);
	dump.index++;
}

void
jitdump_code(const struct code *c)
{
	record(c->entry, c->size, "guest", c->pc);
	record(c->seldom, c->seldom_size, "exits", c->pc);
}
