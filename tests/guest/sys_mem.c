/*
 * sys_mem.c - mappings, and what the runtime's own place in the address space
 * must look like: as if nothing were there.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

#define PAGE 4096ul

static sigjmp_buf jump;

static void
on_fault(int sig)
{
	siglongjmp(jump, sig);
}

static int
faults(volatile char *p, int write)
{
	int sig = sigsetjmp(jump, 1);

	if (sig)
		return sig;
	if (write)
		*p = 1;
	else
		(void)*p;
	return 0;
}

static char *
anon(size_t n)
{
	return mmap(NULL, n, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
test_basic(void)
{
	char *p = anon(4 * PAGE), *q;

	CHECK(p != MAP_FAILED && p[0] == 0);
	p[PAGE] = 1;
	CHECK(mprotect(p + PAGE, PAGE, PROT_READ) == 0);
	CHECK(faults(p + PAGE, 0) == 0 && faults(p + PAGE, 1) == SIGSEGV);
	CHECK(munmap(p + 2 * PAGE, PAGE) == 0);
	CHECK(faults(p + 2 * PAGE, 0) == SIGSEGV);
	FAILS(mprotect(p, 4 * PAGE, PROT_READ), ENOMEM);
	q = mmap(p + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	CHECK(q == p + 2 * PAGE);
	q = mmap(p, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
		 MAP_FIXED_NOREPLACE, -1, 0);
	CHECK(q == MAP_FAILED && errno == EEXIST);
	FAILS(munmap(p + 1, PAGE), EINVAL);
	FAILS(munmap(p, 0), EINVAL);
	FAILS(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
	      == MAP_FAILED ? -1 : 0, EINVAL);
	FAILS(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0) == MAP_FAILED
	      ? -1 : 0, EBADF);
	FAILS(mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0) == MAP_FAILED
	      ? -1 : 0, EINVAL);
	CHECK(munmap(p, 4 * PAGE) == 0);
	CHECK(munmap(p, 4 * PAGE) == 0);
	check_group("basic");
}

static void
test_mremap(void)
{
	char *p = anon(2 * PAGE), *q;

	p[0] = 'x';
	q = mremap(p, 2 * PAGE, 64 * PAGE, MREMAP_MAYMOVE);
	CHECK(q != MAP_FAILED && q[0] == 'x' && q[63 * PAGE] == 0);
	CHECK(mremap(q, 64 * PAGE, PAGE, 0) == q);
	CHECK(faults(q + PAGE, 0) == SIGSEGV);
	FAILS(mremap(q, PAGE, PAGE, 99) == MAP_FAILED ? -1 : 0, EINVAL);
	CHECK(munmap(q, PAGE) == 0);
	check_group("mremap");
}

static void
test_file(void)
{
	char name[] = "/tmp/ferry-mem-XXXXXX";
	int fd = mkstemp(name);
	char *p, *q;

	CHECK(ftruncate(fd, 3 * (off_t)PAGE) == 0);
	p = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	q = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, (off_t)PAGE);
	CHECK(p != MAP_FAILED && q != MAP_FAILED);
	p[PAGE] = 'z';
	CHECK(q[0] == 'z' && msync(p, 3 * PAGE, MS_SYNC) == 0);
	CHECK(ftruncate(fd, (off_t)PAGE) == 0);
	CHECK(faults(p + 2 * PAGE, 0) == SIGBUS);
	munmap(p, 3 * PAGE);
	munmap(q, PAGE);
	unlink(name);
	close(fd);
	check_group("file");
}

static void
test_advice(void)
{
	char *p = anon(2 * PAGE);
	unsigned char vec[2];

	p[0] = 1;
	CHECK(mincore(p, 2 * PAGE, vec) == 0 && (vec[0] & 1));
	CHECK(madvise(p, 2 * PAGE, MADV_DONTNEED) == 0 && p[0] == 0);
	FAILS(madvise(p, PAGE, 9999), EINVAL);
	FAILS(madvise(p + 1, PAGE, MADV_DONTNEED), EINVAL);
	CHECK(mlock(p, PAGE) == 0 || errno == ENOMEM || errno == EPERM);
	munlock(p, PAGE);
	munmap(p, 2 * PAGE);
	FAILS(madvise(p, PAGE, MADV_DONTNEED), ENOMEM);
	check_group("advice");
}

/* A window where nothing of the guest's can be. */
static void
test_hidden(void)
{
	char *rt = (char *)0x700000000000ul, *p;
	unsigned char vec[1];

	FAILS(madvise(rt, PAGE, MADV_DONTNEED), ENOMEM);
	FAILS(msync(rt, PAGE, MS_ASYNC), ENOMEM);
	FAILS(mincore(rt, PAGE, vec), ENOMEM);
	FAILS(mprotect(rt, PAGE, PROT_NONE), ENOMEM);
	/* A hint is only a hint. */
	p = mmap(rt, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED);
	munmap(p, PAGE);
	check_group("hidden");
}

/* Pages of a shared file mapping in another order. */
static void
test_remap_pages(void)
{
	int fd = (int)syscall(SYS_memfd_create, "pages", 0);
	char *p, *private;

	CHECK(fd >= 0 && !ftruncate(fd, 4 * PAGE));
	for (int i = 0; i < 4; i++)
		CHECK(pwrite(fd, &"abcd"[i], 1, i * PAGE) == 1);
	p = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	private = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(p != MAP_FAILED && private != MAP_FAILED);
	CHECK(!syscall(SYS_remap_file_pages, p, PAGE, 0, 2, 0));
	CHECK(!syscall(SYS_remap_file_pages, p + 2 * PAGE, 2 * PAGE, 0, 0, 0));
	CHECK(p[0] == 'c' && p[PAGE] == 'b' && p[2 * PAGE] == 'a' &&
	      p[3 * PAGE] == 'b');
	p[0] = 'C';
	CHECK(!syscall(SYS_remap_file_pages, p + PAGE, PAGE, 0, 2, 0));
	CHECK(p[PAGE] == 'C');
	FAILS(syscall(SYS_remap_file_pages, p, PAGE, PROT_READ, 0, 0), EINVAL);
	FAILS(syscall(SYS_remap_file_pages, p, 0, 0, 0, 0), EINVAL);
	FAILS(syscall(SYS_remap_file_pages, private, PAGE, 0, 0, 0), EINVAL);
	FAILS(syscall(SYS_remap_file_pages, p, PAGE, 0, ~0ul, 0), EINVAL);
	CHECK(!munmap(private, PAGE));
	FAILS(syscall(SYS_remap_file_pages, private, PAGE, 0, 0, 0), EINVAL);
	CHECK(!munmap(p, 4 * PAGE) && !close(fd));
	check_group("remap_file_pages");
}

static void
test_brk(void)
{
	char *b = sbrk(0), *n;

	CHECK(sbrk(3 * PAGE) == b);
	b[0] = b[3 * PAGE - 1] = 1;
	CHECK(sbrk(-3 * (long)PAGE) == b + 3 * PAGE);
	CHECK(sbrk(0) == b);
	CHECK(sbrk(PAGE) == b && b[0] == 0);
	n = (char *)syscall(SYS_brk, 0);
	CHECK(n == b + PAGE);
	CHECK((char *)syscall(SYS_brk, 1) == n);
	check_group("brk");
}

/* Mappings of what may be executed, which hosts treat with care. */
static void
test_exec(void)
{
	char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int (*fn)(void) = (int (*)(void))(uintptr_t)p;
#ifdef __aarch64__
	static const uint32_t code[] = { 0x52800540, 0xd65f03c0 };
#else
	static const uint8_t code[] = { 0xb8, 0x2a, 0, 0, 0, 0xc3 };
#endif

	CHECK(p != MAP_FAILED);
	memcpy(p, code, sizeof(code));
	__builtin___clear_cache(p, p + sizeof(code));
	CHECK(fn() == 42);
	CHECK(mprotect(p, PAGE, PROT_READ) == 0);
	if (!sigsetjmp(jump, 1)) {
		fn();
		CHECK(!"executed");
	}
	CHECK(mprotect(p, PAGE, PROT_READ | PROT_EXEC) == 0);
	CHECK(fn() == 42);
	munmap(p, PAGE);
	check_group("exec");
}

int
main(void)
{
	signal(SIGSEGV, on_fault);
	signal(SIGBUS, on_fault);
	test_basic();
	test_mremap();
	test_remap_pages();
	test_file();
	test_advice();
	test_hidden();
	test_brk();
	test_exec();
	return check_done();
}
