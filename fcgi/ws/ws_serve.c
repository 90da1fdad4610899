/* SPDX-License-Identifier: MIT */
#include "fcgi/ws/ws_serve.h"

#include <errno.h>
#include <fcntl.h>
#include <libwebsockets.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "fcgi/http/caller.h"
#include "fcgi/ws/ws_hall.h"

#define ACCEPTS_A_TURN 64
/* Descriptors beside those of clients: the database, the door, the library's. */
#define OTHER_FDS 64
/* A handshake that takes longer is given up. */
#define HANDSHAKE_S 10
#define PIECE 4096
/* Without a sign of life a client is asked, and after the second time let go. */
#define ASK_S 30
#define SILENT_S 50
/* A client that takes nothing for so long is let go. */
#define STALLED_MS 10000
#define ADDRESS_MAX 64

struct door {
	struct app *app;
	struct ws_hall *hall;
	struct lws_context *lws;
	struct lws_vhost *host;
	int listen_fd;
};

/* A connection. */
struct session {
	struct lws *wsi;
	struct ws_client *client;	/* NULL: not let in */
	struct buf in;			/* the message that comes */
	int64_t moved_ms;		/* when it took something, or had all */
};

static struct door *door_of(struct lws *wsi)
{
	return lws_context_user(lws_get_context(wsi));
}

/* --- one client --- */

static void address_of(struct lws *wsi, char out[ADDRESS_MAX])
{
	if (lws_hdr_copy(wsi, out, ADDRESS_MAX, WSI_TOKEN_HTTP_X_REAL_IP) <= 0)
		out[0] = '\0';
}

/* Nonzero ends the connection. */
static int refuse(struct lws *wsi, unsigned status, const char *why)
{
	(void)lws_return_http_status(wsi, status, why);
	return -1;
}

static int may_enter(struct lws *wsi)
{
	char address[ADDRESS_MAX];
	int no;

	/* nothing says who it is: what visitors may not see is not told */
	if (!(caller_visitors(door_of(wsi)->app) & ROLE_READ))
		return refuse(wsi, 401, "Visitors may not read here.");
	address_of(wsi, address);
	no = ws_hall_refusal(door_of(wsi)->hall, address);
	return no ? refuse(wsi, (unsigned)no, "No more may listen now.") : 0;
}

static int enter(struct lws *wsi, struct session *s)
{
	char address[ADDRESS_MAX];

	address_of(wsi, address);
	*s = (struct session){.wsi = wsi, .moved_ms = clock_mono_ms()};
	buf_init(&s->in, WS_ORDER_MAX);
	s->client = ws_hall_enter(door_of(wsi)->hall, s, address);
	return s->client ? 0 : -1;
}

static void leave(struct lws *wsi, struct session *s)
{
	if (s->client)
		ws_hall_leave(door_of(wsi)->hall, s->client);
	buf_free(&s->in);
	*s = (struct session){0};
}

static int close_with(struct lws *wsi, enum lws_close_status status,
		      const char *why)
{
	unsigned char text[80];
	size_t n = strlen(why);

	memcpy(text, why, n);
	lws_close_reason(wsi, status, text, n);
	return -1;
}

static int take(struct lws *wsi, struct session *s, const void *p, size_t n)
{
	struct bytes text;

	if (!s->client)
		return -1;
	if (lws_frame_is_binary(wsi))
		return close_with(wsi, LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE,
				  "A message is text.");
	buf_add(&s->in, p, n);
	if (buf_status(&s->in) != ST_OK)
		return close_with(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE,
				  "A message has at most 32 KiB.");
	if (lws_remaining_packet_payload(wsi) || !lws_is_final_fragment(wsi))
		return 0;
	ws_hall_order(door_of(wsi)->hall, s->client, buf_view(&s->in));
	buf_free(&s->in);
	buf_init(&s->in, WS_ORDER_MAX);
	if (s->client->drop)
		return close_with(wsi, LWS_CLOSE_STATUS_POLICY_VIOLATION,
				  "Too many messages, or answers not taken.");
	if (ws_client_next(s->client, &text))
		lws_callback_on_writable(wsi);
	return 0;
}

/* One message at a time; what the connection does not take of it the library
 * keeps, and calls again when it is gone. */
static int give(struct lws *wsi, struct session *s)
{
	struct bytes text;
	uint8_t *p;
	int sent;

	if (!s->client)
		return -1;
	s->moved_ms = clock_mono_ms();
	if (s->client->drop)
		return close_with(wsi, LWS_CLOSE_STATUS_POLICY_VIOLATION,
				  "Too many messages, or answers not taken.");
	if (!ws_client_next(s->client, &text))
		return 0;
	p = malloc(LWS_PRE + text.len);
	if (!p)
		return -1;
	memcpy(p + LWS_PRE, text.p, text.len);
	sent = lws_write(wsi, p + LWS_PRE, text.len, LWS_WRITE_TEXT);
	free(p);
	if (sent < (int)text.len)
		return -1;
	ws_client_said(s->client);
	if (ws_client_next(s->client, &text))
		lws_callback_on_writable(wsi);
	return 0;
}

static int on_ws(struct lws *wsi, enum lws_callback_reasons why, void *user,
		 void *in, size_t len)
{
	/* the library has far more reasons than concern us */
	if (why == LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION)
		return may_enter(wsi);
	if (why == LWS_CALLBACK_ESTABLISHED)
		return enter(wsi, user);
	if (why == LWS_CALLBACK_RECEIVE)
		return take(wsi, user, in, len);
	if (why == LWS_CALLBACK_SERVER_WRITEABLE)
		return give(wsi, user);
	if (why == LWS_CALLBACK_CLOSED)
		leave(wsi, user);
	if (why == LWS_CALLBACK_HTTP)
		return refuse(wsi, 426, "Ask for an upgrade to a WebSocket here.");
	return 0;
}

/* --- the door --- */

static void accept_some(struct door *d)
{
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		int fd = accept4(d->listen_fd, NULL, NULL,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0) {
			if (errno == EINTR)
				continue;
			if (errno != EAGAIN && errno != EWOULDBLOCK)
				log_warn("cannot accept requests now (errno %d)",
					 errno);
			return;
		}
		/* on failure the library closes it */
		(void)lws_adopt_socket_vhost(d->host, fd);
	}
}

static int on_door(struct lws *wsi, enum lws_callback_reasons why, void *user,
		   void *in, size_t len)
{
	(void)user;
	(void)in;
	(void)len;
	if (why == LWS_CALLBACK_RAW_RX_FILE)
		accept_some(door_of(wsi));
	return 0;
}

static const struct lws_protocols protocols[] = {
	{.name = "mempool", .callback = on_ws,
	 .per_session_data_size = sizeof(struct session), .rx_buffer_size = PIECE},
	{.name = "door", .callback = on_door},
	{0},
};

static void on_log(int level, const char *line)
{
	char text[200];

	log_safe(text, sizeof(text), line, strcspn(line, "\n"));
	if (level == LLL_ERR)
		log_warn("libwebsockets: %s", text);
	else
		log_debug("libwebsockets: %s", text);
}

static enum status open_door(struct door *d, unsigned clients)
{
	static const lws_retry_bo_t patience = {
		.secs_since_valid_ping = ASK_S,
		.secs_since_valid_hangup = SILENT_S,
	};
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.protocols = protocols,
		.gid = (gid_t)-1,
		.uid = (uid_t)-1,
		.fd_limit_per_thread = clients + OTHER_FDS,
		.timeout_secs = HANDSHAKE_S,
		.keepalive_timeout = HANDSHAKE_S,
		.max_http_header_data = PIECE,
		.retry_and_idle_policy = &patience,
		.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
			   LWS_SERVER_OPTION_VALIDATE_UTF8,
		.vhost_name = "quarry",
		.user = d,
	};
	int flags = fcntl(d->listen_fd, F_GETFL);
	lws_sock_file_fd_type fd = {.filefd = d->listen_fd};

	if (flags < 0 || fcntl(d->listen_fd, F_SETFL, flags | O_NONBLOCK) != 0)
		return ST_IO;
	lws_set_log_level(LLL_ERR | LLL_WARN, on_log);
	d->lws = lws_create_context(&info);
	if (!d->lws)
		return ST_IO;
	d->host = lws_create_vhost(d->lws, &info);
	/* the library closes what it was given, and the parent's is its own */
	fd.filefd = fcntl(d->listen_fd, F_DUPFD_CLOEXEC, 3);
	if (!d->host || fd.filefd < 0 ||
	    !lws_adopt_descriptor_vhost(d->host, LWS_ADOPT_RAW_FILE_DESC, fd,
					"door", NULL))
		return ST_IO;
	return ST_OK;
}

/* Has messages written, and those let go who hang. */
static void tend(struct door *d)
{
	int64_t now = clock_mono_ms();
	struct ws_client *c = NULL;

	while ((c = ws_hall_next(d->hall, c))) {
		struct session *s = c->conn;
		struct bytes text;
		bool waits = ws_client_next(c, &text);

		if (!waits && !c->drop)
			s->moved_ms = now;
		else if (now - s->moved_ms > STALLED_MS)
			lws_set_timeout(s->wsi, PENDING_TIMEOUT_USER_OK,
					LWS_TO_KILL_ASYNC);
		else
			lws_callback_on_writable(s->wsi);
	}
}

static void room_for(unsigned clients)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return;
	if (r.rlim_cur < clients + OTHER_FDS)
		r.rlim_cur = r.rlim_max < clients + OTHER_FDS ?
			     r.rlim_max : clients + OTHER_FDS;
	(void)setrlimit(RLIMIT_NOFILE, &r);
}

struct look {
	lws_sorted_usec_list_t sul;	/* first: the library gives it back */
	struct door *door;
};

static void on_time(lws_sorted_usec_list_t *sul)
{
	struct look *l = lws_container_of(sul, struct look, sul);
	bool more = ws_hall_look(l->door->hall);

	tend(l->door);
	lws_sul_schedule(l->door->lws, 0, sul, on_time,
			 more ? 1 : WS_LOOK_MS * LWS_US_PER_MS);
}

enum status ws_serve(struct app *app, int listen_fd,
		     const volatile sig_atomic_t *stop)
{
	const struct ws_limits limits = {
		.clients = (unsigned)conf_int(app->conf, CONF_EVENTS_CLIENTS),
		.per_address =
			(unsigned)conf_int(app->conf, CONF_EVENTS_PER_ADDRESS),
	};
	struct door d = {.app = app, .listen_fd = listen_fd};
	struct look l = {.door = &d};
	enum status st = ws_hall_open(&d.hall, app, &limits);

	room_for(limits.clients);
	if (st == ST_OK)
		st = open_door(&d, limits.clients);
	if (st == ST_OK)
		lws_sul_schedule(d.lws, 0, &l.sul, on_time, 1);
	while (st == ST_OK && !*stop)
		if (lws_service(d.lws, 0) < 0 && !*stop)
			st = ST_IO;
	if (d.lws)
		lws_context_destroy(d.lws);
	ws_hall_close(d.hall);
	return st;
}
