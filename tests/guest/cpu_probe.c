/*
 * cpu_probe.c - which extensions the processor has, asked in four ways that
 * must agree: one instruction of each, AT_HWCAP and AT_HWCAP2, the
 * identification registers and /proc/cpuinfo.
 *
 *	cpu_probe		prints the names of what is there, and MIDR_EL1
 *	cpu_probe child		the same from a program that it executes
 *
 * cpu_model.sh runs it with other processors.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

__asm__(".arch armv8.6-a+crypto+sha3+sm4+fp16+fp16fml+i8mm+bf16+rng+memtag");

static uint64_t mem[16] __attribute__((aligned(64)));

#define INSN(name, text) \
static void \
insn_##name(void) \
{ \
	register uint64_t *x0 __asm__("x0") = mem; \
	__asm__ volatile(text : : "r"(x0) : "memory", "x1", "x2", "x3", \
			 "v0", "v1", "v2", "cc"); \
}

INSN(lse, "ldadd x1, x2, [x0]")
INSN(crc32, "crc32x w1, w2, x3")
INSN(lor, "ldlar x1, [x0]")
INSN(aes, "aese v0.16b, v1.16b")
INSN(pmull, "pmull v0.1q, v1.1d, v2.1d")
INSN(sha1, "sha1h s0, s1")
INSN(sha256, "sha256su0 v0.4s, v1.4s")
INSN(rdm, "sqrdmlah v0.4s, v1.4s, v2.4s")
INSN(lrcpc, "ldapr x1, [x0]")
INSN(dotprod, "udot v0.4s, v1.16b, v2.16b")
INSN(fp16, "fadd h0, h1, h2")
INSN(fp16v, "fadd v0.8h, v1.8h, v2.8h")
INSN(jscvt, "fjcvtzs w1, d0")
INSN(fcma, "fcadd v0.4s, v1.4s, v2.4s, #90")
INSN(sha3, "eor3 v0.16b, v1.16b, v2.16b, v0.16b")
INSN(sha512, "sha512su0 v0.2d, v1.2d")
INSN(sm3, "sm3partw1 v0.4s, v1.4s, v2.4s")
INSN(sm4, "sm4e v0.4s, v1.4s")
INSN(fhm, "fmlal v0.4s, v1.4h, v2.4h")
INSN(sb, "sb")
INSN(lrcpc2, "ldapur x1, [x0, #8]")
INSN(flagm, "cfinv")
INSN(flagm2, "axflag")
INSN(frintts, "frint32z d0, d1")
INSN(i8mm, "smmla v0.4s, v1.16b, v2.16b")
INSN(bf16, "bfdot v0.4s, v1.8h, v2.8h")
INSN(ecv, "mrs x1, s3_3_c14_c0_6")
INSN(dpb, "dc cvap, x0")
INSN(dpb2, "dc cvadp, x0")
INSN(rng, "mrs x1, rndr")
INSN(dit, "mrs x1, dit")
INSN(ssbs, "mrs x1, ssbs")
INSN(pauth, "pacda x1, x2")
INSN(mte, "irg x1, x0, x2")

/* The fields are unsigned; min 0: not in an identification register that
 * programs are shown. */
static const struct probe {
	const char *name, *cpuinfo;
	void (*insn)(void);
	int word, bit;		/* of AT_HWCAP or AT_HWCAP2; -1: none */
	int reg, shift, min;
} probes[] = {
	{ "lse", "atomics", insn_lse, 0, 8, 0, 20, 2 },
	{ "crc32", "crc32", insn_crc32, 0, 7, 0, 16, 1 },
	{ "lor", NULL, insn_lor, 0, -1, 0, 0, 0 },
	{ "aes", "aes", insn_aes, 0, 3, 0, 4, 1 },
	{ "pmull", "pmull", insn_pmull, 0, 4, 0, 4, 2 },
	{ "sha1", "sha1", insn_sha1, 0, 5, 0, 8, 1 },
	{ "sha256", "sha2", insn_sha256, 0, 6, 0, 12, 1 },
	{ "rdm", "asimdrdm", insn_rdm, 0, 12, 0, 28, 1 },
	{ "lrcpc", "lrcpc", insn_lrcpc, 0, 15, 1, 20, 1 },
	{ "dotprod", "asimddp", insn_dotprod, 0, 20, 0, 44, 1 },
	{ "fp16", "fphp", insn_fp16, 0, 9, 2, 16, 1 },
	{ "fp16", "asimdhp", insn_fp16v, 0, 10, 2, 20, 1 },
	{ "jscvt", "jscvt", insn_jscvt, 0, 13, 1, 12, 1 },
	{ "fcma", "fcma", insn_fcma, 0, 14, 1, 16, 1 },
	{ "sha3", "sha3", insn_sha3, 0, 17, 0, 32, 1 },
	{ "sha512", "sha512", insn_sha512, 0, 21, 0, 12, 2 },
	{ "sm3", "sm3", insn_sm3, 0, 18, 0, 36, 1 },
	{ "sm4", "sm4", insn_sm4, 0, 19, 0, 40, 1 },
	{ "fhm", "asimdfhm", insn_fhm, 0, 23, 0, 48, 1 },
	{ "sb", "sb", insn_sb, 0, 29, 1, 36, 1 },
	{ "lrcpc2", "ilrcpc", insn_lrcpc2, 0, 26, 1, 20, 2 },
	{ "flagm", "flagm", insn_flagm, 0, 27, 0, 52, 1 },
	{ "flagm2", "flagm2", insn_flagm2, 1, 7, 0, 52, 2 },
	{ "frintts", "frint", insn_frintts, 1, 8, 1, 32, 1 },
	{ "i8mm", "i8mm", insn_i8mm, 1, 13, 1, 52, 1 },
	{ "bf16", "bf16", insn_bf16, 1, 14, 1, 44, 1 },
	{ "ecv", "ecv", insn_ecv, 1, 19, 3, 60, 1 },
	{ "dpb", "dcpop", insn_dpb, 0, 16, 1, 0, 1 },
	{ "dpb2", "dcpodp", insn_dpb2, 1, 0, 1, 0, 2 },
	{ "rng", "rng", insn_rng, 1, 16, 0, 60, 1 },
	{ "dit", "dit", insn_dit, 0, 24, 2, 48, 1 },
	{ "ssbs", "ssbs", insn_ssbs, 0, 28, 4, 4, 2 },
	{ "pauth", "paca", insn_pauth, 0, 30, 0, 0, 0 },
	{ "mte", "mte", insn_mte, 1, 18, 4, 8, 2 },
};

#define MRS(name) __extension__({ \
	uint64_t v_; \
	__asm__ volatile("mrs %0, " name : "=r"(v_)); \
	v_; })

static sigjmp_buf jump;

static void
on_sigill(int sig)
{
	siglongjmp(jump, sig);
}

static int
runs(void (*insn)(void))
{
	if (sigsetjmp(jump, 1))
		return 0;
	insn();
	return 1;
}

/* A line of /proc/cpuinfo, from the colon on, with a space at its end. */
static void
cpuinfo_line(const char *key, char *line, size_t size)
{
	FILE *f = fopen("/proc/cpuinfo", "r");

	*line = '\0';
	while (f && fgets(line, (int)size - 1, f)) {
		if (strncmp(line, key, strlen(key)) == 0) {
			memmove(line, strchr(line, ':') + 1,
				strlen(strchr(line, ':')));
			line[strcspn(line, "\n")] = ' ';
			break;
		}
	}
	if (f)
		fclose(f);
}

static int
has_word(const char *line, const char *word)
{
	char with_blanks[40];

	snprintf(with_blanks, sizeof(with_blanks), " %s ", word);
	return strstr(line, with_blanks) != NULL;
}

static int
check_midr(void)
{
	uint64_t midr = MRS("midr_el1");
	char line[1024], want[32];
	int bad = 0;

	printf("midr=%lx", (unsigned long)midr);
	cpuinfo_line("CPU part", line, sizeof(line));
	snprintf(want, sizeof(want), "0x%03x", (unsigned)(midr >> 4 & 0xfff));
	bad |= !has_word(line, want);
	cpuinfo_line("CPU revision", line, sizeof(line));
	snprintf(want, sizeof(want), "%u", (unsigned)(midr & 15));
	bad |= !has_word(line, want);
	if (bad)
		printf(" (/proc/cpuinfo differs)");
	putchar('\n');
	return bad;
}

int
main(int argc, char **argv)
{
	const uint64_t regs[] = {
		MRS("id_aa64isar0_el1"), MRS("id_aa64isar1_el1"),
		MRS("id_aa64pfr0_el1"), MRS("id_aa64mmfr0_el1"),
		MRS("id_aa64pfr1_el1"),
	};
	const unsigned long hwcap[] = { getauxval(AT_HWCAP),
					getauxval(AT_HWCAP2) };
	char features[1024];
	int bad = 0;

	if (argc > 1 && strcmp(argv[1], "child") == 0) {
		execl("/proc/self/exe", argv[0], (char *)NULL);
		return 126;
	}
	signal(SIGILL, on_sigill);
	cpuinfo_line("Features", features, sizeof(features));
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		const struct probe *p = &probes[i];
		int on = runs(p->insn), known;

		if (on)
			printf("%s ", p->name);
		known = p->bit < 0 ? on : hwcap[p->word] >> p->bit & 1;
		if (on != known ||
		    (p->cpuinfo && on != has_word(features, p->cpuinfo)) ||
		    (p->min && on != ((int)(regs[p->reg] >> p->shift & 15) >=
				      p->min))) {
			printf("(%s: not the same everywhere) ", p->name);
			bad = 1;
		}
	}
	return check_midr() | bad;
}
