/*
 * trace_ioctl.c - the tracer's third argument of ioctl(2), by a table of what
 * the commands take. Any other is shown as a number.
 */
#include "trace_out.h"

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <linux/fs.h>
#include <linux/sockios.h>

#include "../runtime/base/log.h"

struct winsize_ {
	uint16_t row, col, xpixel, ypixel;
};

static void
put_termios(struct trace_line *l, const void *p)
{
	const struct termios *t = p;

	trace_put(l, "{c_iflag=");
	trace_put_flags(l, "c_iflag", t->c_iflag);
	trace_put(l, ", c_oflag=");
	trace_put_flags(l, "c_oflag", t->c_oflag);
	trace_put(l, ", c_cflag=");
	trace_put_flags(l, "c_cflag", t->c_cflag);
	trace_put(l, ", c_lflag=");
	trace_put_flags(l, "c_lflag", t->c_lflag);
	trace_put(l, ", ...}");
}

static void
put_winsize(struct trace_line *l, const void *p)
{
	const struct winsize_ *w = p;

	trace_put(l, "{ws_row=%u, ws_col=%u, ws_xpixel=%u, ws_ypixel=%u}",
		  w->row, w->col, w->xpixel, w->ypixel);
}

static void
put_int(struct trace_line *l, const void *p)
{
	trace_put(l, "[%d]", *(const int *)p);
}

static void
put_u64(struct trace_line *l, const void *p)
{
	trace_put(l, "[%lu]", *(const uint64_t *)p);
}

static const struct command {
	uint32_t nr;
	uint8_t size;
	bool out;	/* the call writes it */
	void (*put)(struct trace_line *l, const void *p);
} commands[] = {
	{ TCGETS, sizeof(struct termios), true, put_termios },
	{ TCSETS, sizeof(struct termios), false, put_termios },
	{ TCSETSW, sizeof(struct termios), false, put_termios },
	{ TCSETSF, sizeof(struct termios), false, put_termios },
	{ TCGETS2, sizeof(struct termios), true, put_termios },
	{ TIOCGWINSZ, sizeof(struct winsize_), true, put_winsize },
	{ TIOCSWINSZ, sizeof(struct winsize_), false, put_winsize },
	{ FIONREAD, sizeof(int), true, put_int },
	{ TIOCOUTQ, sizeof(int), true, put_int },
	{ FIONBIO, sizeof(int), false, put_int },
	{ FIOASYNC, sizeof(int), false, put_int },
	{ TIOCGPGRP, sizeof(int), true, put_int },
	{ TIOCSPGRP, sizeof(int), false, put_int },
	{ TIOCGSID, sizeof(int), true, put_int },
	{ TIOCGPTN, sizeof(int), true, put_int },
	{ TIOCSPTLCK, sizeof(int), false, put_int },
	{ FS_IOC_GETFLAGS, sizeof(int), true, put_int },
	{ FS_IOC_SETFLAGS, sizeof(int), false, put_int },
	{ BLKGETSIZE64, sizeof(uint64_t), true, put_u64 },
};

void
trace_s_ioctlarg(struct trace_line *l, const struct trace_call *c, int i)
{
	union {
		struct termios termios;
		uint64_t u64;
	} u;

	for (size_t j = 0; j < ARRAY_SIZE(commands); j++) {
		const struct command *cmd = &commands[j];

		if (cmd->nr != (uint32_t)c->a[1])
			continue;
		if (cmd->out ? trace_get_out(l, c, i, &u, cmd->size)
			     : trace_get(l, c->a[i], &u, cmd->size))
			cmd->put(l, &u);
		return;
	}
	trace_put(l, c->a[i] ? "0x%lx" : "%lu", c->a[i]);
}
