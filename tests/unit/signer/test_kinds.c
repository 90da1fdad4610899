/* SPDX-License-Identifier: MIT */
/*
 * What quarry-signer signs for whom: a validator's keystore votes, and never
 * against itself; a maker's signs blocks; neither does anything else, and no
 * other keystore does theirs.
 */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "primitives/script.h"
#include "primitives/vote.h"
#include "signer/answer.h"
#include "wallet/psbt_update.h"

static struct ec *ec;
static const struct hash256 chain = {{1}}, other_chain = {{2}};
static const struct bytes nothing;

struct place {
	char dir[64];
	struct vault *v;
	struct arena a;
	struct buf out;		/* the answer */
	struct signer_frame f;
};

/* --- questions --- */

static void begin(struct buf *b, enum signer_op op, const char *name)
{
	buf_init(b, SIGNER_FRAME_MAX);
	signer_frame_begin(b, (uint8_t)op);
	signer_field(b, SIGNER_F_NAME, bytes_of_text(name));
}

static enum signer_result ask(struct place *p, struct buf *b)
{
	assert_true(signer_frame_end(b));
	buf_free(&p->out);
	buf_init(&p->out, SIGNER_FRAME_MAX + 4);
	assert_true(signer_answer(p->v, ec, b->p + 4, b->len - 4, &p->out));
	assert_true(signer_frame_parse(&p->f, p->out.p + 4, p->out.len - 4));
	buf_free(b);
	/* a refusal is one sentence */
	if (p->f.code != SIGNER_OK) {
		struct bytes said = signer_field_find(&p->f, SIGNER_F_TEXT);

		assert_true(said.len > 10 && said.p[said.len - 1] == '.');
	}
	return (enum signer_result)p->f.code;
}

static bool says(const struct place *p, const char *part)
{
	struct bytes said = signer_field_find(&p->f, SIGNER_F_TEXT);

	return memmem(said.p, said.len, part, strlen(part)) != NULL;
}

static void put_chain(struct buf *b)
{
	struct params params;
	struct buf c;

	assert_true(params_builtin(&params, "regtest"));
	buf_init(&c, 1024);
	keystore_chain_write(&c, &params);
	signer_field(b, SIGNER_F_CHAIN, buf_view(&c));
	buf_free(&c);
}

static enum signer_result create(struct place *p, const char *name,
				 enum keystore_kind kind)
{
	struct buf b;

	begin(&b, SIGNER_OP_CREATE, name);
	put_chain(&b);
	signer_field_u32(&b, SIGNER_F_KIND, kind);
	return ask(p, &b);
}

static enum signer_result restore(struct place *p, const char *name,
				  struct bytes words, bool new_record)
{
	struct buf b;

	begin(&b, SIGNER_OP_RESTORE, name);
	put_chain(&b);
	signer_field_u32(&b, SIGNER_F_KIND, KEYSTORE_VALIDATOR);
	signer_field(&b, SIGNER_F_WORDS, words);
	if (new_record)
		signer_field(&b, SIGNER_F_NEW_RECORD, nothing);
	return ask(p, &b);
}

static struct vote link_of(uint32_t from, uint32_t to)
{
	struct vote v = {.source_height = from, .target_height = to};

	v.source.h.b[0] = (uint8_t)from;
	v.target.h.b[0] = (uint8_t)to;
	return v;
}

static enum signer_result vote(struct place *p, const char *name,
			       const struct hash256 *document, struct vote *v)
{
	uint8_t raw[VOTE_SIZE];
	enum signer_result r;
	struct bytes made;
	struct buf b;

	vote_write(raw, v);
	begin(&b, SIGNER_OP_VOTE, name);
	signer_field(&b, SIGNER_F_DOCUMENT, bytes_of(document->b, 32));
	signer_field(&b, SIGNER_F_VOTE, bytes_of(raw, sizeof(raw)));
	r = ask(p, &b);
	made = signer_field_find(&p->f, SIGNER_F_VOTE);
	if (r == SIGNER_OK) {
		assert_int_equal(made.len, VOTE_SIZE);
		vote_read(v, made.p);
		assert_true(vote_signed(v, document));
	} else {
		assert_null(made.p);
	}
	return r;
}

static enum signer_result vote_on(struct place *p, uint32_t from, uint32_t to)
{
	struct vote v = link_of(from, to);

	return vote(p, "v", &chain, &v);
}

/* --- each begins with an empty folder --- */

static void open_vault(struct place *p)
{
	char error[VAULT_ERROR_SIZE];

	p->v = vault_open(p->dir, ec, error);
	assert_non_null(p->v);
}

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	snprintf(p->dir, sizeof(p->dir), "/tmp/quarry-kinds-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	arena_init(&p->a, 1 << 22);
	open_vault(p);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;
	char command[100];

	vault_close(p->v);
	buf_free(&p->out);
	arena_free(&p->a);
	snprintf(command, sizeof(command), "rm -r %s", p->dir);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

static void path_of(char path[100], const struct place *p, const char *file)
{
	snprintf(path, 100, "%s/%s", p->dir, file);
}

/* --- votes --- */

static void neither_double_nor_surround_votes_are_signed(void **state)
{
	struct place *p = *state;
	struct vote v;

	assert_int_equal(create(p, "v", KEYSTORE_VALIDATOR), SIGNER_OK);
	assert_int_equal(vote_on(p, 0, 10), SIGNER_OK);
	assert_int_equal(vote_on(p, 10, 20), SIGNER_OK);
	v = link_of(10, 20);
	v.target.h.b[5] = 9;
	assert_int_equal(vote(p, "v", &chain, &v), SIGNER_REFUSED);
	assert_true(says(p, "double vote"));
	assert_int_equal(vote_on(p, 0, 30), SIGNER_REFUSED);
	assert_true(says(p, "surround vote"));
	assert_int_equal(vote_on(p, 12, 18), SIGNER_REFUSED);
	assert_int_equal(vote_on(p, 30, 30), SIGNER_REFUSED);
	assert_int_equal(vote_on(p, 40, 30), SIGNER_REFUSED);
	assert_int_equal(vote_on(p, 20, 30), SIGNER_OK);
	/* and none of it after a restart */
	vault_close(p->v);
	open_vault(p);
	assert_int_equal(vote_on(p, 10, 30), SIGNER_REFUSED);
	assert_int_equal(vote_on(p, 10, 40), SIGNER_REFUSED);
	assert_int_equal(vote_on(p, 30, 40), SIGNER_OK);
}

static void the_same_vote_has_the_same_signature_again(void **state)
{
	struct place *p = *state;
	struct vote a = link_of(0, 10), b = link_of(0, 10);
	struct bytes left;
	struct buf ask_votes;
	unsigned n = 0;
	uint8_t tag;

	assert_int_equal(create(p, "v", KEYSTORE_VALIDATOR), SIGNER_OK);
	assert_int_equal(vote(p, "v", &chain, &a), SIGNER_OK);
	vault_close(p->v);
	open_vault(p);
	assert_int_equal(vote(p, "v", &chain, &b), SIGNER_OK);
	assert_memory_equal(&a, &b, sizeof(a));
	/* it is kept once */
	begin(&ask_votes, SIGNER_OP_VOTES, "v");
	signer_field(&ask_votes, SIGNER_F_DOCUMENT, bytes_of(chain.b, 32));
	assert_int_equal(ask(p, &ask_votes), SIGNER_OK);
	left = p->f.fields;
	for (struct bytes v; signer_field_next(&left, &tag, &v); n++) {
		assert_int_equal(tag, SIGNER_F_VOTE);
		vote_read(&b, v.p);
		assert_memory_equal(&a, &b, sizeof(a));
	}
	assert_int_equal(n, 1);
}

static void a_key_votes_on_one_chain(void **state)
{
	struct place *p = *state;
	struct vote v = link_of(0, 10);
	static const struct hash256 none;

	assert_int_equal(create(p, "v", KEYSTORE_VALIDATOR), SIGNER_OK);
	assert_int_equal(vote(p, "v", &none, &v), SIGNER_BAD);
	assert_int_equal(vote(p, "v", &chain, &v), SIGNER_OK);
	v = link_of(0, 20);
	assert_int_equal(vote(p, "v", &other_chain, &v), SIGNER_FAILED);
	assert_true(says(p, "another chain"));
}

static void without_a_whole_record_nothing_is_signed(void **state)
{
	struct place *p = *state;
	char path[100], words[BIP39_TEXT_SIZE];
	struct bytes said;
	uint8_t junk[1024];
	int fd;

	assert_int_equal(create(p, "v", KEYSTORE_VALIDATOR), SIGNER_OK);
	said = signer_field_find(&p->f, SIGNER_F_WORDS);
	snprintf(words, sizeof(words), "%.*s", (int)said.len, (const char *)said.p);
	assert_int_equal(vote_on(p, 0, 10), SIGNER_OK);
	path_of(path, p, "v.votes");
	memset(junk, 0x5a, sizeof(junk));
	fd = open(path, O_WRONLY);
	assert_int_equal(write(fd, junk, sizeof(junk)), sizeof(junk));
	close(fd);
	assert_int_equal(vote_on(p, 10, 20), SIGNER_FAILED);
	assert_true(says(p, "damaged"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(vote_on(p, 10, 20), SIGNER_FAILED);
	assert_true(says(p, "missing"));
	/* the key restored is not a new key: only who says so gets a record */
	path_of(path, p, "v.key");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(restore(p, "v", bytes_of_text(words), false), SIGNER_OK);
	assert_int_equal(vote_on(p, 10, 20), SIGNER_FAILED);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(restore(p, "v", bytes_of_text(words), true), SIGNER_OK);
	assert_int_equal(vote_on(p, 10, 20), SIGNER_OK);
	/* and no record is written over */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(restore(p, "v", bytes_of_text(words), true),
			 SIGNER_EXISTS);
	assert_int_equal(create(p, "v", KEYSTORE_VALIDATOR), SIGNER_EXISTS);
}

static void another_keys_record_is_not_taken(void **state)
{
	struct place *p = *state;
	char from[100], to[100];

	assert_int_equal(create(p, "v", KEYSTORE_VALIDATOR), SIGNER_OK);
	assert_int_equal(create(p, "w", KEYSTORE_VALIDATOR), SIGNER_OK);
	path_of(from, p, "w.votes");
	path_of(to, p, "v.votes");
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(vote_on(p, 0, 10), SIGNER_FAILED);
	assert_true(says(p, "another key"));
}

/* --- each kind its own --- */

/* Asks for the signature of a coin of `value` paid to the keystore's first key,
 * which a transaction with this signature script made. */
static enum signer_result sign(struct place *p, const char *name,
			       struct bytes made_by, int64_t value,
			       uint32_t version)
{
	uint8_t script[34] = {OP_1, 32}, out_script[] = {OP_RETURN};
	struct txin in = {.prevout.n = OUTPOINT_NULL_N, .script_sig = made_by};
	struct txout coin = {value, {script, 34}}, out = {0, {out_script, 1}};
	struct tx made = {.n_in = 1, .in = &in, .n_out = 1, .out = &coin};
	struct txin spent = {0};
	struct tx tx = {.version = version, .n_in = 1, .in = &spent, .n_out = 1,
			.out = &out};
	enum signer_result r;
	struct psbt psbt;
	struct buf b, raw;

	begin(&b, SIGNER_OP_KEYS, name);
	assert_int_equal(ask(p, &b), SIGNER_OK);
	if (signer_field_find(&p->f, SIGNER_F_KEY).p)
		memcpy(script + 2, signer_field_find(&p->f, SIGNER_F_KEY).p, 32);
	buf_init(&raw, 4096);
	tx_write(&raw, &made, false);
	assert_int_equal(tx_parse(&made, raw.p, raw.len, &p->a), ST_OK);
	spent.prevout.txid = made.txid;
	assert_true(psbt_blank(&psbt, &tx, &p->a));
	assert_true(psbt_set_made(&psbt, 0, buf_view(&raw), &p->a));
	buf_reset(&raw);
	psbt_write(&raw, &psbt);
	begin(&b, SIGNER_OP_SIGN_PSBT, name);
	signer_field(&b, SIGNER_F_PSBT, buf_view(&raw));
	r = ask(p, &b);
	buf_free(&raw);
	return r;
}

static unsigned n_signed(const struct place *p)
{
	uint32_t n;

	assert_true(signer_field_find_u32(&p->f, SIGNER_F_SIGNED, 99, &n));
	return n;
}

static enum signer_result sign_message(struct place *p, const char *name)
{
	struct buf b;

	begin(&b, SIGNER_OP_SIGN_MESSAGE, name);
	signer_field(&b, SIGNER_F_ADDRESS,
		     bytes_of_text("bcrt1qs758ursh4q9z627kt3pp5yysm78ddny6txaqgw"));
	signer_field(&b, SIGNER_F_MESSAGE, bytes_of_text("hello"));
	signer_field_u32(&b, SIGNER_F_NUMBER, SIGNER_MESSAGE_BIP322);
	return ask(p, &b);
}

static const uint8_t block_sig[74] = {OP_0, 72, 7}, message_sig[34] = {OP_0, 32};

static void a_validator_signs_votes_alone(void **state)
{
	struct place *p = *state;

	assert_int_equal(create(p, "v", KEYSTORE_VALIDATOR), SIGNER_OK);
	assert_int_equal(sign(p, "v", bytes_of(block_sig, 74), 0, 0),
			 SIGNER_REFUSED);
	assert_int_equal(sign(p, "v", bytes_of(message_sig, 34), 1000, 2),
			 SIGNER_REFUSED);
	assert_int_equal(sign_message(p, "v"), SIGNER_REFUSED);
}

static void a_maker_signs_blocks_alone(void **state)
{
	struct place *p = *state;
	struct vote v = link_of(0, 10);

	assert_int_equal(create(p, "m", KEYSTORE_MAKER), SIGNER_OK);
	assert_int_equal(sign(p, "m", bytes_of(block_sig, 74), 0, 0), SIGNER_OK);
	assert_int_equal(n_signed(p), 1);
	/* a coin that is worth something; another form; a message (BIP322) */
	assert_int_equal(sign(p, "m", bytes_of(block_sig, 74), 1, 0),
			 SIGNER_REFUSED);
	assert_int_equal(sign(p, "m", bytes_of(block_sig, 74), 0, 2),
			 SIGNER_REFUSED);
	assert_int_equal(sign(p, "m", bytes_of(message_sig, 34), 0, 0),
			 SIGNER_REFUSED);
	assert_true(says(p, "blocks and nothing else"));
	assert_int_equal(sign_message(p, "m"), SIGNER_REFUSED);
	assert_int_equal(vote(p, "m", &chain, &v), SIGNER_REFUSED);
}

static void a_wallet_does_not_vote(void **state)
{
	struct place *p = *state;
	struct vote v = link_of(0, 10);
	struct buf b;

	assert_int_equal(create(p, "w", KEYSTORE_WALLET), SIGNER_OK);
	assert_int_equal(vote(p, "w", &chain, &v), SIGNER_REFUSED);
	begin(&b, SIGNER_OP_KEYS, "w");
	assert_int_equal(ask(p, &b), SIGNER_OK);
	assert_null(signer_field_find(&p->f, SIGNER_F_KEY).p);
	assert_int_equal(create(p, "x", KEYSTORE_KINDS), SIGNER_BAD);
}

/* Whoever changes the kind in a file changes what is authenticated. */
static void a_kind_cannot_be_changed_in_the_file(void **state)
{
	struct place *p = *state;
	char path[100];
	uint8_t flags = KEYSTORE_WALLET << 1;
	int fd;

	assert_int_equal(create(p, "m", KEYSTORE_MAKER), SIGNER_OK);
	path_of(path, p, "m.key");
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, &flags, 1, 10), 1);
	close(fd);
	assert_int_equal(sign_message(p, "m"), SIGNER_DENIED);
}

static int set_up_all(void **state)
{
	ec = ec_open();
	return !ec;
}

static int tear_down_all(void **state)
{
	ec_close(ec);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			neither_double_nor_surround_votes_are_signed, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			the_same_vote_has_the_same_signature_again, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_key_votes_on_one_chain, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			without_a_whole_record_nothing_is_signed, setup,
			teardown),
		cmocka_unit_test_setup_teardown(another_keys_record_is_not_taken,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_validator_signs_votes_alone,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_maker_signs_blocks_alone,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_wallet_does_not_vote, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			a_kind_cannot_be_changed_in_the_file, setup, teardown),
	};

	return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
