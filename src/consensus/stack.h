/* SPDX-License-Identifier: MIT */
/*
 * The script stack and its alternative stack.
 *
 * An item never changes once it is pushed, so it is a view of bytes that exist
 * anyway (the scripts, the witness), or up to 32 bytes of its own: no operation
 * makes more (a SHA-256; numbers take 9). Items lie in numbered slots; the
 * stacks are arrays of slot numbers, the main one growing up and the
 * alternative one down in one array. To move an item is to move its number:
 * OP_ROLL from the bottom shifts 2 KB. Nothing is ever allocated.
 *
 * Room: the rules allow 1,000 items on both stacks after each operation. A
 * version 0 witness may begin with more, for its first operation may take 43
 * away (CHECKMULTISIG of 20 keys): STACK_LOAD_MAX are loaded at most. What lies
 * below is counted in `hidden`: no operation that succeeds can reach it, but
 * the depth must be right. An operation may push 3 before the limit is tested.
 */
#ifndef QUARRY_CONSENSUS_STACK_H
#define QUARRY_CONSENSUS_STACK_H

#include "base/bytes.h"

#define STACK_ITEMS_MAX 1000
#define STACK_LOAD_MAX (STACK_ITEMS_MAX + 43)
#define STACK_CAPACITY (STACK_LOAD_MAX + 3)
#define STACK_OWN_MAX 32

struct stack_item {
	uint32_t len;
	bool is_own;
	union {
		const uint8_t *view;
		uint8_t own[STACK_OWN_MAX];
	} u;
};

struct stack {
	uint32_t n;		/* loaded items on the main stack */
	uint32_t n_alt;
	uint32_t hidden;	/* items below the loaded ones */
	uint32_t n_free;	/* slots given back */
	uint32_t used;		/* slots ever used: the others are unwritten */
	uint16_t order[STACK_CAPACITY];	/* main from 0, alt from the end */
	uint16_t free[STACK_CAPACITY];
	struct stack_item slot[STACK_CAPACITY];
};

/* Empties both stacks; cheap, the arrays need no clearing. */
void stack_init(struct stack *s);
/* Drops the alternative stack, which lives for one script only. */
void stack_clear_alt(struct stack *s);

static inline struct bytes stack_item_bytes(const struct stack_item *i)
{
	return bytes_of(i->is_own ? i->u.own : i->u.view, i->len);
}

/* Items on the main stack. */
static inline size_t stack_depth(const struct stack *s)
{
	return (size_t)s->n + s->hidden;
}

/* Items on both, what the limit is about. */
static inline size_t stack_total(const struct stack *s)
{
	return stack_depth(s) + s->n_alt;
}

/* Below, `i` counts from the top of the main stack: 1 is the top item. The
 * caller has compared it with stack_depth. */

/* The item's bytes, valid until the item is popped. */
struct bytes stack_at(const struct stack *s, size_t i);
/* The item by value: keeps bytes of its own after a pop. */
struct stack_item stack_item_at(const struct stack *s, size_t i);
/* From the bottom of either stack, for traces; hidden items are not counted. */
struct bytes stack_main_item(const struct stack *s, size_t i);
struct bytes stack_alt_item(const struct stack *s, size_t i);

/* The caller keeps the bytes as long as the stack. */
void stack_push(struct stack *s, struct bytes v);
/* Copies len <= STACK_OWN_MAX bytes. */
void stack_push_own(struct stack *s, const void *p, size_t len);
void stack_push_num(struct stack *s, int64_t v);
void stack_push_bool(struct stack *s, bool v);
void stack_pop(struct stack *s, size_t count);
/* Pushes a copy of item i. */
void stack_dup(struct stack *s, size_t i);
/* Takes item i out and puts it on top. */
void stack_roll(struct stack *s, size_t i);
/* Puts the top item below the i - 1 next ones: undoes stack_roll(s, i). */
void stack_sink(struct stack *s, size_t i);
void stack_to_alt(struct stack *s);
void stack_from_alt(struct stack *s);

#endif
