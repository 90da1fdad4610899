/* SPDX-License-Identifier: MIT */
/* Base64 (RFC 4648 section 4, with padding). */
#ifndef QUARRY_BASE_BASE64_H
#define QUARRY_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define BASE64_TEXT_SIZE(n) (((n) + 2) / 3 * 4 + 1)

/* Writes BASE64_TEXT_SIZE(n) characters, the NUL included. Returns out. */
char *base64_text(char *out, const void *p, size_t n);
/* Appends the bytes of text to out. False, with nothing appended, when the text
 * is not exactly what base64_text writes. */
NODISCARD bool base64_parse(struct buf *out, const char *text, size_t len);

#endif
