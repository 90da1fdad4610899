/* SPDX-License-Identifier: MIT */
/* Scripts by the names clients give them, shared by Esplora's paths and the
 * batch. */
#ifndef QUARRY_FCGI_ESPLORA_ESPLORA_SCRIPT_H
#define QUARRY_FCGI_ESPLORA_ESPLORA_SCRIPT_H

#include "fcgi/http/app.h"
#include "fcgi/http/response.h"

/* More coins of one script than this are not listed. */
#define ESPLORA_UTXOS_MAX 20000

/* The script's id in the database, 0 when it was never seen. False with *st an
 * environment's failure, or ST_OK and *why in Esplora's words. */
bool esplora_find_address(struct app *app, struct bytes text, int64_t *id,
			  enum status *st, const char **why);
bool esplora_find_scripthash(struct app *app, struct bytes text, int64_t *id,
			     enum status *st, const char **why);
/* The array of a script's coins; ST_TOO_BIG past ESPLORA_UTXOS_MAX. */
enum status esplora_put_utxos(struct app *app, struct response *rs, int64_t id);

#endif
