/* SPDX-License-Identifier: MIT */
/*
 * The file of a keystore. All numbers are little-endian.
 *
 *	8	"quarryks"
 *	2	version, 1
 *	1	flags: 1, there is a passphrase; above that bit the kind
 *	1	scrypt: the binary logarithm of n
 *	4	scrypt: r
 *	4	scrypt: p
 *	32	salt
 *	12	nonce
 *	4	length of what follows, without the tag
 *	...	the secrets, sealed; 16 bytes of tag
 *
 * Everything before the secrets is authenticated with them. Salt and nonce are new
 * each time the file is written, so no key is ever used twice.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "crypto/gcm.h"
#include "crypto/rand.h"
#include "crypto/scrypt.h"
#include "crypto/wipe.h"
#include "wallet/keystore_priv.h"

#define MAGIC "quarryks"
#define MAGIC_LEN 8
#define FILE_VERSION 1
#define FLAG_PASSPHRASE 1
#define KIND_SHIFT 1
#define SALT_LEN 32
#define HEADER_LEN (MAGIC_LEN + 2 + 1 + 1 + 4 + 4 + SALT_LEN + GCM_NONCE_BYTES + 4)
/* About 0.2 s and 64 MiB; next to nothing where there is no passphrase. */
#define SCRYPT_LOG_N 16
#define SCRYPT_LOG_N_OPEN 4
#define SCRYPT_R 8
#define SCRYPT_P 1
/* What a file may ask for: 1 GiB at the most. */
#define SCRYPT_LOG_N_MAX 20
#define SCRYPT_R_MAX 32
#define SCRYPT_P_MAX 16

/* --- the chain's forms --- */

void keystore_chain_copy(struct params *to, const struct params *from)
{
	*to = (struct params){.own = from->own, .test = from->test};
	memcpy(to->name, from->name, sizeof(to->name));
	memcpy(to->chain, from->chain, sizeof(to->chain));
	memcpy(to->hrp, from->hrp, sizeof(to->hrp));
	memcpy(to->xpub_prefix, from->xpub_prefix, 4);
	memcpy(to->xprv_prefix, from->xprv_prefix, 4);
	to->pubkey_prefix = from->pubkey_prefix;
	to->script_prefix = from->script_prefix;
	to->wif_prefix = from->wif_prefix;
}

void keystore_chain_write(struct buf *b, const struct params *p)
{
	buf_add(b, p->name, sizeof(p->name));
	buf_add(b, p->chain, sizeof(p->chain));
	buf_add(b, p->hrp, sizeof(p->hrp));
	buf_add(b, p->xpub_prefix, 4);
	buf_add(b, p->xprv_prefix, 4);
	buf_u8(b, p->pubkey_prefix);
	buf_u8(b, p->script_prefix);
	buf_u8(b, p->wif_prefix);
	buf_u8(b, (uint8_t)(p->own | p->test << 1));
}

/* Text in a field of fixed size: ends there, printable. */
static bool read_name(struct reader *r, char *out, size_t size)
{
	size_t len;

	reader_copy(r, out, size);
	len = strnlen(out, size);
	for (size_t i = 0; i < len; i++)
		if (out[i] < ' ' || out[i] > '~')
			return false;
	for (size_t i = len; i < size; i++)
		if (out[i])
			return false;
	return len < size;
}

bool keystore_chain_read(struct params *p, struct reader *r)
{
	uint8_t flags;
	bool good;

	*p = (struct params){0};
	good = read_name(r, p->name, sizeof(p->name)) &&
	       read_name(r, p->chain, sizeof(p->chain)) &&
	       read_name(r, p->hrp, sizeof(p->hrp)) && p->hrp[0];
	reader_copy(r, p->xpub_prefix, 4);
	reader_copy(r, p->xprv_prefix, 4);
	p->pubkey_prefix = reader_u8(r);
	p->script_prefix = reader_u8(r);
	p->wif_prefix = reader_u8(r);
	flags = reader_u8(r);
	p->own = flags & 1;
	p->test = flags & 2;
	return good && !r->failed && flags < 4;
}

/* --- sealing --- */

static void write_secrets(struct buf *b, const struct keystore *k)
{
	buf_le64(b, (uint64_t)k->created_s);
	keystore_chain_write(b, &k->params);
	buf_le32(b, (uint32_t)k->entropy_len);
	buf_add(b, k->entropy, k->entropy_len);
	buf_le32(b, (uint32_t)k->extra_len);
	buf_add(b, k->extra, k->extra_len);
	buf_le32(b, (uint32_t)k->import_len);
	buf_add(b, k->import_text, k->import_len);
}

static enum status derive(uint8_t key[GCM_KEY_BYTES], struct bytes header,
			  struct bytes passphrase)
{
	const uint8_t *p = header.p + MAGIC_LEN + 3;

	return scrypt_derive(key, GCM_KEY_BYTES, passphrase,
			     bytes_of(p + 9, SALT_LEN), (uint64_t)1 << p[0],
			     le32_get(p + 1), le32_get(p + 5));
}

enum status keystore_seal(struct buf *out, const struct keystore *k,
			  struct bytes passphrase)
{
	uint8_t header[HEADER_LEN] = MAGIC, tag[GCM_TAG_BYTES];
	uint8_t *p = header + MAGIC_LEN, key[GCM_KEY_BYTES], *sealed;
	size_t start = out->len;
	enum status st;
	struct buf b;

	/* one piece that does not move: nothing of it is left behind */
	buf_init(&b, KEYSTORE_FILE_MAX - HEADER_LEN - GCM_TAG_BYTES);
	if (!buf_extend(&b, KEYSTORE_IMPORT_MAX + 4096))
		return ST_NOMEM;
	wipe(b.p, b.len);
	b.len = 0;
	write_secrets(&b, k);
	st = buf_status(&b);
	le16_put(p, FILE_VERSION);
	p[2] = (uint8_t)((passphrase.len ? FLAG_PASSPHRASE : 0) |
			 k->kind << KIND_SHIFT);
	p[3] = passphrase.len ? SCRYPT_LOG_N : SCRYPT_LOG_N_OPEN;
	le32_put(p + 4, SCRYPT_R);
	le32_put(p + 8, SCRYPT_P);
	if (st == ST_OK)
		st = rand_bytes(p + 12, SALT_LEN + GCM_NONCE_BYTES);
	le32_put(p + 12 + SALT_LEN + GCM_NONCE_BYTES, (uint32_t)b.len);
	if (st == ST_OK)
		st = derive(key, bytes_of(header, HEADER_LEN), passphrase);
	buf_add(out, header, HEADER_LEN);
	sealed = st == ST_OK ? buf_extend(out, b.len) : NULL;
	if (sealed)
		st = gcm_seal(sealed, tag, key, p + 12 + SALT_LEN,
			      bytes_of(header, HEADER_LEN), buf_view(&b));
	if (sealed)
		buf_add(out, tag, sizeof(tag));
	wipe(key, sizeof(key));
	if (b.p)
		wipe(b.p, b.cap);
	buf_free(&b);
	if (st == ST_OK)
		st = buf_status(out);
	if (st != ST_OK && buf_status(out) == ST_OK)
		out->len = start;
	return st;
}

/* --- opening --- */

static enum status check_header(struct bytes file)
{
	const uint8_t *p = file.p + MAGIC_LEN;

	if (file.len < HEADER_LEN + GCM_TAG_BYTES ||
	    memcmp(file.p, MAGIC, MAGIC_LEN) != 0)
		return ST_PARSE;
	if (le16_get(p) != FILE_VERSION)
		return ST_VERSION;
	if (p[2] >> KIND_SHIFT >= KEYSTORE_KINDS || p[3] < 1 || p[3] > SCRYPT_LOG_N_MAX ||
	    le32_get(p + 4) < 1 || le32_get(p + 4) > SCRYPT_R_MAX ||
	    le32_get(p + 8) < 1 || le32_get(p + 8) > SCRYPT_P_MAX ||
	    le32_get(p + 12 + SALT_LEN + GCM_NONCE_BYTES) !=
		    file.len - HEADER_LEN - GCM_TAG_BYTES)
		return ST_PARSE;
	return ST_OK;
}

bool keystore_peek(struct bytes file, bool *has_passphrase,
		   enum keystore_kind *kind)
{
	if (check_header(file) != ST_OK)
		return false;
	*has_passphrase = file.p[MAGIC_LEN + 2] & FLAG_PASSPHRASE;
	*kind = (enum keystore_kind)(file.p[MAGIC_LEN + 2] >> KIND_SHIFT);
	return true;
}

static struct bytes read_sized(struct reader *r, size_t max)
{
	uint32_t n = reader_le32(r);
	const uint8_t *p = n <= max ? reader_take(r, n) : NULL;

	r->failed |= !p;
	return bytes_of(p, p ? n : 0);
}

static enum status read_secrets(struct keystore **out, const struct ec *ec,
				struct bytes plain)
{
	struct reader r = reader_of(plain.p, plain.len);
	int64_t created_s = (int64_t)reader_le64(&r);
	struct bytes entropy, extra, imports;
	char error[KEYSTORE_ERROR_SIZE];
	enum status st = ST_OK;
	struct keystore *k;
	struct params p;

	if (!keystore_chain_read(&p, &r))
		return ST_PARSE;
	entropy = read_sized(&r, BIP39_ENTROPY_MAX);
	extra = read_sized(&r, BIP39_EXTRA_MAX);
	imports = read_sized(&r, KEYSTORE_IMPORT_MAX);
	if (r.failed || reader_left(&r) || entropy.len % 4 ||
	    (entropy.len && entropy.len < BIP39_ENTROPY_MIN))
		return ST_PARSE;
	k = keystore_new(&p);
	if (!k)
		return ST_NOMEM;
	k->created_s = created_s;
	if (entropy.len)
		st = keystore_set_entropy(k, ec, entropy, extra);
	while (st == ST_OK && imports.len) {
		const uint8_t *end = memchr(imports.p, '\n', imports.len);
		size_t n = end ? (size_t)(end - imports.p) : imports.len;

		st = end ? keystore_import(k, ec, (const char *)imports.p, n,
					   error)
			 : ST_PARSE;
		imports = bytes_of(imports.p + n + !!end,
				   imports.len - n - !!end);
	}
	if (st == ST_OK)
		*out = k;
	else
		keystore_close(k);
	return st;
}

enum status keystore_unseal(struct keystore **k, const struct ec *ec,
			    struct bytes file, struct bytes passphrase)
{
	size_t len = file.len - HEADER_LEN - GCM_TAG_BYTES;
	uint8_t key[GCM_KEY_BYTES], *plain;
	enum status st = check_header(file);

	*k = NULL;
	if (st != ST_OK)
		return st;
	plain = malloc(len + 1);
	if (!plain)
		return ST_NOMEM;
	st = derive(key, file, passphrase);
	if (st == ST_OK)
		st = gcm_open(plain, file.p + HEADER_LEN + len, key,
			      file.p + HEADER_LEN - 4 - GCM_NONCE_BYTES,
			      bytes_of(file.p, HEADER_LEN),
			      bytes_of(file.p + HEADER_LEN, len));
	if (st == ST_CORRUPT || st == ST_USAGE)
		st = ST_DENIED;
	if (st == ST_OK)
		st = read_secrets(k, ec, bytes_of(plain, len));
	if (st == ST_OK)
		(*k)->kind = (enum keystore_kind)(file.p[MAGIC_LEN + 2] >>
						  KIND_SHIFT);
	wipe(key, sizeof(key));
	wipe(plain, len + 1);
	free(plain);
	return st;
}

/* --- on the disk --- */

enum status keystore_write(const char *path, struct bytes file, bool fresh)
{
	return fresh ? file_create(path, file.p, file.len, 0600)
		     : file_replace(path, file.p, file.len, 0600);
}

enum status keystore_read(const char *path, struct buf *file)
{
	return file_read_private(path, KEYSTORE_FILE_MAX, file);
}
