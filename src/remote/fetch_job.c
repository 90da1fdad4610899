/* SPDX-License-Identifier: MIT */
/* Everything that one transfer may and may not do, as options of its handle. */
#include "remote/fetch_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HEADER_BYTES_MAX 16384
#define CONNECT_TIMEOUT_MS 3000
#define USER_AGENT "quarry/" PACKAGE_VERSION

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	struct job *j = user;

	n *= size;
	if (n > j->max_bytes - j->result.body.len) {
		j->too_big = true;
		return 0;
	}
	buf_add(&j->result.body, p, n);
	return buf_status(&j->result.body) == ST_OK ? n : 0;
}

static size_t on_header(char *p, size_t size, size_t n, void *user)
{
	struct job *j = user;

	(void)p;
	n *= size;
	j->header_bytes += n;
	if (j->header_bytes > HEADER_BYTES_MAX) {
		j->too_big = true;
		return 0;
	}
	return n;
}

static curl_socket_t on_socket(void *user, curlsocktype purpose,
			       struct curl_sockaddr *a)
{
	struct job *j = user;

	(void)purpose;
	if (!net_guard_allows(j->guard, &a->addr, a->addrlen, &j->refused))
		return CURL_SOCKET_BAD;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* Whether libcurl reads the same host and port out of the URL as we did. */
static bool same_reading(const char *full, const struct url *u)
{
	char *host = NULL, *port = NULL, *scheme = NULL;
	CURLU *c = curl_url();
	bool same;

	same = c &&
	       curl_url_set(c, CURLUPART_URL, full, CURLU_DISALLOW_USER) == CURLUE_OK &&
	       curl_url_get(c, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	       curl_url_get(c, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	       curl_url_get(c, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
	       strcmp(scheme, u->https ? "https" : "http") == 0 &&
	       strcmp(host, u->host) == 0 && strtoul(port, NULL, 10) == u->port;
	curl_free(host);
	curl_free(port);
	curl_free(scheme);
	curl_url_cleanup(c);
	return same;
}

static CURLcode set_tls(struct job *j)
{
	CURL *e = j->easy;
	bool ca = !j->pin[0] && !j->probe;
	CURLcode c;

	c = curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, ca ? 1L : 0L);
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, ca ? 2L : 0L);
	if (!c && j->pin[0])
		c = curl_easy_setopt(e, CURLOPT_PINNEDPUBLICKEY, j->pin);
	if (!c && j->probe)
		c = curl_easy_setopt(e, CURLOPT_CERTINFO, 1L);
	if (!c && j->probe)
		c = curl_easy_setopt(e, CURLOPT_CONNECT_ONLY, 1L);
	return c;
}

static CURLcode set_body(struct job *j)
{
	char type[FETCH_TYPE_MAX + 20];
	CURL *e = j->easy;
	CURLcode c = CURLE_OK;

	if (j->post) {
		c = curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE,
				     (curl_off_t)j->post->len);
		if (!c)
			c = curl_easy_setopt(e, CURLOPT_POSTFIELDS,
					     (const char *)j->post->p);
		/* no waiting for 100 Continue */
		j->headers = curl_slist_append(j->headers, "Expect:");
		snprintf(type, sizeof(type), "Content-Type: %s", j->type);
		j->headers = curl_slist_append(j->headers, type);
	}
	if (j->header[0])
		j->headers = curl_slist_append(j->headers, j->header);
	if (!c && j->headers)
		c = curl_easy_setopt(e, CURLOPT_HTTPHEADER, j->headers);
	return c;
}

static CURLcode set_limits(struct job *j, long timeout_ms)
{
	CURL *e = j->easy;
	CURLcode c;

	c = curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, timeout_ms);
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
				     (long)CONNECT_TIMEOUT_MS);
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE,
				     (curl_off_t)j->max_bytes);
	if (!c && j->slow_is_bad)
		c = curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1024L);
	if (!c && j->slow_is_bad)
		c = curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, 10L);
	return c;
}

static CURLcode set_callbacks(struct job *j)
{
	CURL *e = j->easy;
	CURLcode c;

	c = curl_easy_setopt(e, CURLOPT_PRIVATE, j);
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_WRITEDATA, j);
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_HEADERDATA, j);
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, j);
	return c;
}

static CURLcode set_manners(struct job *j, const char *full, bool allow_http)
{
	CURL *e = j->easy;
	CURLcode c;

	c = curl_easy_setopt(e, CURLOPT_URL, full);
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR,
				     allow_http ? "https,http" : "https");
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_PROXY, "");
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	/* a hanging name server must not hold up our end */
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_HTTP_VERSION,
				     (long)CURL_HTTP_VERSION_1_1);
	if (!c)
		c = curl_easy_setopt(e, CURLOPT_USERAGENT, USER_AGENT);
	return c;
}

enum status job_prepare(struct job *j, bool allow_http, int64_t timeout_ms,
			const char **why)
{
	char full[URL_TEXT_SIZE + FETCH_PATH_MAX];
	struct url u;
	CURLcode c;

	snprintf(full, sizeof(full), "%s%s", j->base, j->path);
	if (url_parse(&u, j->base, strlen(j->base), allow_http, why) != ST_OK ||
	    strcmp(u.text, j->base) != 0 || !same_reading(full, &u)) {
		*why = "its address is no normal https://host:port";
		return ST_DENIED;
	}
	j->easy = curl_easy_init();
	*why = status_text(ST_NOMEM);
	if (!j->easy)
		return ST_NOMEM;
	c = set_manners(j, full, allow_http);
	if (!c)
		c = set_callbacks(j);
	if (!c)
		c = set_limits(j, (long)timeout_ms);
	if (!c)
		c = set_tls(j);
	if (!c)
		c = set_body(j);
	*why = curl_easy_strerror(c);
	return c ? ST_REMOTE : ST_OK;
}

static void read_pin(struct job *j)
{
	struct curl_certinfo *chain = NULL;

	if (curl_easy_getinfo(j->easy, CURLINFO_CERTINFO, &chain) || !chain ||
	    chain->num_of_certs < 1)
		return;
	for (struct curl_slist *s = chain->certinfo[0]; s; s = s->next) {
		if (strncmp(s->data, "Cert:", 5) == 0 &&
		    tls_pin_of_pem(j->result.pin, s->data + 5, strlen(s->data + 5)))
			return;
	}
	j->result.pin[0] = '\0';
}

static enum status outcome(struct job *j, CURLcode c, const char **text)
{
	*text = "";
	if (c == CURLE_OK && j->probe) {
		read_pin(j);
		*text = "its TLS certificate cannot be read";
		return j->result.pin[0] ? ST_OK : ST_REMOTE;
	}
	if (c == CURLE_OK)
		return ST_OK;
	if (c == CURLE_OPERATION_TIMEDOUT) {
		*text = "it did not answer in time";
		return ST_TIMEOUT;
	}
	if (c == CURLE_COULDNT_CONNECT && j->refused) {
		*text = j->refused;
		return ST_DENIED;
	}
	if (c == CURLE_SSL_PINNEDPUBKEYNOTMATCH) {
		j->result.tls = FETCH_TLS_WRONG_KEY;
		*text = "its TLS key is not the one it had before";
		return ST_DENIED;
	}
	if (c == CURLE_PEER_FAILED_VERIFICATION) {
		j->result.tls = FETCH_TLS_UNTRUSTED;
		*text = "no authority vouches for its TLS key";
		return ST_DENIED;
	}
	*text = curl_easy_strerror(c);
	if (buf_status(&j->result.body) == ST_NOMEM || c == CURLE_OUT_OF_MEMORY)
		return ST_NOMEM;
	return ST_REMOTE;
}

enum status job_outcome(struct job *j, CURLcode c, char *why)
{
	const char *text;
	enum status st;
	long http = 0;

	if (curl_easy_getinfo(j->easy, CURLINFO_RESPONSE_CODE, &http))
		http = 0;
	j->result.http = (int)http;
	if (j->too_big || c == CURLE_FILESIZE_EXCEEDED) {
		snprintf(why, FETCH_WHY_SIZE,
			 "it sent more than the %zu bytes allowed", j->max_bytes);
		return ST_TOO_BIG;
	}
	st = outcome(j, c, &text);
	snprintf(why, FETCH_WHY_SIZE, "%s", text);
	return st;
}
