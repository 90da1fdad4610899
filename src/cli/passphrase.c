/* SPDX-License-Identifier: MIT */
#include "cli/passphrase.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "wallet/sign.h"

static bool ask(const char *question, char out[CLI_SECRET])
{
	struct termios was, quiet;
	bool got;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &was) != 0)
		return false;
	quiet = was;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	fputs(question, stderr);
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) != 0)
		return false;
	got = fgets(out, CLI_SECRET, stdin) != NULL;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
	fputc('\n', stderr);
	out[got ? strcspn(out, "\n") : 0] = '\0';
	return got;
}

int cli_passphrase(const struct opt_program *p, const char *file,
		   const char *question, bool twice, char out[CLI_SECRET])
{
	char again[CLI_SECRET];
	bool same;

	out[0] = '\0';
	if (file) {
		struct buf b;
		enum status st = file_read(file, CLI_SECRET - 1, &b);

		if (st == ST_OK && b.len) {
			memcpy(out, b.p, b.len);
			out[b.len] = '\0';
			out[strcspn(out, "\r\n")] = '\0';
			wallet_text_wipe(b.p, b.len);
		}
		buf_free(&b);
		return st == ST_OK ? -1 : opt_failed(p, "%s: %s.", file,
						     status_text(st));
	}
	if (!ask(question, out))
		return twice ? -1
			     : opt_failed(p, "A passphrase is needed: use a "
					  "terminal, or --passphrase-file.");
	if (!twice || !*out)
		return -1;
	same = ask("Once more: ", again) && strcmp(out, again) == 0;
	wallet_text_wipe(again, sizeof(again));
	return same ? -1 : opt_failed(p, "These are not the same.");
}
