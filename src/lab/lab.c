/* SPDX-License-Identifier: MIT */
/* See lab.h: from the table to the function, and what all calls share. */
#include "lab/lab.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "lab/call.h"
#include "node/core/announce.h"
#include "node/core/playground.h"
#include "node/mine/template.h"
#include "wallet/faucet.h"

static const struct lab_spec specs[] = {
#define L(function, name, args, help) {name, args, help},
#include "lab/lab.def"
#undef L
};

static lab_function *const functions[] = {
#define L(function, name, args, help) function,
#include "lab/lab.def"
#undef L
};

#define N_CALLS (sizeof(specs) / sizeof(specs[0]))

const struct lab_spec *lab_spec_at(size_t i)
{
	return i < N_CALLS ? &specs[i] : NULL;
}

bool lab_bad(struct lab *l, enum lab_fault_kind kind, const char *fmt, ...)
{
	va_list ap;

	l->fault->kind = kind;
	va_start(ap, fmt);
	vsnprintf(l->fault->message, sizeof(l->fault->message), fmt, ap);
	va_end(ap);
	return false;
}

bool lab_failed(struct lab *l, enum status st)
{
	l->fault->st = st;
	if (st == ST_DENIED)
		return lab_bad(l, LAB_REFUSED, "The laboratory is for regtest and "
			       "own chains; this is %s.", node_params(l->n)->name);
	return lab_bad(l, LAB_FAILED, "%s (%s).", status_text(st),
		       node_error(l->n));
}

/* --- arguments --- */

bool lab_number(struct lab *l, const char *key, int64_t fallback, int64_t min,
		int64_t max, int64_t *out)
{
	const struct json_value *v = json_get(l->args, key);

	*out = fallback;
	if (!v)
		return true;
	if (json_as_int(v, out) && *out >= min && *out <= max)
		return true;
	return lab_bad(l, LAB_USAGE, "%s is a number from %lld to %lld.", key,
		       (long long)min, (long long)max);
}

bool lab_flag(struct lab *l, const char *key, bool fallback, bool *out)
{
	const struct json_value *v = json_get(l->args, key);

	*out = fallback;
	if (!v || json_as_bool(v, out))
		return true;
	return lab_bad(l, LAB_USAGE, "%s is true or false.", key);
}

bool lab_text(struct lab *l, const char *key, const char **out)
{
	const struct json_value *v = json_get(l->args, key);
	size_t len;

	*out = NULL;
	if (!v || json_as_str(v, out, &len))
		return true;
	return lab_bad(l, LAB_USAGE, "%s is text.", key);
}

bool lab_payee(struct lab *l, struct buf *script)
{
	const struct params *p = node_params(l->n);
	char address[ADDRESS_TEXT_SIZE];
	const char *text;
	enum status st;

	if (!lab_text(l, "address", &text))
		return false;
	if (!text) {
		st = faucet_payee(p, address, script);
		return st == ST_OK || lab_failed(l, st);
	}
	switch (address_to_script(script, p, text, strlen(text))) {
	case ADDRESS_OK:
		return true;
	case ADDRESS_OTHER_NETWORK:
		return lab_bad(l, LAB_USAGE, "The address belongs to another "
			       "network than %s.", p->name);
	case ADDRESS_INVALID:
		break;
	}
	return lab_bad(l, LAB_USAGE, "The address is none, or has a typing error.");
}

/* A key that the call does not take, or that stands there twice over. */
static bool check_keys(struct lab *l, const struct lab_spec *spec)
{
	const struct json_value *item;
	const char *key;
	void *pos = NULL;

	if (l->args && json_kind(l->args) != JSON_KIND_OBJECT)
		return lab_bad(l, LAB_USAGE, "The arguments are an object.");
	while (l->args && json_next(l->args, &pos, &key, &item)) {
		const char *at = spec->args;
		size_t len = strlen(key);
		bool found = false;
		char safe[40];

		while (*at && !found) {
			size_t n = strcspn(at, " ");

			found = n == len && memcmp(at, key, n) == 0;
			at += n + (at[n] == ' ');
		}
		if (found)
			continue;
		log_safe(safe, sizeof(safe), key, len);
		return lab_bad(l, LAB_USAGE, "%s does not take %s, but: %s.",
			       spec->name, safe,
			       *spec->args ? spec->args : "nothing");
	}
	return true;
}

bool lab_call(struct node *n, const char *name, const struct json_value *args,
	      struct json_writer *w, struct lab_fault *fault)
{
	struct lab l = {.n = n, .args = args, .w = w, .fault = fault};
	char safe[40];

	*fault = (struct lab_fault){.st = ST_OK};
	for (size_t i = 0; i < N_CALLS; i++) {
		if (strcmp(name, specs[i].name) != 0)
			continue;
		if (!node_is_playground(n))
			return lab_failed(&l, ST_DENIED);
		if (!check_keys(&l, &specs[i]) || !functions[i](&l))
			return false;
		announce_nudge(n);
		return true;
	}
	log_safe(safe, sizeof(safe), name, strlen(name));
	return lab_bad(&l, LAB_UNKNOWN, "The laboratory has no call %s.", safe);
}

/* --- what several calls do --- */

bool lab_mine_blocks(struct lab *l, int64_t blocks, struct bytes script,
		     struct json_writer *w)
{
	enum status st = ST_OK;
	struct blkid id;

	for (int64_t i = 0; i < blocks; i++) {
		do {
			st = node_mine_one(l->n, script, LAB_MAX_TRIES, "lab", &id);
		} while (st == ST_STALE);
		if (st == ST_TIMEOUT)
			return lab_bad(l, LAB_FAILED, "No block was found with %llu "
				       "hashes: this chain is too difficult.",
				       (unsigned long long)LAB_MAX_TRIES);
		if (st != ST_OK)
			return lab_failed(l, st);
		if (w)
			json_hash(w, &id.h);
	}
	return true;
}

bool lab_put_tip(struct lab *l)
{
	struct node_tip tip;
	enum status st = node_tip(l->n, &tip);

	if (st != ST_OK)
		return lab_failed(l, st);
	json_put_uint(l->w, "height", tip.height);
	json_put_hash(l->w, "hash", &tip.id.h);
	return true;
}
