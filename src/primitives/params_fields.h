/* SPDX-License-Identifier: MIT */
/*
 * The keys of a chain document, each once: what reads a document (params.c) and
 * what writes one (params_write.c) walk the same table.
 */
#ifndef QUARRY_PRIMITIVES_PARAMS_FIELDS_H
#define QUARRY_PRIMITIVES_PARAMS_FIELDS_H

#include "primitives/params.h"

enum params_kind {
	PK_NAME,	/* lower-case letters, digits, hyphens */
	PK_BOOL,	/* yes or no */
	PK_UINT,	/* min..max, in `size` bytes */
	PK_HEIGHT,	/* as PK_UINT of 4 bytes, or the word never */
	PK_RETARGET,	/* 2016, none or asert */
	PK_COINS,	/* decimal coins */
	PK_NUMBER,	/* 64 hexadecimal digits, a number */
	PK_HASH,	/* 64 hexadecimal digits, a hash as people read it */
	PK_BLOCK,	/* a height and a hash */
	PK_BYTES,	/* exactly `size` bytes in hexadecimal */
	PK_CHALLENGE,	/* 1 to 256 bytes in hexadecimal */
	PK_MAKERS,	/* x-only keys of 64 hexadecimal digits, by blanks */
	PK_KEY,		/* 33 or 65 bytes in hexadecimal */
	PK_HRP,		/* lower-case letters and digits */
	PK_MESSAGE,	/* printable ASCII */
	PK_HOSTS,	/* names of hosts, one blank between two */
	PK_BITS,	/* 8 hexadecimal digits */
	PK_VALIDATORS,	/* KEY:WEIGHT, one blank between two */
};

enum {
	PF_OPTIONAL = 1,	/* may be missing */
	PF_BITCOIN = 2,		/* only in Bitcoin's own networks */
};

struct params_field {
	const char *key;
	enum params_kind kind;
	unsigned flags;
	size_t offset;
	size_t size;
	uint32_t min, max;
	const char *example;
	const char *comment;	/* written above it; NULL: belongs to the last */
};

enum { PARAMS_FIELDS = 50 };
extern const struct params_field params_fields[PARAMS_FIELDS];

/* Longest genesis message: with it the coinbase script has 100 bytes, the most
 * that the rules allow. */
#define PARAMS_MESSAGE_MAX 91
#define PARAMS_DOCUMENT_MAX 16384

/* Reads one value into its member of p; false when it is not what it should be,
 * which params_value_form then says, to follow "must be". */
NODISCARD bool params_value_parse(struct params *p, const struct params_field *f,
				  const char *v, size_t len);
void params_value_form(char *out, size_t size, const struct params_field *f);
/* As params_parse; own false: one of Bitcoin's networks. */
NODISCARD enum status params_parse_as(struct params *p, bool own,
				      const char *text, size_t len,
				      char error[PARAMS_ERROR_SIZE]);
/* Fills p->genesis's Merkle root and p->genesis_id from the other fields. */
void params_genesis_complete(struct params *p);

#endif
