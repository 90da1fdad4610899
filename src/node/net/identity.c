/* SPDX-License-Identifier: MIT */
/* See identity.h. */
#include "node/net/identity.h"

#include <stdio.h>

#include "base/file.h"
#include "base/hex.h"
#include "crypto/ec.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"
#include "node/core/priv.h"

#define KEY_PATH_MAX 4096
#define KEY_DIGITS 64

static enum status read_secret(const char *path, uint8_t secret[32])
{
	struct buf b;
	enum status st = file_read(path, KEY_DIGITS + 1, &b);

	if (st == ST_TOO_BIG)
		st = ST_CORRUPT;
	if (st == ST_OK && (b.len < KEY_DIGITS ||
			    !hex_parse(secret, 32, (const char *)b.p, KEY_DIGITS) ||
			    !ec_seckey_valid(secret)))
		st = ST_CORRUPT;
	if (b.p)
		wipe(b.p, b.len);
	buf_free(&b);
	return st;
}

static enum status write_secret(const char *path, uint8_t secret[32])
{
	char text[KEY_DIGITS + 2];
	enum status st;

	do
		st = rand_secret(secret, 32);
	while (st == ST_OK && !ec_seckey_valid(secret));
	if (st != ST_OK)
		return st;
	hex_text(text, secret, 32);
	text[KEY_DIGITS] = '\n';
	st = file_replace(path, text, KEY_DIGITS + 1, 0600);
	wipe(text, sizeof(text));
	return st;
}

/* Reads the key, or makes it. The database's write lock sees to it that of two
 * programs that start together one makes it and the other reads it. */
static enum status load_secret(struct node *n, uint8_t secret[32])
{
	char path[KEY_PATH_MAX];
	enum status st;

	if (snprintf(path, sizeof(path), "%s.key", node_db_path(n)) >=
	    (int)sizeof(path))
		return ST_TOO_BIG;
	st = read_secret(path, secret);
	if (st != ST_NOT_FOUND)
		return st;
	st = node_write_begin(n);
	if (st != ST_OK)
		return st;
	st = read_secret(path, secret);
	if (st == ST_NOT_FOUND)
		st = write_secret(path, secret);
	return node_write_end(n, st);
}

static enum status sign(const struct ec *ec, const uint8_t secret[32],
			const uint8_t digest[32], uint8_t sig[64])
{
	uint8_t aux[32];
	enum status st = rand_bytes(aux, sizeof(aux));

	if (st == ST_OK && !ec_sign_schnorr(ec, sig, secret, digest, aux))
		st = ST_CORRUPT;
	return st;
}

/* The public key, and with digest a signature. */
static enum status with_secret(struct node *n, uint8_t key[32],
			       const uint8_t *digest, uint8_t *sig)
{
	uint8_t secret[32];
	enum status st = load_secret(n, secret);
	struct ec *ec = st == ST_OK ? ec_open() : NULL;

	if (st == ST_OK && !ec)
		st = ST_NOMEM;
	if (st == ST_OK && !ec_xonly_create(ec, key, NULL, secret))
		st = ST_CORRUPT;
	if (st == ST_OK && digest)
		st = sign(ec, secret, digest, sig);
	ec_close(ec);
	wipe(secret, sizeof(secret));
	return st;
}

enum status identity_key(struct node *n, uint8_t key[NODEPROOF_KEY_SIZE])
{
	return with_secret(n, key, NULL, NULL);
}

enum status identity_prove(struct node *n, const uint8_t challenge[32],
			   const char *host, uint8_t key[NODEPROOF_KEY_SIZE],
			   uint8_t sig[NODEPROOF_SIG_SIZE])
{
	uint8_t digest[32];

	nodeproof_digest(digest, &node_params(n)->genesis_id, challenge, host);
	return with_secret(n, key, digest, sig);
}
