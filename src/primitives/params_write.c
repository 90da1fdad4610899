/* SPDX-License-Identifier: MIT */
/* Writing a chain document, and what a new chain starts from. */
#include <inttypes.h>
#include <stdio.h>

#include "base/bug.h"
#include "crypto/sha256.h"
#include "primitives/amount.h"
#include "primitives/params_fields.h"

static void write_validators(struct buf *out, const struct params *p)
{
	for (uint32_t i = 0; i < p->finality_validators.n; i++) {
		const struct params_validator *v = &p->finality_validators.v[i];

		if (i)
			buf_u8(out, ' ');
		buf_hex(out, v->key, sizeof(v->key));
		buf_printf(out, ":%" PRIu32, v->weight);
	}
}

static void write_value(struct buf *out, const struct params *p,
			const struct params_field *f)
{
	const uint8_t *at = (const uint8_t *)p + f->offset;
	char text[AMOUNT_TEXT_SIZE];
	uint8_t number[32];
	uint32_t n = 0;
	bool yes;

	switch (f->kind) {
	case PK_NAME:
	case PK_HRP:
	case PK_MESSAGE:
	case PK_HOSTS:
		buf_text(out, (const char *)at);
		return;
	case PK_BOOL:
		memcpy(&yes, at, sizeof(yes));
		buf_text(out, yes ? "yes" : "no");
		return;
	case PK_UINT:
	case PK_HEIGHT:
		if (f->size == 1)
			n = *at;
		else if (f->size == 2)
			n = *(const uint16_t *)(const void *)at;
		else
			memcpy(&n, at, sizeof(n));
		if (f->kind == PK_HEIGHT && n == HEIGHT_NEVER)
			buf_text(out, "never");
		else
			buf_printf(out, "%" PRIu32, n);
		return;
	case PK_RETARGET:
		buf_text(out, p->retarget == RETARGET_BITCOIN ? "2016" :
			      p->retarget == RETARGET_ASERT ? "asert" : "none");
		return;
	case PK_COINS:
		buf_text(out, amount_text(text,
					  *(const int64_t *)(const void *)at));
		return;
	case PK_VALIDATORS:
		write_validators(out, p);
		return;
	case PK_NUMBER:
		u256_to_be(number, (const struct u256 *)(const void *)at);
		buf_hex(out, number, sizeof(number));
		return;
	case PK_BYTES:
		buf_hex(out, at, f->size);
		return;
	case PK_CHALLENGE:
		buf_hex(out, at, p->signet_challenge_len);
		return;
	case PK_MAKERS:
		for (unsigned i = 0; i < p->n_makers; i++) {
			buf_text(out, i ? " " : "");
			buf_hex(out, p->maker[i], sizeof(p->maker[i]));
		}
		return;
	case PK_BITS:
		buf_printf(out, "%08" PRIx32, p->genesis.bits);
		return;
	case PK_HASH:
	case PK_BLOCK:
	case PK_KEY:
		break;
	}
	BUG("%s in an own chain's document", f->key);
}

/* Whether an own chain's document has this key. */
static bool wanted(const struct params *p, const struct params_field *f)
{
	if (f->flags & PF_BITCOIN)
		return false;
	if (f->offset == offsetof(struct params, genesis.nonce))
		return false;
	if (f->offset == offsetof(struct params, asert_half_life_s))
		return p->retarget == RETARGET_ASERT;
	if (f->offset == offsetof(struct params, retarget_interval))
		return p->retarget == RETARGET_BITCOIN || p->bip94;
	if (f->kind == PK_HOSTS)
		return p->dns_seeds[0] != '\0';
	if (f->offset == offsetof(struct params, finality_interval) ||
	    f->kind == PK_VALIDATORS)
		return p->finality_interval > 0;
	if (f->offset == offsetof(struct params, bond_lock) ||
	    f->offset == offsetof(struct params, bond_start_sat))
		return p->bond_lock > 0;
	if (f->kind == PK_MAKERS ||
	    f->offset == offsetof(struct params, makers_needed) ||
	    f->offset == offsetof(struct params, turn_timeout_s))
		return p->n_makers > 0;
	return f->kind != PK_CHALLENGE ||
	       (p->signet_challenge_len > 0 && p->n_makers == 0);
}

void params_write(struct buf *out, const struct params *p)
{
	buf_printf(out,
		   "# All parameters of the chain %s. Its first block commits "
		   "to this text:\n"
		   "# with any other byte, comments included, it is another "
		   "chain.\n", p->name);
	for (size_t i = 0; i < PARAMS_FIELDS; i++) {
		const struct params_field *f = &params_fields[i];

		if (!wanted(p, f))
			continue;
		if (f->comment)
			buf_printf(out, "\n# %s\n", f->comment);
		buf_printf(out, "%s = ", f->key);
		write_value(out, p, f);
		buf_text(out, "\n");
	}
}

void params_own_defaults(struct params *p, const char *name)
{
	static const uint8_t xpub[4] = {0x04, 0x35, 0x87, 0xcf};
	static const uint8_t xprv[4] = {0x04, 0x35, 0x83, 0x94};
	struct sha256_ctx c;
	uint8_t hash[32];

	memset(p, 0, sizeof(*p));
	snprintf(p->name, sizeof(p->name), "%s", name);
	memcpy(p->chain, p->name, sizeof(p->chain));
	p->own = true;
	p->test = true;
	/* 00ffff...ff: a few hundred hashes a block at the very least. */
	p->pow_limit = u256_from(1);
	p->pow_limit = u256_shl(&p->pow_limit, 248);
	p->pow_limit = u256_sub(&p->pow_limit, &(struct u256){{1, 0, 0, 0}});
	p->pow_limit_bits = 0x2000ffff;
	p->retarget = RETARGET_ASERT;
	p->retarget_interval = 2016;
	p->spacing_s = 15;
	p->asert_half_life_s = 600;
	p->subsidy_sat = 50 * COIN_SAT;
	p->halving_interval = 210000;
	p->maturity = 100;
	p->bip34_height = p->bip65_height = p->bip66_height = p->csv_height = 1;
	p->bip30_again_height = HEIGHT_NEVER;
	/* Bytes that look random and begin like no text: from the name, so
	 * that two chains on one machine do not take each other's messages. */
	sha256_tagged_init(&c, "quarry/magic");
	sha256_add(&c, name, strlen(name));
	sha256_done(&c, hash);
	memcpy(p->magic, hash, sizeof(p->magic));
	p->magic[0] |= 0x80;
	p->p2p_port = 27333;
	p->rpc_port = 27332;
	p->pubkey_prefix = 58;
	p->script_prefix = 120;
	p->wif_prefix = 239;
	memcpy(p->xpub_prefix, xpub, sizeof(xpub));
	memcpy(p->xprv_prefix, xprv, sizeof(xprv));
	snprintf(p->hrp, sizeof(p->hrp), "qy");
	p->genesis.version = 1;
	p->genesis.bits = 0x1e00ffff;
}
