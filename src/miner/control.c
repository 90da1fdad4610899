/* SPDX-License-Identifier: MIT */
/* What the miner tells and is told. */
#include "miner/control.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

#define LOOK_MS 500
/* Between two rows at least; after a write that somebody else's kept from
 * happening, too. */
#define AGAIN_MS 1000
/* Looks at a busy database before the row is left to grow old. */
#define END_TRIES 20

void control_init(struct control *c, struct node *node, unsigned threads,
		  unsigned duty, const char *kernel)
{
	*c = (struct control){
		.node = node,
		.threads = threads,
		.said = {
			.pid = getpid(),
			.started_s = clock_wall_s(),
			.threads = threads,
			.duty = duty,
		},
		.hashes_ms = clock_mono_ms(),
	};
	snprintf(c->said.kernel, sizeof(c->said.kernel), "%s", kernel);
}

static void look(struct control *c, int64_t now_ms)
{
	struct mining_order o;

	if (c->looked_ms && now_ms - c->looked_ms < LOOK_MS)
		return;
	c->looked_ms = now_ms;
	if (node_mining_order(c->node, &o) == ST_OK)
		c->order = o;
}

void control_step(struct control *c, enum mining_state state, uint64_t hashes,
		  int64_t mined)
{
	int64_t now_ms = clock_mono_ms();

	look(c, now_ms);
	if (c->told_ms && now_ms - c->told_ms <
			  (c->said.state == state ? MINING_TELL_MS : AGAIN_MS))
		return;
	if (now_ms > c->hashes_ms && hashes >= c->hashes_then)
		c->said.hash_rate = (int64_t)((hashes - c->hashes_then) * 1000 /
					      (uint64_t)(now_ms - c->hashes_ms));
	if (state != MINING_SEARCHING)
		c->said.hash_rate = 0;
	c->hashes_then = hashes;
	c->hashes_ms = now_ms;
	c->said.state = state;
	c->said.mined = mined;
	c->told_ms = now_ms;
	if (node_mining_tell(c->node, &c->said) != ST_OK)
		c->told_ms -= MINING_TELL_MS - AGAIN_MS;
}

unsigned control_threads(const struct control *c)
{
	return c->order.threads ? c->order.threads : c->threads;
}

void control_new_pool(struct control *c, unsigned threads)
{
	c->said.threads = threads;
	c->hashes_then = 0;
	c->hashes_ms = clock_mono_ms();
	c->told_ms = 0;
}

void control_end(struct control *c)
{
	for (int i = 0; i < END_TRIES && c->told_ms &&
			node_mining_end(c->node, c->said.pid) == ST_BUSY; i++)
		;
}
