/* SPDX-License-Identifier: MIT */
/*
 * The envelope of Bitcoin's peer-to-peer messages: magic, command, length and
 * checksum before each payload. Reading is incremental: bytes go in as they
 * come, messages come out.
 *
 * What Bitcoin Core 28.1 forgives is forgiven here: a wrong checksum or an
 * impossible command name costs the message, not the connection. A wrong magic
 * or a length above WIRE_PAYLOAD_MAX leaves no way to find the next message.
 *
 * Memory: a payload is stored as it arrives, never ahead of it, and only up to
 * the limit of its command (commands.def); unknown commands are passed over.
 */
#ifndef QUARRY_WIRE_ENVELOPE_H
#define QUARRY_WIRE_ENVELOPE_H

#include "base/buf.h"
#include "base/bytes.h"

#define WIRE_HEADER_SIZE 24
#define WIRE_NAME_SIZE 13		/* 12 bytes and a NUL */
#define WIRE_PAYLOAD_MAX 4000000u
#define WIRE_PROTOCOL_VERSION 70016

enum wire_command {
	WIRE_UNKNOWN = 0,
#define C(code, name, max) code,
#include "wire/commands.def"
#undef C
	WIRE_COMMAND_COUNT
};

/* "inv"; "" for WIRE_UNKNOWN. */
const char *wire_name(enum wire_command c);
/* WIRE_UNKNOWN for anything else than an exact name. */
enum wire_command wire_by_name(const char *name);
/* The most payload bytes that are kept for a command. */
uint32_t wire_payload_max(enum wire_command c);

enum wire_event {
	WIRE_NEED_MORE,	/* all input is used up */
	WIRE_MESSAGE,	/* a message with a good checksum, or an unknown one */
	WIRE_DROPPED,	/* a message that must be ignored; `why` says why */
	WIRE_TOO_LONG,	/* a known command with more payload than any honest
			 * peer sends; passed over */
	WIRE_BROKEN,	/* not this protocol or network: close the connection */
	WIRE_NO_MEMORY,
};

struct wire_message {
	enum wire_command command;
	char name[WIRE_NAME_SIZE];	/* as sent, printable */
	struct bytes payload;		/* empty for unknown commands; lives
					 * until the next call */
	uint32_t length;		/* as sent */
	const char *why;		/* WIRE_DROPPED and WIRE_BROKEN */
};

struct wire_parser {
	uint8_t magic[4];
	uint8_t head[WIRE_HEADER_SIZE];
	unsigned n_head;
	struct buf body;
	bool keep;		/* the body is stored */
	bool bad_name;
	bool broken;
	uint32_t left;		/* payload bytes still to come */
	struct wire_message msg;
};

void wire_parser_init(struct wire_parser *p, const uint8_t magic[4]);
void wire_parser_free(struct wire_parser *p);
/* Takes bytes from the front of *in until something is complete. Call again
 * until WIRE_NEED_MORE. After WIRE_BROKEN every call says WIRE_BROKEN. */
enum wire_event wire_feed(struct wire_parser *p, struct bytes *in,
			  struct wire_message *out);
/* Bytes of memory the parser holds. */
size_t wire_parser_memory(const struct wire_parser *p);

/* Begins a message at the end of b; append the payload, then wire_end with the
 * value returned, which fills in length and checksum. Failures of b stay in b. */
size_t wire_begin(struct buf *b, const uint8_t magic[4], enum wire_command c);
void wire_end(struct buf *b, size_t at);
/* A whole message with a payload that is there already (a block, a
 * transaction) or has none (verack). */
void wire_put(struct buf *b, const uint8_t magic[4], enum wire_command c,
	      struct bytes payload);

#endif
