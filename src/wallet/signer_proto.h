/* SPDX-License-Identifier: MIT */
/*
 * How programs speak with quarry-signer: one question and one answer after the
 * other over a unix socket.
 *
 * A frame is its length (4 bytes, little-endian, what follows) and: the version
 * (1), a byte that says what is asked or how it went, and fields. A field is a
 * tag, a length (4 bytes) and as many bytes. Tags that are not known are skipped;
 * what is asked decides which fields there must be.
 */
#ifndef QUARRY_WALLET_SIGNER_PROTO_H
#define QUARRY_WALLET_SIGNER_PROTO_H

#include "base/buf.h"

#define SIGNER_VERSION 1
#define SIGNER_FRAME_MAX (8u << 20)
#define SIGNER_FIELDS_MAX 4096
#define SIGNER_NAME_MAX 64
#define SIGNER_VOTES_MAX 1000	/* told at a time */

enum signer_op {
	SIGNER_OP_LIST = 1,
	SIGNER_OP_CREATE = 2,
	SIGNER_OP_RESTORE = 3,
	SIGNER_OP_IMPORT = 4,
	SIGNER_OP_UNLOCK = 5,
	SIGNER_OP_LOCK = 6,
	SIGNER_OP_DESCRIPTORS = 7,
	SIGNER_OP_SIGN_PSBT = 8,
	SIGNER_OP_SIGN_MESSAGE = 9,
	SIGNER_OP_WORDS = 10,
	SIGNER_OP_PASSPHRASE = 11,
	SIGNER_OP_KEYS = 12,		/* a maker's or a validator's, public */
	SIGNER_OP_VOTE = 13,
	SIGNER_OP_VOTES = 14,		/* those signed last */
};

enum signer_field {
	SIGNER_F_NAME = 1,		/* keystore's */
	SIGNER_F_PASSPHRASE = 2,
	SIGNER_F_NEW_PASSPHRASE = 3,
	SIGNER_F_CHAIN = 4,		/* keystore_chain_write */
	SIGNER_F_NUMBER = 5,		/* 4 bytes: seconds, words, account, flags */
	SIGNER_F_WORDS = 6,
	SIGNER_F_EXTRA = 7,		/* BIP39's further passphrase */
	SIGNER_F_DESCRIPTORS = 8,	/* text, one a line */
	SIGNER_F_PSBT = 9,
	SIGNER_F_ADDRESS = 10,
	SIGNER_F_MESSAGE = 11,
	SIGNER_F_PATH = 12,		/* 4 bytes a step */
	SIGNER_F_TEXT = 13,		/* a sentence, or a signature */
	SIGNER_F_KEYSTORE = 14,		/* of LIST: a byte (1: passphrase, 2: open,
					 * above: kind), 4 of seconds, the name */
	SIGNER_F_DESCRIPTOR = 15,	/* purpose, account (4 bytes each), change
					 * (1), text */
	SIGNER_F_SIGNED = 16,		/* 4 bytes: signatures made */
	SIGNER_F_FINGERPRINT = 17,	/* 4 bytes */
	SIGNER_F_KIND = 18,		/* 4 bytes: enum keystore_kind; of new ones */
	SIGNER_F_KEY = 19,		/* 32 bytes: x-only */
	SIGNER_F_DOCUMENT = 20,		/* 32 bytes: the hash of a chain's document */
	SIGNER_F_VOTE = 21,		/* primitives/vote.h; of a question key and
					 * signature are not looked at */
	SIGNER_F_NEW_RECORD = 22,	/* empty: the validator's key never voted */
};

/* The bits of SIGNER_F_NUMBER in SIGN_PSBT. */
#define SIGNER_ANY_SIGHASH 1u
/* The kinds of SIGN_MESSAGE. */
enum signer_message { SIGNER_MESSAGE_LEGACY = 0, SIGNER_MESSAGE_BIP322 = 1 };

enum signer_result {
	SIGNER_OK = 0,
	SIGNER_ABSENT = 1,	/* no signer answers */
	SIGNER_NOT_FOUND = 2,	/* no keystore of this name, or no such key */
	SIGNER_EXISTS = 3,	/* a keystore of this name */
	SIGNER_LOCKED = 4,	/* unlock it, or send the passphrase along */
	SIGNER_DENIED = 5,	/* wrong passphrase, or the file was changed */
	SIGNER_WAIT = 6,	/* too many wrong passphrases */
	SIGNER_REFUSED = 7,	/* what was asked is not signed */
	SIGNER_BAD = 8,		/* what was asked cannot be read */
	SIGNER_FAILED = 9,	/* the environment: disk, memory, timeout */
};

/* Begins a frame in b, which is empty; signer_frame_end fills in the length. */
void signer_frame_begin(struct buf *b, uint8_t code);
void signer_field(struct buf *b, enum signer_field tag, struct bytes v);
void signer_field_u32(struct buf *b, enum signer_field tag, uint32_t v);
/* False: too big, or no memory. */
NODISCARD bool signer_frame_end(struct buf *b);

/* A frame that was read: views into its bytes. */
struct signer_frame {
	uint8_t code;
	struct bytes fields;
};
/* p, len: what follows the length. False: no frame of this version. */
NODISCARD bool signer_frame_parse(struct signer_frame *f, const void *p,
				  size_t len);
/* The next field: left starts as f->fields; false at the end. */
bool signer_field_next(struct bytes *left, uint8_t *tag, struct bytes *v);
/* The first field with a tag; p NULL when there is none. */
struct bytes signer_field_find(const struct signer_frame *f,
			       enum signer_field tag);
/* The same for a number, with a fallback. False: it is there and none. */
NODISCARD bool signer_field_find_u32(const struct signer_frame *f,
				     enum signer_field tag, uint32_t fallback,
				     uint32_t *v);
/* 1 to SIGNER_NAME_MAX letters, digits, '-', '_' and '.', no '.' first. */
bool signer_name_ok(struct bytes name);

#endif
