/* SPDX-License-Identifier: MIT */
/* Messages written as hexadecimal text, and where the expected ones are from:
 * "bcoin" is bcoin 1.0.2 (npm), "bitcoinlib" is python-bitcoinlib 0.11.2
 * (Debian), both run outside with the same values. */
#ifndef QUARRY_TESTS_UNIT_WIRE_WIRE_H
#define QUARRY_TESTS_UNIT_WIRE_WIRE_H

#include "tests/unit/primitives/vectors.h"
#include "wire/envelope.h"

static const uint8_t main_magic[4] = {0xf9, 0xbe, 0xb4, 0xd9};
static const uint8_t regtest_magic[4] = {0xfa, 0xbf, 0xb5, 0xda};

/* The bytes of hex at the end of b, which was initialised. */
static inline struct bytes hex_bytes(struct buf *b, const char *hex)
{
	vector_hex(b, hex);
	return buf_view(b);
}

/* The payload of one whole message; it must be `command` and nothing else. */
static inline struct bytes payload_of(struct wire_parser *p, const char *hex,
				      enum wire_command command, struct buf *b)
{
	struct bytes in = hex_bytes(b, hex);
	struct wire_message m;

	wire_parser_init(p, hex[1] == '9' ? main_magic : regtest_magic);
	assert_int_equal(wire_feed(p, &in, &m), WIRE_MESSAGE);
	assert_int_equal(m.command, command);
	assert_int_equal(in.len, 0);
	return m.payload;
}

static inline void assert_hex(const struct buf *b, const char *hex)
{
	struct buf want;

	buf_init(&want, 1 << 20);
	vector_hex(&want, hex);
	assert_int_equal(b->len, want.len);
	assert_memory_equal(b->p, want.p, want.len);
	buf_free(&want);
}

#endif
