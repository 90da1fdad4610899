/* SPDX-License-Identifier: MIT */
/* Bitcoin's networks: the documents in networks/, built in. */
#include <stdio.h>
#include <string.h>

#include "base/bug.h"
#include "primitives/params.h"
#include "primitives/params_fields.h"

#include "primitives/networks.inc"

struct builtin {
	const char *name;
	const char *alias[2];
	const char *text;
	size_t len;
};

#define BUILTIN(name, ...) \
	{#name, {__VA_ARGS__}, text_##name, sizeof(text_##name) - 1}

static const struct builtin builtins[] = {
	BUILTIN(main, "mainnet", NULL),
	BUILTIN(testnet3, "testnet", "test"),
	BUILTIN(testnet4, NULL, NULL),
	BUILTIN(signet, NULL, NULL),
	BUILTIN(regtest, NULL, NULL),
};

enum { N_BUILTINS = sizeof(builtins) / sizeof(*builtins) };

static const struct builtin *find(const char *name)
{
	for (size_t i = 0; i < N_BUILTINS; i++) {
		const struct builtin *b = &builtins[i];

		if (strcmp(b->name, name) == 0)
			return b;
		for (size_t j = 0; j < 2; j++)
			if (b->alias[j] && strcmp(b->alias[j], name) == 0)
				return b;
	}
	return NULL;
}

static void load(struct params *p, const struct builtin *b)
{
	char error[PARAMS_ERROR_SIZE];

	if (params_parse_as(p, false, b->text, b->len, error) != ST_OK)
		BUG("network %s: %s", b->name, error);
}

bool params_builtin(struct params *p, const char *name)
{
	const struct builtin *b = find(name);

	if (!b)
		return false;
	load(p, b);
	return true;
}

const char *params_builtin_text(const char *name, size_t *len)
{
	const struct builtin *b = find(name);

	if (!b)
		return NULL;
	*len = b->len;
	return b->text;
}

const char *const *params_builtin_names(void)
{
	static const char *const names[] = {
		"main", "testnet3", "testnet4", "signet", "regtest", NULL,
	};

	return names;
}

/* A chain that calls itself by a Bitcoin network's name, or whose messages or
 * addresses begin like one's, would be taken for it. */
static enum status check_not_bitcoin(const struct params *p,
				     char error[PARAMS_ERROR_SIZE])
{
	struct params other;

	if (find(p->name)) {
		snprintf(error, PARAMS_ERROR_SIZE, "The name %s is a Bitcoin "
			 "network's: choose another.", p->name);
		return ST_PARSE;
	}
	for (size_t i = 0; i < N_BUILTINS; i++) {
		load(&other, &builtins[i]);
		if (strcmp(other.hrp, p->hrp) == 0) {
			snprintf(error, PARAMS_ERROR_SIZE, "hrp %s is of "
				 "Bitcoin's addresses: choose another.", p->hrp);
			return ST_PARSE;
		}
		if (memcmp(other.magic, p->magic, sizeof(p->magic)) != 0)
			continue;
		snprintf(error, PARAMS_ERROR_SIZE, "The magic is that of "
			 "Bitcoin's network %s: choose other bytes.",
			 other.name);
		return ST_PARSE;
	}
	return ST_OK;
}

enum status params_parse(struct params *p, const char *text, size_t len,
			 char error[PARAMS_ERROR_SIZE])
{
	enum status st;

	for (size_t i = 0; i < N_BUILTINS; i++) {
		if (builtins[i].len == len &&
		    memcmp(builtins[i].text, text, len) == 0)
			return params_parse_as(p, false, text, len, error);
	}
	st = params_parse_as(p, true, text, len, error);
	if ((st == ST_OK || st == ST_NOT_FOUND) &&
	    check_not_bitcoin(p, error) != ST_OK)
		return ST_PARSE;
	return st;
}
