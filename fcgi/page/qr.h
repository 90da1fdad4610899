/* SPDX-License-Identifier: MIT */
/* QR codes as the path of an SVG drawing. */
#ifndef QUARRY_FCGI_PAGE_QR_H
#define QUARRY_FCGI_PAGE_QR_H

#include "base/buf.h"

/* More does not fit into a code that a telephone reads well. */
#define QR_TEXT_MAX 700

/* Appends a path of squares, one unit each, at level M; *side is how many units
 * the code has, without the margin of four that readers want. False when the text
 * is empty or too long, holds a control character, or there is no memory. */
bool qr_path(struct buf *path, const char *text, int *side);

#endif
