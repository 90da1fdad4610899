/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum log_level level_max(void)
{
	const char *e = getenv("QUARRY_LOG");

	if (!e || !strcmp(e, "info"))
		return LOG_LEVEL_INFO;
	if (!strcmp(e, "error"))
		return LOG_LEVEL_ERROR;
	if (!strcmp(e, "warn"))
		return LOG_LEVEL_WARN;
	return LOG_LEVEL_DEBUG;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	static const int syslog_level[] = {3, 4, 6, 7};
	char line[1024];
	size_t n = 0;
	va_list ap;
	int w;

	if (level > level_max())
		return;
	if (!isatty(STDERR_FILENO))
		n = (size_t)snprintf(line, sizeof(line), "<%d>",
				     syslog_level[level]);
	va_start(ap, fmt);
	w = vsnprintf(line + n, sizeof(line) - n - 1, fmt, ap);
	va_end(ap);
	if (w < 0)
		return;
	n += (size_t)w;
	if (n > sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	/* one write, so that lines of several processes do not mix */
	if (write(STDERR_FILENO, line, n) < 0)
		return;
}

char *log_safe(char *out, size_t size, const char *text, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	size_t o = 0;

	for (size_t i = 0; i < len && o + 5 < size; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0x20 && c < 0x7f && c != '\\') {
			out[o++] = (char)c;
		} else {
			out[o++] = '\\';
			out[o++] = 'x';
			out[o++] = digits[c >> 4];
			out[o++] = digits[c & 15];
		}
	}
	if (size)
		out[o] = '\0';
	return out;
}
