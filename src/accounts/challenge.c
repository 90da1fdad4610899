/* SPDX-License-Identifier: MIT */
#include "accounts/challenge.h"

#include <stdio.h>
#include <time.h>

#include "accounts/accounts_internal.h"
#include "base/buf.h"
#include "base/hex.h"
#include "crypto/hmac.h"
#include "crypto/rand.h"
#include "crypto/sha256.h"
#include "crypto/wipe.h"

#define RANDOM_BYTES 16
#define MAC_BYTES 16
#define SITE_MAX 255

/* use, end, random, MAC: in digits, then a dot and whom it is for */
#define HEAD_BYTES (1 + 8 + RANDOM_BYTES)
#define FIXED_BYTES (HEAD_BYTES + MAC_BYTES)

static bool who_ok(const char *who, size_t len)
{
	if (!len || len > CHALLENGE_WHO_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = who[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))
			return false;
	}
	return true;
}

static void mac_of(const struct accounts *a, uint8_t out[MAC_BYTES],
		   const uint8_t head[HEAD_BYTES], const char *who,
		   const char *site)
{
	uint8_t key[32], mac[32];
	struct buf b;

	buf_init(&b, 1024);
	buf_add(&b, head, HEAD_BYTES);
	buf_printf(&b, "%s\n%.*s", who, SITE_MAX, site);
	accounts_subkey(a, key, "challenge");
	hmac_sha256(mac, bytes_of(key, sizeof(key)), buf_view(&b));
	memcpy(out, mac, MAC_BYTES);
	wipe(key, sizeof(key));
	buf_free(&b);
}

/* What is signed, of what the challenge says. */
static void write_text(struct challenge *c, const uint8_t head[HEAD_BYTES],
		       const char *site)
{
	char until[40], digits[2 * RANDOM_BYTES + 1];
	time_t end = (time_t)c->end_s;
	struct tm tm;

	gmtime_r(&end, &tm);
	strftime(until, sizeof(until), "%Y-%m-%d %H:%M:%S UTC", &tm);
	hex_text(digits, head + 9, RANDOM_BYTES);
	snprintf(c->text, sizeof(c->text), "%s %.*s %s %s; valid until %s; "
		 "challenge %s",
		 c->use == CHALLENGE_ENTER ? "Sign in to" : "At", SITE_MAX, site,
		 c->use == CHALLENGE_ENTER ? "as" : "add this key to the account",
		 c->who, until, digits);
}

enum status challenge_make(const struct accounts *a, enum challenge_use use,
			   const char *site, const char *who,
			   struct challenge *out)
{
	uint8_t b[FIXED_BYTES];
	char digits[2 * FIXED_BYTES + 1];
	enum status st;

	if (!who_ok(who, strlen(who)))
		return ST_PARSE;
	*out = (struct challenge){.use = use,
				  .end_s = accounts_now(a) + CHALLENGE_S};
	snprintf(out->who, sizeof(out->who), "%s", who);
	b[0] = (uint8_t)use;
	be64_put(b + 1, (uint64_t)out->end_s);
	st = rand_bytes(b + 9, RANDOM_BYTES);
	if (st != ST_OK)
		return st;
	mac_of(a, b + HEAD_BYTES, b, who, site);
	snprintf(out->code, sizeof(out->code), "%s.%s",
		 hex_text(digits, b, sizeof(b)), who);
	write_text(out, b, site);
	return ST_OK;
}

bool challenge_read(const struct accounts *a, const char *code, size_t len,
		    const char *site, struct challenge *out)
{
	uint8_t b[FIXED_BYTES], mac[MAC_BYTES];
	size_t at = 2 * FIXED_BYTES;

	if (len <= at + 1 || len >= CHALLENGE_SIZE || code[at] != '.' ||
	    !hex_parse(b, sizeof(b), code, at) ||
	    !who_ok(code + at + 1, len - at - 1) || b[0] > CHALLENGE_ADD_KEY)
		return false;
	*out = (struct challenge){.use = (enum challenge_use)b[0],
				  .end_s = (int64_t)be64_get(b + 1)};
	memcpy(out->who, code + at + 1, len - at - 1);
	memcpy(out->code, code, len);
	mac_of(a, mac, b, out->who, site);
	if (!wipe_equal(mac, b + HEAD_BYTES, MAC_BYTES) ||
	    out->end_s <= accounts_now(a))
		return false;
	write_text(out, b, site);
	return true;
}

enum status challenge_use(struct accounts *a, const char *code)
{
	struct db_stmt *s = db_use(a->db, SQL_CHALLENGE_PURGE);
	uint8_t hash[32], b[HEAD_BYTES];
	enum status st;

	/* the digits may be written in capitals, too: the bytes count */
	if (strlen(code) < 2 * HEAD_BYTES ||
	    !hex_parse(b, sizeof(b), code, 2 * HEAD_BYTES))
		return ST_DENIED;
	db_bind_int(s, 1, accounts_now(a));
	st = db_run(s);
	if (st != ST_OK)
		return st;
	sha256(hash, b, sizeof(b));
	s = db_use(a->db, SQL_CHALLENGE_USE);
	db_bind_blob(s, 1, hash, sizeof(hash));
	db_bind_int(s, 2, (int64_t)be64_get(b + 1));
	return db_run(s);
}
