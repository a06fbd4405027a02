/*
 * altstack.c - the guest's alternate signal stack, by the kernel's rules
 * (kernel/signal.c, include/linux/sched/signal.h).
 */
#include <errno.h>

#include "../runtime/vm/guest_isa.h"
#include "../runtime/vm/process.h"
#include "internal.h"

#define GUEST_SS_ONSTACK	1
#define GUEST_SS_DISABLE	2
#define GUEST_SS_AUTODISARM	(1u << 31)
#define GUEST_SA_ONSTACK	0x08000000u

/* With AUTODISARM the stack is never in use as far as anyone can tell. */
static bool
is_on(const struct guest_altstack *s, gaddr sp)
{
	return !((unsigned)s->flags & GUEST_SS_AUTODISARM) && sp > s->sp &&
	       sp - s->sp <= s->size;
}

static int
state(const struct guest_altstack *s, gaddr sp)
{
	if (!s->size)
		return GUEST_SS_DISABLE;
	return is_on(s, sp) ? GUEST_SS_ONSTACK : 0;
}

gaddr
altstack_frame_top(const struct thread *t, uint64_t sa_flags)
{
	gaddr sp = process.isa->sp(t);

	if (sa_flags & GUEST_SA_ONSTACK && !state(&t->altstack, sp))
		return t->altstack.sp + t->altstack.size;
	return sp;
}

void
altstack_disarm(struct thread *t)
{
	if ((unsigned)t->altstack.flags & GUEST_SS_AUTODISARM)
		t->altstack = (struct guest_altstack){
			.flags = GUEST_SS_DISABLE
		};
}

static long
set(struct thread *t, const struct guest_altstack *new, gaddr sp)
{
	unsigned mode = (unsigned)new->flags & ~GUEST_SS_AUTODISARM;
	struct guest_altstack *s = &t->altstack;

	if (is_on(s, sp))
		return -EPERM;
	if (mode != GUEST_SS_DISABLE && mode != GUEST_SS_ONSTACK && mode)
		return -EINVAL;
	/* No change at all is none to be refused; a new program has zeros. */
	if (s->sp == new->sp && s->size == new->size && s->flags == new->flags)
		return 0;
	if (mode == GUEST_SS_DISABLE) {
		*s = (struct guest_altstack){ .flags = new->flags };
		return 0;
	}
	if (new->size < process.isa->minsigstksz)
		return -ENOMEM;
	*s = *new;
	return 0;
}

void
altstack_restore(struct thread *t, const struct guest_altstack *a)
{
	set(t, a, process.isa->sp(t));
}

long
signals_altstack(struct thread *t, const struct guest_stack_t *new,
		 struct guest_stack_t *old)
{
	const struct guest_altstack *s = &t->altstack;
	gaddr sp = process.isa->sp(t);
	struct guest_altstack a;

	if (old)
		*old = (struct guest_stack_t){
			.ss_sp = s->sp,
			.ss_size = s->size,
			.ss_flags = state(s, sp) |
				(int)((unsigned)s->flags &
				      GUEST_SS_AUTODISARM),
		};
	if (!new)
		return 0;
	a.sp = new->ss_sp;
	a.size = new->ss_size;
	a.flags = new->ss_flags;
	return set(t, &a, sp);
}
