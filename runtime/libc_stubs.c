/*
 * libc_stubs.c - what lets a static libc be linked above 4 GiB without a
 * relocation at start.
 *
 * ferry uses the start file of a position-independent program, but is linked
 * at a fixed address. Two things follow:
 *
 * - libc.a's own start code would relocate the program; crt1.o, which turns
 *   that off, is the file that ferry cannot use.
 * - libc.a calls some functions only if they are linked in (weak references).
 *   Absent ones have the address 0, which a 32-bit relative call cannot
 *   reach, although it is never made. They are defined here, weakly, to do
 *   what their absence would.
 */

void *__dso_handle __attribute__((visibility("hidden")));

void _dl_relocate_static_pie(void);

void
_dl_relocate_static_pie(void)
{
}

#define ABSENT(name)				\
	void name(void);			\
	__attribute__((weak)) void		\
	name(void)				\
	{					\
	}

ABSENT(__call_tls_dtors)
ABSENT(__pthread_initialize_minimal)
ABSENT(__pthread_unwind)
