/* SPDX-License-Identifier: MIT */
/* quarry lab: the calls of lab/ on a database, whoever has it open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "lab/lab.h"

#define ARGS_MAX ((size_t)64 << 10)
#define ANSWER_MAX ((size_t)16 << 20)

static int print_calls(void)
{
	const struct lab_spec *s;

	for (size_t i = 0; (s = lab_spec_at(i)); i++) {
		printf("%s", s->name);
		for (const char *a = s->args; *a;) {
			size_t n = strcspn(a, " ");

			printf(" %.*s=...", (int)n, a);
			a += n + (a[n] == ' ');
		}
		printf("\n    %s\n", s->help);
	}
	return 0;
}

/* A value as JSON, when it is a number, true or false; else text. Addresses of
 * digits alone do not exist; rates and names are always text. */
static void put_value(struct json_writer *w, const char *key, const char *text)
{
	static const char *const texts[] = {"rates", "name", "to", "address",
					    "hash"};
	const char *digits = text + (*text == '-');
	bool plain = *text && strlen(text) < 18 &&
		     strspn(digits, "0123456789") == strlen(digits) && *digits;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		plain = plain && strcmp(key, texts[i]) != 0;
	if (plain)
		json_put_int(w, key, strtoll(text, NULL, 10));
	else if (!strcmp(text, "true") || !strcmp(text, "false"))
		json_put_bool(w, key, *text == 't');
	else
		json_put_str(w, key, text);
}

/* KEY=VALUE... as an object. */
static int read_args(const struct opt_program *p, struct json_doc *doc)
{
	char key[32], error[JSON_ERROR_SIZE];
	struct json_writer w;
	struct buf b;
	int code = -1;

	buf_init(&b, ARGS_MAX);
	json_begin(&w, &b);
	json_obj_begin(&w);
	for (int i = 1; code < 0 && i < p->n_operands; i++) {
		const char *eq = strchr(p->operand[i], '=');

		if (!eq || (size_t)(eq - p->operand[i]) >= sizeof(key)) {
			code = opt_usage(p, "%.40s is not KEY=VALUE",
					 p->operand[i]);
			break;
		}
		snprintf(key, sizeof(key), "%.*s", (int)(eq - p->operand[i]),
			 p->operand[i]);
		put_value(&w, key, eq + 1);
	}
	json_obj_end(&w);
	if (code < 0 && json_doc_parse(doc, b.p, b.len, ARGS_MAX, error) != ST_OK)
		code = opt_usage(p, "the arguments cannot be read: %s", error);
	buf_free(&b);
	return code;
}

static int call(const struct opt_program *p, struct node *n,
		const struct json_doc *doc)
{
	struct lab_fault fault;
	struct json_writer w;
	struct buf out;
	int code = 0;

	buf_init(&out, ANSWER_MAX);
	json_begin(&w, &out);
	if (!lab_call(n, p->operand[0], doc->root, &w, &fault))
		code = opt_failed(p, "%s", fault.message);
	else
		printf("%s\n", buf_str(&out));
	buf_free(&out);
	return code;
}

int cmd_lab(int argc, char **argv)
{
	const struct opt opts[] = {OPT_KEY("db", "FILE", CONF_DB)};
	struct opt_program p = {
		.name = "quarry lab",
		.operands = "[CALL [KEY=VALUE...]]",
		.about = "Does to a chain of worthless coins what programs must be "
			 "able to take: reorganisations, forks, time, fees. "
			 "Without a call it lists them.",
		.opts = opts,
		.n_opts = 1,
		.max_operands = -1,
	};
	struct json_doc doc = {0};
	struct node *n = NULL;
	struct conf c;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0 && p.n_operands == 0)
		code = print_calls();
	if (code < 0)
		code = read_args(&p, &doc);
	if (code < 0)
		code = cli_open(&p, &c, false, &n);
	if (code < 0)
		code = call(&p, n, &doc);
	json_doc_free(&doc);
	node_close(n);
	conf_free(&c);
	return code;
}
