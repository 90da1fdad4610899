/* SPDX-License-Identifier: MIT */
/*
 * A keystore: one file with somebody's secrets, sealed with a passphrase.
 *
 * It holds the number behind BIP39's words, and descriptors with private keys that
 * were imported. The file is a header (version, the parameters of scrypt, salt,
 * nonce) and the secrets under AES-256-GCM, with the header as additional data: a
 * single changed bit anywhere is noticed. The passphrase may be empty, which the
 * header says; then whoever reads the file has the keys.
 *
 * In memory a keystore lies in pages of its own that are neither swapped nor
 * dumped where the system allows that, and is wiped when closed.
 */
#ifndef QUARRY_WALLET_KEYSTORE_H
#define QUARRY_WALLET_KEYSTORE_H

#include "base/arena.h"
#include "wallet/bip39.h"
#include "wallet/hdkey.h"
#include "wallet/keysource.h"

#define KEYSTORE_FILE_MAX (1 << 17)
#define KEYSTORE_IMPORT_MAX (1 << 16)	/* bytes of imported descriptors */
#define KEYSTORE_PASSPHRASE_MAX 1024
#define KEYSTORE_ERROR_SIZE 300

/* What its keys are for: one thing alone. Stands in the file's header, readable
 * without the passphrase and authenticated with the secrets. */
enum keystore_kind {
	KEYSTORE_WALLET,	/* transactions and messages */
	KEYSTORE_MAKER,		/* blocks (BIP325) */
	KEYSTORE_VALIDATOR,	/* votes for finality */
};
#define KEYSTORE_KINDS 3

struct keystore;

/* Empty, for keys of the chain p, of which the forms of addresses and keys and the
 * coin type (BIP44: 0 for Bitcoin's coins, 1 for all tests) are kept. NULL: no
 * memory. */
NODISCARD struct keystore *keystore_new(const struct params *p);
/* A new one is a wallet's until this is called. */
void keystore_set_kind(struct keystore *k, enum keystore_kind kind);
enum keystore_kind keystore_kind(const struct keystore *k);
/* Wipes it. */
void keystore_close(struct keystore *k);

/* The number that its words stand for, 16 to 32 bytes, and the further passphrase
 * of BIP39 (at most BIP39_EXTRA_MAX bytes, or ST_TOO_BIG). ST_PARSE: no key comes
 * of it. */
NODISCARD enum status keystore_set_entropy(struct keystore *k,
					   const struct ec *ec,
					   struct bytes entropy,
					   struct bytes extra);
/* Adds a descriptor with at least one private key; ST_PARSE with a sentence.
 * ST_TOO_BIG: there are too many. */
NODISCARD enum status keystore_import(struct keystore *k, const struct ec *ec,
				      const char *text, size_t len,
				      char error[KEYSTORE_ERROR_SIZE]);

/* Seals it: appends the file to out. ST_IO: no randomness; ST_NOMEM. Costs about
 * 0.2 s and 64 MiB when there is a passphrase. */
NODISCARD enum status keystore_seal(struct buf *out, const struct keystore *k,
				    struct bytes passphrase);
/* Opens a file's bytes. ST_PARSE: it is no keystore; ST_VERSION: one of a later
 * version; ST_DENIED: the passphrase is wrong or the file was changed. */
NODISCARD enum status keystore_unseal(struct keystore **k, const struct ec *ec,
				      struct bytes file,
				      struct bytes passphrase);
/* What a file says without being opened. False: no keystore of this version. */
NODISCARD bool keystore_peek(struct bytes file, bool *has_passphrase,
			     enum keystore_kind *kind);

/* Writes a file that only its owner may read: under another name first, synced,
 * renamed, the folder synced. ST_BUSY: `fresh` and there is one already. */
NODISCARD enum status keystore_write(const char *path, struct bytes file,
				     bool fresh);
/* Reads one; refuses (ST_DENIED) a file that others may read. */
NODISCARD enum status keystore_read(const char *path, struct buf *file);

/* --- what is in it --- */

/* Forms of addresses and keys; nothing else of the chain. */
const struct params *keystore_params(const struct keystore *k);
int64_t keystore_created_s(const struct keystore *k);
void keystore_set_created_s(struct keystore *k, int64_t s);
/* The words; false when there are none. */
NODISCARD bool keystore_words(const struct keystore *k,
			      char out[BIP39_TEXT_SIZE]);
/* The further passphrase that belongs to them; empty: none. */
struct bytes keystore_extra(const struct keystore *k);
bool keystore_fingerprint(const struct keystore *k, uint8_t out[4]);

/* A descriptor with public keys, origin and checksum. */
struct keystore_descriptor {
	unsigned purpose;	/* 44, 49, 84, 86; 0: imported */
	uint32_t account;
	bool change;
	char *text;		/* in the arena */
};
/* Those of a wallet's account (BIP44, 49, 84, 86; to receive and for change), then
 * those that were imported when account is 0. False: no memory. */
NODISCARD bool keystore_descriptors(const struct keystore *k,
				    const struct ec *ec, uint32_t account,
				    struct arena *a,
				    struct keystore_descriptor **list, size_t *n);

/* The keys that a maker or a validator signs with: that of its words (of which
 * KEYSTORE_PATH is the path, and a 0 for a maker, a 1 for a validator behind it,
 * all hardened), then those of imported descriptors that are no ranges. How many,
 * at most max; a wallet has none. The caller wipes them. */
#define KEYSTORE_PATH 325
#define KEYSTORE_KEYS_MAX 32
size_t keystore_own_keys(const struct keystore *k, const struct ec *ec,
			 struct key_found *out, size_t max);

/* Its private keys; k and ec must outlive the source. */
struct keystore_keys {
	const struct keystore *k;
	const struct ec *ec;
};
struct key_source keystore_source(struct keystore_keys *keys);
/* The private key of an output script: the key at `path` when n_path is not 0,
 * else one of the first `gap` of the accounts' descriptors or of imported ones. */
NODISCARD bool keystore_find_script(const struct keystore *k,
				    const struct ec *ec, struct bytes script,
				    const uint32_t *path, unsigned n_path,
				    uint32_t gap, struct key_found *f);

/* The forms of a chain's addresses and keys as bytes, and back: for the file and
 * for those who speak with the signer. */
void keystore_chain_write(struct buf *b, const struct params *p);
NODISCARD bool keystore_chain_read(struct params *p, struct reader *r);

#endif
