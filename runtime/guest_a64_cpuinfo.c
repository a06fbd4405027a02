/*
 * guest_a64_cpuinfo.c - /proc/cpuinfo of an AArch64 machine.
 *
 * Programs read the Features line (what the hwcaps say, in words) and the
 * fields of MIDR_EL1; the layout is the arm64 kernel's
 * (arch/arm64/kernel/cpuinfo.c).
 */
#include "guest_a64_cpuinfo.h"

#include "../translator/guest/a64/sysreg.h"
#include "base/base.h"
#include "base/log.h"

/* By bit of AT_HWCAP and AT_HWCAP2. */
static const char *const hwcap_names[] = {
	"fp", "asimd", "evtstrm", "aes", "pmull", "sha1", "sha2", "crc32",
	"atomics", "fphp", "asimdhp", "cpuid", "asimdrdm", "jscvt", "fcma",
	"lrcpc", "dcpop", "sha3", "sm3", "sm4", "asimddp", "sha512", "sve",
	"asimdfhm", "dit", "uscat", "ilrcpc", "flagm", "ssbs", "sb", "paca",
	"pacg",
};

static const char *const hwcap2_names[] = {
	"dcpodp", "sve2", "sveaes", "svepmull", "svebitperm", "svesha3",
	"svesm4", "flagm2", "frint", "svei8mm", "svef32mm", "svef64mm",
	"svebf16", "i8mm", "bf16", "dgh", "rng", "bti", "mte", "ecv", "afp",
	"rpres", "mte3", "sme", "smei16i64", "smef64f64", "smei8i32",
	"smef16f32", "smeb16f32", "smef32f32", "smefa64", "wfxt", "ebf16",
	"sveebf16", "cssc", "rprfm", "sve2p1", "sme2", "sme2p1", "smei16i32",
	"smebi32i32", "smeb16b16", "smef16f16", "mops",
};

/* Appends the names of the bits that are set. */
static size_t
put_names(char *buf, size_t size, size_t n, uint64_t bits,
	  const char *const *names, unsigned nr_names)
{
	unsigned i;

	for (i = 0; i < nr_names; i++)
		if (bits >> i & 1 && n < size)
			n += fmt_print(buf + n, size - n, " %s", names[i]);
	return n;
}

size_t
a64_cpuinfo(char *buf, size_t size, int cpu)
{
	uint32_t midr = A64_MIDR;
	size_t n;

	n = fmt_print(buf, size, "processor\t: %d\nBogoMIPS\t: 2000.00\n"
				 "Features\t:", cpu);
	n = put_names(buf, size, n, a64_hwcap(), hwcap_names,
		      ARRAY_SIZE(hwcap_names));
	n = put_names(buf, size, n, a64_hwcap2(), hwcap2_names,
		      ARRAY_SIZE(hwcap2_names));
	if (n >= size)
		return size - 1;
	n += fmt_print(buf + n, size - n,
		       "\nCPU implementer\t: 0x%02x\nCPU architecture: 8\n"
		       "CPU variant\t: 0x%x\nCPU part\t: 0x%03x\n"
		       "CPU revision\t: %u\n\n",
		       midr >> 24, midr >> 20 & 0xf, midr >> 4 & 0xfff,
		       midr & 0xf);
	return n < size ? n : size - 1;
}
