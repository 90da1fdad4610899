/* SPDX-License-Identifier: MIT */
/* Peer-to-peer messages. The first byte says how the rest is taken: as a stream,
 * where any cut gives the same events, or as the payload of a command, where
 * encoding what was decoded and decoding that gives the same bytes again. */
#include "tests/fuzz/fuzz.h"

#include "primitives/gcs.h"
#include "wire/envelope.h"
#include "wire/msg_addr.h"
#include "wire/msg_compact.h"
#include "wire/msg_filter.h"
#include "wire/msg_headers.h"
#include "wire/msg_inv.h"
#include "wire/msg_version.h"

static const uint8_t magic[4] = {0xfa, 0xbf, 0xb5, 0xda};

/* A number that stands for all events of the stream fed in pieces of `step`. */
static uint64_t events(const uint8_t *data, size_t len, size_t step)
{
	struct siphash_key key = {1, 2};
	struct wire_message m;
	struct wire_parser p;
	uint64_t sum = 0;

	wire_parser_init(&p, magic);
	for (size_t at = 0; at < len; at += step) {
		struct bytes in = bytes_of(data + at,
					   len - at < step ? len - at : step);
		enum wire_event e;

		while ((e = wire_feed(&p, &in, &m)) != WIRE_NEED_MORE) {
			uint8_t note[16 + WIRE_NAME_SIZE] = {0};

			le64_put(note, sum);
			le32_put(note + 8, (uint32_t)e);
			le32_put(note + 12, m.length);
			memcpy(note + 16, m.name, WIRE_NAME_SIZE);
			sum = siphash(&key, note, sizeof(note));
			if (e == WIRE_BROKEN || e == WIRE_NO_MEMORY)
				goto out;
			BUG_ON(m.payload.len > wire_payload_max(m.command));
			BUG_ON(e == WIRE_MESSAGE &&
			       m.command != wire_by_name(m.name));
		}
		BUG_ON(in.len != 0);
		BUG_ON(wire_parser_memory(&p) > sizeof(p) + 2 * len + 128);
	}
out:
	wire_parser_free(&p);
	return sum;
}

/* Decodes in as the command's payload and encodes the result. False when there
 * is no payload to speak of. */
static bool through(enum wire_command c, struct bytes in, struct buf *out,
		    struct arena *a)
{
	union {
		struct msg_version version;
		struct msg_addr addr;
		struct msg_inv inv;
		struct msg_locator locator;
		struct msg_headers headers;
		struct msg_sendcmpct sendcmpct;
		struct msg_cmpctblock cmpct;
		struct msg_getblocktxn gettxn;
		struct msg_blocktxn txn;
		struct msg_getcf getcf;
		struct msg_cfilter cfilter;
		struct msg_cfheaders cfheaders;
		struct msg_cfcheckpt cfcheckpt;
		uint64_t number;
	} m;

#define ONE(command, decode, encode)                                           \
	if (c == (command)) {                                                  \
		if ((decode) != ST_OK)                                         \
			return false;                                          \
		encode;                                                        \
		return true;                                                   \
	}
	ONE(WIRE_VERSION, msg_version_decode(&m.version, in),
	    msg_version_encode(out, &m.version))
	ONE(WIRE_ADDR, msg_addr_decode(&m.addr, in, a),
	    msg_addr_encode(out, &m.addr))
	ONE(WIRE_ADDRV2, msg_addrv2_decode(&m.addr, in, a),
	    msg_addrv2_encode(out, &m.addr))
	ONE(WIRE_INV, msg_inv_decode(&m.inv, in, a), msg_inv_encode(out, &m.inv))
	ONE(WIRE_GETHEADERS, msg_locator_decode(&m.locator, in, a),
	    msg_locator_encode(out, &m.locator))
	ONE(WIRE_HEADERS, msg_headers_decode(&m.headers, in, a),
	    msg_headers_encode(out, &m.headers))
	ONE(WIRE_PING, msg_u64_decode(&m.number, in),
	    msg_u64_encode(out, m.number))
	ONE(WIRE_SENDCMPCT, msg_sendcmpct_decode(&m.sendcmpct, in),
	    msg_sendcmpct_encode(out, &m.sendcmpct))
	ONE(WIRE_CMPCTBLOCK, msg_cmpctblock_decode(&m.cmpct, in, a),
	    msg_cmpctblock_encode(out, &m.cmpct))
	ONE(WIRE_GETBLOCKTXN, msg_getblocktxn_decode(&m.gettxn, in, a),
	    msg_getblocktxn_encode(out, &m.gettxn))
	ONE(WIRE_BLOCKTXN, msg_blocktxn_decode(&m.txn, in, a),
	    msg_blocktxn_encode(out, &m.txn))
	ONE(WIRE_GETCFILTERS, msg_getcf_decode(&m.getcf, in),
	    msg_getcf_encode(out, &m.getcf))
	ONE(WIRE_GETCFCHECKPT, msg_getcfcheckpt_decode(&m.getcf, in),
	    msg_getcfcheckpt_encode(out, &m.getcf))
	ONE(WIRE_CFILTER, msg_cfilter_decode(&m.cfilter, in),
	    msg_cfilter_encode(out, &m.cfilter))
	ONE(WIRE_CFHEADERS, msg_cfheaders_decode(&m.cfheaders, in, a),
	    msg_cfheaders_encode(out, &m.cfheaders))
	ONE(WIRE_CFCHECKPT, msg_cfcheckpt_decode(&m.cfcheckpt, in, a),
	    msg_cfcheckpt_encode(out, &m.cfcheckpt))
#undef ONE
	return false;
}

static void payload(enum wire_command c, const uint8_t *data, size_t len)
{
	struct buf once, twice;
	struct arena a;

	arena_init(&a, 1 << 25);
	buf_init(&once, 1 << 24);
	buf_init(&twice, 1 << 24);
	if (through(c, bytes_of(data, len), &once, &a)) {
		BUG_ON(buf_status(&once) != ST_OK);
		BUG_ON(!through(c, buf_view(&once), &twice, &a));
		BUG_ON(!bytes_equal(buf_view(&once), buf_view(&twice)));
		/* What was appended does not matter. */
		buf_u8(&once, 0);
		buf_reset(&twice);
		BUG_ON(!through(c, buf_view(&once), &twice, &a));
		BUG_ON(twice.len != once.len - 1);
	}
	buf_free(&once);
	buf_free(&twice);
	arena_free(&a);
}

static void filter(const uint8_t *data, size_t len)
{
	const struct siphash_key key = {3, 4};
	struct bytes one = bytes_of(data, len < 8 ? len : 8);
	struct arena a;
	bool match;

	arena_init(&a, 1 << 20);
	if (gcs_match_any(bytes_of(data, len), &key, &one, 1, &a, &match) != ST_OK)
		BUG_ON(match);
	arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	unsigned how;

	if (len < 2)
		return 0;
	how = data[0];
	data++;
	len--;
	if (how >= WIRE_COMMAND_COUNT) {
		uint64_t whole = events(data, len, len);

		BUG_ON(events(data, len, 1) != whole);
		BUG_ON(events(data, len, how % 64 + 1) != whole);
	} else if (how == WIRE_UNKNOWN) {
		filter(data, len);
	} else {
		payload((enum wire_command)how, data, len);
	}
	return 0;
}
