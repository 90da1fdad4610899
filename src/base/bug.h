/* SPDX-License-Identifier: MIT */
/*
 * BUG(): the program itself is wrong. Prints where and aborts; always compiled
 * in. Never used to judge input, a peer, or the environment.
 */
#ifndef QUARRY_BASE_BUG_H
#define QUARRY_BASE_BUG_H

#define BUG(...) bug_abort(__FILE__, __LINE__, __VA_ARGS__)
#define BUG_ON(cond)                                                           \
	do {                                                                   \
		if (cond)                                                      \
			BUG("%s", #cond);                                      \
	} while (0)

_Noreturn void bug_abort(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
