/* SPDX-License-Identifier: MIT */
/* One pass from the left; each part is checked where it is found. */
#include "base/url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Four decimal numbers without leading zeros. */
static bool is_quad(const char *s)
{
	unsigned char four[4];
	char back[INET_ADDRSTRLEN];

	return inet_pton(AF_INET, s, four) == 1 &&
	       inet_ntop(AF_INET, four, back, sizeof(back)) &&
	       strcmp(s, back) == 0;
}

/* Labels of 1 to 63 letters, digits and inner hyphens (underscores are in use
 * as well), the last of which does not look like a number. */
static bool is_name(const char *s)
{
	const char *label = s;

	for (;; s++) {
		if (*s == '.' || !*s) {
			if (s == label || s - label > 63 || label[0] == '-' ||
			    s[-1] == '-')
				return false;
			if (!*s)
				break;
			label = s + 1;
		} else if (!is_word(*s) && *s != '-' && *s != '_') {
			return false;
		}
	}
	return !is_digit(*label);
}

static bool parse_port(uint16_t *port, const char *s, size_t len)
{
	unsigned long n = 0;

	if (len == 0 || len > 5)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_digit(s[i]))
			return false;
		n = 10 * n + (unsigned long)(s[i] - '0');
	}
	*port = (uint16_t)n;
	return n <= 65535;
}

/* text[0..len) is [address]; writes it in its one form. */
static bool parse_ipv6(struct url *u, const char *text, size_t len)
{
	char inner[INET6_ADDRSTRLEN + 1], back[INET6_ADDRSTRLEN];
	unsigned char sixteen[16];

	if (len < 4 || len - 2 >= sizeof(inner) || text[len - 1] != ']')
		return false;
	memcpy(inner, text + 1, len - 2);
	inner[len - 2] = '\0';
	if (inet_pton(AF_INET6, inner, sixteen) != 1 ||
	    !inet_ntop(AF_INET6, sixteen, back, sizeof(back)))
		return false;
	snprintf(u->host, sizeof(u->host), "[%s]", back);
	u->numeric = true;
	return true;
}

static bool parse_host(struct url *u, const char *text, size_t len)
{
	u->numeric = false;
	if (len && text[0] == '[')
		return parse_ipv6(u, text, len);
	/* the root's dot says nothing new */
	if (len > 1 && text[len - 1] == '.')
		len--;
	if (len == 0 || len > URL_HOST_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		u->host[i] = (char)tolower((unsigned char)text[i]);
	u->host[len] = '\0';
	u->numeric = is_quad(u->host);
	return u->numeric || is_name(u->host);
}

/* host, host:port, and one slash at the end; *port stays where there is none. */
static bool parse_place(struct url *u, const char *text, size_t len,
			const char **why)
{
	const char *colon, *end;

	if (len && text[len - 1] == '/')
		len--;
	end = text + len;
	if (len && text[0] == '[') {
		colon = memchr(text, ']', len);
		colon = colon ? colon + 1 : end;
	} else {
		colon = memchr(text, ':', len);
		colon = colon ? colon : end;
	}
	if (colon < end &&
	    (*colon != ':' || !parse_port(&u->port, colon + 1, (size_t)(end - colon - 1))))
		return false;
	if (parse_host(u, text, (size_t)(colon - text)))
		return true;
	*why = "its host is neither a name nor an address";
	return false;
}

enum status url_parse(struct url *u, const char *text, size_t len,
		      bool allow_http, const char **why)
{
	*why = "it is no https://host:port";
	if (len >= URL_TEXT_SIZE || memchr(text, '\0', len))
		return ST_PARSE;
	u->https = true;
	if (len > 8 && strncasecmp(text, "https://", 8) == 0) {
		text += 8;
		len -= 8;
	} else if (len > 7 && strncasecmp(text, "http://", 7) == 0) {
		text += 7;
		len -= 7;
		u->https = false;
	}
	if (!u->https && !allow_http) {
		*why = "nodes are reached by https here";
		return ST_PARSE;
	}
	u->port = u->https ? 443 : 80;
	if (!parse_place(u, text, len, why))
		return ST_PARSE;
	if (u->port != (u->https ? 443 : 80) && u->port < 1024) {
		*why = "its port is neither the usual one nor 1024 to 65535";
		return ST_PARSE;
	}
	snprintf(u->text, sizeof(u->text), "http%s://%s:%u", u->https ? "s" : "",
		 u->host, u->port);
	return ST_OK;
}

bool url_is_p2p(const char *text)
{
	return strncasecmp(text, "bitcoin://", 10) == 0;
}

enum status url_parse_p2p(struct url *u, const char *text, size_t len,
			  uint16_t default_port, const char **why)
{
	*why = "it is no bitcoin://host:port";
	if (len <= 10 || len >= URL_TEXT_SIZE || memchr(text, '\0', len) ||
	    strncasecmp(text, "bitcoin://", 10) != 0)
		return ST_PARSE;
	u->https = false;
	u->port = default_port;
	if (!parse_place(u, text + 10, len - 10, why))
		return ST_PARSE;
	if (u->port == 0)
		return ST_PARSE;
	snprintf(u->text, sizeof(u->text), "bitcoin://%s:%u", u->host, u->port);
	return ST_OK;
}
