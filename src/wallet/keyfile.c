/* SPDX-License-Identifier: MIT */
/* See keyfile.h. */
#include "wallet/keyfile.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "crypto/ec.h"
#include "crypto/wipe.h"
#include "wallet/newkey.h"

#define FILE_MAX 8192
#define DIGITS 64

#define SAY(...) snprintf(error, KEYFILE_ERROR_SIZE, __VA_ARGS__)

static enum status check_mode(const char *path, char error[KEYFILE_ERROR_SIZE])
{
	struct stat st;

	if (stat(path, &st) != 0) {
		SAY("%.200s: %s.", path, status_text(ST_NOT_FOUND));
		return ST_NOT_FOUND;
	}
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077)) {
		SAY("%.200s may be read by others than its owner: chmod 600 it.",
		    path);
		return ST_DENIED;
	}
	return ST_OK;
}

static enum status add_line(struct keyfile *k, const struct params *p,
			    const char *line, size_t len)
{
	while (len && (line[len - 1] == ' ' || line[len - 1] == '\r'))
		len--;
	if (len == 0 || line[0] == '#')
		return ST_OK;
	if (k->n == KEYFILE_KEYS_MAX ||
	    wallet_key_parse(&k->key[k->n], p, line, len) != WALLET_KEY_OK)
		return ST_PARSE;
	k->n++;
	return ST_OK;
}

static enum status add_lines(struct keyfile *k, const struct params *p,
			     const char *text, size_t len, const char *path,
			     char error[KEYFILE_ERROR_SIZE])
{
	const char *end = text + len;

	for (unsigned line = 1; text < end; line++) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((nl ? nl : end) - text);

		if (add_line(k, p, text, n) != ST_OK) {
			SAY("Line %u of %.200s is not a private key of %s: write "
			    "64 hexadecimal digits or wallet import format, at "
			    "most %d keys.", line, path, p->name,
			    KEYFILE_KEYS_MAX);
			return ST_PARSE;
		}
		text += n + 1;
	}
	if (k->n)
		return ST_OK;
	SAY("%.200s has no key: make one with quarry key maker.", path);
	return ST_PARSE;
}

enum status keyfile_read(struct keyfile *k, const char *path,
			 const struct params *p, char error[KEYFILE_ERROR_SIZE])
{
	struct buf b;
	enum status st = check_mode(path, error);

	memset(k, 0, sizeof(*k));
	if (st != ST_OK)
		return st;
	st = file_read(path, FILE_MAX, &b);
	if (st == ST_OK)
		st = add_lines(k, p, (const char *)b.p, b.len, path, error);
	else
		SAY("%.200s: %s.", path, status_text(st));
	if (b.p)
		wipe(b.p, b.len);
	buf_free(&b);
	if (st != ST_OK)
		keyfile_wipe(k);
	return st;
}

void keyfile_wipe(struct keyfile *k)
{
	wipe(k, sizeof(*k));
}

static enum status write_new(const char *path, const uint8_t secret[32])
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	char text[DIGITS + 2];
	ssize_t n;

	if (fd < 0)
		return ST_DENIED;
	hex_text(text, secret, 32);
	text[DIGITS] = '\n';
	n = write(fd, text, DIGITS + 1);
	wipe(text, sizeof(text));
	if (n == DIGITS + 1 && fsync(fd) == 0 && close(fd) == 0)
		return ST_OK;
	unlink(path);
	return ST_IO;
}

enum status keyfile_new(const char *path, uint8_t xonly[32])
{
	struct wallet_key k;
	struct ec *ec = ec_open();
	enum status st = ec ? wallet_key_new(&k) : ST_NOMEM;

	if (st == ST_OK && !ec_xonly_create(ec, xonly, NULL, k.secret))
		st = ST_IO;
	if (st == ST_OK)
		st = write_new(path, k.secret);
	wallet_key_wipe(&k);
	ec_close(ec);
	return st;
}
