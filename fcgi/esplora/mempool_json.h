/* SPDX-License-Identifier: MIT */
/* A block as mempool's API shows it: Esplora's members, and under `extras` what
 * follows from its transactions. */
#ifndef QUARRY_FCGI_ESPLORA_MEMPOOL_JSON_H
#define QUARRY_FCGI_ESPLORA_MEMPOOL_JSON_H

#include "fcgi/http/app.h"
#include "json/write.h"
#include "node/query/query_full.h"

NODISCARD enum status mempool_put_block(struct app *app, struct json_writer *w,
					const struct block_info *info);

#endif
