/* SPDX-License-Identifier: MIT */
/* base: the configuration file and the options of programs. */
#include "tests/unit/unit.h"

#include <unistd.h>

#include "base/conf.h"
#include "base/opt.h"

static enum status parse(struct conf *c, const char *text, char *error)
{
	return conf_parse(c, text, strlen(text), "x.conf", error);
}

static void file_sets_keys_and_others_keep_their_fallback(void **state)
{
	char error[CONF_ERROR_SIZE];
	struct conf c;

	conf_init(&c);
	assert_int_equal(parse(&c,
			       "# comment\n\n  db =  /x y/q.db \r\n"
			       "peer=https://a:8443\npeer = https://b = c\n"
			       "mine_duty = 7\nallow_http_peers = Yes",
			       error),
			 ST_OK);
	assert_string_equal(conf_text(&c, CONF_DB), "/x y/q.db");
	assert_int_equal(conf_count(&c, CONF_PEER), 2);
	assert_string_equal(conf_at(&c, CONF_PEER, 1), "https://b = c");
	assert_int_equal(conf_int(&c, CONF_MINE_DUTY), 7);
	assert_true(conf_bool(&c, CONF_ALLOW_HTTP_PEERS));
	assert_false(conf_bool(&c, CONF_ALLOW_PRIVATE_PEERS));
	assert_int_equal(conf_int(&c, CONF_RESOLVE_BUDGET_S), 50);
	conf_free(&c);
}

static void faults_name_the_line_and_change_nothing(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{"db = a\nlisten", "x.conf line 2: a line is `key = value`."},
		{"nosuch = 1", "x.conf line 1: there is no key `nosuch`."},
		{"\xff = 1", "x.conf line 1: there is no key `\\xff`."},
		{"db = a\ndb = b", "x.conf line 2: `db` is given twice."},
		{"db =", "x.conf line 1: `db` must not be empty."},
		{"mine_duty = 0",
		 "x.conf line 1: `mine_duty` is a number from 1 to 100."},
		{"mine_duty = 5%",
		 "x.conf line 1: `mine_duty` is a number from 1 to 100."},
		{"mine_duty = 99999999999999999999",
		 "x.conf line 1: `mine_duty` is a number from 1 to 100."},
		{"allow_http_peers = maybe",
		 "x.conf line 1: `allow_http_peers` is yes or no."},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char error[CONF_ERROR_SIZE];
		struct conf c;

		conf_init(&c);
		assert_int_equal(parse(&c, cases[i].text, error), ST_PARSE);
		assert_string_equal(error, cases[i].error);
		for (size_t k = 0; k < CONF_COUNT; k++)
			assert_int_equal(c.value[k].n, 0);
		conf_free(&c);
	}
}

static void every_fallback_is_of_its_kind(void **state)
{
	struct conf c;

	conf_init(&c);
	for (size_t i = 0; i < CONF_COUNT; i++) {
		enum conf_key k = (enum conf_key)i;

		switch (conf_kind(k)) {
		case CONF_KIND_INT:
			conf_int(&c, k);
			break;
		case CONF_KIND_BOOL:
			conf_bool(&c, k);
			break;
		case CONF_KIND_TEXT:
			assert_non_null(conf_text(&c, k));
			break;
		case CONF_KIND_LIST:
			assert_int_equal(conf_count(&c, k), 0);
			break;
		}
	}
	conf_free(&c);
}

static void a_nul_or_an_overlong_line_is_refused(void **state)
{
	char text[3000], error[CONF_ERROR_SIZE];
	struct conf c;

	conf_init(&c);
	memset(text, 'x', sizeof(text));
	memcpy(text, "db = ", 5);
	assert_int_equal(conf_parse(&c, text, sizeof(text), "f", error), ST_PARSE);
	text[10] = '\0';
	assert_int_equal(conf_parse(&c, text, 100, "f", error), ST_PARSE);
	conf_free(&c);
}

struct got {
	bool dry;
	int64_t once;
	const char *name;
};

static int run(struct got *g, struct conf *c, struct opt_program *p,
	       const char **argv)
{
	static struct opt opts[5];
	const struct opt fresh[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_KEY("allow-private", NULL, CONF_ALLOW_PRIVATE_PEERS),
		OPT_FLAG("dry", &g->dry, "change nothing"),
		OPT_NUMBER("once", "N", &g->once, 1, 10, "N times"),
		OPT_TEXT("name", "NAME", &g->name, "a name"),
	};
	int argc = 0;

	memcpy(opts, fresh, sizeof(opts));
	*p = (struct opt_program){.name = "t", .operands = "PATH...",
				  .opts = opts, .n_opts = 5, .max_operands = 2};
	while (argv[argc])
		argc++;
	return opt_read(p, c, argc, (char **)(uintptr_t)argv);
}

static void options_in_all_forms_among_operands(void **state)
{
	const char *argv[] = {"t", "a", "--once=3", "--db", "q.db", "--dry",
			"--allow-private", "--name", "--x", "--", "--b", NULL};
	struct opt_program p;
	struct got g = {0};
	struct conf c;

	conf_init(&c);
	assert_int_equal(run(&g, &c, &p, argv), -1);
	assert_true(g.dry);
	assert_int_equal(g.once, 3);
	assert_string_equal(g.name, "--x");
	assert_string_equal(conf_text(&c, CONF_DB), "q.db");
	assert_true(conf_bool(&c, CONF_ALLOW_PRIVATE_PEERS));
	assert_int_equal(p.n_operands, 2);
	assert_string_equal(p.operand[0], "a");
	assert_string_equal(p.operand[1], "--b");
	conf_free(&c);
}

static void wrong_usage_is_exit_code_2(void **state)
{
	static const char *const bad[][5] = {
		{"t", "--nosuch"},     {"t", "-x"},	       {"t", "--once"},
		{"t", "--once", "0"},  {"t", "--once", "11"},  {"t", "--once", "1x"},
		{"t", "--dry=1"},      {"t", "a", "b", "c"},   {"t", "--db="},
		{"t", "--allow-private=no"}, {"t", "--conf"},  {"t", "--d"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const char *argv[6] = {0};
		struct opt_program p;
		struct got g = {0};
		struct conf c;

		memcpy(argv, bad[i], sizeof(bad[i]));
		conf_init(&c);
		if (run(&g, &c, &p, argv) != EXIT_USAGE)
			fail_msg("taken: %s %s", argv[1], argv[2]);
		conf_free(&c);
	}
}

static void options_win_over_the_file(void **state)
{
	char path[] = "/tmp/quarry-conf-XXXXXX";
	const char *argv[] = {"t", "--db", "mine.db", "--conf", path, NULL};
	struct opt_program p;
	struct got g = {0};
	struct conf c;
	int fd;

	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "db = file.db\nlog = warn\n", 24), 24);
	close(fd);
	conf_init(&c);
	assert_int_equal(run(&g, &c, &p, argv), -1);
	assert_string_equal(conf_text(&c, CONF_DB), "mine.db");
	assert_string_equal(conf_text(&c, CONF_LOG), "warn");
	conf_free(&c);
	unlink(path);
	/* a file that was asked for must be there */
	conf_init(&c);
	argv[3] = "--conf";
	argv[4] = path;
	assert_int_equal(run(&g, &c, &p, argv), EXIT_FAILED);
	conf_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_sets_keys_and_others_keep_their_fallback),
		cmocka_unit_test(faults_name_the_line_and_change_nothing),
		cmocka_unit_test(every_fallback_is_of_its_kind),
		cmocka_unit_test(a_nul_or_an_overlong_line_is_refused),
		cmocka_unit_test(options_in_all_forms_among_operands),
		cmocka_unit_test(wrong_usage_is_exit_code_2),
		cmocka_unit_test(options_win_over_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
