/* SPDX-License-Identifier: MIT */
/* A signed transaction on its way, and what is noted of it. */
#include "funds/spend.h"

#include "base/log.h"
#include "node/core/announce.h"
#include "node/pool/mempool.h"

static enum status note_it(struct funds *f, const struct tx_result *r,
			   struct bytes raw, const struct funds_note *n)
{
	struct purse_sent s = {.txid = r->txid, .at = node_now_s(f->at.node),
			       .raw = raw, .comment = n->comment,
			       .comment_to = n->comment_to};
	const struct purse_sent *old;
	bool own;
	enum status st;

	/* sent again, the first note stays */
	if (r->known && funds_note(f, &r->txid))
		return ST_OK;
	st = purse_begin(f->at.purse, &own);
	if (st != ST_OK)
		return st;
	if (n->replaces) {
		s.has_replaces = true;
		s.replaces = *n->replaces;
		old = funds_note(f, n->replaces);
		if (old) {
			struct purse_sent was = *old;

			was.has_replaced_by = true;
			was.replaced_by = r->txid;
			st = purse_sent_put(f->at.purse, f->wallet.id, &was);
			s.comment = n->comment ? n->comment : was.comment;
			s.comment_to = n->comment_to ? n->comment_to
						     : was.comment_to;
		}
	}
	if (st == ST_OK)
		st = purse_sent_put(f->at.purse, f->wallet.id, &s);
	return purse_end(f->at.purse, own, st);
}

bool funds_send(struct funds *f, struct bytes raw, const struct funds_note *note,
		struct txid *txid, struct funds_fault *fault)
{
	const struct tx_options o = {.source = "wallet",
				     .max_rate_sat_kvb = note->max_rate_sat_kvb};
	char reason[VERDICT_DETAIL_SIZE + 64], text[HASH_TEXT_SIZE];
	struct tx_result r;
	enum status st = node_accept_tx(f->at.node, raw.p, raw.len, &o, &r);

	if (st != ST_OK)
		return funds_failed(fault, st);
	if (r.verdict.code != VALID && !r.known) {
		funds_bad(fault, FUNDS_REJECTED, "%s",
			  verdict_reject(reason, sizeof(reason), &r.verdict));
		fault->verdict = r.verdict;
		return false;
	}
	*txid = r.txid;
	announce_nudge(f->at.node);
	/* it is sent: who was told of a failure now would send it again */
	st = note_it(f, &r, raw, note);
	if (st != ST_OK)
		log_error("%s was sent, but not noted in wallets.db: %s",
			  hash256_text(text, &r.txid.h), purse_error(f->at.purse));
	return true;
}
