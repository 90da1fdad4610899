/* SPDX-License-Identifier: MIT */
/*
 * remote: a server on loopback that misbehaves (server.py) costs a request its
 * bytes and its time at most.
 */
#include "tests/unit/unit.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "remote/fetch.h"

static struct {
	pid_t pid;
	int in, out;
	char dir[64], base[64], http[64], pin[TLS_PIN_SIZE];
} server;

static int server_start(void **state)
{
	const char *src = getenv("QUARRY_SRC");
	int in[2], out[2], port, http;
	char script[4096], line[200];
	size_t n = 0;
	ssize_t got;

	snprintf(script, sizeof(script), "%s/tests/unit/remote/server.py",
		 src ? src : ".");
	snprintf(server.dir, sizeof(server.dir), "/tmp/quarry-fetch-XXXXXX");
	if (!mkdtemp(server.dir) || pipe(in) || pipe(out))
		return -1;
	server.pid = fork();
	if (server.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execlp("python3", "python3", script, server.dir, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	server.in = in[1];
	server.out = out[0];
	do {
		got = read(server.out, line + n, sizeof(line) - 1 - n);
		if (got <= 0)
			return -1;
		n += (size_t)got;
	} while (line[n - 1] != '\n');
	line[n] = '\0';
	if (sscanf(line, "%d %63s %d", &port, server.pin, &http) != 3)
		return -1;
	snprintf(server.base, sizeof(server.base), "https://127.0.0.1:%d", port);
	snprintf(server.http, sizeof(server.http), "http://127.0.0.1:%d", http);
	return fetch_global_init() == ST_OK ? 0 : -1;
}

static int server_stop(void **state)
{
	char path[128];

	close(server.in);
	close(server.out);
	waitpid(server.pid, NULL, 0);
	snprintf(path, sizeof(path), "%s/cert.pem", server.dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/key.pem", server.dir);
	unlink(path);
	return rmdir(server.dir);
}

static struct fetch *engine(bool allow_private)
{
	struct fetch_options o = {.allow_http = true};
	struct fetch *f;

	net_guard_init(&o.guard, allow_private);
	assert_int_equal(fetch_open(&f, &o), ST_OK);
	return f;
}

/* One request to the end. */
static struct fetch_result run(struct fetch *f, struct fetch_request r)
{
	int64_t end = clock_mono_ms() + 15000;
	struct fetch_result result;

	if (!r.base)
		r.base = server.base;
	if (!r.timeout_ms)
		r.timeout_ms = 10000;
	if (!r.max_bytes)
		r.max_bytes = 100000;
	if (!r.pin)
		r.pin = server.pin;
	assert_int_equal(fetch_start(f, &r), ST_OK);
	while (!fetch_next(f, &result)) {
		assert_true(clock_mono_ms() < end);
		fetch_wait(f, 1000, -1);
	}
	assert_int_equal(result.st == ST_OK, result.why[0] == '\0');
	return result;
}

static struct fetch_result get(struct fetch *f, const char *path)
{
	return run(f, (struct fetch_request){.path = path});
}

static void answers_come_back(void **state)
{
	struct fetch *f = engine(true);
	struct blob *b = blob_new("\0body\xff", 6);
	struct fetch_result r = get(f, "/fine");

	assert_int_equal(r.st, ST_OK);
	assert_int_equal(r.http, 200);
	assert_string_equal(buf_str(&r.body), "fine");
	buf_free(&r.body);
	r = run(f, (struct fetch_request){.path = "/echo", .post = b, .tag = 7});
	assert_int_equal(r.st, ST_OK);
	assert_int_equal(r.tag, 7);
	assert_true(bytes_equal(buf_view(&r.body), bytes_of(b->p, b->len)));
	buf_free(&r.body);
	blob_drop(b);
	r = get(f, "/none");
	assert_int_equal(r.st, ST_OK);
	assert_int_equal(r.http, 404);
	r = run(f, (struct fetch_request){.base = server.http, .path = "/fine"});
	assert_int_equal(r.http, 200);
	buf_free(&r.body);
	fetch_close(f);
}

static void only_the_pinned_key_or_a_ca_is_trusted(void **state)
{
	static const char wrong[] = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
	struct fetch *f = engine(true);
	struct fetch_result r;

	r = run(f, (struct fetch_request){.path = "/fine", .pin = wrong});
	assert_int_equal(r.st, ST_DENIED);
	assert_int_equal(r.tls, FETCH_TLS_WRONG_KEY);
	r = run(f, (struct fetch_request){.path = "/fine", .pin = ""});
	assert_int_equal(r.st, ST_DENIED);
	assert_int_equal(r.tls, FETCH_TLS_UNTRUSTED);
	/* a connection made with the right pin serves no other */
	r = get(f, "/fine");
	assert_int_equal(r.st, ST_OK);
	buf_free(&r.body);
	r = run(f, (struct fetch_request){.path = "/fine", .pin = wrong});
	assert_int_equal(r.st, ST_DENIED);
	fetch_close(f);
}

static void a_probe_tells_the_pin_of_the_key_presented(void **state)
{
	struct fetch *f = engine(true);
	struct fetch_result r;

	r = run(f, (struct fetch_request){.path = "/", .pin = "", .probe = true});
	assert_int_equal(r.st, ST_OK);
	/* as the openssl command computes it */
	assert_string_equal(r.pin, server.pin);
	fetch_close(f);
}

static void bodies_and_headers_are_cut_at_their_cap(void **state)
{
	static const char *const paths[] = {"/endless", "/length", "/headers"};
	struct fetch *f = engine(true);

	for (size_t i = 0; i < 3; i++) {
		struct fetch_result r = get(f, paths[i]);

		if (i < 2 || r.st != ST_REMOTE)
			assert_int_equal(r.st, ST_TOO_BIG);
		assert_null(r.body.p);
	}
	fetch_close(f);
}

static void slow_servers_end_at_the_timeout(void **state)
{
	static const char *const paths[] = {"/drip", "/hang"};
	struct fetch *f = engine(true);

	for (size_t i = 0; i < 2; i++) {
		int64_t begin = clock_mono_ms();
		struct fetch_result r = run(f, (struct fetch_request){
						       .path = paths[i],
						       .timeout_ms = 700});

		assert_int_equal(r.st, ST_TIMEOUT);
		assert_in_range(clock_mono_ms() - begin, 600, 3000);
	}
	fetch_close(f);
}

static void redirects_are_not_followed(void **state)
{
	struct fetch *f = engine(true);
	struct fetch_result r = get(f, "/redirect");

	assert_int_equal(r.http, 302);
	r = get(f, "/hits");
	assert_string_equal(buf_str(&r.body), "0");
	buf_free(&r.body);
	fetch_close(f);
}

static void broken_answers_are_no_answers(void **state)
{
	static const char *const paths[] = {"/cut", "/nonsense"};
	struct fetch *f = engine(true);
	struct fetch_result r;

	for (size_t i = 0; i < 2; i++) {
		r = get(f, paths[i]);
		assert_int_equal(r.st, ST_REMOTE);
	}
	/* nothing is decompressed */
	r = get(f, "/gzip");
	assert_string_equal(buf_str(&r.body), "abcd");
	buf_free(&r.body);
	fetch_close(f);
}

static void private_addresses_are_refused_however_spelt(void **state)
{
	char port[16], text[100];
	static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]",
					    "[::ffff:127.0.0.1]"};
	struct fetch *f = engine(false);

	snprintf(port, sizeof(port), "%s", strrchr(server.base, ':'));
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		struct fetch_result r;

		snprintf(text, sizeof(text), "https://%s%s", hosts[i], port);
		r = run(f, (struct fetch_request){.base = text, .path = "/fine"});
		assert_int_equal(r.st, ST_DENIED);
		assert_string_equal(r.why, "its address is private");
	}
	fetch_close(f);
	/* spellings that no URL may have never reach the network */
	f = engine(true);
	for (size_t i = 0; i < 3; i++) {
		static const char *const odd[] = {"https://2130706433:8443",
						  "https://127.1:8443",
						  "https://A.example:8443"};
		struct fetch_result r =
			run(f, (struct fetch_request){.base = odd[i], .path = "/"});

		assert_int_equal(r.st, ST_DENIED);
	}
	fetch_close(f);
}

/* Two hanging requests leave those behind them their whole time. */
static void time_in_the_queue_is_not_counted(void **state)
{
	struct fetch *f = engine(true);
	struct fetch_request r = {.base = server.base, .pin = server.pin,
				  .max_bytes = 100, .timeout_ms = 800};
	int fine = 0, late = 0;
	struct fetch_result result;

	for (int i = 0; i < 6; i++) {
		r.path = i < 2 ? "/hang" : "/fine";
		assert_int_equal(fetch_start(f, &r), ST_OK);
	}
	while (fetch_pending(f)) {
		fetch_wait(f, 5000, -1);
		while (fetch_next(f, &result)) {
			fine += result.st == ST_OK;
			late += result.st == ST_TIMEOUT;
			buf_free(&result.body);
		}
	}
	assert_int_equal(late, 2);
	assert_int_equal(fine, 4);
	fetch_close(f);
}

static void deadline_and_stop_end_waiting(void **state)
{
	struct fetch_options o = {.allow_http = true};
	volatile sig_atomic_t stop = 0;
	int64_t begin = clock_mono_ms();
	struct fetch_result r;
	struct fetch *f;

	net_guard_init(&o.guard, true);
	o.deadline_ms = begin + 500;
	o.stop = &stop;
	assert_int_equal(fetch_open(&f, &o), ST_OK);
	r = get(f, "/hang");
	assert_int_equal(r.st, ST_TIMEOUT);
	assert_in_range(clock_mono_ms() - begin, 400, 2000);
	r = get(f, "/fine");
	assert_int_equal(r.st, ST_TIMEOUT);
	fetch_close(f);

	o.deadline_ms = 0;
	stop = 1;
	assert_int_equal(fetch_open(&f, &o), ST_OK);
	assert_int_equal(fetch_start(f, &(struct fetch_request){
						.base = server.base, .path = "/hang",
						.pin = server.pin, .timeout_ms = 9000,
						.max_bytes = 10}),
			 ST_OK);
	begin = clock_mono_ms();
	fetch_wait(f, 5000, -1);
	assert_in_range(clock_mono_ms() - begin, 0, 1000);
	fetch_close(f);
}

/* A loop of somebody else's: poll(2) over whatever it is told to watch. */
struct own_loop {
	unsigned n;
	struct pollfd fd[16];
	int64_t at_ms;		/* -1: no timer */
};

static void own_watch(void *user, int fd, short events, void **slot)
{
	struct own_loop *l = user;
	struct pollfd *p = *slot;

	if (!p) {
		assert_true(l->n < 16);
		p = &l->fd[l->n++];
	}
	*p = (struct pollfd){.fd = events ? fd : -1, .events = events};
	*slot = p;
}

static void own_timer(void *user, int64_t ms)
{
	struct own_loop *l = user;

	l->at_ms = ms < 0 ? -1 : clock_mono_ms() + ms;
}

static void another_loop_drives_it(void **state)
{
	struct own_loop l = {.at_ms = -1};
	const struct fetch_loop loop = {&l, own_watch, own_timer};
	struct fetch *f = engine(true);
	struct fetch_request r = {.base = server.base, .pin = server.pin,
				  .max_bytes = 100, .timeout_ms = 800};
	int64_t end = clock_mono_ms() + 15000;
	int fine = 0, late = 0;
	struct fetch_result result;

	fetch_attach(f, &loop);
	for (int i = 0; i < 6; i++) {
		r.path = i < 2 ? "/hang" : "/fine";
		assert_int_equal(fetch_start(f, &r), ST_OK);
	}
	while (fine + late < 6) {
		assert_true(clock_mono_ms() < end);
		if (!fetch_pump(f))
			poll(l.fd, l.n, 20);
		if (l.at_ms >= 0 && clock_mono_ms() >= l.at_ms) {
			l.at_ms = -1;
			fetch_ready(f, -1, 0);
		}
		for (unsigned i = 0; i < l.n; i++) {
			if (l.fd[i].fd >= 0 && l.fd[i].revents)
				fetch_ready(f, l.fd[i].fd, l.fd[i].revents);
		}
		while (fetch_next(f, &result)) {
			fine += result.st == ST_OK;
			late += result.st == ST_TIMEOUT;
			buf_free(&result.body);
		}
	}
	assert_int_equal(late, 2);
	assert_int_equal(fine, 4);
	fetch_close(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_come_back),
		cmocka_unit_test(only_the_pinned_key_or_a_ca_is_trusted),
		cmocka_unit_test(a_probe_tells_the_pin_of_the_key_presented),
		cmocka_unit_test(bodies_and_headers_are_cut_at_their_cap),
		cmocka_unit_test(slow_servers_end_at_the_timeout),
		cmocka_unit_test(redirects_are_not_followed),
		cmocka_unit_test(broken_answers_are_no_answers),
		cmocka_unit_test(private_addresses_are_refused_however_spelt),
		cmocka_unit_test(time_in_the_queue_is_not_counted),
		cmocka_unit_test(deadline_and_stop_end_waiting),
		cmocka_unit_test(another_loop_drives_it),
	};

	return cmocka_run_group_tests(tests, server_start, server_stop);
}
