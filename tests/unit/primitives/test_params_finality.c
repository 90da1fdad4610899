/* SPDX-License-Identifier: MIT */
/* The keys of a chain document that choose finality by votes. */
#include "tests/unit/unit.h"

#include "primitives/params.h"

/* The document with these lines added. */
static enum status with_lines(struct params *p, const char *lines,
			      char error[PARAMS_ERROR_SIZE])
{
	enum status st;
	struct buf b;

	params_own_defaults(p, "test-chain");
	snprintf(p->genesis_message, sizeof(p->genesis_message), "a test");
	p->genesis.time = 1700000000;
	buf_init(&b, 1 << 20);
	params_write(&b, p);
	buf_text(&b, lines);
	st = params_parse(p, buf_str(&b), b.len, error);
	buf_free(&b);
	return st;
}

#define KEY_G "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
#define KEY_2G "c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5"

static void finality_is_chosen_in_the_document(void **state)
{
	static const char *const bad[][2] = {
		{"finality_interval = 20\n", "finality_validators"},
		{"finality_interval = 0\n", "from 1 to 10000"},
		{"finality_validators = " KEY_G ":1\n", "finality_interval"},
		{"finality_interval = 5\nfinality_validators = " KEY_G "\n",
		 "KEY:WEIGHT"},
		{"finality_interval = 5\nfinality_validators = " KEY_G ":0\n",
		 "KEY:WEIGHT"},
		/* not in order, twice, no point of the curve, an empty word */
		{"finality_interval = 5\nfinality_validators = " KEY_2G ":1 "
		 KEY_G ":1\n", "KEY:WEIGHT"},
		{"finality_interval = 5\nfinality_validators = " KEY_G ":1 "
		 KEY_G ":1\n", "KEY:WEIGHT"},
		{"finality_interval = 5\nfinality_validators = "
		 "0000000000000000000000000000000000000000000000000000000000000000"
		 ":1\n", "KEY:WEIGHT"},
		{"finality_interval = 5\nfinality_validators = " KEY_G ":1  "
		 KEY_2G ":1\n", "KEY:WEIGHT"},
		{"finality_interval = 5\nfinality_validators = " KEY_G ":1\n"
		 "bond_lock = 10\n", "bond_start"},
		{"finality_interval = 5\nfinality_validators = " KEY_G ":1\n"
		 "bond_start = 10\n", "bond_lock"},
		{"finality_interval = 5\nfinality_validators = " KEY_G ":1\n"
		 "bond_lock = 65536\nbond_start = 10\n", "from 1 to 65535"},
		{"bond_lock = 10\nbond_start = 10\n", "finality_interval"},
	};
	char error[PARAMS_ERROR_SIZE];
	static struct params p, again;
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(with_lines(&p, bad[i][0], error), ST_PARSE);
		if (!strstr(error, bad[i][1]))
			fail_msg("%s: \"%s\"", bad[i][0], error);
	}
	assert_int_equal(with_lines(&p, "finality_interval = 5\n"
				    "finality_validators = " KEY_G ":3 " KEY_2G
				    ":1000000000\nbond_lock = 10\n"
				    "bond_start = 7.5\n", error),
			 ST_NOT_FOUND);
	assert_int_equal(p.finality_validators.n, 2);
	assert_int_equal(p.finality_validators.v[0].weight, 3);
	assert_int_equal(p.bond_start_sat, 750000000);
	/* what is written is read again */
	buf_init(&b, 1 << 16);
	params_write(&b, &p);
	assert_int_equal(params_parse(&again, buf_str(&b), b.len, error),
			 ST_NOT_FOUND);
	assert_memory_equal(&again.finality_validators, &p.finality_validators,
			    sizeof(p.finality_validators));
	assert_int_equal(again.bond_lock, 10);
	assert_int_equal(again.bond_start_sat, 750000000);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finality_is_chosen_in_the_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
