/* SPDX-License-Identifier: MIT */
/* Hexadecimal text, plain and in the reversed order that people read hashes. */
#ifndef QUARRY_BASE_HEX_H
#define QUARRY_BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Writes 2n lower-case digits to out, no NUL. */
void hex_digits(char *out, const void *p, size_t n);
/* As hex_digits, with a NUL: out holds 2n + 1. Returns out. */
char *hex_text(char *out, const void *p, size_t n);
/* As hex_text, last byte first. */
char *hex_text_reversed(char *out, const void *p, size_t n);

/* Exactly n bytes from exactly 2n digits (either case); false otherwise, out
 * then unspecified. */
NODISCARD bool hex_parse(void *out, size_t n, const char *text, size_t len);
NODISCARD bool hex_parse_reversed(void *out, size_t n, const char *text,
				  size_t len);
/* The value of one digit, -1 when it is none. */
int hex_digit(char c);

#endif
