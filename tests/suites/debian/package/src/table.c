#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "table.h"

struct entry {
	char *key;
	unsigned n;
};

struct table {
	struct entry *entries;
	size_t used, size;
};

struct table *
table_new(void)
{
	struct table *t = malloc(sizeof(*t));

	t->used = 0;
	t->size = 64;
	t->entries = calloc(t->size, sizeof(*t->entries));
	return t;
}

void
table_free(struct table *t)
{
	for (size_t i = 0; i < t->size; i++)
		free(t->entries[i].key);
	free(t->entries);
	free(t);
}

static struct entry *
find(const struct table *t, const char *key, size_t len)
{
	size_t hash = 5381;

	for (size_t i = 0; i < len; i++)
		hash = hash * 33 ^ (unsigned char)key[i];
	for (;; hash++) {
		struct entry *e = &t->entries[hash & (t->size - 1)];

		if (!e->key || (strncmp(e->key, key, len) == 0
				&& e->key[len] == 0))
			return e;
	}
}

static void
grow(struct table *t)
{
	struct table bigger = { NULL, t->used, t->size * 2 };

	bigger.entries = calloc(bigger.size, sizeof(*bigger.entries));
	for (size_t i = 0; i < t->size; i++) {
		struct entry *e = &t->entries[i];

		if (e->key)
			*find(&bigger, e->key, strlen(e->key)) = *e;
	}
	free(t->entries);
	*t = bigger;
}

void
table_add(struct table *t, const char *key, size_t len)
{
	struct entry *e = find(t, key, len);

	if (!e->key) {
		if (t->used * 2 >= t->size) {
			grow(t);
			e = find(t, key, len);
		}
		e->key = strndup(key, len);
		t->used++;
	}
	e->n++;
}

size_t
table_size(const struct table *t)
{
	return t->used;
}

unsigned
table_count(const struct table *t, const char *key)
{
	struct entry *e = find(t, key, strlen(key));

	return e->key ? e->n : 0;
}

void
table_each(const struct table *t,
	   void (*fn)(const char *key, unsigned n, void *arg), void *arg)
{
	for (size_t i = 0; i < t->size; i++)
		if (t->entries[i].key)
			fn(t->entries[i].key, t->entries[i].n, arg);
}
