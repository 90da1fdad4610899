/* SPDX-License-Identifier: MIT */
/*
 * quarry signer: the keystores that quarry-signer keeps, by name. Those of wallets
 * are made by quarry wallet; here above all makers of blocks and validators get
 * their keys.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/hex.h"
#include "cli/cli.h"
#include "cli/passphrase.h"
#include "primitives/address.h"
#include "wallet/keyfile.h"
#include "wallet/signer_client.h"

#define INPUT_MAX 65536
#define ARENA_MAX ((size_t)16 << 20)

static const char *const kinds[KEYSTORE_KINDS] = {
	[KEYSTORE_WALLET] = "wallet",
	[KEYSTORE_MAKER] = "maker",
	[KEYSTORE_VALIDATOR] = "validator",
};

struct signer_cli {
	struct opt_program *p;
	struct signer_client c;
	const char *name, *kind, *network, *passphrase_file, *words_file, *key_file;
	int64_t seconds, words;
	bool new_record;
	struct params params;
	char passphrase[CLI_SECRET];
	struct signer_new new;
};

static int said(struct signer_cli *s, enum signer_result r)
{
	return r == SIGNER_OK ? 0 : opt_failed(s->p, "%s", s->c.error);
}

static int ask_passphrase(struct signer_cli *s, bool new)
{
	return cli_passphrase(s->p, s->passphrase_file,
			      new ? "Passphrase for the keys (empty: none): "
				  : "Passphrase: ", new, s->passphrase);
}

static struct bytes passphrase(const struct signer_cli *s)
{
	return bytes_of_text(s->passphrase);
}

/* What a new keystore is to be. */
static int describe(struct signer_cli *s)
{
	const char *kind = s->kind ? s->kind : "";
	unsigned k = 0;

	while (k < KEYSTORE_KINDS && strcmp(kinds[k], kind) != 0)
		k++;
	if (k == KEYSTORE_KINDS)
		return opt_usage(s->p, "say --kind maker, validator or wallet: keys "
				       "are for one of them alone");
	if (s->network && !params_builtin(&s->params, s->network))
		return opt_usage(s->p, "%.40s is not a network", s->network);
	if (!s->network)
		params_own_defaults(&s->params, "own");
	s->new = (struct signer_new){.name = s->name, .p = &s->params,
				     .kind = (enum keystore_kind)k,
				     .new_record = s->new_record};
	return -1;
}

/* The public keys, one a line. */
static int print_keys(struct signer_cli *s)
{
	uint8_t key[KEYSTORE_KEYS_MAX][32];
	struct bytes pass = *s->passphrase ? passphrase(s) : (struct bytes){0};
	enum keystore_kind kind;
	char text[65];
	size_t n;
	int code = said(s, signer_keys(&s->c, s->name, pass, &kind, key, &n));

	if (code == 0 && kind == KEYSTORE_WALLET)
		return opt_failed(s->p, "Keystore %s is a wallet's: see quarry "
					"wallet descriptors.", s->name);
	for (size_t i = 0; code == 0 && i < n; i++)
		printf("%s\n", hex_text(text, key[i], 32));
	return code;
}

static int create(struct signer_cli *s)
{
	char words[BIP39_TEXT_SIZE] = "";
	int code = describe(s);

	if (code < 0 && s->words % 3)
		code = opt_usage(s->p, "--words is 12, 15, 18, 21 or 24");
	if (code < 0)
		code = ask_passphrase(s, true);
	if (code >= 0)
		return code;
	s->new.passphrase = passphrase(s);
	code = said(s, signer_create(&s->c, &s->new, (unsigned)s->words, words));
	if (code == 0)
		fprintf(stderr, "Write these words down: they are the key.%s\n%s\n",
			s->new.kind == KEYSTORE_VALIDATOR
				? " Restored beside another signer that votes, it "
				  "would contradict itself." : "", words);
	wallet_text_wipe(words, sizeof(words));
	return code == 0 && s->new.kind != KEYSTORE_WALLET ? print_keys(s) : code;
}

static enum status read_input(const char *file, struct buf *b)
{
	return file_read(file ? file : "/dev/stdin", INPUT_MAX, b);
}

static void wipe_input(struct buf *b)
{
	if (b->p)
		wallet_text_wipe(b->p, b->len);
	buf_free(b);
}

static int restore(struct signer_cli *s)
{
	int code = describe(s);
	struct bytes words;
	struct buf file;
	enum status st;

	if (code >= 0)
		return code;
	st = read_input(s->words_file, &file);
	words = buf_view(&file);
	while (words.len && strchr("\r\n ", words.p[words.len - 1]))
		words.len--;
	if (st != ST_OK)
		code = opt_failed(s->p, "%s: %s.", s->words_file ? s->words_file
				  : "Standard input", status_text(st));
	if (code < 0 && !words.len)
		code = opt_failed(s->p, "There are no words: give --words-file, or "
					"write them to standard input.");
	if (code < 0)
		code = ask_passphrase(s, true);
	s->new.passphrase = passphrase(s);
	if (code < 0)
		code = said(s, signer_restore(&s->c, &s->new, words,
					      (struct bytes){0}));
	wipe_input(&file);
	return code == 0 && s->new.kind != KEYSTORE_WALLET ? print_keys(s) : code;
}

/* The keys of a key file as descriptors. */
static int of_key_file(struct signer_cli *s, struct buf *out)
{
	char error[KEYFILE_ERROR_SIZE], wif[ADDRESS_TEXT_SIZE];
	struct keyfile k;

	if (keyfile_read(&k, s->key_file, &s->params, error) != ST_OK)
		return opt_failed(s->p, "%s", error);
	buf_init(out, INPUT_MAX);
	for (size_t i = 0; i < k.n; i++)
		buf_printf(out, "rawtr(%s)\n",
			   address_wif_encode(wif, &s->params, k.key[i].secret,
					      true));
	wallet_text_wipe(wif, sizeof(wif));
	keyfile_wipe(&k);
	return -1;
}

static int import(struct signer_cli *s)
{
	int code = describe(s);
	struct buf text = {0};
	enum status st = ST_OK;

	if (code >= 0)
		return code;
	if (s->key_file)
		code = of_key_file(s, &text);
	else
		st = read_input(NULL, &text);
	if (st != ST_OK)
		code = opt_failed(s->p, "Standard input: %s.", status_text(st));
	if (code < 0)
		code = ask_passphrase(s, true);
	s->new.passphrase = passphrase(s);
	if (code < 0)
		code = said(s, signer_import(&s->c, &s->new, buf_view(&text)));
	wipe_input(&text);
	return code == 0 && s->new.kind != KEYSTORE_WALLET ? print_keys(s) : code;
}

static int list(struct signer_cli *s)
{
	struct signer_keystore *k;
	struct arena a;
	size_t n;
	int code;

	arena_init(&a, ARENA_MAX);
	code = said(s, signer_list(&s->c, &a, &k, &n));
	for (size_t i = 0; code == 0 && i < n; i++)
		printf("%-9s  %-8s  %s\n", kinds[k[i].kind],
		       k[i].unlocked ? "open" : "locked", k[i].name);
	arena_free(&a);
	return code;
}

static int unlock(struct signer_cli *s)
{
	int code = ask_passphrase(s, false);

	if (code >= 0)
		return code;
	return said(s, signer_unlock(&s->c, s->name, passphrase(s),
				     (uint32_t)s->seconds));
}

static int lock(struct signer_cli *s)
{
	return said(s, signer_lock(&s->c, s->name));
}

static int words(struct signer_cli *s)
{
	char text[BIP39_TEXT_SIZE] = "";
	int code = ask_passphrase(s, true);

	if (code >= 0)
		return code;
	code = said(s, signer_words(&s->c, s->name, passphrase(s), text));
	if (code == 0)
		puts(text);
	wallet_text_wipe(text, sizeof(text));
	return code;
}

static const struct command {
	const char *name;
	int (*run)(struct signer_cli *s);
	bool named;
} commands[] = {
	{"list", list, false},	    {"create", create, true},
	{"restore", restore, true}, {"import", import, true},
	{"key", print_keys, true},  {"unlock", unlock, true},
	{"lock", lock, true},	    {"words", words, true},
};

static int run(struct signer_cli *s, const struct conf *conf)
{
	struct opt_program *p = s->p;

	s->c.socket = conf_text(conf, CONF_SIGNER_SOCKET);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		const struct command *c = &commands[i];

		if (strcmp(p->operand[0], c->name) != 0)
			continue;
		if (p->n_operands != 1 + c->named)
			return opt_usage(p, "say quarry signer %s%s", c->name,
					 c->named ? " NAME" : "");
		s->name = c->named ? p->operand[1] : "";
		return c->run(s);
	}
	return opt_usage(p, "%.40s is no command", p->operand[0]);
}

int cmd_signer(int argc, char **argv)
{
	struct signer_cli s = {.words = 12};
	const struct opt opts[] = {
		OPT_KEY("signer", "PATH", CONF_SIGNER_SOCKET),
		OPT_TEXT("kind", "KIND", &s.kind, "what a new keystore is for: "
			 "maker, validator or wallet"),
		OPT_TEXT("network", "NAME", &s.network, "one of Bitcoin's networks; "
			 "default: chains of one's own"),
		OPT_NUMBER("words", "N", &s.words, 12, 24, "create: how many; "
			   "default: 12"),
		OPT_TEXT("words-file", "FILE", &s.words_file, "restore: the words; "
			 "else standard input"),
		OPT_TEXT("key", "FILE", &s.key_file, "import: keys of a file made "
			 "by quarry key maker; else descriptors from standard "
			 "input"),
		OPT_FLAG("new-record", &s.new_record, "restore, import: the "
			 "validator's key has never voted"),
		OPT_TEXT("passphrase-file", "FILE", &s.passphrase_file, "whose first "
			 "line is the passphrase; else it is asked for at a "
			 "terminal"),
		OPT_NUMBER("seconds", "N", &s.seconds, 0, 86400 * 365,
			   "unlock: for so long; default: until it is locked or "
			   "the signer ends"),
	};
	struct opt_program p = {
		.name = "quarry signer",
		.operands = "list|create NAME|restore NAME|import NAME|key "
			    "NAME|unlock NAME|lock NAME|words NAME",
		.about = "Keystores of quarry-signer. create makes one with a new "
			 "key, restore one from words, import one of other keys, "
			 "or adds them; each prints the public keys. A maker's "
			 "keystore signs blocks and nothing else, a validator's "
			 "votes and nothing else, never two that contradict each "
			 "other.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
		.min_operands = 1,
		.max_operands = 2,
	};
	struct conf conf;
	int code;

	s.p = &p;
	conf_init(&conf);
	code = opt_read(&p, &conf, argc, argv);
	if (code < 0)
		code = run(&s, &conf);
	wallet_text_wipe(s.passphrase, sizeof(s.passphrase));
	conf_free(&conf);
	return code;
}
