/* SPDX-License-Identifier: MIT */
#include "node/core/waiting.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "node/core/priv.h"
#include "store/store_waiting.h"

/* Between two tries to write at a busy database. */
#define AGAIN_MS 1000

enum status node_waiting_tell(struct node *n, const char *program,
			      const char *detail)
{
	struct waiting_row row = {.seen_s = clock_wall_s()};
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	snprintf(row.program, sizeof(row.program), "%s", program);
	snprintf(row.detail, sizeof(row.detail), "%s", detail ? detail : "");
	st = store_waiting_forget(n->db, row.seen_s - WAITING_SILENT_S);
	if (st == ST_OK)
		st = detail ? store_waiting_put(n->db, getpid(), &row)
			    : store_waiting_del(n->db, getpid());
	return node_write_end(n, st);
}

enum status node_waiting_list(struct node *n,
			      struct waiting out[WAITING_LIST_MAX],
			      unsigned *count)
{
	int64_t since_s = clock_wall_s() - WAITING_SILENT_S;
	struct waiting_row rows[WAITING_LIST_MAX];
	unsigned k = 0;
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	st = store_waiting_list(n->db, rows, WAITING_LIST_MAX, &k);
	node_read_end(n, own);
	for (unsigned i = 0; st == ST_OK && i < k; i++) {
		struct waiting *w = &out[*count];

		if (rows[i].seen_s < since_s)
			continue;
		memcpy(w->program, rows[i].program, sizeof(w->program));
		memcpy(w->detail, rows[i].detail, sizeof(w->detail));
		w->since_s = rows[i].since_s;
		(*count)++;
	}
	return st;
}

void waiting_say(struct waiting_voice *v, struct node *n, const char *detail)
{
	bool same = strcmp(v->said, detail ? detail : "") == 0;
	int64_t now_ms = clock_mono_ms();

	if (!same && detail)
		log_warn("waiting: %s", detail);
	else if (!same)
		log_info("going on");
	snprintf(v->said, sizeof(v->said), "%s", detail ? detail : "");
	if (!same)
		v->said_ms = 0;
	if ((!detail && !v->told) || now_ms < v->said_ms)
		return;
	v->said_ms = now_ms + WAITING_TELL_MS;
	if (node_waiting_tell(n, v->program, detail) == ST_OK)
		v->told = detail != NULL;
	else
		v->said_ms = now_ms + AGAIN_MS;
}
