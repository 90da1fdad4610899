/* SPDX-License-Identifier: MIT */
/* Everybody who follows events, by one process: those who do not read cost little
 * and miss nothing, those who never read go, each begins where it asks to. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "fcgi/live/hub.h"
#include "feed/event_want.h"
#include "node/net/netreport.h"
#include "node/query/query.h"

#define CLIENTS_MAX 64
#define TEXT_MAX (1u << 20)
#define STALLED_MS 700

struct client {
	int fd;			/* our end; -1 once the other is closed */
	char *text;		/* what the answer holds */
	size_t len;
	uint8_t raw[70000];	/* a record that is not whole */
	size_t n_raw;
	bool ended;		/* by FastCGI's record */
};

struct lab {
	char dir[32], db[64];
	struct node *node;
	pid_t hub;
	struct client *client[CLIENTS_MAX];
	unsigned n;
	int theirs[CLIENTS_MAX];
	const char *want[CLIENTS_MAX];
};

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

static struct node *open_node(struct lab *l)
{
	const struct node_options o = {.db_path = l->db};
	char error[NODE_ERROR_SIZE];
	struct node *n;

	if (node_open(&n, &o, error) != ST_OK)
		fail_msg("%s", error);
	return n;
}

static struct lab *lab_new(void)
{
	struct lab *l = calloc(1, sizeof(*l));
	char error[NODE_ERROR_SIZE];
	struct params p;

	assert_non_null(l);
	snprintf(l->dir, sizeof(l->dir), "%s", "/tmp/hub.XXXXXX");
	assert_non_null(mkdtemp(l->dir));
	snprintf(l->db, sizeof(l->db), "%s/q.db", l->dir);
	assert_true(params_builtin(&p, "regtest"));
	if (node_create(l->db, &p, NULL, 0, error) != ST_OK)
		fail_msg("%s", error);
	l->node = open_node(l);
	return l;
}

/* One that will follow; its connection takes little. */
static struct client *join(struct lab *l, const char *want)
{
	struct client *c = calloc(1, sizeof(*c));
	int fd[2], little = 1;

	assert_non_null(c);
	c->text = calloc(1, TEXT_MAX);
	assert_non_null(c->text);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	setsockopt(fd[0], SOL_SOCKET, SO_RCVBUF, &little, sizeof(little));
	setsockopt(fd[1], SOL_SOCKET, SO_SNDBUF, &little, sizeof(little));
	c->fd = fd[0];
	l->theirs[l->n] = fd[1];
	l->want[l->n] = want;
	l->client[l->n++] = c;
	return c;
}

static bool nobody(void *arg)
{
	(void)arg;
	return false;
}

static _Noreturn void be_the_hub(struct lab *l)
{
	const struct hub_limits limits = {
		.clients = CLIENTS_MAX, .per_address = CLIENTS_MAX,
		.stalled_ms = STALLED_MS,
	};
	struct node *n = open_node(l);
	int door[2];
	struct hub *h;
	enum status st;

	signal(SIGTERM, on_term);
	if (pipe(door) != 0 || hub_open(&h, n, &limits) != ST_OK)
		_exit(1);
	for (unsigned i = 0; i < l->n; i++) {
		char why[EVENT_WHY_SIZE];
		struct event_want want;

		close(l->client[i]->fd);
		if (event_want_text(&want, l->want[i], node_params(n),
				    hub_watches(h), why) != ST_OK ||
		    hub_refusal(h, "192.0.2.1") != 0 ||
		    hub_add(h, l->theirs[i], 1, &want, "192.0.2.1",
			    bytes_of_text("head\n")) != ST_OK)
			_exit(2);
	}
	st = hub_run(h, door[0], nobody, NULL, &stop);
	hub_close(h);
	node_close(n);
	_exit(st == ST_OK ? 0 : 3);
}

static void begin(struct lab *l)
{
	l->hub = fork();
	assert_true(l->hub >= 0);
	if (l->hub == 0)
		be_the_hub(l);
	for (unsigned i = 0; i < l->n; i++)
		close(l->theirs[i]);
}

static void take_records(struct client *c)
{
	size_t at = 0;

	while (c->n_raw - at >= 8) {
		const uint8_t *r = c->raw + at;
		size_t n = (size_t)r[4] << 8 | r[5];

		assert_int_equal(r[0], 1);
		assert_int_equal((r[2] << 8) | r[3], 1);
		if (c->n_raw - at < 8 + n)
			break;
		c->ended |= r[1] == 3;
		if (r[1] == 6) {
			assert_true(c->len + n < TEXT_MAX);
			memcpy(c->text + c->len, r + 8, n);
			c->len += n;
		}
		at += 8 + n;
	}
	memmove(c->raw, c->raw + at, c->n_raw - at);
	c->n_raw -= at;
}

/* Reads until it holds the text; false: it was closed, or did not come. */
static bool hears(struct client *c, const char *text)
{
	int64_t end = clock_mono_ms() + 10000;

	while (clock_mono_ms() < end) {
		struct pollfd p = {.fd = c->fd, .events = POLLIN};
		ssize_t n;

		if (strstr(c->text, text))
			return true;
		if (poll(&p, 1, 100) <= 0)
			continue;
		n = read(c->fd, c->raw + c->n_raw, sizeof(c->raw) - c->n_raw);
		if (n <= 0)
			return false;
		c->n_raw += (size_t)n;
		take_records(c);
	}
	return false;
}

static unsigned count(const struct client *c, const char *what)
{
	unsigned n = 0;

	for (const char *p = c->text; (p = strstr(p, what)); p++)
		n++;
	return n;
}

/* Rows of a peer, about 450 bytes each, numbered; a process may write a hundred. */
static void write_rows(struct lab *l, int from, int n)
{
	struct net_event e[100] = {0};
	struct net_report r = {.events = e, .n_events = (uint32_t)n};
	struct node *one = open_node(l);

	for (int i = 0; i < n; i++) {
		e[i].came = true;
		e[i].connection = from + i;
		snprintf(e[i].addr, sizeof(e[i].addr), "192.0.2.9:8333");
		memset(e[i].agent, 'a', sizeof(e[i].agent) - 1);
	}
	assert_int_equal(net_report(one, &r), ST_OK);
	node_close(one);
}

static long memory_kib(pid_t pid)
{
	char path[40], line[200];
	long kib = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		if (strncmp(line, "RssAnon:", 8) == 0)
			kib = strtol(line + 8, NULL, 10);
	fclose(f);
	return kib;
}

static void end(struct lab *l)
{
	char path[80];
	int status;

	kill(l->hub, SIGTERM);
	assert_int_equal(waitpid(l->hub, &status, 0), l->hub);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	for (unsigned i = 0; i < l->n; i++) {
		close(l->client[i]->fd);
		free(l->client[i]->text);
		free(l->client[i]);
	}
	node_close(l->node);
	for (int i = 0; i < 3; i++) {
		static const char *const ends[] = {"", "-wal", "-shm"};

		snprintf(path, sizeof(path), "%s%s", l->db, ends[i]);
		unlink(path);
	}
	rmdir(l->dir);
	free(l);
}

static void who_reads_late_misses_nothing_and_hears_nothing_twice(void **state)
{
	struct lab *l = lab_new();
	struct client *quick = join(l, "peer"), *late = join(l, "peer");
	char text[40];

	(void)state;
	begin(l);
	assert_true(hears(quick, "head"));
	for (int i = 0; i < 4; i++)
		write_rows(l, 100 * i, 100);
	assert_true(hears(quick, "\"connection\":399,"));
	assert_int_equal(late->len, 0);
	assert_true(hears(late, "\"connection\":399,"));
	assert_int_equal(count(late, "event: peer"), 400);
	assert_int_equal(late->len, quick->len);
	assert_memory_equal(late->text, quick->text, quick->len);
	for (int i = 0; i < 400; i++) {
		snprintf(text, sizeof(text), "\"connection\":%d,", i);
		assert_int_equal(count(late, text), 1);
	}
	end(l);
}

static void those_who_do_not_read_hold_a_bounded_buffer_and_go(void **state)
{
	struct lab *l = lab_new();
	struct client *deaf[40], *good;
	long before, after;
	int64_t from;

	(void)state;
	for (unsigned i = 0; i < 40; i++)
		deaf[i] = join(l, "peer");
	good = join(l, "peer");
	begin(l);
	write_rows(l, 0, 1);
	assert_true(hears(good, "\"connection\":0,"));
	before = memory_kib(l->hub);
	from = clock_mono_ms();
	for (int i = 0; i < 5; i++)
		write_rows(l, 1 + 100 * i, 100);
	assert_true(hears(good, "\"connection\":500,"));
	/* 250 kB for each of 40 would be 10,000 KiB; at most one message beyond
	 * what the connection takes waits for each */
	after = memory_kib(l->hub);
	print_message("40 who do not read: %ld KiB more\n", after - before);
#ifdef __SANITIZE_ADDRESS__	/* it holds back what was freed */
	assert_in_range(after, 0, before + 9500);
#else
	assert_in_range(after, 0, before + 4000);
#endif
	/* they go, the good one stays */
	while (clock_mono_ms() < from + 3 * STALLED_MS)
		clock_sleep_ms(20);
	for (unsigned i = 0; i < 40; i++) {
		assert_false(hears(deaf[i], "\"connection\":500,"));
		assert_false(deaf[i]->ended);
	}
	write_rows(l, 600, 1);
	assert_true(hears(good, "\"connection\":600,"));
	end(l);
}

static void each_begins_where_it_asks_to(void **state)
{
	struct lab *l = lab_new();
	struct client *fresh, *from, *ahead, *blocks;
	char want[40], far[40];
	int64_t last;

	(void)state;
	write_rows(l, 0, 10);
	assert_int_equal(query_last_event(l->node, &last), ST_OK);
	fresh = join(l, "peer");
	snprintf(want, sizeof(want), "peer&since=%lld", (long long)last - 3);
	from = join(l, want);
	snprintf(far, sizeof(far), "peer&since=%lld", (long long)last + 1000);
	ahead = join(l, far);
	blocks = join(l, "blocks&since=0");
	begin(l);
	assert_true(hears(ahead, "event: lost"));
	write_rows(l, 10, 1);
	assert_true(hears(fresh, "\"connection\":10,"));
	assert_int_equal(count(fresh, "event: peer"), 1);
	assert_true(hears(from, "\"connection\":10,"));
	assert_int_equal(count(from, "event: peer"), 4);
	assert_int_equal(count(from, "event: lost"), 0);
	assert_true(hears(ahead, "\"connection\":10,"));
	assert_int_equal(count(ahead, "event: peer"), 1);
	assert_true(hears(blocks, "event: block"));
	assert_int_equal(count(blocks, "event: peer"), 0);
	end(l);
}

static void at_the_end_every_answer_is_complete(void **state)
{
	struct lab *l = lab_new();
	struct client *c = join(l, "peer");

	(void)state;
	begin(l);
	assert_true(hears(c, "head"));
	kill(l->hub, SIGTERM);
	assert_false(hears(c, "never"));
	assert_true(c->ended);
	end(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_reads_late_misses_nothing_and_hears_nothing_twice),
		cmocka_unit_test(those_who_do_not_read_hold_a_bounded_buffer_and_go),
		cmocka_unit_test(each_begins_where_it_asks_to),
		cmocka_unit_test(at_the_end_every_answer_is_complete),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
