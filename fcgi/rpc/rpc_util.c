/* SPDX-License-Identifier: MIT */
/* Addresses, descriptors, messages, fees. */
#include "fcgi/rpc/rpc_wallet.h"

#include <stdio.h>
#include <strings.h>

#include "fcgi/rpc/rpc_txjson.h"
#include "node/core/playground.h"
#include "node/pool/mempool.h"
#include "node/query/query_full.h"
#include "primitives/address.h"
#include "primitives/base58.h"
#include "primitives/bech32.h"
#include "wallet/message.h"
#include "wallet/sign.h"

#define RANGE_MAX 1000000

const struct ec *rpc_ec(struct rpc_call *c)
{
	struct wallet_signer *s = app_signer(c->app);

	return s ? wallet_signer_ec(s) : NULL;
}

struct descriptor *rpc_descriptor(struct rpc_call *c, const char *text,
				  size_t len, bool required,
				  char error[DESC_ERROR_SIZE])
{
	const struct ec *ec = rpc_ec(c);

	if (!ec) {
		snprintf(error, DESC_ERROR_SIZE, "out of memory");
		return NULL;
	}
	return desc_parse(c->arena, node_params(c->node), ec, text, len, required,
			  error);
}

bool rpc_range(struct rpc_call *c, const struct json_value *v, int64_t *low,
	       int64_t *high)
{
	*low = 0;
	if (json_kind(v) == JSON_KIND_ARRAY) {
		if (json_count(v) != 2 || !json_as_int(json_at(v, 0), low) ||
		    !json_as_int(json_at(v, 1), high))
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Range must be specified as end or as "
					"[begin,end]");
		if (*low > *high)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Range specified as [begin,end] must not "
					"have begin after end");
	} else if (!json_as_int(v, high)) {
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Range must be specified as end or as [begin,end]");
	}
	if (*low < 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Range should be greater or equal than 0");
	if (*high < 0 || *high >= INT64_C(1) << 31)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"End of range is too high");
	if (*high >= *low + RANGE_MAX)
		return rpc_fail(c, RPC_INVALID_PARAMETER, "Range is too large");
	return true;
}

/* --- addresses --- */

/* What is wrong with a text that should be bech32. *at: the one character that
 * makes it right when it is another, -1 when there is none. */
static const char *bech32_fault(const char *text, size_t len, int *at)
{
	static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	const char *last = strrchr(text, '1');
	bool lower = false, upper = false;
	char copy[BECH32_TEXT_MAX], hrp[84];
	uint8_t values[84];
	size_t pos, n;

	*at = -1;
	if (len >= sizeof(copy))
		return "Bech32 string too long";
	for (size_t i = 0; i < len; i++) {
		lower |= text[i] >= 'a' && text[i] <= 'z';
		upper |= text[i] >= 'A' && text[i] <= 'Z';
		if (text[i] < 33 || text[i] > 126)
			return "Invalid character or mixed case";
	}
	if (lower && upper)
		return "Invalid character or mixed case";
	if (!last)
		return "Missing separator";
	pos = (size_t)(last - text);
	if (pos == 0 || pos + 6 >= len)
		return "Invalid separator position";
	for (size_t i = 0; i <= len; i++)
		copy[i] = text[i] >= 'A' && text[i] <= 'Z'
				  ? (char)(text[i] - 'A' + 'a') : text[i];
	for (size_t i = pos + 1; i < len; i++)
		if (!strchr(letters, copy[i]))
			return "Invalid Base 32 character";
	for (size_t i = pos + 1; i < len; i++) {
		char kept = copy[i];

		for (const char *p = letters; *p; p++) {
			enum bech32_form form;

			copy[i] = *p;
			form = bech32_decode(hrp, values, &n, copy, len);
			if (form == BECH32_NONE || n == 0 ||
			    (form == BECH32) != (values[0] == 0))
				continue;
			*at = (int)i;
			return form == BECH32 ? "Invalid Bech32 checksum"
					      : "Invalid Bech32m checksum";
		}
		copy[i] = kept;
	}
	return "Invalid checksum";
}

/* Why a text is no address of this network, in Core's words. */
static const char *address_fault(struct rpc_call *c, const char *text, char *out,
				 size_t size, int *at)
{
	const struct params *p = node_params(c->node);
	uint8_t payload[BASE58_PAYLOAD_MAX], values[84];
	size_t len = strlen(text), n, hrp_len = strlen(p->hrp);
	char hrp[84];
	bool witness = len > hrp_len && strncasecmp(text, p->hrp, hrp_len) == 0 &&
		       text[hrp_len] == '1';

	if (!witness && base58check_decode(payload, sizeof(payload), &n, text, len)) {
		if ((payload[0] == p->pubkey_prefix ||
		     payload[0] == p->script_prefix) && n != 21)
			return "Invalid length for Base58 address (P2PKH or P2SH)";
		return "Invalid or unsupported Base58-encoded address.";
	}
	if (!witness) {
		if (base58_decode(payload, 100, &n, text, len))
			return "Invalid checksum or length of Base58 address (P2PKH "
			       "or P2SH)";
		return "Invalid or unsupported Segwit (Bech32) or Base58 encoding.";
	}
	switch (bech32_decode(hrp, values, &n, text, len)) {
	case BECH32_NONE:
		return bech32_fault(text, len, at);
	case BECH32:
		if (n && values[0] != 0)
			return "Version 1+ witness address must use Bech32m checksum";
		break;
	case BECH32M:
		if (n && values[0] == 0)
			return "Version 0 witness address must use Bech32 checksum";
		break;
	}
	if (n == 0)
		return "Empty Bech32 data section";
	if (values[0] > 16)
		return "Invalid Bech32 address witness version";
	if (!bech32_regroup(payload, sizeof(payload), &n, values + 1, n - 1, 5, 8,
			    false))
		return "Invalid padding in Bech32 data section";
	if (values[0] == 0) {
		snprintf(out, size, "Invalid Bech32 v0 address program size (%zu "
			 "byte%s), per BIP141", n, n == 1 ? "" : "s");
		return out;
	}
	snprintf(out, size, "Invalid Bech32 address program size (%zu byte%s)", n,
		 n == 1 ? "" : "s");
	return out;
}

bool rpc_validateaddress(struct rpc_call *c)
{
	const struct params *p = node_params(c->node);
	const char *text = rpc_arg_str(c, 0);
	struct json_writer *w = c->w;
	char shown[ADDRESS_TEXT_SIZE], fault[200];
	struct script_form f;
	struct buf b;
	bool witness;
	int at = -1;

	buf_init(&b, 256);
	json_obj_begin(w);
	if (address_to_script(&b, p, text, strlen(text)) != ADDRESS_OK) {
		const char *why = address_fault(c, text, fault, sizeof(fault), &at);

		json_put_bool(w, "isvalid", false);
		json_key(w, "error_locations");
		json_arr_begin(w);
		if (at >= 0)
			json_int(w, at);
		json_arr_end(w);
		json_put_str(w, "error", why);
		goto out;
	}
	f = script_classify(buf_view(&b));
	json_put_bool(w, "isvalid", true);
	json_put_str(w, "address",
		     address_from_script(shown, p, buf_view(&b)) ? shown : text);
	json_put_hex(w, "scriptPubKey", b.p, b.len);
	witness = f.kind == SCRIPT_WITNESS_V0_KEYHASH ||
		  f.kind == SCRIPT_WITNESS_V0_SCRIPTHASH ||
		  f.kind == SCRIPT_WITNESS_V1_TAPROOT ||
		  f.kind == SCRIPT_ANCHOR || f.kind == SCRIPT_WITNESS_UNKNOWN;
	if (f.kind != SCRIPT_WITNESS_UNKNOWN)
		json_put_bool(w, "isscript",
			      f.kind == SCRIPT_SCRIPTHASH ||
				      f.kind == SCRIPT_ANCHOR ||
				      f.kind == SCRIPT_WITNESS_V0_SCRIPTHASH ||
				      f.kind == SCRIPT_WITNESS_V1_TAPROOT);
	json_put_bool(w, "iswitness", witness);
	if (witness && f.kind != SCRIPT_ANCHOR) {
		/* the version opcode, a push, the program */
		json_put_int(w, "witness_version", b.p[0] ? b.p[0] - OP_1 + 1 : 0);
		json_put_hex(w, "witness_program", b.p + 2, b.len - 2);
	}
out:
	json_obj_end(w);
	buf_free(&b);
	return true;
}

bool rpc_createmultisig(struct rpc_call *c)
{
	const struct params *p = node_params(c->node);
	struct json_writer *w = c->w;
	const char *type = rpc_has(c, 2) ? rpc_arg_str(c, 2) : "legacy";
	size_t n = json_count(c->arg[1]);
	char address[ADDRESS_TEXT_SIZE], error[DESC_ERROR_SIZE];
	const char *warning = NULL;
	struct descriptor *d;
	struct desc_scripts s, inner;
	struct bytes point;
	size_t script_size = 3;
	struct buf text, multi;
	bool uncompressed = false, good = false;
	int required;

	if (!rpc_arg_int32(c, 0, 0, &required))
		return false;
	buf_init(&text, 65536);
	buf_init(&multi, 65536);
	buf_printf(&multi, "multi(%d", required);
	for (size_t i = 0; i < n; i++) {
		const char *key;
		size_t len;

		if (!rpc_value_str(c, json_at(c->arg[1], i), &key, &len))
			goto out;
		if ((len != 66 && len != 130) || strspn(key,
		    "0123456789abcdefABCDEF") != len) {
			rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY, len == 66 || len == 130
				 ? "Pubkey \"%s\" must be a hex string"
				 : "Pubkey \"%s\" must have a length of either 33 or "
				   "65 bytes", key);
			goto out;
		}
		if (!rpc_hex(c, key, len, &point) || !ec_pubkey_parse_ok(point)) {
			rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				 "Pubkey \"%s\" must be cryptographically valid.",
				 key);
			goto out;
		}
		script_size += 1 + len / 2;
		uncompressed |= len == 130;
		buf_printf(&multi, ",%s", key);
	}
	buf_text(&multi, ")");
	if (strcmp(type, "legacy") != 0 && strcmp(type, "bech32") != 0 &&
	    strcmp(type, "p2sh-segwit") != 0) {
		rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
			 strcmp(type, "bech32m") == 0
				 ? "createmultisig cannot create bech32m multisig "
				   "addresses%.0s"
				 : "Unknown address type '%.200s'", type);
		goto out;
	}
	if (required < 1 || (size_t)required > n || n > 20) {
		if (required < 1)
			rpc_fail(c, RPC_INVALID_PARAMETER,
				 "a multisignature address must require at least one "
				 "key to redeem");
		else if ((size_t)required > n)
			rpc_fail(c, RPC_INVALID_PARAMETER,
				 "not enough keys supplied (got %zu keys, but need "
				 "at least %d to redeem)", n, required);
		else
			rpc_fail(c, RPC_INVALID_PARAMETER,
				 "Number of keys involved in the multisignature "
				 "address creation > 20\nReduce the number");
		goto out;
	}
	if (uncompressed && strcmp(type, "legacy") != 0) {
		warning = "Unable to make chosen address type, please ensure no "
			  "uncompressed public keys are present.";
		type = "legacy";
	}
	/* numbers above 16 take a byte more */
	script_size += (required > 16) + (n > 16);
	if (script_size > SCRIPT_ELEMENT_MAX && strcmp(type, "legacy") == 0) {
		rpc_fail(c, RPC_INVALID_PARAMETER,
			 "redeemScript exceeds size limit: %zu > %d", script_size,
			 SCRIPT_ELEMENT_MAX);
		goto out;
	}
	buf_printf(&text, strcmp(type, "legacy") == 0   ? "sh(%s)"
			  : strcmp(type, "bech32") == 0 ? "wsh(%s)"
							: "sh(wsh(%s))",
		   buf_str(&multi));
	d = rpc_descriptor(c, buf_str(&text), text.len, false, error);
	if (!d) {
		rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY, "%s", error);
		goto out;
	}
	buf_reset(&text);
	desc_text(&text, d, p, rpc_ec(c));
	if (!desc_expand(d, rpc_ec(c), 0, c->arena, &s) ||
	    !address_from_script(address, p, s.script[0]) ||
	    !desc_inner(d, rpc_ec(c), 0, c->arena, &inner)) {
		rpc_fail_status(c, ST_NOMEM);
		goto out;
	}
	json_obj_begin(w);
	json_put_str(w, "address", address);
	json_put_hex(w, "redeemScript", inner.script[0].p, inner.script[0].len);
	json_put_str(w, "descriptor", buf_str(&text));
	if (warning) {
		json_key(w, "warnings");
		json_arr_begin(w);
		json_str(w, warning);
		json_arr_end(w);
	}
	json_obj_end(w);
	good = true;
out:
	buf_free(&text);
	buf_free(&multi);
	return good;
}

/* --- descriptors --- */

bool rpc_getdescriptorinfo(struct rpc_call *c)
{
	const char *text = rpc_arg_str(c, 0), *mark = strchr(text, '#');
	char error[DESC_ERROR_SIZE], sum[DESC_CHECKSUM_SIZE];
	struct json_writer *w = c->w;
	struct descriptor *d;
	struct buf b;

	d = rpc_descriptor(c, text, strlen(text), false, error);
	if (!d)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY, "%s", error);
	if (!desc_checksum(sum, text, mark ? (size_t)(mark - text) : strlen(text)))
		sum[0] = '\0';
	buf_init(&b, 65536);
	desc_text(&b, d, node_params(c->node), rpc_ec(c));
	json_obj_begin(w);
	json_put_str(w, "descriptor", buf_str(&b));
	json_put_str(w, "checksum", sum);
	json_put_bool(w, "isrange", desc_is_range(d));
	json_put_bool(w, "issolvable", desc_is_solvable(d));
	json_put_bool(w, "hasprivatekeys", desc_has_private(d));
	json_obj_end(w);
	buf_free(&b);
	return true;
}

bool rpc_deriveaddresses(struct rpc_call *c)
{
	const struct params *p = node_params(c->node);
	const char *text = rpc_arg_str(c, 0);
	char error[DESC_ERROR_SIZE], address[ADDRESS_TEXT_SIZE];
	int64_t low = 0, high = 0;
	struct descriptor *d;

	if (rpc_has(c, 1) && !rpc_range(c, c->arg[1], &low, &high))
		return false;
	d = rpc_descriptor(c, text, strlen(text), true, error);
	if (!d)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY, "%s", error);
	if (!desc_is_range(d) && rpc_has(c, 1))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Range should not be specified for an un-ranged "
				"descriptor");
	if (desc_is_range(d) && !rpc_has(c, 1))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Range must be specified for a ranged descriptor");
	json_arr_begin(c->w);
	for (int64_t i = low; i <= high; i++) {
		struct desc_scripts s;

		if (!desc_expand(d, rpc_ec(c), (uint32_t)i, c->arena, &s))
			return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
					"Cannot derive script without private keys");
		for (unsigned k = 0; k < s.n; k++) {
			/* of combo() the first has no address of its own */
			if (s.n > 1 && script_classify(s.script[k]).kind ==
					       SCRIPT_PUBKEY)
				continue;
			if (script_classify(s.script[k]).kind == SCRIPT_PUBKEY ||
			    !address_from_script(address, p, s.script[k]))
				return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
						"Descriptor does not have a "
						"corresponding address");
			json_str(c->w, address);
		}
	}
	json_arr_end(c->w);
	return true;
}

/* --- fees --- */

bool rpc_estimatesmartfee(struct rpc_call *c)
{
	const char *mode = rpc_has(c, 1) ? rpc_arg_str(c, 1) : "economical";
	struct json_writer *w = c->w;
	struct mempool_info pool;
	int64_t rate;
	double sat_vb;
	uint32_t target;
	int blocks;
	enum status st;

	if (!rpc_arg_int32(c, 0, 0, &blocks))
		return false;
	if (blocks < 1 || blocks > 1008)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Invalid conf_target, must be between 1 and 1008");
	if (strcasecmp(mode, "unset") != 0 && strcasecmp(mode, "economical") != 0 &&
	    strcasecmp(mode, "conservative") != 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Invalid estimate_mode parameter, must be one of: "
				"\"unset\", \"economical\", \"conservative\"");
	target = (uint32_t)blocks;
	st = node_mempool_info(c->node, &pool);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	st = node_held_fee(c->node, target, &rate);
	if (st == ST_NOT_FOUND) {
		st = query_fee_rates(c->node, &target, 1, c->arena, &sat_vb);
		rate = (int64_t)(sat_vb * 1000 + 0.5);
	}
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_obj_begin(w);
	if (rate < pool.min_fee_sat_kvb)
		rate = pool.min_fee_sat_kvb;
	json_put_amount(w, "feerate", rate);
	json_put_int(w, "blocks", blocks);
	json_obj_end(w);
	return true;
}

/* --- messages --- */

bool rpc_signmessagewithprivkey(struct rpc_call *c)
{
	char *key = (char *)(uintptr_t)rpc_arg_str(c, 0);
	const char *text = rpc_arg_str(c, 1);
	char out[MESSAGE_SIGNATURE_TEXT];
	bool good = rpc_ec(c) &&
		    message_sign(out, node_params(c->node), rpc_ec(c), key,
				 strlen(key), text, strlen(text));

	wallet_text_wipe(key, strlen(key));
	if (!good)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"Invalid private key");
	json_str(c->w, out);
	return true;
}

bool rpc_verifymessage(struct rpc_call *c)
{
	const char *address = rpc_arg_str(c, 0), *signature = rpc_arg_str(c, 1),
		   *text = rpc_arg_str(c, 2);

	switch (message_verify(node_params(c->node), address, strlen(address),
			       signature, strlen(signature), text,
			       strlen(text))) {
	case MESSAGE_GOOD:
		json_bool(c->w, true);
		return true;
	case MESSAGE_BAD:
		json_bool(c->w, false);
		return true;
	case MESSAGE_NO_ADDRESS:
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY, "Invalid address");
	case MESSAGE_NO_KEY:
		return rpc_fail(c, RPC_TYPE_ERROR, "Address does not refer to key");
	case MESSAGE_MALFORMED:
		break;
	}
	return rpc_fail(c, RPC_TYPE_ERROR, "Malformed base64 encoding");
}
