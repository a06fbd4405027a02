/*
 * guest_a64_cpuinfo.c - /proc/cpuinfo of an AArch64 machine.
 *
 * Programs read the Features line (what the hwcaps say, in words) and the
 * fields of MIDR_EL1; the layout is the arm64 kernel's
 * (arch/arm64/kernel/cpuinfo.c).
 */
#include "guest_a64_cpuinfo.h"

#include "../translator/guest/a64/cpu_model.h"
#include "../translator/guest/a64/sysreg.h"
#include "base/base.h"
#include "base/log.h"

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
	uint32_t midr = a64_midr();
	size_t n;

	n = fmt_print(buf, size, "processor\t: %d\nBogoMIPS\t: 2000.00\n"
				 "Features\t:", cpu);
	n = put_names(buf, size, n, a64_hwcap(), a64_hwcap_name,
		      A64_NR_HWCAP_NAMES);
	n = put_names(buf, size, n, a64_hwcap2(), a64_hwcap2_name,
		      A64_NR_HWCAP2_NAMES);
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
