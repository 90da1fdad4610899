/* SPDX-License-Identifier: MIT */
/*
 * A program's arguments: --name VALUE, --name=VALUE, switches, operands; --
 * ends the options, which may stand before and after operands. A table says
 * which options there are; --help is written from it, and every program also
 * takes --conf FILE, --help (-h) and --version. An option that stands for a key
 * of the configuration sets that key; the configuration is read as well.
 *
 *	int64_t once = 0;
 *	const struct opt opts[] = {
 *		OPT_KEY("db", "FILE", CONF_DB),
 *		OPT_NUMBER("once", "N", &once, 1, 1000000, "mine N blocks"),
 *	};
 *	struct opt_program p = {.name = "quarry-miner", .about = "Mines.",
 *				.opts = opts, .n_opts = 2};
 *	code = opt_read(&p, &conf, argc, argv);
 *	if (code >= 0)
 *		return code;
 */
#ifndef QUARRY_BASE_OPT_H
#define QUARRY_BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"

enum opt_kind { OPT_KIND_KEY, OPT_KIND_FLAG, OPT_KIND_NUMBER, OPT_KIND_TEXT };

struct opt {
	const char *name;	/* without the dashes */
	const char *arg;	/* what its value is called; NULL: a switch */
	const char *help;	/* NULL: the key's */
	enum opt_kind kind;
	enum conf_key key;
	union {
		bool *flag;
		int64_t *number;
		const char **text;
	} to;
	int64_t min, max;
};

/* Sets a key. With arg NULL it is a switch that sets a boolean key to yes. */
#define OPT_KEY(n, a, k)                                                       \
	{                                                                      \
		.name = n, .arg = a, .kind = OPT_KIND_KEY, .key = k            \
	}
/* The same, said in other words than the configuration's. */
#define OPT_KEY_AS(n, a, k, h)                                                 \
	{                                                                      \
		.name = n, .arg = a, .kind = OPT_KIND_KEY, .key = k, .help = h \
	}
#define OPT_FLAG(n, p, h)                                                      \
	{                                                                      \
		.name = n, .kind = OPT_KIND_FLAG, .to.flag = p, .help = h      \
	}
#define OPT_NUMBER(n, a, p, lo, hi, h)                                         \
	{                                                                      \
		.name = n, .arg = a, .kind = OPT_KIND_NUMBER, .to.number = p,  \
		.min = lo, .max = hi, .help = h                                \
	}
#define OPT_TEXT(n, a, p, h)                                                   \
	{                                                                      \
		.name = n, .arg = a, .kind = OPT_KIND_TEXT, .to.text = p,      \
		.help = h                                                      \
	}

struct opt_program {
	const char *name;	/* "quarry init" */
	const char *operands;	/* "PATH..." for the usage line; NULL: none */
	const char *about;	/* a sentence or two */
	const struct opt *opts;
	size_t n_opts;
	int min_operands, max_operands;	/* max -1: any number */
	/* set by opt_read */
	const char *conf_path;	/* what --conf says; NULL: nothing */
	char **operand;		/* in argv */
	int n_operands;
};

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* Reads arguments into the table's places and conf, which was initialised, and
 * then the configuration file. Returns -1 to go on, else the exit code: 0 after
 * --help or --version, EXIT_USAGE or EXIT_FAILED after one sentence on standard
 * error. argv's elements are moved: operands come first. */
NODISCARD int opt_read(struct opt_program *p, struct conf *conf, int argc,
		       char **argv);
/* "quarry-miner: --x is not an option. Try --help." on standard error; returns
 * EXIT_USAGE. */
int opt_usage(const struct opt_program *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* One sentence on standard error; returns EXIT_FAILED. */
int opt_failed(const struct opt_program *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
