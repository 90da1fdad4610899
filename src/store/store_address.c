/* SPDX-License-Identifier: MIT */
/* See store_address.h. */
#include "store/store_address.h"

#include "store/store_internal.h"

struct group {
	uint8_t b[NET_GROUP_SIZE];
	size_t n;
};

static struct group group_of(const struct net_addr *a)
{
	struct group g;

	g.n = net_addr_group(g.b, a);
	return g;
}

static enum status read_row(struct db_stmt *s, struct known_address *out)
{
	struct bytes host = db_col_blob(s, 2);
	int64_t net = db_col_int(s, 1), port = db_col_int(s, 3);

	*out = (struct known_address){
		.id = db_col_int(s, 0),
		.at = {.net = (enum net_kind)net, .port = (uint16_t)port},
		.services = (uint64_t)db_col_int(s, 4),
		.seen_at = db_col_int(s, 5),
		.tried = db_col_int(s, 6),
		.tried_at = db_col_int(s, 7),
		.success_at = db_col_int(s, 8),
		.failures = db_col_int(s, 9),
		.anchor = db_col_int(s, 10),
	};
	if ((net != NET_ADDR_IPV4 && net != NET_ADDR_IPV6) || port < 0 ||
	    port > 65535 || host.len != net_addr_len(&out->at))
		return ST_CORRUPT;
	memcpy(out->at.host, host.p, host.len);
	return ST_OK;
}

static enum status one_row(struct db_stmt *s, struct known_address *out)
{
	enum status st = db_one(s);

	if (st)
		return st;
	st = read_row(s, out);
	db_reset(s);
	return st;
}

static void bind_at(struct db_stmt *s, const struct net_addr *at)
{
	db_bind_int(s, 1, at->net);
	db_bind_blob(s, 2, at->host, net_addr_len(at));
	db_bind_int(s, 3, at->port);
}

enum status store_address_get(struct db *db, const struct net_addr *at,
			      struct known_address *out)
{
	struct db_stmt *s = db_use(db, SQL_ADDRESS_GET);

	bind_at(s, at);
	return one_row(s, out);
}

enum status store_address_add(struct db *db, const struct known_address *a,
			      const struct net_addr *source, int64_t pick)
{
	struct db_stmt *s = db_use(db, SQL_ADDRESS_ADD);
	const struct group own = group_of(&a->at), from = group_of(source);

	bind_at(s, &a->at);
	db_bind_blob(s, 4, own.b, own.n);
	db_bind_blob(s, 5, from.b, from.n);
	db_bind_int(s, 6, (int64_t)a->services);
	db_bind_int(s, 7, a->seen_at);
	db_bind_int(s, 8, pick);
	return db_run(s);
}

enum status store_address_update(struct db *db, const struct known_address *a)
{
	struct db_stmt *s = db_use(db, SQL_ADDRESS_UPDATE);

	db_bind_int(s, 1, a->id);
	db_bind_int(s, 2, (int64_t)a->services);
	db_bind_int(s, 3, a->seen_at);
	db_bind_int(s, 4, a->tried);
	db_bind_int(s, 5, a->tried_at);
	db_bind_int(s, 6, a->success_at);
	db_bind_int(s, 7, a->failures);
	db_bind_int(s, 8, a->anchor);
	return store_run_one(db, s);
}

enum status store_address_delete(struct db *db, int64_t id)
{
	struct db_stmt *s = db_use(db, SQL_ADDRESS_DELETE);

	db_bind_int(s, 1, id);
	return db_run(s);
}

enum status store_address_count(struct db *db, struct address_counts *out)
{
	struct db_stmt *s = db_use(db, SQL_ADDRESS_COUNT);
	enum status st = db_one(s);

	if (st)
		return st;
	out->fresh = db_col_int(s, 0);
	out->tried = db_col_int(s, 1);
	out->fresh_ipv4 = db_col_int(s, 2);
	out->tried_ipv4 = db_col_int(s, 3);
	db_reset(s);
	return ST_OK;
}

enum status store_address_count_group(struct db *db, bool tried,
				      const struct net_addr *of, int64_t *n)
{
	struct db_stmt *s = db_use(db, SQL_ADDRESS_COUNT_GROUP);
	const struct group g = group_of(of);

	db_bind_int(s, 1, tried);
	db_bind_blob(s, 2, g.b, g.n);
	return store_one_int(s, n);
}

enum status store_address_count_source(struct db *db, const struct net_addr *source,
				       const struct net_addr *of, int64_t *n)
{
	struct db_stmt *s = db_use(db, of ? SQL_ADDRESS_COUNT_SOURCE_GROUP
					  : SQL_ADDRESS_COUNT_SOURCE);
	const struct group from = group_of(source);
	const struct group g = group_of(of ? of : source);

	db_bind_blob(s, 1, from.b, from.n);
	if (of)
		db_bind_blob(s, 2, g.b, g.n);
	return store_one_int(s, n);
}

enum status store_address_draw(struct db *db, bool tried, const struct net_addr *of,
			       int64_t pick, struct known_address *out)
{
	struct db_stmt *s = db_use(db, of ? SQL_ADDRESS_DRAW_GROUP
					  : SQL_ADDRESS_DRAW);
	struct group g;

	db_bind_int(s, 1, tried);
	if (of) {
		g = group_of(of);
		db_bind_blob(s, 2, g.b, g.n);
	}
	db_bind_int(s, of ? 3 : 2, pick);
	return one_row(s, out);
}

enum status store_address_draw_source(struct db *db, const struct net_addr *source,
				      const struct net_addr *of, int64_t pick,
				      struct known_address *out)
{
	struct db_stmt *s = db_use(db, SQL_ADDRESS_DRAW_SOURCE);
	const struct group from = group_of(source), g = group_of(of);

	db_bind_blob(s, 1, from.b, from.n);
	db_bind_blob(s, 2, g.b, g.n);
	db_bind_int(s, 3, pick);
	return one_row(s, out);
}

enum status store_address_sample(struct db *db, int64_t max,
				 void (*each)(void *user,
					      const struct known_address *a),
				 void *user)
{
	struct db_stmt *s = db_use(db, SQL_ADDRESS_SAMPLE);
	struct known_address a;
	enum status st;
	bool row;

	db_bind_int(s, 1, max);
	while ((st = db_step(s, &row)) == ST_OK && row) {
		st = read_row(s, &a);
		if (st)
			break;
		each(user, &a);
	}
	db_reset(s);
	return st;
}

enum status store_address_anchor_next(struct db *db, int64_t after,
				      struct known_address *out)
{
	struct db_stmt *s = db_use(db, SQL_ADDRESS_ANCHORS);

	db_bind_int(s, 1, after);
	return one_row(s, out);
}

enum status store_address_anchors_clear(struct db *db)
{
	return db_run(db_use(db, SQL_ADDRESS_ANCHORS_CLEAR));
}
