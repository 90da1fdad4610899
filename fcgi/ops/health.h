/* SPDX-License-Identifier: MIT */
/* Inside /health: the machine and the chain are looked at in health.c, other programs
 * in health_programs.c. */
#ifndef QUARRY_FCGI_OPS_HEALTH_H
#define QUARRY_FCGI_OPS_HEALTH_H

#include "base/arena.h"
#include "fcgi/http/app.h"
#include "json/write.h"

enum health { HEALTH_OK, HEALTH_WARN, HEALTH_FAIL };

struct health_checks {
	struct json_writer *w;
	enum health worst;
};

/* One check's line. */
void health_report(struct health_checks *c, const char *name, enum health h,
		   const char *detail);

void health_schema(struct health_checks *c, const struct app *app);
void health_miner(struct health_checks *c, const struct app *app);
void health_relay(struct health_checks *c, const struct app *app);
/* Nothing where there is no finality. */
void health_validators(struct health_checks *c, const struct app *app,
		       struct arena *a);
/* Programs that say they cannot go on. */
void health_waiting(struct health_checks *c, const struct app *app);
void health_webhooks(struct health_checks *c, const struct app *app);

/* Webhooks as hooks.db has them; all zero when there is none. */
struct health_hooks {
	unsigned n, failing, dead;
	int64_t behind;		/* events that the slowest living one has not had, or
				 * not been asked about */
};
NODISCARD enum status health_hooks(const struct app *app, struct health_hooks *out);

#endif
