/*
 * thread.c - thread blocks: memory, thread-local storage and the list of a
 * process's threads.
 *
 * Guest threads are made by raw clone(2), without libc, but C code that runs
 * on them uses __thread variables and the stack protector's canary, which
 * live at %fs. So every thread gets a copy of the first thread's static TLS
 * image as it was at its creation, and of the head of libc's thread control
 * block above it, with the self pointers corrected. libc functions that need
 * more of the control block (stdio locks, malloc caches, cancellation) must
 * not be called from such threads.
 */
#include "thread.h"

#include <elf.h>
#include <string.h>
#include <sys/mman.h>

#include "../base/hostcall.h"
#include "../base/lock.h"
#include "../base/mortal.h"
#include "../base/rtmem.h"
#include "guest_isa.h"
#include "process.h"

/* In enter_x64.S. */
int host_enter_at(struct thread *t, int (*fn)(struct thread *t),
		  uintptr_t *host_sp);
_Noreturn void host_leave_at(uintptr_t host_sp, int ret);
_Noreturn void host_exit_unmap(void *block, size_t size, int status);

_Static_assert(EXIT_FAULT == 1, "host_unwind returns it");

/* libc's control block at %fs: what is copied of it (canary, pointer guard,
 * feature bits), and what is reserved so that stray reads stay inside. */
#define TCB_COPY	256
#define TCB_ROOM	4096

/* The binary's own ELF header; the linker defines it. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));

static __thread struct thread *self;

/* The image that new threads' TLS is copied from: below the thread pointer.
 * Set once by thread_init_main. */
static struct {
	size_t size;	/* rounded up to align */
	size_t align;
} tls;

static struct thread main_thread __attribute__((aligned(64)));

static char *
thread_pointer(void)
{
	char *tp;

	/* By the ABI the word at %fs:0 holds its own address. */
	__asm__("mov %%fs:0, %0" : "=r"(tp));
	return tp;
}

struct thread *
thread_self(void)
{
	return self;
}

static void
find_tls_image(void)
{
	const Elf64_Ehdr *eh = (const void *)__ehdr_start;
	const Elf64_Phdr *ph;
	int i;

	ph = (const void *)((const char *)eh + eh->e_phoff);
	tls.align = 64;
	for (i = 0; i < eh->e_phnum; i++) {
		if (ph[i].p_type != PT_TLS)
			continue;
		if (ph[i].p_align > tls.align)
			tls.align = ph[i].p_align;
		tls.size = ALIGN_UP(ph[i].p_memsz,
				    ph[i].p_align ? ph[i].p_align : 1);
	}
}

struct thread *
thread_init_main(struct process *p)
{
	struct thread *t = &main_thread;

	find_tls_image();
	self = t;
	t->tid = host_call0(SYS_gettid);
	t->process = p;
	t->syscall_nr = -1;
	t->epoch = ~0ull;
	p->threads = t;
	p->nr_threads = 1;
	return t;
}

/* Where the parts of a block are, as offsets. */
struct layout {
	size_t stack, sigstack, thread, tp, size;
};

static struct layout
block_layout(void)
{
	struct layout l;

	l.stack = PAGE_SIZE;
	l.sigstack = l.stack + THREAD_STACK_SIZE;
	l.thread = l.sigstack + THREAD_SIGSTACK_SIZE;
	l.tp = ALIGN_UP(l.thread + sizeof(struct thread) + tls.size,
			tls.align);
	l.size = ALIGN_UP(l.tp + TCB_ROOM, PAGE_SIZE);
	return l;
}

/* The other thread's instance of a __thread variable of the calling one. */
static void *
tls_instance(void *var, char *tp)
{
	return tp + ((char *)var - thread_pointer());
}

struct thread *
thread_new(struct thread *parent)
{
	struct layout l = block_layout();
	char *block = rtmem_alloc(l.size), *tp, *my_tp = thread_pointer();
	struct thread *t;

	if (!block)
		return NULL;
	host_call3(SYS_mprotect, P(block), PAGE_SIZE, PROT_NONE);

	t = (struct thread *)(block + l.thread);
	t->cpu = parent->cpu;
	t->process = parent->process;
	t->sighand = parent->sighand;
	t->sigmask = parent->sigmask;
	t->seccomp = parent->seccomp;
	t->edges = parent->edges;
	t->syscall_nr = -1;
	t->epoch = ~0ull;	/* runs no code */
	t->sigstack = block + l.sigstack;
	t->block = block;
	t->block_size = l.size;

	tp = block + l.tp;
	memcpy(tp - tls.size, my_tp - tls.size, tls.size);
	memcpy(tp, my_tp, TCB_COPY);
	((void **)tp)[0] = tp;		/* tcb: what %fs:0 shows */
	((void **)tp)[2] = tp;		/* self */
	*(struct thread **)tls_instance(&self, tp) = t;
	return t;
}

/* What the thread owns besides its block. */
static void
free_parts(struct thread *t)
{
	rtmem_free(t->exec_buf, t->exec_buf_size);
	rtmem_free(t->ret_stack, t->ret_stack_size);
}

void
thread_free(struct thread *t)
{
	free_parts(t);
	rtmem_free(t->block, t->block_size);
}

void
thread_link(struct thread *t)
{
	struct process *p = t->process;

	lock_acquire(&p->thread_lock);
	t->prev = NULL;
	t->next = p->threads;
	if (p->threads)
		p->threads->prev = t;
	p->threads = t;
	p->nr_threads++;
	p->was_shared = true;
	lock_release(&p->thread_lock);
}

void
thread_unlink(struct thread *t)
{
	struct process *p = t->process;

	lock_acquire(&p->thread_lock);
	if (t->prev)
		t->prev->next = t->next;
	else
		p->threads = t->next;
	if (t->next)
		t->next->prev = t->prev;
	p->nr_threads--;
	lock_release(&p->thread_lock);
	if (t->block)
		mortal_remove((uintptr_t)t->block);
}

void
thread_bury(struct thread *t)
{
	lock_release_dead(tls_instance(lock_held(), thread_host_tls(t)));
	process.isa->bury(t);
}

void *
thread_host_stack(struct thread *t, size_t *size)
{
	*size = THREAD_STACK_SIZE;
	return (char *)t->block + block_layout().stack;
}

void *
thread_host_tls(struct thread *t)
{
	return (char *)t->block + block_layout().tp;
}

_Noreturn void
thread_exit_host(struct thread *t, int status)
{
	if (t->block && !t->vfork_child) {
		free_parts(t);
		host_exit_unmap(t->block, t->block_size, status);
	}
	for (;;)
		host_call1(SYS_exit, status);
}

int
host_enter(struct thread *t, int (*fn)(struct thread *t))
{
	return host_enter_at(t, fn, &t->host_sp);
}

_Noreturn void
host_leave(struct thread *t, int ret)
{
	host_leave_at(t->host_sp, ret);
}
