/* SPDX-License-Identifier: MIT */
/* Envelopes: however the stream is cut, the same messages come out; what cannot
 * be a message costs what Bitcoin Core lets it cost. */
#include "tests/unit/wire/wire.h"

/* bcoin */
static const char ping[] = "f9beb4d970696e670000000000000000080000002502fa94"
			   "0102030405060708";
static const char verack[] = "f9beb4d976657261636b000000000000000000005df6e0e2";
/* bitcoinlib */
static const char pong[] = "fabfb5da706f6e670000000000000000080000008d9a66f2"
			   "8877665544332211";

static void envelopes_are_those_of_others(void **state)
{
	struct buf b;

	buf_init(&b, 1000);
	wire_put(&b, main_magic, WIRE_VERACK, bytes_of(NULL, 0));
	assert_hex(&b, verack);
	buf_reset(&b);
	size_t at = wire_begin(&b, regtest_magic, WIRE_PONG);
	buf_le64(&b, 0x1122334455667788);
	wire_end(&b, at);
	assert_hex(&b, pong);
	buf_free(&b);
}

static void names_and_commands_are_one_to_one(void **state)
{
	for (unsigned c = 1; c < WIRE_COMMAND_COUNT; c++) {
		const char *name = wire_name((enum wire_command)c);

		assert_true(strlen(name) > 0 && strlen(name) <= 12);
		assert_int_equal(wire_by_name(name), c);
		assert_true(wire_payload_max((enum wire_command)c) <=
			    WIRE_PAYLOAD_MAX);
	}
	assert_int_equal(wire_by_name(""), WIRE_UNKNOWN);
	assert_int_equal(wire_by_name("pings"), WIRE_UNKNOWN);
	assert_int_equal(wire_by_name("PING"), WIRE_UNKNOWN);
}

static void any_cut_of_the_stream_gives_the_same_messages(void **state)
{
	struct buf stream;

	buf_init(&stream, 4096);
	wire_put(&stream, main_magic, WIRE_VERACK, bytes_of(NULL, 0));
	wire_put(&stream, main_magic, WIRE_PING, bytes_of("12345678", 8));
	wire_put(&stream, main_magic, WIRE_TX, bytes_of("abc", 3));
	for (size_t step = 1; step <= stream.len; step++) {
		static const enum wire_command want[] = {WIRE_VERACK, WIRE_PING,
							 WIRE_TX};
		struct wire_parser p;
		struct wire_message m;
		unsigned n = 0;

		wire_parser_init(&p, main_magic);
		for (size_t at = 0; at < stream.len; at += step) {
			size_t len = stream.len - at < step ? stream.len - at
							    : step;
			struct bytes in = bytes_of(stream.p + at, len);
			enum wire_event e;

			while ((e = wire_feed(&p, &in, &m)) != WIRE_NEED_MORE) {
				assert_int_equal(e, WIRE_MESSAGE);
				assert_true(n < 3);
				assert_int_equal(m.command, want[n]);
				if (n == 2)
					assert_memory_equal(m.payload.p, "abc", 3);
				n++;
			}
			assert_int_equal(in.len, 0);
		}
		assert_int_equal(n, 3);
		wire_parser_free(&p);
	}
	buf_free(&stream);
}

static enum wire_event feed(struct wire_parser *p, const void *at, size_t len,
			    struct wire_message *m)
{
	struct bytes in = bytes_of(at, len);

	return wire_feed(p, &in, m);
}

static void a_wrong_checksum_costs_the_message_alone(void **state)
{
	struct wire_parser p;
	struct wire_message m;
	struct buf b;

	buf_init(&b, 1000);
	vector_hex(&b, ping);
	b.p[30] ^= 1;
	wire_parser_init(&p, main_magic);
	assert_int_equal(feed(&p, b.p, b.len, &m), WIRE_DROPPED);
	assert_string_equal(m.why, "wrong checksum");
	b.p[30] ^= 1;
	assert_int_equal(feed(&p, b.p, b.len, &m), WIRE_MESSAGE);
	assert_int_equal(m.command, WIRE_PING);
	wire_parser_free(&p);
	buf_free(&b);
}

static void an_impossible_name_costs_the_message_alone(void **state)
{
	static const char *const names[] = {"ping\0x\0\0\0\0\0\0", "\x01ping\0\0\0\0\0\0\0",
					    "pi\xffg\0\0\0\0\0\0\0\0"};
	struct wire_parser p;
	struct wire_message m;
	struct buf b;

	buf_init(&b, 1000);
	wire_parser_init(&p, main_magic);
	for (unsigned i = 0; i < 3; i++) {
		vector_hex(&b, ping);
		memcpy(b.p + 4, names[i], 12);
		assert_int_equal(feed(&p, b.p, b.len, &m), WIRE_DROPPED);
		assert_string_equal(m.why, "invalid message type");
	}
	vector_hex(&b, ping);
	assert_int_equal(feed(&p, b.p, b.len, &m), WIRE_MESSAGE);
	wire_parser_free(&p);
	buf_free(&b);
}

static void another_network_or_an_endless_message_breaks_the_stream(void **state)
{
	struct wire_parser p;
	struct wire_message m;
	struct buf b;

	buf_init(&b, 1000);
	vector_hex(&b, ping);
	wire_parser_init(&p, regtest_magic);
	assert_int_equal(feed(&p, b.p, b.len, &m), WIRE_BROKEN);
	assert_int_equal(feed(&p, b.p, b.len, &m), WIRE_BROKEN);
	wire_parser_free(&p);
	wire_parser_init(&p, main_magic);
	le32_put(b.p + 16, WIRE_PAYLOAD_MAX + 1);
	assert_int_equal(feed(&p, b.p, b.len, &m), WIRE_BROKEN);
	wire_parser_free(&p);
	wire_parser_init(&p, main_magic);
	le32_put(b.p + 16, WIRE_PAYLOAD_MAX);
	assert_int_equal(feed(&p, b.p, b.len, &m), WIRE_NEED_MORE);
	wire_parser_free(&p);
	buf_free(&b);
}

/* Passed over without being stored. */
static void what_nobody_needs_takes_no_memory(void **state)
{
	static const uint8_t zeros[1000];
	struct wire_parser p;
	struct wire_message m;
	struct buf b;

	buf_init(&b, 1000);
	for (unsigned i = 0; i < 2; i++) {
		enum wire_event e = WIRE_NEED_MORE;
		size_t before;

		vector_hex(&b, ping);
		if (i == 0)
			memcpy(b.p + 4, "nosuchthing", 12);
		le32_put(b.p + 16, WIRE_PAYLOAD_MAX);
		wire_parser_init(&p, main_magic);
		before = wire_parser_memory(&p);
		assert_int_equal(feed(&p, b.p, 24, &m), WIRE_NEED_MORE);
		for (unsigned j = 0; j < WIRE_PAYLOAD_MAX / 1000; j++) {
			assert_int_equal(e, WIRE_NEED_MORE);
			e = feed(&p, zeros, 1000, &m);
		}
		assert_int_equal(e, i ? WIRE_TOO_LONG : WIRE_MESSAGE);
		assert_int_equal(m.command, i ? WIRE_PING : WIRE_UNKNOWN);
		assert_string_equal(m.name, i ? "ping" : "nosuchthing");
		assert_int_equal(m.length, WIRE_PAYLOAD_MAX);
		assert_int_equal(wire_parser_memory(&p), before);
		wire_parser_free(&p);
	}
	buf_free(&b);
}

/* A peer that says "4 MB follow" has cost us nothing by that. */
static void memory_follows_the_bytes_that_came(void **state)
{
	struct wire_parser p;
	struct wire_message m;
	struct buf b;

	buf_init(&b, 1000);
	vector_hex(&b, ping);
	memcpy(b.p + 4, "block\0\0\0\0\0\0", 12);
	le32_put(b.p + 16, WIRE_PAYLOAD_MAX);
	wire_parser_init(&p, main_magic);
	assert_int_equal(feed(&p, b.p, b.len, &m), WIRE_NEED_MORE);
	assert_true(wire_parser_memory(&p) < 4096);
	wire_parser_free(&p);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(envelopes_are_those_of_others),
		cmocka_unit_test(names_and_commands_are_one_to_one),
		cmocka_unit_test(any_cut_of_the_stream_gives_the_same_messages),
		cmocka_unit_test(a_wrong_checksum_costs_the_message_alone),
		cmocka_unit_test(an_impossible_name_costs_the_message_alone),
		cmocka_unit_test(another_network_or_an_endless_message_breaks_the_stream),
		cmocka_unit_test(what_nobody_needs_takes_no_memory),
		cmocka_unit_test(memory_follows_the_bytes_that_came),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
