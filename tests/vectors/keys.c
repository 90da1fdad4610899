/* SPDX-License-Identifier: MIT */
/* Text forms of keys and addresses, and Schnorr signatures. */
#include <ctype.h>
#include <stdlib.h>

#include "base/hex.h"
#include "crypto/ec.h"
#include "primitives/address.h"
#include "primitives/base58.h"
#include "tests/vectors/vectors.h"

static bool key_row_good(const struct params *p, const char *text,
			 struct bytes want, bool compressed)
{
	char back[ADDRESS_TEXT_SIZE];
	struct buf script;
	uint8_t key[32];
	bool comp;

	buf_init(&script, 1000);
	if (address_to_script(&script, p, text, strlen(text)) == ADDRESS_OK ||
	    address_wif_decode(key, &comp, p, text, strlen(text)) != ADDRESS_OK ||
	    want.len != 32 || memcmp(key, want.p, 32) != 0 || comp != compressed)
		return false;
	return strcmp(address_wif_encode(back, p, key, comp), text) == 0;
}

static bool script_of(const struct params *p, const char *text,
		      struct bytes want)
{
	struct buf script;
	bool good;

	buf_init(&script, 1000);
	good = address_to_script(&script, p, text, strlen(text)) == ADDRESS_OK &&
	       bytes_equal(buf_view(&script), want);
	buf_free(&script);
	return good;
}

/* flip: the other case means the same; else it must not be accepted. */
static bool address_row_good(const struct params *p, const char *text,
			     struct bytes want, bool flip)
{
	char back[ADDRESS_TEXT_SIZE], other[200];
	uint8_t key[32];
	bool comp;

	if (strlen(text) >= sizeof(other) || !script_of(p, text, want) ||
	    address_wif_decode(key, &comp, p, text, strlen(text)) == ADDRESS_OK ||
	    !address_from_script(back, p, want) || strcmp(back, text) != 0)
		return false;
	for (size_t i = 0; i <= strlen(text); i++) {
		int c = (unsigned char)text[i];

		other[i] = (char)(islower(c) ? toupper(c) : tolower(c));
	}
	return script_of(p, other, want) == flip;
}

int vec_key_io_valid(struct vec_run *r, char *const *files, int n)
{
	json_t *doc = vec_json(r, files[0]), *row;
	size_t i;

	(void)n;
	json_array_foreach(doc, i, row) {
		const char *text = json_string_value(json_array_get(row, 0));
		json_t *more = json_array_get(row, 2);
		const char *chain = json_string_value(json_object_get(more,
								      "chain"));
		struct bytes want;
		struct params p;
		bool good;

		want.p = vec_unhex(vec_json_text(json_array_get(row, 1)),
				   &want.len);
		good = text && want.p && chain && params_builtin(&p, chain);
		if (good && json_is_true(json_object_get(more, "isPrivkey")))
			good = key_row_good(&p, text, want, json_is_true(
				json_object_get(more, "isCompressed")));
		else if (good)
			good = address_row_good(&p, text, want, json_is_true(
				json_object_get(more, "tryCaseFlip")));
		vec_check(r, good, "row %zu: %s", i, text ? text : "no text");
		free((void *)want.p);
	}
	json_decref(doc);
	return 1;
}

static bool decodes_somewhere(const char *text)
{
	const char *const *name = params_builtin_names();
	struct buf script;
	struct params p;
	uint8_t key[32];
	bool comp, any = false;

	buf_init(&script, 1000);
	for (; *name; name++) {
		any |= !params_builtin(&p, *name) ||
		       address_to_script(&script, &p, text, strlen(text)) ==
		       ADDRESS_OK ||
		       address_wif_decode(key, &comp, &p, text, strlen(text)) ==
		       ADDRESS_OK;
	}
	buf_free(&script);
	return any;
}

int vec_key_io_invalid(struct vec_run *r, char *const *files, int n)
{
	json_t *doc = vec_json(r, files[0]), *row;
	size_t i;

	(void)n;
	json_array_foreach(doc, i, row) {
		const char *text = json_string_value(json_array_get(row, 0));

		vec_check(r, text && !decodes_somewhere(text), "row %zu: %s", i,
			  text ? text : "no text");
	}
	json_decref(doc);
	return 1;
}

static bool base58_row_good(struct bytes raw, struct bytes text)
{
	char out[BASE58_TEXT_MAX];
	uint8_t back[BASE58_PAYLOAD_MAX];
	size_t len;

	if (!raw.p || raw.len > sizeof(back))
		return false;
	base58_encode(out, raw.p, raw.len);
	return bytes_equal(bytes_of(out, strlen(out)), text) &&
	       base58_decode(back, sizeof(back), &len, (const char *)text.p,
			     text.len) &&
	       bytes_equal(bytes_of(back, len), raw);
}

int vec_base58(struct vec_run *r, char *const *files, int n)
{
	json_t *doc = vec_json(r, files[0]), *row;
	size_t i;

	(void)n;
	json_array_foreach(doc, i, row) {
		struct bytes raw;

		raw.p = vec_unhex(vec_json_text(json_array_get(row, 0)),
				  &raw.len);
		vec_check(r, base58_row_good(raw, vec_json_text(
					     json_array_get(row, 1))),
			  "row %zu", i);
		free((void *)raw.p);
	}
	json_decref(doc);
	return 1;
}

/* index, secret key, public key, aux, message, signature, result, comment */
static bool bip340_row_good(const struct ec *ec, struct bytes line)
{
	struct bytes f[8] = {{NULL, 0}}, msg = {NULL, 0};
	uint8_t key[32], aux[32], xonly[32], sig[64], out[64];
	bool good, want;

	for (int i = 0; i < 7; i++) {
		if (!vec_field(&line, ',', &f[i]))
			return false;
	}
	want = bytes_equal(f[6], bytes_of("TRUE", 4));
	if (!hex_parse(xonly, 32, (const char *)f[2].p, f[2].len) ||
	    !hex_parse(sig, 64, (const char *)f[5].p, f[5].len))
		return false;
	msg.p = vec_unhex(f[4], &msg.len);
	good = msg.p && ec_verify_schnorr_any(sig, xonly, msg) == want;
	/* the node signs hashes of 32 bytes only */
	if (good && f[1].len && msg.len == 32)
		good = hex_parse(key, 32, (const char *)f[1].p, f[1].len) &&
		       hex_parse(aux, 32, (const char *)f[3].p, f[3].len) &&
		       ec_xonly_create(ec, out, NULL, key) &&
		       memcmp(out, xonly, 32) == 0 &&
		       ec_sign_schnorr(ec, out, key, msg.p, aux) &&
		       memcmp(out, sig, 64) == 0;
	free((void *)msg.p);
	return good;
}

int vec_bip340(struct vec_run *r, char *const *files, int n)
{
	size_t len;
	char *data = vec_read(r, files[0], &len);
	struct ec *ec = ec_open();
	struct bytes at, line;

	(void)n;
	if (data && ec) {
		at = bytes_of(data, len);
		vec_line(&at, &line);	/* names of the columns */
		while (vec_line(&at, &line))
			vec_check(r, bip340_row_good(ec, line), "row %.*s",
				  (int)strcspn((const char *)line.p, ","),
				  (const char *)line.p);
	}
	ec_close(ec);
	free(data);
	return 1;
}
