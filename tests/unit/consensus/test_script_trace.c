/* SPDX-License-Identifier: MIT */
/* What a refusal says of the stack: as the operation at fault found it. */
#include "consensus/script_trace.h"
#include "crypto/sha256.h"
#include "tests/unit/consensus/spend.h"

#define ROOM 2001

/* Judges s, then runs it again for its failure. */
static enum script_error fault_of(struct spend *s, struct script_fault *f,
				  char stack[ROOM])
{
	enum script_error e = spend_check(s, CF_ALL, 0);
	struct script_trace trace = script_fault_trace(f, s->pos, stack, ROOM);

	assert_int_equal(spend_trace(s, CF_ALL, 0, &trace), e);
	return e;
}

static void the_operands_of_the_operation_at_fault(void **state)
{
	struct script_fault f;
	char stack[ROOM];
	struct spend s;

	spend_init(&s, 1, 1);
	script_push_int(&s.sig, 5);
	script_push_int(&s.sig, 0);
	script_push_int(&s.sig, 0x1234);
	script_push_int(&s.pubkey, 6);
	buf_u8(&s.pubkey, OP_EQUALVERIFY);
	assert_int_equal(fault_of(&s, &f, stack), SCRIPT_ERR_EQUALVERIFY);
	assert_int_equal(s.pos, 1);
	assert_int_equal(f.stage, SCRIPT_STAGE_PUBKEY);
	assert_string_equal(stack, "06 3412 0 05");
	spend_free(&s);
}

static void what_is_left_when_no_operation_fails(void **state)
{
	struct script_fault f;
	char stack[ROOM];
	struct spend s;

	spend_init(&s, 1, 1);
	script_push_int(&s.sig, 5);
	buf_u8(&s.pubkey, OP_0);
	assert_int_equal(fault_of(&s, &f, stack), SCRIPT_ERR_EVAL_FALSE);
	assert_int_equal(s.pos, -1);
	assert_string_equal(stack, "0 05");
	buf_reset(&s.pubkey);
	buf_u8(&s.pubkey, OP_DROP);
	assert_int_equal(fault_of(&s, &f, stack), SCRIPT_ERR_EVAL_FALSE);
	assert_string_equal(stack, "");
	spend_free(&s);
}

/* The same position in an earlier script is not meant. */
static void the_script_that_failed_is_named(void **state)
{
	static const uint8_t redeem[] = {OP_1, OP_VERIFY, OP_RETURN};
	struct script_fault f;
	char stack[ROOM];
	struct spend s;
	uint8_t h[32];

	spend_init(&s, 1, 1);
	memcpy(buf_extend(&s.leaf, 3), redeem, 3);
	sha256(h, s.leaf.p, s.leaf.len);
	script_witness(&s.pubkey, 0, bytes_of(h, 32));
	spend_item(&s, "\x0a", 1);
	spend_item(&s, redeem, 3);
	assert_int_equal(fault_of(&s, &f, stack), SCRIPT_ERR_OP_RETURN);
	assert_int_equal(f.stage, SCRIPT_STAGE_WITNESS);
	assert_int_equal(s.pos, 2);
	assert_string_equal(stack, "0a");
	spend_free(&s);
}

/* A push that runs past the end was never an operation. */
static void what_cannot_be_decoded(void **state)
{
	struct script_fault f;
	char stack[ROOM];
	struct spend s;

	spend_init(&s, 1, 1);
	script_push_int(&s.sig, 3);
	script_push_int(&s.sig, 4);
	buf_u8(&s.pubkey, OP_NOP);
	buf_u8(&s.pubkey, 5);
	assert_int_equal(fault_of(&s, &f, stack), SCRIPT_ERR_BAD_OPCODE);
	assert_int_equal(f.stage, SCRIPT_STAGE_PUBKEY);
	assert_string_equal(stack, "04 03");
	spend_free(&s);
}

static void long_items_and_deep_stacks_are_cut(void **state)
{
	struct script_fault f;
	char stack[ROOM];
	uint8_t item[520];
	struct spend s;

	memset(item, 0xab, sizeof(item));
	item[519] = 0xcd;
	spend_init(&s, 1, 1);
	for (int i = 0; i < 17; i++)
		script_push(&s.sig, item, 80);
	script_push(&s.sig, item, 520);
	buf_u8(&s.pubkey, OP_RETURN);
	assert_int_equal(fault_of(&s, &f, stack), SCRIPT_ERR_OP_RETURN);
	assert_memory_equal(stack, "abababababababab..abababababababcd(520) ab",
			    42);
	assert_true(strlen(stack) < ROOM);
	assert_string_equal(stack + strlen(stack) - 3, " +5");
	spend_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_operands_of_the_operation_at_fault),
		cmocka_unit_test(what_is_left_when_no_operation_fails),
		cmocka_unit_test(the_script_that_failed_is_named),
		cmocka_unit_test(what_cannot_be_decoded),
		cmocka_unit_test(long_items_and_deep_stacks_are_cut),
	};

	return cmocka_run_group_tests_name("script_trace", tests, NULL, NULL);
}
