/* SPDX-License-Identifier: MIT */
#include "fcgi/nodes_url.h"

#include <stdio.h>
#include <string.h>

#include "fcgi/request.h"

#define HOST_MAX 253

static bool starts_with(const char **p, const char *end, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(end - *p) < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = (*p)[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		if (c != word[i])
			return false;
	}
	*p += n;
	return true;
}

/* One name or IPv4 address, or an IPv6 address in brackets. */
static bool read_host(const char **p, const char *end, char host[HOST_MAX + 1])
{
	bool v6 = *p < end && **p == '[';
	size_t n = 0;

	for (; *p < end; (*p)++) {
		char c = **p;

		if (c == '/' || (c == ':' && !v6))
			break;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		if (n == HOST_MAX)
			return false;
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      (!v6 && (c == '.' || c == '-')) ||
		      (v6 && (c == ':' || c == '.' || c == '[' || c == ']'))))
			return false;
		if (v6 && ((c == '[') != (n == 0)))
			return false;
		host[n++] = c;
		if (c == ']') {
			(*p)++;
			break;
		}
	}
	host[n] = '\0';
	return v6 ? n > 3 && host[n - 1] == ']'
		  : n > 0 && host[0] != '-' && host[0] != '.' &&
			    host[n - 1] != '-' && !strstr(host, "..");
}

enum nodes_url_result nodes_url_normalise(char out[PEERS_URL_MAX],
					  const char *text, size_t len,
					  bool allow_http)
{
	const char *p = text, *end = text + len;
	char host[HOST_MAX + 1];
	uint64_t port;
	bool http;

	http = starts_with(&p, end, "http://");
	if (!http && !starts_with(&p, end, "https://"))
		/* No scheme: HOST[:PORT]. */
		http = false;
	if (!read_host(&p, end, host))
		return NODES_URL_INVALID;
	port = http ? 80 : 443;
	if (p < end && *p == ':') {
		const char *digits = ++p;

		while (p < end && *p != '/')
			p++;
		if (!request_number(bytes_of(digits, (size_t)(p - digits)), 65535,
				    &port) || port == 0)
			return NODES_URL_INVALID;
	}
	if (p < end && *p == '/')
		p++;
	if (p < end)
		return NODES_URL_INVALID;
	if (http && !allow_http)
		return NODES_URL_HTTP;
	snprintf(out, PEERS_URL_MAX, "%s://%s:%u", http ? "http" : "https", host,
		 (unsigned)port);
	return NODES_URL_OK;
}
