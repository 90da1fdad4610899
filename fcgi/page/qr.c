/* SPDX-License-Identifier: MIT */
/* The only file that includes libqrencode. */
#include "fcgi/page/qr.h"

#include <qrencode.h>

bool qr_path(struct buf *path, const char *text, int *side)
{
	size_t len = strnlen(text, QR_TEXT_MAX + 1);
	QRcode *q;

	if (len == 0 || len > QR_TEXT_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20)
			return false;
	q = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	if (!q)
		return false;
	*side = q->width;
	for (int y = 0; y < q->width; y++)
		for (int x = 0, from = 0; x < q->width; x = from) {
			while (x < q->width && !(q->data[y * q->width + x] & 1))
				x++;
			for (from = x; from < q->width &&
				       (q->data[y * q->width + from] & 1);)
				from++;
			if (from > x)
				buf_printf(path, "M%d %dh%dv1h-%dz", x, y, from - x,
					   from - x);
		}
	QRcode_free(q);
	return buf_status(path) == ST_OK;
}
