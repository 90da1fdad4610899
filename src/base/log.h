/* SPDX-License-Identifier: MIT */
/*
 * Log lines to standard error, one line each, journal-friendly: the level is a
 * <N> prefix when standard error is not a terminal (sd-daemon(3)). Text that
 * came from outside is passed through log_safe.
 */
#ifndef QUARRY_BASE_LOG_H
#define QUARRY_BASE_LOG_H

#include <stddef.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Lines above this level are dropped; default LOG_LEVEL_INFO, or by the
 * environment variable QUARRY_LOG (error, warn, info, debug). */
void log_line(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* Copies text to out[size], everything outside printable ASCII as \xNN, cut to
 * fit. Returns out. */
char *log_safe(char *out, size_t size, const char *text, size_t len);

#endif
