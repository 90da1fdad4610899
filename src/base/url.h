/* SPDX-License-Identifier: MIT */
/*
 * The address of a node: scheme, host and port, nothing else.
 *
 * Strict on purpose: what is taken has one spelling, so that two spellings of
 * one node are equal as text, and no two programs can read it differently. No
 * user, path, query or fragment; a host is a name of letters, digits and
 * hyphens (international names in their xn-- form), a dotted quad of four plain
 * decimal numbers, or an IPv6 address in brackets. The other forms in which
 * computers take an IPv4 address (2130706433, 0x7f.1, 0177.0.0.1) are refused.
 * Whether an address may be contacted is another question: remote/net_guard.h.
 */
#ifndef QUARRY_BASE_URL_H
#define QUARRY_BASE_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define URL_HOST_MAX 253
#define URL_TEXT_SIZE 300

struct url {
	bool https;
	bool numeric;			/* the host is an address */
	uint16_t port;
	char host[URL_HOST_MAX + 3];	/* lower case; IPv6 in brackets */
	char text[URL_TEXT_SIZE];	/* https://host:port, the port always */
};

/* Parses "https://host:port", also without port (443, or 80 for http), with one
 * slash at the end, or as "host:port" alone, which means https. http only where
 * allow_http; ports are the scheme's own or 1024 to 65535. ST_PARSE with a
 * phrase in *why ("its port is not allowed"); u is then unspecified. */
NODISCARD enum status url_parse(struct url *u, const char *text, size_t len,
				bool allow_http, const char **why);

/* Whether a text is meant to be one of Bitcoin's own protocol, "bitcoin://...". */
bool url_is_p2p(const char *text);
/* The same for a node of Bitcoin's own protocol: "bitcoin://host:port", any port
 * but 0; without one it is default_port. u->https is false. */
NODISCARD enum status url_parse_p2p(struct url *u, const char *text, size_t len,
				    uint16_t default_port, const char **why);

#endif
