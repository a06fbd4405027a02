/*
 * atomic_stack.c - a lock-free stack whose pop is a load-exclusive, a read of
 * the next pointer and a store-exclusive. It is right only if the store fails
 * when the head was changed in between and changed back (ABA) by others of
 * the kind, which a compare-and-swap would not see. Natively, a pair of head and count.
 *
 * TEST-CFLAGS: -pthread -mno-outline-atomics
 * TEST-ARGS: 20000
 */
#define _GNU_SOURCE
#include "atomic.h"

#define NODES	3	/* few, so that they come back soon */

struct node {
	struct node *next;
	atomic_int owner;
	long pops;
};

static struct node nodes[NODES];
static _Alignas(128) struct {
	struct node *top;
	uint64_t count;		/* only natively */
} head __attribute__((aligned(16)));
static int rounds;

#ifdef __aarch64__
/* Between the two, registers only; long enough for the others to get in. */
static struct node *
pop(void)
{
	struct node *n, *next;
	uint32_t failed;
	uint64_t i;

	__asm__ volatile("1:	ldaxr	%0, [%4]\n"
			 "	cbz	%0, 3f\n"
			 "	ldr	%1, [%0]\n"
			 "	mov	%3, #40\n"
			 "2:	subs	%3, %3, #1\n"
			 "	b.ne	2b\n"
			 "	stlxr	%w2, %1, [%4]\n"
			 "	cbnz	%w2, 1b\n"
			 "3:"
			 : "=&r"(n), "=&r"(next), "=&r"(failed), "=&r"(i)
			 : "r"(&head.top)
			 : "memory", "cc");
	return n;
}

static void
push(struct node *n)
{
	struct node *top;
	uint32_t failed;

	__asm__ volatile("1:	ldaxr	%0, [%2]\n"
			 "	str	%0, [%3]\n"
			 "	stlxr	%w1, %3, [%2]\n"
			 "	cbnz	%w1, 1b\n"
			 : "=&r"(top), "=&r"(failed)
			 : "r"(&head.top), "r"(n)
			 : "memory");
}
#else
static int
swap_head(struct node *top, uint64_t count, struct node *new)
{
	char done;

	__asm__ volatile("lock cmpxchg16b %1"
			 : "=@ccz"(done), "+m"(head), "+a"(top), "+d"(count)
			 : "b"(new), "c"(count + 1) : "memory");
	return done;
}

static struct node *
pop(void)
{
	uint64_t count;
	struct node *n;

	do {
		count = __atomic_load_n(&head.count, __ATOMIC_ACQUIRE);
		n = __atomic_load_n(&head.top, __ATOMIC_ACQUIRE);
	} while (n && !swap_head(n, count, *(struct node *volatile *)&n->next));
	return n;
}

static void
push(struct node *n)
{
	uint64_t count;
	struct node *top;

	do {
		count = __atomic_load_n(&head.count, __ATOMIC_ACQUIRE);
		top = __atomic_load_n(&head.top, __ATOMIC_ACQUIRE);
		*(struct node *volatile *)&n->next = top;
	} while (!swap_head(top, count, n));
}
#endif

static void
take(struct node *n, int me)
{
	int none = 0;

	CHECK(n >= nodes && n < nodes + NODES);
	CHECK(atomic_compare_exchange_strong(&n->owner, &none, me + 1));
	n->pops++;
}

static void
give(struct node *n)
{
	n->owner = 0;
	push(n);
}

/* Takes two and gives them back in the same order, so that the one that was
 * on top is there again, but what is below it has changed. */
static void
thread(int me)
{
	struct node *a, *b;
	int i;

	for (i = 0; i < rounds; i++) {
		a = pop();
		if (!a)
			continue;
		take(a, me);
		b = i & 1 ? pop() : NULL;
		if (b)
			take(b, me);
		give(a);
		if (b)
			give(b);
	}
}

int
main(int argc, char **argv)
{
	struct node *n;
	int mix, i;

	rounds = argc > 1 ? atoi(argv[1]) : 1000;
	for (mix = 0; mix < NR_MIXES; mix++) {
		head.top = NULL;
		for (i = 0; i < NODES; i++)
			push(&nodes[i]);
		run_team(4, mix, thread);
		for (i = 0; (n = pop()); i++)
			CHECK(!n->owner);
		CHECK(i == NODES);
	}
	return 0;
}
