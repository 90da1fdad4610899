/* SPDX-License-Identifier: MIT */
/*
 * Words for a secret number (BIP39, the English list). Any 128 to 256 random
 * bits are 12 to 24 words, the last of which carries a checksum; the words and a
 * further passphrase make the seed that all keys are derived from.
 */
#ifndef QUARRY_WALLET_BIP39_H
#define QUARRY_WALLET_BIP39_H

#include "base/bytes.h"
#include "base/status.h"

#define BIP39_ENTROPY_MIN 16
#define BIP39_ENTROPY_MAX 32
#define BIP39_WORDS_MAX 24
/* 24 words of at most 8 letters, blanks between them, a NUL. */
#define BIP39_TEXT_SIZE (BIP39_WORDS_MAX * 9)
#define BIP39_SEED_SIZE 64
/* Bytes of a further passphrase that are taken. */
#define BIP39_EXTRA_MAX 256

/* entropy: 16, 20, 24, 28 or 32 bytes; anything else is a BUG. */
void bip39_words(char out[BIP39_TEXT_SIZE], struct bytes entropy);

enum bip39_result {
	BIP39_OK,
	BIP39_COUNT,	/* not 12, 15, 18, 21 or 24 words */
	BIP39_WORD,	/* one is not in the list: bad_word says which, from 1 */
	BIP39_CHECKSUM,	/* all are, but they do not belong together */
};
/* The reverse. Any white space between words, small or capital letters; the first
 * four letters of a word are enough. len: bytes written to entropy. */
enum bip39_result bip39_parse(uint8_t entropy[BIP39_ENTROPY_MAX], size_t *len,
			      unsigned *bad_word, const char *text,
			      size_t text_len);
/* One sentence about a result that is not BIP39_OK. */
void bip39_explain(char *out, size_t size, enum bip39_result r,
		   unsigned bad_word);

/* The seed. words as bip39_words writes them; extra (UTF-8, in the form NFKD, at
 * most BIP39_EXTRA_MAX bytes) may be empty. */
void bip39_seed(uint8_t seed[BIP39_SEED_SIZE], const char *words,
		struct bytes extra);

#endif
