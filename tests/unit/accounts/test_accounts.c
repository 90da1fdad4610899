/* SPDX-License-Identifier: MIT */
/* accounts: the file, names, passwords, sessions, tokens, guessing, the second
 * factor. */
#include "tests/unit/unit.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "accounts/attempt.h"
#include "accounts/challenge.h"
#include "accounts/login.h"
#include "accounts/loginkey.h"
#include "accounts/token.h"
#include "accounts/totp.h"

#define NOW 1700000000

static const struct actor alice = {"alice", "192.0.2.7", "test"};

struct place {
	char folder[32], path[64];
	struct accounts *a;
};

static int set_up(void **state)
{
	char error[ACCOUNTS_ERROR_SIZE];
	struct place *p = calloc(1, sizeof(*p));

	snprintf(p->folder, sizeof(p->folder), "/tmp/quarry-test.XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->path, sizeof(p->path), "%s/accounts.db", p->folder);
	assert_int_equal(accounts_open(&p->a, p->path, true, error), ST_OK);
	accounts_set_time(p->a, NOW);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	struct dirent *e;
	DIR *d;

	accounts_close(p->a);
	d = opendir(p->folder);
	while ((e = readdir(d)))
		unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	rmdir(p->folder);
	free(p);
	return 0;
}

static int64_t add(struct accounts *a, const char *name, unsigned roles)
{
	int64_t id = 0;

	assert_int_equal(account_add(a, &alice, name, "", roles, NULL, &id), ST_OK);
	return id;
}

static mode_t mode_of(const char *path)
{
	struct stat s;

	return stat(path, &s) ? 0 : s.st_mode & 0777;
}

static void the_file_and_its_key_are_for_the_owner_alone(void **state)
{
	struct place *p = *state;
	char key[80], error[ACCOUNTS_ERROR_SIZE];
	struct accounts *other;

	snprintf(key, sizeof(key), "%s.key", p->path);
	assert_int_equal(mode_of(p->path), 0600);
	assert_int_equal(mode_of(key), 0600);
	assert_int_equal(chmod(p->path, 0640), 0);
	assert_int_equal(accounts_open(&other, p->path, false, error), ST_DENIED);
	assert_non_null(strstr(error, "chmod 600"));
	assert_int_equal(chmod(p->path, 0600), 0);
	assert_int_equal(chmod(key, 0604), 0);
	assert_int_equal(accounts_open(&other, p->path, false, error), ST_DENIED);
	assert_int_equal(chmod(key, 0600), 0);
	assert_int_equal(accounts_open(&other, p->path, false, error), ST_OK);
	accounts_close(other);
	/* with another key nothing sealed could be opened */
	assert_int_equal(unlink(key), 0);
	assert_int_equal(accounts_open(&other, p->path, true, error),
			 ST_NOT_FOUND);
	assert_null(other);
}

static void roles_are_a_list_of_words(void **state)
{
	static const char *const bad[] = {
		"king", "read,", ",read", "read,,sql", "Read", "read sql", "none,read",
		"readx", "rea",
	};
	char text[ROLES_TEXT_SIZE];
	unsigned roles;

	(void)state;
	assert_true(roles_parse(&roles, "sql, read ,admin", 16));
	assert_int_equal(roles, ROLE_SQL | ROLE_READ | ROLE_ADMIN);
	assert_string_equal(roles_text(text, roles), "read,sql,admin");
	assert_true(roles_parse(&roles, "none", 4));
	assert_int_equal(roles, 0);
	assert_true(roles_parse(&roles, "", 0));
	assert_string_equal(roles_text(text, ROLES_ALL),
			    "read,broadcast,wallet,mine,sql,admin");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (roles_parse(&roles, bad[i], strlen(bad[i])))
			fail_msg("%s", bad[i]);
	assert_true(roles_have(ROLE_ADMIN, ROLE_WALLET));
	assert_false(roles_have(ROLE_READ | ROLE_SQL, ROLE_READ | ROLE_MINE));
}

static void names_fold_and_are_unique(void **state)
{
	struct place *p = *state;
	struct account who;
	int64_t id = add(p->a, "Alice.B-7", ROLE_READ), other;

	assert_int_equal(account_add(p->a, &alice, "aLICE.b-7", "", 0, NULL,
				     &other), ST_DENIED);
	assert_int_equal(account_find(p->a, "ALICE.B-7", &who), ST_OK);
	assert_int_equal(who.id, id);
	assert_string_equal(who.name, "Alice.B-7");
	assert_int_equal(account_find(p->a, "alice", &who), ST_NOT_FOUND);
	assert_int_equal(account_find(p->a, "al ice", &who), ST_NOT_FOUND);
	assert_false(account_name_ok("", 0));
	assert_false(account_name_ok("a\0b", 3));
	assert_false(account_name_ok("\xc3\xa4", 2));
	assert_true(account_name_ok("7_.-", 4));
}

static void a_password_is_kept_as_scrypt_says(void **state)
{
	struct place *p = *state;
	char stored[PASSWORD_TEXT_SIZE];
	bool good, old;
	struct accounts *other;
	char error[ACCOUNTS_ERROR_SIZE];
	/* Made with Python's hashlib.scrypt: n 16384, r 8, p 1, salt "0123456789abcdef",
	 * password "correct horse". */
	static const char elsewhere[] =
		"$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg=="
		"$0LupyHkzAIgDr9UDsriAAf87vMbCbcaUfDvFOAHk0D0=";

	assert_int_equal(password_check(elsewhere, bytes_of_text("correct horse"),
					&good, &old), ST_OK);
	assert_true(good);
	assert_true(old);
	assert_int_equal(password_make(stored, bytes_of_text("x y")), ST_OK);
	assert_int_equal(password_check(stored, bytes_of_text("x y"), &good, &old),
			 ST_OK);
	assert_true(good);
	assert_false(old);
	assert_int_equal(password_check(stored, bytes_of_text("x z"), &good, &old),
			 ST_OK);
	assert_false(good);
	assert_int_equal(password_check("", bytes_of_text(""), &good, &old), ST_OK);
	assert_false(good);
	/* a text that would cost a gigabyte is none */
	assert_int_equal(password_check("$scrypt$ln=30,r=8,p=1$AA==$AA==",
					bytes_of_text(""), &good, &old), ST_CORRUPT);
	/* one slot for all who have the file open */
	assert_int_equal(accounts_open(&other, p->path, false, error), ST_OK);
	assert_true(password_slot_take(p->a));
	assert_false(password_slot_take(other));
	password_slot_leave(p->a);
	assert_true(password_slot_take(other));
	accounts_close(other);
	assert_true(password_slot_take(p->a));
	password_slot_leave(p->a);
}

static struct secret enter(struct accounts *a, int64_t account)
{
	const struct login l = {.by = alice};
	struct login_done d;

	assert_int_equal(login_new(a, &l, account, &d), ST_OK);
	return d.session;
}

static void sessions_end_idle_old_and_ended(void **state)
{
	struct place *p = *state;
	int64_t id = add(p->a, "alice", ROLE_READ);
	struct secret s = enter(p->a, id), t = enter(p->a, id), none = {.b = {1}};
	struct holder who;

	assert_int_equal(session_find(p->a, &s, &who), ST_OK);
	assert_int_equal(who.account, id);
	assert_int_equal(session_find(p->a, &none, &who), ST_NOT_FOUND);
	/* used every eleven hours it lives, until it is too old */
	for (int64_t at = 0; at < SESSION_END_S; at += 11 * 3600) {
		accounts_set_time(p->a, NOW + at);
		assert_int_equal(session_find(p->a, &s, &who), ST_OK);
	}
	assert_int_equal(session_find(p->a, &t, &who), ST_NOT_FOUND);
	accounts_set_time(p->a, NOW + SESSION_END_S);
	assert_int_equal(session_find(p->a, &s, &who), ST_NOT_FOUND);
	s = enter(p->a, id);
	assert_int_equal(account_set_active(p->a, &alice, id, false), ST_OK);
	assert_int_equal(session_find(p->a, &s, &who), ST_NOT_FOUND);
	assert_int_equal(account_set_active(p->a, &alice, id, true), ST_OK);
	assert_int_equal(session_find(p->a, &s, &who), ST_OK);
	assert_int_equal(session_end(p->a, &alice, id + 1, who.id), ST_NOT_FOUND);
	assert_int_equal(session_end(p->a, &alice, id, who.id), ST_OK);
	assert_int_equal(session_find(p->a, &s, &who), ST_NOT_FOUND);
}

static void a_token_may_what_its_account_may_at_most(void **state)
{
	struct place *p = *state;
	int64_t id = add(p->a, "alice", ROLE_READ | ROLE_SQL), token;
	struct secret s;
	struct holder who;

	add(p->a, "root", ROLE_ADMIN);
	assert_int_equal(token_add(p->a, &alice, id, "x", ROLE_SQL | ROLE_MINE,
				   NOW + 10, &s, &token), ST_OK);
	assert_int_equal(token_find(p->a, &s, &who), ST_OK);
	assert_int_equal(who.roles, ROLE_SQL);
	assert_int_equal(account_set_roles(p->a, &alice, id, ROLE_READ), ST_OK);
	assert_int_equal(token_find(p->a, &s, &who), ST_OK);
	assert_int_equal(who.roles, 0);
	assert_int_equal(account_set_roles(p->a, &alice, id, ROLE_ADMIN), ST_OK);
	assert_int_equal(token_find(p->a, &s, &who), ST_OK);
	assert_int_equal(who.roles, ROLE_SQL | ROLE_MINE);
	accounts_set_time(p->a, NOW + 10);
	assert_int_equal(token_find(p->a, &s, &who), ST_NOT_FOUND);
}

static void somebody_stays_admin(void **state)
{
	struct place *p = *state;
	int64_t one = add(p->a, "one", ROLE_ADMIN), two = add(p->a, "two", ROLE_ADMIN);

	assert_int_equal(account_set_roles(p->a, &alice, one, 0), ST_OK);
	assert_int_equal(account_set_active(p->a, &alice, two, false), ST_DENIED);
	assert_int_equal(account_set_roles(p->a, &alice, two, ROLE_READ), ST_DENIED);
	assert_int_equal(account_set_roles(p->a, &alice, 99, ROLE_READ),
			 ST_NOT_FOUND);
}

/* Tries until it has to wait; how many. */
static int tries(struct accounts *a, const char *name, const char *address)
{
	int64_t wait = 0, failed;

	for (int n = 0; n < 100; n++) {
		assert_int_equal(attempt_begin(a, name, address, &wait, &failed),
				 ST_OK);
		if (wait)
			return n;
	}
	return 100;
}

static void guessing_grows_slow(void **state)
{
	struct place *p = *state;
	int64_t wait, failed, now = NOW;

	assert_int_equal(tries(p->a, "bob", "192.0.2.7"), 5);
	assert_int_equal(tries(p->a, "BOB", "192.0.2.7"), 0);
	/* 1, 2, 4 ... 512 s, then a quarter of an hour */
	for (int64_t s = 1;; s *= 2) {
		assert_int_equal(attempt_begin(p->a, "bob", "192.0.2.7", &wait,
					       &failed), ST_OK);
		assert_int_equal(wait, s > 900 ? 900 : s);
		now += wait;
		accounts_set_time(p->a, now);
		assert_int_equal(attempt_begin(p->a, "bob", "192.0.2.7", &wait,
					       &failed), ST_OK);
		assert_int_equal(wait, 0);
		if (s > 900)
			break;
	}
	/* nobody else's business, but that of the same 64 bits of IPv6 */
	assert_int_equal(tries(p->a, "eve", "192.0.2.7"), 5);
	assert_int_equal(tries(p->a, "dan", "2001:db8::1"), 5);
	assert_int_equal(tries(p->a, "dan", "2001:db8::ffff"), 0);
	assert_int_equal(tries(p->a, "dan", "2001:db8:0:1::1"), 5);
}

static void a_network_fails_fifty_times(void **state)
{
	struct place *p = *state;
	int64_t wait, failed;
	char name[16];

	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		assert_int_equal(tries(p->a, name, "192.0.2.7") > 0, i < 10);
	}
	assert_int_equal(attempt_begin(p->a, "other", "192.0.2.7", &wait, &failed),
			 ST_OK);
	assert_int_equal(wait, 600);
	accounts_set_time(p->a, NOW + 600);
	assert_int_equal(attempt_begin(p->a, "other", "192.0.2.7", &wait, &failed),
			 ST_OK);
	assert_int_equal(wait, 0);
}

/* The vectors of RFC 6238, appendix B, for SHA-1. */
static void codes_are_those_of_rfc_6238(void **state)
{
	static const struct {
		uint64_t s;
		uint32_t code;
	} v[] = {
		{59, 94287082}, {1111111109, 7081804}, {1111111111, 14050471},
		{1234567890, 89005924}, {2000000000, 69279037},
		{20000000000, 65353130},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		assert_int_equal(totp_code(bytes_of_text("12345678901234567890"),
					   v[i].s / 30, 8), v[i].code);
}

static void the_uri_is_escaped(void **state)
{
	char uri[TOTP_URI_SIZE];

	(void)state;
	totp_uri(uri, "a.b:8443", "x&y", "ABC");
	assert_string_equal(uri, "otpauth://totp/Quarry%20a.b%3A8443:x%26y?secret=ABC"
			    "&issuer=Quarry%20a.b%3A8443&algorithm=SHA1&digits=6"
			    "&period=30");
}

static void a_challenge_is_for_one_site_one_use_one_time(void **state)
{
	struct place *p = *state;
	struct challenge c, r;
	size_t n;

	assert_int_equal(challenge_make(p->a, CHALLENGE_ENTER, "a.example", "bob",
					&c), ST_OK);
	n = strlen(c.code);
	assert_true(challenge_read(p->a, c.code, n, "a.example", &r));
	assert_string_equal(r.text, c.text);
	assert_string_equal(r.who, "bob");
	assert_false(challenge_read(p->a, c.code, n, "b.example", &r));
	assert_false(challenge_read(p->a, c.code, n - 1, "a.example", &r));
	for (size_t i = 0; i < n; i++) {
		char was = c.code[i];

		c.code[i] = was == '7' ? '8' : '7';
		if (challenge_read(p->a, c.code, n, "a.example", &r))
			fail_msg("character %zu", i);
		c.code[i] = was;
	}
	accounts_set_time(p->a, NOW + CHALLENGE_S - 1);
	assert_true(challenge_read(p->a, c.code, n, "a.example", &r));
	accounts_set_time(p->a, NOW + CHALLENGE_S);
	assert_false(challenge_read(p->a, c.code, n, "a.example", &r));
	assert_int_equal(challenge_make(p->a, CHALLENGE_ENTER, "a", "b c", &c),
			 ST_PARSE);
	assert_int_equal(challenge_make(p->a, CHALLENGE_ENTER, "a", "", &c), ST_PARSE);
}

static void cookies_and_tokens_are_read_to_the_letter(void **state)
{
	static const char good[] =
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	char text[400];
	struct secret s;

	(void)state;
#define COOKIE(...) (snprintf(text, sizeof(text), __VA_ARGS__), \
		     secret_of_cookie(&s, text, "__Host-quarry"))
	assert_true(COOKIE("__Host-quarry=%s", good));
	assert_int_equal(s.b[1], 0x23);
	assert_true(COOKIE("a=b; __Host-quarry=%s; c=d", good));
	assert_false(COOKIE("__Host-quarry=%s; __Host-quarry=%s", good, good));
	assert_false(COOKIE("__host-quarry=%s", good));
	assert_false(COOKIE("x__Host-quarry=%s", good));
	assert_false(COOKIE("__Host-quarry=%s0", good));
	assert_false(COOKIE("__Host-quarry=\"%s\"", good));
	assert_false(COOKIE("a=__Host-quarry=%s", good));
	assert_false(COOKIE("__Host-quarry="));
	assert_false(COOKIE("%s", ""));
#define BEARER(...) (snprintf(text, sizeof(text), __VA_ARGS__), \
		     secret_of_bearer(&s, text))
	assert_true(BEARER("Bearer quarry_%s", good));
	assert_true(BEARER("bearer  quarry_%s ", good));
	assert_false(BEARER("Bearer %s", good));
	assert_false(BEARER("Basic quarry_%s", good));
	assert_false(BEARER("Bearerquarry_%s", good));
	assert_false(BEARER("Bearer quarry_%s0", good));
	assert_null(secret_scheme("Bearerx", "Bearer"));
	assert_string_equal(secret_scheme("bearer", "Bearer"), "");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(the_file_and_its_key_are_for_the_owner_alone),
		T(roles_are_a_list_of_words),
		T(names_fold_and_are_unique),
		T(a_password_is_kept_as_scrypt_says),
		T(sessions_end_idle_old_and_ended),
		T(a_token_may_what_its_account_may_at_most),
		T(somebody_stays_admin),
		T(guessing_grows_slow),
		T(a_network_fails_fifty_times),
		T(codes_are_those_of_rfc_6238),
		T(the_uri_is_escaped),
		T(a_challenge_is_for_one_site_one_use_one_time),
		T(cookies_and_tokens_are_read_to_the_letter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
