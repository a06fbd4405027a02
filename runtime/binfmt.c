/*
 * binfmt.c - see binfmt.h.
 *
 * Documentation/admin-guide/binfmt-misc.rst: a line in `register' makes an
 * entry; an entry's file tells what it is, and writing -1 removes it. Of two
 * entries for the same programs the one registered last is found first.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"
#include "binfmt.h"
#include "options.h"

#define MOUNT		"/proc/sys/fs/binfmt_misc"
#define PERSISTENT	"/etc/binfmt.d"
#define ALL_FLAGS	"POCF"

/* e_ident, e_type (ET_EXEC or ET_DYN) and e_machine of an AArch64 program; as
 * the kernel prints them, and as it wants them. Bits of e_ident that do not
 * matter are those that qemu-user's registrations leave out, too. */
#define MAGIC	"7f454c460201010000000000000000000200b700"
#define MASK	"ffffffffffffff00fffffffffffffffffeffffff"

static const struct target {
	const char *name, *magic, *mask, *platform;
} target = { "ferry-aarch64", MAGIC, MASK, "linux/arm64" };

struct request {
	const char *flags, *interpreter;
	bool persistent, json;
};

/* An entry as its file shows it. */
struct entry {
	char name[NAME_MAX + 1];
	char interpreter[PATH_MAX], flags[16], magic[600], mask[600];
	bool enabled;
};

static int
fail(const char *what)
{
	fprintf(stderr, "ferry binfmt: %s: %s\n", what, strerror(errno));
	return 1;
}

static int
write_file(const char *path, int flags, const char *text)
{
	int fd = open(path, flags | O_WRONLY | O_CLOEXEC, 0644);
	size_t len = strlen(text);
	ssize_t n;

	if (fd < 0)
		return fail(path);
	n = write(fd, text, len);
	if (n >= 0 && (size_t)n != len)
		errno = ENOSPC;
	if (n != (ssize_t)len) {
		fail(path);
		close(fd);
		return 1;
	}
	return close(fd) < 0 ? fail(path) : 0;
}

static bool
is_mounted(void)
{
	return access(MOUNT "/status", F_OK) == 0;
}

/*
 * Since Linux 6.7 registrations last as long as binfmt_misc is mounted
 * anywhere (fs/binfmt_misc.c, bm_evict_inode). Whether it was not before this
 * mount, and that is one of a container or the like, which will end.
 */
static bool
goes_with_us(const struct timespec *before)
{
	struct utsname u;
	unsigned major = 0, minor = 0;
	struct stat root, ours, first;

	uname(&u);
	sscanf(u.release, "%u.%u", &major, &minor);
	if (major < 6 || (major == 6 && minor < 7) || stat(MOUNT, &root) < 0)
		return false;
	if (root.st_ctim.tv_sec < before->tv_sec ||
	    (root.st_ctim.tv_sec == before->tv_sec &&
	     root.st_ctim.tv_nsec < before->tv_nsec))
		return false;
	/* The machine's first process shows this to its root only. */
	return getpid() == 1 || stat("/proc/1/ns/mnt", &first) < 0 ||
	       stat("/proc/self/ns/mnt", &ours) < 0 ||
	       ours.st_ino != first.st_ino;
}

/* *passing: registrations are going to be lost soon. */
static int
mount_it(bool *passing)
{
	struct timespec before;

	*passing = false;
	if (is_mounted())
		return 0;
	clock_gettime(CLOCK_REALTIME_COARSE, &before);
	if (mount("binfmt_misc", MOUNT, "binfmt_misc", 0, NULL) == 0) {
		*passing = goes_with_us(&before);
		return 0;
	}
	if (errno == ENODEV)
		fputs("ferry binfmt: this kernel has no binfmt_misc (modprobe "
		      "binfmt_misc?)\n", stderr);
	else
		fail("cannot mount " MOUNT);
	return 1;
}

/* To look into: a container may have a mount of the machine's elsewhere, or
 * none, and before Linux 6.7 registrations needed none. */
static bool
mount_for_now(void)
{
	return !is_mounted() &&
	       mount("binfmt_misc", MOUNT, "binfmt_misc", 0, NULL) == 0;
}

/* --- Entries. */

static void
parse_line(struct entry *e, const char *line)
{
	if (strcmp(line, "enabled") == 0)
		e->enabled = true;
	sscanf(line, "interpreter %4095[^\n]", e->interpreter);
	sscanf(line, "flags: %15s", e->flags);
	sscanf(line, "magic %599s", e->magic);
	sscanf(line, "mask %599s", e->mask);
}

static bool
read_entry(const char *name, struct entry *e)
{
	char path[PATH_MAX], line[PATH_MAX + 32];
	FILE *f;

	memset(e, 0, sizeof(*e));
	snprintf(e->name, sizeof(e->name), "%s", name);
	snprintf(path, sizeof(path), MOUNT "/%s", name);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		parse_line(e, line);
	}
	fclose(f);
	return true;
}

/* Calls fn for every entry; false if the directory cannot be read. */
static bool
each_entry(void (*fn)(const struct entry *e, void *arg), void *arg)
{
	DIR *dir = opendir(MOUNT);
	struct dirent *d;
	struct entry e;

	if (!dir)
		return false;
	while ((d = readdir(dir)))
		if (d->d_name[0] != '.' && strcmp(d->d_name, "register") != 0 &&
		    strcmp(d->d_name, "status") != 0 &&
		    read_entry(d->d_name, &e))
			fn(&e, arg);
	closedir(dir);
	return true;
}

static unsigned
hex_byte(const char *s)
{
	unsigned v = 0;

	sscanf(s, "%2x", &v);
	return v;
}

/* Whether the entry is for the target's programs, too: magics agree where
 * both look. */
static bool
is_for_target(const struct entry *e)
{
	size_t i;

	if (!e->enabled || !e->magic[0])
		return false;
	for (i = 0; e->magic[i] && target.magic[i]; i += 2) {
		unsigned mask = hex_byte(target.mask + i);

		if (e->mask[0])
			mask &= hex_byte(e->mask + i);
		if ((hex_byte(e->magic + i) ^ hex_byte(target.magic + i)) &
		    mask)
			return false;
	}
	return true;
}

/* --- install */

static bool
valid_flags(const char *flags)
{
	const char *f;

	for (f = flags; *f; f++)
		if (!strchr(ALL_FLAGS, *f) || strchr(f + 1, *f))
			return false;
	return true;
}

static void
append_hex(char *out, const char *hex)
{
	for (out += strlen(out); *hex; hex += 2)
		out += sprintf(out, "\\x%.2s", hex);
}

/* The line for `register' and for binfmt.d. */
static void
make_line(char line[2048], const struct request *r)
{
	sprintf(line, ":%s:M::", target.name);
	append_hex(line, target.magic);
	strcat(line, ":");
	append_hex(line, target.mask);
	sprintf(line + strlen(line), ":%s:%s\n", r->interpreter, r->flags);
}

static void
tell_other(const struct entry *e, void *arg)
{
	(void)arg;
	if (strcmp(e->name, target.name) != 0 && is_for_target(e))
		printf("note: %s (%s) is registered for the same programs; "
		       "%s, registered later, comes first\n", e->name,
		       e->interpreter, target.name);
}

static int
remove_entry(void)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), MOUNT "/%s", target.name);
	return access(path, F_OK) == 0 ? write_file(path, 0, "-1") : 0;
}

/* The program that is running, unless another is asked for. */
static int
find_interpreter(struct request *r)
{
	static char self[PATH_MAX];
	ssize_t n;

	if (!r->interpreter) {
		n = readlink("/proc/self/exe", self, sizeof(self) - 1);
		if (n < 0)
			return fail("/proc/self/exe");
		r->interpreter = self;
	}
	if (r->interpreter[0] != '/' || strpbrk(r->interpreter, ":\n\\") ||
	    strlen(r->interpreter) > 1024) {
		fprintf(stderr, "ferry binfmt: %s: not an absolute path that "
			"the kernel can be told\n", r->interpreter);
		return EXIT_USAGE;
	}
	return access(r->interpreter, X_OK) < 0 ? fail(r->interpreter) : 0;
}

static int
install(struct request *r)
{
	char line[2048];
	int status = find_interpreter(r);
	bool passing;

	if (status || (status = mount_it(&passing)) ||
	    (status = remove_entry()))
		return status;
	make_line(line, r);
	if (write_file(MOUNT "/register", 0, line))
		return 1;
	printf("%s: registered, %s, flags %s\n", target.name, r->interpreter,
	       r->flags[0] ? r->flags : "none");
	each_entry(tell_other, NULL);
	if (strchr(r->flags, 'C'))
		puts("note: flag C gives set-user-ID programs for AArch64 "
		     "their owner's rights, by way of this file: it must be "
		     "writable by root only");
	if (!strchr(r->flags, 'F'))
		puts("note: without flag F, chroots and containers need "
		     "ferry at the same path inside");
	if (passing)
		puts("note: the kernel forgets this when this container or "
		     "namespace ends, unless the machine's own " MOUNT " is "
		     "seen in it");
	if (!r->persistent)
		return 0;
	if (mkdir(PERSISTENT, 0755) < 0 && errno != EEXIST)
		return fail(PERSISTENT);
	return write_file(PERSISTENT "/ferry-aarch64.conf", O_CREAT | O_TRUNC,
			  line);
}

void
binfmt_register_here(const char *interpreter, const char *flags)
{
	struct request r = { .flags = flags, .interpreter = interpreter };
	char line[2048];
	int fd;

	if (mount("binfmt_misc", MOUNT, "binfmt_misc", 0, NULL) < 0)
		return;
	make_line(line, &r);
	fd = open(MOUNT "/register", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, line, strlen(line)) < 0)
		umount2(MOUNT, MNT_DETACH);
	close(fd);
}

/* --- uninstall, status */

static int
uninstall(struct request *r)
{
	struct entry e;
	bool was = is_mounted() && read_entry(target.name, &e);
	bool file = unlink(PERSISTENT "/ferry-aarch64.conf") == 0;

	(void)r;
	if (was && remove_entry())
		return 1;
	if (was || file)
		printf("%s: removed\n", target.name);
	else
		printf("%s: was not registered\n", target.name);
	return 0;
}

static void
show_entry(const struct entry *e, void *arg)
{
	bool ours = strcmp(e->name, target.name) == 0;
	bool *found = arg;

	if (!ours && !is_for_target(e))
		return;
	*found |= ours && e->enabled;
	printf("%s: %s, %s, flags %s\n", e->name,
	       e->enabled ? "enabled" : "disabled", e->interpreter,
	       e->flags[0] ? e->flags : "none");
}

static void
find_platform(const struct entry *e, void *arg)
{
	*(bool *)arg |= is_for_target(e);
}

static void
print_string(const char *s)
{
	putchar('"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			putchar('\\');
		putchar(*s);
	}
	putchar('"');
}

static void
print_name(const struct entry *e, void *arg)
{
	const char **comma = arg;

	if (!e->enabled)
		return;
	printf("%s\n    ", *comma);
	print_string(e->name);
	*comma = ",";
}

/* The keys of the usual installer images, for scripts that know them. */
static int
show_json(void)
{
	const char *comma = "";
	bool foreign = false;

	each_entry(find_platform, &foreign);
	printf("{\n  \"supported\": [\n    \"linux/amd64\"");
	if (foreign)
		printf(",\n    \"%s\"", target.platform);
	printf("\n  ],\n  \"emulators\": [");
	each_entry(print_name, &comma);
	puts(*comma ? "\n  ]\n}" : "]\n}");
	return 0;
}

static int
status(struct request *r)
{
	bool found = false;

	if (r->json)
		return show_json();
	if (!is_mounted()) {
		puts("binfmt_misc is not mounted");
		return 1;
	}
	each_entry(show_entry, &found);
	if (!found)
		printf("%s: not registered\n", target.name);
	return !found;
}

/* --- The command line. */

static const struct verb {
	const char *name;
	int (*run)(struct request *r);
} verbs[] = {
	{ "install", install },
	{ "uninstall", uninstall },
	{ "status", status },
};

static int
usage(FILE *to, int code)
{
	fputs("usage: ferry binfmt install [--flags=FLAGS] "
	      "[--interpreter=PATH] [--persistent]\n"
	      "       ferry binfmt uninstall\n"
	      "       ferry binfmt status [--json]\n"
	      "Has the kernel start ferry for AArch64 programs. FLAGS are of "
	      "P, O, C, F; F is\nthe default. Also as --install all|arm64, "
	      "--uninstall all|arm64.\n", to);
	return code;
}

/* Names that the installer images use for what is to be installed. */
static bool
is_target_name(const char *s)
{
	return !strcmp(s, "all") || !strcmp(s, "arm64") ||
	       !strcmp(s, "aarch64") || !strcmp(s, "linux/arm64") ||
	       !strcmp(s, target.name);
}

static bool
parse_option(struct request *r, const char *arg)
{
	if (strncmp(arg, "--flags=", 8) == 0 && valid_flags(arg + 8))
		r->flags = arg + 8;
	else if (strncmp(arg, "--interpreter=", 14) == 0)
		r->interpreter = arg + 14;
	else if (strcmp(arg, "--persistent") == 0)
		r->persistent = true;
	else if (strcmp(arg, "--json") == 0)
		r->json = true;
	else
		return false;
	return true;
}

static const struct verb *
find_verb(const char *word)
{
	size_t i;

	if (strncmp(word, "--", 2) == 0)
		word += 2;
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(word, verbs[i].name) == 0)
			return &verbs[i];
	return NULL;
}

int
binfmt_main(int argc, char **argv)
{
	struct request r = { .flags = "F" };
	const struct verb *verb = NULL;
	int (*run)(struct request *r);
	bool ours;
	int i, code;

	for (i = 1; i < argc; i++) {
		const struct verb *v = find_verb(argv[i]);

		if (strcmp(argv[i], "-h") == 0 ||
		    strcmp(argv[i], "--help") == 0)
			return usage(stdout, 0);
		if (v && !verb)
			verb = v;
		else if (!verb || (!is_target_name(argv[i]) &&
				   !parse_option(&r, argv[i])))
			return usage(stderr, EXIT_USAGE);
	}
	/* As those images do without arguments. */
	r.json |= argc == 1;
	run = verb ? verb->run : status;
	ours = run != install && mount_for_now();
	code = run(&r);
	if (ours)
		umount2(MOUNT, MNT_DETACH);
	return fflush(stdout) ? fail("standard output") : code;
}
