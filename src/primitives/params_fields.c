/* SPDX-License-Identifier: MIT */
/* The table of keys, in the order a new document has them. */
#include "primitives/params_fields.h"

#define AT(member) \
	offsetof(struct params, member), sizeof(((struct params *)0)->member)

enum { YEAR_S = 365 * 86400 };

const struct params_field params_fields[PARAMS_FIELDS] = {
	{"name", PK_NAME, 0, AT(name), 0, 0, "mychain",
	 "The chain's name: lower-case letters, digits and hyphens."},
	{"chain", PK_NAME, PF_BITCOIN, AT(chain), 0, 0, "main", NULL},
	{"test", PK_BOOL, 0, AT(test), 0, 0, "yes",
	 "yes: its coins have no value, calls that make blocks are allowed."},

	{"pow_limit", PK_NUMBER, 0, AT(pow_limit), 0, 0,
	 "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	 "Proof of work: a block's hash is never above this."},
	{"retarget", PK_RETARGET, 0, AT(retarget), 0, 0, "asert",
	 "How the difficulty follows: 2016 (every retarget_interval blocks, as in\n"
	 "# Bitcoin), asert (every block) or none."},
	{"retarget_interval", PK_UINT, PF_OPTIONAL, AT(retarget_interval), 2,
	 1000000, "2016", NULL},
	{"spacing", PK_UINT, 0, AT(spacing_s), 1, 7 * 86400, "600",
	 "Seconds between blocks."},
	{"asert_half_life", PK_UINT, PF_OPTIONAL, AT(asert_half_life_s), 1,
	 YEAR_S, "3600",
	 "Seconds behind schedule after which the difficulty has halved."},
	{"min_difficulty", PK_BOOL, 0, AT(min_difficulty), 0, 0, "no",
	 "yes: after twice the spacing a block of least difficulty may follow."},
	{"bip94", PK_BOOL, 0, AT(bip94), 0, 0, "no",
	 "yes: the difficulty rules of testnet4 (BIP94)."},

	{"subsidy", PK_COINS, 0, AT(subsidy_sat), 0, 0, "50",
	 "Rewards in coins, halved every halving_interval blocks; never more than\n"
	 "# 21000000 coins in all. A reward can be spent after maturity blocks."},
	{"halving_interval", PK_UINT, 0, AT(halving_interval), 1, INT32_MAX,
	 "210000", NULL},
	{"maturity", PK_UINT, 0, AT(maturity), 1, 1000000, "100", NULL},

	{"bip34_height", PK_HEIGHT, 0, AT(bip34_height), 0, 0, "1",
	 "The height from which each rule holds, or never."},
	{"bip65_height", PK_HEIGHT, 0, AT(bip65_height), 0, 0, "1", NULL},
	{"bip66_height", PK_HEIGHT, 0, AT(bip66_height), 0, 0, "1", NULL},
	{"csv_height", PK_HEIGHT, 0, AT(csv_height), 0, 0, "1", NULL},
	{"segwit_height", PK_HEIGHT, 0, AT(segwit_height), 0, 0, "0", NULL},
	{"taproot_height", PK_HEIGHT, 0, AT(taproot_height), 0, 0, "0", NULL},
	{"signet_challenge", PK_CHALLENGE, PF_OPTIONAL, AT(signet_challenge), 0,
	 0, "51", "Blocks must be signed to satisfy this script (BIP325)."},
	{"makers", PK_MAKERS, PF_OPTIONAL, AT(maker), 0, 0, "",
	 "Who makes blocks: keys (BIP340) that take blocks in this order. So many as\n"
	 "# makers_needed sign each, one whose turn has come among them; after each\n"
	 "# turn_timeout seconds the next one may take over."},
	{"makers_needed", PK_UINT, PF_OPTIONAL, AT(makers_needed), 1,
	 MAKERS_MAX, "1", NULL},
	{"turn_timeout", PK_UINT, PF_OPTIONAL, AT(turn_timeout_s), 1, 86400,
	 "15", NULL},

	{"finality_interval", PK_UINT, PF_OPTIONAL, AT(finality_interval), 1,
	 10000, "20",
	 "Finality by votes: a checkpoint each so many blocks, and who votes, by x-only\n"
	 "# key and weight. Two thirds of the weight make a checkpoint final."},
	{"finality_validators", PK_VALIDATORS, PF_OPTIONAL,
	 AT(finality_validators), 0, 0,
	 "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798:1",
	 NULL},
	{"bond_lock", PK_UINT, PF_OPTIONAL, AT(bond_lock), 1, 65535, "1000",
	 "Stake: whoever locks coins for so many blocks may vote. Once bond_start coins\n"
	 "# are locked, bonds decide in the validators' place."},
	{"bond_start", PK_COINS, PF_OPTIONAL, AT(bond_start_sat), 0, 0, "1000",
	 NULL},

	{"bip34_hash", PK_HASH, PF_BITCOIN | PF_OPTIONAL, AT(bip34_hash), 0, 0,
	 "", NULL},
	{"bip30_again_height", PK_HEIGHT, PF_BITCOIN | PF_OPTIONAL,
	 AT(bip30_again_height), 0, 0, "", NULL},
	{"bip30_exception_1", PK_BLOCK, PF_BITCOIN | PF_OPTIONAL,
	 AT(bip30_exception[0]), 0, 0, "", NULL},
	{"bip30_exception_2", PK_BLOCK, PF_BITCOIN | PF_OPTIONAL,
	 AT(bip30_exception[1]), 0, 0, "", NULL},
	{"bip16_exception", PK_HASH, PF_BITCOIN | PF_OPTIONAL,
	 AT(bip16_exception), 0, 0, "", NULL},
	{"taproot_exception", PK_HASH, PF_BITCOIN | PF_OPTIONAL,
	 AT(taproot_exception), 0, 0, "", NULL},
	{"min_chainwork", PK_NUMBER, PF_BITCOIN | PF_OPTIONAL,
	 AT(min_chainwork), 0, 0, "", NULL},
	{"assume_valid", PK_HASH, PF_BITCOIN | PF_OPTIONAL, AT(assume_valid), 0,
	 0, "", NULL},

	{"magic", PK_BYTES, 0, AT(magic), 0, 0, "fa1d4c80",
	 "What tells this chain from others: first bytes of messages, ports, and\n"
	 "# the beginnings of addresses and keys."},
	{"p2p_port", PK_UINT, 0, AT(p2p_port), 1, 65535, "27333", NULL},
	{"rpc_port", PK_UINT, 0, AT(rpc_port), 1, 65535, "27332", NULL},
	{"dns_seeds", PK_HOSTS, PF_OPTIONAL, AT(dns_seeds), 0, 0,
	 "seed.example.org",
	 "Names whose addresses are nodes of this chain."},
	{"pubkey_prefix", PK_UINT, 0, AT(pubkey_prefix), 0, 255, "58", NULL},
	{"script_prefix", PK_UINT, 0, AT(script_prefix), 0, 255, "120", NULL},
	{"wif_prefix", PK_UINT, 0, AT(wif_prefix), 0, 255, "239", NULL},
	{"xpub_prefix", PK_BYTES, 0, AT(xpub_prefix), 0, 0, "043587cf", NULL},
	{"xprv_prefix", PK_BYTES, 0, AT(xprv_prefix), 0, 0, "04358394", NULL},
	{"hrp", PK_HRP, 0, AT(hrp), 0, 0, "qy", NULL},

	{"genesis_message", PK_MESSAGE, 0, AT(genesis_message), 0, 0,
	 "what the newspapers wrote that day",
	 "The first block: its message, UNIX time and difficulty."},
	{"genesis_key", PK_KEY, PF_BITCOIN, AT(genesis_output_key), 0, 0, "",
	 NULL},
	{"genesis_time", PK_UINT, 0, AT(genesis.time), 1, UINT32_MAX,
	 "1700000000", NULL},
	{"genesis_bits", PK_BITS, 0, AT(genesis.bits), 0, 0, "2000ffff", NULL},
	{"genesis_nonce", PK_UINT, PF_OPTIONAL, AT(genesis.nonce), 0,
	 UINT32_MAX, "", NULL},
};
