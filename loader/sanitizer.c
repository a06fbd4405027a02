/*
 * sanitizer.c - programs that look where their stack is, and refuse to run.
 *
 * ThreadSanitizer and MemorySanitizer keep what they know of each byte at a
 * fixed distance from it, and have a plan for each size of the address space
 * that arm64 kernels have: 39, 42 and 48 bits. The 47 of the host are not
 * among them ("unsupported VMA range"). They are told by what the program is
 * linked with: gcc's library, or a runtime of clang's in the program itself,
 * which exports its functions.
 */
#include <string.h>

#include "../runtime/vm/gmem.h"
#include "image.h"

#define DYN_MAX		64	/* entries that are looked at */

struct gnu_hash {
	uint32_t nbuckets, symoffset, bloom_size, bloom_shift;
};

/* Run-time addresses; as the dynamic linker, from the entries. */
struct tables {
	gaddr strings, symbols, hash;
};

static uint32_t
gnu_hash(const char *s)
{
	uint32_t h = 5381;

	while (*s)
		h = h * 33 + (unsigned char)*s++;
	return h;
}

static bool
string_is(gaddr at, const char *want, bool prefix)
{
	char s[32];

	return !gmem_read(s, at, strlen(want) + 1) &&
	       !memcmp(s, want, strlen(want) + !prefix);
}

/* Whether the program defines `name'. */
static bool
defines(const struct tables *t, const char *name)
{
	uint32_t h = gnu_hash(name), i, chain;
	struct gnu_hash head;
	gaddr buckets, chains;
	uint64_t bloom;
	Elf64_Sym sym;

	if (!t->hash || !t->symbols || gmem_read(&head, t->hash, sizeof(head)) ||
	    !head.nbuckets || !head.bloom_size ||
	    gmem_read(&bloom, t->hash + sizeof(head) +
		      h / 64 % head.bloom_size * 8, sizeof(bloom)) ||
	    !(bloom >> h % 64 & bloom >> (h >> (head.bloom_shift & 31)) % 64 &
	      1))
		return false;
	buckets = t->hash + sizeof(head) + 8ul * head.bloom_size;
	chains = buckets + 4ul * head.nbuckets;
	if (gmem_read(&i, buckets + 4ul * (h % head.nbuckets), 4))
		return false;
	for (; i >= head.symoffset; i++) {
		if (gmem_read(&chain, chains + 4ul * (i - head.symoffset), 4))
			return false;
		if ((chain | 1) == (h | 1) &&
		    !gmem_read(&sym, t->symbols + i * sizeof(sym),
			       sizeof(sym)) &&
		    string_is(t->strings + sym.st_name, name, false))
			return true;
		if (chain & 1)
			break;
	}
	return false;
}

bool
elf_wants_small(const struct image *im)
{
	const Elf64_Phdr *ph = im->ph, *end = ph + im->eh.e_phnum;
	struct tables t = { 0 };
	Elf64_Dyn dyn[DYN_MAX];
	size_t n, i;

	while (ph < end && ph->p_type != PT_DYNAMIC)
		ph++;
	if (ph == end || !im->interp)
		return false;
	n = ph->p_memsz / sizeof(*dyn);
	if (n > DYN_MAX)
		n = DYN_MAX;
	if (gmem_read(dyn, ph->p_vaddr + im->bias, n * sizeof(*dyn)))
		return false;
	for (i = 0; i < n && dyn[i].d_tag != DT_NULL; i++) {
		gaddr at = dyn[i].d_un.d_ptr + im->bias;

		if (dyn[i].d_tag == DT_STRTAB)
			t.strings = at;
		else if (dyn[i].d_tag == DT_SYMTAB)
			t.symbols = at;
		else if (dyn[i].d_tag == DT_GNU_HASH)
			t.hash = at;
	}
	if (!t.strings)
		return false;
	for (i = 0; i < n && dyn[i].d_tag != DT_NULL; i++)
		if (dyn[i].d_tag == DT_NEEDED &&
		    (string_is(t.strings + dyn[i].d_un.d_val, "libtsan.so",
			       true) ||
		     string_is(t.strings + dyn[i].d_un.d_val,
			       "libclang_rt.tsan", true)))
			return true;
	return defines(&t, "__tsan_init") || defines(&t, "__msan_init");
}
