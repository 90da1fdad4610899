/* SPDX-License-Identifier: MIT */
#include "feed/event_want.h"

#include <stdio.h>

#include "base/hex.h"
#include "primitives/address.h"

struct reading {
	struct event_want *want;
	struct watches *w;
	const struct params *p;
	char *why;
};

/* Plain decimal digits only, at most max. */
static bool number(struct bytes text, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (!text.len || text.len > 20)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned d = (unsigned)(text.p[i] - '0');

		if (d > 9 || v > (UINT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
	}
	*out = v;
	return v <= max;
}

/* Takes its place among the others; one asked for twice is there once. */
static enum status add(struct reading *r, enum watch_kind kind, struct bytes b)
{
	struct event_want *want = r->want;
	struct watch *x;
	unsigned at = want->n;

	if (want->n == EVENT_WATCHES_MAX) {
		snprintf(r->why, EVENT_WHY_SIZE,
			 "At most %d addresses, scripts, outpoints and peers at a "
			 "time.",
			 EVENT_WATCHES_MAX);
		return ST_USAGE;
	}
	x = watch_take(r->w, kind, b);
	if (!x)
		return ST_NOMEM;
	if (event_want_has(want->watch, want->n, x)) {
		watch_drop(r->w, x);
		return ST_OK;
	}
	for (; at && (uintptr_t)want->watch[at - 1] > (uintptr_t)x; at--)
		want->watch[at] = want->watch[at - 1];
	want->watch[at] = x;
	want->n++;
	return ST_OK;
}

static enum status add_address(struct reading *r, struct bytes text)
{
	enum address_result how;
	enum status st = ST_USAGE;
	struct buf script;

	buf_init(&script, 256);
	how = address_to_script(&script, r->p, (const char *)text.p, text.len);
	if (how == ADDRESS_OK)
		st = add(r, WATCH_SCRIPT, buf_view(&script));
	else
		snprintf(r->why, EVENT_WHY_SIZE, how == ADDRESS_OTHER_NETWORK ?
			 "An address is one of another network; this is %s." :
			 "An address is not valid on %s.", r->p->name);
	buf_free(&script);
	return st;
}

static enum status add_script(struct reading *r, struct bytes text)
{
	uint8_t script[WATCH_BYTES_MAX];

	if (!text.len || text.len % 2 || text.len > 2 * sizeof(script) ||
	    !hex_parse(script, text.len / 2, (const char *)text.p, text.len)) {
		snprintf(r->why, EVENT_WHY_SIZE,
			 "A script is written in hexadecimal digits, at most %d.",
			 2 * WATCH_BYTES_MAX);
		return ST_USAGE;
	}
	return add(r, WATCH_SCRIPT, bytes_of(script, text.len / 2));
}

static enum status add_outpoint(struct reading *r, struct bytes text)
{
	uint8_t name[WATCH_OUTPOINT_SIZE];
	struct outpoint o;
	uint64_t n;

	if (text.len < 66 || text.p[64] != ':' ||
	    !hash256_parse(&o.txid.h, (const char *)text.p, 64) ||
	    !number(bytes_of(text.p + 65, text.len - 65), UINT32_MAX, &n)) {
		snprintf(r->why, EVENT_WHY_SIZE,
			 "An outpoint is written TXID:N.");
		return ST_USAGE;
	}
	o.n = (uint32_t)n;
	return add(r, WATCH_OUTPOINT, watch_outpoint(name, &o));
}

static enum status add_peer(struct reading *r, struct bytes text)
{
	if (!text.len || text.len > WATCH_BYTES_MAX) {
		snprintf(r->why, EVENT_WHY_SIZE,
			 "A peer is written HOST or HOST:PORT, as in getpeerinfo.");
		return ST_USAGE;
	}
	r->want->kinds |= WANT_A_PEER;
	return add(r, WATCH_PEER, text);
}

static enum status each(struct reading *r, const char *list,
			enum status (*fn)(struct reading *r, struct bytes text))
{
	enum status st = ST_OK;

	for (const char *p = list; st == ST_OK; p++) {
		size_t n = strcspn(p, ",");

		st = fn(r, bytes_of(p, n));
		p += n;
		if (!*p)
			break;
	}
	return st;
}

/* "123": all rows up to 123; "123-2": those before it, and two of its messages. */
bool event_want_place(struct event_want *want, const char *text)
{
	const char *dash = strchr(text, '-');
	size_t n = dash ? (size_t)(dash - text) : strlen(text);
	uint64_t id, skip = 0;

	if (!number(bytes_of(text, n), INT64_MAX, &id) ||
	    (dash && (!number(bytes_of(dash + 1, strlen(dash + 1)),
				      UINT32_MAX, &skip) || !id)))
		return false;
	want->resumed = true;
	want->after = (int64_t)id - (dash ? 1 : 0);
	want->skip = (uint32_t)skip;
	return true;
}

static unsigned kind_of(const char *name)
{
	static const struct {
		const char *name;
		unsigned kind;
	} kinds[] = {
		{"blocks", WANT_BLOCKS}, {"disconnects", WANT_DISCONNECTS},
		{"tx", WANT_TX}, {"peer", WANT_PEERS},
		{"finality", WANT_FINALITY},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].kind;
	return 0;
}

static enum status read_pair(struct reading *r, const char *name,
			     const char *value)
{
	unsigned kind = kind_of(name);
	bool bare = !*value || strcmp(value, "1") == 0;

	if (kind && bare) {
		r->want->kinds |= kind;
		return ST_OK;
	}
	if (kind == WANT_PEERS)
		return each(r, value, add_peer);
	if (strcmp(name, "address") == 0)
		return each(r, value, add_address);
	if (strcmp(name, "script") == 0)
		return each(r, value, add_script);
	if (strcmp(name, "outpoint") == 0)
		return each(r, value, add_outpoint);
	if (strcmp(name, "since") == 0) {
		if (event_want_place(r->want, value))
			return ST_OK;
		snprintf(r->why, EVENT_WHY_SIZE,
			 "since is the id of an event: a number.");
		return ST_USAGE;
	}
	snprintf(r->why, EVENT_WHY_SIZE,
		 "Ask for blocks, disconnects, tx, peer, finality, address=A, "
		 "script=HEX, outpoint=TXID:N or peer=HOST:PORT; since=ID resumes.");
	return ST_USAGE;
}

enum status event_want_add(struct event_want *want, const char *name,
			   const char *value, const struct params *p,
			   struct watches *w, char why[EVENT_WHY_SIZE])
{
	struct reading r = {want, w, p, why};

	return read_pair(&r, name, value);
}

void event_want_end(struct event_want *want)
{
	if (!want->kinds && !want->n)
		want->kinds = WANT_BLOCKS | WANT_DISCONNECTS;
	want->kinds |= WANT_ALWAYS;
}

enum status event_want_text(struct event_want *want, const char *text,
			    const struct params *p, struct watches *w,
			    char why[EVENT_WHY_SIZE])
{
	char pair[EVENT_TEXT_MAX];
	enum status st = ST_OK;

	*want = (struct event_want){0};
	while (st == ST_OK && *text) {
		size_t n = strcspn(text, "&");
		char *value;

		if (n >= sizeof(pair)) {
			snprintf(why, EVENT_WHY_SIZE, "The filter is too long.");
			st = ST_USAGE;
			break;
		}
		memcpy(pair, text, n);
		pair[n] = '\0';
		value = strchr(pair, '=');
		if (value)
			*value++ = '\0';
		st = event_want_add(want, pair, value ? value : "", p, w, why);
		text += n + (text[n] == '&');
	}
	if (st == ST_OK)
		event_want_end(want);
	else
		event_want_drop(want, w);
	return st;
}

void event_want_drop(struct event_want *want, struct watches *w)
{
	while (want->n)
		watch_drop(w, want->watch[--want->n]);
}

bool event_want_has(struct watch *const *watch, unsigned n,
		    const struct watch *x)
{
	unsigned low = 0, high = n;

	while (low < high) {
		unsigned mid = (low + high) / 2;

		if (watch[mid] == x)
			return true;
		if ((uintptr_t)watch[mid] < (uintptr_t)x)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}
