/* SPDX-License-Identifier: MIT */
#include "fcgi/rpc/rpc_args.h"

#include <stdio.h>

#include "base/hex.h"
#include "primitives/amount.h"

const char *rpc_type_of(const struct json_value *v)
{
	switch (json_kind(v)) {
	case JSON_KIND_MISSING:
	case JSON_KIND_NULL:
		break;
	case JSON_KIND_BOOL:
		return "bool";
	case JSON_KIND_INT:
	case JSON_KIND_REAL:
		return "number";
	case JSON_KIND_STR:
		return "string";
	case JSON_KIND_ARRAY:
		return "array";
	case JSON_KIND_OBJECT:
		return "object";
	}
	return "null";
}

bool rpc_fail_type(struct rpc_call *c, const struct json_value *v,
		   const char *expected)
{
	return rpc_fail(c, RPC_TYPE_ERROR,
			"JSON value of type %s is not of expected type %s",
			rpc_type_of(v), expected);
}

const char *rpc_arg_str(const struct rpc_call *c, unsigned i)
{
	const char *s = "";
	size_t len;

	(void)json_as_str(c->arg[i], &s, &len);
	return s;
}

bool rpc_arg_bool(const struct rpc_call *c, unsigned i, bool fallback)
{
	bool b = fallback;

	(void)json_as_bool(c->arg[i], &b);
	return b;
}

bool rpc_value_int(struct rpc_call *c, const struct json_value *v, int64_t min,
		   int64_t max, int64_t *out)
{
	int64_t n;

	if (!json_as_int(v, &n)) {
		if (json_kind(v) != JSON_KIND_REAL)
			return rpc_fail_type(c, v, "number");
		n = min - (min > INT64_MIN);
		if (n == min)
			return rpc_fail(c, RPC_MISC_ERROR,
					"JSON integer out of range");
	}
	if (n < min || n > max)
		return rpc_fail(c, RPC_MISC_ERROR, "JSON integer out of range");
	*out = n;
	return true;
}

bool rpc_arg_int(struct rpc_call *c, unsigned i, int64_t fallback, int64_t min,
		 int64_t max, int64_t *out)
{
	*out = fallback;
	return !c->arg[i] || rpc_value_int(c, c->arg[i], min, max, out);
}

bool rpc_arg_int32(struct rpc_call *c, unsigned i, int fallback, int *out)
{
	int64_t n;

	if (!rpc_arg_int(c, i, fallback, INT32_MIN, INT32_MAX, &n))
		return false;
	*out = (int)n;
	return true;
}

bool rpc_value_str(struct rpc_call *c, const struct json_value *v,
		   const char **out, size_t *len)
{
	return json_as_str(v, out, len) || rpc_fail_type(c, v, "string");
}

static bool all_digits(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (hex_digit(s[i]) < 0)
			return false;
	return true;
}

bool rpc_value_hash(struct rpc_call *c, const struct json_value *v,
		    const char *name, struct hash256 *out)
{
	const char *s;
	size_t len;

	if (!rpc_value_str(c, v, &s, &len))
		return false;
	if (len != 64)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"%s must be of length 64 (not %zu, for '%.300s')",
				name, len, s);
	if (!hash256_parse(out, s, len))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"%s must be hexadecimal string (not '%s')", name,
				s);
	return true;
}

bool rpc_arg_hash(struct rpc_call *c, unsigned i, const char *name,
		  struct hash256 *out)
{
	return rpc_value_hash(c, c->arg[i], name, out);
}

bool rpc_hex(struct rpc_call *c, const char *text, size_t len,
	     struct bytes *out)
{
	uint8_t *p;

	if (len % 2 || !all_digits(text, len))
		return false;
	p = arena_array(c->arena, len / 2 + 1, uint8_t);
	if (!p || !hex_parse(p, len / 2, text, len))
		return false;
	*out = bytes_of(p, len / 2);
	return true;
}

bool rpc_value_hex(struct rpc_call *c, const struct json_value *v,
		   const char *name, struct bytes *out)
{
	const char *s = "";
	size_t len = 0;

	if (v && !rpc_value_str(c, v, &s, &len))
		return false;
	if (len == 0 || !rpc_hex(c, s, len, out))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"%s must be hexadecimal string (not '%.300s')",
				name, s);
	return true;
}

/* Whether the text says a plain number below zero. */
static bool is_negative(const struct json_value *v)
{
	const char *s;
	size_t len;

	return json_is_negative(v) || (json_as_str(v, &s, &len) && len > 1 && s[0] == '-' &&
	       s[1] >= '0' && s[1] <= '9');
}

bool rpc_value_amount(struct rpc_call *c, const struct json_value *v,
		      int64_t *sat)
{
	int64_t n;

	switch (json_kind(v)) {
	case JSON_KIND_INT:
	case JSON_KIND_REAL:
	case JSON_KIND_STR:
		break;
	case JSON_KIND_MISSING:
	case JSON_KIND_NULL:
	case JSON_KIND_BOOL:
	case JSON_KIND_ARRAY:
	case JSON_KIND_OBJECT:
		return rpc_fail(c, RPC_TYPE_ERROR,
				"Amount is not a number or string");
	}
	if (json_as_sat(v, sat))
		return true;
	if (is_negative(v) || (json_as_int(v, &n) && n > 0))
		return rpc_fail(c, RPC_TYPE_ERROR, "Amount out of range");
	return rpc_fail(c, RPC_TYPE_ERROR, "Invalid amount");
}

bool rpc_tx_decode(struct rpc_call *c, const char *hex, size_t len,
		   struct tx *out)
{
	struct bytes raw;

	return len > 0 && rpc_hex(c, hex, len, &raw) &&
	       tx_parse(out, raw.p, raw.len, c->arena) == ST_OK;
}
