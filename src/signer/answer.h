/* SPDX-License-Identifier: MIT */
/* What quarry-signer answers: a frame in, a frame out (wallet/signer_proto.h). */
#ifndef QUARRY_SIGNER_ANSWER_H
#define QUARRY_SIGNER_ANSWER_H

#include "signer/vault.h"

/* p, len: a frame after its length; hostile. Writes the whole answer, its length
 * included, to out, which is empty and can hold SIGNER_FRAME_MAX and 4 bytes.
 * False: it could not be made; the connection is of no use any more. */
NODISCARD bool signer_answer(struct vault *v, const struct ec *ec, const void *p,
			     size_t len, struct buf *out);

#endif
