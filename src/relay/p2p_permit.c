/* SPDX-License-Identifier: MIT */
/* See p2p_permit.h. */
#include "relay/p2p_permit.h"

#include <stdio.h>
#include <string.h>

#define USUAL (P2P_NOBAN | P2P_RELAY | P2P_MEMPOOL | P2P_DOWNLOAD)

/* In the order in which they are told. */
static const struct {
	const char *name;
	unsigned is, brings;
} words[] = {
	{"bloomfilter", P2P_BLOOM, 0},
	{"noban", P2P_NOBAN, P2P_DOWNLOAD},
	{"forcerelay", P2P_FORCERELAY, P2P_RELAY},
	{"relay", P2P_RELAY, 0},
	{"mempool", P2P_MEMPOOL, 0},
	{"download", P2P_DOWNLOAD, 0},
	{"addr", P2P_ADDR, 0},
};

#define N_WORDS (sizeof(words) / sizeof(words[0]))

static bool is_word(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(text, word, len) == 0;
}

static bool take_word(struct p2p_permit_rule *r, const char *text, size_t len)
{
	if (is_word(text, len, "in"))
		return r->in = true;
	if (is_word(text, len, "out"))
		return r->out = true;
	if (is_word(text, len, "bloom"))
		len = strlen(text = "bloomfilter");
	for (size_t i = 0; i < N_WORDS; i++) {
		bool all = is_word(text, len, "all");

		if (all || is_word(text, len, words[i].name))
			r->permits |= words[i].is | words[i].brings;
		if (!all && is_word(text, len, words[i].name))
			return true;
	}
	return len == 0 || is_word(text, len, "all");
}

enum status permit_words(struct p2p_permit_rule *out, const char *key,
			 const char *text, const char **rest,
			 char error[CONF_ERROR_SIZE])
{
	const char *at = strchr(text, '@');

	*out = (struct p2p_permit_rule){0};
	*rest = at ? at + 1 : text;
	if (!at) {
		out->permits = USUAL;
		out->in = true;
		return ST_OK;
	}
	while (text <= at) {
		size_t len = strcspn(text, ",@");

		if (!take_word(out, text, len)) {
			snprintf(error, CONF_ERROR_SIZE, "Invalid P2P permission: "
				 "'%.*s' in %s; there are noban, relay, forcerelay, "
				 "mempool, download, addr and all, in and out.",
				 len < 40 ? (int)len : 40, text, key);
			return ST_USAGE;
		}
		text += len + 1;
	}
	if (!out->permits && (out->in || out->out)) {
		snprintf(error, CONF_ERROR_SIZE, "Only direction was set, no "
			 "permissions, in %s.", key);
		return ST_USAGE;
	}
	if (!out->out)
		out->in = true;
	return ST_OK;
}

static enum status add(struct p2p_permits *p, const struct p2p_permit_rule *rule,
		       const char *key, const char *who,
		       char error[CONF_ERROR_SIZE])
{
	struct p2p_permit_rule *r = &p->rule[p->n];

	if (p->n == P2P_PERMITS_MAX) {
		snprintf(error, CONF_ERROR_SIZE, "p2p_whitelist and p2p_noban name "
			 "more than %d addresses.", P2P_PERMITS_MAX);
		return ST_USAGE;
	}
	*r = *rule;
	if (!net_subnet_parse(&r->who, who)) {
		snprintf(error, CONF_ERROR_SIZE, "Invalid netmask specified in %s: "
			 "'%.100s' should be an address or a range such as "
			 "192.0.2.0/24.", key, who);
		return ST_USAGE;
	}
	p->n++;
	return ST_OK;
}

enum status permit_read(struct p2p_permits *p, const struct conf *conf,
			char error[CONF_ERROR_SIZE])
{
	size_t n = conf_count(conf, CONF_P2P_WHITELIST);
	const struct p2p_permit_rule noban = {
		.permits = P2P_NOBAN | P2P_DOWNLOAD,
		.in = true,
		.out = true,
	};
	enum status st = ST_OK;

	p->n = 0;
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		struct p2p_permit_rule rule;
		const char *who;

		st = permit_words(&rule, "p2p_whitelist",
				  conf_at(conf, CONF_P2P_WHITELIST, i), &who,
				  error);
		if (st == ST_OK)
			st = add(p, &rule, "p2p_whitelist", who, error);
	}
	n = conf_count(conf, CONF_P2P_NOBAN);
	for (size_t i = 0; st == ST_OK && i < n; i++)
		st = add(p, &noban, "p2p_noban", conf_at(conf, CONF_P2P_NOBAN, i),
			 error);
	return st;
}

unsigned permit_of(const struct p2p_permits *p, const struct net_addr *a,
		   bool inbound)
{
	unsigned permits = 0;

	for (unsigned i = 0; i < p->n; i++) {
		const struct p2p_permit_rule *r = &p->rule[i];

		if ((inbound ? r->in : r->out) && net_subnet_has(&r->who, a))
			permits |= r->permits;
	}
	return permits;
}

char *permit_text(char out[CONNECTION_PERMISSIONS_SIZE], unsigned permits)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < N_WORDS; i++) {
		if (permits & words[i].is)
			at += (size_t)snprintf(out + at,
					       CONNECTION_PERMISSIONS_SIZE - at,
					       "%s%s", at ? "," : "",
					       words[i].name);
	}
	return out;
}
