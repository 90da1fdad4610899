/* SPDX-License-Identifier: MIT */
/*
 * Memory that is given out piecewise and freed all at once: one arena per
 * request or per parsed block. Pieces are aligned for any type. Nothing is
 * freed singly.
 */
#ifndef QUARRY_BASE_ARENA_H
#define QUARRY_BASE_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *head;
	size_t used;	/* bytes handed out since init or reset */
	size_t max;	/* never more than this */
};

void arena_init(struct arena *a, size_t max);
void arena_free(struct arena *a);
/* Forget all pieces; keeps the largest chunk for the next round. */
void arena_reset(struct arena *a);
/* n * size bytes, not cleared; NULL when memory or max is exhausted, or the
 * product overflows. A zero-byte piece is a valid pointer. */
void *arena_alloc(struct arena *a, size_t n, size_t size);
void *arena_calloc(struct arena *a, size_t n, size_t size);
void *arena_copy(struct arena *a, const void *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);

#define arena_new(a, type) ((type *)arena_calloc((a), 1, sizeof(type)))
#define arena_array(a, n, type) ((type *)arena_alloc((a), (n), sizeof(type)))

#endif
