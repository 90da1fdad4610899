/* SPDX-License-Identifier: MIT */
/* A block as mempool's API shows it: Esplora's members, and under `extras` what
 * follows from its transactions. */
#ifndef QUARRY_FCGI_MEMPOOL_JSON_H
#define QUARRY_FCGI_MEMPOOL_JSON_H

#include "fcgi/app.h"
#include "json/write.h"
#include "node/query_full.h"

NODISCARD enum status mempool_put_block(struct app *app, struct json_writer *w,
					const struct block_info *info);

#endif
