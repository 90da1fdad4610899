/* SPDX-License-Identifier: MIT */
#include "wallet/signer_proto.h"

#define LENGTH_SIZE 4
#define HEAD_SIZE 2	/* version and code */
#define FIELD_HEAD 5

void signer_frame_begin(struct buf *b, uint8_t code)
{
	buf_le32(b, 0);
	buf_u8(b, SIGNER_VERSION);
	buf_u8(b, code);
}

void signer_field(struct buf *b, enum signer_field tag, struct bytes v)
{
	buf_u8(b, (uint8_t)tag);
	buf_le32(b, (uint32_t)v.len);
	buf_bytes(b, v);
}

void signer_field_u32(struct buf *b, enum signer_field tag, uint32_t v)
{
	uint8_t le[4];

	le32_put(le, v);
	signer_field(b, tag, bytes_of(le, sizeof(le)));
}

bool signer_frame_end(struct buf *b)
{
	if (buf_status(b) != ST_OK || b->len - LENGTH_SIZE > SIGNER_FRAME_MAX)
		return false;
	le32_put(b->p, (uint32_t)(b->len - LENGTH_SIZE));
	return true;
}

bool signer_frame_parse(struct signer_frame *f, const void *p, size_t len)
{
	struct bytes left, v;
	const uint8_t *at = p;
	unsigned n = 0;
	uint8_t tag;

	if (len < HEAD_SIZE || at[0] != SIGNER_VERSION)
		return false;
	f->code = at[1];
	f->fields = left = bytes_of(at + HEAD_SIZE, len - HEAD_SIZE);
	while (signer_field_next(&left, &tag, &v))
		if (++n > SIGNER_FIELDS_MAX)
			return false;
	return left.len == 0;
}

bool signer_field_next(struct bytes *left, uint8_t *tag, struct bytes *v)
{
	uint32_t n;

	if (left->len < FIELD_HEAD)
		return false;
	n = le32_get(left->p + 1);
	if (n > left->len - FIELD_HEAD)
		return false;
	*tag = left->p[0];
	*v = bytes_of(left->p + FIELD_HEAD, n);
	*left = bytes_of(v->p + n, left->len - FIELD_HEAD - n);
	return true;
}

struct bytes signer_field_find(const struct signer_frame *f,
			       enum signer_field want)
{
	struct bytes left = f->fields, v;
	uint8_t tag;

	while (signer_field_next(&left, &tag, &v))
		if (tag == want)
			return v;
	return (struct bytes){0};
}

bool signer_field_find_u32(const struct signer_frame *f, enum signer_field tag,
			   uint32_t fallback, uint32_t *v)
{
	struct bytes b = signer_field_find(f, tag);

	*v = b.len == 4 ? le32_get(b.p) : fallback;
	return !b.p || b.len == 4;
}

bool signer_name_ok(struct bytes name)
{
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '-' || c == '_' ||
		      (c == '.' && i)))
			return false;
	}
	return name.len > 0 && name.len <= SIGNER_NAME_MAX;
}
