/* SPDX-License-Identifier: MIT */
/* Networks whose blocks are signed: makers in a chain document, and signets of
 * other challenges. */
#include "tests/unit/unit.h"

#include "base/hex.h"
#include "primitives/params.h"

#define KEY_1 "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
#define KEY_2 "c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5"
/* no x coordinate of a point */
#define NO_KEY "eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34"

/* A document of work that never grows, and these lines. */
static void makers_say(const char *lines, const char *says)
{
	char error[PARAMS_ERROR_SIZE];
	struct params p;
	enum status st;
	struct buf b;

	params_own_defaults(&p, "makers");
	snprintf(p.genesis_message, sizeof(p.genesis_message), "hello");
	p.genesis.time = 1700000000;
	p.retarget = RETARGET_NONE;
	buf_init(&b, 1 << 20);
	params_write(&b, &p);
	buf_printf(&b, "%s", lines);
	st = params_parse(&p, buf_str(&b), b.len, error);
	if (st != (says ? ST_PARSE : ST_NOT_FOUND))
		fail_msg("%s: status %d, %s", lines, (int)st, error);
	if (says && !strstr(error, says))
		fail_msg("%s: \"%s\" lacks \"%s\"", lines, error, says);
	buf_free(&b);
}

static void makers_go_with_what_they_need(void **state)
{
	(void)state;
	makers_say("makers = " KEY_1 "\nmakers_needed = 1\nturn_timeout = 5\n",
		   NULL);
	makers_say("turn_timeout = 5\nmakers = " KEY_2 " " KEY_1
		   "\nmakers_needed = 2\n", NULL);
	makers_say("makers = " KEY_1 "\nturn_timeout = 5\n",
		   "makers_needed is missing");
	makers_say("makers_needed = 1\n", "makers is missing");
	makers_say("makers = " KEY_1 "\nmakers_needed = 2\nturn_timeout = 5\n",
		   "makers_needed must be at most 1");
	makers_say("makers = " KEY_1 "\nmakers_needed = 0\nturn_timeout = 5\n",
		   "from 1 to 32");
	makers_say("makers = " KEY_1 " " KEY_1 "\n", "all different");
	makers_say("makers = " KEY_1 "  " KEY_2 "\n", "all different");
	makers_say("makers = 02" KEY_1 "\n", "64 hexadecimal digits");
	makers_say("makers = " NO_KEY "\n", "64 hexadecimal digits");
	makers_say("makers =\n", "64 hexadecimal digits");
	makers_say("makers = " KEY_1 "\nmakers_needed = 1\nturn_timeout = 0\n",
		   "turn_timeout must be");
	makers_say("makers = " KEY_1 "\nmakers_needed = 1\nturn_timeout = 5\n"
		   "signet_challenge = 51\n", "follows from makers");
}

/* A nonce would have to be searched again and again. */
static void makers_go_without_a_difficulty(void **state)
{
	char error[PARAMS_ERROR_SIZE];
	struct params p;
	struct buf b;

	(void)state;
	params_own_defaults(&p, "makers");
	snprintf(p.genesis_message, sizeof(p.genesis_message), "hello");
	p.genesis.time = 1700000000;
	buf_init(&b, 1 << 20);
	params_write(&b, &p);
	buf_text(&b, "makers = " KEY_1 "\nmakers_needed = 1\nturn_timeout = 5\n");
	assert_int_equal(params_parse(&p, buf_str(&b), b.len, error), ST_PARSE);
	assert_non_null(strstr(error, "makers go with retarget = none"));
	buf_free(&b);
}

/* The magic that Bitcoin Core 28.1 logs for -signetchallenge=51: 54d26fbd. */
static void another_challenge_makes_another_signet(void **state)
{
	struct params p;
	char text[PARAMS_CHALLENGE_SIZE], hex[9];

	(void)state;
	assert_true(params_builtin(&p, "signet"));
	params_signet_text(text, &p);
	assert_string_equal(text, "");
	assert_false(params_signet(&p, ""));
	assert_false(params_signet(&p, "5"));
	assert_false(params_signet(&p, "5x"));
	assert_true(params_signet(&p, "51"));
	assert_string_equal(hex_text(hex, p.magic, 4), "54d26fbd");
	params_signet_text(text, &p);
	assert_string_equal(text, "51");
	assert_true(u256_is_zero(&p.min_chainwork));
	assert_string_equal(p.dns_seeds, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makers_go_with_what_they_need),
		cmocka_unit_test(makers_go_without_a_difficulty),
		cmocka_unit_test(another_challenge_makes_another_signet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
