#include <config.h>

#include <ctype.h>
#include <stdlib.h>

#include "table.h"
#include "text.h"

void
text_words(FILE *in, struct table *t)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, in)) > 0) {
		char *p = line, *end = line + len;

		while (p < end) {
			char *word;

			while (p < end && !isalpha((unsigned char)*p))
				p++;
			for (word = p; p < end && isalpha((unsigned char)*p); p++)
				*p = tolower((unsigned char)*p);
			if (p > word)
				table_add(t, word, p - word);
		}
	}
	free(line);
}
