/* SPDX-License-Identifier: MIT */
/* See playground.h: two settings. */
#include "node/core/playground.h"

#include <stdio.h>
#include <string.h>

#include "node/core/priv.h"
#include "store/store.h"

#define SETTING_CLOCK "mocktime"
#define SETTING_FEES "fee_hold"
/* A rate above 1,000,000 sat/vB would be no estimate. */
#define RATE_MAX_KVB INT64_C(1000000000)

bool node_is_playground(const struct node *n)
{
	return n->params.own || strcmp(n->params.name, "regtest") == 0;
}

/* --- the clock --- */

enum status node_read_mocktime(struct node *n)
{
	enum status st = ST_NOT_FOUND;

	n->mock_s = 0;
	if (node_is_playground(n))
		st = store_setting_int(n->db, SETTING_CLOCK, &n->mock_s);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* Inside a write transaction; what the process knows follows the commit. */
static enum status write_clock(struct node *n, int64_t now_s)
{
	enum status st = ST_USAGE;

	if (now_s >= 0 && now_s <= MOCKTIME_MAX)
		st = store_setting_put_int(n->db, SETTING_CLOCK, now_s);
	st = node_write_end(n, st);
	if (st == ST_OK)
		n->mock_s = now_s;
	return st;
}

enum status node_set_mocktime(struct node *n, int64_t now_s)
{
	enum status st;

	if (!node_is_playground(n))
		return ST_DENIED;
	st = node_write_begin(n);
	return st == ST_OK ? write_clock(n, now_s) : st;
}

enum status node_mocktime(struct node *n, int64_t *now_s)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	*now_s = n->mock_s;
	node_read_end(n, own);
	return ST_OK;
}

enum status node_advance_time(struct node *n, int64_t by_s, int64_t *now_s)
{
	enum status st;

	if (!node_is_playground(n))
		return ST_DENIED;
	if (by_s < -MOCKTIME_MAX || by_s > MOCKTIME_MAX)
		return ST_USAGE;
	st = node_write_begin(n);
	if (st != ST_OK)
		return st;
	*now_s = node_now_s(n) + by_s;
	/* 0 would let it go */
	if (*now_s == 0)
		*now_s = -1;
	return write_clock(n, *now_s);
}

/* --- fee estimates --- */

/* "12.5" as thousandths; false when it is no such number. */
static bool read_rate(const char **p, int64_t *sat_kvb)
{
	const char *s = *p;
	int64_t v = 0;
	int digits = 0, decimals = -1;

	for (; (*s >= '0' && *s <= '9') || (*s == '.' && decimals < 0); s++) {
		if (*s == '.') {
			decimals = 0;
			continue;
		}
		v = 10 * v + (*s - '0');
		digits++;
		if (v > RATE_MAX_KVB || (decimals >= 0 && ++decimals > 3))
			return false;
	}
	for (int i = decimals < 0 ? 0 : decimals; i < 3; i++)
		v *= 10;
	*p = s;
	*sat_kvb = v;
	return digits > 0 && v > 0 && v <= RATE_MAX_KVB;
}

static bool read_number(const char **p, uint32_t max, uint32_t *out)
{
	const char *s = *p;
	uint64_t v = 0;

	for (; *s >= '0' && *s <= '9' && v <= max; s++)
		v = 10 * v + (uint64_t)(*s - '0');
	*out = (uint32_t)v;
	if (s == *p || v > max)
		return false;
	*p = s;
	return true;
}

/* One list of rates; *found is that of the target: of the largest one listed
 * that is not above it, else of the smallest. */
static bool read_rates(const char **p, uint32_t target, int64_t *found)
{
	uint32_t best = 0, lowest = UINT32_MAX;
	int64_t rate;

	for (;;) {
		const char *at = *p;
		uint32_t t = 1;

		if (read_number(&at, 1008, &t) && *at == '=' && t > 0)
			*p = at + 1;
		else
			t = 1;
		if (!read_rate(p, &rate))
			return false;
		if (t <= target && t > best) {
			best = t;
			*found = rate;
		} else if (best == 0 && t < lowest) {
			*found = rate;
		}
		if (t < lowest)
			lowest = t;
		if (**p != ',')
			return true;
		(*p)++;
	}
}

/* The whole text for a height and target: false when it is none; *sat_kvb is 0
 * where it says nothing. */
static bool read_script(const char *p, uint32_t height, uint32_t target,
			int64_t *sat_kvb)
{
	*sat_kvb = 0;
	for (;;) {
		uint32_t from = 0;
		int64_t rate = 0;

		if (*p == '@') {
			p++;
			if (!read_number(&p, INT32_MAX, &from) || *p++ != ':')
				return false;
		}
		if (!read_rates(&p, target, &rate))
			return false;
		if (height >= from)
			*sat_kvb = rate;
		if (*p == '\0')
			return true;
		if (*p++ != ';')
			return false;
	}
}

enum status node_hold_fees(struct node *n, const char *text)
{
	int64_t rate;
	enum status st;

	if (!node_is_playground(n))
		return ST_DENIED;
	if (*text && (strlen(text) >= FEE_HOLD_TEXT_MAX ||
		      !read_script(text, 0, 1, &rate)))
		return ST_PARSE;
	st = node_write_begin(n);
	if (st == ST_OK)
		st = node_write_end(n, store_setting_put(n->db, SETTING_FEES,
							 text));
	return st;
}

enum status node_held_fees(struct node *n, char text[FEE_HOLD_TEXT_MAX])
{
	const char *value = "";
	bool own;
	enum status st;

	text[0] = '\0';
	if (!node_is_playground(n))
		return ST_OK;
	st = node_read_begin(n, &own);
	if (st != ST_OK)
		return st;
	st = store_setting_get(n->db, SETTING_FEES, &value);
	node_read_end(n, own);
	if (st == ST_OK)
		snprintf(text, FEE_HOLD_TEXT_MAX, "%s", value);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status node_held_fee(struct node *n, uint32_t target, int64_t *sat_kvb)
{
	char text[FEE_HOLD_TEXT_MAX];
	struct node_tip tip;
	enum status st = node_held_fees(n, text);

	if (st == ST_OK && !text[0])
		st = ST_NOT_FOUND;
	if (st == ST_OK)
		st = node_tip(n, &tip);
	if (st == ST_OK && !read_script(text, tip.height, target, sat_kvb))
		st = ST_CORRUPT;
	return st == ST_OK && *sat_kvb == 0 ? ST_NOT_FOUND : st;
}

enum status node_held_rates(struct node *n, const uint32_t *target,
			    uint32_t n_target, double *rate)
{
	char text[FEE_HOLD_TEXT_MAX];
	struct node_tip tip;
	int64_t sat_kvb;
	enum status st = node_held_fees(n, text);

	if (st != ST_OK || !text[0])
		return st;
	st = node_tip(n, &tip);
	for (uint32_t i = 0; st == ST_OK && i < n_target; i++) {
		if (!read_script(text, tip.height, target[i], &sat_kvb))
			st = ST_CORRUPT;
		else if (sat_kvb)
			rate[i] = (double)sat_kvb / 1000;
	}
	return st;
}
