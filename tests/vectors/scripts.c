/* SPDX-License-Identifier: MIT */
#include "tests/vectors/scripts.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/hex.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"

#define P(name) (uint32_t)PF_##name << VEC_POLICY_SHIFT

static const struct {
	const char *name;
	uint32_t flag;
} flag_names[] = {
	{"P2SH", CF_P2SH},
	{"DERSIG", CF_DERSIG},
	{"CHECKLOCKTIMEVERIFY", CF_CLTV},
	{"CHECKSEQUENCEVERIFY", CF_CSV},
	{"WITNESS", CF_WITNESS},
	{"NULLDUMMY", CF_NULLDUMMY},
	{"TAPROOT", CF_TAPROOT},
	{"STRICTENC", P(STRICTENC)},
	{"LOW_S", P(LOW_S)},
	{"SIGPUSHONLY", P(SIGPUSHONLY)},
	{"MINIMALDATA", P(MINIMALDATA)},
	{"DISCOURAGE_UPGRADABLE_NOPS", P(DISCOURAGE_UPGRADABLE_NOPS)},
	{"CLEANSTACK", P(CLEANSTACK)},
	{"DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM",
	 P(DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM)},
	{"MINIMALIF", P(MINIMALIF)},
	{"NULLFAIL", P(NULLFAIL)},
	{"WITNESS_PUBKEYTYPE", P(WITNESS_PUBKEYTYPE)},
	{"CONST_SCRIPTCODE", P(CONST_SCRIPTCODE)},
	{"DISCOURAGE_UPGRADABLE_TAPROOT_VERSION",
	 P(DISCOURAGE_UPGRADABLE_TAPROOT_VERSION)},
	{"DISCOURAGE_OP_SUCCESS", P(DISCOURAGE_OP_SUCCESS)},
	{"DISCOURAGE_UPGRADABLE_PUBKEYTYPE",
	 P(DISCOURAGE_UPGRADABLE_PUBKEYTYPE)},
};

static bool text_is(struct bytes text, const char *s)
{
	return text.len == strlen(s) && memcmp(text.p, s, text.len) == 0;
}

static bool flag_by_name(uint32_t *flags, struct bytes name)
{
	for (size_t i = 0; i < sizeof(flag_names) / sizeof(flag_names[0]); i++) {
		if (text_is(name, flag_names[i].name)) {
			*flags |= flag_names[i].flag;
			return true;
		}
	}
	return text_is(name, "NONE") || name.len == 0;
}

bool vec_flags(uint32_t *flags, struct bytes text)
{
	struct bytes name;

	*flags = 0;
	while (vec_field(&text, ',', &name)) {
		if (!flag_by_name(flags, name))
			return false;
	}
	return true;
}

uint32_t vec_flags_trim(uint32_t flags)
{
	if (!(flags & CF_P2SH))
		flags &= ~(uint32_t)CF_WITNESS;
	if (!(flags & CF_WITNESS))
		flags &= ~(CF_TAPROOT | P(CLEANSTACK));
	return flags;
}

uint32_t vec_flags_fill(uint32_t flags)
{
	if (flags & (CF_TAPROOT | P(CLEANSTACK)))
		flags |= CF_WITNESS;
	if (flags & CF_WITNESS)
		flags |= CF_P2SH;
	return flags;
}

/* --- the script language --- */

void vec_push(struct buf *out, struct bytes data)
{
	if (data.len < OP_PUSHDATA1) {
		buf_u8(out, (uint8_t)data.len);
	} else if (data.len <= 0xff) {
		buf_u8(out, OP_PUSHDATA1);
		buf_u8(out, (uint8_t)data.len);
	} else if (data.len <= 0xffff) {
		buf_u8(out, OP_PUSHDATA2);
		buf_le16(out, (uint16_t)data.len);
	} else {
		buf_u8(out, OP_PUSHDATA4);
		buf_le32(out, (uint32_t)data.len);
	}
	buf_bytes(out, data);
}

bool vec_hex(struct buf *out, struct bytes text)
{
	uint8_t *at = buf_extend(out, text.len / 2);

	return at && text.len % 2 == 0 &&
	       hex_parse(at, text.len / 2, (const char *)text.p, text.len);
}

static bool is_number(struct bytes w)
{
	size_t from = w.p[0] == '-' && w.len > 1;

	for (size_t i = from; i < w.len; i++) {
		if (!isdigit(w.p[i]))
			return false;
	}
	return w.len <= 20;
}

static bool opcode_by_name(uint8_t *op, struct bytes w)
{
	static const struct {
		const char *name;
		uint8_t op;
	} others[] = {
		{"NOP2", OP_CHECKLOCKTIMEVERIFY},
		{"NOP3", OP_CHECKSEQUENCEVERIFY},
	};

	if (w.len > 3 && memcmp(w.p, "OP_", 3) == 0)
		w = bytes_of(w.p + 3, w.len - 3);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (text_is(w, others[i].name)) {
			*op = others[i].op;
			return true;
		}
	}
	for (unsigned i = OP_RESERVED; i <= OP_CHECKSIGADD; i++) {
		const char *name = opcode_name((uint8_t)i);

		if (strncmp(name, "OP_", 3) == 0 && text_is(w, name + 3)) {
			*op = (uint8_t)i;
			return true;
		}
	}
	return false;
}

static bool add_word(struct buf *out, struct bytes w)
{
	char number[24];
	uint8_t op;

	if (is_number(w)) {
		memcpy(number, w.p, w.len);
		number[w.len] = '\0';
		script_push_int(out, strtoll(number, NULL, 10));
		return true;
	}
	if (w.len > 2 && w.p[0] == '0' && w.p[1] == 'x')
		return vec_hex(out, bytes_of(w.p + 2, w.len - 2));
	if (w.len >= 2 && w.p[0] == '\'' && w.p[w.len - 1] == '\'') {
		vec_push(out, bytes_of(w.p + 1, w.len - 2));
		return true;
	}
	if (!opcode_by_name(&op, w))
		return false;
	buf_u8(out, op);
	return true;
}

bool vec_script(struct buf *out, struct bytes text)
{
	size_t i = 0;

	while (i < text.len) {
		size_t from = i;

		while (i < text.len && !isspace(text.p[i]))
			i++;
		if (i > from && !add_word(out, bytes_of(text.p + from, i - from)))
			return false;
		i++;
	}
	return buf_status(out) == ST_OK;
}

void vec_witness_item(struct buf *out, struct bytes item)
{
	compactsize_add(out, item.len);
	buf_bytes(out, item);
}

bool vec_witness(struct buf *out, uint32_t *n, const json_t *items)
{
	*n = (uint32_t)json_array_size(items);
	for (size_t i = 0; i < *n; i++) {
		struct bytes hex = vec_json_text(json_array_get(items, i));

		compactsize_add(out, hex.len / 2);
		if (!vec_hex(out, hex))
			return false;
	}
	return true;
}

enum script_error vec_check_input(const struct tx *tx, uint32_t n_in,
				  const struct coin *coins, uint32_t flags,
				  const struct script_trace *trace)
{
	struct sighash_cache *cache = sighash_cache_new(tx, coins);
	enum script_error e = SCRIPT_ERR_COUNT;
	int32_t pos;

	if (!cache || script_check(tx, n_in, coins, cache, vec_consensus(flags),
				   vec_policy(flags), trace, &e, &pos) != ST_OK)
		e = SCRIPT_ERR_COUNT;
	sighash_cache_free(cache);
	return e;
}
