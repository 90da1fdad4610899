/* SPDX-License-Identifier: MIT */
#include "consensus/stack.h"

#include "base/bug.h"
#include "consensus/scriptnum.h"

void stack_init(struct stack *s)
{
	s->n = 0;
	s->n_alt = 0;
	s->hidden = 0;
	s->n_free = 0;
	s->used = 0;
}

static uint16_t slot_take(struct stack *s)
{
	if (s->n_free)
		return s->free[--s->n_free];
	BUG_ON(s->used == STACK_CAPACITY);
	return (uint16_t)s->used++;
}

static uint16_t *alt_top(struct stack *s)
{
	return &s->order[STACK_CAPACITY - s->n_alt];
}

void stack_clear_alt(struct stack *s)
{
	for (; s->n_alt; s->n_alt--)
		s->free[s->n_free++] = *alt_top(s);
}

/* A free slot as the new top. */
static struct stack_item *push_slot(struct stack *s)
{
	uint16_t id = slot_take(s);

	s->order[s->n++] = id;
	return &s->slot[id];
}

/* Loaded items only: those hidden below look empty to whoever asks. */
static bool is_loaded(const struct stack *s, size_t i)
{
	BUG_ON(i == 0 || i > stack_depth(s));
	return i <= s->n;
}

struct bytes stack_at(const struct stack *s, size_t i)
{
	if (!is_loaded(s, i))
		return bytes_of(NULL, 0);
	return stack_item_bytes(&s->slot[s->order[s->n - i]]);
}

struct stack_item stack_item_at(const struct stack *s, size_t i)
{
	if (!is_loaded(s, i))
		return (struct stack_item){.is_own = true};
	return s->slot[s->order[s->n - i]];
}

struct bytes stack_main_item(const struct stack *s, size_t i)
{
	BUG_ON(i >= s->n);
	return stack_item_bytes(&s->slot[s->order[i]]);
}

struct bytes stack_alt_item(const struct stack *s, size_t i)
{
	BUG_ON(i >= s->n_alt);
	return stack_item_bytes(&s->slot[s->order[STACK_CAPACITY - 1 - i]]);
}

void stack_push(struct stack *s, struct bytes v)
{
	struct stack_item *item = push_slot(s);

	item->len = (uint32_t)v.len;
	item->is_own = false;
	item->u.view = v.p;
}

void stack_push_own(struct stack *s, const void *p, size_t len)
{
	struct stack_item *item;

	BUG_ON(len > STACK_OWN_MAX);
	item = push_slot(s);
	item->len = (uint32_t)len;
	item->is_own = true;
	memcpy(item->u.own, p, len);
}

void stack_push_num(struct stack *s, int64_t v)
{
	uint8_t b[9];

	stack_push_own(s, b, scriptnum_put(b, v));
}

void stack_push_bool(struct stack *s, bool v)
{
	stack_push_num(s, v);
}

void stack_pop(struct stack *s, size_t count)
{
	BUG_ON(count > s->n);
	while (count--)
		s->free[s->n_free++] = s->order[--s->n];
}

void stack_dup(struct stack *s, size_t i)
{
	struct stack_item copy = stack_item_at(s, i);

	*push_slot(s) = copy;
}

void stack_roll(struct stack *s, size_t i)
{
	uint16_t *at, id;

	if (!is_loaded(s, i)) {
		s->hidden--;
		stack_push_own(s, "", 0);
		return;
	}
	at = &s->order[s->n - i];
	id = *at;
	memmove(at, at + 1, (i - 1) * sizeof(*at));
	s->order[s->n - 1] = id;
}

void stack_sink(struct stack *s, size_t i)
{
	uint16_t *at, id;

	BUG_ON(!is_loaded(s, i));
	at = &s->order[s->n - i];
	id = s->order[s->n - 1];
	memmove(at + 1, at, (i - 1) * sizeof(*at));
	*at = id;
}

void stack_to_alt(struct stack *s)
{
	uint16_t id;

	BUG_ON(!s->n);
	id = s->order[--s->n];
	s->n_alt++;
	*alt_top(s) = id;
}

void stack_from_alt(struct stack *s)
{
	uint16_t id;

	BUG_ON(!s->n_alt);
	id = *alt_top(s);
	s->n_alt--;
	s->order[s->n++] = id;
}
