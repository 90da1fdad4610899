/* SPDX-License-Identifier: MIT */
#include "feed/watch.h"

#include <stdlib.h>
#include <sys/random.h>

#define SLOTS 16384u

enum status watches_init(struct watches *w)
{
	*w = (struct watches){.slot = calloc(SLOTS, sizeof(*w->slot))};
	/* Whoever chooses the names must not choose the slots. */
	if (getrandom(&w->seed, sizeof(w->seed), 0) != (ssize_t)sizeof(w->seed))
		w->seed = (uintptr_t)w->slot;
	return w->slot ? ST_OK : ST_NOMEM;
}

void watches_free(struct watches *w)
{
	for (size_t i = 0; w->slot && i < SLOTS; i++)
		while (w->slot[i]) {
			struct watch *x = w->slot[i];

			w->slot[i] = x->next;
			free(x);
		}
	free(w->slot);
	*w = (struct watches){0};
}

static uint32_t slot_of(const struct watches *w, enum watch_kind kind,
			struct bytes b)
{
	uint64_t h = w->seed + (uint64_t)kind;

	for (size_t i = 0; i < b.len; i++) {
		h = (h ^ b.p[i]) * 0x9e3779b97f4a7c15u;
		h ^= h >> 29;
	}
	return (uint32_t)(h >> 40) % SLOTS;
}

static struct watch **place_of(const struct watches *w, enum watch_kind kind,
			       struct bytes b)
{
	struct watch **at = &w->slot[slot_of(w, kind, b)];

	while (*at && ((*at)->kind != kind ||
		       !bytes_equal(bytes_of((*at)->b, (*at)->len), b)))
		at = &(*at)->next;
	return at;
}

struct watch *watch_take(struct watches *w, enum watch_kind kind, struct bytes b)
{
	struct watch **at, *x;

	if (b.len > WATCH_BYTES_MAX)
		return NULL;
	at = place_of(w, kind, b);
	if (*at) {
		(*at)->refs++;
		return *at;
	}
	x = calloc(1, sizeof(*x) + b.len);
	if (!x)
		return NULL;
	x->refs = 1;
	x->kind = (uint8_t)kind;
	x->len = (uint8_t)b.len;
	memcpy(x->b, b.p, b.len);
	*at = x;
	w->n[kind]++;
	w->changes++;
	return x;
}

void watch_drop(struct watches *w, struct watch *x)
{
	struct watch **at;

	if (--x->refs)
		return;
	at = place_of(w, (enum watch_kind)x->kind, bytes_of(x->b, x->len));
	*at = x->next;
	w->n[x->kind]--;
	w->changes++;
	free(x);
}

struct watch *watch_find(const struct watches *w, enum watch_kind kind,
			 struct bytes b)
{
	if (!w->n[kind] || b.len > WATCH_BYTES_MAX)
		return NULL;
	return *place_of(w, kind, b);
}

struct bytes watch_outpoint(uint8_t out[WATCH_OUTPOINT_SIZE],
			    const struct outpoint *o)
{
	memcpy(out, o->txid.h.b, 32);
	for (unsigned i = 0; i < 4; i++)
		out[32 + i] = (uint8_t)(o->n >> (8 * i));
	return bytes_of(out, WATCH_OUTPOINT_SIZE);
}
