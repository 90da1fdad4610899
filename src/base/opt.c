/* SPDX-License-Identifier: MIT */
/* One pass over the arguments; the configuration is read after it, so that what
 * options have set stays. */
#include "base/opt.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/log.h"

/* Options that every program has. */
static const char *const common[][2] = {
	{"--conf FILE", "read FILE instead of "},
	{"--help", "print this and end"},
	{"--version", "print the version and end"},
};

__attribute__((format(printf, 2, 0)))
static void complain(const struct opt_program *p, const char *fmt, va_list ap,
		     const char *more)
{
	char text[600];

	vsnprintf(text, sizeof(text), fmt, ap);
	fprintf(stderr, "%s: %s%s\n", p->name, text, more);
}

int opt_usage(const struct opt_program *p, const char *fmt, ...)
{
	size_t len = strlen(fmt);
	va_list ap;

	va_start(ap, fmt);
	complain(p, fmt, ap, len && fmt[len - 1] == '.' ? " Try --help."
							: ". Try --help.");
	va_end(ap);
	return EXIT_USAGE;
}

int opt_failed(const struct opt_program *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(p, fmt, ap, "");
	va_end(ap);
	return EXIT_FAILED;
}

static void help_line(const char *left, const char *text, const char *more)
{
	printf("  %-22s %s%s\n", left, text, more);
}

static void print_help(const struct opt_program *p)
{
	char left[64], more[300];

	printf("usage: %s [OPTION]...%s%s\n", p->name, p->operands ? " " : "",
	       p->operands ? p->operands : "");
	if (p->about)
		printf("%s\n", p->about);
	printf("\n");
	for (size_t i = 0; i < p->n_opts; i++) {
		const struct opt *o = &p->opts[i];
		const char *fallback = "";

		snprintf(left, sizeof(left), "--%s%s%s", o->name,
			 o->arg ? " " : "", o->arg ? o->arg : "");
		if (o->kind == OPT_KIND_KEY && o->arg)
			fallback = conf_fallback(o->key);
		snprintf(more, sizeof(more), *fallback ? " (%s)" : "%s", fallback);
		help_line(left, o->help ? o->help : conf_help(o->key), more);
	}
	help_line(common[0][0], common[0][1], conf_default_path());
	help_line(common[1][0], common[1][1], "");
	help_line(common[2][0], common[2][1], "");
}

static const struct opt *find(const struct opt_program *p, const char *name,
			      size_t len)
{
	for (size_t i = 0; i < p->n_opts; i++) {
		if (strlen(p->opts[i].name) == len &&
		    memcmp(p->opts[i].name, name, len) == 0)
			return &p->opts[i];
	}
	return NULL;
}

static bool parse_number(int64_t *out, const char *text, int64_t min, int64_t max)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno || end == text || *end || n < min || n > max)
		return false;
	*out = n;
	return true;
}

/* Puts an option's value in its place; -1 or an exit code. */
static int apply(const struct opt_program *p, const struct opt *o,
		 struct conf *conf, const char *value)
{
	char error[CONF_ERROR_SIZE];
	enum status st;

	switch (o->kind) {
	case OPT_KIND_FLAG:
		*o->to.flag = true;
		return -1;
	case OPT_KIND_TEXT:
		*o->to.text = value;
		return -1;
	case OPT_KIND_NUMBER:
		if (parse_number(o->to.number, value, o->min, o->max))
			return -1;
		return opt_usage(p, "--%s is a number from %lld to %lld.", o->name,
				 (long long)o->min, (long long)o->max);
	case OPT_KIND_KEY:
		st = conf_set(conf, o->key, o->arg ? value : "yes", error);
		if (st == ST_OK)
			return -1;
		if (st == ST_PARSE)
			return opt_usage(p, "--%s %s.", o->name, error);
		return opt_failed(p, "--%s %s.", o->name, error);
	}
	return -1;
}

/* One option, argv[*i] (past its dashes: text); -1 or an exit code. */
static int read_option(const struct opt_program *p, struct conf *conf,
		       const char **conf_path, int argc, char **argv, int *i)
{
	const char *text = argv[*i] + 2, *value = strchr(text, '=');
	size_t len = value ? (size_t)(value - text) : strlen(text);
	bool is_conf = len == 4 && memcmp(text, "conf", 4) == 0;
	const struct opt *o = is_conf ? NULL : find(p, text, len);
	char safe[80];

	log_safe(safe, sizeof(safe), text, len);
	if (!o && !is_conf) {
		if (strcmp(text, "help") == 0) {
			print_help(p);
			return 0;
		}
		if (strcmp(text, "version") == 0) {
			printf("%s %s\n", p->name, PACKAGE_VERSION);
			return 0;
		}
		return opt_usage(p, "--%s is not an option.", safe);
	}
	if (value) {
		value++;
		if (o && !o->arg)
			return opt_usage(p, "--%s takes no value.", safe);
	} else if (is_conf || o->arg) {
		if (*i + 1 >= argc)
			return opt_usage(p, "--%s needs a value.", safe);
		value = argv[++*i];
	}
	if (!is_conf)
		return apply(p, o, conf, value);
	*conf_path = value;
	return -1;
}

static int read_conf(const struct opt_program *p, struct conf *conf,
		     const char *path)
{
	char error[CONF_ERROR_SIZE];
	enum status st;

	st = conf_read(conf, path ? path : conf_default_path(), error);
	if (st == ST_OK || (st == ST_NOT_FOUND && !path)) {
		/* the environment wins, as an option does */
		setenv("QUARRY_LOG", conf_text(conf, CONF_LOG), 0);
		return -1;
	}
	return opt_failed(p, "%s", error);
}

int opt_read(struct opt_program *p, struct conf *conf, int argc, char **argv)
{
	const char *conf_path = NULL;
	bool options = true;
	int n = 0, code;

	for (int i = 1; i < argc; i++) {
		char *a = argv[i];

		if (options && strcmp(a, "--") == 0) {
			options = false;
		} else if (options && strcmp(a, "-h") == 0) {
			print_help(p);
			return 0;
		} else if (options && a[0] == '-' && a[1] == '-') {
			code = read_option(p, conf, &conf_path, argc, argv, &i);
			if (code >= 0)
				return code;
		} else if (options && a[0] == '-' && a[1]) {
			char safe[80];

			log_safe(safe, sizeof(safe), a, strlen(a));
			return opt_usage(p, "%s is not an option.", safe);
		} else {
			argv[1 + n++] = a;
		}
	}
	p->operand = argv + 1;
	p->n_operands = n;
	if (n < p->min_operands)
		return opt_usage(p, "%s is missing.",
				 p->operands ? p->operands : "An operand");
	if (p->max_operands >= 0 && n > p->max_operands) {
		char safe[80];

		log_safe(safe, sizeof(safe), p->operand[p->max_operands],
			 strlen(p->operand[p->max_operands]));
		return opt_usage(p, "`%s` is one argument too many.", safe);
	}
	p->conf_path = conf_path;
	return read_conf(p, conf, conf_path);
}
