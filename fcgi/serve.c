/* SPDX-License-Identifier: MIT */
#include "fcgi/serve.h"

#include <errno.h>
#include <fcgiapp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/clock.h"
#include "base/log.h"
#include "fcgi/route.h"

#define REQUEST_ARENA_MAX (64u << 20)
/* What stays with a worker between requests. */
#define BODY_KEEP_MAX (1u << 20)
#define CONNECTION_TIMEOUT_S 30
#define ACCEPT_TIMEOUT_MS 500

static const char *source_param(void *arg, const char *name)
{
	FCGX_Request *fr = arg;

	return FCGX_GetParam(name, fr->envp);
}

static long source_read(void *arg, void *p, size_t n)
{
	FCGX_Request *fr = arg;
	int got = FCGX_GetStr(p, n > 1 << 20 ? 1 << 20 : (int)n, fr->in);

	return got == 0 && FCGX_GetError(fr->in) ? -1 : got;
}

/* Sends the answer in two strokes. A client that went away is no error. */
static void send_response(FCGX_Request *fr, const struct request *rq,
			  const struct response *rs)
{
	struct buf head;

	buf_init(&head, 4096);
	response_head(&head, rs);
	if (buf_status(&head) == ST_OK &&
	    FCGX_PutStr((const char *)head.p, (int)head.len, fr->out) >= 0 &&
	    rq->method != HTTP_HEAD && rs->status != 204 && rs->status != 304)
		FCGX_PutStr((const char *)rs->body.p, (int)rs->body.len, fr->out);
	buf_free(&head);
}

static void serve_one(struct app *app, FCGX_Request *fr, struct arena *arena,
		      struct response *rs)
{
	const struct request_source src = {source_param, source_read, fr};
	const struct timeval tv = {.tv_sec = CONNECTION_TIMEOUT_S};
	struct request rq;
	char path[120];
	int64_t begin = clock_mono_us();

	setsockopt(fr->ipcFd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(fr->ipcFd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	route_dispatch(app, &src, arena, &rq, rs);
	send_response(fr, &rq, rs);
	if (rs->status >= 500)
		log_warn("%d for %s: %s", rs->status,
			 log_safe(path, sizeof(path), rq.path, strlen(rq.path)),
			 node_error(app->node));
	else
		log_debug("%d for %s in %lld us", rs->status,
			  log_safe(path, sizeof(path), rq.path, strlen(rq.path)),
			  (long long)(clock_mono_us() - begin));
}

enum status serve_run(struct app *app, int listen_fd,
		      const volatile sig_atomic_t *stop)
{
	const struct timeval tv = {.tv_usec = ACCEPT_TIMEOUT_MS * 1000};
	enum status st = ST_OK;
	struct response rs;
	struct arena arena;
	FCGX_Request fr;

	if (setsockopt(listen_fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) != 0 ||
	    FCGX_Init() != 0 ||
	    FCGX_InitRequest(&fr, listen_fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return ST_IO;
	arena_init(&arena, REQUEST_ARENA_MAX);
	response_init(&rs);
	while (!*stop) {
		int rc = FCGX_Accept_r(&fr);

		if (rc == -EINTR || rc == -EAGAIN)
			continue;
		if (rc == -EBADF || rc == -EINVAL || rc == -ENOTSOCK) {
			st = ST_IO;
			break;
		}
		if (rc < 0) {
			/* No more file descriptors, perhaps: it will pass. */
			log_warn("cannot accept requests now (errno %d)", -rc);
			clock_sleep_ms(20);
			continue;
		}
		serve_one(app, &fr, &arena, &rs);
		FCGX_Finish_r(&fr);
		/* The arena may hold a private key: see teach_tx.c, which wipes
		 * it itself; memory beyond the usual goes back. */
		if (arena.used > BODY_KEEP_MAX) {
			arena_free(&arena);
			arena_init(&arena, REQUEST_ARENA_MAX);
		} else {
			arena_reset(&arena);
		}
		if (rs.body.cap > BODY_KEEP_MAX)
			buf_free(&rs.body);
		response_reset(&rs);
	}
	response_free(&rs);
	arena_free(&arena);
	FCGX_Free(&fr, 1);
	return st;
}
