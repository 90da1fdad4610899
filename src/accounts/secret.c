/* SPDX-License-Identifier: MIT */
#include "accounts/secret.h"

#include <string.h>
#include <strings.h>

#include "base/hex.h"
#include "crypto/hmac.h"
#include "crypto/rand.h"
#include "crypto/sha256.h"
#include "crypto/wipe.h"

#define CSRF_PURPOSE "quarry csrf"
/* Longer headers are nobody's. */
#define HEADER_MAX 8192

enum status secret_new(struct secret *s)
{
	return rand_secret(s->b, sizeof(s->b));
}

char *secret_text(char out[SECRET_TEXT_SIZE], const struct secret *s)
{
	return hex_text(out, s->b, sizeof(s->b));
}

bool secret_parse(struct secret *s, const char *text, size_t len)
{
	return hex_parse(s->b, sizeof(s->b), text, len);
}

void secret_hash(uint8_t out[32], const struct secret *s)
{
	sha256(out, s->b, sizeof(s->b));
}

void secret_csrf(char out[SECRET_TEXT_SIZE], const struct secret *s)
{
	uint8_t mac[32];

	hmac_sha256(mac, bytes_of(s->b, sizeof(s->b)),
		    bytes_of_text(CSRF_PURPOSE));
	hex_text(out, mac, sizeof(mac));
	wipe(mac, sizeof(mac));
}

bool secret_csrf_is(const struct secret *s, const char *text)
{
	char want[SECRET_TEXT_SIZE];
	bool same;

	secret_csrf(want, s);
	same = strlen(text) == 64 && wipe_equal(want, text, 64);
	wipe(want, sizeof(want));
	return same;
}

void secret_wipe(void *p, size_t n)
{
	wipe(p, n);
}

bool secret_of_cookie(struct secret *s, const char *header, const char *name)
{
	size_t name_len = strlen(name);
	unsigned found = 0;

	if (strnlen(header, HEADER_MAX) == HEADER_MAX)
		return false;
	while (*header) {
		size_t n;

		header += strspn(header, " \t;");
		n = strcspn(header, ";");
		if (n > name_len && header[name_len] == '=' &&
		    memcmp(header, name, name_len) == 0) {
			const char *v = header + name_len + 1;
			size_t len = n - name_len - 1;

			while (len && (v[len - 1] == ' ' || v[len - 1] == '\t'))
				len--;
			if (++found > 1 || !secret_parse(s, v, len))
				return false;
		}
		header += n;
	}
	return found == 1;
}

const char *secret_scheme(const char *header, const char *scheme)
{
	size_t n = strlen(scheme);

	if (strncasecmp(header, scheme, n) != 0 ||
	    (header[n] != ' ' && header[n] != '\0'))
		return NULL;
	return header + n + strspn(header + n, " ");
}

bool secret_of_bearer(struct secret *s, const char *header)
{
	const char *text = secret_scheme(header, "Bearer");
	size_t prefix = strlen(SECRET_TOKEN_PREFIX), n;

	if (!text || strncmp(text, SECRET_TOKEN_PREFIX, prefix) != 0)
		return false;
	text += prefix;
	n = strnlen(text, 100);
	while (n && text[n - 1] == ' ')
		n--;
	return secret_parse(s, text, n);
}
