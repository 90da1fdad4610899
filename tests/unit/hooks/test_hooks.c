/* SPDX-License-Identifier: MIT */
/* Webhooks as rows, their addresses, and their signature. */
#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "hooks/hooks.h"

static char dir[] = "/tmp/quarry-hooks-XXXXXX";
static char path[64];

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/hooks.db", dir);
	return 0;
}

static int teardown(void **state)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[80];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		unlink(name);
	}
	return rmdir(dir);
}

/* Computed with Python's hmac and hashlib. */
static void a_signature_is_the_hmac_of_time_and_body(void **state)
{
	uint8_t secret[HOOK_SECRET_SIZE];
	char out[HOOK_SIGNATURE_SIZE];

	(void)state;
	for (unsigned i = 0; i < sizeof(secret); i++)
		secret[i] = (uint8_t)i;
	hook_sign(out, secret, 1700000000, bytes_of_text("{\"a\":1}"));
	assert_string_equal(out, "Quarry-Signature: t=1700000000,v1="
			    "03348adc068f3e120398d321e294ed21d5531ba19808733437c88c51d9ffdb14");
}

static void an_address_is_cut_in_base_and_path(void **state)
{
	static const struct { const char *text, *base, *path; } good[] = {
		{"https://example.com", "https://example.com:443", "/"},
		{"https://Example.com:8443/a/b?c=d", "https://example.com:8443",
		 "/a/b?c=d"},
		{"https://example.com?x", "https://example.com:443", "/?x"},
		{"https://[::1]/x", "https://[::1]:443", "/x"},
	};
	static const char *const bad[] = {
		"", "example.com/x", "http://example.com/x", "ftp://example.com/",
		"https://u:p@example.com/", "https://example.com/#f",
		"https://example.com/a b", "https://example.com:22/",
		"https://example.com/\r\nX: y", "https://2130706433/",
	};
	char out[HOOK_PATH_SIZE];
	const char *why;
	struct url base;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(hook_url(good[i].text, false, &base, out, &why),
				 ST_OK);
		assert_string_equal(base.text, good[i].base);
		assert_string_equal(out, good[i].path);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why = NULL;
		assert_int_equal(hook_url(bad[i], false, &base, out, &why),
				 ST_PARSE);
		assert_non_null(why);
	}
}

static void rows_come_back_as_they_were_noted(void **state)
{
	struct hook k = {.url = "https://a.example/", .filter = "blocks",
			 .cursor = 7, .created = 100}, seen;
	char error[HOOKS_ERROR_SIZE];
	struct hooks *h, *other;
	struct stat meta;
	bool changed;

	(void)state;
	assert_int_equal(hooks_open(&h, path, false, error), ST_NOT_FOUND);
	assert_int_equal(hooks_open(&h, path, true, error), ST_OK);
	assert_int_equal(stat(path, &meta), 0);
	assert_int_equal(meta.st_mode & 0777, 0600);
	memset(k.secret, 9, sizeof(k.secret));
	assert_int_equal(hooks_changed(h, &changed), ST_OK);
	assert_true(changed);
	assert_int_equal(hooks_open(&other, path, false, error), ST_OK);
	assert_int_equal(hooks_add(other, &k), ST_OK);
	assert_int_equal(hooks_changed(h, &changed), ST_OK);
	assert_true(changed);
	assert_int_equal(hooks_changed(h, &changed), ST_OK);
	assert_false(changed);
	k.dead = true;
	k.cursor = 9;
	k.skip = 2;
	k.fails = 3;
	k.failing = 101;
	snprintf(k.last, sizeof(k.last), "HTTP 410");
	assert_int_equal(hooks_note(h, &k), ST_OK);
	assert_int_equal(hooks_next(other, 0, &seen), ST_OK);
	assert_string_equal(seen.url, k.url);
	assert_memory_equal(seen.secret, k.secret, sizeof(k.secret));
	assert_true(seen.dead);
	assert_int_equal(seen.cursor, 9);
	assert_int_equal(seen.skip, 2);
	assert_string_equal(seen.last, "HTTP 410");
	assert_int_equal(hooks_revive(h, k.id), ST_OK);
	assert_int_equal(hooks_next(other, 0, &seen), ST_OK);
	assert_false(seen.dead);
	assert_int_equal(seen.fails, 0);
	assert_int_equal(hooks_next(h, k.id, &seen), ST_NOT_FOUND);
	assert_int_equal(hooks_remove(h, k.id), ST_OK);
	assert_int_equal(hooks_remove(h, k.id), ST_NOT_FOUND);
	hooks_close(other);
	hooks_close(h);
}

static void there_are_no_more_than_200(void **state)
{
	struct hook k = {.url = "https://a.example/"};
	char error[HOOKS_ERROR_SIZE];
	struct hooks *h;

	(void)state;
	assert_int_equal(hooks_open(&h, path, true, error), ST_OK);
	for (int i = 0; i < HOOKS_MAX; i++)
		assert_int_equal(hooks_add(h, &k), ST_OK);
	assert_int_equal(hooks_add(h, &k), ST_TOO_BIG);
	hooks_close(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_is_the_hmac_of_time_and_body),
		cmocka_unit_test(an_address_is_cut_in_base_and_path),
		cmocka_unit_test(rows_come_back_as_they_were_noted),
		cmocka_unit_test(there_are_no_more_than_200),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
