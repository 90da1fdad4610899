/* SPDX-License-Identifier: MIT */
/* Options, the table of formats, and the sums. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/vectors/vectors.h"

/* Failures printed; the rest is only counted. */
#define FAILURES_SHOWN 10

struct format {
	const char *name;
	int (*run)(struct vec_run *r, char *const *files, int n);
	const char *help;
};

static const struct format formats[] = {
#define F(name, help) {#name, vec_##name, help},
#include "tests/vectors/formats.def"
#undef F
};

#define N_FORMATS (sizeof(formats) / sizeof(formats[0]))

void vec_pass(struct vec_run *r)
{
	r->passed++;
}

void vec_fail(struct vec_run *r, const char *fmt, ...)
{
	va_list ap;

	if (r->failed++ >= FAILURES_SHOWN)
		return;
	printf("%s: ", r->path);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void usage(FILE *f)
{
	fputs("usage: run FORMAT FILE... [--network NAME|DOCUMENT] [--height N]\n"
	      "           [--prevouts CSV] [--activation RULE@HEIGHT]...\n"
	      "Runs test data of other projects and prints `N passed, N failed`.\n"
	      "Formats:\n", f);
	for (size_t i = 0; i < N_FORMATS; i++)
		fprintf(f, "  %-15s %s\n", formats[i].name, formats[i].help);
}

static bool parse_height(const char *text, int64_t *height)
{
	char *end;

	errno = 0;
	*height = strtoll(text, &end, 10);
	return !errno && end != text && !*end && *height >= 0 &&
	       *height < HEIGHT_NEVER;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"network", required_argument, NULL, 'n'},
		{"height", required_argument, NULL, 'h'},
		{"prevouts", required_argument, NULL, 'p'},
		{"activation", required_argument, NULL, 'a'},
		{"help", no_argument, NULL, '?'},
		{0},
	};
	struct vec_run r = {.height = -1, .path = ""};
	const struct format *format = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'n') {
			r.network = optarg;
		} else if (c == 'p') {
			r.prevouts = optarg;
		} else if (c == 'h' && parse_height(optarg, &r.height)) {
			continue;
		} else if (c == 'a' && r.n_activation < VEC_ACTIVATIONS_MAX) {
			r.activation[r.n_activation++] = optarg;
		} else {
			bool asked = c == '?' && !optopt && optind <= argc &&
				     strcmp(argv[optind - 1], "--help") == 0;

			usage(asked ? stdout : stderr);
			return asked ? 0 : 2;
		}
	}
	for (size_t i = 0; optind < argc && i < N_FORMATS; i++) {
		if (strcmp(formats[i].name, argv[optind]) == 0)
			format = &formats[i];
	}
	if (!format || optind + 1 >= argc) {
		usage(stderr);
		return 2;
	}
	for (int i = optind + 1; i < argc;) {
		r.path = argv[i];
		i += format->run(&r, &argv[i], argc - i);
	}
	printf("%lu passed, %lu failed\n", r.passed, r.failed);
	return r.failed || !r.passed ? 1 : 0;
}
