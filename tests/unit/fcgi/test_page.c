/* SPDX-License-Identifier: MIT */
/* Texts of strangers stay texts; templates are whole and do what they say. */
#include "tests/unit/unit.h"

#include "fcgi/html/page_escape.h"
#include "fcgi/html/page_template.h"

static void escapes(const char *text, size_t len, const char *wanted)
{
	struct buf b;

	buf_init(&b, 1 << 16);
	page_escape(&b, bytes_of(text, len), false);
	assert_string_equal(buf_str(&b), wanted);
	buf_free(&b);
}
#define ESCAPES(text, wanted) escapes(text, sizeof(text) - 1, wanted)

static void markup_becomes_text(void **state)
{
	(void)state;
	ESCAPES("<script>alert('1')</script>",
		"&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;");
	ESCAPES("\" onload=`x` a=\"&amp;",
		"&quot; onload=&#96;x&#96; a=&quot;&amp;amp;");
}

static void what_is_no_utf8_is_replaced(void **state)
{
	(void)state;
	ESCAPES("a\xff" "b", "a\xef\xbf\xbd" "b");
	/* overlong '<', a surrogate, above U+10FFFF, cut off */
	ESCAPES("\xc0\xbc", "\xef\xbf\xbd\xef\xbf\xbd");
	ESCAPES("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	ESCAPES("\xf4\x90\x80\x80",
		"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	ESCAPES("\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd");
	ESCAPES("\xe2\x82\xac \xf0\x9f\x98\x80", "\xe2\x82\xac \xf0\x9f\x98\x80");
}

static void control_characters_become_visible(void **state)
{
	(void)state;
	ESCAPES("a\0b", "a\xe2\x90\x80" "b");
	ESCAPES("\x1b[31m\x7f", "\xe2\x90\x9b[31m\xe2\x90\xa1");
	ESCAPES("a\nb", "a\xe2\x90\x8a" "b");
	/* U+202E turns text around; U+2066, U+200B, U+FEFF, U+E0041, U+0085 */
	ESCAPES("gpj.\xe2\x80\xae" "exe", "gpj.[U+202E]exe");
	ESCAPES("\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbf\xf3\xa0\x81\x81\xc2\x85",
		"[U+2066][U+200B][U+FEFF][U+E0041][U+0085]");
}

static void addresses_are_escaped_byte_by_byte(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 10);
	page_escape_url(&b, bytes_of_text("a b/?#&\"\xc3\xa9"));
	assert_string_equal(buf_str(&b), "a%20b%2F%3F%23%26%22%C3%A9");
	buf_free(&b);
}

/* --- templates --- */

struct world {
	struct arena arena;
	struct page_tree tree;
};

static void shows(struct world *w, const char *template, const char *wanted)
{
	struct buf b;

	assert_null(page_template_fault(template));
	buf_init(&b, 1 << 16);
	page_render_text(&b, &w->tree, template);
	assert_string_equal(buf_str(&b), wanted);
	buf_free(&b);
}

static int make(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct page_value *list, *v;
	static const uint8_t raw[] = {0xde, 0xad};

	arena_init(&w->arena, 1 << 20);
	page_tree_init(&w->tree, &w->arena);
	v = &w->tree.root;
	page_text(&w->tree, v, "evil", "<b>'&");
	page_text(&w->tree, v, "none", "");
	page_flag(&w->tree, v, "yes", true);
	page_flag(&w->tree, v, "no", false);
	page_int(&w->tree, v, "sat", 123450000000);
	page_int(&w->tree, v, "minus", -1234567);
	page_int(&w->tree, v, "time", 1231006505);
	page_hex(&w->tree, v, "raw", raw, 2);
	page_text(&w->tree, v, "long", "0123456789abcdef");
	list = page_list(&w->tree, v, "empty");
	assert_non_null(list);
	list = page_list(&w->tree, v, "row");
	for (int i = 1; i <= 3; i++) {
		struct page_value *row = page_item(&w->tree, list);

		page_int(&w->tree, row, "i", i);
		if (i == 2)
			page_text(&w->tree, page_group(&w->tree, row, "in"), "x",
				  "two");
	}
	*state = w;
	return w->tree.failed;
}

static int drop(void **state)
{
	struct world *w = *state;

	arena_free(&w->arena);
	free(w);
	return 0;
}

static void values_are_escaped_and_absent_ones_empty(void **state)
{
	shows(*state, "a{{evil}}b{{nothing}}c{{none}}d{{! no }}{{yes}}",
	      "a&lt;b&gt;&#39;&amp;bcd");
}

static void sections_show_what_is_true(void **state)
{
	shows(*state, "{{#yes}}1{{/yes}}{{#no}}2{{/no}}{{^no}}3{{/no}}"
		      "{{#none}}4{{/none}}{{^empty}}5{{/empty}}{{#gone}}6{{/gone}}",
	      "135");
}

static void lists_repeat_and_inner_names_come_first(void **state)
{
	shows(*state, "{{#row}}{{i}}{{#in}}({{x}}{{i}}{{raw}}){{/in}},{{/row}}{{i}}",
	      "1,2(two2dead),3,");
	shows(*state, "{{#row}}{{in.x}}{{#row}}{{i}}{{/row}};{{/row}}",
	      "123;two123;123;");
}

static void filters_write_numbers(void **state)
{
	shows(*state, "{{sat|n}} {{minus|n}} {{evil|n}}",
	      "123,450,000,000 -1,234,567 &lt;b&gt;&#39;&amp;");
	shows(*state, "{{sat|coin}}|{{sat|coin0}}", "1,234.5|0000000");
	shows(*state, "{{time|date}} {{time|iso}}",
	      "2009-01-03 18:15:05 2009-01-03T18:15:05Z");
	shows(*state, "{{long|head}}_{{long|tail}} {{sat|size}} {{evil|url}}",
	      "01234567_89abcdef 123 GB %3Cb%3E%27%26");
}

static void wrong_templates_are_noticed(void **state)
{
	(void)state;
	assert_non_null(page_template_fault("{{#a}}"));
	assert_non_null(page_template_fault("{{#a}}{{#b}}{{/a}}{{/b}}"));
	assert_non_null(page_template_fault("{{/a}}"));
	assert_non_null(page_template_fault("{{a"));
	assert_non_null(page_template_fault("{{a|shout}}"));
	assert_non_null(page_template_fault("{{>nowhere}}"));
	assert_non_null(page_template_fault("{{}}"));
}

static void every_template_of_a_page_is_right(void **state)
{
	(void)state;
	assert_true(page_n_templates > 5);
	for (unsigned i = 0; i < page_n_templates; i++) {
		const char *fault = page_template_fault(page_templates[i].text);

		if (fault)
			fail_msg("%s: %s", page_templates[i].name, fault);
	}
}

/* A value inside a tag, but outside of quotes: a text could leave its attribute. */
static bool has_bare_value(const char *text)
{
	bool tag = false, quoted = false;

	for (const char *p = text; *p; p++) {
		if (p[0] == '{' && p[1] == '{') {
			if (tag && !quoted && !strchr("#^/>!", p[2]))
				return true;
			p = strstr(p, "}}") + 1;
		} else if (*p == '"' && tag) {
			quoted = !quoted;
		} else if (*p == '<' && !quoted) {
			tag = true;
		} else if (*p == '>' && !quoted) {
			tag = false;
		}
	}
	return tag;
}

static void templates_have_no_inline_code_and_quote_attributes(void **state)
{
	(void)state;
	assert_true(has_bare_value("<a href={{x}}>"));
	assert_false(has_bare_value("<a href=\"{{x}}\"{{#y}} b{{/y}}>{{z}}</a>"));
	for (unsigned i = 0; i < page_n_templates; i++) {
		const char *text = page_templates[i].text;

		/* the Content-Security-Policy refuses the first ones */
		if (strstr(text, "style=") || strstr(text, "onclick") ||
		    strstr(text, "javascript:") || has_bare_value(text))
			fail_msg("%s", page_templates[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_becomes_text),
		cmocka_unit_test(what_is_no_utf8_is_replaced),
		cmocka_unit_test(control_characters_become_visible),
		cmocka_unit_test(addresses_are_escaped_byte_by_byte),
		cmocka_unit_test_setup_teardown(
			values_are_escaped_and_absent_ones_empty, make, drop),
		cmocka_unit_test_setup_teardown(sections_show_what_is_true, make,
						drop),
		cmocka_unit_test_setup_teardown(
			lists_repeat_and_inner_names_come_first, make, drop),
		cmocka_unit_test_setup_teardown(filters_write_numbers, make, drop),
		cmocka_unit_test(wrong_templates_are_noticed),
		cmocka_unit_test(every_template_of_a_page_is_right),
		cmocka_unit_test(templates_have_no_inline_code_and_quote_attributes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
