/* SPDX-License-Identifier: MIT */
/* Reading a chain document. Strict: what is not understood is refused, because
 * two nodes that read a document differently would be on different chains. */
#include "primitives/params.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/bug.h"
#include "base/log.h"
#include "crypto/sha256.h"
#include "primitives/amount.h"
#include "primitives/maker.h"
#include "primitives/params_fields.h"
#include "primitives/target.h"

struct parse {
	struct params *p;
	bool own;
	char *error;
	uint32_t line;			/* of the text, from 1 */
	uint32_t seen[PARAMS_FIELDS];	/* the line a key stands in; 0: none */
	struct sha256_ctx hash;		/* of the document without its nonce */
};

static enum status fail(struct parse *ps, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static enum status fail(struct parse *ps, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ps->error, PARAMS_ERROR_SIZE, fmt, ap);
	va_end(ap);
	return ST_PARSE;
}

static const struct params_field *field_named(const char *key, size_t len)
{
	for (size_t i = 0; i < PARAMS_FIELDS; i++)
		if (strlen(params_fields[i].key) == len &&
		    memcmp(params_fields[i].key, key, len) == 0)
			return &params_fields[i];
	return NULL;
}

/* The line a key stands in; 0 when it is missing. */
static uint32_t line_of(const struct parse *ps, const char *key)
{
	const struct params_field *f = field_named(key, strlen(key));

	BUG_ON(!f);
	return ps->seen[f - params_fields];
}

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static void trim(const char **v, size_t *len)
{
	while (*len > 0 && blank((*v)[0]))
		(*v)++, (*len)--;
	while (*len > 0 && blank((*v)[*len - 1]))
		(*len)--;
}

/* A line without its line end. *nonce: it is the one that says the nonce. */
static enum status line_parse(struct parse *ps, const char *v, size_t len,
			      bool *nonce)
{
	const struct params_field *f;
	const char *equals, *key;
	size_t key_len, at;
	char shown[48], form[96];

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)v[i] < 0x20 && v[i] != '\t')
			return fail(ps, "Line %u has a control character "
				    "(byte %u): save the document as plain "
				    "text with UNIX line ends.",
				    ps->line, (unsigned)v[i]);
	trim(&v, &len);
	if (len == 0 || v[0] == '#')
		return ST_OK;
	equals = memchr(v, '=', len);
	if (!equals)
		return fail(ps, "Line %u has no equals sign: write key = value.",
			    ps->line);
	key = v;
	key_len = (size_t)(equals - v);
	len -= key_len + 1;
	v = equals + 1;
	trim(&key, &key_len);
	trim(&v, &len);
	f = field_named(key, key_len);
	if (!f)
		return fail(ps, "Line %u: \"%s\" is not a key of a chain "
			    "document: correct or remove it.", ps->line,
			    log_safe(shown, sizeof(shown), key, key_len));
	if (ps->own && (f->flags & PF_BITCOIN))
		return fail(ps, "Line %u: %s is for Bitcoin's own networks: "
			    "remove the line.", ps->line, f->key);
	at = (size_t)(f - params_fields);
	if (ps->seen[at])
		return fail(ps, "Line %u sets %s again, after line %u: keep "
			    "one of them.", ps->line, f->key, ps->seen[at]);
	ps->seen[at] = ps->line;
	*nonce = f == &params_fields[PARAMS_FIELDS - 1];
	if (params_value_parse(ps->p, f, v, len))
		return ST_OK;
	params_value_form(form, sizeof(form), f);
	return fail(ps, "Line %u: %s must be %s, not \"%s\".", ps->line, f->key,
		    form, log_safe(shown, sizeof(shown), v, len));
}

/* The sum of all rewards stays within the 21 million coins that amounts may
 * have: by then rewards are zero. */
static bool schedule_fits(const struct params *p)
{
	int64_t total = 0;

	for (int64_t s = p->subsidy_sat; s > 0; s >>= 1) {
		if (s > MONEY_MAX_SAT / p->halving_interval)
			return false;
		total += s * p->halving_interval;
		if (total > MONEY_MAX_SAT)
			return false;
	}
	return true;
}

static enum status check_work(struct parse *ps)
{
	struct params *p = ps->p;
	struct u256 target;

	if (u256_is_zero(&p->pow_limit) || u256_bits(&p->pow_limit) > 255)
		return fail(ps, "Line %u: pow_limit must be from 1 to 7fff...ff.",
			    line_of(ps, "pow_limit"));
	p->pow_limit_bits = target_to_bits(&p->pow_limit);
	if (!target_from_bits(&target, p->genesis.bits) ||
	    target_to_bits(&target) != p->genesis.bits ||
	    u256_cmp(&target, &p->pow_limit) > 0)
		return fail(ps, "Line %u: genesis_bits must be a target in its "
			    "shortest form and within pow_limit, %08x.",
			    line_of(ps, "genesis_bits"), p->pow_limit_bits);
	if (!line_of(ps, "retarget_interval")) {
		if (p->retarget == RETARGET_BITCOIN)
			return fail(ps, "retarget_interval is missing: add a "
				    "line retarget_interval = 2016.");
		p->retarget_interval = 2016;
	}
	if (p->retarget == RETARGET_ASERT && !p->asert_half_life_s)
		return fail(ps, "asert_half_life is missing: add a line such "
			    "as asert_half_life = 3600.");
	if (p->retarget != RETARGET_ASERT && p->asert_half_life_s)
		return fail(ps, "Line %u: asert_half_life belongs to retarget "
			    "= asert: remove the line.",
			    line_of(ps, "asert_half_life"));
	if (p->retarget == RETARGET_ASERT && p->bip94)
		return fail(ps, "Line %u: bip94 does not go with retarget = "
			    "asert: write bip94 = no.", line_of(ps, "bip94"));
	return ST_OK;
}

/* Who makes blocks, and what follows: the challenge. */
static enum status check_makers(struct parse *ps)
{
	struct params *p = ps->p;
	const char *needs[] = {"makers", "makers_needed", "turn_timeout"};
	uint32_t any = 0;

	for (size_t i = 0; i < 3; i++)
		if (line_of(ps, needs[i]))
			any = line_of(ps, needs[i]);
	for (size_t i = 0; any && i < 3; i++)
		if (!line_of(ps, needs[i]))
			return fail(ps, "%s is missing: makers, makers_needed "
				    "and turn_timeout go together.", needs[i]);
	if (!any)
		return ST_OK;
	if (line_of(ps, "signet_challenge"))
		return fail(ps, "Line %u: signet_challenge follows from makers: "
			    "remove the line.", line_of(ps, "signet_challenge"));
	if (p->makers_needed > p->n_makers)
		return fail(ps, "Line %u: makers_needed must be at most %u, the "
			    "number of makers.", line_of(ps, "makers_needed"),
			    p->n_makers);
	if (p->retarget != RETARGET_NONE || p->min_difficulty || p->bip94)
		return fail(ps, "Line %u: makers go with retarget = none, "
			    "min_difficulty = no and bip94 = no.",
			    line_of(ps, "makers"));
	if (!maker_challenge(p))
		return fail(ps, "Line %u: these makers cannot sign together: "
			    "change their order.", line_of(ps, "makers"));
	return ST_OK;
}

static enum status check_rest(struct parse *ps)
{
	struct params *p = ps->p;

	if (!schedule_fits(p))
		return fail(ps, "Line %u: subsidy and halving_interval make "
			    "more than 21000000 coins in all: lower one.",
			    line_of(ps, "subsidy"));
	if (p->pubkey_prefix == p->script_prefix)
		return fail(ps, "Line %u: script_prefix must differ from "
			    "pubkey_prefix.", line_of(ps, "script_prefix"));
	if (memcmp(p->xpub_prefix, p->xprv_prefix, 4) == 0)
		return fail(ps, "Line %u: xprv_prefix must differ from "
			    "xpub_prefix.", line_of(ps, "xprv_prefix"));
	if (p->p2p_port == p->rpc_port)
		return fail(ps, "Line %u: rpc_port must differ from p2p_port.",
			    line_of(ps, "rpc_port"));
	if (p->taproot_height + 1 < p->segwit_height)
		return fail(ps, "Line %u: taproot_height must not come before "
			    "segwit_height.", line_of(ps, "taproot_height"));
	if (p->signet_challenge_len && p->segwit_height > 1)
		return fail(ps, "Line %u: signed blocks need "
			    "segwit_height = 0 or 1.",
			    line_of(ps, "segwit_height"));
	return ST_OK;
}

static enum status check_finality(struct parse *ps)
{
	const struct params *p = ps->p;

	if (!p->finality_interval && p->finality_validators.n)
		return fail(ps, "Line %u: finality_validators needs "
			    "finality_interval, the blocks between checkpoints.",
			    line_of(ps, "finality_validators"));
	if (p->finality_interval && !p->finality_validators.n)
		return fail(ps, "Line %u: finality_interval needs "
			    "finality_validators: who votes, with stake at first.",
			    line_of(ps, "finality_interval"));
	if (p->bond_lock && !p->finality_interval)
		return fail(ps, "Line %u: bond_lock needs finality_interval.",
			    line_of(ps, "bond_lock"));
	if (p->bond_lock && !p->bond_start_sat)
		return fail(ps, "Line %u: bond_lock needs bond_start, the coins "
			    "from which bonds decide.", line_of(ps, "bond_lock"));
	if (p->bond_start_sat && !p->bond_lock)
		return fail(ps, "Line %u: bond_start needs bond_lock.",
			    line_of(ps, "bond_start"));
	if (p->bond_lock && (p->taproot_height > 1 || p->csv_height > 1))
		return fail(ps, "Line %u: bonds need taproot_height and "
			    "csv_height = 0 or 1.", line_of(ps, "bond_lock"));
	return ST_OK;
}

static enum status check_missing(struct parse *ps)
{
	for (size_t i = 0; i < PARAMS_FIELDS; i++) {
		const struct params_field *f = &params_fields[i];

		if (ps->seen[i] || (f->flags & PF_OPTIONAL) ||
		    (ps->own && (f->flags & PF_BITCOIN)))
			continue;
		return fail(ps, "%s is missing: add a line such as %s = %s.",
			    f->key, f->key, f->example);
	}
	return ST_OK;
}

static enum status lines_parse(struct parse *ps, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		const char *next = nl ? nl + 1 : end;
		bool nonce = false;
		enum status st;

		ps->line++;
		st = line_parse(ps, text, (size_t)((nl ? nl : end) - text),
				&nonce);
		if (st != ST_OK)
			return st;
		if (!nonce)
			sha256_add(&ps->hash, text, (size_t)(next - text));
		text = next;
	}
	return ST_OK;
}

enum status params_parse_as(struct params *p, bool own, const char *text,
			    size_t len, char error[PARAMS_ERROR_SIZE])
{
	struct parse ps = {.p = p, .own = own, .error = error};
	struct u256 target;
	enum status st;

	memset(p, 0, sizeof(*p));
	error[0] = '\0';
	p->own = own;
	p->bip30_again_height = HEIGHT_NEVER;
	p->genesis.version = 1;
	if (len > PARAMS_DOCUMENT_MAX)
		return fail(&ps, "A chain document has at most %d bytes, this "
			    "one has %zu.", PARAMS_DOCUMENT_MAX, len);
	sha256_init(&ps.hash);
	st = lines_parse(&ps, text, len);
	if (st == ST_OK)
		st = check_missing(&ps);
	if (st == ST_OK)
		st = check_work(&ps);
	if (st == ST_OK)
		st = check_makers(&ps);
	if (st == ST_OK)
		st = check_rest(&ps);
	if (st == ST_OK)
		st = check_finality(&ps);
	if (st != ST_OK)
		return st;
	if (own) {
		memcpy(p->chain, p->name, sizeof(p->chain));
		sha256_done(&ps.hash, p->document.b);
	}
	params_genesis_complete(p);
	if (!line_of(&ps, "genesis_nonce"))
		return ST_NOT_FOUND;
	if (!target_from_bits(&target, p->genesis.bits) ||
	    !target_met(&p->genesis_id, &target))
		return fail(&ps, "Line %u: the first block with this "
			    "genesis_nonce does not meet genesis_bits: the "
			    "document was changed after the block was made.",
			    line_of(&ps, "genesis_nonce"));
	return ST_OK;
}

int64_t params_subsidy_sat(const struct params *p, uint32_t height)
{
	uint32_t halvings = height / p->halving_interval;

	return halvings >= 64 ? 0 : p->subsidy_sat >> halvings;
}
