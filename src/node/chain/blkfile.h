/* SPDX-License-Identifier: MIT */
/*
 * Files that hold blocks, in whatever form: Bitcoin Core's blk*.dat (records of
 * magic, length, block; with xor.dat beside them obfuscated by eight bytes), one
 * raw block, or text with one block in hex on each line. The form is told from
 * the contents.
 *
 * A record that is cut off at the end of a file, zeros where Core has reserved
 * space, and garbage between records are passed over, as Core does.
 */
#ifndef QUARRY_NODE_CHAIN_BLKFILE_H
#define QUARRY_NODE_CHAIN_BLKFILE_H

#include <stdio.h>

#include "base/buf.h"
#include "primitives/params.h"

enum blkfile_form { BLKFILE_RECORDS, BLKFILE_RAW, BLKFILE_HEX };

struct blkfile {
	FILE *f;
	enum blkfile_form form;
	uint8_t magic[4];
	uint8_t xor_key[8];
	uint64_t size;
	uint64_t at;		/* where the next record is looked for */
};

/* Where a block lies, to read it again. */
struct blkfile_place {
	uint64_t at;		/* of the block's first byte or digit */
	uint32_t len;		/* bytes, or digits in hex text */
};

/* ST_OK, ST_NOT_FOUND, ST_IO; ST_USAGE when it is no file; ST_PARSE when nothing in
 * it looks like a block. */
NODISCARD enum status blkfile_open(struct blkfile *b, const char *path,
				   const struct params *p);
void blkfile_close(struct blkfile *b);
/* The next block's bytes into raw (reset first). ST_NOT_FOUND at the end. */
NODISCARD enum status blkfile_next(struct blkfile *b, struct buf *raw,
				   struct blkfile_place *where);
/* A block found earlier, once more. */
NODISCARD enum status blkfile_read(struct blkfile *b,
				   const struct blkfile_place *where,
				   struct buf *raw);

#endif
