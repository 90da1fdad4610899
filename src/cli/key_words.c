/* SPDX-License-Identifier: MIT */
/* quarry key words, derive and descriptor: what words and descriptors stand for,
 * for those who want to see it. Secrets are read from standard input, so that no
 * list of processes and no history of a shell has them. */
#include "cli/key_words.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "wallet/bip39.h"
#include "wallet/descriptor.h"
#include "wallet/hdkey.h"
#include "wallet/keystore.h"
#include "wallet/message.h"
#include "wallet/newkey.h"

#define LINE_MAX_BYTES 8192

/* The first line of standard input, without its end. */
static size_t read_line(char line[LINE_MAX_BYTES])
{
	size_t n;

	if (!fgets(line, LINE_MAX_BYTES, stdin))
		line[0] = '\0';
	n = strlen(line);
	while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		line[--n] = '\0';
	return n;
}

int key_words(const struct opt_program *p, const struct params *chain)
{
	struct keystore *k = keystore_new(chain);
	struct ec *ec = wallet_ec_open();
	char words[BIP39_TEXT_SIZE];
	struct wallet_key key;
	int code = 0;

	/* 16 of the 32 random bytes: twelve words */
	if (!k || !ec || wallet_key_new(&key) != ST_OK ||
	    keystore_set_entropy(k, ec, bytes_of(key.secret, 16),
				 (struct bytes){0}) != ST_OK ||
	    !keystore_words(k, words))
		code = opt_failed(p, "There was no randomness for words.");
	else
		printf("%s\n", words);
	wallet_text_wipe(words, sizeof(words));
	wallet_key_wipe(&key);
	wallet_ec_close(ec);
	keystore_close(k);
	return code;
}

static int put_accounts(const struct opt_program *p, const struct keystore *k,
			const struct ec *ec)
{
	struct keystore_descriptor *d;
	struct arena a;
	int code = 0;
	size_t n;

	arena_init(&a, 4 << 20);
	if (!keystore_descriptors(k, ec, 0, &a, &d, &n))
		code = opt_failed(p, "There is not enough memory.");
	for (size_t i = 0; code == 0 && i < n; i++)
		printf("BIP%u %-7s %s\n", d[i].purpose,
		       d[i].change ? "change" : "receive", d[i].text);
	arena_free(&a);
	return code;
}

static int derive(const struct opt_program *p, const struct params *chain,
		  const struct ec *ec, char line[LINE_MAX_BYTES], size_t len)
{
	struct keystore *k = keystore_new(chain);
	uint8_t entropy[BIP39_ENTROPY_MAX];
	enum bip39_result r;
	char why[200];
	unsigned bad;
	size_t n;
	int code;

	r = bip39_parse(entropy, &n, &bad, line, len);
	if (r != BIP39_OK) {
		bip39_explain(why, sizeof(why), r, bad);
		code = opt_failed(p, "%s", why);
	} else if (!k || keystore_set_entropy(k, ec, bytes_of(entropy, n),
					      (struct bytes){0}) != ST_OK) {
		code = opt_failed(p, "There is not enough memory.");
	} else {
		code = put_accounts(p, k, ec);
	}
	wallet_text_wipe(entropy, sizeof(entropy));
	keystore_close(k);
	return code;
}

int key_derive(const struct opt_program *p, const struct params *chain)
{
	char line[LINE_MAX_BYTES];
	size_t len = read_line(line);
	struct ec *ec = wallet_ec_open();
	int code;

	if (!ec)
		code = opt_failed(p, "The system gives no random numbers.");
	else
		code = derive(p, chain, ec, line, len);
	wallet_text_wipe(line, sizeof(line));
	wallet_ec_close(ec);
	return code;
}

int key_descriptor(const struct opt_program *p, const struct params *chain)
{
	char line[LINE_MAX_BYTES], error[DESC_ERROR_SIZE];
	size_t len = read_line(line);
	struct ec *ec = wallet_ec_open();
	struct descriptor *d;
	struct arena a;
	struct buf b;
	int code = 0;

	arena_init(&a, 4 << 20);
	buf_init(&b, 1 << 20);
	d = ec ? desc_parse(&a, chain, ec, line, len, false, error) : NULL;
	if (!ec) {
		code = opt_failed(p, "The system gives no random numbers.");
	} else if (!d) {
		code = opt_failed(p, "The descriptor cannot be read: %s.", error);
	} else {
		desc_text(&b, d, chain, ec);
		printf("%s\n", buf_str(&b));
		desc_wipe(d);
	}
	wallet_text_wipe(line, sizeof(line));
	buf_free(&b);
	arena_free(&a);
	wallet_ec_close(ec);
	return code;
}

int key_verify(const struct opt_program *p, const struct params *chain)
{
	const char *address = p->operand[1], *signature = p->operand[2];
	const struct bytes text = bytes_of_text(p->operand[3]);
	enum message_result r = message_verify(chain, address, strlen(address),
					       signature, strlen(signature),
					       p->operand[3], text.len);

	/* not the hash of a key alone: the other kind of signature */
	if (r == MESSAGE_NO_KEY)
		r = message_verify_bip322(chain, address, strlen(address),
					  signature, strlen(signature), text);
	switch (r) {
	case MESSAGE_GOOD:
		puts("The key of this address signed the message.");
		return 0;
	case MESSAGE_BAD:
		return opt_failed(p, "The signature is not of this address's key, "
				     "or of another message.");
	case MESSAGE_NO_ADDRESS:
		return opt_failed(p, "%.100s is no address of %s.", address,
				  chain->name);
	case MESSAGE_NO_KEY:
		return opt_failed(p, "Messages are signed for P2PKH, P2WPKH, P2WPKH "
				     "in P2SH, and the key path of P2TR.");
	case MESSAGE_MALFORMED:
		return opt_failed(p, "The signature is no base64.");
	}
	return opt_failed(p, "The signature cannot be judged.");
}
