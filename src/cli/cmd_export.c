/* SPDX-License-Identifier: MIT */
/*
 * quarry export: the active chain as Bitcoin Core's blk*.dat, genesis first, so
 * that any node can read it: records of magic, length and block, a new file
 * before one would pass 128 MiB.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "node/query/query.h"

#define FILE_BYTES_MAX ((uint64_t)128 << 20)
#define BLOCK_ARENA_MAX ((size_t)64 << 20)

struct exporter {
	struct node *n;
	const char *dir;
	FILE *f;
	unsigned number;
	uint64_t bytes;
};

static enum status next_file(struct exporter *x)
{
	char path[4096];

	if (x->f && fclose(x->f)) {
		x->f = NULL;
		return ST_IO;
	}
	snprintf(path, sizeof(path), "%s/blk%05u.dat", x->dir, x->number++);
	/* never over somebody's blocks */
	x->f = fopen(path, "wbx");
	x->bytes = 0;
	if (!x->f)
		return errno == EEXIST ? ST_DENIED : ST_IO;
	return ST_OK;
}

static enum status put_block(struct exporter *x, struct bytes raw)
{
	uint8_t head[8];
	enum status st = ST_OK;

	if (!x->f || x->bytes + raw.len + sizeof(head) > FILE_BYTES_MAX)
		st = next_file(x);
	if (st != ST_OK)
		return st;
	memcpy(head, node_params(x->n)->magic, 4);
	le32_put(head + 4, (uint32_t)raw.len);
	if (fwrite(head, 1, sizeof(head), x->f) != sizeof(head) ||
	    fwrite(raw.p, 1, raw.len, x->f) != raw.len)
		return errno == ENOSPC ? ST_FULL : ST_IO;
	x->bytes += raw.len + sizeof(head);
	return ST_OK;
}

static enum status export_all(struct exporter *x, uint32_t tip)
{
	struct progress pr;
	struct arena a;
	enum status st = ST_OK;

	arena_init(&a, BLOCK_ARENA_MAX);
	progress_begin(&pr, tip + 1u);
	for (uint32_t h = 0; st == ST_OK && h <= tip; h++) {
		struct block_info b;
		struct bytes raw;
		char text[32];

		arena_reset(&a);
		st = query_block_at(x->n, h, &b);
		if (st == ST_OK)
			st = query_block_raw(x->n, &b.id, &a, &raw);
		if (st == ST_OK)
			st = put_block(x, raw);
		if (cli_stopped())
			st = ST_CANCELLED;
		snprintf(text, sizeof(text), "height %u", h);
		progress_show(&pr, h, text, h + 1u, "blocks");
	}
	progress_end(&pr);
	arena_free(&a);
	if (x->f && fclose(x->f) && st == ST_OK)
		st = ST_IO;
	return st;
}

static int run(const struct opt_program *p, struct node *n, const char *dir)
{
	struct exporter x = {.n = n, .dir = dir};
	struct node_tip tip;
	struct stat sb;
	enum status st;

	if (mkdir(dir, 0755) && errno != EEXIST)
		return opt_failed(p, "%.200s: %s.", dir, strerror(errno));
	if (stat(dir, &sb) || !S_ISDIR(sb.st_mode))
		return opt_failed(p, "%.200s is not a folder.", dir);
	/* one snapshot: a reorganisation meanwhile does not show */
	st = node_snapshot(n);
	if (st == ST_OK)
		st = node_tip(n, &tip);
	if (st == ST_OK)
		st = export_all(&x, tip.height);
	node_snapshot_end(n);
	if (st == ST_DENIED)
		return opt_failed(p, "%.200s already has block files: choose "
				     "an empty folder.", dir);
	if (st != ST_OK)
		return cli_status(p, n, st);
	printf("%u blocks in %u file%s.\n", tip.height + 1, x.number,
	       x.number == 1 ? "" : "s");
	return 0;
}

int cmd_export(int argc, char **argv)
{
	const struct opt opts[] = {OPT_KEY("db", "FILE", CONF_DB)};
	struct opt_program p = {
		.name = "quarry export",
		.operands = "FOLDER",
		.about = "Writes the active chain, from the genesis block on, as "
			 "blk00000.dat and so on, as Bitcoin Core does.",
		.opts = opts,
		.n_opts = 1,
		.min_operands = 1,
		.max_operands = 1,
	};
	struct node *n = NULL;
	struct conf c;
	int code;

	conf_init(&c);
	code = opt_read(&p, &c, argc, argv);
	if (code < 0)
		code = cli_open(&p, &c, true, &n);
	if (code < 0) {
		cli_catch_stop();
		code = run(&p, n, p.operand[0]);
	}
	node_close(n);
	conf_free(&c);
	return code;
}
