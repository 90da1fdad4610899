/* SPDX-License-Identifier: MIT */
#include "wire/envelope.h"

#include "base/bug.h"
#include "crypto/sha256.h"

/* A body's buffer above this size is given back after its message. */
#define KEEP_CAPACITY 65536u

static const struct {
	const char *name;
	uint32_t max;
} commands[WIRE_COMMAND_COUNT] = {
	[WIRE_UNKNOWN] = {"", 0},
#define C(code, name, max) [code] = {name, max},
#include "wire/commands.def"
#undef C
};

const char *wire_name(enum wire_command c)
{
	BUG_ON((unsigned)c >= WIRE_COMMAND_COUNT);
	return commands[c].name;
}

uint32_t wire_payload_max(enum wire_command c)
{
	BUG_ON((unsigned)c >= WIRE_COMMAND_COUNT);
	return commands[c].max;
}

enum wire_command wire_by_name(const char *name)
{
	for (unsigned c = WIRE_UNKNOWN + 1; c < WIRE_COMMAND_COUNT; c++) {
		if (strcmp(commands[c].name, name) == 0)
			return (enum wire_command)c;
	}
	return WIRE_UNKNOWN;
}

void wire_parser_init(struct wire_parser *p, const uint8_t magic[4])
{
	memset(p, 0, sizeof(*p));
	memcpy(p->magic, magic, 4);
	buf_init(&p->body, WIRE_PAYLOAD_MAX);
}

void wire_parser_free(struct wire_parser *p)
{
	buf_free(&p->body);
}

size_t wire_parser_memory(const struct wire_parser *p)
{
	return sizeof(*p) + p->body.cap;
}

/* Printable ASCII, then only NULs. False for anything else; out then holds what
 * is printable. */
static bool name_read(char out[WIRE_NAME_SIZE], const uint8_t raw[12])
{
	size_t n = 0;

	while (n < 12 && raw[n] >= ' ' && raw[n] <= '~') {
		out[n] = (char)raw[n];
		n++;
	}
	out[n] = '\0';
	for (; n < 12; n++) {
		if (raw[n] != 0)
			return false;
	}
	return true;
}

static enum wire_event broken(struct wire_parser *p, const char *why)
{
	p->broken = true;
	p->msg.why = why;
	return WIRE_BROKEN;
}

/* The 24 bytes are here: what follows them? */
static enum wire_event head_done(struct wire_parser *p)
{
	struct wire_message *m = &p->msg;

	memset(m, 0, sizeof(*m));
	if (memcmp(p->head, p->magic, 4) != 0)
		return broken(p, "wrong message start");
	p->bad_name = !name_read(m->name, p->head + 4);
	m->command = p->bad_name ? WIRE_UNKNOWN : wire_by_name(m->name);
	m->length = le32_get(p->head + 16);
	if (m->length > WIRE_PAYLOAD_MAX)
		return broken(p, "message longer than 4,000,000 bytes");
	p->left = m->length;
	p->keep = m->command != WIRE_UNKNOWN &&
		  m->length <= wire_payload_max(m->command);
	if (p->body.cap > KEEP_CAPACITY) {
		buf_free(&p->body);
		buf_init(&p->body, WIRE_PAYLOAD_MAX);
	}
	buf_reset(&p->body);
	return WIRE_NEED_MORE;
}

static enum wire_event body_done(struct wire_parser *p)
{
	struct wire_message *m = &p->msg;
	uint8_t sum[32];

	p->n_head = 0;
	if (p->bad_name) {
		m->why = "invalid message type";
		return WIRE_DROPPED;
	}
	if (m->command == WIRE_UNKNOWN)
		return WIRE_MESSAGE;
	if (!p->keep)
		return WIRE_TOO_LONG;
	m->payload = buf_view(&p->body);
	sha256d(sum, m->payload.p, m->payload.len);
	if (memcmp(sum, p->head + 20, 4) != 0) {
		m->payload = bytes_of(NULL, 0);
		m->why = "wrong checksum";
		return WIRE_DROPPED;
	}
	return WIRE_MESSAGE;
}

/* n bytes of *in are used up. */
static void advance(struct bytes *in, size_t n)
{
	if (n) {
		in->p += n;
		in->len -= n;
	}
}

enum wire_event wire_feed(struct wire_parser *p, struct bytes *in,
			  struct wire_message *out)
{
	enum wire_event e = p->broken ? WIRE_BROKEN : WIRE_NEED_MORE;
	size_t n;

	if (!p->broken && p->n_head < WIRE_HEADER_SIZE) {
		n = WIRE_HEADER_SIZE - p->n_head;
		if (n > in->len)
			n = in->len;
		if (n)
			memcpy(p->head + p->n_head, in->p, n);
		p->n_head += (unsigned)n;
		advance(in, n);
		if (p->n_head < WIRE_HEADER_SIZE)
			return WIRE_NEED_MORE;
		e = head_done(p);
	}
	if (e == WIRE_NEED_MORE) {
		n = p->left < in->len ? p->left : in->len;
		if (n && p->keep)
			buf_add(&p->body, in->p, n);
		if (buf_status(&p->body) != ST_OK)
			return WIRE_NO_MEMORY;
		p->left -= (uint32_t)n;
		advance(in, n);
		if (p->left)
			return WIRE_NEED_MORE;
		e = body_done(p);
	}
	*out = p->msg;
	return e;
}

size_t wire_begin(struct buf *b, const uint8_t magic[4], enum wire_command c)
{
	uint8_t head[WIRE_HEADER_SIZE] = {0};
	const char *name = wire_name(c);
	size_t at = b->len;

	memcpy(head, magic, 4);
	memcpy(head + 4, name, strlen(name));
	buf_add(b, head, sizeof(head));
	return at;
}

void wire_end(struct buf *b, size_t at)
{
	uint8_t sum[32];
	size_t n;

	if (buf_status(b) != ST_OK)
		return;
	BUG_ON(b->len < at + WIRE_HEADER_SIZE);
	n = b->len - at - WIRE_HEADER_SIZE;
	BUG_ON(n > WIRE_PAYLOAD_MAX);
	sha256d(sum, b->p + at + WIRE_HEADER_SIZE, n);
	le32_put(b->p + at + 16, (uint32_t)n);
	memcpy(b->p + at + 20, sum, 4);
}

void wire_put(struct buf *b, const uint8_t magic[4], enum wire_command c,
	      struct bytes payload)
{
	size_t at = wire_begin(b, magic, c);

	buf_bytes(b, payload);
	wire_end(b, at);
}
