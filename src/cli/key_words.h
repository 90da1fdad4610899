/* SPDX-License-Identifier: MIT */
/* Parts of quarry key. Each prints to standard output and returns the exit code. */
#ifndef QUARRY_CLI_KEY_WORDS_H
#define QUARRY_CLI_KEY_WORDS_H

#include "base/opt.h"
#include "primitives/params.h"

/* Twelve new words. */
int key_words(const struct opt_program *p, const struct params *chain);
/* The accounts' public descriptors of the words on standard input. */
int key_derive(const struct opt_program *p, const struct params *chain);
/* The descriptor on standard input in its usual form: public, with its checksum. */
int key_descriptor(const struct opt_program *p, const struct params *chain);
/* Whether a message is signed by an address's key: of P2PKH, or by BIP322. The
 * operands behind the first: address, signature, text. */
int key_verify(const struct opt_program *p, const struct params *chain);

#endif
