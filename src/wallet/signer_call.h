/* SPDX-License-Identifier: MIT */
/* One question to quarry-signer: what the functions of signer_client.h share. */
#ifndef QUARRY_WALLET_SIGNER_CALL_H
#define QUARRY_WALLET_SIGNER_CALL_H

#include "wallet/signer_client.h"

struct signer_call {
	struct signer_client *c;
	struct buf ask, answer;		/* both may carry secrets */
	struct signer_frame frame;	/* of the answer */
};

/* room: for what is put, so that no copy of it stays behind where the buffer was
 * before it grew. */
void signer_call_begin(struct signer_call *k, struct signer_client *c,
		       enum signer_op op, size_t room);
/* Nothing where v.p is NULL. */
void signer_call_put(struct signer_call *k, enum signer_field tag,
		     struct bytes v);
void signer_call_put_text(struct signer_call *k, enum signer_field tag,
			  const char *s);
/* Asks and waits; what is not SIGNER_OK has a sentence in c->error. */
enum signer_result signer_call_ask(struct signer_call *k);
/* The sentence for an answer that lacks something. */
enum signer_result signer_call_broken(struct signer_client *c);
void signer_call_end(struct signer_call *k);

#endif
