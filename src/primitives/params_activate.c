/* SPDX-License-Identifier: MIT */
/* What a built-in network may differ in, as by Bitcoin Core's options: regtest in
 * its activation heights (-testactivationheight), signet in who signs its blocks
 * (-signetchallenge). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "crypto/sha256.h"
#include "primitives/compactsize.h"
#include "primitives/params.h"

struct rule {
	const char *name;	/* Core's word */
	size_t at;		/* of the height in struct params */
};

static const struct rule rules[] = {
	{"bip34", offsetof(struct params, bip34_height)},
	{"dersig", offsetof(struct params, bip66_height)},
	{"cltv", offsetof(struct params, bip65_height)},
	{"csv", offsetof(struct params, csv_height)},
	{"segwit", offsetof(struct params, segwit_height)},
};

#define N_RULES (sizeof(rules) / sizeof(rules[0]))

static uint32_t *height_of(struct params *p, const struct rule *r)
{
	return (uint32_t *)(void *)((char *)p + r->at);
}

/* One RULE@HEIGHT of n characters. */
static bool activate(struct params *p, const char *text, size_t n)
{
	const char *at = memchr(text, '@', n);
	uint64_t h = 0;

	if (!at || at + 1 == text + n)
		return false;
	for (const char *c = at + 1; c < text + n; c++) {
		if (*c < '0' || *c > '9' || h >= HEIGHT_NEVER)
			return false;
		h = 10 * h + (uint64_t)(*c - '0');
	}
	if (h >= HEIGHT_NEVER)
		return false;
	for (size_t i = 0; i < N_RULES; i++) {
		if (strlen(rules[i].name) == (size_t)(at - text) &&
		    memcmp(rules[i].name, text, (size_t)(at - text)) == 0) {
			*height_of(p, &rules[i]) = (uint32_t)h;
			return true;
		}
	}
	return false;
}

bool params_activate(struct params *p, const char *list)
{
	struct params made = *p;

	for (;;) {
		size_t n = strcspn(list, ",");

		if (!activate(&made, list, n))
			return false;
		list += n;
		if (!*list)
			break;
		list++;
	}
	*p = made;
	return true;
}

void params_activation_text(char out[PARAMS_ACTIVATION_SIZE],
			    const struct params *p)
{
	struct params own, mine = *p;
	size_t at = 0;

	out[0] = '\0';
	if (p->own || !params_builtin(&own, p->name))
		return;
	for (size_t i = 0; i < N_RULES; i++) {
		uint32_t h = *height_of(&mine, &rules[i]);

		if (h == *height_of(&own, &rules[i]))
			continue;
		at += (size_t)snprintf(out + at, PARAMS_ACTIVATION_SIZE - at,
				       "%s%s@%u", at ? "," : "", rules[i].name,
				       h);
	}
}

bool params_signet(struct params *p, const char *challenge)
{
	size_t len = strlen(challenge), n = len / 2;
	uint8_t script[9 + sizeof(p->signet_challenge)], hash[32];
	size_t at = compactsize_put(script, n);

	if (n == 0 || n > sizeof(p->signet_challenge) ||
	    !hex_parse(script + at, n, challenge, len))
		return false;
	sha256d(hash, script, at + n);
	memcpy(p->magic, hash, sizeof(p->magic));
	memcpy(p->signet_challenge, script + at, n);
	p->signet_challenge_len = (uint16_t)n;
	p->dns_seeds[0] = '\0';
	p->min_chainwork = (struct u256){{0}};
	p->assume_valid = (struct blkid){0};
	return true;
}

void params_signet_text(char out[PARAMS_CHALLENGE_SIZE], const struct params *p)
{
	struct params own;

	out[0] = '\0';
	if (p->own || !p->signet_challenge_len || !params_builtin(&own, p->name))
		return;
	if (p->signet_challenge_len != own.signet_challenge_len ||
	    memcmp(p->signet_challenge, own.signet_challenge,
		   own.signet_challenge_len) != 0)
		hex_text(out, p->signet_challenge, p->signet_challenge_len);
}
