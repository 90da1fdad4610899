/* SPDX-License-Identifier: MIT */
/*
 * quarry-signer: the only program that opens keystores. It answers over a unix
 * socket (server.h) what is asked of it (wallet/signer_proto.h).
 *
 * Nothing of its memory is dumped, and none is swapped where the system allows.
 * Secrets are never logged, and neither is what was signed.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/opt.h"
#include "crypto/selftest.h"
#include "signer/server.h"

/* A passphrase takes 64 MiB for a moment: all of it must fit below the limit, or
 * locking every page would make that fail. */
#define LOCKABLE ((rlim_t)256 << 20)

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void guard_memory(void)
{
	struct rlimit none = {0, 0}, lock;

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (getrlimit(RLIMIT_MEMLOCK, &lock) || lock.rlim_cur < LOCKABLE ||
	    mlockall(MCL_CURRENT | MCL_FUTURE))
		log_debug("only the pages of open keystores are locked");
}

static int run(const struct opt_program *p, const struct conf *conf)
{
	const struct server_options o = {
		.socket = conf_text(conf, CONF_SIGNER_SOCKET),
		.group = conf_text(conf, CONF_SIGNER_GROUP),
	};
	const char *folder = conf_text(conf, CONF_KEYSTORES);
	const char *fault = crypto_selftest();
	struct sigaction sa = {.sa_handler = on_signal};
	char error[VAULT_ERROR_SIZE];
	struct server *s = NULL;
	struct vault *v = NULL;
	struct ec *ec;
	int code = 0;

	if (fault)
		return opt_failed(p, "%s", fault);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	umask(077);
	/* the first start makes the folder, not those above it */
	if (mkdir(folder, 0700) && errno != EEXIST)
		log_debug("%s: %s", folder, strerror(errno));
	ec = ec_open();
	if (!ec)
		return opt_failed(p, "The system gives no random numbers.");
	v = vault_open(folder, ec, error);
	if (v)
		s = server_open(&o, v, ec, error);
	if (!s) {
		code = opt_failed(p, "%s", error);
	} else {
		log_info("keys in %s, questions at %s", folder, o.socket);
		if (!server_run(s, &stop))
			code = opt_failed(p, "The socket failed: %s.",
					  strerror(errno));
	}
	server_close(s);
	vault_close(v);
	ec_close(ec);
	return code;
}

int main(int argc, char **argv)
{
	const struct opt opts[] = {
		OPT_KEY("socket", "PATH", CONF_SIGNER_SOCKET),
		OPT_KEY("keystores", "FOLDER", CONF_KEYSTORES),
		OPT_KEY("group", "NAME", CONF_SIGNER_GROUP),
	};
	struct opt_program program = {
		.name = "quarry-signer",
		.about = "Holds private keys and signs with them for the other "
			 "programs.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
	};
	struct conf conf;
	int code;

	guard_memory();
	conf_init(&conf);
	code = opt_read(&program, &conf, argc, argv);
	if (code < 0)
		code = run(&program, &conf);
	conf_free(&conf);
	return code;
}
