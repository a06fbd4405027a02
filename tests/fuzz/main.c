/*
 * main.c - the fuzzer's guest program: options, running, signals, output.
 *
 *	fuzz [-s SEED] [-f FIRST] [-n COUNT] [-g GROUPS] [-r ROUNDS]
 *	     [-l LOOPS] [-w WITHOUT,...] [-o ONLY] [-c] [-q]
 *	fuzz ... -e		each encoding by itself: id, times, hash
 *	fuzz [-w WITHOUT] -u	words that must be undefined
 *	fuzz ... -v INDEX	the state's hash after each prefix of a sequence
 *	fuzz ... -d INDEX,ROUND,WORDS	the state after a prefix
 *
 * -q leaves out what qemu-differences.def names.
 *
 * Without -e, -v and -d it prints a line per sequence, its index and the hash
 * of ROUNDS runs from different states, in each of which it is repeated LOOPS
 * times, and at last how many instructions were executed at the least; with -c
 * also how often each encoding was.
 *
 * A signal is a part of the result: it is hashed with the state in its frame,
 * and the sequence goes on behind the instruction.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ucontext.h>
#include <unistd.h>

#include "fuzz.h"

enum {
	EACH_SEQUENCES = 12,
	OUT_SIZE = 1 << 16,
};

static struct {
	uint64_t seed, first, count;
	unsigned groups, rounds, loops;
	const char *without, *only;
	bool each, coverage, qemu, undefined;
	long verbose;
	long dump[3];
} opt = { .seed = 1, .count = 1000, .groups = 24, .rounds = 4, .loops = 1,
	  .without = "", .only = "", .verbose = -1, .dump = { -1 } };

static struct sequence sequence;
static uint64_t signals_hash;
static uint64_t slot;		/* of the sequence that runs */
static uint64_t executed;
static bool print_signals;
static unsigned nr_signals;
static int last_signal;
static uint64_t last_offset;	/* in the slot */
static struct state signal_state;

/* --- Signals. */

static void
die(const char *why, int sig, uint64_t pc)
{
	printf("fuzz: %s: signal %d at %lx\n", why, sig, pc);
	fflush(stdout);
	_exit(3);
}

static void
state_of_frame(struct state *s, const mcontext_t *m)
{
	const struct _aarch64_ctx *head = (const void *)m->__reserved;
	const struct fpsimd_context *fp = (const void *)head;

	if (head->magic != FPSIMD_MAGIC)
		die("no FPSIMD record first", 0, m->pc);
	memcpy(s->x, m->regs, sizeof(s->x));
	s->sp = m->sp;
	memcpy(s->v, fp->vregs, sizeof(s->v));
	s->nzcv = m->pstate & 0xf0000000;
	s->fpcr = fp->fpcr;
	s->fpsr = fp->fpsr;
}

static void
on_signal(int sig, siginfo_t *info, void *context)
{
	mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;
	uint64_t at = m->pc - slot, addr = 0, h = signals_hash;
	int code = info->si_code;

	if (at >= 4 * SLOT_WORDS)
		die("the fuzzer failed", sig, m->pc);
	if (sig == SIGSEGV || (sig == SIGBUS && info->si_code == BUS_ADRALN))
		addr = (uint64_t)info->si_addr;
	nr_signals++;
	last_signal = sig;
	last_offset = at;
	if (sig == SIGILL)
		code = 0;
	state_of_frame(&signal_state, m);
	h = hash_step(h, (uint64_t)sig << 32 | (uint32_t)code);
	h = hash_step(h, at);
	h = hash_step(h, addr);
	signals_hash = hash_state(h, &signal_state);
	if (print_signals) {
		printf("signal %d code %d at %ld address %lx\n", sig, code,
		       (long)at / 4 - 1, addr);
		state_print(&signal_state);
	}
	m->pc += 4;
}

static void
setup_signals(void)
{
	static const int sigs[] = { SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE };
	struct sigaction sa = { .sa_sigaction = on_signal,
				.sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t ss = { .ss_size = 1 << 16 };

	ss.ss_sp = mmap(NULL, ss.ss_size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	sigaltstack(&ss, NULL);
	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		sigaction(sigs[i], &sa, NULL);
}

/* --- Memory and code. */

static void
map(uint64_t at, size_t size, int prot)
{
	void *p = mmap((void *)at, size, prot,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (p != (void *)at) {
		perror("fuzz: mmap");
		exit(1);
	}
}

static void
setup_memory(void)
{
	map(CODE, CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC);
	map(LITERALS, LITERALS_SIZE, PROT_READ | PROT_WRITE);
	map(MEM, MEM_SIZE, PROT_READ | PROT_WRITE);
	map(MEM_CENTRE + READ_ONLY, FAULT_SIZE, PROT_READ);
	map(MEM_CENTRE + NO_ACCESS, FAULT_SIZE, PROT_NONE);
	*(uint64_t *)(MEM_CENTRE + EXIT_OFFSET) = (uint64_t)leave;
}

/* The slot of a sequence: what ADR and BL leave must not depend on what else
 * is run. */
static unsigned
slot_of(uint64_t index)
{
	return index % NR_SLOTS;
}

/* Where a sequence's own words begin in a slot. */
static uint64_t
slot_address(unsigned n)
{
	return CODE + n * SLOT_WORDS * 4 + 4;
}

/* Puts the first nr words of a sequence into slot n; branches beyond them go
 * to the end. Returns where it begins. */
static uint64_t
place(const struct sequence *s, unsigned nr, unsigned n)
{
	uint32_t *w = (uint32_t *)(CODE + n * SLOT_WORDS * 4);
	uint64_t start = (uint64_t)w;

	w += emit_prologue(w);
	memcpy(w, s->words, nr * sizeof(*w));
	for (unsigned i = nr; i < s->nr_words; i++)
		w[i] = 0x14000000 | (s->nr_words - i);
	w += s->nr_words;
	w += emit_epilogue(w, s->nr_words);
	__builtin___clear_cache((char *)start, (char *)w);
	return start;
}

static uint64_t
seed_of(uint64_t index)
{
	return mix(opt.seed, index);
}

/* Runs what is in a slot from the round's state; returns the hash of it all. */
static uint64_t
run(uint64_t start, uint64_t seed, unsigned round)
{
	slot = start;
	signals_hash = 0;
	state_init(mix(seed, round + 16));
	*(uint64_t *)(MEM_CENTRE + COUNT_OFFSET) = opt.loops;
	enter((const void *)start);
	return hash_memory(hash_state(signals_hash, STATE));
}

bool
run_is_undefined(uint64_t start)
{
	slot = start;
	nr_signals = 0;
	*(uint64_t *)(MEM_CENTRE + COUNT_OFFSET) = 1;
	enter((const void *)start);
	return nr_signals == 1 && last_signal == SIGILL && last_offset == 4;
}

/* --- Output: lines of an index or a name and numbers. */

static char out[OUT_SIZE];
static size_t out_len;

static void
flush(void)
{
	for (size_t n = 0; n < out_len;) {
		ssize_t ret = write(1, out + n, out_len - n);

		if (ret <= 0)
			_exit(1);
		n += ret;
	}
	out_len = 0;
}

static void
put_hash(uint64_t index, uint64_t hash)
{
	char decimal[20], *p = decimal + sizeof(decimal);

	if (out_len > OUT_SIZE - 64)
		flush();
	do
		*--p = (char)('0' + index % 10);
	while (index /= 10);
	while (p < decimal + sizeof(decimal))
		out[out_len++] = *p++;
	out[out_len++] = ' ';
	for (int i = 60; i >= 0; i -= 4)
		out[out_len++] = "0123456789abcdef"[hash >> i & 15];
	out[out_len++] = '\n';
}

/* --- The modes. */

static unsigned *made;		/* per encoding: words executed at the least */

static void
count_made(const struct sequence *s)
{
	for (unsigned i = 0; i < s->nr_groups; i++)
		made[s->encoding[i] - encodings] += opt.rounds * opt.loops;
}

static void
fuzz(void)
{
	uint64_t start[NR_SLOTS], end = opt.first + opt.count;

	for (uint64_t first = opt.first; first < end; first += NR_SLOTS) {
		unsigned n = end - first < NR_SLOTS ?
			(unsigned)(end - first) : NR_SLOTS;

		for (unsigned i = 0; i < n; i++) {
			generate(&sequence, seed_of(first + i), opt.groups,
				 NULL, slot_address(slot_of(first + i)));
			executed += (uint64_t)sequence.executed * opt.rounds *
				opt.loops;
			if (opt.coverage)
				count_made(&sequence);
			start[i] = place(&sequence, sequence.nr_words,
					 slot_of(first + i));
		}
		for (unsigned i = 0; i < n; i++) {
			uint64_t h = 0;

			for (unsigned r = 0; r < opt.rounds; r++)
				h = hash_step(h, run(start[i],
						     seed_of(first + i), r));
			put_hash(first + i, h);
		}
	}
	flush();
	printf("instructions %lu\n", executed);
	for (size_t i = 0; i < nr_chosen && opt.coverage; i++)
		printf("made %s %u\n", chosen[i]->id,
		       made[chosen[i] - encodings]);
}

static void
each_encoding(void)
{
	for (size_t i = 0; i < nr_chosen; i++) {
		uint64_t h = 0;

		for (unsigned n = 0; n < EACH_SEQUENCES; n++) {
			uint64_t seed = mix(seed_of(n), chosen[i]->value);
			uint64_t start;

			generate(&sequence, seed, 1, chosen[i],
				 slot_address(0));
			start = place(&sequence, sequence.nr_words, 0);
			for (unsigned r = 0; r < opt.rounds; r++)
				h = hash_step(h, run(start, seed, r));
		}
		printf("%-28s %u %016lx\n", chosen[i]->id,
		       EACH_SEQUENCES * opt.rounds, h);
	}
}

static unsigned
group_of(const struct sequence *s, unsigned word)
{
	unsigned g = 0;

	while (s->group[g + 1] <= word)
		g++;
	return g;
}

static void
prefixes(void)
{
	uint64_t seed = seed_of((uint64_t)opt.verbose);
	unsigned n = slot_of((uint64_t)opt.verbose);

	generate(&sequence, seed, opt.groups, NULL, slot_address(n));
	/* All rounds in order, as always: an emulator may learn from them. */
	for (unsigned k = 1; k <= sequence.nr_words; k++) {
		uint64_t start = place(&sequence, k, n);

		for (unsigned r = 0; r < opt.rounds; r++) {
			uint64_t h = run(start, seed, r);

			printf("prefix %ld %u %u %08x %s %016lx\n",
			       opt.verbose, r, k, sequence.words[k - 1],
			       sequence.encoding[group_of(&sequence,
							  k - 1)]->id, h);
		}
	}
}

static void
dump(void)
{
	uint64_t seed = seed_of((uint64_t)opt.dump[0]);
	unsigned n = slot_of((uint64_t)opt.dump[0]);
	const uint64_t *mem = (uint64_t *)(MEM_CENTRE - WINDOW);
	uint64_t start;

	generate(&sequence, seed, opt.groups, NULL, slot_address(n));
	start = place(&sequence, (unsigned)opt.dump[2], n);
	for (unsigned r = 0; r <= opt.dump[1]; r++) {
		print_signals = r == opt.dump[1];
		run(start, seed, r);
	}
	state_print(STATE);
	for (unsigned i = 0; i < WINDOW / 4; i++)
		printf("memory %lx %016lx\n", (uint64_t)&mem[i], mem[i]);
}

static void
parse(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "s:f:n:g:r:l:w:o:cqeuv:d:")) != -1) {
		switch (c) {
		case 's': opt.seed = strtoull(optarg, NULL, 0); break;
		case 'f': opt.first = strtoull(optarg, NULL, 0); break;
		case 'n': opt.count = strtoull(optarg, NULL, 0); break;
		case 'g': opt.groups = (unsigned)atoi(optarg); break;
		case 'r': opt.rounds = (unsigned)atoi(optarg); break;
		case 'l': opt.loops = (unsigned)atoi(optarg); break;
		case 'w': opt.without = optarg; break;
		case 'o': opt.only = optarg; break;
		case 'c': opt.coverage = true; break;
		case 'u': opt.undefined = true; break;
		case 'q': opt.qemu = true; break;
		case 'e': opt.each = true; break;
		case 'v': opt.verbose = atol(optarg); break;
		case 'd':
			if (sscanf(optarg, "%ld,%ld,%ld", &opt.dump[0],
				   &opt.dump[1], &opt.dump[2]) != 3)
				exit(2);
			break;
		default:
			exit(2);
		}
	}
	if (opt.groups < 1 || opt.groups > MAX_GROUPS || !opt.loops)
		exit(2);
}

int
main(int argc, char **argv)
{
	size_t nr_encodings;

	parse(argc, argv);
	setup_memory();
	setup_signals();
	state_setup(opt.seed);
	nr_encodings = generate_setup(opt.without, opt.only, opt.qemu);
	made = calloc(nr_encodings, sizeof(*made));
	if (!made || !nr_chosen) {
		fprintf(stderr, "fuzz: nothing to do\n");
		return 1;
	}
	if (opt.undefined)
		return undefined(nr_encodings, opt.without);
	if (opt.each)
		each_encoding();
	else if (opt.verbose >= 0)
		prefixes();
	else if (opt.dump[0] >= 0)
		dump();
	else
		fuzz();
	return 0;
}
