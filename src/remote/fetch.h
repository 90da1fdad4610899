/* SPDX-License-Identifier: MIT */
/*
 * Outgoing requests to machines that nobody vouches for.
 *
 * A request costs at most its cap of bytes and its time, whatever the other
 * side does: the cap is enforced as bytes arrive, redirects are not followed,
 * nothing is decompressed, no proxy or netrc of the environment is used, and
 * the address is checked by net_guard at connect time. Requests wait in a queue
 * of our own, since libcurl counts time in its own against the timeout: at most
 * per_peer of one base URL and `total` of all are under way.
 *
 * Who the other side is: with a pin its TLS key must have that hash; without,
 * its certificate must be signed by a CA for its name. A probe only makes the
 * TLS handshake and tells the pin of the key presented (trust on first use).
 *
 * One engine belongs to one thread.
 */
#ifndef QUARRY_REMOTE_FETCH_H
#define QUARRY_REMOTE_FETCH_H

#include <signal.h>

#include "base/buf.h"
#include "remote/net_guard.h"
#include "remote/tls_pin.h"

#define FETCH_PATH_MAX 200
#define FETCH_TYPE_MAX 40
#define FETCH_WHY_SIZE 120
#define FETCH_QUEUE_MAX 8192

struct fetch;

struct fetch_options {
	struct net_guard guard;
	bool allow_http;
	int total, per_peer;		/* 0: 32 and 2 */
	int64_t deadline_ms;		/* clock_mono_ms after which nothing is
					 * done any more; 0: never */
	const volatile sig_atomic_t *stop; /* set by a signal; may be NULL */
};

/* Bytes that several requests send. */
struct blob {
	unsigned refs;
	size_t len;
	uint8_t p[];
};

/* A copy of the bytes with one reference; NULL without memory. */
struct blob *blob_new(const void *p, size_t len);
struct blob *blob_hold(struct blob *b);
void blob_drop(struct blob *b);	/* NULL is fine */

struct fetch_request {
	const char *base;	/* url.text, normalised */
	const char *path;	/* "/node/status"; ours, never a stranger's */
	struct blob *post;	/* sent by POST; held until done; NULL: GET */
	const char *type;	/* of what is posted; NULL: bytes */
	const char *header;	/* one line more, "Name: value"; or NULL */
	const char *pin;	/* "" or NULL: a CA must vouch */
	bool probe;		/* handshake only; needs https */
	size_t max_bytes;	/* of the answer */
	int timeout_ms;
	bool slow_is_bad;	/* under 1 KiB/s for 10 s ends it */
	/* given back with the result */
	void *owner;
	int kind;
	uint64_t tag;
};

enum fetch_tls { FETCH_TLS_FINE, FETCH_TLS_UNTRUSTED, FETCH_TLS_WRONG_KEY };

struct fetch_result {
	/* ST_OK: there is an answer, of any HTTP code; ST_TOO_BIG: more than
	 * max_bytes; ST_TIMEOUT; ST_DENIED: the guard or TLS refused; ST_REMOTE:
	 * anything else; ST_CANCELLED; ST_NOMEM. */
	enum status st;
	enum fetch_tls tls;
	int http;
	struct buf body;		/* the caller frees it */
	char pin[TLS_PIN_SIZE];		/* of a probe */
	char why[FETCH_WHY_SIZE];	/* when not ST_OK; printable ASCII */
	void *owner;
	int kind;
	uint64_t tag;
};

/* Once per process, before threads. */
NODISCARD enum status fetch_global_init(void);
NODISCARD enum status fetch_open(struct fetch **out, const struct fetch_options *o);
/* Whatever is under way is dropped. */
void fetch_close(struct fetch *f);

/* Queues a request, all of whose text is copied. ST_FULL or ST_NOMEM. */
NODISCARD enum status fetch_start(struct fetch *f, const struct fetch_request *r);
/* Drops what is queued or under way for an owner; no result comes. */
void fetch_drop_owner(struct fetch *f, const void *owner);
/* Requests without result yet. */
size_t fetch_pending(const struct fetch *f);
/* Works for up to timeout_ms; ends early when a result is there, when extra_fd
 * (-1: none) can be read, or on stop. */
void fetch_wait(struct fetch *f, int timeout_ms, int extra_fd);

/* An event loop of the caller's, instead of fetch_wait. */
struct fetch_loop {
	void *user;
	/* Wait for these events of poll(2) on fd; 0: never more. *slot is the
	 * loop's own for this socket, NULL at first. */
	void (*watch)(void *user, int fd, short events, void **slot);
	/* Call fetch_ready(f, -1, 0) once after so many ms; -1: not at all. */
	void (*timer)(void *user, int64_t ms);
};
/* Before anything is started; the loop must outlive f. */
void fetch_attach(struct fetch *f, const struct fetch_loop *loop);
/* A socket is ready (events of poll(2)), or (fd -1) the time has come. */
void fetch_ready(struct fetch *f, int fd, short events);
/* Begins what was started since the last call and may begin; true when results
 * wait to be taken. */
bool fetch_pump(struct fetch *f);
/* The next result; false when there is none now. */
NODISCARD bool fetch_next(struct fetch *f, struct fetch_result *out);

#endif
