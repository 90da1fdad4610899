/* SPDX-License-Identifier: MIT */
#include "wallet/descnorm.h"

#include "crypto/wipe.h"
#include "wallet/desctree.h"
#include "wallet/hdkey.h"

static bool walk(struct desc_key *k, const struct ec *ec, unsigned n)
{
	struct hdkey key = {.has_secret = true, .depth = k->depth, .child = k->child};
	bool good;

	memcpy(key.pub, k->pub, 33);
	memcpy(key.chain_code, k->chain_code, 32);
	memcpy(key.secret, k->secret, 32);
	memcpy(key.parent, k->parent, 4);
	if (!k->has_origin) {
		hdkey_fingerprint(k->origin_fingerprint, &key);
		k->has_origin = true;
		k->n_origin = 0;
		k->hard_mark = 'h';
	}
	good = k->n_origin + n <= DESC_PATH_MAX && hdkey_walk(&key, ec, k->path, n);
	if (good) {
		memcpy(k->origin_path + k->n_origin, k->path, n * sizeof(*k->path));
		k->n_origin += n;
		memmove(k->path, k->path + n, (k->n_path - n) * sizeof(*k->path));
		k->n_path -= n;
		memcpy(k->pub, key.pub, 33);
		memcpy(k->chain_code, key.chain_code, 32);
		memcpy(k->parent, key.parent, 4);
		k->depth = key.depth;
		k->child = key.child;
	}
	hdkey_wipe(&key);
	return good;
}

static bool normalize_key(struct desc_key *k, const struct ec *ec)
{
	unsigned hard = 0;
	bool good = true;

	if (k->wildcard == DESC_RANGE_HARDENED)
		return false;
	for (unsigned i = 0; k->extended && i < k->n_path; i++)
		if (k->path[i] & HDKEY_HARDENED)
			hard = i + 1;
	if (hard)
		good = k->has_secret && walk(k, ec, hard);
	wipe(k->secret, sizeof(k->secret));
	k->has_secret = false;
	return good;
}

bool desc_normalize(struct descriptor *d, const struct ec *ec)
{
	for (; d; d = d->next) {
		for (unsigned i = 0; i < d->n_key; i++)
			if (!normalize_key(&d->key[i], ec))
				return false;
		if (d->sub && !desc_normalize(d->sub, ec))
			return false;
	}
	return true;
}
