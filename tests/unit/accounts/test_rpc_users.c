/* SPDX-License-Identifier: MIT */
/* accounts/rpc_users: who is let in, and to which methods. */
#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "accounts/rpc_users.h"
#include "base/base64.h"
#include "base/file.h"

/* An Authorization header for the text. */
static bool enters(const struct rpc_users *u, const char *text, char *name)
{
	char header[512] = "Basic ";

	base64_text(header + 6, text, strlen(text));
	return rpc_users_check(u, header, name);
}

static void a_password_lets_its_own_user_in(void **state)
{
	struct rpc_users *u = rpc_users_new();
	char name[RPC_USER_MAX + 1];

	assert_int_equal(rpc_users_add(u, "alice", "se:cret"), ST_OK);
	assert_int_equal(rpc_users_add(u, "bob", "other"), ST_OK);
	assert_true(enters(u, "alice:se:cret", name));
	assert_string_equal(name, "alice");
	assert_true(enters(u, "bob:other", name));
	assert_false(enters(u, "bob:se:cret", name));
	assert_string_equal(name, "bob");
	assert_false(enters(u, "alice:se:cre", name));
	assert_false(enters(u, "alice:se:crett", name));
	assert_false(enters(u, "alice:", name));
	assert_false(enters(u, "alice", name));
	assert_false(enters(u, "", name));
	assert_false(enters(u, ":", name));
	rpc_users_free(u);
}

static void a_malformed_header_lets_nobody_in(void **state)
{
	static const char *const header[] = {
		"", "Basic", "Basic ", "Basic !!!", "Bearer YTpi", "Basic YTpi YTpi",
		"Basic YTpi=", "YTpi", "Basic AAAA",
	};
	struct rpc_users *u = rpc_users_new();
	char name[RPC_USER_MAX + 1], longest[9000];

	assert_int_equal(rpc_users_add(u, "a", "b"), ST_OK);
	for (size_t i = 0; i < sizeof(header) / sizeof(header[0]); i++)
		assert_false(rpc_users_check(u, header[i], name));
	assert_true(rpc_users_check(u, "Basic YTpi", name));
	assert_true(rpc_users_check(u, "basic  YTpi ", name));
	memset(longest, 'A', sizeof(longest));
	memcpy(longest, "Basic ", 6);
	longest[sizeof(longest) - 1] = '\0';
	assert_false(rpc_users_check(u, longest, name));
	/* a name too long to be one */
	memset(longest, 'x', 400);
	memcpy(longest + 300, ":b", 3);
	assert_false(enters(u, longest, name));
	rpc_users_free(u);
}

/* The pair of Bitcoin Core's functional test rpc_users.py. */
static void a_salted_hash_lets_in_whoever_has_the_password(void **state)
{
	struct rpc_users *u = rpc_users_new();
	char name[RPC_USER_MAX + 1];

	assert_int_equal(rpc_users_add_hashed(u, "rt:93648e835a54c573682c2eb19f882535"
		"$7681e9c5b74bdd85e78166031d2058e1069b3ed7ed967c93fc63abba06f31144"),
			 ST_OK);
	assert_true(enters(u, "rt:cA773lm788buwYe4g4WT+05pKyNruVKjQ25x3n0DQcM=", name));
	assert_false(enters(u, "rt:cA773lm788buwYe4g4WT+05pKyNruVKjQ25x3n0DQcM", name));
	assert_false(enters(u, "rt:7681e9c5b74bdd85e78166031d2058e1069b3ed7ed967c93fc"
			    "63abba06f31144", name));
	assert_int_equal(rpc_users_add_hashed(u, "foo"), ST_PARSE);
	assert_int_equal(rpc_users_add_hashed(u, "foo:bar"), ST_PARSE);
	assert_int_equal(rpc_users_add_hashed(u, "foo:bar$baz"), ST_PARSE);
	assert_int_equal(rpc_users_add_hashed(u, "rt:93648e835a54c573682c2eb19f882535"
		"$z681e9c5b74bdd85e78166031d2058e1069b3ed7ed967c93fc63abba06f31144"),
			 ST_PARSE);
	rpc_users_free(u);
}

static void a_list_names_what_a_user_may_call(void **state)
{
	struct rpc_users *u = rpc_users_new();

	assert_true(rpc_users_may(u, "a", "stop", "admin"));
	assert_int_equal(rpc_users_restrict(u, "a:getblock, getblockcount"), ST_OK);
	assert_true(rpc_users_may(u, "a", "getblock", "read"));
	assert_true(rpc_users_may(u, "a", "getblockcount", "read"));
	assert_false(rpc_users_may(u, "a", "getblockc", "read"));
	assert_false(rpc_users_may(u, "a", "getblockcounts", "read"));
	assert_false(rpc_users_may(u, "a", "", ""));
	assert_false(rpc_users_may(u, "a", "stop", "admin"));
	assert_true(rpc_users_may(u, "b", "stop", "admin"));
	/* a second list leaves what both have */
	assert_int_equal(rpc_users_restrict(u, "a:getblock,stop"), ST_OK);
	assert_true(rpc_users_may(u, "a", "getblock", "read"));
	assert_false(rpc_users_may(u, "a", "getblockcount", "read"));
	assert_false(rpc_users_may(u, "a", "stop", "admin"));
	assert_int_equal(rpc_users_restrict(u, "c:@read,stop"), ST_OK);
	assert_true(rpc_users_may(u, "c", "getblock", "read"));
	assert_true(rpc_users_may(u, "c", "stop", "admin"));
	assert_false(rpc_users_may(u, "c", "setban", "admin"));
	/* nobody may call @read itself by having it in a name */
	assert_int_equal(rpc_users_restrict(u, "d:"), ST_OK);
	assert_false(rpc_users_may(u, "d", "getblock", "read"));
	assert_true(rpc_users_may_call(u, "e"));
	rpc_users_restrict_others(u, true);
	assert_false(rpc_users_may_call(u, "e"));
	assert_false(rpc_users_may(u, "e", "getblock", "read"));
	assert_true(rpc_users_may_call(u, "a"));
	assert_int_equal(rpc_users_restrict(u, "nothing"), ST_PARSE);
	rpc_users_free(u);
}

static void a_cookie_is_a_file_for_its_owner_that_changes(void **state)
{
	struct rpc_users *u = rpc_users_new(), *other = rpc_users_new();
	char folder[] = "/tmp/quarry-test.XXXXXX", path[64], name[RPC_USER_MAX + 1];
	struct buf first, second;
	struct stat s;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/.cookie", folder);
	assert_int_equal(rpc_users_cookie(u, path), ST_OK);
	assert_int_equal(stat(path, &s), 0);
	assert_int_equal(s.st_mode & 0777, 0600);
	assert_int_equal(file_read(path, 1000, &first), ST_OK);
	assert_int_equal(strncmp(buf_str(&first), "__cookie__:", 11), 0);
	assert_int_equal(first.len, 11 + 64);
	assert_true(enters(u, buf_str(&first), name));
	assert_false(enters(u, "__cookie__:", name));
	/* a second program's cookie is not the first one's to remove */
	assert_int_equal(rpc_users_cookie(other, path), ST_OK);
	assert_int_equal(file_read(path, 1000, &second), ST_OK);
	assert_string_not_equal(buf_str(&first), buf_str(&second));
	assert_false(enters(u, buf_str(&second), name));
	rpc_users_cookie_remove(u, path);
	assert_int_equal(stat(path, &s), 0);
	rpc_users_cookie_remove(other, path);
	assert_int_equal(stat(path, &s), -1);
	assert_int_not_equal(rpc_users_cookie(u, "/nowhere/at/all"), ST_OK);
	buf_free(&first);
	buf_free(&second);
	rpc_users_free(u);
	rpc_users_free(other);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_password_lets_its_own_user_in),
		cmocka_unit_test(a_malformed_header_lets_nobody_in),
		cmocka_unit_test(a_salted_hash_lets_in_whoever_has_the_password),
		cmocka_unit_test(a_list_names_what_a_user_may_call),
		cmocka_unit_test(a_cookie_is_a_file_for_its_owner_that_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
