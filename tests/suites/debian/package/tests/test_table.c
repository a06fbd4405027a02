#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

int
main(void)
{
	struct table *t = table_new();
	char key[16];

	for (int round = 0; round < 3; round++)
		for (int i = 0; i < 5000; i++) {
			snprintf(key, sizeof(key), "k%d", i);
			table_add(t, key, strlen(key));
		}
	if (table_size(t) != 5000 || table_count(t, "k4999") != 3
	    || table_count(t, "none") != 0)
		return EXIT_FAILURE;
	table_free(t);
	return EXIT_SUCCESS;
}
