/* SPDX-License-Identifier: MIT */
/* Hashes, comparison, and the operations that check signatures. */
#include "base/bug.h"
#include "consensus/interp.h"
#include "consensus/scriptnum.h"
#include "crypto/ec.h"
#include "crypto/hash160.h"
#include "primitives/script.h"

static void hash_top(struct vm *vm)
{
	struct bytes v = stack_at(&vm->stack, 1);
	size_t len = 20;
	uint8_t out[32];

	switch (vm->op) {
	case OP_RIPEMD160:
		ripemd160(out, v.p, v.len);
		break;
	case OP_SHA1:
		sha1(out, v.p, v.len);
		break;
	case OP_HASH160:
		hash160(out, v.p, v.len);
		break;
	case OP_SHA256:
		sha256(out, v.p, v.len);
		len = 32;
		break;
	case OP_HASH256:
		sha256d(out, v.p, v.len);
		len = 32;
		break;
	default:
		BUG("operation %02x is no hash", vm->op);
	}
	stack_pop(&vm->stack, 1);
	stack_push_own(&vm->stack, out, len);
}

enum script_error op_hash(struct vm *vm)
{
	bool equal;

	if (vm->op != OP_EQUAL && vm->op != OP_EQUALVERIFY) {
		if (stack_depth(&vm->stack) < 1)
			return SCRIPT_ERR_INVALID_STACK_OPERATION;
		hash_top(vm);
		return SCRIPT_ERR_OK;
	}
	if (stack_depth(&vm->stack) < 2)
		return SCRIPT_ERR_INVALID_STACK_OPERATION;
	equal = bytes_equal(stack_at(&vm->stack, 1), stack_at(&vm->stack, 2));
	stack_pop(&vm->stack, 2);
	if (vm->op == OP_EQUALVERIFY && equal)
		return SCRIPT_ERR_OK;
	stack_push_bool(&vm->stack, equal);
	return vm->op == OP_EQUAL ? SCRIPT_ERR_OK : SCRIPT_ERR_EQUALVERIFY;
}

/* --- ECDSA, before tapscript --- */

static bool is_compressed(struct bytes key)
{
	return key.len == 33 && (key.p[0] == 2 || key.p[0] == 3);
}

static bool is_defined_type(struct bytes sig)
{
	uint8_t base = sig.p[sig.len - 1] & (uint8_t)~SIGHASH_ANYONECANPAY;

	return base >= SIGHASH_ALL && base <= SIGHASH_SINGLE;
}

static enum script_error check_encoding(const struct vm *vm, struct bytes sig,
					struct bytes key)
{
	if (sig.len) {
		bool strict = vm_consensus(vm, CF_DERSIG) ||
			      vm_policy(vm, PF_LOW_S | PF_STRICTENC);

		if (strict && !ec_der_is_strict(sig))
			return SCRIPT_ERR_SIG_DER;
		if (vm_policy(vm, PF_LOW_S) && !ec_sig_is_low_s(sig))
			return SCRIPT_ERR_SIG_HIGH_S;
		if (vm_policy(vm, PF_STRICTENC) && !is_defined_type(sig))
			return SCRIPT_ERR_SIG_HASHTYPE;
	}
	if (vm_policy(vm, PF_STRICTENC) && !is_compressed(key) &&
	    !(key.len == 65 && key.p[0] == 4))
		return SCRIPT_ERR_PUBKEYTYPE;
	if (vm->sigv == SIGV_WITNESS_V0 &&
	    vm_policy(vm, PF_WITNESS_PUBKEYTYPE) && !is_compressed(key))
		return SCRIPT_ERR_WITNESS_PUBKEYTYPE;
	return SCRIPT_ERR_OK;
}

/* Counts what FindAndDelete would remove and settles how to hash. */
static enum script_error find_and_delete(struct vm *vm, struct script_code *code,
					 struct sighash_memo **memo)
{
	size_t found = 0;

	*memo = &vm->memo;
	if (vm->sigv != SIGV_BASE)
		return SCRIPT_ERR_OK;
	found = script_code_count_drops(code);
	if (!found)
		code->n_drop = 0;
	else
		*memo = NULL;
	return found && vm_policy(vm, PF_CONST_SCRIPTCODE) ?
		SCRIPT_ERR_SIG_FINDANDDELETE : SCRIPT_ERR_OK;
}

static bool ecdsa_good(struct vm *vm, struct bytes sig, struct bytes key,
		       const struct script_code *code, struct sighash_memo *memo)
{
	struct hash256 h;
	uint8_t type;

	if (!sig.len)
		return false;
	type = sig.p[--sig.len];
	if (vm->sigv == SIGV_WITNESS_V0)
		sighash_v0(&h, vm->cache, vm->n_in, code->script,
			   vm->coins[vm->n_in].value, type);
	else
		sighash_legacy(&h, vm->cache, vm->n_in, code, type, memo);
	return ec_verify_ecdsa(sig, key, h.b);
}

static enum script_error check_ecdsa(struct vm *vm, struct bytes sig,
				     struct bytes key, bool *good)
{
	struct script_code code = {vm->code, &sig, 1};
	struct sighash_memo *memo;
	enum script_error e;

	e = find_and_delete(vm, &code, &memo);
	if (e == SCRIPT_ERR_OK)
		e = check_encoding(vm, sig, key);
	if (e != SCRIPT_ERR_OK)
		return e;
	*good = ecdsa_good(vm, sig, key, &code, memo);
	if (!*good && sig.len && vm_policy(vm, PF_NULLFAIL))
		return SCRIPT_ERR_SIG_NULLFAIL;
	return SCRIPT_ERR_OK;
}

/* --- Schnorr --- */

enum script_error vm_check_schnorr(struct vm *vm, struct bytes sig,
				   const uint8_t key[32])
{
	uint8_t type = SIGHASH_DEFAULT;
	struct hash256 h;

	if (sig.len != 64 && sig.len != 65)
		return SCRIPT_ERR_SCHNORR_SIG_SIZE;
	if (sig.len == 65) {
		type = sig.p[64];
		if (type == SIGHASH_DEFAULT)
			return SCRIPT_ERR_SCHNORR_SIG_HASHTYPE;
	}
	if (!sighash_taproot(&h, vm->cache, vm->n_in, &vm->ext, type))
		return SCRIPT_ERR_SCHNORR_SIG_HASHTYPE;
	return ec_verify_schnorr(sig.p, key, h.b) ? SCRIPT_ERR_OK :
						    SCRIPT_ERR_SCHNORR_SIG;
}

/* BIP342: the budget comes first, whatever the key is. An unknown kind of key
 * passes with any signature but an empty one. */
static enum script_error check_tapscript(struct vm *vm, struct bytes sig,
					 struct bytes key, bool *good)
{
	*good = sig.len > 0;
	if (*good) {
		vm->budget -= TAPSCRIPT_SIGOP_COST;
		if (vm->budget < 0)
			return SCRIPT_ERR_TAPSCRIPT_VALIDATION_WEIGHT;
	}
	if (key.len == 0)
		return SCRIPT_ERR_PUBKEYTYPE;
	if (key.len == 32)
		return *good ? vm_check_schnorr(vm, sig, key.p) : SCRIPT_ERR_OK;
	return vm_policy(vm, PF_DISCOURAGE_UPGRADABLE_PUBKEYTYPE) ?
		SCRIPT_ERR_DISCOURAGE_UPGRADABLE_PUBKEYTYPE : SCRIPT_ERR_OK;
}

static enum script_error check_sig(struct vm *vm, struct bytes sig,
				   struct bytes key, bool *good)
{
	return vm->sigv == SIGV_TAPSCRIPT ? check_tapscript(vm, sig, key, good) :
					    check_ecdsa(vm, sig, key, good);
}

/* signature, number, key -> number, one higher when the signature is good */
static enum script_error op_checksigadd(struct vm *vm)
{
	enum script_error e;
	int64_t n;
	bool good;

	if (vm->sigv != SIGV_TAPSCRIPT)
		return SCRIPT_ERR_BAD_OPCODE;
	if (stack_depth(&vm->stack) < 3)
		return SCRIPT_ERR_INVALID_STACK_OPERATION;
	e = vm_number(vm, 2, &n);
	if (e == SCRIPT_ERR_OK)
		e = check_sig(vm, stack_at(&vm->stack, 3),
			      stack_at(&vm->stack, 1), &good);
	if (e != SCRIPT_ERR_OK)
		return e;
	stack_pop(&vm->stack, 3);
	stack_push_num(&vm->stack, n + good);
	return SCRIPT_ERR_OK;
}

enum script_error op_checksig(struct vm *vm)
{
	enum script_error e;
	bool good;

	if (vm->op == OP_CHECKSIGADD)
		return op_checksigadd(vm);
	if (stack_depth(&vm->stack) < 2)
		return SCRIPT_ERR_INVALID_STACK_OPERATION;
	e = check_sig(vm, stack_at(&vm->stack, 2), stack_at(&vm->stack, 1),
		      &good);
	if (e != SCRIPT_ERR_OK)
		return e;
	stack_pop(&vm->stack, 2);
	if (vm->op == OP_CHECKSIGVERIFY && good)
		return SCRIPT_ERR_OK;
	stack_push_bool(&vm->stack, good);
	return vm->op == OP_CHECKSIG ? SCRIPT_ERR_OK : SCRIPT_ERR_CHECKSIGVERIFY;
}

/* --- multisig --- */

/* What CHECKMULTISIG finds on the stack, counted from the top:
 * n, n keys, m, m signatures, the dummy. */
struct multisig {
	unsigned n_keys, n_sigs;
	size_t keys_at, sigs_at;	/* position of the first of each */
	size_t dummy_at;
	struct bytes sig[MULTISIG_KEYS_MAX];
};

static enum script_error multisig_read(struct vm *vm, struct multisig *m)
{
	const struct stack *s = &vm->stack;
	enum script_error e;
	int64_t n;

	if (stack_depth(s) < 1)
		return SCRIPT_ERR_INVALID_STACK_OPERATION;
	e = vm_number(vm, 1, &n);
	if (e != SCRIPT_ERR_OK)
		return e;
	if (n < 0 || n > MULTISIG_KEYS_MAX)
		return SCRIPT_ERR_PUBKEY_COUNT;
	m->n_keys = (unsigned)n;
	vm->n_ops += m->n_keys;
	if (vm->n_ops > SCRIPT_OPS_MAX)
		return SCRIPT_ERR_OP_COUNT;
	m->keys_at = 2;
	if (stack_depth(s) < m->n_keys + 2)
		return SCRIPT_ERR_INVALID_STACK_OPERATION;
	e = vm_number(vm, m->n_keys + 2, &n);
	if (e != SCRIPT_ERR_OK)
		return e;
	if (n < 0 || n > (int64_t)m->n_keys)
		return SCRIPT_ERR_SIG_COUNT;
	m->n_sigs = (unsigned)n;
	m->sigs_at = m->n_keys + 3;
	m->dummy_at = m->sigs_at + m->n_sigs;
	if (stack_depth(s) < m->dummy_at)
		return SCRIPT_ERR_INVALID_STACK_OPERATION;
	for (unsigned i = 0; i < m->n_sigs; i++)
		m->sig[i] = stack_at(s, m->sigs_at + i);
	return SCRIPT_ERR_OK;
}

/* Both lists in order; a key is tried once. Gives up when fewer keys than
 * signatures are left: what was not tried is never looked at. */
static enum script_error multisig_match(struct vm *vm, const struct multisig *m,
					const struct script_code *code,
					struct sighash_memo *memo, bool *good)
{
	unsigned key = 0, sig = 0;

	*good = true;
	while (*good && sig < m->n_sigs) {
		struct bytes k = stack_at(&vm->stack, m->keys_at + key);
		enum script_error e = check_encoding(vm, m->sig[sig], k);

		if (e != SCRIPT_ERR_OK)
			return e;
		if (ecdsa_good(vm, m->sig[sig], k, code, memo))
			sig++;
		key++;
		if (m->n_sigs - sig > m->n_keys - key)
			*good = false;
	}
	return SCRIPT_ERR_OK;
}

/* BIP146 and BIP147, after all that could be tried was. */
static enum script_error multisig_nulls(const struct vm *vm,
					const struct multisig *m, bool good)
{
	if (!good && vm_policy(vm, PF_NULLFAIL)) {
		for (unsigned i = 0; i < m->n_sigs; i++) {
			if (m->sig[i].len)
				return SCRIPT_ERR_SIG_NULLFAIL;
		}
	}
	if (vm_consensus(vm, CF_NULLDUMMY) &&
	    stack_at(&vm->stack, m->dummy_at).len)
		return SCRIPT_ERR_SIG_NULLDUMMY;
	return SCRIPT_ERR_OK;
}

enum script_error op_checkmultisig(struct vm *vm)
{
	struct script_code code;
	struct sighash_memo *memo;
	struct multisig m;
	enum script_error e;
	bool good = false;

	if (vm->sigv == SIGV_TAPSCRIPT)
		return SCRIPT_ERR_TAPSCRIPT_CHECKMULTISIG;
	e = multisig_read(vm, &m);
	if (e != SCRIPT_ERR_OK)
		return e;
	code = (struct script_code){vm->code, m.sig, m.n_sigs};
	e = find_and_delete(vm, &code, &memo);
	if (e == SCRIPT_ERR_OK)
		e = multisig_match(vm, &m, &code, memo, &good);
	if (e == SCRIPT_ERR_OK)
		e = multisig_nulls(vm, &m, good);
	if (e != SCRIPT_ERR_OK)
		return e;
	stack_pop(&vm->stack, m.dummy_at);
	if (vm->op == OP_CHECKMULTISIGVERIFY && good)
		return SCRIPT_ERR_OK;
	stack_push_bool(&vm->stack, good);
	return vm->op == OP_CHECKMULTISIG ? SCRIPT_ERR_OK :
					    SCRIPT_ERR_CHECKMULTISIGVERIFY;
}
