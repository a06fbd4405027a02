/*
 * coredump_elf.c - a core file: ELF header, program headers, notes, memory.
 *
 * The layouts are the kernel's generic ones for 64 bits (fs/binfmt_elf.c,
 * include/linux/elfcore.h), with the guest's registers. Which mappings are
 * written in full is decided as vma_dump_size() does, from what the guest's
 * smaps says. Pages that nobody has touched stay holes of the file.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "../syscall/procfs_files.h"
#include "base/hostcall.h"
#include "base/log.h"
#include "base/rtmem.h"
#include "coredump.h"
#include "vm/gmem.h"
#include "vm/guest_isa.h"
#include "vm/process.h"

/* What /proc/self/coredump_filter has bits for. */
enum { ANON_PRIVATE = 1, ANON_SHARED = 2, FILE_PRIVATE = 4, FILE_SHARED = 8,
       ELF_HEADERS = 16 };

#define MAX_REGIONS	65000	/* an ELF file counts with 16 bits */
#define MAX_SEARCHED	(1ul << 36)	/* larger ones would take minutes */

struct region {
	gaddr lo, hi;
	uint32_t prot;		/* PF_* */
	bool shared, is_file, deleted, skip, vdso;
	uint64_t offset, anonymous;
	const char *name;	/* not terminated */
	uint32_t name_len;
	uint64_t size;		/* bytes in the file */
};

struct core {
	int fd;
	uint64_t pos, limit;
	long error;
	struct region *r;
	unsigned nr;
	char *text;		/* smaps */
	size_t text_size;
	char *notes;
	size_t notes_size, notes_room;
};

/* struct elf_prstatus up to the registers, and elf_prpsinfo. */
struct guest_prstatus {
	int32_t signo, code, error;
	int16_t cursig;
	uint64_t sigpend, sighold;
	int32_t pid, ppid, pgrp, sid;
	uint64_t times[8];
};

struct guest_prpsinfo {
	char state, sname, zomb, nice;
	uint64_t flag;
	uint32_t uid, gid;
	int32_t pid, ppid, pgrp, sid;
	char fname[16], psargs[80];
};

_Static_assert(sizeof(struct guest_prstatus) == 112, "ABI");
_Static_assert(sizeof(struct guest_prpsinfo) == 136, "ABI");

/* --- The mappings. */

static uint64_t
number(const char **s, unsigned base)
{
	uint64_t n = 0;

	for (;; (*s)++) {
		unsigned c = (unsigned char)**s;
		unsigned d = c - '0' < 10 ? c - '0' : c - 'a' < 6 ?
			     c - 'a' + 10 : 99;

		if (d >= base)
			return n;
		n = n * base + d;
	}
}

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static bool
is_row(const char *s)
{
	const char *p = s;

	number(&p, 16);
	return p > s && *p == '-';
}

/* "lo-hi perms offset dev inode  name" */
static void
parse_row(struct region *r, const char *s, const char *end)
{
	*r = (struct region){ 0 };
	r->lo = number(&s, 16);
	s++;
	r->hi = number(&s, 16);
	r->prot = (s[1] == 'r' ? PF_R : 0) | (s[2] == 'w' ? PF_W : 0) |
		  (s[3] == 'x' ? PF_X : 0);
	r->shared = s[4] == 's';
	s += 6;
	r->offset = number(&s, 16);
	s = memchr(s + 1, ' ', (size_t)(end - s - 1));
	if (!s)
		return;
	s++;
	r->is_file = number(&s, 10) != 0;
	while (s < end && *s == ' ')
		s++;
	r->name = s;
	r->name_len = (uint32_t)(end - s);
	r->vdso = begins(s, "[vdso]");
	r->deleted = r->name_len > 10 && begins(end - 10, " (deleted)");
}

static void
parse_detail(struct region *r, const char *s, const char *end)
{
	if (begins(s, "Anonymous:")) {
		for (s += 10; *s == ' '; s++)
			;
		r->anonymous = number(&s, 10);
	} else if (begins(s, "Swap:")) {
		for (s += 5; *s == ' '; s++)
			;
		r->anonymous += number(&s, 10);
	} else if (begins(s, "VmFlags:")) {
		for (; s + 3 <= end; s++)
			if (begins(s, " dd") || begins(s, " io"))
				r->skip = true;
	}
}

static void
parse(struct core *c)
{
	const char *s = c->text, *end = s + c->text_size, *nl;
	struct region *r = NULL;

	for (; (nl = memchr(s, '\n', (size_t)(end - s))); s = nl + 1) {
		if (!is_row(s)) {
			if (r)
				parse_detail(r, s, nl);
		} else if (c->nr < MAX_REGIONS) {
			struct region *was = r;

			r = &c->r[c->nr++];
			parse_row(r, s, nl);
			/* Parts of one mapping of the host's have its details
			 * at the first of them. */
			if (was && was->hi == r->lo &&
			    was->is_file == r->is_file &&
			    !begins(nl + 1, "KernelPageSize")) {
				r->anonymous = was->anonymous;
				r->skip = was->skip;
			}
		}
	}
}

static unsigned
filter(void)
{
	char buf[16];
	const char *s = buf;
	long fd, n;

	fd = host_call4(SYS_openat, AT_FDCWD, P("/proc/self/coredump_filter"),
			O_RDONLY | O_CLOEXEC, 0);
	if (IS_ERR(fd))
		return ANON_PRIVATE | ANON_SHARED | ELF_HEADERS;
	n = host_call3(SYS_read, fd, P(buf), sizeof(buf) - 1);
	host_call1(SYS_close, fd);
	buf[n > 0 ? n : 0] = '\0';
	return (unsigned)number(&s, 16);
}

static uint64_t
dump_size(const struct region *r, unsigned filter_bits)
{
	uint64_t all = r->hi - r->lo;
	char magic[4];

	if (r->vdso)
		return all;
	if (r->skip)
		return 0;
	if (r->shared)
		return filter_bits & (r->deleted || !r->is_file ?
				      ANON_SHARED : FILE_SHARED) ? all : 0;
	if (!r->is_file && all > MAX_SEARCHED)
		return 0;
	if (r->anonymous && filter_bits & ANON_PRIVATE)
		return all;
	if (!r->is_file)
		return 0;
	if (filter_bits & FILE_PRIVATE)
		return all;
	if (filter_bits & ELF_HEADERS && !r->offset && r->prot & PF_R &&
	    !gmem_read(magic, r->lo, 4) && !memcmp(magic, ELFMAG, SELFMAG))
		return PAGE_SIZE;
	return 0;
}

static long
find_regions(struct core *c)
{
	static const struct procfs_at smaps = {
		.path = "/proc/self/smaps",
		.own = true,
	};
	long fd = host_call2(SYS_memfd_create, P("maps"), 0), r;
	unsigned rows = 0, i, bits = filter();
	struct stat st;
	size_t k;

	if (IS_ERR(fd))
		return fd;
	r = procfs_make_maps((int)fd, &smaps);
	if (!IS_ERR(r))
		r = host_call2(SYS_fstat, fd, P(&st));
	if (!IS_ERR(r)) {
		c->text_size = (size_t)st.st_size;
		c->text = rtmem_alloc(c->text_size + 1);
		r = c->text ? host_call4(SYS_pread64, fd, P(c->text),
					 (long)c->text_size, 0) : -ENOMEM;
	}
	host_call1(SYS_close, fd);
	if (IS_ERR(r))
		return r;
	for (k = 0; k < c->text_size; k++)
		rows += c->text[k] == '\n' && is_row(c->text + k + 1);
	c->r = rtmem_alloc((rows + 2) * sizeof(*c->r));
	if (!c->r)
		return -ENOMEM;
	parse(c);
	for (i = 0; i < c->nr; i++)
		c->r[i].size = dump_size(&c->r[i], bits);
	return 0;
}

/* --- Notes. */

static void
note(struct core *c, const char *owner, uint32_t type, const void *data,
     size_t n)
{
	Elf64_Nhdr h = { (uint32_t)strlen(owner) + 1, (uint32_t)n, type };
	size_t at = c->notes_size;

	if (at + sizeof(h) + 8 + ALIGN_UP(n, 4) > c->notes_room)
		return;
	memcpy(c->notes + at, &h, sizeof(h));
	memcpy(c->notes + at + sizeof(h), owner, h.n_namesz);
	memcpy(c->notes + at + sizeof(h) + 8, data, n);
	c->notes_size = at + sizeof(h) + 8 + ALIGN_UP(n, 4);
}

static void
note_status(struct core *c, const struct thread *t, const siginfo_t *info,
	    const struct core_regs *regs)
{
	struct {
		struct guest_prstatus s;
		char rest[sizeof(regs->general) + 8];
	} u;

	memset(&u, 0, sizeof(u));
	u.s.signo = u.s.cursig = (int16_t)info->si_signo;
	u.s.code = info->si_code;
	u.s.error = info->si_errno;
	u.s.sighold = t->sigmask;
	u.s.pid = t->tid;
	u.s.ppid = (int)host_call0(SYS_getppid);
	u.s.pgrp = (int)host_call1(SYS_getpgid, 0);
	u.s.sid = (int)host_call1(SYS_getsid, 0);
	memcpy(u.rest, regs->general, regs->general_size);
	u.rest[regs->general_size] = 1;		/* pr_fpvalid */
	note(c, "CORE", NT_PRSTATUS, &u, sizeof(u.s) + regs->general_size + 8);
}

static void
note_registers(struct core *c, const struct core_regs *regs)
{
	note(c, "CORE", NT_FPREGSET, regs->fp, regs->fp_size);
	note(c, "LINUX", regs->tls_type, &regs->tls, sizeof(regs->tls));
}

static void
note_program(struct core *c)
{
	struct guest_prpsinfo p;
	size_t n = process.arg_end - process.arg_start, i;

	memset(&p, 0, sizeof(p));
	p.sname = 'R';
	p.uid = (uint32_t)host_call0(SYS_getuid);
	p.gid = (uint32_t)host_call0(SYS_getgid);
	p.pid = (int)host_call0(SYS_getpid);
	p.ppid = (int)host_call0(SYS_getppid);
	p.pgrp = (int)host_call1(SYS_getpgid, 0);
	p.sid = (int)host_call1(SYS_getsid, 0);
	host_call5(SYS_prctl, 16 /* PR_GET_NAME */, P(p.fname), 0, 0, 0);
	if (n >= sizeof(p.psargs))
		n = sizeof(p.psargs) - 1;
	if (gmem_read(p.psargs, process.arg_start, n) < 0)
		n = 0;
	for (i = 0; i < n; i++)
		if (!p.psargs[i])
			p.psargs[i] = ' ';
	p.psargs[n] = '\0';
	note(c, "CORE", NT_PRPSINFO, &p, sizeof(p));
}

/* count, page size, {start, end, offset in pages}..., names. */
static void
note_files(struct core *c)
{
	size_t names = 0, n = 0, at;
	uint64_t *w;
	unsigned i;
	char *name;

	for (i = 0; i < c->nr; i++) {
		if (c->r[i].is_file) {
			n++;
			names += c->r[i].name_len + 1;
		}
	}
	at = 16 + n * 24;
	w = rtmem_alloc(at + names + 1);
	if (!w)
		return;
	w[0] = n;
	w[1] = PAGE_SIZE;
	name = (char *)w + at;
	for (i = 0, n = 2; i < c->nr; i++) {
		const struct region *r = &c->r[i];

		if (!r->is_file)
			continue;
		w[n++] = r->lo;
		w[n++] = r->hi;
		w[n++] = r->offset / PAGE_SIZE;
		memcpy(name, r->name, r->name_len);
		name += r->name_len + 1;	/* memory is zero */
	}
	note(c, "CORE", NT_FILE, w, at + names);
	rtmem_free(w, at + names + 1);
}

static long
make_notes(struct core *c, struct thread *self, const siginfo_t *info)
{
	struct core_regs regs;
	struct thread *t;
	unsigned i;

	c->notes_room = 4096 + 1280 * (size_t)process.nr_threads;
	for (i = 0; i < c->nr; i++)
		c->notes_room += 24 + c->r[i].name_len + 1;
	c->notes = rtmem_alloc(c->notes_room);
	if (!c->notes)
		return -ENOMEM;
	process.isa->core_regs(self, &regs);
	note_status(c, self, info, &regs);
	note_program(c);
	note(c, "CORE", NT_SIGINFO, info, sizeof(*info));
	note(c, "CORE", NT_AUXV, process.auxv, (size_t)process.auxv_len * 8);
	note_files(c);
	note_registers(c, &regs);
	lock_acquire(&process.thread_lock);
	for (t = process.threads; t; t = t->next) {
		if (t == self)
			continue;
		process.isa->core_regs(t, &regs);
		note_status(c, t, info, &regs);
		note_registers(c, &regs);
	}
	lock_release(&process.thread_lock);
	return 0;
}

/* --- Writing. */

/* The bytes written, fewer where the memory cannot be read. */
static uint64_t
put(struct core *c, const void *data, uint64_t n)
{
	uint64_t done = 0;

	if (c->pos + n > c->limit) {
		c->error = -EFBIG;
		n = c->pos < c->limit ? c->limit - c->pos : 0;
	}
	while (done < n) {
		long r = host_call4(SYS_pwrite64, c->fd,
				    P((const char *)data + done),
				    (long)(n - done), (long)(c->pos + done));

		if (r == -EINTR)
			continue;
		if (IS_ERR(r) && r != -EFAULT)
			c->error = r;
		if (r <= 0)
			break;
		done += (uint64_t)r;
	}
	c->pos += done;
	return done;
}

/* A page that plain reading does not get at: the guest may not read it. */
static void
put_page(struct core *c, gaddr addr, int mem)
{
	char page[PAGE_SIZE];
	long r = host_call4(SYS_pread64, mem, P(page), PAGE_SIZE, (long)addr);

	if (r == PAGE_SIZE)
		put(c, page, PAGE_SIZE);
	else
		c->pos += PAGE_SIZE;
}

static void
put_run(struct core *c, gaddr lo, gaddr hi, int mem)
{
	while (lo < hi && !c->error) {
		/* guest addresses are host addresses */
		lo += put(c, (const void *)(uintptr_t)lo, hi - lo);
		if (lo >= hi || c->error)
			break;
		c->pos -= lo & ~PAGE_MASK;
		lo &= PAGE_MASK;
		put_page(c, lo, mem);
		lo += PAGE_SIZE;
	}
}

/* Anonymous memory: what is there or swapped, by /proc/self/pagemap. */
static void
put_sparse(struct core *c, const struct region *r, int mem, int pagemap)
{
	uint64_t map[512];
	gaddr lo = r->lo, run = 0;

	while (lo < r->hi && !c->error) {
		uint64_t left = (r->hi - lo) / PAGE_SIZE, i;
		uint64_t n = left < 512 ? left : 512;
		long got = host_call4(SYS_pread64, pagemap, P(map),
				      (long)(n * 8), (long)(lo / PAGE_SIZE * 8));

		for (i = 0; i < n; i++, lo += PAGE_SIZE) {
			bool there = got < (long)(i * 8 + 8) ||
				     map[i] >> 62;

			if (there && !run)
				run = lo;
			if (!there && run) {
				put_run(c, run, lo, mem);
				run = 0;
			}
			if (!there)
				c->pos += PAGE_SIZE;
		}
		if (run) {
			put_run(c, run, lo, mem);
			run = 0;
		}
	}
}

static void
put_memory(struct core *c)
{
	long mem, pagemap;
	unsigned i;

	mem = host_call4(SYS_openat, AT_FDCWD, P("/proc/self/mem"),
			 O_RDONLY | O_CLOEXEC, 0);
	pagemap = host_call4(SYS_openat, AT_FDCWD, P("/proc/self/pagemap"),
			     O_RDONLY | O_CLOEXEC, 0);
	for (i = 0; i < c->nr && !c->error; i++) {
		const struct region *r = &c->r[i];

		if (!r->size)
			continue;
		if (r->is_file || r->vdso || IS_ERR(pagemap))
			put_run(c, r->lo, r->lo + r->size, (int)mem);
		else
			put_sparse(c, r, (int)mem, (int)pagemap);
	}
	host_call1(SYS_close, mem);
	host_call1(SYS_close, pagemap);
}

static void
put_headers(struct core *c)
{
	uint64_t head = sizeof(Elf64_Ehdr) + (c->nr + 1) * sizeof(Elf64_Phdr);
	uint64_t data = ALIGN_UP(head + c->notes_size, PAGE_SIZE);
	Elf64_Ehdr eh = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB, EV_CURRENT, ELFOSABI_NONE },
		.e_type = ET_CORE,
		.e_machine = process.isa->elf_machine,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = (Elf64_Half)(c->nr + 1),
	};
	Elf64_Phdr ph = { .p_type = PT_NOTE, .p_offset = head,
			  .p_filesz = c->notes_size, .p_align = 4 };
	unsigned i;

	put(c, &eh, sizeof(eh));
	put(c, &ph, sizeof(ph));
	for (i = 0; i < c->nr; i++) {
		const struct region *r = &c->r[i];

		ph = (Elf64_Phdr){
			.p_type = PT_LOAD,
			.p_flags = r->prot,
			.p_offset = data,
			.p_vaddr = r->lo,
			.p_filesz = r->size,
			.p_memsz = r->hi - r->lo,
			.p_align = PAGE_SIZE,
		};
		data += r->size;
		put(c, &ph, sizeof(ph));
	}
	put(c, c->notes, c->notes_size);
	c->pos = ALIGN_UP(c->pos, PAGE_SIZE);
}

long
coredump_write(int fd, uint64_t limit, struct thread *t, const siginfo_t *info)
{
	struct core c = { .fd = fd, .limit = limit };
	long r = find_regions(&c);

	if (!IS_ERR(r))
		r = make_notes(&c, t, info);
	if (IS_ERR(r))
		return r;	/* the process ends, and its memory */
	put_headers(&c);
	put_memory(&c);
	/* It may end with a hole. */
	if (!c.error)
		host_call2(SYS_ftruncate, fd, (long)c.pos);
	return c.error;
}
