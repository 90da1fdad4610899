/* SPDX-License-Identifier: MIT */
/*
 * The least that a FastCGI program over SQLite can do, to measure ours against:
 * one prepared SELECT of the tip for each request, or a fixed text of 128 KiB
 * (any path that begins with /128k). Usage: bare_fcgi SOCKET WORKERS DATABASE
 */
#include <fcgiapp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LARGE (128 << 10)

static int select_tip(sqlite3_stmt *s, char *out, size_t size)
{
	int n;

	if (sqlite3_step(s) != SQLITE_ROW)
		return -1;
	n = snprintf(out, size, "{\"height\":%d,\"time\":%d,\"size\":%d}",
		     sqlite3_column_int(s, 0), sqlite3_column_int(s, 1),
		     sqlite3_column_int(s, 2));
	sqlite3_reset(s);
	return n;
}

static int serve(int fd, const char *path)
{
	static char large[LARGE];
	FCGX_Request r;
	sqlite3_stmt *s;
	sqlite3 *db;

	memset(large, 'x', sizeof(large));
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) ||
	    sqlite3_prepare_v2(db, "SELECT b.height, b.time, b.size FROM chain c "
			       "JOIN block b ON b.id = c.block WHERE c.height = "
			       "(SELECT max(height) FROM chain)", -1, &s, NULL) ||
	    FCGX_Init() || FCGX_InitRequest(&r, fd, 0))
		return 1;
	while (FCGX_Accept_r(&r) == 0) {
		const char *uri = FCGX_GetParam("REQUEST_URI", r.envp);
		char text[128], head[160];
		const char *body = text;
		int n = select_tip(s, text, sizeof(text));

		if (uri && strncmp(uri, "/128k", 5) == 0) {
			body = large;
			n = sizeof(large);
		}
		snprintf(head, sizeof(head), "Status: 200 OK\r\nContent-Type: "
			 "application/json\r\nContent-Length: %d\r\n\r\n", n);
		FCGX_PutStr(head, (int)strlen(head), r.out);
		FCGX_PutStr(body, n, r.out);
		FCGX_Finish_r(&r);
	}
	return 0;
}

int main(int argc, char **argv)
{
	int fd, n = argc == 4 ? (int)strtol(argv[2], NULL, 10) : 0;

	if (n < 1) {
		fputs("usage: bare_fcgi SOCKET WORKERS DATABASE\n", stderr);
		return 2;
	}
	umask(0);
	fd = FCGX_OpenSocket(argv[1], 4096);
	for (int i = 0; i < n; i++)
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			return serve(fd, argv[3]);
		}
	while (wait(NULL) > 0)
		;
	return 0;
}
