/* SPDX-License-Identifier: MIT */
/*
 * JSON out, appended to a buffer. The writer places commas and checks that each
 * value stands where one may stand: a mistake is BUG(), so what comes out is
 * always well-formed. Text that is not UTF-8 becomes U+FFFD. Whether the buffer
 * was large enough is asked once at its end (buf_status).
 *
 *	json_begin(&w, &b);
 *	json_obj_begin(&w);
 *	json_put_int(&w, "height", 7);
 *	json_key(&w, "tx");
 *	json_arr_begin(&w);
 *	json_hash(&w, &txid.h);
 *	json_arr_end(&w);
 *	json_obj_end(&w);
 */
#ifndef QUARRY_JSON_WRITE_H
#define QUARRY_JSON_WRITE_H

#include "base/buf.h"
#include "primitives/hash.h"

#define JSON_WRITER_DEPTH 40

struct json_writer {
	struct buf *b;
	unsigned depth;
	bool after_key;		/* a member's value is due */
	bool done;		/* the outermost value is complete */
	struct {
		bool object;
		bool filled;	/* a comma goes before the next */
	} level[JSON_WRITER_DEPTH];
};

void json_begin(struct json_writer *w, struct buf *b);

void json_obj_begin(struct json_writer *w);
void json_obj_end(struct json_writer *w);
void json_arr_begin(struct json_writer *w);
void json_arr_end(struct json_writer *w);
void json_key(struct json_writer *w, const char *key);

void json_str(struct json_writer *w, const char *s);
void json_strn(struct json_writer *w, const void *s, size_t len);
void json_int(struct json_writer *w, int64_t n);
void json_uint(struct json_writer *w, uint64_t n);
void json_bool(struct json_writer *w, bool b);
void json_nil(struct json_writer *w);
/* Satoshi as coins with eight decimals: 12.34500000. */
void json_amount(struct json_writer *w, int64_t sat);
/* For rates and difficulties, never amounts: 16 digits; null when not finite. */
void json_double(struct json_writer *w, double d);
/* The digits of n bytes, first byte first. */
void json_hex(struct json_writer *w, const void *p, size_t n);
/* A hash in the order people read. */
void json_hash(struct json_writer *w, const struct hash256 *h);
/* One value that is JSON already. */
void json_raw(struct json_writer *w, const void *text, size_t len);

/* One or more members of an object that are JSON already. */
void json_members(struct json_writer *w, const void *text, size_t len);

/* A key and its value. */
void json_put_str(struct json_writer *w, const char *key, const char *s);
void json_put_int(struct json_writer *w, const char *key, int64_t n);
void json_put_uint(struct json_writer *w, const char *key, uint64_t n);
void json_put_bool(struct json_writer *w, const char *key, bool b);
void json_put_nil(struct json_writer *w, const char *key);
void json_put_amount(struct json_writer *w, const char *key, int64_t sat);
void json_put_double(struct json_writer *w, const char *key, double d);
void json_put_hex(struct json_writer *w, const char *key, const void *p,
		  size_t n);
void json_put_hash(struct json_writer *w, const char *key,
		   const struct hash256 *h);

#endif
