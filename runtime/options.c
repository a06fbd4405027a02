/*
 * options.c - one table says every option: its names, its environment
 * variable, whether it takes an argument and what it does. The usage text,
 * the parser and the options that children inherit all come from it.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../translator/opt/opt.h"
#include "../translator/translate.h"
#include "base/base.h"
#include "base/log.h"
#include "../syscall/trace_filter.h"
#include "options.h"
#include "rootfs.h"
#include "vm/codestore.h"
#include "vm/guest_isa.h"

struct parser {
	struct options *opt;
	const char **set_env, **unset_env, **binds;
	int nr_set, nr_unset, nr_binds;
	int max_env;
	/* The argument as children are to be given it; a row's set() may say
	 * it otherwise, so that it means the same there. */
	const char *text;
};

struct option_row {
	const char *name;	/* after one dash; may be given with two */
	const char *long_name;	/* after two dashes */
	const char *env[2];	/* variables, the first wins */
	const char *arg;	/* NULL: takes none; in brackets: only after
				 * two dashes and `=', if at all */
	const char *help;	/* NULL: for ferry's own use */
	bool inherited;		/* children that are guests get it too */
	void (*set)(struct parser *p, const char *arg);
};

/* Whether an argument must follow. */
static bool
needs_arg(const struct option_row *row)
{
	return row->arg && row->arg[0] != '[';
}

/* A directory's absolute path without symbolic links. */
static char *
directory(const char *arg)
{
	char *path = realpath(arg, NULL);
	struct stat st;

	if (!path || stat(path, &st) < 0)
		log_die(EXIT_USAGE, "%s: %s", arg, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		log_die(EXIT_USAGE, "%s: %s", arg, strerror(ENOTDIR));
	return path;
}

static void
set_sysroot(struct parser *p, const char *arg)
{
	char *path = directory(arg);

	p->opt->sysroot = strcmp(path, "/") == 0 ? NULL : path;
	p->text = path;
}

static void
add_env(struct parser *p, const char ***list, int *nr, const char *value)
{
	if (!*list)
		*list = calloc((size_t)p->max_env + 1, sizeof(**list));
	if (!*list)
		log_die(EXIT_USAGE, "%s", strerror(ENOMEM));
	(*list)[(*nr)++] = value;
}

static void
set_env(struct parser *p, const char *arg)
{
	const char *eq = strchr(arg, '=');

	if (!eq || eq == arg)
		log_die(EXIT_USAGE, "-E %s: not of the form VAR=VAL", arg);
	add_env(p, &p->set_env, &p->nr_set, arg);
}

static void
unset_env(struct parser *p, const char *arg)
{
	if (*arg == '\0' || strchr(arg, '='))
		log_die(EXIT_USAGE, "-U %s: not a variable's name", arg);
	add_env(p, &p->unset_env, &p->nr_unset, arg);
}

static void
set_rootfs(struct parser *p, const char *arg)
{
	p->opt->rootfs = directory(arg);
	/* They are about the host's tree. */
	add_env(p, &p->unset_env, &p->nr_unset, "FERRY_SYSROOT");
	add_env(p, &p->unset_env, &p->nr_unset, "QEMU_LD_PREFIX");
}

static void
add_bind(struct parser *p, const char *arg)
{
	const char *colon = strchr(arg, ':');

	if (*arg != '/' || (colon && colon[1] != '/'))
		log_die(EXIT_USAGE, "--bind %s: not of the form /SRC[:/DST]",
			arg);
	add_env(p, &p->binds, &p->nr_binds, arg);
}

static void
set_argv0(struct parser *p, const char *arg)
{
	p->opt->argv0 = arg;
}

static void
set_release(struct parser *p, const char *arg)
{
	p->opt->uname_release = arg;
}

static void
set_cpu(struct parser *p, const char *arg)
{
	static char text[8192];

	if (strcmp(arg, "help") != 0 && strcmp(arg, "?") != 0) {
		p->opt->cpu = arg;
		return;
	}
	guest_a64.cpu_help(text, sizeof(text));
	fputs(text, stdout);
	exit(fflush(stdout) ? 1 : 0);
}

/* Bytes, with K, M or G; least to 1 TiB. */
static uint64_t
parse_size(const char *option, const char *arg, uint64_t least)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(arg, &end, 0);
	switch (*end) {
	case 'G': case 'g':
		n <<= 10;
		/* fall through */
	case 'M': case 'm':
		n <<= 10;
		/* fall through */
	case 'K': case 'k':
		n <<= 10;
		end++;
	}
	if (errno || *arg == '-' || end == arg || *end || n < least ||
	    n > 1ul << 40)
		log_die(EXIT_USAGE, "%s %s: not a size from %lu bytes to 1T",
			option, arg, least);
	return n;
}

static void
set_stack_size(struct parser *p, const char *arg)
{
	p->opt->stack_size = parse_size("-s", arg, PAGE_SIZE);
}

static void
set_va_bits(struct parser *p, const char *arg)
{
	char *end;

	p->opt->va_bits = (unsigned)strtoul(arg, &end, 10);
	if (*end || (p->opt->va_bits != 39 && p->opt->va_bits != 42 &&
		     p->opt->va_bits != HOST_VA_BITS))
		log_die(EXIT_USAGE, "--va-bits %s: not 39, 42 or 47", arg);
}

static void
set_cache_size(struct parser *p, const char *arg)
{
	p->opt->cache_size = parse_size("--cache-size", arg, MIN_CACHE_SIZE);
}

/* qemu-user's, in MiB. */
static void
set_tb_size(struct parser *p, const char *arg)
{
	char *mib;

	if (asprintf(&mib, "%sM", arg) < 0)
		log_die(EXIT_USAGE, "%s", strerror(ENOMEM));
	p->opt->cache_size = parse_size("-tb-size", mib, MIN_CACHE_SIZE);
	free(mib);
}

static void
set_seed(struct parser *p, const char *arg)
{
	char *end;

	errno = 0;
	p->opt->seed = strtoull(arg, &end, 0);
	if (errno || end == arg || *end)
		log_die(EXIT_USAGE, "-seed %s: not a number", arg);
	p->opt->has_seed = true;
}

static void
set_no_path(struct parser *p, const char *arg)
{
	(void)arg;
	p->opt->no_path = true;
}

static void
set_registered(struct parser *p, const char *arg)
{
	(void)arg;
	p->opt->registered = true;
}

/* What qemu-user has and ferry has no use for. */
static void
set_nothing(struct parser *p, const char *arg)
{
	(void)p;
	(void)arg;
}

static void
set_gdb(struct parser *p, const char *arg)
{
	(void)p;
	log_die(EXIT_USAGE, "-g %s: there is no gdb server yet", arg);
}

static uint32_t
parse_count(const char *option, const char *arg)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(arg, &end, 10);
	if (errno || *arg == '-' || end == arg || *end || n > UINT32_MAX)
		log_die(EXIT_USAGE, "%s %s: not a number", option, arg);
	return (uint32_t)n;
}

static void
set_threshold(struct parser *p, const char *arg)
{
	p->opt->threshold = parse_count("--threshold", arg);
}

static void
set_fp_traps(struct parser *p, const char *arg)
{
	p->opt->fp_traps = parse_count("--fp-traps", arg);
}

/* A file's absolute name, because the guest may go elsewhere. */
static const char *
absolute(struct parser *p, const char *option, const char *arg)
{
	char cwd[PATH_MAX], *path;

	if (*arg == '/')
		return arg;
	if (!getcwd(cwd, sizeof(cwd)) || asprintf(&path, "%s/%s", cwd, arg) < 0)
		log_die(EXIT_USAGE, "%s %s: %s", option, arg, strerror(errno));
	return p->text = path;
}

static void
set_own_fd(struct parser *p, const char *arg)
{
	p->opt->own_fd = (int)parse_count("--own-fd", arg);
}

static void
set_store_fd(struct parser *p, const char *arg)
{
	p->opt->store_fd = (int)parse_count("--store-fd", arg);
}

static void
set_share(struct parser *p, const char *arg)
{
	if (strcmp(arg, "no") && strcmp(arg, "yes"))
		log_die(EXIT_USAGE, "--share %s: not yes or no", arg);
	p->opt->share = arg[0] == 'y' ? SHARE_YES : SHARE_NO;
}

static void
set_program_fd(struct parser *p, const char *arg)
{
	p->opt->program_fd = (int)parse_count("--program-fd", arg);
}

static void
set_strace(struct parser *p, const char *arg)
{
	char word[32];

	p->opt->strace = true;
	if (arg && strcmp(arg, "1") != 0 &&
	    !trace_filter(arg, p->opt->strace_skip, word))
		log_die(EXIT_USAGE, "--strace=%s: %s is neither a system call "
			"nor a class of them", arg, word);
}

/* `&N' is a descriptor, anything else a file. */
static void
set_strace_file(struct parser *p, const char *arg)
{
	char *end;

	if (*arg != '&') {
		p->opt->strace_file = absolute(p, "--strace-file", arg);
		return;
	}
	p->opt->strace_fd = (int)strtol(arg + 1, &end, 10);
	if (!arg[1] || *end || p->opt->strace_fd < 0)
		log_die(EXIT_USAGE, "--strace-file %s: not a descriptor", arg);
}

static void
set_stats(struct parser *p, const char *arg)
{
	(void)arg;
	p->opt->stats = true;
}

static void
set_perfmap(struct parser *p, const char *arg)
{
	(void)arg;
	p->opt->perfmap = true;
}

static void
set_jitdump(struct parser *p, const char *arg)
{
	(void)arg;
	p->opt->jitdump = true;
}

static void
set_host_cpu(struct parser *p, const char *arg)
{
	(void)p;
	if (!translator_limit_host(arg))
		log_die(EXIT_USAGE, "-host-cpu %s: not sse2, sse4.2, avx, avx2 "
			"or all, with ,-FEATURE or ,+FEATURE behind", arg);
}

static void
set_lockstep(struct parser *p, const char *arg)
{
	(void)arg;
	p->opt->lockstep = true;
}

static void
set_signal_edges(struct parser *p, const char *arg)
{
	unsigned long sig, every = 1;
	char *end;

	sig = strtoul(arg, &end, 10);
	if (*end == ':')
		every = strtoul(end + 1, &end, 10);
	if (*arg < '0' || *arg > '9' || *end || sig < 1 || sig > 64 ||
	    every < 1 || every > UINT32_MAX)
		log_die(EXIT_USAGE, "--signal-edges %s: not of the form "
			"SIG[:N]", arg);
	p->opt->edge_signal = (int)sig;
	p->opt->edge_every = (uint32_t)every;
}

#define DUMP_STRACE	(1u << 30)
#define DUMP_NOTHING	(1u << 31)

static const struct dump_item {
	const char *name;
	uint32_t bit;
} dump_items[] = {
	{ "in_asm", DUMP_IN_ASM },
	{ "ir", DUMP_IR },
	{ "opt", DUMP_OPT },
	{ "out_asm", DUMP_OUT_ASM },
	/* qemu-user's names; what has no counterpart dumps nothing. */
	{ "op", DUMP_IR },
	{ "op_opt", DUMP_OPT },
	{ "strace", DUMP_STRACE },
	{ "int", DUMP_NOTHING }, { "exec", DUMP_NOTHING },
	{ "cpu", DUMP_NOTHING }, { "fpu", DUMP_NOTHING },
	{ "vpu", DUMP_NOTHING }, { "mmu", DUMP_NOTHING },
	{ "pcall", DUMP_NOTHING }, { "cpu_reset", DUMP_NOTHING },
	{ "unimp", DUMP_NOTHING }, { "guest_errors", DUMP_NOTHING },
	{ "page", DUMP_NOTHING }, { "nochain", DUMP_NOTHING },
	{ "plugin", DUMP_NOTHING }, { "tid", DUMP_NOTHING },
};

/* The bit for a name of -d's list: one of these, or a pass; 0: neither. */
static uint32_t
dump_bit(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dump_items); i++)
		if (strlen(dump_items[i].name) == len &&
		    memcmp(dump_items[i].name, name, len) == 0)
			return dump_items[i].bit;
	for (i = 0; opt_passes[i].name; i++)
		if (strlen(opt_passes[i].name) == len &&
		    memcmp(opt_passes[i].name, name, len) == 0)
			return DUMP_PASS << i;
	return 0;
}

static void
set_dump(struct parser *p, const char *arg)
{
	const char *list = arg;
	size_t len;
	uint32_t bit;

	p->opt->dump = 0;
	do {
		len = strcspn(arg, ",");
		bit = dump_bit(arg, len);
		if (!bit)
			log_die(EXIT_USAGE, "-d %s: not a list of in_asm, ir, "
				"opt, out_asm and passes", list);
		p->opt->dump |= bit;
		arg += len;
	} while (*arg++);
	p->opt->strace |= !!(p->opt->dump & DUMP_STRACE);
	p->opt->dump &= ~(DUMP_STRACE | DUMP_NOTHING);
}

static void
set_dump_file(struct parser *p, const char *arg)
{
	p->opt->dump_file = absolute(p, "-D", arg);
}

/* The filters of the program that executes this one: see exec.c. */
static void
set_seccomp(struct parser *p, const char *arg)
{
	p->opt->seccomp_fd = atoi(arg);
	if (p->opt->seccomp_fd < 1)
		log_die(EXIT_USAGE, "--seccomp %s: not a descriptor", arg);
}

static void show_help(struct parser *p, const char *arg) __attribute__((noreturn));

static void __attribute__((noreturn))
show_version(struct parser *p, const char *arg)
{
	(void)p;
	(void)arg;
	puts(PACKAGE_NAME " " PACKAGE_VERSION);
	exit(fflush(stdout) ? 1 : 0);
}

static const struct option_row rows[] = {
	{ "L", "sysroot", { "FERRY_SYSROOT", "QEMU_LD_PREFIX" }, "DIR",
	  "look absolute paths up under DIR first", true, set_sysroot },
	{ "E", "set-env", { "FERRY_SET_ENV", "QEMU_SET_ENV" }, "VAR=VAL",
	  "set VAR in the program's environment", false, set_env },
	{ "U", "unset-env", { "FERRY_UNSET_ENV", "QEMU_UNSET_ENV" }, "VAR",
	  "remove VAR from the program's environment", false, unset_env },
	{ "rootfs", "rootfs", { NULL }, "DIR",
	  "make DIR the root directory, in namespaces", false, set_rootfs },
	{ "bind", "bind", { NULL }, "SRC[:DST]",
	  "show SRC as DST in --rootfs", false, add_bind },
	{ "0", "argv0", { "FERRY_ARGV0", "QEMU_ARGV0" }, "ARGV0",
	  "the program's argv[0]", false, set_argv0 },
	{ "r", "uname-release", { "FERRY_UNAME", "QEMU_UNAME" }, "RELEASE",
	  "the kernel release that uname tells", true, set_release },
	{ "s", "stack-size", { "FERRY_STACK_SIZE", "QEMU_STACK_SIZE" },
	  "SIZE", "size of the main stack in bytes (K, M, G)", true, set_stack_size },
	{ "va-bits", "va-bits", { "FERRY_VA_BITS" }, "BITS",
	  "size of the address space: 39, 42 or 47", true, set_va_bits },
	{ "cpu", "cpu", { "FERRY_CPU", "QEMU_CPU" }, "MODEL",
	  "the processor, MODEL[,-FEATURE]... (try -cpu help)", true, set_cpu },
	{ "threshold", "threshold", { "FERRY_THRESHOLD" }, "N",
	  "translate what ran N times; 0: interpret all", true, set_threshold },
	{ "fp-traps", "fp-traps", { "FERRY_FP_TRAPS" }, "N",
	  "let code test for NaNs when N have trapped", true, set_fp_traps },
	{ "cache-size", "cache-size", { "FERRY_CACHE_SIZE" }, "SIZE",
	  "start over when translations take SIZE bytes", true,
	  set_cache_size },
	{ "share", "share", { "FERRY_SHARE" }, "yes|no",
	  "share translations with the programs it starts", true, set_share },
	{ "strace", "strace", { "FERRY_STRACE", "QEMU_STRACE" }, "[=CALLS]",
	  "print system calls and signals (try =file,network,!futex)", true,
	  set_strace },
	{ "strace-file", "strace-file", { "FERRY_STRACE_FILE" }, "FILE",
	  "append that to FILE, or write it to descriptor N: &N", true,
	  set_strace_file },
	{ "stats", "stats", { "FERRY_STATS" }, NULL,
	  "say at the end what was translated", true, set_stats },
	{ "d", "dump", { "FERRY_DUMP", "QEMU_LOG" }, "ITEM,...",
	  "dump translations: in_asm, ir, opt, out_asm, passes", true, set_dump },
	{ "D", "dump-file", { "FERRY_DUMP_FILE", "QEMU_LOG_FILENAME" }, "FILE",
	  "append dumps to FILE", true, set_dump_file },
	{ "perfmap", "perfmap", { "FERRY_PERFMAP" }, NULL,
	  "name translations for perf in /tmp/perf-PID.map", true,
	  set_perfmap },
	{ "jitdump", "jitdump", { "FERRY_JITDUMP" }, NULL,
	  "write translations for perf inject -j to /tmp/jit-PID.dump", true,
	  set_jitdump },
	{ "seed", "seed", { "FERRY_SEED", "QEMU_RAND_SEED" }, "N",
	  "the same AT_RANDOM and addresses each time", true, set_seed },
	{ "seccomp", "seccomp", { NULL }, "FD",
	  NULL, false, set_seccomp },
	{ "host-cpu", "host-cpu", { "FERRY_HOST_CPU" }, "LEVEL",
	  "use no more of the host than sse2, sse4.2, avx, avx2", true,
	  set_host_cpu },
	{ "lockstep", "lockstep", { "FERRY_LOCKSTEP" }, NULL,
	  "compare each translation's work with the interpreter's", true,
	  set_lockstep },
	{ "signal-edges", "signal-edges", { "FERRY_SIGNAL_EDGES" },
	  "SIG[:N]", "raise signal SIG at every Nth branch that is taken",
	  true, set_signal_edges },
	{ "version", "version", { NULL }, NULL,
	  "print the version", false, show_version },
	{ "h", "help", { NULL }, NULL,
	  "print this help", false, show_help },
	/* Without help: what execve says to a guest's child; qemu-user's. */
	{ "no-path", "no-path", { NULL }, NULL, NULL, false, set_no_path },
	{ "registered", "registered", { NULL }, NULL, NULL, true,
	  set_registered },
	{ "own-fd", "own-fd", { NULL }, "FD", NULL, false, set_own_fd },
	{ "store-fd", "store-fd", { CODESTORE_VARIABLE }, "FD", NULL, false,
	  set_store_fd },
	{ "program-fd", "program-fd", { NULL }, "FD", NULL, false,
	  set_program_fd },
	{ "g", "gdb", { "QEMU_GDB" }, "PORT", NULL, false, set_gdb },
	{ "R", "reserved-va", { "QEMU_RESERVED_VA" }, "SIZE", NULL, false,
	  set_nothing },
	{ "B", "guest-base", { "QEMU_GUEST_BASE" }, "ADDRESS", NULL, false,
	  set_nothing },
	{ "p", "page-size", { "QEMU_PAGESIZE" }, "SIZE", NULL, false,
	  set_nothing },
	{ "tb-size", "tb-size", { "QEMU_TB_SIZE" }, "MIB", NULL, true,
	  set_tb_size },
	{ "one-insn-per-tb", "one-insn-per-tb", { "QEMU_ONE_INSN_PER_TB" },
	  NULL, NULL, false, set_nothing },
	{ "singlestep", "singlestep", { "QEMU_SINGLESTEP" }, NULL, NULL,
	  false, set_nothing },
};

static void
show_help(struct parser *p, const char *arg)
{
	size_t i;

	(void)p;
	(void)arg;
	puts("usage: ferry [OPTION]... PROGRAM [ARGUMENT]...\n"
	     "Runs a Linux program that was built for AArch64.\n");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		char left[64];

		if (!rows[i].help)
			continue;
		if (needs_arg(&rows[i]))
			snprintf(left, sizeof(left), "-%s %s, --%s=%s",
				 rows[i].name, rows[i].arg, rows[i].long_name,
				 rows[i].arg);
		else
			snprintf(left, sizeof(left), "-%s, --%s%s",
				 rows[i].name, rows[i].long_name,
				 rows[i].arg ? rows[i].arg : "");
		printf("  %-34s %s%s%s\n", left, rows[i].help,
		       rows[i].env[0] ? "; " : "",
		       rows[i].env[0] ? rows[i].env[0] : "");
	}
	puts("\nA variable stands for its option when the option is not given"
	     " (lists are\nseparated by commas). qemu-user's options and"
	     " QEMU_* variables are taken, too;\n-B, -R, -p, -singlestep and"
	     " -one-insn-per-tb change nothing here."
	     "\n\n       ferry binfmt ...: have the kernel start ferry;"
	     " see ferry-binfmt(8)");
	exit(fflush(stdout) ? 1 : 0);
}

/* The row that argument `s' names; *arg its attached argument or NULL. */
static const struct option_row *
find_row(const char *s, const char **arg)
{
	bool two = s[1] == '-';
	const char *name = s + 1 + two;
	size_t len = strcspn(name, "="), i;

	*arg = two && name[len] == '=' ? name + len + 1 : NULL;
	if (!*arg)
		len = strlen(name);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *n = two ? rows[i].long_name : rows[i].name;

		if (strlen(n) == len && memcmp(n, name, len) == 0)
			return &rows[i];
	}
	/* -LDIR, as getopt(3) has it. */
	for (i = 0; !two && i < ARRAY_SIZE(rows); i++) {
		if (rows[i].arg && !rows[i].name[1] &&
		    rows[i].name[0] == name[0] && name[1]) {
			*arg = name + 1;
			return &rows[i];
		}
	}
	return NULL;
}

static const char *
env_value(char **envp, const char *name)
{
	size_t len = strlen(name);

	for (; *envp; envp++)
		if (strncmp(*envp, name, len) == 0 && (*envp)[len] == '=')
			return *envp + len + 1;
	return NULL;
}

/* What an option says: text[row] is what children are told. */
static void
apply(struct parser *p, const struct option_row *row, const char *arg,
      const char **text)
{
	p->text = arg ? arg : "";
	row->set(p, arg);
	text[row - rows] = p->text;
}

/* Applies a variable: lists (-E, -U) are split at commas. */
static void
apply_variable(struct parser *p, const struct option_row *row,
	       const char *value, const char **text)
{
	char *copy, *item, *state;

	if (row->set != set_env && row->set != unset_env) {
		if (needs_arg(row) || (*value && strcmp(value, "0") != 0))
			apply(p, row, value, text);
		return;
	}
	copy = strdup(value);
	if (!copy)
		log_die(EXIT_USAGE, "%s", strerror(ENOMEM));
	for (item = strtok_r(copy, ",", &state); item;
	     item = strtok_r(NULL, ",", &state))
		row->set(p, item);
}

static int
count_items(const char *list)
{
	int n = 1;

	for (; *list; list++)
		n += *list == ',';
	return n;
}

static void
apply_environment(struct parser *p, char **envp, const char **text)
{
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (k = 0; k < 2 && rows[i].env[k] && !text[i]; k++) {
			const char *v = env_value(envp, rows[i].env[k]);

			if (!v)
				continue;
			if (p->opt->rootfs && rows[i].set == set_sysroot)
				break;
			apply_variable(p, &rows[i], v, text);
			break;
		}
	}
}

/* The command line that re-executes ferry for a guest's child: what was given
 * here, by option or by variable; text[i] is NULL for a row that was not. */
static void
inherit(struct options *opt, char *argv0, const char *const *text)
{
	static char *own[2 * ARRAY_SIZE(rows) + 1];
	static char names[ARRAY_SIZE(rows)][24];
	static char strace[2048];
	size_t i;
	int n = 0;

	own[n++] = argv0;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!rows[i].inherited || !text[i])
			continue;
		fmt_print(names[i], sizeof(names[i]), "-%s", rows[i].name);
		own[n++] = names[i];
		if (rows[i].set == set_strace && *text[i]) {
			fmt_print(strace, sizeof(strace), "--strace=%s",
				  text[i]);
			own[n - 1] = strace;
		}
		if (needs_arg(&rows[i]))
			own[n++] = (char *)text[i];
	}
	opt->own_argv = own;
	opt->nr_own = n;
}

int
options_parse(struct options *opt, int argc, char **argv, char **envp)
{
	const char *text[ARRAY_SIZE(rows)] = { NULL };
	struct parser p = { .opt = opt };
	const char *v, *none;
	int i;

	p.max_env = argc + 3;
	opt->threshold = DEFAULT_THRESHOLD;
	opt->fp_traps = DEFAULT_FP_TRAPS;
	opt->own_fd = opt->program_fd = opt->store_fd = -1;
	opt->strace_fd = 2;
	if ((v = env_value(envp, "FERRY_SET_ENV")))
		p.max_env += count_items(v);
	if ((v = env_value(envp, "FERRY_UNSET_ENV")))
		p.max_env += count_items(v);
	if (opt->by_kernel)
		apply(&p, find_row("-registered", &none), NULL, text);
	for (i = 1; i < argc && !opt->by_kernel && argv[i][0] == '-' &&
	     argv[i][1]; i++) {
		const struct option_row *row;
		const char *arg;

		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		row = find_row(argv[i], &arg);
		if (!row)
			log_die(EXIT_USAGE, "unknown option %s (try ferry -h)",
				argv[i]);
		if (!row->arg && arg)
			log_die(EXIT_USAGE, "option %s takes no argument",
				argv[i]);
		if (needs_arg(row) && !arg && !(arg = argv[++i]))
			log_die(EXIT_USAGE, "option -%s needs an argument: %s",
				row->name, row->arg);
		apply(&p, row, arg, text);
	}
	if (opt->rootfs && opt->sysroot)
		log_die(EXIT_USAGE, "--rootfs and -L exclude each other");
	if (p.binds && !opt->rootfs)
		log_die(EXIT_USAGE, "--bind needs --rootfs");
	/* For ferry alone, also if it is of no use. */
	if (env_value(envp, CODESTORE_VARIABLE))
		add_env(&p, &p.unset_env, &p.nr_unset, CODESTORE_VARIABLE);
	if (!getauxval(AT_SECURE))
		apply_environment(&p, envp, text);
	if (opt->lockstep && opt->edge_signal)
		log_die(EXIT_USAGE, "--lockstep and --signal-edges exclude "
			"each other");
	opt->binds = p.binds;
	if (i >= argc)
		log_die(EXIT_USAGE, "no program given (try ferry -h)");
	opt->set_env = p.set_env;
	opt->unset_env = p.unset_env;
	inherit(opt, opt->rootfs ? (char *)ROOTFS_SELF : argv[0], text);
	return i;
}
