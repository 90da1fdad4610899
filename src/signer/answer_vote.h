/* SPDX-License-Identifier: MIT */
/* What makers and validators ask, for answer.c. Each function writes fields of the
 * answer, and on anything but SIGNER_OK a sentence. */
#ifndef QUARRY_SIGNER_ANSWER_VOTE_H
#define QUARRY_SIGNER_ANSWER_VOTE_H

#include "signer/vault.h"

/* Whether this may become a validator's keystore of that name: one key, and for a
 * key that never voted no record of another. */
enum signer_result answer_new_validator(struct vault *v, struct bytes name,
					const struct keystore *k,
					const struct ec *ec, bool new_record,
					char error[VAULT_ERROR_SIZE]);
/* Makes the record of its votes. */
enum signer_result answer_new_record(struct vault *v, struct bytes name,
				     const struct keystore *k,
				     const struct ec *ec,
				     char error[VAULT_ERROR_SIZE]);
/* The kind, and the public keys. */
enum signer_result answer_keys(const struct keystore *k, const struct ec *ec,
			       struct buf *out);
/* Signs a vote that the record allows; before it signs that is on disk. */
enum signer_result answer_vote(struct vault *v, struct bytes name,
			       const struct keystore *k, const struct ec *ec,
			       const struct signer_frame *f, struct buf *out,
			       char error[VAULT_ERROR_SIZE]);
enum signer_result answer_votes(struct vault *v, struct bytes name,
				const struct keystore *k, const struct ec *ec,
				const struct signer_frame *f, struct buf *out,
				char error[VAULT_ERROR_SIZE]);

#endif
