/* SPDX-License-Identifier: MIT */
/* Signs for answer.c. Each takes an open keystore, writes fields of the answer,
 * and on anything but SIGNER_OK a sentence. */
#ifndef QUARRY_SIGNER_ANSWER_SIGN_H
#define QUARRY_SIGNER_ANSWER_SIGN_H

#include "signer/vault.h"

enum signer_result answer_psbt(const struct keystore *k, const struct ec *ec,
			       const struct signer_frame *f, struct buf *out,
			       char error[VAULT_ERROR_SIZE]);
enum signer_result answer_message(const struct keystore *k, const struct ec *ec,
				  const struct signer_frame *f, struct buf *out,
				  char error[VAULT_ERROR_SIZE]);

#endif
