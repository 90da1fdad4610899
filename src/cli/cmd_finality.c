/* SPDX-License-Identifier: MIT */
/*
 * quarry finality: what the validators of a chain made final (`status`), who they
 * are (`validators`), who contradicted himself (`evidence`), and certificates:
 * `certificate` writes one, `verify` checks it with the chain's document alone,
 * and with the headers that `headers` writes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hex.h"
#include "cli/cli.h"
#include "node/finality/finality.h"
#include "node/query/query.h"

#define DOCUMENT_MAX 65536
#define HEADERS_FILE_MAX ((size_t)1 << 30)
#define HEADERS_AT_ONCE 2000

/* What `certificate` was asked for. */
struct wish {
	const char *of, *from;	/* NULL: the last final block; the last link alone */
};

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

static int status(const struct opt_program *p, struct node *n,
		   const struct wish *w)
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

static int validators(const struct opt_program *p, struct node *n,
		      const struct wish *w)
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

static int evidence(const struct opt_program *p, struct node *n,
		    const struct wish *w)
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

static bool take_hash(struct blkid *out, const char *text)
{
	return hash256_parse(&out->h, text, strlen(text));
}

static int certificate(const struct opt_program *p, struct node *n,
		       const struct wish *w)
{
	struct blkid of, from = node_params(n)->genesis_id;
	struct finality_info i;
	struct buf out;
	enum status st = node_finality(n, &i);

	if (st != ST_OK)
		return failed(p, n, st);
	of = i.final.id;
	if ((w->of && !take_hash(&of, w->of)) ||
	    (w->from && strcmp(w->from, "genesis") != 0 &&
	     !take_hash(&from, w->from)))
		return opt_usage(p, "a block's hash has 64 hexadecimal digits.");
	buf_init(&out, NODE_CERTIFICATE_MAX);
	st = node_certificate(n, &of, w->from ? &from : NULL, &out);
	if (st == ST_OK)
		fwrite(out.p, 1, out.len, stdout);
	buf_free(&out);
	if (st == ST_NOT_FOUND)
		return opt_failed(p, "No final checkpoint has this hash, or the "
				     "way to it does not pass through --from.");
	return st == ST_OK ? 0 : failed(p, n, st);
}

/* As bytes, from the genesis block up to the child of the last final one. */
static int headers(const struct opt_program *p, struct node *n,
		   const struct wish *w)
{
	struct blkid after = {0};
	struct finality_info i;
	uint32_t done = 0, end;
	struct arena a;
	enum status st = node_finality(n, &i);

	(void)w;
	arena_init(&a, (size_t)16 << 20);
	end = i.final.height + i.interval + 1;
	while (st == ST_OK && done < end) {
		uint32_t count, max = end - done;
		struct block_info b;
		uint8_t *raw;

		arena_reset(&a);
		st = query_headers(n, &after, done > 0, NULL,
				   max < HEADERS_AT_ONCE ? max : HEADERS_AT_ONCE,
				   &a, &raw, &count);
		if (st == ST_OK && done == 0) {
			/* they begin behind the genesis block */
			uint8_t first[HEADER_SIZE];

			st = query_block_at(n, 0, &b);
			header_write(first, &b.header);
			fwrite(first, 1, sizeof(first), stdout);
			done++;
			after = b.id;
			continue;
		}
		if (st != ST_OK || count == 0)
			break;
		fwrite(raw, HEADER_SIZE, count, stdout);
		header_hash_raw(&after, raw + (size_t)(count - 1) * HEADER_SIZE);
		done += count;
	}
	arena_free(&a);
	return st == ST_OK ? 0 : failed(p, n, st);
}

static int with_node(int argc, char **argv, const char *name, const char *about,
		     int (*fn)(const struct opt_program *, struct node *,
			       const struct wish *))
{
	struct wish w = {0};
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_TEXT("from", "HASH", &w.from,
			 "all links from this final block on; `genesis`: all"),
	};
	struct opt_program p = {
		.name = name, .about = about, .opts = opts,
		.n_opts = fn == certificate ? 2 : 1,
		.operands = fn == certificate ? "[HASH]" : NULL,
		.max_operands = fn == certificate,
	};
	char error[NODE_ERROR_SIZE];
	struct node_options o = {.readonly = true, .short_lived = true};
	struct node *n;
	struct conf conf;
	int code;

	conf_init(&conf);
	code = opt_read(&p, &conf, argc, argv);
	if (code < 0) {
		o.db_path = conf_text(&conf, CONF_DB);
		w.of = p.n_operands ? p.operand[0] : NULL;
		if (node_open(&n, &o, error) != ST_OK) {
			code = opt_failed(&p, "%s", error);
		} else {
			code = fn(&p, n, &w);
			node_close(n);
		}
	}
	conf_free(&conf);
	return code;
}

/* What a certificate is judged by. */
struct verifier {
	const char *document, *file, *headers, *validators, *from;
	struct params params;
	struct finality_validator *v;
	uint32_t n_v;
};

/* Lines of KEY WEIGHT, as `quarry finality validators` prints them. */
static bool read_validators(struct verifier *r, struct buf *text)
{
	r->v = calloc(FINALITY_VALIDATORS_MAX, sizeof(*r->v));
	for (char *line = (char *)text->p, *next; r->v && *line; line = next) {
		char *end = strchrnul(line, '\n');
		struct finality_validator *v = &r->v[r->n_v];
		uint64_t weight = 0;
		size_t at = 65;

		next = *end ? end + 1 : end;
		*end = '\0';
		if (r->n_v == FINALITY_VALIDATORS_MAX || strlen(line) < 66 ||
		    line[64] != ' ' || !hex_parse(v->key, 32, line, 64))
			return false;
		for (; line[at] >= '0' && line[at] <= '9' && at < 65 + 18; at++)
			weight = 10 * weight + (uint64_t)(line[at] - '0');
		if (!weight || (line[at] && line[at] != ' ') ||
		    (r->n_v && memcmp(v[-1].key, v->key, 32) >= 0))
			return false;
		v->weight = weight;
		r->n_v++;
	}
	return r->n_v > 0;
}

static enum status read_all(struct verifier *r, char error[256])
{
	char parsed[PARAMS_ERROR_SIZE];
	struct buf text;
	const char *file = r->document;
	enum status st = file_read(file, DOCUMENT_MAX, &text);

	if (st == ST_OK) {
		st = params_parse(&r->params, buf_str(&text), text.len, parsed);
		buf_free(&text);
		if (st != ST_OK) {
			snprintf(error, 256, "%.250s", parsed);
			return st;
		}
	}
	if (st == ST_OK && r->validators) {
		file = r->validators;
		st = file_read(file, DOCUMENT_MAX, &text);
		if (st == ST_OK && !read_validators(r, &text)) {
			snprintf(error, 256, "%.100s has no lines of KEY WEIGHT, "
				 "by ascending keys.", file);
			st = ST_PARSE;
		} else if (st != ST_OK) {
			snprintf(error, 256, "%.100s: %s.", file,
				 status_text(st));
		}
		buf_free(&text);
		return st;
	}
	if (st != ST_OK)
		snprintf(error, 256, "%.100s: %s.", file, status_text(st));
	return st;
}

static bool holds(const struct verifier *r, const struct finality_mark *final,
		  char why[256])
{
	struct buf raw;
	enum status st;
	bool good;

	if (!r->headers)
		return true;
	st = file_read(r->headers, HEADERS_FILE_MAX, &raw);
	if (st != ST_OK) {
		snprintf(why, 256, "%.100s: %s.", r->headers, status_text(st));
		buf_free(&raw);
		return false;
	}
	good = node_headers_hold(&r->params, raw.p, raw.len, final, why);
	buf_free(&raw);
	return good;
}

static int check(const struct opt_program *p, struct verifier *r)
{
	struct certificate_trust trust = {0};
	struct finality_mark final;
	struct blkid from;
	char why[256];
	struct buf text;
	bool good;
	enum status st = read_all(r, why);

	if (st != ST_OK)
		return opt_failed(p, "%s", why);
	trust.validator = r->v;
	trust.n = r->n_v;
	if (r->from && !take_hash(&from, r->from))
		return opt_usage(p, "a block's hash has 64 hexadecimal digits.");
	trust.from = r->from ? &from : NULL;
	st = file_read(r->file, NODE_CERTIFICATE_MAX, &text);
	if (st != ST_OK) {
		buf_free(&text);
		return opt_failed(p, "%.200s: %s.", r->file, status_text(st));
	}
	good = node_certificate_check(&r->params, buf_str(&text), text.len, &trust,
				      &final, why) && holds(r, &final, why);
	buf_free(&text);
	if (!good)
		return opt_failed(p, "%s", why);
	print_mark("final", &final);
	if (r->params.bond_lock && !r->validators)
		printf("by the founders, whose keys are in the document\n");
	return 0;
}

static int verify(int argc, char **argv)
{
	struct verifier r = {0};
	const struct opt opts[] = {
		OPT_TEXT("chain", "FILE", &r.document, "the chain's document"),
		OPT_TEXT("headers", "FILE", &r.headers,
			 "headers that must have the block, 80 bytes each, from "
			 "the genesis block on"),
		OPT_TEXT("validators", "FILE", &r.validators,
			 "who votes, in place of the document's: KEY WEIGHT"),
		OPT_TEXT("from", "HASH", &r.from,
			 "a final block: the certificate must begin there"),
	};
	struct opt_program p = {
		.name = "quarry finality verify",
		.operands = "CERTIFICATE",
		.about = "Checks a certificate of finality with the chain's "
			 "document alone, and prints the block that it proves "
			 "final.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(*opts),
		.min_operands = 1,
		.max_operands = 1,
	};
	struct conf conf;
	int code;

	conf_init(&conf);
	code = opt_read(&p, &conf, argc, argv);
	if (code < 0 && !r.document)
		code = opt_usage(&p, "say --chain FILE");
	if (code < 0) {
		r.file = p.operand[0];
		code = check(&p, &r);
	}
	free(r.v);
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
				 "Writes the proof that a block is final; without "
				 "a hash, that the last one is.", certificate);
	if (strcmp(what, "headers") == 0)
		return with_node(argc - 1, argv + 1, "quarry finality headers",
				 "Writes the headers up to the last final block, "
				 "80 bytes each, for verify.", headers);
	if (strcmp(what, "verify") == 0)
		return verify(argc - 1, argv + 1);
	if (strcmp(what, "--help") == 0 || strcmp(what, "-h") == 0) {
		printf("Usage: quarry finality status|validators|evidence|headers "
		       "[--db FILE]\n"
		       "       quarry finality certificate [--db FILE] "
		       "[--from HASH] [HASH]\n"
		       "       quarry finality verify --chain FILE [--headers "
		       "FILE] CERTIFICATE\n"
		       "What the validators of a chain made final, and proofs of "
		       "it. Each form's --help says more.\n");
		return 0;
	}
	return opt_usage(&p, "%s; say quarry finality status, validators, "
			     "evidence, certificate, headers or verify",
			 *what == '-' ? "this is not an option of it" :
					"it does one of six things");
}
