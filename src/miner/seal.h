/* SPDX-License-Identifier: MIT */
/*
 * Signs the blocks that work.h makes, on networks whose blocks are signed
 * (BIP325): with keys of a file (wallet/keyfile.h), or by quarry-signer with a
 * maker's keystore. Where the document names makers, each key signs for its maker;
 * elsewhere the challenge is satisfied if it is of a form that wallet/insign.h
 * knows, or with a signer wallet/psbt_sign.h.
 */
#ifndef QUARRY_MINER_SEAL_H
#define QUARRY_MINER_SEAL_H

#include "consensus/maker_sign.h"

#define SEAL_ERROR_SIZE 400

struct sealer;

/* Reads the keys. On failure `error` is one sentence that names cause and fix:
 * no file, nobody's key. */
NODISCARD enum status sealer_open(struct sealer **out, const struct params *p,
				  const char *key_file,
				  char error[SEAL_ERROR_SIZE]);
/* The keys are the signer's, which is asked when it is needed. socket and keystore
 * must live as long. */
NODISCARD enum status sealer_open_signer(struct sealer **out,
					 const struct params *p,
					 const char *socket,
					 const char *keystore);
void sealer_close(struct sealer *s);
/* Whether it can sign now, as far as known: a signer is asked every few seconds,
 * and after each failure. ST_TIMEOUT: it is absent, or its keystore locked,
 * missing or nobody's; sealer_waits says it in one sentence. */
NODISCARD enum status sealer_ready(struct sealer *s);
const char *sealer_waits(const struct sealer *s);
const struct params *sealer_params(const struct sealer *s);
/* The makers whose keys it has, as bits; of a signer's when it was ready once. */
uint32_t sealer_makers(const struct sealer *s);

/* Adds the signatures of its makers that are in `who` to sigs. block: with a
 * stand-in for the solution, serialised; digest: its maker_digest. ST_IO,
 * ST_TIMEOUT: it could not sign. */
NODISCARD enum status sealer_sign(struct sealer *s, uint32_t who,
				  struct bytes block, const uint8_t digest[32],
				  struct maker_sigs *sigs);
/* Appends the solution of a block with a stand-in, at this height, all by its
 * own keys. ST_DENIED: they do not suffice. ST_TIMEOUT as above. */
NODISCARD enum status sealer_solve(struct sealer *s, const struct block *b,
				   uint32_t height, struct arena *scratch,
				   struct buf *solution);

#endif
