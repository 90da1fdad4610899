/* SPDX-License-Identifier: MIT */
/*
 * The socket of quarry-signer: who may speak, one frame after the other.
 *
 * One thread, one loop over poll(2). A question is answered while all others wait:
 * the longest takes a passphrase's fraction of a second. Whoever connects must be
 * this user, root, or of the group that was named; has ten seconds to say a whole
 * question and ten to take the answer.
 */
#ifndef QUARRY_SIGNER_SERVER_H
#define QUARRY_SIGNER_SERVER_H

#include <signal.h>

#include "signer/vault.h"

struct server;

struct server_options {
	const char *socket;	/* path */
	const char *group;	/* its members may speak, too; "": nobody */
};

/* NULL with a sentence. */
NODISCARD struct server *server_open(const struct server_options *o,
				     struct vault *v, const struct ec *ec,
				     char error[VAULT_ERROR_SIZE]);
/* Serves until *stop is set by a signal. False: the environment failed. */
NODISCARD bool server_run(struct server *s, const volatile sig_atomic_t *stop);
/* Removes the socket. */
void server_close(struct server *s);

#endif
