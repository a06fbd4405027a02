#include <stdio.h>

struct table;

void text_words(FILE *in, struct table *t);
