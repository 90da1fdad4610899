/* SPDX-License-Identifier: MIT */
/* Of signer_client.h: what makers and validators ask. */
#include "wallet/signer_call.h"

static void begin(struct signer_call *k, struct signer_client *c,
		  enum signer_op op, const char *name, struct bytes passphrase)
{
	signer_call_begin(k, c, op, 0);
	signer_call_put_text(k, SIGNER_F_NAME, name);
	signer_call_put(k, SIGNER_F_PASSPHRASE, passphrase);
}

enum signer_result signer_keys(struct signer_client *c, const char *name,
			       struct bytes passphrase, enum keystore_kind *kind,
			       uint8_t key[KEYSTORE_KEYS_MAX][32], size_t *n)
{
	struct bytes left, v;
	enum signer_result r;
	struct signer_call k;
	uint32_t number;
	uint8_t tag;

	*n = 0;
	begin(&k, c, SIGNER_OP_KEYS, name, passphrase);
	r = signer_call_ask(&k);
	if (r == SIGNER_OK &&
	    (!signer_field_find_u32(&k.frame, SIGNER_F_KIND, KEYSTORE_KINDS,
				    &number) || number >= KEYSTORE_KINDS))
		r = signer_call_broken(c);
	if (r == SIGNER_OK)
		*kind = (enum keystore_kind)number;
	left = k.frame.fields;
	while (r == SIGNER_OK && signer_field_next(&left, &tag, &v)) {
		if (tag != SIGNER_F_KEY)
			continue;
		if (v.len != 32 || *n == KEYSTORE_KEYS_MAX)
			r = signer_call_broken(c);
		else
			memcpy(key[(*n)++], v.p, 32);
	}
	signer_call_end(&k);
	return r;
}

enum signer_result signer_vote(struct signer_client *c, const char *name,
			       struct bytes passphrase,
			       const struct hash256 *document, struct vote *v)
{
	uint8_t raw[VOTE_SIZE];
	enum signer_result r;
	struct signer_call k;
	struct bytes made;
	struct vote back;

	vote_write(raw, v);
	begin(&k, c, SIGNER_OP_VOTE, name, passphrase);
	signer_call_put(&k, SIGNER_F_DOCUMENT, bytes_of(document->b, 32));
	signer_call_put(&k, SIGNER_F_VOTE, bytes_of(raw, VOTE_SIZE));
	r = signer_call_ask(&k);
	made = r == SIGNER_OK ? signer_field_find(&k.frame, SIGNER_F_VOTE)
			      : (struct bytes){0};
	if (r == SIGNER_OK && made.len != VOTE_SIZE)
		r = signer_call_broken(c);
	if (r == SIGNER_OK) {
		vote_read(&back, made.p);
		if (vote_same_link(&back, v))
			*v = back;
		else
			r = signer_call_broken(c);
	}
	signer_call_end(&k);
	return r;
}

enum signer_result signer_votes(struct signer_client *c, const char *name,
				struct bytes passphrase,
				const struct hash256 *document, struct arena *a,
				struct vote **list, size_t *n)
{
	struct bytes left, v;
	enum signer_result r;
	struct signer_call k;
	uint8_t tag;

	*n = 0;
	*list = arena_array(a, SIGNER_VOTES_MAX, struct vote);
	begin(&k, c, SIGNER_OP_VOTES, name, passphrase);
	signer_call_put(&k, SIGNER_F_DOCUMENT, bytes_of(document->b, 32));
	r = signer_call_ask(&k);
	if (r == SIGNER_OK && !*list)
		r = signer_call_broken(c);
	left = k.frame.fields;
	while (r == SIGNER_OK && signer_field_next(&left, &tag, &v)) {
		if (tag != SIGNER_F_VOTE)
			continue;
		if (v.len != VOTE_SIZE || *n == SIGNER_VOTES_MAX)
			r = signer_call_broken(c);
		else
			vote_read(&(*list)[(*n)++], v.p);
	}
	signer_call_end(&k);
	return r;
}
