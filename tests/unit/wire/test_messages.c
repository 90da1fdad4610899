/* SPDX-License-Identifier: MIT */
/* Payloads: the bytes of other implementations are read and written back, counts
 * are bounded, nothing short is accepted. */
#include "tests/unit/wire/wire.h"

#include "primitives/compactsize.h"
#include "wire/msg_addr.h"
#include "wire/msg_headers.h"
#include "wire/msg_inv.h"
#include "wire/msg_version.h"

struct fixture {
	struct wire_parser p;
	struct buf in, out;
	struct arena a;
};

static void begin(struct fixture *f)
{
	buf_init(&f->in, 1 << 22);
	buf_init(&f->out, 1 << 22);
	arena_init(&f->a, 1 << 23);
}

static void end(struct fixture *f)
{
	wire_parser_free(&f->p);
	buf_free(&f->in);
	buf_free(&f->out);
	arena_free(&f->a);
}

/* bcoin */
static const char version_hex[] =
	"f9beb4d976657273696f6e00000000006200000006e9c16e7f1101000900000000"
	"000000002f685900000000010000000000000000000000000000000000ffff0102"
	"0304208d090000000000000020010db8000000000000000000000001479d112233"
	"44556677880c2f62636f696e3a746573742f20a1070000";
static const char addr_hex[] =
	"f9beb4d96164647200000000000000003d0000002746c16102012f685901000000"
	"0000000000000000000000000000ffff01020304208d022f685909000000000000"
	"0020010db8000000000000000000000001479d";
static const char inv_hex[] =
	"f9beb4d9696e760000000000000000006d000000e3b182f8030100000001070707"
	"070707070707070707070707070707070707070707070707070707070200000001"
	"090909090909090909090909090909090909090909090909090909090909090200"
	"004001030303030303030303030303030303030303030303030303030303030303"
	"03";
static const char getheaders_hex[] =
	"f9beb4d96765746865616465727300006500000054651af77f1101000201050505"
	"050505050505050505050505050505050505050505050505050505050106060606"
	"060606060606060606060606060606060606060606060606060606010808080808"
	"0808080808080808080808080808080808080808080808080808";
static const char headers_hex[] =
	"f9beb4d968656164657273000000000052000000bfc5d523010000002027df3076"
	"753cdef3c05be641f88c5791c93c2a3cf1cd3a5e9f030000000000007d985cb9a9"
	"3529933205adccaf3f48fd3a457647f8e75f8314a2759182024d7cae609258ffff"
	"001d86b8c92a00";
static const char sendcmpct_hex[] =
	"f9beb4d973656e64636d706374000000090000005f09f00d010200000000000000";
static const char feefilter_hex[] =
	"f9beb4d966656566696c74657200000008000000e80fd19fe803000000000000";

static void version_is_that_of_bcoin(void **state)
{
	struct msg_version v;
	struct fixture f;
	struct bytes in;

	begin(&f);
	in = payload_of(&f.p, version_hex, WIRE_VERSION, &f.in);
	assert_int_equal(msg_version_decode(&v, in), ST_OK);
	assert_int_equal(v.version, 70015);
	assert_int_equal(v.services, 9);
	assert_int_equal(v.time, 1500000000);
	assert_int_equal(v.to.port, 8333);
	assert_int_equal(v.from.port, 18333);
	assert_memory_equal(v.to.ip + 10, "\xff\xff\x01\x02\x03\x04", 6);
	assert_string_equal(v.agent, "/bcoin:test/");
	assert_int_equal(v.height, 500000);
	assert_false(v.relay);
	msg_version_encode(&f.out, &v);
	assert_true(bytes_equal(buf_view(&f.out), in));
	end(&f);
}

static void old_versions_end_early_and_short_ones_are_refused(void **state)
{
	struct msg_version v;
	struct fixture f;
	struct bytes in;

	begin(&f);
	in = payload_of(&f.p, version_hex, WIRE_VERSION, &f.in);
	for (size_t n = 0; n < in.len; n++) {
		/* up to our address; up to the nonce; without height; without
		 * relay */
		bool whole = n == 46 || n == 80 || n == 93 || n == 97;

		assert_int_equal(msg_version_decode(&v, bytes_of(in.p, n)),
				 whole ? ST_OK : ST_PARSE);
		if (whole)
			assert_true(v.relay);
	}
	end(&f);
}

static void an_agent_of_256_bytes_is_the_longest(void **state)
{
	struct msg_version v = {.version = 70016, .agent_len = 256};
	struct fixture f;

	begin(&f);
	memset(v.agent, 'x', 256);
	msg_version_encode(&f.out, &v);
	assert_int_equal(msg_version_decode(&v, buf_view(&f.out)), ST_OK);
	assert_int_equal(v.agent_len, 256);
	/* 80 bytes before it, then fd 00 01 */
	f.out.p[81] = 1;
	assert_int_equal(msg_version_decode(&v, buf_view(&f.out)), ST_PARSE);
	buf_free(&f.out);
	buf_free(&f.in);
	arena_free(&f.a);
}

static void numbers_are_those_of_bcoin(void **state)
{
	struct msg_sendcmpct c;
	struct fixture f;
	struct bytes in;
	uint64_t v;

	begin(&f);
	in = payload_of(&f.p, sendcmpct_hex, WIRE_SENDCMPCT, &f.in);
	assert_int_equal(msg_sendcmpct_decode(&c, in), ST_OK);
	assert_true(c.high_bandwidth);
	assert_int_equal(c.version, 2);
	msg_sendcmpct_encode(&f.out, &c);
	assert_true(bytes_equal(buf_view(&f.out), in));
	assert_int_equal(msg_sendcmpct_decode(&c, bytes_of(in.p, 8)), ST_PARSE);
	wire_parser_free(&f.p);
	buf_reset(&f.out);
	in = payload_of(&f.p, feefilter_hex, WIRE_FEEFILTER, &f.in);
	assert_int_equal(msg_u64_decode(&v, in), ST_OK);
	assert_int_equal(v, 1000);
	msg_u64_encode(&f.out, v);
	assert_true(bytes_equal(buf_view(&f.out), in));
	assert_int_equal(msg_u64_decode(&v, bytes_of(in.p, 7)), ST_PARSE);
	end(&f);
}

static void addr_is_that_of_bcoin(void **state)
{
	struct fixture f;
	struct msg_addr m;
	struct bytes in;

	begin(&f);
	in = payload_of(&f.p, addr_hex, WIRE_ADDR, &f.in);
	assert_int_equal(msg_addr_decode(&m, in, &f.a), ST_OK);
	assert_int_equal(m.n, 2);
	assert_int_equal(m.at[0].net, WIRE_NET_IPV4);
	assert_memory_equal(m.at[0].addr, "\x01\x02\x03\x04", 4);
	assert_int_equal(m.at[0].port, 8333);
	assert_int_equal(m.at[0].time, 1500000001);
	assert_int_equal(m.at[1].net, WIRE_NET_IPV6);
	assert_int_equal(m.at[1].services, 9);
	msg_addr_encode(&f.out, &m);
	assert_true(bytes_equal(buf_view(&f.out), in));
	for (size_t n = 0; n < in.len; n++)
		assert_int_equal(msg_addr_decode(&m, bytes_of(in.p, n), &f.a),
				 ST_PARSE);
	end(&f);
}

/* The three addresses of Bitcoin Core's test of the same serialisation. */
static void addrv2_is_that_of_bip155(void **state)
{
	static const char hex[] =
		"03"
		"61bc6649" "00" "02" "10" "00000000000000000000000000000001" "0000"
		"79627683" "01" "02" "10" "00000000000000000000000000000001" "00f1"
		"ffffffff" "fd4804" "02" "10" "00000000000000000000000000000001"
		"f1f2";
	struct fixture f;
	struct msg_addr m;

	begin(&f);
	memset(&f.p, 0, sizeof(f.p));
	assert_int_equal(msg_addrv2_decode(&m, hex_bytes(&f.in, hex), &f.a), ST_OK);
	assert_int_equal(m.n, 3);
	assert_int_equal(m.at[0].time, 0x4966bc61);
	assert_int_equal(m.at[1].port, 0xf1);
	assert_int_equal(m.at[2].services,
			 WIRE_NODE_WITNESS | WIRE_NODE_COMPACT_FILTERS |
				 WIRE_NODE_NETWORK_LIMITED);
	msg_addrv2_encode(&f.out, &m);
	assert_hex(&f.out, hex);
	end(&f);
}

/* BIP155: unknown networks are left out, known ones have their length; IPv4 and
 * Tor do not hide in IPv6. */
static void addrv2_networks_are_told_apart(void **state)
{
	static const struct {
		const char *hex;
		enum status st;
		uint32_t n;
	} rows[] = {
		{"01" "00000000" "00" "01" "04" "01020304" "208d", ST_OK, 1},
		{"01" "00000000" "00" "01" "05" "0102030405" "208d", ST_PARSE, 0},
		{"01" "00000000" "00" "02" "04" "01020304" "208d", ST_PARSE, 0},
		{"01" "00000000" "00" "03" "0a" "00010203040506070809" "208d",
		 ST_OK, 0},
		{"01" "00000000" "00" "63" "02" "0102" "208d", ST_OK, 0},
		{"01" "00000000" "00" "02" "10"
		 "00000000000000000000ffff01020304" "208d", ST_OK, 0},
		{"01" "00000000" "00" "02" "10"
		 "fd87d87eeb43f1f2f3f4f5f6f7f8f9fa" "208d", ST_OK, 0},
		{"01" "00000000" "00" "06" "10"
		 "fc000000000000000000000000000001" "208d", ST_OK, 1},
		{"01" "00000000" "00" "06" "10"
		 "aa000000000000000000000000000001" "208d", ST_OK, 0},
		{"01" "00000000" "00" "63" "fd0102", ST_PARSE, 0},
	};
	struct fixture f;
	struct msg_addr m;

	begin(&f);
	memset(&f.p, 0, sizeof(f.p));
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes in = hex_bytes(&f.in, rows[i].hex);

		assert_int_equal(msg_addrv2_decode(&m, in, &f.a), rows[i].st);
		if (rows[i].st == ST_OK)
			assert_int_equal(m.n, rows[i].n);
	}
	end(&f);
}

static void inv_is_that_of_bcoin(void **state)
{
	struct fixture f;
	struct msg_inv m;
	struct bytes in;

	begin(&f);
	in = payload_of(&f.p, inv_hex, WIRE_INV, &f.in);
	assert_int_equal(msg_inv_decode(&m, in, &f.a), ST_OK);
	assert_int_equal(m.n, 3);
	assert_int_equal(m.at[0].type, INV_TX);
	assert_int_equal(m.at[2].type, INV_BLOCK | INV_WITNESS);
	assert_int_equal(m.at[1].hash.b[1], 9);
	msg_inv_encode(&f.out, &m);
	assert_true(bytes_equal(buf_view(&f.out), in));
	for (size_t n = 0; n < in.len; n++)
		assert_int_equal(msg_inv_decode(&m, bytes_of(in.p, n), &f.a),
				 ST_PARSE);
	end(&f);
}

static void getheaders_and_headers_are_those_of_bcoin(void **state)
{
	struct msg_headers h;
	struct msg_locator l;
	struct fixture f;
	struct blkid id;
	char text[HASH_TEXT_SIZE];
	struct bytes in;

	begin(&f);
	in = payload_of(&f.p, getheaders_hex, WIRE_GETHEADERS, &f.in);
	assert_int_equal(msg_locator_decode(&l, in, &f.a), ST_OK);
	assert_int_equal(l.version, 70015);
	assert_int_equal(l.n, 2);
	assert_int_equal(l.have[1].h.b[31], 6);
	assert_int_equal(l.stop.h.b[31], 8);
	msg_locator_encode(&f.out, &l);
	assert_true(bytes_equal(buf_view(&f.out), in));
	for (size_t n = 0; n < in.len; n++)
		assert_int_equal(msg_locator_decode(&l, bytes_of(in.p, n), &f.a),
				 ST_PARSE);
	wire_parser_free(&f.p);
	buf_reset(&f.out);
	in = payload_of(&f.p, headers_hex, WIRE_HEADERS, &f.in);
	assert_int_equal(msg_headers_decode(&h, in, &f.a), ST_OK);
	assert_int_equal(h.n, 1);
	header_hash_raw(&id, h.raw);
	assert_string_equal(hash256_text(text, &id.h),
			    "0000000003db83e6ab01a6ebb26ad2b1"
			    "481688009141c9afc204c54284e1ba66");
	msg_headers_encode(&f.out, &h);
	assert_true(bytes_equal(buf_view(&f.out), in));
	end(&f);
}

/* One more than is allowed is misbehaviour, and still fits the envelope. */
static void counts_end_where_bitcoin_cores_do(void **state)
{
	static const struct {
		enum wire_command command;
		uint32_t max, size;	/* entries, bytes of each */
	} rows[] = {
		{WIRE_INV, 50000, 36},
		{WIRE_HEADERS, 2000, 81},
		{WIRE_ADDR, 1000, 30},
		{WIRE_GETHEADERS, 101, 32},
	};
	struct fixture f;

	begin(&f);
	memset(&f.p, 0, sizeof(f.p));
	for (unsigned i = 0; i < 4; i++) {
		for (uint32_t over = 0; over < 2; over++) {
			enum status st = ST_OK, want = over ? ST_TOO_BIG : ST_OK;
			uint32_t n = rows[i].max + over;
			struct msg_headers h;
			struct msg_locator l;
			struct msg_addr m;
			struct msg_inv v;
			uint8_t *p;

			buf_reset(&f.in);
			if (rows[i].command == WIRE_GETHEADERS)
				buf_le32(&f.in, 70016);
			compactsize_add(&f.in, n);
			p = buf_extend(&f.in, (size_t)n * rows[i].size + 32);
			assert_non_null(p);
			memset(p, 0, (size_t)n * rows[i].size + 32);
			assert_true(f.in.len <=
				    wire_payload_max(rows[i].command));
			if (i == 0)
				st = msg_inv_decode(&v, buf_view(&f.in), &f.a);
			if (i == 1)
				st = msg_headers_decode(&h, buf_view(&f.in), &f.a);
			if (i == 2)
				st = msg_addr_decode(&m, buf_view(&f.in), &f.a);
			if (i == 3)
				st = msg_locator_decode(&l, buf_view(&f.in), &f.a);
			assert_int_equal(st, want);
		}
	}
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_is_that_of_bcoin),
		cmocka_unit_test(old_versions_end_early_and_short_ones_are_refused),
		cmocka_unit_test(an_agent_of_256_bytes_is_the_longest),
		cmocka_unit_test(numbers_are_those_of_bcoin),
		cmocka_unit_test(addr_is_that_of_bcoin),
		cmocka_unit_test(addrv2_is_that_of_bip155),
		cmocka_unit_test(addrv2_networks_are_told_apart),
		cmocka_unit_test(inv_is_that_of_bcoin),
		cmocka_unit_test(getheaders_and_headers_are_those_of_bcoin),
		cmocka_unit_test(counts_end_where_bitcoin_cores_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
