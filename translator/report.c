/*
 * report.c - statistics, dumps and perf's map of the translator's work.
 *
 * All of it is for people who look for time or for mistakes. It runs in the
 * guest's process, so it keeps no descriptor open that the guest could see
 * and writes with raw system calls.
 */
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "../runtime/base/hostcall.h"
#include "../runtime/base/log.h"
#include "../runtime/vm/process.h"
#include "block.h"
#include "guest/a64/a64_front.h"
#include "ir/print.h"
#include "jitdump.h"
#include "opt/opt.h"
#include "report.h"

#define MAX_COUNTED	(1u << 16)	/* translations */
#define MAX_ROWS	2048		/* of the decoder's tables */
#define TOP		20

struct report report;

/* Executions, by translation and by what was interpreted. Never touched
 * without --stats; near enough to translated code for 32-bit displacements. */
static struct {
	gaddr pc;
	uint64_t runs;
	uint32_t nr;
} entered[MAX_COUNTED];
static unsigned nr_entered;
static struct {
	const char *name;
	uint64_t runs;
	uint32_t sites;
} fallbacks[MAX_ROWS];

/* --- --stats */

uint64_t
report_clock(void)
{
	struct timespec t;

	if (!process.opt.stats)
		return 0;
	host_call2(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, P(&t));
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

uint64_t *
report_block_counter(gaddr pc, uint32_t nr)
{
	if (!process.opt.stats || nr_entered == MAX_COUNTED)
		return NULL;
	entered[nr_entered].pc = pc;
	entered[nr_entered].nr = nr;
	return &entered[nr_entered++].runs;
}

uint64_t *
report_fallback_counter(uint32_t word)
{
	unsigned row = a64_front_row(word);

	if (!process.opt.stats || row >= MAX_ROWS)
		return NULL;
	fallbacks[row].name = a64_front_name(word);
	return &fallbacks[row].runs;
}

static struct {
	uint64_t insns, blocks;
} interpreted;

/* A block is interpreted until it has a translation. */
static void
count_interpreted(const struct block *b)
{
	uint64_t times = b->count - (b->count && b->code);

	interpreted.blocks += times;
	interpreted.insns += times * b->nr;
}

/* The fallbacks that ran most often. */
static void
print_fallbacks(void)
{
	unsigned n, i, best;
	uint64_t all = 0;

	for (i = 0; i < MAX_ROWS; i++)
		all += fallbacks[i].runs;
	log_msg("interpreted in translations: %lu", all);
	for (n = 0; n < TOP; n++) {
		for (best = i = 0; i < MAX_ROWS; i++)
			if (fallbacks[i].runs > fallbacks[best].runs ||
			    (fallbacks[i].runs == fallbacks[best].runs &&
			     fallbacks[i].sites > fallbacks[best].sites))
				best = i;
		if (!fallbacks[best].sites && !fallbacks[best].runs)
			break;
		log_msg("  %-20s %12lu times, %u places",
			fallbacks[best].name, fallbacks[best].runs,
			fallbacks[best].sites);
		fallbacks[best].runs = fallbacks[best].sites = 0;
	}
}

static void
print_blocks(uint64_t all)
{
	unsigned n, i, best;

	for (n = 0; n < TOP && nr_entered; n++) {
		uint64_t weight;

		for (best = i = 0; i < nr_entered; i++)
			if (entered[i].runs * entered[i].nr >
			    entered[best].runs * entered[best].nr)
				best = i;
		weight = entered[best].runs * entered[best].nr;
		if (weight < all / 200 || !weight)
			break;
		log_msg("  0x%012lx %3u instructions %12lu times, %2lu %%",
			entered[best].pc, entered[best].nr, entered[best].runs,
			weight * 100 / all);
		entered[best].runs = 0;
	}
}

static uint64_t
per(uint64_t a, uint64_t b)
{
	return b ? a / b : 0;
}

/* What translating took, without what looking at the clock took. */
static uint64_t
translating(void)
{
	uint64_t start = report_clock(), clocks;
	unsigned i;

	for (i = 1; i < 64; i++)
		report_clock();
	clocks = (report_clock() - start) / i * report.tried;
	return report.ticks > clocks ? report.ticks - clocks : 0;
}

void
report_stats(void)
{
	uint64_t all = 0, entries = 0, ticks = translating();
	unsigned i;

	block_lock();
	block_each(count_interpreted);
	for (i = 0; i < nr_entered; i++) {
		all += entered[i].runs * entered[i].nr;
		entries += entered[i].runs;
	}
	log_msg("decoded: %lu blocks, %lu instructions", report.blocks,
		report.insns);
	log_msg("interpreted: %lu blocks, %lu instructions",
		interpreted.blocks, interpreted.insns);
	log_msg("translated: %lu blocks of %lu, %lu instructions, %lu "
		"operations", report.t1_blocks, report.tried, report.t1_insns,
		report.t1_ops);
	log_msg("shared: %lu translations taken, %lu made", report.taken,
		report.shared);
	log_msg("translations: %lu bytes, %lu per instruction",
		report.t1_bytes, per(report.t1_bytes, report.t1_insns));
	log_msg("translating: %lu us, %lu ns per instruction",
		ticks / 1000, per(ticks, report.t1_insns));
	log_msg("run: %lu translations, at most %lu instructions", entries,
		all);
	log_msg("left: %lu to link, %lu to no translation, %lu indirect, "
		"%lu polls", report.exits[REPORT_LINK],
		report.exits[REPORT_NO_CODE], report.exits[REPORT_INDIRECT],
		report.exits[REPORT_POLL]);
	log_msg("links: %lu, undone %lu", report.links, report.unlinks);
	log_msg("invalidations: %lu, of %lu blocks; all dropped %lu times",
		report.invalidations, report.invalidated, report.drops);
	log_msg("floating-point traps: %lu", report.fp_traps);
	print_fallbacks();
	log_msg("most time, by instructions:");
	print_blocks(all);
	block_unlock();
}

/* --- -d and -perfmap */

static struct {
	char text[16384];
	size_t len;
	int fd;
} out;

static void
flush(void)
{
	const char *p = out.text;
	long n;

	while (out.len > 0) {
		n = host_call3(SYS_write, out.fd, P(p), (long)out.len);
		if (n <= 0)
			break;
		p += n;
		out.len -= (size_t)n;
	}
	out.len = 0;
}

static void __attribute__((format(printf, 1, 2)))
put(const char *fmt, ...)
{
	va_list ap;

	if (out.len > sizeof(out.text) / 2)
		flush();
	va_start(ap, fmt);
	out.len += fmt_vprint(out.text + out.len, sizeof(out.text) - out.len,
			      fmt, ap);
	va_end(ap);
	if (out.len >= sizeof(out.text))
		out.len = sizeof(out.text) - 1;
}

static int
open_to_append(const char *path)
{
	return (int)host_call4(SYS_openat, AT_FDCWD, P(path),
			       O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

/* Host code, a line per guest instruction; translator/disassemble reads it. */
static void
put_code(const uint8_t *p, const uint8_t *end, const char *what, gaddr pc)
{
	for (; p < end; p += 64) {
		const uint8_t *q;

		put("  0x%lx %s 0x%lx ", (unsigned long)p, what, pc);
		for (q = p; q < end && q < p + 64; q++)
			put("%02x", *q);
		put("\n");
	}
}

static void
put_ir(const struct ir_block *b, unsigned i)
{
	if (out.len > sizeof(out.text) / 2)
		flush();
	out.len += ir_print(out.text + out.len, sizeof(out.text) - out.len, b,
			    i);
	if (out.len >= sizeof(out.text))
		out.len = sizeof(out.text) - 1;
}

static void
put_guest(const struct ir_block *b, unsigned i)
{
	uint32_t word = b->guest[i].word;

	put("  0x%lx %08x %s\n", b->pc + 4 * i, word, a64_front_name(word));
}

static bool
begin_dump(void)
{
	const char *path = process.opt.dump_file;

	out.fd = path ? open_to_append(path) : 2;
	return out.fd >= 0;
}

static void
end_dump(void)
{
	flush();
	if (process.opt.dump_file)
		host_call1(SYS_close, out.fd);
}

/* The bit of -d that stands for a stage. */
static uint32_t
dump_bit(const char *stage)
{
	unsigned i;

	for (i = 0; opt_passes[i].name; i++)
		if (strcmp(opt_passes[i].name, stage) == 0)
			return DUMP_PASS << i;
	return DUMP_IR;
}

void
report_ir(const struct ir_block *b, const char *stage)
{
	unsigned i;

	if (!(process.opt.dump & dump_bit(stage)) || !begin_dump())
		return;
	put("%s of 0x%lx: %u instructions\n", stage, b->pc, b->nr_guest);
	for (i = 0; i < b->nr_guest; i++) {
		put_guest(b, i);
		put_ir(b, i);
	}
	end_dump();
}

static void
dump(const struct ir_block *b, const struct code *c)
{
	const uint32_t wanted = process.opt.dump;
	unsigned i;

	if (!(wanted & (DUMP_IN_ASM | DUMP_OPT | DUMP_OUT_ASM)) ||
	    !begin_dump())
		return;
	put("translation of 0x%lx: %u instructions, %u operations, %u bytes\n",
	    b->pc, b->nr_guest, b->nr - 1, c->size + c->seldom_size);
	for (i = 0; i < b->nr_guest; i++) {
		if (wanted & (DUMP_IN_ASM | DUMP_OPT))
			put_guest(b, i);
		if (wanted & DUMP_OPT)
			put_ir(b, i);
		if (wanted & DUMP_OUT_ASM)
			put_code(c->entry + c->insn[i].start,
				 c->entry + c->insn[i + 1].start, "code",
				 b->pc + 4 * i);
	}
	if (wanted & DUMP_OUT_ASM)
		put_code(c->seldom, c->seldom + c->seldom_size, "exits",
			 b->pc + 4 * i);
	end_dump();
}

/* Lines of perf's map: where the code lies, and a name for it. */
static void
tell_perf(const struct code *c)
{
	char path[32];

	fmt_print(path, sizeof(path), "/tmp/perf-%d.map",
		  (int)host_call0(SYS_getpid));
	out.fd = open_to_append(path);
	if (out.fd < 0)
		return;
	put("%lx %x guest_%lx\n", (unsigned long)c->entry, c->size, c->pc);
	put("%lx %x exits_%lx\n", (unsigned long)c->seldom, c->seldom_size,
	    c->pc);
	flush();
	host_call1(SYS_close, out.fd);
}

/* Where the interpreter is called in any case, slow paths not counted. */
static void
count_sites(const struct ir_block *b, const bool *as_fallback)
{
	unsigned i, row;

	for (i = 0; i < b->nr_guest; i++) {
		if (!b->guest[i].fallback && !as_fallback[i])
			continue;
		row = a64_front_row(b->guest[i].word);
		if (row >= MAX_ROWS)
			continue;
		fallbacks[row].name = a64_front_name(b->guest[i].word);
		fallbacks[row].sites++;
	}
}

void
report_translation(const struct ir_block *b, const struct code *c,
		   const bool *as_fallback)
{
	if (unlikely(process.opt.stats))
		count_sites(b, as_fallback);
	report.t1_blocks++;
	report.t1_insns += b->nr_guest;
	report.t1_ops += b->nr - 1u;
	report.t1_bytes += c->size + c->seldom_size;
	if (unlikely(process.opt.dump))
		dump(b, c);
	if (unlikely(process.opt.perfmap))
		tell_perf(c);
	if (unlikely(process.opt.jitdump))
		jitdump_code(c);
}
