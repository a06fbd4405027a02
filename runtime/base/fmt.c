/*
 * fmt.c - formatted text without libc.
 *
 * libc's snprintf takes locks, reads the locale through TLS and may allocate;
 * this one does none of that, so it works in every guest thread and in signal
 * handlers. It knows what log.h says and nothing else.
 */
#include "base.h"
#include "log.h"

struct out {
	char *buf;
	size_t size, len;
};

static void
put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void
put_padded(struct out *o, const char *s, size_t n, int width, bool left,
	   char pad)
{
	size_t fill = width > 0 && (size_t)width > n ? (size_t)width - n : 0;

	for (; !left && fill; fill--)
		put(o, pad);
	while (n--)
		put(o, *s++);
	for (; fill; fill--)
		put(o, ' ');
}

struct spec {
	bool left, zero, alt, precise;
	int width, precision, longs;
};

static const char *
parse_spec(const char *f, struct spec *sp, va_list *ap)
{
	*sp = (struct spec){ 0 };
	for (;; f++) {
		if (*f == '-')
			sp->left = true;
		else if (*f == '0')
			sp->zero = true;
		else if (*f == '#')
			sp->alt = true;
		else
			break;
	}
	if (*f == '*') {
		sp->width = va_arg(*ap, int);
		f++;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		sp->width = sp->width * 10 + (*f - '0');
	if (*f == '.') {
		sp->precise = true;
		f++;
		if (*f == '*') {
			sp->precision = va_arg(*ap, int);
			f++;
		}
		for (; *f >= '0' && *f <= '9'; f++)
			sp->precision = sp->precision * 10 + (*f - '0');
	}
	for (; *f == 'l' || *f == 'z' || *f == 'j'; f++)
		sp->longs++;
	return f;
}

static void
put_number(struct out *o, const struct spec *sp, uint64_t v, bool negative,
	   unsigned base)
{
	char digits[72];
	char *p = digits + sizeof(digits);
	char *end = p;
	bool zero = v == 0;

	do {
		*--p = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	while (sp->precise && end - p < sp->precision && p > digits + 4)
		*--p = '0';
	if (sp->zero && !sp->left && !sp->precise) {
		int room = sp->width - negative - (sp->alt && base == 16) * 2;

		while (end - p < room && p > digits + 4)
			*--p = '0';
	}
	if (sp->alt && !zero && base == 16) {
		*--p = 'x';
		*--p = '0';
	} else if (sp->alt && !zero && base == 8) {
		*--p = '0';
	}
	if (negative)
		*--p = '-';
	put_padded(o, p, end - p, sp->width, sp->left, ' ');
}

static void
put_string(struct out *o, const struct spec *sp, const char *s)
{
	size_t n = 0;

	if (!s)
		s = "(null)";
	while ((!sp->precise || n < (size_t)sp->precision) && s[n])
		n++;
	put_padded(o, s, n, sp->width, sp->left, ' ');
}

size_t
fmt_vprint(char *buf, size_t size, const char *fmt, va_list ap_in)
{
	struct out o = { buf, size, 0 };
	struct spec sp;
	va_list ap;
	int64_t i;
	char c;

	va_copy(ap, ap_in);
	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(&o, *fmt);
			continue;
		}
		fmt = parse_spec(fmt + 1, &sp, &ap);
		switch (*fmt) {
		case 'd':
		case 'i':
			i = sp.longs ? va_arg(ap, long) : va_arg(ap, int);
			put_number(&o, &sp, i < 0 ? -(uint64_t)i : (uint64_t)i,
				   i < 0, 10);
			break;
		case 'u':
		case 'x':
		case 'o':
			put_number(&o, &sp,
				   sp.longs ? va_arg(ap, unsigned long) :
					      va_arg(ap, unsigned int),
				   false,
				   *fmt == 'u' ? 10 : *fmt == 'x' ? 16 : 8);
			break;
		case 'p':
			sp.alt = true;
			put_number(&o, &sp, (uintptr_t)va_arg(ap, void *),
				   false, 16);
			break;
		case 's':
			put_string(&o, &sp, va_arg(ap, const char *));
			break;
		case 'c':
			c = (char)va_arg(ap, int);
			put_padded(&o, &c, 1, sp.width, sp.left, ' ');
			break;
		case '%':
			put(&o, '%');
			break;
		default:
			va_end(ap);
			bug("fmt_vprint: unknown conversion %%%c", *fmt);
		}
	}
	va_end(ap);
	if (size)
		buf[o.len < size ? o.len : size - 1] = '\0';
	return o.len;
}

size_t
fmt_print(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = fmt_vprint(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
