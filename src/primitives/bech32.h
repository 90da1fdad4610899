/* SPDX-License-Identifier: MIT */
/* Bech32 (BIP173) and bech32m (BIP350), and witness addresses over them. */
#ifndef QUARRY_PRIMITIVES_BECH32_H
#define QUARRY_PRIMITIVES_BECH32_H

#include "base/bytes.h"
#include "base/status.h"

#define BECH32_TEXT_MAX 91	/* 90 characters and a NUL */

enum bech32_form { BECH32_NONE, BECH32, BECH32M };

/* Encodes 5-bit values; false when the text would exceed 90 characters or the
 * human-readable part is not 1..83 printable lower-case characters. */
NODISCARD bool bech32_encode(char out[BECH32_TEXT_MAX], const char *hrp,
			     const uint8_t *values, size_t n,
			     enum bech32_form form);
/* Decodes; returns the form, or BECH32_NONE. hrp gets at most 83 characters and
 * a NUL in lower case, values at most 82. */
enum bech32_form bech32_decode(char hrp[84], uint8_t values[84], size_t *n,
			       const char *text, size_t len);
/* Regroups bits; pad: fill up the last group, else leftover bits must be zero
 * and fewer than `from`. False on a value out of range or room exceeded. */
NODISCARD bool bech32_regroup(uint8_t *out, size_t max, size_t *n,
			      const uint8_t *in, size_t len, unsigned from,
			      unsigned to, bool pad);
/* Witness program addresses: bech32 for version 0, bech32m for 1..16. */
NODISCARD bool bech32_address_encode(char out[BECH32_TEXT_MAX], const char *hrp,
				     uint8_t version, struct bytes program);
NODISCARD bool bech32_address_decode(const char *hrp, uint8_t *version,
				     uint8_t program[40], size_t *program_len,
				     const char *text, size_t len);

#endif
