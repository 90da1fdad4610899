/* SPDX-License-Identifier: MIT */
/* See bip39.h. A word stands for eleven bits, its place in the list. */
#include "wallet/bip39.h"

#include <stdio.h>

#include "base/bug.h"
#include "crypto/hmac.h"
#include "crypto/sha256.h"
#include "crypto/wipe.h"

#define WORDS 2048
#define WORD_BITS 11
#define WORD_MAX 8
#define ROUNDS 2048
#define SALT "mnemonic"

static const char list[WORDS][WORD_MAX + 1] = {
#include "wallet/words.inc"
};

/* The bits `at` to at + 10 of the entropy and the checksum after it. */
static unsigned word_at(const uint8_t data[BIP39_ENTROPY_MAX + 1], unsigned n)
{
	unsigned v = 0;

	for (unsigned i = n * WORD_BITS; i < (n + 1) * WORD_BITS; i++)
		v = v << 1 | (data[i / 8] >> (7 - i % 8) & 1);
	return v;
}

/* The checksum: as many bits of the hash as there are groups of 32. */
static uint8_t checksum(const uint8_t *entropy, size_t len)
{
	uint8_t h[32], sum;

	sha256(h, entropy, len);
	sum = (uint8_t)(h[0] & 0xff << (8 - len / 4));
	wipe(h, sizeof(h));
	return sum;
}

void bip39_words(char out[BIP39_TEXT_SIZE], struct bytes entropy)
{
	uint8_t data[BIP39_ENTROPY_MAX + 1] = {0};
	size_t len = 0;

	BUG_ON(entropy.len < BIP39_ENTROPY_MIN ||
	       entropy.len > BIP39_ENTROPY_MAX || entropy.len % 4);
	memcpy(data, entropy.p, entropy.len);
	data[entropy.len] = checksum(entropy.p, entropy.len);
	for (unsigned i = 0; i < entropy.len / 4 * 3; i++) {
		const char *word = list[word_at(data, i)];
		size_t n = strlen(word);

		if (i)
			out[len++] = ' ';
		memcpy(out + len, word, n);
		len += n;
	}
	out[len] = '\0';
	wipe(data, sizeof(data));
}

/* --- reading --- */

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The place of a word, or of the only one that begins so; -1. */
static int find(const char *word, size_t len)
{
	int low = 0, high = WORDS;

	while (low < high) {
		int mid = (low + high) / 2;

		if (strncmp(list[mid], word, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == WORDS || strncmp(list[low], word, len) != 0)
		return -1;
	/* no two words share four letters, unless one of them has only three */
	return strlen(list[low]) == len || len >= 4 ? low : -1;
}

enum bip39_result bip39_parse(uint8_t entropy[BIP39_ENTROPY_MAX], size_t *len,
			      unsigned *bad_word, const char *text,
			      size_t text_len)
{
	uint8_t data[BIP39_ENTROPY_MAX + 1] = {0};
	enum bip39_result r = BIP39_OK;
	unsigned n = 0, first_bad = 0;
	size_t i = 0;

	*bad_word = 0;
	while (i < text_len) {
		char word[WORD_MAX + 1] = "";
		size_t k = 0;
		int v;

		if (is_space(text[i])) {
			i++;
			continue;
		}
		for (; i < text_len && !is_space(text[i]); i++, k++)
			if (k < WORD_MAX)
				word[k] = (char)(text[i] >= 'A' && text[i] <= 'Z'
							 ? text[i] + ('a' - 'A')
							 : text[i]);
		v = k <= WORD_MAX ? find(word, k) : -1;
		wipe(word, sizeof(word));
		if (v < 0 && !first_bad)
			first_bad = n + 1;
		for (unsigned b = 0; v >= 0 && n < BIP39_WORDS_MAX &&
				     b < WORD_BITS; b++) {
			unsigned at = n * WORD_BITS + b;

			if (v >> (WORD_BITS - 1 - b) & 1)
				data[at / 8] |= (uint8_t)(0x80 >> at % 8);
		}
		n++;
	}
	*len = n / 3 * 4;
	if (first_bad && n <= BIP39_WORDS_MAX) {
		*bad_word = first_bad;
		r = BIP39_WORD;
	} else if (n % 3 || n < 12 || n > BIP39_WORDS_MAX) {
		r = BIP39_COUNT;
	} else if (checksum(data, *len) != data[*len]) {
		r = BIP39_CHECKSUM;
	} else {
		memcpy(entropy, data, *len);
	}
	wipe(data, sizeof(data));
	return r;
}

void bip39_explain(char *out, size_t size, enum bip39_result r,
		   unsigned bad_word)
{
	switch (r) {
	case BIP39_OK:
		snprintf(out, size, "The words are good.");
		break;
	case BIP39_COUNT:
		snprintf(out, size, "There must be 12, 15, 18, 21 or 24 words.");
		break;
	case BIP39_WORD:
		snprintf(out, size, "Word %u is not in the English list of "
				    "BIP39: look for a misspelling.", bad_word);
		break;
	case BIP39_CHECKSUM:
		snprintf(out, size, "These words do not belong together: one is "
				    "wrong, or two are exchanged.");
		break;
	}
}

void bip39_seed(uint8_t seed[BIP39_SEED_SIZE], const char *words,
		struct bytes extra)
{
	uint8_t salt[sizeof(SALT) - 1 + BIP39_EXTRA_MAX];

	BUG_ON(extra.len > BIP39_EXTRA_MAX);
	memcpy(salt, SALT, sizeof(SALT) - 1);
	if (extra.len)
		memcpy(salt + sizeof(SALT) - 1, extra.p, extra.len);
	pbkdf2_sha512(seed, bytes_of_text(words),
		      bytes_of(salt, sizeof(SALT) - 1 + extra.len), ROUNDS);
	wipe(salt, sizeof(salt));
}
