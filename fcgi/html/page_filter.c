/* SPDX-License-Identifier: MIT */
#include "fcgi/html/page_filter.h"

#include <ctype.h>
#include <stdio.h>
#include <time.h>

#include "fcgi/html/page_escape.h"
#include "primitives/amount.h"

#define TAIL 8
#define WORK_SIZE 96

enum filter {
	AS_N,
	AS_COIN,
	AS_COIN0,
	AS_SIZE,
	AS_DATE,
	AS_ISO,
	AS_HEAD,
	AS_TAIL,
	AS_LOWER,
	AS_URL,
	AS_BLOCK,
};
static const char *const names[] = {
	"n", "coin", "coin0", "size", "date", "iso", "head", "tail", "lower", "url",
	"block",
};
#define N_FILTERS (sizeof(names) / sizeof(names[0]))

/* The first of `|a|b`; filters becomes the rest. False when it is unknown. */
static bool next_filter(struct bytes *filters, enum filter *f)
{
	struct bytes name;
	size_t n = 1;

	while (n < filters->len && filters->p[n] != '|')
		n++;
	name = bytes_of(filters->p + 1, n - 1);
	*filters = bytes_of(filters->p + n, filters->len - n);
	for (size_t i = 0; i < N_FILTERS; i++)
		if (bytes_equal(name, bytes_of_text(names[i]))) {
			*f = (enum filter)i;
			return true;
		}
	return false;
}

/* A whole number, perhaps negative. */
static bool number(struct bytes text, int64_t *v)
{
	bool negative = text.len && text.p[0] == '-';
	int64_t sum = 0;
	size_t i = negative;

	if (i == text.len || text.len > 18)
		return false;
	for (; i < text.len; i++) {
		if (!isdigit(text.p[i]))
			return false;
		sum = sum * 10 + (text.p[i] - '0');
	}
	*v = negative ? -sum : sum;
	return true;
}

/* Commas in the digits before the point. */
static void grouped(char out[WORK_SIZE], struct bytes text)
{
	size_t at = 0, whole = 0, sign = text.len && text.p[0] == '-';

	while (whole < text.len && text.p[whole] != '.')
		whole++;
	for (size_t i = 0; i < text.len && at + 2 < WORK_SIZE; i++) {
		if (i > sign && i < whole && (whole - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = (char)text.p[i];
	}
	out[at] = '\0';
}

static bool is_decimal(struct bytes text)
{
	bool digit = false;

	for (size_t i = 0; i < text.len; i++) {
		if (isdigit(text.p[i]))
			digit = true;
		else if (text.p[i] != '.' && (text.p[i] != '-' || i > 0))
			return false;
	}
	return digit && text.len < WORK_SIZE / 2;
}

/* Coins: the part that says something ("0.5", "12"), or the zeros after it. */
static void coins(char out[WORK_SIZE], int64_t sat, bool zeros)
{
	char text[AMOUNT_TEXT_SIZE];
	size_t n = strlen(amount_text(text, sat)), all = n;

	while (n > 0 && text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	if (zeros)
		snprintf(out, WORK_SIZE, "%.*s", (int)(all - n), text + n);
	else
		grouped(out, bytes_of(text, n));
}

static void size(char out[WORK_SIZE], int64_t bytes)
{
	static const char *const unit[] = {"B", "kB", "MB", "GB", "TB"};
	double v = (double)bytes;
	unsigned u = 0;

	while (v >= 999.5 && u < 4) {
		v /= 1000;
		u++;
	}
	snprintf(out, WORK_SIZE, "%.*f %s", u == 0 || v >= 100 ? 0 : v >= 10 ? 1 : 2,
		 v, unit[u]);
}

static void date(char out[WORK_SIZE], int64_t s, bool iso)
{
	time_t t = (time_t)s;
	struct tm tm;

	if (s < 0 || s > UINT32_MAX || !gmtime_r(&t, &tm) ||
	    !strftime(out, WORK_SIZE, "%Y-%m-%d %H:%M:%S", &tm))
		out[0] = '\0';
	if (out[0] && iso) {
		out[10] = 'T';
		out[19] = 'Z';
		out[20] = '\0';
	}
}

/* False: the text stays as it is. */
static bool apply_number(char out[WORK_SIZE], enum filter f, struct bytes text)
{
	int64_t v;

	if (f == AS_N) {
		if (!is_decimal(text))
			return false;
		grouped(out, text);
		return true;
	}
	if (!number(text, &v))
		return false;
	if (f == AS_COIN || f == AS_COIN0)
		coins(out, v, f == AS_COIN0);
	else if (f == AS_SIZE)
		size(out, v);
	else
		date(out, v, f == AS_ISO);
	return true;
}

bool page_filter(struct buf *out, struct bytes text, struct bytes filters)
{
	char work[2][WORK_SIZE];
	unsigned turn = 0;
	bool url = false, block = false;
	enum filter f;

	while (filters.len) {
		if (!next_filter(&filters, &f))
			return false;
		switch (f) {
		case AS_N:
		case AS_COIN:
		case AS_COIN0:
		case AS_SIZE:
		case AS_DATE:
		case AS_ISO:
			if (apply_number(work[turn], f, text))
				text = bytes_of_text(work[turn]);
			turn = !turn;
			break;
		case AS_HEAD:
			text.len -= text.len > TAIL ? TAIL : 0;
			break;
		case AS_TAIL:
			if (text.len > TAIL)
				text = bytes_of(text.p + text.len - TAIL, TAIL);
			else
				text.len = 0;
			break;
		case AS_LOWER:
			for (size_t i = 0; i < text.len && i < WORK_SIZE; i++)
				work[turn][i] = (char)tolower(text.p[i]);
			if (text.len <= WORK_SIZE)
				text.p = (const uint8_t *)work[turn];
			turn = !turn;
			break;
		case AS_URL:
			url = true;
			break;
		case AS_BLOCK:
			block = true;
			break;
		}
	}
	if (url)
		page_escape_url(out, text);
	else
		page_escape(out, text, block);
	return true;
}

bool page_filters_known(struct bytes filters)
{
	enum filter f;

	while (filters.len)
		if (filters.p[0] != '|' || !next_filter(&filters, &f))
			return false;
	return true;
}
