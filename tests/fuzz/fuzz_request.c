/* SPDX-License-Identifier: MIT */
/* A request from hostile CGI variables: lines NAME=VALUE, then an empty line and
 * the body. What is read stays within its bounds, and what is refused says why. */
#include "tests/fuzz/fuzz.h"

#include "fcgi/http/request.h"

enum { VARIABLES_MAX = 16, BODY_LIMIT = 1000 };

struct input {
	char *variable[VARIABLES_MAX];
	size_t n;
	const uint8_t *body;
	size_t len, at;
};

static const char *input_param(void *arg, const char *name)
{
	const struct input *in = arg;
	size_t len = strlen(name);

	for (size_t i = 0; i < in->n; i++)
		if (strncmp(in->variable[i], name, len) == 0 &&
		    in->variable[i][len] == '=')
			return in->variable[i] + len + 1;
	return NULL;
}

static long input_read(void *arg, void *p, size_t n)
{
	struct input *in = arg;

	if (n > in->len - in->at)
		n = in->len - in->at;
	/* no body is NULL, of which nothing may be computed */
	if (n)
		memcpy(p, in->body + in->at, n);
	in->at += n;
	return (long)n;
}

static void check(struct request *rq, const struct request_source *src)
{
	struct request_fault fault;
	uint64_t number;

	for (unsigned i = 0; i < rq->n_segment; i++)
		for (size_t k = 0; k < rq->segment[i].len; k++)
			BUG_ON(rq->segment[i].p[k] < 0x20);
	for (unsigned i = 0; i < rq->n_query; i++)
		BUG_ON(!rq->query[i].name || !rq->query[i].value);
	BUG_ON(rq->n_segment > REQUEST_SEGMENTS_MAX);
	BUG_ON(rq->n_query > REQUEST_QUERY_MAX);
	if (request_query_number(rq, "a", 0, 99, &number))
		BUG_ON(number > 99);
	request_is_json(rq);
	request_is_cross_site(rq);
	if (!request_read_body(rq, src, BODY_LIMIT, &fault)) {
		BUG_ON(fault.status < 400 || !fault.code || !fault.message);
		return;
	}
	BUG_ON(rq->body.len > BODY_LIMIT || rq->body.p[rq->body.len] != 0);
	BUG_ON(rq->content_length >= 0 &&
	       (uint64_t)rq->content_length != rq->body.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = {0};
	const struct request_source src = {input_param, input_read, &in};
	struct request_fault fault;
	struct request rq;
	struct arena arena;
	char *text = malloc(len + 1), *line = text;

	if (!text)
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	while (in.n < VARIABLES_MAX && *line && *line != '\n') {
		char *end = strchr(line, '\n');

		in.variable[in.n++] = line;
		if (!end) {
			line += strlen(line);
			break;
		}
		*end = '\0';
		line = end + 1;
	}
	if (*line == '\n') {
		in.body = data + (line + 1 - text);
		in.len = len - (size_t)(line + 1 - text);
	}
	arena_init(&arena, 1 << 20);
	if (request_read(&rq, &src, &arena, &fault))
		check(&rq, &src);
	else
		BUG_ON(fault.status < 400 || !fault.code || !fault.message);
	arena_free(&arena);
	free(text);
	return 0;
}
