#include <stddef.h>

struct table;

struct table *table_new(void);
void table_free(struct table *t);
void table_add(struct table *t, const char *key, size_t len);
size_t table_size(const struct table *t);
unsigned table_count(const struct table *t, const char *key);
void table_each(const struct table *t,
		void (*fn)(const char *key, unsigned n, void *arg), void *arg);
