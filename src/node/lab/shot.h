/* SPDX-License-Identifier: MIT */
/*
 * Snapshots: states of the whole database under a name, in the folder
 * DATABASE.snapshots. All of it works while programs have the file open.
 *
 * Names are letters, digits, '.', '_' and '-', at most 64, the first a letter or
 * a digit. Every failure comes with one sentence in error: ST_USAGE for a bad
 * name, ST_NOT_FOUND, ST_DENIED for what exists already.
 */
#ifndef QUARRY_NODE_LAB_SHOT_H
#define QUARRY_NODE_LAB_SHOT_H

#include "base/arena.h"
#include "node/core/node.h"

#define SHOT_NAME_SIZE 65

struct shot_info {
	char name[SHOT_NAME_SIZE];
	uint32_t height;
	struct blkid tip;
	int64_t bytes;		/* of the file */
	int64_t saved_at;	/* UNIX seconds */
};

NODISCARD enum status shot_save(struct node *n, const char *name,
				struct shot_info *out,
				char error[NODE_ERROR_SIZE]);
/* The state becomes that of the database, in one step for everybody who has it
 * open. An event "load" says so; ids of events and transactions go on above those
 * that were. ST_DENIED also when the snapshot is of another chain. */
NODISCARD enum status shot_load(struct node *n, const char *name,
				struct shot_info *out,
				char error[NODE_ERROR_SIZE]);
/* By name. */
NODISCARD enum status shot_list(struct node *n, struct arena *a,
				struct shot_info **out, size_t *count,
				char error[NODE_ERROR_SIZE]);
/* A database of its own, at path, with the state. */
NODISCARD enum status shot_branch(struct node *n, const char *name,
				  const char *path,
				  char error[NODE_ERROR_SIZE]);
NODISCARD enum status shot_delete(struct node *n, const char *name,
				  char error[NODE_ERROR_SIZE]);

#endif
