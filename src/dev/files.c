/* SPDX-License-Identifier: MIT */
/*
 * See files.h. The site's template and its script lie beside the programs in a
 * build tree, and in the shared folder of an installation.
 */
#include "dev/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"

#define CONF_MAX ((size_t)1 << 16)
#define OUTPUT_MAX ((size_t)1 << 14)
#define SCRIPT_MS 20000
#define SOCKET_MAX 100
/* The user admin1 whom nigiri's clients know, with the password 123. */
#define USUAL_AUTH                                                             \
	"admin1:71756172727920646576$"                                         \
	"26e7dcc986dd2d4987467560d4acbf0aa9e186cd42bfe0835776b2319d0d4fd2"

#define SAY(...) snprintf(error, SETUP_ERROR_SIZE, __VA_ARGS__)

/* A folder of the shipped files that holds `name`. */
static bool find_shared(char out[SETUP_PATH_SIZE], const char *name)
{
	static const char *const beside[] = {"nginx", "../share/quarry/nginx"};
	char path[100];

	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", beside[i], name);
		if (process_sibling(out, SETUP_PATH_SIZE, path))
			return true;
	}
	snprintf(out, SETUP_PATH_SIZE, "%s/nginx/%s", QUARRY_PKGDATADIR, name);
	return access(out, X_OK) == 0;
}

/* www lies beside make-site in the sources, and one folder up when installed. */
static bool find_www(char out[SETUP_PATH_SIZE], const char *script)
{
	static const char *const at[] = {"www", "../www"};
	int n = (int)(strrchr(script, '/') - script);

	for (size_t i = 0; i < 2; i++) {
		snprintf(out, SETUP_PATH_SIZE, "%.*s/%s", n, script, at[i]);
		if (access(out, F_OK) == 0)
			return true;
	}
	return false;
}

static bool find_nginx(char out[SETUP_PATH_SIZE])
{
	static const char usual[] = "/usr/sbin:/usr/local/sbin:/usr/bin";
	const char *path = getenv("PATH");
	char dirs[4096];

	snprintf(dirs, sizeof(dirs), "%s:%s", path ? path : "", usual);
	for (char *save, *d = strtok_r(dirs, ":", &save); d;
	     d = strtok_r(NULL, ":", &save)) {
		struct stat file;

		/* a folder of that name, as a build tree has one, is none */
		snprintf(out, SETUP_PATH_SIZE, "%.900s/nginx", d);
		if (stat(out, &file) == 0 && S_ISREG(file.st_mode) &&
		    access(out, X_OK) == 0)
			return true;
	}
	return false;
}

/* A unix socket's path is short: in a deep folder they go to /tmp. */
static enum status choose_socket(struct setup *s, char error[SETUP_ERROR_SIZE])
{
	int n = snprintf(s->signer, sizeof(s->signer), "%s/signer.sock", s->data);

	snprintf(s->socket, sizeof(s->socket), "%.1000s/fcgi.sock", s->data);
	if (n < SOCKET_MAX)
		return ST_OK;
	snprintf(s->run, sizeof(s->run), "/tmp/quarry-dev.XXXXXX");
	if (!mkdtemp(s->run)) {
		s->run[0] = '\0';
		SAY("No folder can be made in /tmp for the sockets.");
		return ST_IO;
	}
	/* nginx's workers have no other user here: it stays private */
	snprintf(s->socket, sizeof(s->socket), "%s/fcgi.sock", s->run);
	snprintf(s->signer, sizeof(s->signer), "%s/signer.sock", s->run);
	return ST_OK;
}

static void line(struct buf *b, const char *key, const char *value)
{
	buf_text(b, key);
	buf_text(b, " = ");
	buf_text(b, value);
	buf_text(b, "\n");
}

static enum status write_conf(struct setup *s, const struct dev_options *o,
			      char error[SETUP_ERROR_SIZE])
{
	char number[24], chain[SETUP_PATH_SIZE];
	struct buf b;
	enum status st;

	buf_init(&b, CONF_MAX);
	buf_text(&b, "# Written by quarry dev at each start.\n");
	line(&b, "db", s->db);
	line(&b, "listen", s->socket);
	line(&b, "signer_socket", s->signer);
	snprintf(chain, sizeof(chain), "%.900s/keystores", s->data);
	line(&b, "keystores", chain);
	snprintf(number, sizeof(number), "%lld",
		 (long long)(o->workers ? o->workers : 4));
	line(&b, "workers", number);
	line(&b, "allow_private_peers", "yes");
	line(&b, "webhook_private", "yes");
	line(&b, "allow_http_peers", "yes");
	if (s->playground) {
		line(&b, "mine_address", s->address);
		line(&b, "lab", "yes");
	}
	if (o->mine_on_submit)
		line(&b, "mine_on_submit", "yes");
	line(&b, "signup", "open");
	line(&b, "mine_threads", "1");
	line(&b, "p2p_listen", s->p2p.text);
	for (size_t i = 0; i < o->n_connect; i++)
		line(&b, "p2p_connect", o->connect[i]);
	if (s->playground)
		line(&b, "p2p_discover", "no");
	if (o->user_agent)
		line(&b, "p2p_comment", o->user_agent);
	if (o->noban) {
		line(&b, "p2p_noban", "0.0.0.0/0");
		line(&b, "p2p_noban", "::/0");
	}
	if (o->nonstandard)
		line(&b, "accept_nonstandard", "yes");
	/* of a key that is set twice the file's reader says so */
	for (size_t i = 0; i < o->n_set; i++) {
		buf_text(&b, o->set[i]);
		buf_text(&b, "\n");
	}
	if (s->rpcuser) {
		line(&b, "rpcuser", s->rpcuser);
		line(&b, "rpcpassword", s->rpcpassword);
	} else {
		/* where bitcoin-cli -datadir looks for it */
		snprintf(chain, sizeof(chain), "%.900s/regtest", s->data);
		mkdir(chain, 0750);
		snprintf(s->cookie, sizeof(s->cookie), "%.1000s/.cookie", chain);
		line(&b, "rpccookiefile", s->cookie);
		if (s->playground)
			line(&b, "rpcauth", USUAL_AUTH);
	}
	st = buf_status(&b);
	snprintf(s->conf, sizeof(s->conf), "%.1000s/quarry.conf", s->data);
	if (st == ST_OK)
		st = file_replace(s->conf, b.p, b.len, 0600);
	if (st != ST_OK)
		SAY("%.400s cannot be written: %s.", s->conf, status_text(st));
	buf_free(&b);
	return st;
}

static enum status write_site(struct setup *s, char error[SETUP_ERROR_SIZE])
{
	char script[SETUP_PATH_SIZE], www[SETUP_PATH_SIZE];
	struct process_result r;
	struct buf out;
	enum status st;

	if (!find_nginx(s->nginx)) {
		SAY("nginx is missing: install the package nginx.");
		return ST_NOT_FOUND;
	}
	if (!find_shared(script, "make-site") || !find_www(www, script)) {
		SAY("The site's template is neither beside this program nor in "
		    "%.200s: run make, or make install.", QUARRY_PKGDATADIR);
		return ST_NOT_FOUND;
	}
	snprintf(s->nginx_dir, sizeof(s->nginx_dir), "%.1000s/nginx", s->data);
	buf_init(&out, OUTPUT_MAX);
	st = process_run((const char *[]){"/bin/sh", script, "--out", s->nginx_dir,
					  "--socket", s->socket, "--www", www,
					  "--fast", "--plain", "--listen",
					  s->http.text, "--listen-rest",
					  s->rest.text,
					  "--rpc", s->rpc.text, "--prefix",
					  geteuid() ? "-" : "root", NULL},
			 SCRIPT_MS, &out, &r);
	if (st == ST_OK && r.code != 0)
		st = ST_IO;
	if (st != ST_OK)
		SAY("nginx's configuration cannot be written to %.400s.",
		    s->nginx_dir);
	buf_free(&out);
	return st;
}

enum status files_write(struct setup *s, const struct dev_options *o,
			char error[SETUP_ERROR_SIZE])
{
	enum status st = choose_socket(s, error);

	if (st == ST_OK)
		st = write_conf(s, o, error);
	if (st == ST_OK)
		st = write_site(s, error);
	return st;
}
