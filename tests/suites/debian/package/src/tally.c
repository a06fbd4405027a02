#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"
#include "text.h"

struct best {
	const char *key[3];
	unsigned n[3];
};

static void
keep_best(const char *key, unsigned n, void *arg)
{
	struct best *b = arg;

	for (int i = 0; i < 3; i++) {
		if (n > b->n[i] || (n == b->n[i] && b->key[i]
				    && strcmp(key, b->key[i]) < 0)) {
			memmove(&b->key[i + 1], &b->key[i],
				(2 - i) * sizeof(b->key[0]));
			memmove(&b->n[i + 1], &b->n[i],
				(2 - i) * sizeof(b->n[0]));
			b->key[i] = key;
			b->n[i] = n;
			return;
		}
	}
}

int
main(void)
{
	struct table *t = table_new();
	struct best b = { { NULL }, { 0 } };

	text_words(stdin, t);
	table_each(t, keep_best, &b);
	printf("%zu words, long is %d bytes\n", table_size(t), SIZEOF_LONG);
	for (int i = 0; i < 3 && b.key[i]; i++)
		printf("%u %s %.3f\n", b.n[i], b.key[i], log2(b.n[i]));
	table_free(t);
	return 0;
}
