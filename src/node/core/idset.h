/* SPDX-License-Identifier: MIT */
/* A set of row ids, a bit for each up to the highest: what a walk over branches
 * has seen before. */
#ifndef QUARRY_NODE_CORE_IDSET_H
#define QUARRY_NODE_CORE_IDSET_H

#include <stdlib.h>
#include <string.h>

#include "base/status.h"

struct idset {
	uint8_t *bits;
	size_t size;
};

static inline bool idset_has(const struct idset *s, int64_t id)
{
	size_t at = (size_t)id / 8;

	return at < s->size && (s->bits[at] >> (id % 8) & 1);
}

NODISCARD static inline enum status idset_add(struct idset *s, int64_t id)
{
	size_t at = (size_t)id / 8;

	if (at >= s->size) {
		size_t size = (at + 1) * 2;
		uint8_t *p = realloc(s->bits, size);

		if (!p)
			return ST_NOMEM;
		memset(p + s->size, 0, size - s->size);
		s->bits = p;
		s->size = size;
	}
	s->bits[at] |= (uint8_t)(1 << id % 8);
	return ST_OK;
}

static inline void idset_free(struct idset *s)
{
	free(s->bits);
	*s = (struct idset){0};
}

#endif
