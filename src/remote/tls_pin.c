/* SPDX-License-Identifier: MIT */
/* Finds the key in a certificate by walking six fields; parses nothing else. */
#include "remote/tls_pin.h"

#include <stdio.h>

#include "base/base64.h"
#include "crypto/sha256.h"

#define CERTIFICATE_MAX 65536

enum { DER_INTEGER = 0x02, DER_SEQUENCE = 0x30, DER_VERSION = 0xa0 };

/* Takes the element of that tag: its contents, and all of it with tag and
 * length. */
static bool take(struct reader *r, uint8_t tag, struct bytes *contents,
		 struct bytes *whole)
{
	const uint8_t *begin = r->p, *p;
	size_t n;

	if (reader_u8(r) != tag)
		return false;
	n = reader_u8(r);
	if (n == 0x81) {
		n = reader_u8(r);
	} else if (n == 0x82) {
		n = reader_u8(r);
		n = n << 8 | reader_u8(r);
	} else if (n > 0x7f) {
		return false;
	}
	p = reader_take(r, n);
	if (!p)
		return false;
	*contents = bytes_of(p, n);
	*whole = bytes_of(begin, (size_t)(r->p - begin));
	return true;
}

bool tls_pin_of_der(char pin[TLS_PIN_SIZE], struct bytes der)
{
	static const uint8_t before_key[] = {
		DER_INTEGER,	/* serial number */
		DER_SEQUENCE,	/* signature algorithm */
		DER_SEQUENCE,	/* issuer */
		DER_SEQUENCE,	/* validity */
		DER_SEQUENCE,	/* subject */
	};
	struct bytes inner, whole;
	struct reader r;
	uint8_t hash[32];
	size_t n;

	r = reader_of(der.p, der.len);
	if (!take(&r, DER_SEQUENCE, &inner, &whole))
		return false;
	r = reader_of(inner.p, inner.len);
	if (!take(&r, DER_SEQUENCE, &inner, &whole))
		return false;
	r = reader_of(inner.p, inner.len);
	if (reader_left(&r) && *r.p == DER_VERSION &&
	    !take(&r, DER_VERSION, &inner, &whole))
		return false;
	for (size_t i = 0; i < sizeof(before_key); i++) {
		if (!take(&r, before_key[i], &inner, &whole))
			return false;
	}
	if (!take(&r, DER_SEQUENCE, &inner, &whole))
		return false;
	sha256(hash, whole.p, whole.len);
	n = (size_t)snprintf(pin, TLS_PIN_SIZE, "sha256//");
	base64_text(pin + n, hash, sizeof(hash));
	return true;
}

bool tls_pin_of_pem(char pin[TLS_PIN_SIZE], const char *pem, size_t len)
{
	static const char head[] = "-----BEGIN CERTIFICATE-----";
	static const char tail[] = "-----END CERTIFICATE-----";
	const char *begin, *end;
	struct buf text, der;
	bool good;

	if (len > CERTIFICATE_MAX)
		return false;
	begin = memmem(pem, len, head, sizeof(head) - 1);
	if (!begin)
		return false;
	begin += sizeof(head) - 1;
	end = memmem(begin, len - (size_t)(begin - pem), tail, sizeof(tail) - 1);
	if (!end)
		return false;
	buf_init(&text, CERTIFICATE_MAX);
	buf_init(&der, CERTIFICATE_MAX);
	for (const char *p = begin; p < end; p++) {
		if (*p != '\n' && *p != '\r')
			buf_u8(&text, (uint8_t)*p);
	}
	good = base64_parse(&der, (const char *)text.p, text.len) &&
	       tls_pin_of_der(pin, buf_view(&der));
	buf_free(&text);
	buf_free(&der);
	return good;
}

bool tls_pin_is_wellformed(const char *pin)
{
	struct buf hash;
	bool good;

	if (strncmp(pin, "sha256//", 8) != 0)
		return false;
	buf_init(&hash, 64);
	good = base64_parse(&hash, pin + 8, strlen(pin + 8)) && hash.len == 32;
	buf_free(&hash);
	return good;
}
