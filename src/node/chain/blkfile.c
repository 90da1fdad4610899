/* SPDX-License-Identifier: MIT */
/* See blkfile.h. */
#include "node/chain/blkfile.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hex.h"

#define RECORD_HEAD 8
#define BLOCK_BYTES_MAX (64u << 20)

/* Reads n bytes at an offset, the obfuscation taken off. False: fewer there. */
static bool read_at(struct blkfile *b, uint64_t at, uint8_t *p, size_t n)
{
	if (fseeko(b->f, (off_t)at, SEEK_SET) || fread(p, 1, n, b->f) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		p[i] ^= b->xor_key[(at + i) % 8];
	return true;
}

/* The eight bytes of xor.dat in the same folder; zeros when there is none. */
static void read_key(struct blkfile *b, const char *path)
{
	const char *slash = strrchr(path, '/');
	char name[4096];
	FILE *f;

	snprintf(name, sizeof(name), "%.*sxor.dat",
		 slash ? (int)(slash + 1 - path) : 0, path);
	f = fopen(name, "rb");
	if (!f)
		return;
	if (fread(b->xor_key, 1, sizeof(b->xor_key), f) != sizeof(b->xor_key))
		memset(b->xor_key, 0, sizeof(b->xor_key));
	fclose(f);
}

static bool looks_like_hex(struct blkfile *b)
{
	uint8_t head[160];

	if (b->size < sizeof(head) || !read_at(b, 0, head, sizeof(head)))
		return false;
	for (size_t i = 0; i < sizeof(head); i++) {
		if (hex_digit((char)head[i]) < 0)
			return false;
	}
	return true;
}

/* Records of another of Bitcoin's networks are no raw block. */
static bool other_network(struct blkfile *b, const struct params *p)
{
	const char *const *name = params_builtin_names();
	uint8_t plain[8] = {0}, key[8], head[4];
	bool other = false;

	memcpy(key, b->xor_key, sizeof(key));
	for (int turn = 0; turn < 2; turn++) {
		memcpy(b->xor_key, turn ? plain : key, sizeof(key));
		if (!read_at(b, 0, head, sizeof(head)))
			break;
		for (int i = 0; name[i]; i++) {
			struct params q;

			other |= params_builtin(&q, name[i]) &&
				 memcmp(head, q.magic, 4) == 0 &&
				 memcmp(q.magic, p->magic, 4) != 0;
		}
	}
	memcpy(b->xor_key, key, sizeof(key));
	return other;
}

enum status blkfile_open(struct blkfile *b, const char *path,
			 const struct params *p)
{
	uint8_t head[4];

	struct stat sb;

	*b = (struct blkfile){0};
	/* opening a pipe would wait for who writes it */
	if (stat(path, &sb))
		return errno == ENOENT ? ST_NOT_FOUND : ST_IO;
	if (!S_ISREG(sb.st_mode))
		return ST_USAGE;
	b->f = fopen(path, "rb");
	if (!b->f)
		return errno == ENOENT ? ST_NOT_FOUND : ST_IO;
	memcpy(b->magic, p->magic, 4);
	if (fseeko(b->f, 0, SEEK_END)) {
		blkfile_close(b);
		return ST_IO;
	}
	b->size = (uint64_t)ftello(b->f);
	if (looks_like_hex(b)) {
		b->form = BLKFILE_HEX;
		return ST_OK;
	}
	b->form = BLKFILE_RECORDS;
	/* a folder may hold obfuscated files and plain ones */
	if (read_at(b, 0, head, 4) && memcmp(head, b->magic, 4) == 0)
		return ST_OK;
	read_key(b, path);
	if (read_at(b, 0, head, 4) && memcmp(head, b->magic, 4) == 0)
		return ST_OK;
	if (other_network(b, p)) {
		blkfile_close(b);
		return ST_PARSE;
	}
	if (b->size >= HEADER_SIZE + 1 && b->size <= BLOCK_BYTES_MAX) {
		memset(b->xor_key, 0, sizeof(b->xor_key));
		b->form = BLKFILE_RAW;
		return ST_OK;
	}
	if (b->size > BLOCK_BYTES_MAX)
		return ST_OK;	/* records may begin further on */
	blkfile_close(b);
	return ST_PARSE;
}

void blkfile_close(struct blkfile *b)
{
	if (b->f)
		fclose(b->f);
	b->f = NULL;
}

/* The offset of the next magic at or after b->at; false at the end. */
static bool find_magic(struct blkfile *b)
{
	uint8_t win[65536];

	/* records follow each other without a gap, nearly always */
	if (b->at + RECORD_HEAD <= b->size && read_at(b, b->at, win, 4) &&
	    memcmp(win, b->magic, 4) == 0)
		return true;
	while (b->at + RECORD_HEAD <= b->size) {
		size_t n = sizeof(win);

		if (n > b->size - b->at)
			n = (size_t)(b->size - b->at);
		if (!read_at(b, b->at, win, n))
			return false;
		for (size_t i = 0; i + 4 <= n; i++) {
			if (win[i] == b->magic[0] &&
			    memcmp(win + i, b->magic, 4) == 0) {
				b->at += i;
				return true;
			}
		}
		b->at += n - 3;
	}
	return false;
}

static enum status next_record(struct blkfile *b, struct buf *raw,
			       struct blkfile_place *where)
{
	while (find_magic(b)) {
		uint8_t head[RECORD_HEAD];
		uint32_t len;

		if (!read_at(b, b->at, head, sizeof(head)))
			return ST_NOT_FOUND;
		len = le32_get(head + 4);
		if (len <= HEADER_SIZE || len > BLOCK_BYTES_MAX ||
		    len > b->size - b->at - RECORD_HEAD) {
			b->at += 1;	/* chance, or the tail is cut off */
			continue;
		}
		*where = (struct blkfile_place){b->at + RECORD_HEAD, len};
		b->at += RECORD_HEAD + len;
		return blkfile_read(b, where, raw);
	}
	return ST_NOT_FOUND;
}

static enum status next_line(struct blkfile *b, struct buf *raw,
			     struct blkfile_place *where)
{
	uint64_t digits = 0;
	int c;

	if (fseeko(b->f, (off_t)b->at, SEEK_SET))
		return ST_IO;
	do {
		c = fgetc(b->f);
		b->at += c != EOF;
	} while (c != EOF && isspace(c));
	if (c == EOF)
		return ST_NOT_FOUND;
	where->at = b->at - 1;
	while (c != EOF && !isspace(c)) {
		digits++;
		c = fgetc(b->f);
		b->at += c != EOF;
	}
	if (digits > 2 * (uint64_t)BLOCK_BYTES_MAX)
		return ST_TOO_BIG;
	where->len = (uint32_t)digits;
	return blkfile_read(b, where, raw);
}

enum status blkfile_next(struct blkfile *b, struct buf *raw,
			 struct blkfile_place *where)
{
	switch (b->form) {
	case BLKFILE_RECORDS:
		return next_record(b, raw, where);
	case BLKFILE_HEX:
		return next_line(b, raw, where);
	case BLKFILE_RAW:
		if (b->at)
			return ST_NOT_FOUND;
		b->at = b->size;
		*where = (struct blkfile_place){0, (uint32_t)b->size};
		return blkfile_read(b, where, raw);
	}
	return ST_PARSE;
}

enum status blkfile_read(struct blkfile *b, const struct blkfile_place *where,
			 struct buf *raw)
{
	uint8_t *p;
	char *text;
	bool ok;

	buf_reset(raw);
	if (b->form != BLKFILE_HEX) {
		p = buf_extend(raw, where->len);
		if (!p)
			return buf_status(raw);
		return read_at(b, where->at, p, where->len) ? ST_OK : ST_IO;
	}
	text = malloc(where->len + 1u);
	p = buf_extend(raw, where->len / 2);
	if (!text || !p) {
		free(text);
		return ST_NOMEM;
	}
	ok = read_at(b, where->at, (uint8_t *)text, where->len);
	if (ok && !hex_parse(p, where->len / 2, text, where->len)) {
		free(text);
		return ST_PARSE;
	}
	free(text);
	return ok ? ST_OK : ST_IO;
}
