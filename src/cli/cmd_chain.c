/* SPDX-License-Identifier: MIT */
/*
 * quarry chain: own chains. `new` writes a document and mines its genesis block;
 * `show` (or `check`) prints one of Bitcoin's documents, or what a document
 * makes; `status` says whose turn it is where makers sign blocks.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hex.h"
#include "cli/cli.h"
#include "primitives/amount.h"
#include "primitives/params.h"
#include "primitives/target.h"
#include "wallet/descriptor.h"
#include "wallet/sign.h"

#define DOCUMENT_MAX 65536
#define NONCES_A_STEP 100000

struct new_options {
	const char *name, *out, *message, *hrp, *subsidy, *retarget;
	const char *makers, *challenge;
	int64_t spacing_s, half_life_s, halving, maturity, p2p_port, rpc_port;
	int64_t makers_needed, turn_timeout_s;
	const char *validators, *bond_start;
	int64_t checkpoint, bond_lock;
};

/* Blocks that are signed need no work: any hash will do, always. */
static void without_work(struct params *c)
{
	c->retarget = RETARGET_NONE;
	c->asert_half_life_s = 0;
	c->pow_limit = u256_from(1);
	c->pow_limit = u256_shl(&c->pow_limit, 255);
	c->pow_limit = u256_sub(&c->pow_limit, &(struct u256){{1, 0, 0, 0}});
	c->pow_limit_bits = target_to_bits(&c->pow_limit);
	c->genesis.bits = c->pow_limit_bits;
}

/* Keys with commas between them, x-only or compressed. */
static bool read_makers(struct params *c, const char *list)
{
	while (c->n_makers < MAKERS_MAX) {
		size_t n = strcspn(list, ",");
		uint8_t b[33];

		if (n != 64 && n != 66)
			return false;
		if (!hex_parse(b, n / 2, list, n) ||
		    (n == 66 && b[0] != 2 && b[0] != 3))
			return false;
		memcpy(c->maker[c->n_makers++], b + n / 2 - 32, 32);
		list += n;
		if (!*list)
			return true;
		list++;
	}
	return false;
}

/* A script in hexadecimal, or a descriptor's. */
static bool read_challenge(struct params *c, const char *text)
{
	size_t len = strlen(text), max = sizeof(c->signet_challenge);
	struct wallet_signer *s = NULL;
	char error[DESC_ERROR_SIZE];
	struct desc_scripts made = {0};
	struct descriptor *d = NULL;
	struct arena a;
	bool good;

	c->signet_challenge_len = (uint16_t)(len / 2);
	if (len >= 2 && len / 2 <= max &&
	    hex_parse(c->signet_challenge, len / 2, text, len))
		return true;
	arena_init(&a, 1 << 20);
	s = wallet_signer_open();
	if (s)
		d = desc_parse(&a, c, wallet_signer_ec(s), text, len, false,
			       error);
	good = d && desc_expand(d, wallet_signer_ec(s), 0, &a, &made) &&
	       made.n == 1 && made.script[0].len <= max;
	if (good) {
		memcpy(c->signet_challenge, made.script[0].p, made.script[0].len);
		c->signet_challenge_len = (uint16_t)made.script[0].len;
	}
	if (d)
		desc_wipe(d);
	wallet_signer_close(s);
	arena_free(&a);
	return good;
}

static int take_signing(const struct opt_program *p, const struct new_options *o,
			struct params *c)
{
	if (!o->makers && !o->challenge)
		return -1;
	without_work(c);
	if (o->makers && o->challenge)
		return opt_usage(p, "say --makers or --challenge, not both: makers "
				    "have a challenge that follows from their keys");
	if (o->challenge && !read_challenge(c, o->challenge))
		return opt_usage(p, "--challenge is a script of at most %zu bytes, "
				    "in hexadecimal or as a descriptor",
				 sizeof(c->signet_challenge));
	if (o->makers && !read_makers(c, o->makers))
		return opt_usage(p, "--makers is 1 to %d public keys in hexadecimal, "
				    "commas between them", MAKERS_MAX);
	if (o->makers && o->makers_needed > c->n_makers)
		return opt_usage(p, "--needed is at most %u, the number of makers",
				 c->n_makers);
	c->makers_needed = (uint8_t)o->makers_needed;
	c->turn_timeout_s = (uint32_t)(
		o->turn_timeout_s ? o->turn_timeout_s : o->spacing_s);
	return -1;
}

static int by_key(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

/* KEY or KEY:WEIGHT with commas between them, in any order. */
static bool read_validators(struct params *c, const char *list)
{
	struct params_validator *v = c->finality_validators.v;
	uint32_t *n = &c->finality_validators.n;

	for (; *n < PARAMS_VALIDATORS_MAX; list++) {
		size_t len = strcspn(list, ",:");
		char *end;
		long weight = 1;

		if (len != 64 || !hex_parse(v[*n].key, 32, list, 64))
			return false;
		list += len;
		if (*list == ':') {
			errno = 0;
			weight = strtol(list + 1, &end, 10);
			if (end == list + 1 || errno || weight < 1 ||
			    weight > 1000000000)
				return false;
			list = end;
		}
		v[(*n)++].weight = (uint32_t)weight;
		if (!*list) {
			qsort(v, *n, sizeof(*v), by_key);
			return true;
		}
		if (*list != ',')
			return false;
	}
	return false;
}

static int take_finality(const struct opt_program *p,
			 const struct new_options *o, struct params *c)
{
	if (o->validators && !read_validators(c, o->validators))
		return opt_usage(p, "--validators is 1 to %d public keys of 64 "
				    "hexadecimal digits, commas between them, a "
				    "weight behind each as in KEY:3",
				 PARAMS_VALIDATORS_MAX);
	if (o->bond_start && !amount_parse(&c->bond_start_sat, o->bond_start,
					   strlen(o->bond_start)))
		return opt_usage(p, "--bond-start is an amount of coins, such as "
				    "1000");
	c->finality_interval = (uint32_t)o->checkpoint;
	if (o->validators && !o->checkpoint)
		c->finality_interval = 20;
	c->bond_lock = (uint32_t)o->bond_lock;
	return -1;
}

static int take_options(const struct opt_program *p, const struct new_options *o,
			struct params *c)
{
	params_own_defaults(c, o->name);
	c->genesis.time = (uint32_t)clock_wall_s();
	c->spacing_s = (uint32_t)o->spacing_s;
	c->asert_half_life_s = (uint32_t)(
		o->half_life_s ? o->half_life_s : 40 * o->spacing_s);
	c->halving_interval = (uint32_t)o->halving;
	c->maturity = (uint32_t)o->maturity;
	c->p2p_port = (uint16_t)o->p2p_port;
	c->rpc_port = (uint16_t)o->rpc_port;
	if (o->hrp)
		snprintf(c->hrp, sizeof(c->hrp), "%s", o->hrp);
	if (o->message)
		snprintf(c->genesis_message, sizeof(c->genesis_message), "%s",
			 o->message);
	else
		snprintf(c->genesis_message, sizeof(c->genesis_message),
			 "%s, begun at %lld", o->name,
			 (long long)c->genesis.time);
	if (o->subsidy && !amount_parse(&c->subsidy_sat, o->subsidy,
					strlen(o->subsidy)))
		return opt_usage(p, "--subsidy is an amount of coins, such as "
				    "50 or 12.5");
	if (!strcmp(o->retarget, "asert"))
		c->retarget = RETARGET_ASERT;
	else if (!strcmp(o->retarget, "2016"))
		c->retarget = RETARGET_BITCOIN;
	else if (!strcmp(o->retarget, "none"))
		c->retarget = RETARGET_NONE;
	else
		return opt_usage(p, "--retarget is asert, 2016 or none");
	if (take_finality(p, o, c) >= 0)
		return EXIT_USAGE;
	return take_signing(p, o, c);
}

/* Text that would become more than one line of the document. */
static bool is_one_line(const char *s)
{
	return !s || !strpbrk(s, "\r\n");
}

/* The folder is there and may be written to, before minutes are spent. */
static bool can_write_beside(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[4096];

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - path) + 1 : 1,
		 slash ? path : ".");
	return access(dir, W_OK) == 0;
}

/* Parses the text without its nonce, searches one, appends it. */
static int mine_genesis(const struct opt_program *p, struct params *c,
			struct buf *text)
{
	char error[PARAMS_ERROR_SIZE];
	enum status st = params_parse(c, buf_str(text), text->len, error);
	uint32_t first = 0;
	bool tty = isatty(STDERR_FILENO);

	/* the lines of a text that nobody has seen are nobody's business */
	if (st != ST_NOT_FOUND)
		return opt_failed(p, "%s", !strncmp(error, "Line ", 5) &&
						   strchr(error, ':')
					   ? strchr(error, ':') + 2
					   : error);
	while (!params_genesis_search(c, first, NONCES_A_STEP)) {
		first += NONCES_A_STEP;
		if (tty)
			fprintf(stderr, "\rSearching the genesis block: %u "
					"million hashes", first / 1000000);
		if (cli_stopped())
			return opt_failed(p, "Stopped; nothing was written.");
		if (first > UINT32_MAX - NONCES_A_STEP)
			return opt_failed(p, "No genesis block was found; try "
					     "again.");
	}
	if (tty)
		fprintf(stderr, "\r\033[K");
	buf_printf(text, "genesis_nonce = %u\n", c->genesis.nonce);
	return -1;
}

static int chain_new(int argc, char **argv)
{
	struct new_options o = {
		.spacing_s = 15,
		.halving = 210000,
		.maturity = 100,
		.p2p_port = 27333,
		.rpc_port = 27332,
		.makers_needed = 1,
		.retarget = "asert",
	};
	const struct opt opts[] = {
		OPT_TEXT("name", "NAME", &o.name, "what it is called"),
		OPT_TEXT("out", "FILE", &o.out, "where the document goes"),
		OPT_NUMBER("spacing", "S", &o.spacing_s, 1, 86400,
			   "seconds wanted between blocks (15)"),
		OPT_TEXT("retarget", "RULE", &o.retarget,
			 "difficulty: asert, 2016 or none (asert)"),
		OPT_NUMBER("half-life", "S", &o.half_life_s, 1, 864000,
			   "asert: seconds off schedule that double or halve "
			   "the difficulty (40 times the spacing)"),
		OPT_TEXT("subsidy", "COINS", &o.subsidy,
			 "reward of the first blocks (50)"),
		OPT_NUMBER("halving", "BLOCKS", &o.halving, 1, INT32_MAX,
			   "blocks until the reward halves (210000)"),
		OPT_NUMBER("maturity", "BLOCKS", &o.maturity, 1, 1000000,
			   "blocks until a reward may be spent (100)"),
		OPT_TEXT("makers", "KEY,KEY", &o.makers,
			 "who signs blocks in turn, instead of work: public keys "
			 "(quarry signer create --kind maker)"),
		OPT_NUMBER("needed", "K", &o.makers_needed, 1, MAKERS_MAX,
			   "how many makers sign a block (1)"),
		OPT_NUMBER("turn-timeout", "S", &o.turn_timeout_s, 1, 86400,
			   "seconds until the next maker may take over (the "
			   "spacing)"),
		OPT_TEXT("challenge", "SCRIPT", &o.challenge,
			 "a script that signatures of blocks satisfy (BIP325), "
			 "without turns; in hexadecimal, or a descriptor"),
		OPT_TEXT("validators", "KEY,KEY", &o.validators,
			 "who votes to make blocks final: public keys (quarry "
			 "signer create --kind validator), KEY:WEIGHT where they "
			 "weigh more than 1"),
		OPT_NUMBER("checkpoint", "BLOCKS", &o.checkpoint, 1, 10000,
			   "blocks between those that are voted on (20)"),
		OPT_NUMBER("bond-lock", "BLOCKS", &o.bond_lock, 1, 65535,
			   "stake: who locks coins for so long may vote, too"),
		OPT_TEXT("bond-start", "COINS", &o.bond_start,
			 "coins locked from which bonds decide, and the "
			 "validators no more"),
		OPT_TEXT("hrp", "TEXT", &o.hrp,
			 "how its addresses begin (qy)"),
		OPT_TEXT("message", "TEXT", &o.message,
			 "text in its genesis block"),
		OPT_NUMBER("p2p-port", "N", &o.p2p_port, 1, 65535,
			   "port of its peers (27333)"),
		OPT_NUMBER("rpc-port", "N", &o.rpc_port, 1, 65535,
			   "port of its RPC (27332)"),
	};
	struct opt_program p = {
		.name = "quarry chain new",
		.about = "Writes the document of an own chain and mines its "
			 "genesis block. Edit nothing afterwards: the genesis "
			 "block commits to every byte.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
	};
	char id[HASH_TEXT_SIZE];
	struct params c;
	struct conf conf;
	struct buf text;
	int code;

	conf_init(&conf);
	buf_init(&text, DOCUMENT_MAX);
	code = opt_read(&p, &conf, argc, argv);
	if (code < 0 && (!o.name || !o.out))
		code = opt_usage(&p, "say --name NAME and --out FILE");
	if (code < 0 && (strlen(o.name) >= sizeof(c.name) || !*o.name))
		code = opt_usage(&p, "--name is 1 to %zu characters long",
				 sizeof(c.name) - 1);
	if (code < 0 && access(o.out, F_OK) == 0)
		code = opt_failed(&p, "%.200s is there already: a chain's "
				      "document is made once.", o.out);
	if (code < 0 && !can_write_beside(o.out))
		code = opt_failed(&p, "%.200s cannot be written: %s.", o.out,
				  strerror(errno));
	if (code < 0 && !(is_one_line(o.name) && is_one_line(o.message) &&
			  is_one_line(o.hrp)))
		code = opt_usage(&p, "--name, --message and --hrp are one line "
				     "each");
	if (code < 0)
		code = take_options(&p, &o, &c);
	if (code < 0) {
		cli_catch_stop();
		params_write(&text, &c);
		code = mine_genesis(&p, &c, &text);
	}
	if (code < 0) {
		enum status st = file_replace(o.out, text.p, text.len, 0644);

		code = st == ST_OK ? 0
				   : opt_failed(&p, "%.200s: %s.", o.out,
						status_text(st));
		if (st == ST_OK)
			printf("%s: %s, genesis %s\n", o.out, c.name,
			       hash256_text(id, &c.genesis_id.h));
	}
	buf_free(&text);
	conf_free(&conf);
	return code;
}

static int show(const struct opt_program *p, const char *what)
{
	char id[HASH_TEXT_SIZE], doc[HASH_TEXT_SIZE], error[PARAMS_ERROR_SIZE];
	struct params c;
	struct buf text;
	size_t len;
	const char *builtin = params_builtin_text(what, &len);
	enum status st;

	if (builtin) {
		fwrite(builtin, 1, len, stdout);
		return 0;
	}
	st = file_read(what, DOCUMENT_MAX, &text);
	if (st != ST_OK) {
		buf_free(&text);
		return opt_failed(p, "%.200s: %s.", what, status_text(st));
	}
	st = params_parse(&c, buf_str(&text), text.len, error);
	buf_free(&text);
	if (st == ST_NOT_FOUND)
		return opt_failed(p, "%.200s has no genesis_nonce.", what);
	if (st != ST_OK)
		return opt_failed(p, "%s", error);
	printf("name      %s\ngenesis   %s\ndocument  %s\ndifficulty at genesis "
	       "%.8g\n",
	       c.name, hash256_text(id, &c.genesis_id.h),
	       hash256_text(doc, &c.document), target_difficulty(c.genesis.bits));
	if (c.n_makers)
		printf("makers    %u of %u sign, a block each %u s, next after %u s\n",
		       c.makers_needed, c.n_makers, c.spacing_s,
		       c.turn_timeout_s);
	if (c.finality_interval)
		printf("finality  a vote each %u blocks by %u validators%s\n",
		       c.finality_interval, c.finality_validators.n,
		       c.bond_lock ? ", then by bonds" : "");
	if (c.signet_challenge_len) {
		char hex[2 * sizeof(c.signet_challenge) + 1];

		printf("challenge %s\n",
		       hex_text(hex, c.signet_challenge, c.signet_challenge_len));
	}
	return 0;
}

static int chain_show(int argc, char **argv)
{
	struct opt_program p = {
		.name = "quarry chain show",
		.operands = "FILE|NETWORK",
		.about = "Checks a chain's document and says what it makes, or "
			 "prints the document of one of Bitcoin's networks.",
		.min_operands = 1,
		.max_operands = 1,
	};
	struct conf conf;
	int code;

	conf_init(&conf);
	code = opt_read(&p, &conf, argc, argv);
	if (code < 0)
		code = show(&p, p.operand[0]);
	conf_free(&conf);
	return code;
}

int cmd_chain(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "new"))
		return chain_new(argc - 1, argv + 1);
	if (!strcmp(what, "show") || !strcmp(what, "check"))
		return chain_show(argc - 1, argv + 1);
	if (!strcmp(what, "status"))
		return chain_status(argc - 1, argv + 1);
	if (!strcmp(what, "--help") || !strcmp(what, "-h")) {
		printf("Usage: quarry chain new --name NAME --out FILE "
		       "[OPTION...]\n       quarry chain show FILE|NETWORK\n"
		       "       quarry chain status\n"
		       "Own chains. Each form's --help says more.\n");
		return 0;
	}
	fprintf(stderr, "quarry chain: say new, show or status. Try --help.\n");
	return EXIT_USAGE;
}
