/* SPDX-License-Identifier: MIT */
/*
 * Signs the blocks that work.h makes, on networks whose blocks are signed
 * (BIP325): with keys of a file (wallet/keyfile.h). Where the document names
 * makers, each key signs for its maker; elsewhere the challenge is satisfied if
 * it is of a form that wallet/insign.h knows.
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
void sealer_close(struct sealer *s);
const struct params *sealer_params(const struct sealer *s);
/* The makers whose keys it has, as bits. */
uint32_t sealer_makers(const struct sealer *s);

/* Adds the signatures of its makers that are in `who` to sigs. digest: see
 * maker_digest. ST_IO: it could not sign. */
NODISCARD enum status sealer_sign(const struct sealer *s, uint32_t who,
				  const uint8_t digest[32],
				  struct maker_sigs *sigs);
/* Appends the solution of a block with a stand-in, at this height, all by its
 * own keys. ST_DENIED: they do not suffice. */
NODISCARD enum status sealer_solve(const struct sealer *s, const struct block *b,
				   uint32_t height, struct arena *scratch,
				   struct buf *solution);

#endif
