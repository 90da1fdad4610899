/* SPDX-License-Identifier: MIT */
/* Passphrases, from a file or asked for at a terminal. */
#ifndef QUARRY_CLI_PASSPHRASE_H
#define QUARRY_CLI_PASSPHRASE_H

#include <stdbool.h>

#include "base/opt.h"

#define CLI_SECRET 1025

/* file: whose first line it is; NULL: it is asked for. twice: it is a new one,
 * which may be empty and is when nobody can be asked. Returns -1 or the exit code.
 * The caller wipes it. */
int cli_passphrase(const struct opt_program *p, const char *file,
		   const char *question, bool twice, char out[CLI_SECRET]);

#endif
