/* SPDX-License-Identifier: MIT */
#include "wallet/signer_client.h"

#include "wallet/signer_call.h"

static void put_chain(struct signer_call *k, const struct params *p)
{
	struct buf b;

	buf_init(&b, 1024);
	keystore_chain_write(&b, p);
	signer_call_put(k, SIGNER_F_CHAIN, buf_view(&b));
	buf_free(&b);
}

static bool take_words(const struct signer_call *k, char words[BIP39_TEXT_SIZE])
{
	struct bytes v = signer_field_find(&k->frame, SIGNER_F_WORDS);

	if (!v.p || v.len >= BIP39_TEXT_SIZE)
		return false;
	memcpy(words, v.p, v.len);
	words[v.len] = '\0';
	return true;
}

/* What every new keystore begins with. */
static void put_new(struct signer_call *k, const struct signer_new *new)
{
	signer_call_put_text(k, SIGNER_F_NAME, new->name);
	signer_call_put(k, SIGNER_F_PASSPHRASE, new->passphrase);
	put_chain(k, new->p);
	signer_field_u32(&k->ask, SIGNER_F_KIND, new->kind);
	if (new->new_record)
		signer_field(&k->ask, SIGNER_F_NEW_RECORD, (struct bytes){0});
}

/* --- the questions --- */

enum signer_result signer_create(struct signer_client *c,
				 const struct signer_new *new, unsigned n_words,
				 char words[BIP39_TEXT_SIZE])
{
	enum signer_result r;
	struct signer_call k;

	words[0] = '\0';
	signer_call_begin(&k, c, SIGNER_OP_CREATE, 0);
	put_new(&k, new);
	signer_field_u32(&k.ask, SIGNER_F_NUMBER, n_words);
	r = signer_call_ask(&k);
	if (r == SIGNER_OK && !take_words(&k, words))
		r = signer_call_broken(c);
	signer_call_end(&k);
	return r;
}

enum signer_result signer_restore(struct signer_client *c,
				  const struct signer_new *new,
				  struct bytes words, struct bytes extra)
{
	enum signer_result r;
	struct signer_call k;

	signer_call_begin(&k, c, SIGNER_OP_RESTORE, 0);
	put_new(&k, new);
	signer_call_put(&k, SIGNER_F_WORDS, words);
	signer_call_put(&k, SIGNER_F_EXTRA, extra);
	r = signer_call_ask(&k);
	signer_call_end(&k);
	return r;
}

enum signer_result signer_import(struct signer_client *c,
				 const struct signer_new *new,
				 struct bytes descriptors)
{
	enum signer_result r;
	struct signer_call k;

	signer_call_begin(&k, c, SIGNER_OP_IMPORT, descriptors.len);
	put_new(&k, new);
	signer_call_put(&k, SIGNER_F_DESCRIPTORS, descriptors);
	r = signer_call_ask(&k);
	signer_call_end(&k);
	return r;
}

enum signer_result signer_list(struct signer_client *c, struct arena *a,
			       struct signer_keystore **list, size_t *n)
{
	struct bytes left, v;
	enum signer_result r;
	size_t room = 0;
	struct signer_call k;
	uint8_t tag;

	*n = 0;
	*list = NULL;
	signer_call_begin(&k, c, SIGNER_OP_LIST, 0);
	r = signer_call_ask(&k);
	left = k.frame.fields;
	while (r == SIGNER_OK && signer_field_next(&left, &tag, &v))
		room += tag == SIGNER_F_KEYSTORE;
	*list = arena_array(a, room + 1, struct signer_keystore);
	if (r == SIGNER_OK && !*list)
		r = signer_call_broken(c);
	left = k.frame.fields;
	while (r == SIGNER_OK && signer_field_next(&left, &tag, &v)) {
		struct signer_keystore *s = &(*list)[*n];

		if (tag != SIGNER_F_KEYSTORE)
			continue;
		if (v.len < 6 || v.len > 5 + SIGNER_NAME_MAX ||
		    v.p[0] >> 2 >= KEYSTORE_KINDS) {
			r = signer_call_broken(c);
			break;
		}
		*s = (struct signer_keystore){
			.has_passphrase = v.p[0] & 1, .unlocked = v.p[0] & 2,
			.kind = (enum keystore_kind)(v.p[0] >> 2),
			.seconds_left = le32_get(v.p + 1)};
		memcpy(s->name, v.p + 5, v.len - 5);
		(*n)++;
	}
	signer_call_end(&k);
	return r;
}

bool signer_is_there(struct signer_client *c)
{
	enum signer_result r;
	struct signer_call k;

	signer_call_begin(&k, c, SIGNER_OP_LIST, 0);
	r = signer_call_ask(&k);
	signer_call_end(&k);
	return r == SIGNER_OK;
}

enum signer_result signer_unlock(struct signer_client *c, const char *name,
				 struct bytes passphrase, uint32_t seconds)
{
	enum signer_result r;
	struct signer_call k;

	signer_call_begin(&k, c, SIGNER_OP_UNLOCK, 0);
	signer_call_put_text(&k, SIGNER_F_NAME, name);
	signer_call_put(&k, SIGNER_F_PASSPHRASE, passphrase);
	signer_field_u32(&k.ask, SIGNER_F_NUMBER, seconds);
	r = signer_call_ask(&k);
	signer_call_end(&k);
	return r;
}

enum signer_result signer_lock(struct signer_client *c, const char *name)
{
	enum signer_result r;
	struct signer_call k;

	signer_call_begin(&k, c, SIGNER_OP_LOCK, 0);
	signer_call_put_text(&k, SIGNER_F_NAME, name);
	r = signer_call_ask(&k);
	signer_call_end(&k);
	return r;
}

enum signer_result signer_change_passphrase(struct signer_client *c,
					    const char *name,
					    struct bytes passphrase,
					    struct bytes new_passphrase)
{
	enum signer_result r;
	struct signer_call k;

	signer_call_begin(&k, c, SIGNER_OP_PASSPHRASE, 0);
	signer_call_put_text(&k, SIGNER_F_NAME, name);
	signer_call_put(&k, SIGNER_F_PASSPHRASE, passphrase);
	signer_call_put(&k, SIGNER_F_NEW_PASSPHRASE, new_passphrase);
	r = signer_call_ask(&k);
	signer_call_end(&k);
	return r;
}

enum signer_result signer_descriptors(struct signer_client *c, const char *name,
				      struct bytes passphrase, uint32_t account,
				      struct arena *a,
				      struct signer_descriptor **list, size_t *n)
{
	struct bytes left, v;
	enum signer_result r;
	size_t room = 0;
	struct signer_call k;
	uint8_t tag;

	*n = 0;
	signer_call_begin(&k, c, SIGNER_OP_DESCRIPTORS, 0);
	signer_call_put_text(&k, SIGNER_F_NAME, name);
	signer_call_put(&k, SIGNER_F_PASSPHRASE, passphrase);
	signer_field_u32(&k.ask, SIGNER_F_NUMBER, account);
	r = signer_call_ask(&k);
	left = k.frame.fields;
	while (r == SIGNER_OK && signer_field_next(&left, &tag, &v))
		room += tag == SIGNER_F_DESCRIPTOR;
	*list = arena_array(a, room + 1, struct signer_descriptor);
	if (r == SIGNER_OK && !*list)
		r = signer_call_broken(c);
	left = k.frame.fields;
	while (r == SIGNER_OK && signer_field_next(&left, &tag, &v)) {
		struct signer_descriptor *d = &(*list)[*n];
		char *text;

		if (tag != SIGNER_F_DESCRIPTOR)
			continue;
		text = v.len > 9 ? arena_alloc(a, v.len - 8, 1) : NULL;
		if (!text) {
			r = signer_call_broken(c);
			break;
		}
		memcpy(text, v.p + 9, v.len - 9);
		text[v.len - 9] = '\0';
		*d = (struct signer_descriptor){le32_get(v.p), le32_get(v.p + 4),
						v.p[8] != 0, text};
		(*n)++;
	}
	signer_call_end(&k);
	return r;
}

enum signer_result signer_sign_psbt(struct signer_client *c, const char *name,
				    struct bytes passphrase, struct bytes psbt,
				    uint32_t flags, struct buf *out,
				    unsigned *n_signed)
{
	enum signer_result r;
	uint32_t n = 0;
	struct bytes v;
	struct signer_call k;

	signer_call_begin(&k, c, SIGNER_OP_SIGN_PSBT, psbt.len);
	signer_call_put_text(&k, SIGNER_F_NAME, name);
	signer_call_put(&k, SIGNER_F_PASSPHRASE, passphrase);
	signer_call_put(&k, SIGNER_F_PSBT, psbt);
	signer_field_u32(&k.ask, SIGNER_F_NUMBER, flags);
	r = signer_call_ask(&k);
	v = r == SIGNER_OK ? signer_field_find(&k.frame, SIGNER_F_PSBT)
			   : (struct bytes){0};
	if (r == SIGNER_OK &&
	    (!v.p || !signer_field_find_u32(&k.frame, SIGNER_F_SIGNED, 0, &n)))
		r = signer_call_broken(c);
	if (r == SIGNER_OK)
		buf_bytes(out, v);
	*n_signed = n;
	signer_call_end(&k);
	return r;
}

enum signer_result signer_sign_message(struct signer_client *c, const char *name,
				       struct bytes passphrase,
				       enum signer_message kind,
				       const char *address, const uint32_t *path,
				       unsigned n_path, struct bytes message,
				       struct buf *out)
{
	uint8_t steps[4 * HDKEY_PATH_MAX];
	enum signer_result r;
	struct bytes v;
	struct signer_call k;

	signer_call_begin(&k, c, SIGNER_OP_SIGN_MESSAGE, message.len);
	signer_call_put_text(&k, SIGNER_F_NAME, name);
	signer_call_put(&k, SIGNER_F_PASSPHRASE, passphrase);
	signer_call_put_text(&k, SIGNER_F_ADDRESS, address);
	signer_field(&k.ask, SIGNER_F_MESSAGE, message);
	signer_field_u32(&k.ask, SIGNER_F_NUMBER, (uint32_t)kind);
	for (unsigned i = 0; i < n_path && i < HDKEY_PATH_MAX; i++)
		le32_put(steps + (size_t)4 * i, path[i]);
	if (n_path && n_path <= HDKEY_PATH_MAX)
		signer_call_put(&k, SIGNER_F_PATH, bytes_of(steps, (size_t)4 * n_path));
	r = signer_call_ask(&k);
	v = r == SIGNER_OK ? signer_field_find(&k.frame, SIGNER_F_TEXT)
			   : (struct bytes){0};
	if (r == SIGNER_OK && !v.p)
		r = signer_call_broken(c);
	if (r == SIGNER_OK)
		buf_bytes(out, v);
	signer_call_end(&k);
	return r;
}

enum signer_result signer_words(struct signer_client *c, const char *name,
				struct bytes passphrase,
				char words[BIP39_TEXT_SIZE])
{
	enum signer_result r;
	struct signer_call k;

	words[0] = '\0';
	signer_call_begin(&k, c, SIGNER_OP_WORDS, 0);
	signer_call_put_text(&k, SIGNER_F_NAME, name);
	signer_call_put(&k, SIGNER_F_PASSPHRASE, passphrase);
	r = signer_call_ask(&k);
	if (r == SIGNER_OK && !take_words(&k, words))
		r = signer_call_broken(c);
	signer_call_end(&k);
	return r;
}
