/*
 * sysroot.c - a guest's absolute path, walked under the sysroot.
 *
 * The host's kernel cannot be asked to do this: it resolves absolute symbolic
 * links against its own root, and openat2's RESOLVE_IN_ROOT only gives a
 * descriptor, which other guest threads would see come and go. So the walk is
 * done here, one readlink(2) per component (which fails with EINVAL for what
 * is no link); it ends at the first component that the sysroot does not have.
 *
 * No state, no descriptors, no caching: other processes may change the tree.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "../base/hostcall.h"
#include "process.h"
#include "sysroot.h"

/* As the kernel's MAXSYMLINKS. */
#define MAX_LINKS 40

/* `out' holds the sysroot and behind it what is resolved so far, without
 * trailing slash; `rest' is still to be walked. */
struct walk {
	size_t root_len;
	char *out;
	size_t len;
	char rest[PATH_MAX];
	char *next;
	int links;
	bool up;		/* a ".." was walked */
};

/* Outcomes of a step. */
enum { WALK_ON, WALK_DONE, WALK_HOST, WALK_JOIN, WALK_MISSING, WALK_TOO_LONG };

/* Directories that describe the machine: the host's, whatever the sysroot
 * has under these names. */
static bool
is_hosts(const char *path)
{
	static const char name[][5] = { "proc", "dev", "sys" };
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(name); i++) {
		size_t n = strlen(name[i]);

		if (strncmp(path + 1, name[i], n) == 0 &&
		    (path[n + 1] == '/' || path[n + 1] == '\0'))
			return true;
	}
	return false;
}

static void
pop(struct walk *w)
{
	while (w->len > w->root_len && w->out[--w->len] != '/')
		;
	w->out[w->len] = '\0';
}

/* Replaces the component just walked, a link, by its target. */
static int
follow(struct walk *w, char *target, size_t n)
{
	size_t rest = strlen(w->next);

	if (++w->links > MAX_LINKS)
		return WALK_JOIN;
	if (n + rest >= sizeof(w->rest))
		return WALK_TOO_LONG;
	memmove(w->rest + n, w->next, rest + 1);
	memcpy(w->rest, target, n);
	w->next = w->rest;
	if (target[0] == '/') {
		w->len = w->root_len;
		w->out[w->len] = '\0';
	} else {
		pop(w);
	}
	return WALK_ON;
}

/* Walks one component of w->next. */
static int
step(struct walk *w, int flags)
{
	char target[PATH_MAX];
	const char *comp;
	size_t n;
	long r;

	while (*w->next == '/')
		w->next++;
	comp = w->next;
	n = strcspn(comp, "/");
	if (n == 0)
		return WALK_DONE;
	w->next += n;
	if (n == 1 && comp[0] == '.')
		return WALK_ON;
	if (n == 2 && comp[0] == '.' && comp[1] == '.') {
		w->up = true;
		pop(w);
		return WALK_ON;
	}
	if (w->len + 1 + n >= PATH_MAX)
		return WALK_TOO_LONG;
	w->out[w->len] = '/';
	memcpy(w->out + w->len + 1, comp, n);
	w->len += n + 1;
	w->out[w->len] = '\0';
	if (is_hosts(w->out + w->root_len))
		return WALK_HOST;
	r = host_call4(SYS_readlinkat, AT_FDCWD, P(w->out), P(target),
		       sizeof(target) - 1);
	if (r == -EINVAL)
		return WALK_ON;
	if (r == -EACCES)
		return WALK_JOIN;
	if (IS_ERR(r))
		return WALK_MISSING;
	if (*w->next == '\0' && flags & SYSROOT_NOFOLLOW)
		return WALK_DONE;
	return follow(w, target, (size_t)r);
}

/* Appends what is left to walk. */
static bool
append_rest(struct walk *w)
{
	size_t n = strlen(w->next);

	if (w->len + n >= PATH_MAX)
		return false;
	memcpy(w->out + w->len, w->next, n + 1);
	w->len += n;
	return true;
}

/* Turns the result into a path outside the sysroot. */
static const char *
to_host(struct walk *w)
{
	if (!append_rest(w))
		return NULL;
	memmove(w->out, w->out + w->root_len, w->len - w->root_len + 1);
	return w->out;
}

/*
 * The last component is missing. It may be about to be made: that happens on
 * the host, unless only the sysroot has its directory.
 */
static bool
only_sysroot_has_parent(struct walk *w)
{
	char *slash = strrchr(w->out, '/');
	char *parent = w->out + w->root_len;
	bool only;

	if (w->next[strspn(w->next, "/")] != '\0' || slash <= parent)
		return false;
	*slash = '\0';
	only = host_call3(SYS_faccessat, AT_FDCWD, P(parent), F_OK) == -ENOENT;
	*slash = '/';
	return only;
}

/*
 * A ".." that the guest wrote is left to the host, where the directory before
 * it may be missing: gcc looks for ld as /usr/lib/gcc/TARGET/12/../../../../
 * TARGET/bin/ld, and is not to find that of the host's cross compiler.
 */
static const char *
missing(struct walk *w, const char *path, int flags)
{
	if (only_sysroot_has_parent(w))
		return append_rest(w) ? w->out : NULL;
	return w->links || (w->up && flags & SYSROOT_JOINED) ? to_host(w) :
								path;
}

static const char *
join(struct walk *w, const char *path)
{
	size_t n = strlen(path);

	if (w->root_len + n >= PATH_MAX)
		return NULL;
	memcpy(w->out + w->root_len, path, n + 1);
	return w->out;
}

static const char *
finish(struct walk *w)
{
	/* "dir/" must stay a directory's name. */
	if (w->next > w->rest && w->next[-1] == '/' && w->len > w->root_len) {
		if (w->len + 1 >= PATH_MAX)
			return NULL;
		w->out[w->len++] = '/';
		w->out[w->len] = '\0';
	}
	return w->out;
}

/* False if it would not fit. */
static bool
start(struct walk *w, const char *root, const char *path, char *out)
{
	size_t n = strlen(path);

	w->root_len = strlen(root);
	if (n >= sizeof(w->rest) || w->root_len + 1 >= PATH_MAX)
		return false;
	memcpy(w->rest, path, n + 1);
	w->next = w->rest;
	w->links = 0;
	w->up = false;
	w->out = out;
	w->len = w->root_len;
	memcpy(w->out, root, w->root_len + 1);
	return true;
}

const char *
sysroot_path(const char *path, char *buf, int flags)
{
	const char *root = process.opt.sysroot, *guest;
	struct walk w;
	int r;

	if (!root || path[0] != '/' || is_hosts(path))
		return path;
	guest = sysroot_strip(path);
	if (!start(&w, root, guest, buf))
		return NULL;
	do {
		r = step(&w, flags);
	} while (r == WALK_ON);
	switch (r) {
	case WALK_DONE:
		return finish(&w);
	case WALK_HOST:
		return to_host(&w);
	case WALK_JOIN:
		return join(&w, guest);
	case WALK_MISSING:
		return missing(&w, path, flags);
	}
	return NULL;
}

const char *
sysroot_follow(const char *path, char *buf, int flags)
{
	char out[PATH_MAX];
	struct walk w;
	int links = 0;

	if (path[0] != '/' || is_hosts(path) ||
	    sysroot_strip(path) != path || !start(&w, "", path, out))
		return path;
	while (step(&w, flags) == WALK_ON) {
		const char *found;

		/* Just behind an absolute link? */
		if (w.links == links || w.len || w.next[0] != '/')
			continue;
		links = w.links;
		found = sysroot_path(w.next, buf, flags);
		if (found == buf && sysroot_strip(found) != found)
			return buf;
	}
	return path;
}

const char *
sysroot_strip(const char *path)
{
	const char *root = process.opt.sysroot;
	size_t n;

	if (!root)
		return path;
	n = strlen(root);
	if (strncmp(path, root, n) != 0)
		return path;
	if (path[n] == '\0')
		return "/";
	return path[n] == '/' ? path + n : path;
}
