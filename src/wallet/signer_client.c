/* SPDX-License-Identifier: MIT */
#include "wallet/signer_client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/wipe.h"
#include "wallet/keystore.h"

#define TIMEOUT_MS 20000
#define LENGTH_SIZE 4
#define ROOM 8192

/* --- one question --- */

struct call {
	struct signer_client *c;
	struct buf ask, answer;
	struct signer_frame frame;	/* of the answer */
};

/* room: for what is put, so that no copy of it stays behind where the buffer was
 * before it grew. */
static void begin(struct call *k, struct signer_client *c, enum signer_op op,
		  size_t room)
{
	*k = (struct call){.c = c};
	c->error[0] = '\0';
	buf_init(&k->ask, SIGNER_FRAME_MAX + LENGTH_SIZE);
	buf_init(&k->answer, SIGNER_FRAME_MAX);
	if (buf_extend(&k->ask, ROOM + room))
		k->ask.len = 0;
	signer_frame_begin(&k->ask, (uint8_t)op);
}

static void put(struct call *k, enum signer_field tag, struct bytes v)
{
	if (v.p)
		signer_field(&k->ask, tag, v);
}

static void put_text(struct call *k, enum signer_field tag, const char *s)
{
	put(k, tag, bytes_of_text(s));
}

/* Both may carry secrets. */
static void end(struct call *k)
{
	if (k->ask.p)
		wipe(k->ask.p, k->ask.cap);
	if (k->answer.p)
		wipe(k->answer.p, k->answer.cap);
	buf_free(&k->ask);
	buf_free(&k->answer);
}

static bool ready(int fd, short events, int64_t until_ms)
{
	struct pollfd p = {.fd = fd, .events = events};
	int64_t left;
	int n;

	do {
		left = until_ms - clock_mono_ms();
		n = left > 0 ? poll(&p, 1, (int)left) : 0;
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

static bool send_all(int fd, struct bytes v, int64_t until_ms)
{
	while (v.len) {
		ssize_t n = send(fd, v.p, v.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (n > 0)
			v = bytes_of(v.p + n, v.len - (size_t)n);
		else if (!ready(fd, POLLOUT, until_ms))
			return false;
	}
	return true;
}

static bool receive(int fd, uint8_t *p, size_t len, int64_t until_ms)
{
	while (len) {
		ssize_t n = recv(fd, p, len, MSG_DONTWAIT);

		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return false;
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		} else if (!ready(fd, POLLIN, until_ms)) {
			return false;
		}
	}
	return true;
}

static bool exchange(struct call *k, int fd)
{
	int64_t until = clock_mono_ms() +
			(k->c->timeout_ms ? k->c->timeout_ms : TIMEOUT_MS);
	uint8_t size[LENGTH_SIZE], *p;
	uint32_t n;

	if (!send_all(fd, buf_view(&k->ask), until) ||
	    !receive(fd, size, sizeof(size), until))
		return false;
	n = le32_get(size);
	p = n <= SIGNER_FRAME_MAX ? buf_extend(&k->answer, n) : NULL;
	return p && receive(fd, p, n, until) &&
	       signer_frame_parse(&k->frame, p, n);
}

#define say(c, ...) snprintf((c)->error, SIGNER_ERROR_SIZE, __VA_ARGS__)

static enum signer_result ask(struct call *k)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct signer_client *c = k->c;
	size_t len = strlen(c->socket);
	struct bytes text;
	int fd;

	if (!signer_frame_end(&k->ask)) {
		say(c, "This is too much for the signer.");
		return SIGNER_BAD;
	}
	if (len == 0 || len >= sizeof(at.sun_path)) {
		say(c, "The path of the signer's socket (signer_socket) must have "
		       "1 to %zu characters.", sizeof(at.sun_path) - 1);
		return SIGNER_ABSENT;
	}
	memcpy(at.sun_path, c->socket, len);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at))) {
		if (errno == EACCES)
			say(c, "This user may not speak with the signer.");
		else
			say(c, "The signer does not run: start quarry-signer.");
		if (fd >= 0)
			close(fd);
		return SIGNER_ABSENT;
	}
	if (!exchange(k, fd)) {
		close(fd);
		say(c, "The signer gave no answer.");
		return SIGNER_FAILED;
	}
	close(fd);
	if (k->frame.code == SIGNER_OK)
		return SIGNER_OK;
	text = signer_field_find(&k->frame, SIGNER_F_TEXT);
	say(c, "%.*s", (int)(text.len < 250 ? text.len : 250),
	    text.p ? (const char *)text.p : "The signer refused.");
	return k->frame.code <= SIGNER_FAILED ? (enum signer_result)k->frame.code
					      : SIGNER_FAILED;
}

static enum signer_result broken(struct signer_client *c)
{
	say(c, "The signer's answer cannot be read.");
	return SIGNER_FAILED;
}

static void put_chain(struct call *k, const struct params *p)
{
	struct buf b;

	buf_init(&b, 1024);
	keystore_chain_write(&b, p);
	put(k, SIGNER_F_CHAIN, buf_view(&b));
	buf_free(&b);
}

static bool take_words(const struct call *k, char words[BIP39_TEXT_SIZE])
{
	struct bytes v = signer_field_find(&k->frame, SIGNER_F_WORDS);

	if (!v.p || v.len >= BIP39_TEXT_SIZE)
		return false;
	memcpy(words, v.p, v.len);
	words[v.len] = '\0';
	return true;
}

/* --- the questions --- */

enum signer_result signer_create(struct signer_client *c, const char *name,
				 const struct params *p, struct bytes passphrase,
				 unsigned n_words, char words[BIP39_TEXT_SIZE])
{
	enum signer_result r;
	struct call k;

	words[0] = '\0';
	begin(&k, c, SIGNER_OP_CREATE, 0);
	put_text(&k, SIGNER_F_NAME, name);
	put(&k, SIGNER_F_PASSPHRASE, passphrase);
	put_chain(&k, p);
	signer_field_u32(&k.ask, SIGNER_F_NUMBER, n_words);
	r = ask(&k);
	if (r == SIGNER_OK && !take_words(&k, words))
		r = broken(c);
	end(&k);
	return r;
}

enum signer_result signer_restore(struct signer_client *c, const char *name,
				  const struct params *p,
				  struct bytes passphrase, struct bytes words,
				  struct bytes extra)
{
	enum signer_result r;
	struct call k;

	begin(&k, c, SIGNER_OP_RESTORE, 0);
	put_text(&k, SIGNER_F_NAME, name);
	put(&k, SIGNER_F_PASSPHRASE, passphrase);
	put_chain(&k, p);
	put(&k, SIGNER_F_WORDS, words);
	put(&k, SIGNER_F_EXTRA, extra);
	r = ask(&k);
	end(&k);
	return r;
}

enum signer_result signer_import(struct signer_client *c, const char *name,
				 const struct params *p, struct bytes passphrase,
				 struct bytes descriptors)
{
	enum signer_result r;
	struct call k;

	begin(&k, c, SIGNER_OP_IMPORT, descriptors.len);
	put_text(&k, SIGNER_F_NAME, name);
	put(&k, SIGNER_F_PASSPHRASE, passphrase);
	put_chain(&k, p);
	put(&k, SIGNER_F_DESCRIPTORS, descriptors);
	r = ask(&k);
	end(&k);
	return r;
}

enum signer_result signer_list(struct signer_client *c, struct arena *a,
			       struct signer_keystore **list, size_t *n)
{
	struct bytes left, v;
	enum signer_result r;
	size_t room = 0;
	struct call k;
	uint8_t tag;

	*n = 0;
	*list = NULL;
	begin(&k, c, SIGNER_OP_LIST, 0);
	r = ask(&k);
	left = k.frame.fields;
	while (r == SIGNER_OK && signer_field_next(&left, &tag, &v))
		room += tag == SIGNER_F_KEYSTORE;
	*list = arena_array(a, room + 1, struct signer_keystore);
	if (r == SIGNER_OK && !*list)
		r = broken(c);
	left = k.frame.fields;
	while (r == SIGNER_OK && signer_field_next(&left, &tag, &v)) {
		struct signer_keystore *s = &(*list)[*n];

		if (tag != SIGNER_F_KEYSTORE)
			continue;
		if (v.len < 6 || v.len > 5 + SIGNER_NAME_MAX) {
			r = broken(c);
			break;
		}
		*s = (struct signer_keystore){
			.has_passphrase = v.p[0] & 1, .unlocked = v.p[0] & 2,
			.seconds_left = le32_get(v.p + 1)};
		memcpy(s->name, v.p + 5, v.len - 5);
		(*n)++;
	}
	end(&k);
	return r;
}

bool signer_is_there(struct signer_client *c)
{
	enum signer_result r;
	struct call k;

	begin(&k, c, SIGNER_OP_LIST, 0);
	r = ask(&k);
	end(&k);
	return r == SIGNER_OK;
}

enum signer_result signer_unlock(struct signer_client *c, const char *name,
				 struct bytes passphrase, uint32_t seconds)
{
	enum signer_result r;
	struct call k;

	begin(&k, c, SIGNER_OP_UNLOCK, 0);
	put_text(&k, SIGNER_F_NAME, name);
	put(&k, SIGNER_F_PASSPHRASE, passphrase);
	signer_field_u32(&k.ask, SIGNER_F_NUMBER, seconds);
	r = ask(&k);
	end(&k);
	return r;
}

enum signer_result signer_lock(struct signer_client *c, const char *name)
{
	enum signer_result r;
	struct call k;

	begin(&k, c, SIGNER_OP_LOCK, 0);
	put_text(&k, SIGNER_F_NAME, name);
	r = ask(&k);
	end(&k);
	return r;
}

enum signer_result signer_change_passphrase(struct signer_client *c,
					    const char *name,
					    struct bytes passphrase,
					    struct bytes new_passphrase)
{
	enum signer_result r;
	struct call k;

	begin(&k, c, SIGNER_OP_PASSPHRASE, 0);
	put_text(&k, SIGNER_F_NAME, name);
	put(&k, SIGNER_F_PASSPHRASE, passphrase);
	put(&k, SIGNER_F_NEW_PASSPHRASE, new_passphrase);
	r = ask(&k);
	end(&k);
	return r;
}

enum signer_result signer_descriptors(struct signer_client *c, const char *name,
				      struct bytes passphrase, uint32_t account,
				      struct arena *a,
				      struct signer_descriptor **list, size_t *n)
{
	struct bytes left, v;
	enum signer_result r;
	size_t room = 0;
	struct call k;
	uint8_t tag;

	*n = 0;
	begin(&k, c, SIGNER_OP_DESCRIPTORS, 0);
	put_text(&k, SIGNER_F_NAME, name);
	put(&k, SIGNER_F_PASSPHRASE, passphrase);
	signer_field_u32(&k.ask, SIGNER_F_NUMBER, account);
	r = ask(&k);
	left = k.frame.fields;
	while (r == SIGNER_OK && signer_field_next(&left, &tag, &v))
		room += tag == SIGNER_F_DESCRIPTOR;
	*list = arena_array(a, room + 1, struct signer_descriptor);
	if (r == SIGNER_OK && !*list)
		r = broken(c);
	left = k.frame.fields;
	while (r == SIGNER_OK && signer_field_next(&left, &tag, &v)) {
		struct signer_descriptor *d = &(*list)[*n];
		char *text;

		if (tag != SIGNER_F_DESCRIPTOR)
			continue;
		text = v.len > 9 ? arena_alloc(a, v.len - 8, 1) : NULL;
		if (!text) {
			r = broken(c);
			break;
		}
		memcpy(text, v.p + 9, v.len - 9);
		text[v.len - 9] = '\0';
		*d = (struct signer_descriptor){le32_get(v.p), le32_get(v.p + 4),
						v.p[8] != 0, text};
		(*n)++;
	}
	end(&k);
	return r;
}

enum signer_result signer_sign_psbt(struct signer_client *c, const char *name,
				    struct bytes passphrase, struct bytes psbt,
				    uint32_t flags, struct buf *out,
				    unsigned *n_signed)
{
	enum signer_result r;
	uint32_t n = 0;
	struct bytes v;
	struct call k;

	begin(&k, c, SIGNER_OP_SIGN_PSBT, psbt.len);
	put_text(&k, SIGNER_F_NAME, name);
	put(&k, SIGNER_F_PASSPHRASE, passphrase);
	put(&k, SIGNER_F_PSBT, psbt);
	signer_field_u32(&k.ask, SIGNER_F_NUMBER, flags);
	r = ask(&k);
	v = r == SIGNER_OK ? signer_field_find(&k.frame, SIGNER_F_PSBT)
			   : (struct bytes){0};
	if (r == SIGNER_OK &&
	    (!v.p || !signer_field_find_u32(&k.frame, SIGNER_F_SIGNED, 0, &n)))
		r = broken(c);
	if (r == SIGNER_OK)
		buf_bytes(out, v);
	*n_signed = n;
	end(&k);
	return r;
}

enum signer_result signer_sign_message(struct signer_client *c, const char *name,
				       struct bytes passphrase,
				       enum signer_message kind,
				       const char *address, const uint32_t *path,
				       unsigned n_path, struct bytes message,
				       struct buf *out)
{
	uint8_t steps[4 * HDKEY_PATH_MAX];
	enum signer_result r;
	struct bytes v;
	struct call k;

	begin(&k, c, SIGNER_OP_SIGN_MESSAGE, message.len);
	put_text(&k, SIGNER_F_NAME, name);
	put(&k, SIGNER_F_PASSPHRASE, passphrase);
	put_text(&k, SIGNER_F_ADDRESS, address);
	signer_field(&k.ask, SIGNER_F_MESSAGE, message);
	signer_field_u32(&k.ask, SIGNER_F_NUMBER, (uint32_t)kind);
	for (unsigned i = 0; i < n_path && i < HDKEY_PATH_MAX; i++)
		le32_put(steps + (size_t)4 * i, path[i]);
	if (n_path && n_path <= HDKEY_PATH_MAX)
		put(&k, SIGNER_F_PATH, bytes_of(steps, (size_t)4 * n_path));
	r = ask(&k);
	v = r == SIGNER_OK ? signer_field_find(&k.frame, SIGNER_F_TEXT)
			   : (struct bytes){0};
	if (r == SIGNER_OK && !v.p)
		r = broken(c);
	if (r == SIGNER_OK)
		buf_bytes(out, v);
	end(&k);
	return r;
}

enum signer_result signer_words(struct signer_client *c, const char *name,
				struct bytes passphrase,
				char words[BIP39_TEXT_SIZE])
{
	enum signer_result r;
	struct call k;

	words[0] = '\0';
	begin(&k, c, SIGNER_OP_WORDS, 0);
	put_text(&k, SIGNER_F_NAME, name);
	put(&k, SIGNER_F_PASSPHRASE, passphrase);
	r = ask(&k);
	if (r == SIGNER_OK && !take_words(&k, words))
		r = broken(c);
	end(&k);
	return r;
}
