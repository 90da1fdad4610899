/* SPDX-License-Identifier: MIT */
/*
 * quarry finality: what the validators of a chain made final (`status`), who they
 * are (`validators`), who contradicted himself (`evidence`), and certificates:
 * `certificate` writes the newest one, `verify` checks one with the chain's
 * document alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hex.h"
#include "cli/cli.h"
#include "node/finality.h"
#include "node/query.h"

#define DOCUMENT_MAX 65536

static int failed(const struct opt_program *p, struct node *n, enum status st)
{
	if (st == ST_NOT_FOUND)
		return opt_failed(p, "%s has no finality by votes.",
				  node_params(n)->name);
	return opt_failed(p, "%s: %s.", status_text(st), node_error(n));
}

static void print_mark(const char *what, const struct finality_mark *m)
{
	char hash[HASH_TEXT_SIZE];

	printf("%-11s %" PRIu32 " %s\n", what, m->height,
	       hash256_text(hash, &m->id.h));
}

static int status(const struct opt_program *p, struct node *n)
{
	struct finality_info i;
	struct node_tip tip;
	enum status st = node_finality(n, &i);

	if (st == ST_OK)
		st = node_tip(n, &tip);
	if (st != ST_OK)
		return failed(p, n, st);
	printf("chain       %s\ncheckpoints each %" PRIu32 " blocks\n"
	       "validators  %" PRIu32 ", weight %" PRIu64 "\n",
	       node_params(n)->name, i.interval, i.validators, i.weight);
	print_mark("final", &i.final);
	print_mark("justified", &i.justified);
	printf("tip         %" PRIu32 "\n", tip.height);
	return 0;
}

static int validators(const struct opt_program *p, struct node *n)
{
	struct finality_validator *v;
	uint32_t count;
	char key[65];
	enum status st;

	v = calloc(FINALITY_VALIDATORS_MAX, sizeof(*v));
	if (!v)
		return failed(p, n, ST_NOMEM);
	st = node_validators(n, v, &count);
	for (uint32_t i = 0; st == ST_OK && i < count; i++)
		printf("%s %" PRIu64 "%s\n", hex_text(key, v[i].key, 32),
		       v[i].weight, v[i].convicted ? " convicted" : "");
	free(v);
	return st == ST_OK ? 0 : failed(p, n, st);
}

static int evidence(const struct opt_program *p, struct node *n)
{
	struct finality_evidence e = {{0}};
	char key[65];
	enum status st;

	if (!node_has_finality(n))
		return failed(p, n, ST_NOT_FOUND);
	while ((st = node_evidence_next(n, e.key, &e)) == ST_OK)
		printf("%s signed %" PRIu32 " -> %" PRIu32 " and %" PRIu32
		       " -> %" PRIu32 " (%s)\n", hex_text(key, e.key, 32),
		       e.a.source_height, e.a.target_height, e.b.source_height,
		       e.b.target_height, e.surround ? "surround" : "double vote");
	return st == ST_NOT_FOUND ? 0 : failed(p, n, st);
}

static int certificate(const struct opt_program *p, struct node *n)
{
	struct finality_info i;
	struct buf out;
	enum status st = node_finality(n, &i);

	buf_init(&out, NODE_CERTIFICATE_MAX);
	if (st == ST_OK)
		st = node_certificate(n, &i.final.id, &out);
	if (st == ST_OK)
		fwrite(out.p, 1, out.len, stdout);
	buf_free(&out);
	return st == ST_OK ? 0 : failed(p, n, st);
}

static int with_node(int argc, char **argv, const char *name, const char *about,
		     int (*fn)(const struct opt_program *, struct node *))
{
	const struct opt opts[] = {OPT_KEY("db", "FILE", CONF_DB)};
	struct opt_program p = {
		.name = name, .about = about, .opts = opts, .n_opts = 1};
	char error[NODE_ERROR_SIZE];
	struct node_options o = {.readonly = true, .short_lived = true};
	struct node *n;
	struct conf conf;
	int code;

	conf_init(&conf);
	code = opt_read(&p, &conf, argc, argv);
	if (code < 0) {
		o.db_path = conf_text(&conf, CONF_DB);
		if (node_open(&n, &o, error) != ST_OK) {
			code = opt_failed(&p, "%s", error);
		} else {
			code = fn(&p, n);
			node_close(n);
		}
	}
	conf_free(&conf);
	return code;
}

static int check(const struct opt_program *p, const char *document,
		 const char *file)
{
	char error[PARAMS_ERROR_SIZE], why[256];
	struct finality_mark final;
	struct params c;
	struct buf text;
	enum status st = file_read(document, DOCUMENT_MAX, &text);

	if (st == ST_OK)
		st = params_parse(&c, buf_str(&text), text.len, error);
	else
		snprintf(error, sizeof(error), "%.100s: %s.", document,
			 status_text(st));
	buf_free(&text);
	if (st != ST_OK)
		return opt_failed(p, "%s", error);
	st = file_read(file, NODE_CERTIFICATE_MAX, &text);
	if (st != ST_OK) {
		buf_free(&text);
		return opt_failed(p, "%.200s: %s.", file, status_text(st));
	}
	if (!node_certificate_check(&c, buf_str(&text), text.len, &final, why)) {
		buf_free(&text);
		return opt_failed(p, "%s", why);
	}
	buf_free(&text);
	print_mark("final", &final);
	if (c.bond_lock)
		printf("by the founders, whose keys are in the document\n");
	return 0;
}

static int verify(int argc, char **argv)
{
	const char *document = NULL;
	const struct opt opts[] = {
		OPT_TEXT("chain", "FILE", &document, "the chain's document"),
	};
	struct opt_program p = {
		.name = "quarry finality verify",
		.operands = "CERTIFICATE",
		.about = "Checks a certificate of finality with the chain's "
			 "document alone, and prints the block that it proves "
			 "final.",
		.opts = opts,
		.n_opts = 1,
		.min_operands = 1,
		.max_operands = 1,
	};
	struct conf conf;
	int code;

	conf_init(&conf);
	code = opt_read(&p, &conf, argc, argv);
	if (code < 0 && !document)
		code = opt_usage(&p, "say --chain FILE");
	if (code < 0)
		code = check(&p, document, p.operand[0]);
	conf_free(&conf);
	return code;
}

int cmd_finality(int argc, char **argv)
{
	const struct opt_program p = {.name = "quarry finality"};
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "status") == 0)
		return with_node(argc - 1, argv + 1, "quarry finality status",
				 "Says what is final and who votes.", status);
	if (strcmp(what, "validators") == 0)
		return with_node(argc - 1, argv + 1, "quarry finality validators",
				 "Lists the keys that vote, with their weights.",
				 validators);
	if (strcmp(what, "evidence") == 0)
		return with_node(argc - 1, argv + 1, "quarry finality evidence",
				 "Lists validators that contradicted themselves.",
				 evidence);
	if (strcmp(what, "certificate") == 0)
		return with_node(argc - 1, argv + 1,
				 "quarry finality certificate",
				 "Writes the proof of the last final block.",
				 certificate);
	if (strcmp(what, "verify") == 0)
		return verify(argc - 1, argv + 1);
	if (strcmp(what, "--help") == 0 || strcmp(what, "-h") == 0) {
		printf("Usage: quarry finality status|validators|evidence|"
		       "certificate [--db FILE]\n"
		       "       quarry finality verify --chain FILE CERTIFICATE\n"
		       "What the validators of a chain made final, and proofs of "
		       "it. Each form's --help says more.\n");
		return 0;
	}
	return opt_usage(&p, "%s; say quarry finality status, validators, "
			     "evidence, certificate or verify",
			 *what == '-' ? "this is not an option of it" :
					"it does one of five things");
}
