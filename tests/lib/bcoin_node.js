// SPDX-License-Identifier: MIT
// bcoin's chain in memory, answering blocks as Bitcoin Core 28.1's submitblock.
//
// What is valid is for bcoin alone to say: checkBody, verify and the chain that
// connects, disconnects and reconnects. Kept here is what Core remembers of
// blocks (duplicate, duplicate-invalid, bad-prevblk, inconclusive), and the
// return to the old branch, which bcoin leaves when a better one fails midway.
"use strict";

// The chain is kept in memory: what writes to disk needs a compiler to install.
const Module = require("module");
const load = Module._load;
Module._load = (name, ...rest) => name === "leveldown" ? class {} :
	load(name, ...rest);

const bcoin = require("bcoin");
const {Chain, Network, Block, Witness} = bcoin;
const {VerifyError} = require("bcoin/lib/protocol/errors");
const hash256 = require("bcrypto/lib/hash256");
const VERIFY_NONE = 0;
const NEVER = 0x7fffffff;

// The root (in hex) with the last hash of an odd level taken twice.
function merkleRoot(level) {
	while (level.length > 1)
		level = level.reduce((next, h, i) => i % 2 ? next : [...next,
			hash256.root(h, level[i + 1] || h)], []);
	return level[0].toString("hex");
}

// bcoin's reason -> Core's. All others are the same words.
const REASONS = {
	// Core appends the version.
	"bad-version": block => "bad-version(0x" +
		(block.version >>> 0).toString(16).padStart(8, "0") + ")",
	// Core's RPC answers with error -22 before there is a verdict.
	"bad-cb-missing": () =>
		({code: -22, message: "Block does not start with a coinbase"}),
	// Core has a name of its own for a sum of fees.
	"bad-txns-fee-outofrange": () => "bad-txns-accumulated-fee-outofrange",
	// Core looks at the root first.
	"bad-txns-duplicate": block => merkleRoot(block.txs.map(t => t.hash())) ===
		block.merkleRoot ? "bad-txns-duplicate" : "bad-txnmrklroot",
	// Core's text of an unknown parent.
	"no-parent": () => "prev-blk-not-found",
};
// BIP94's rule of time, which Core's regtest has every 144 blocks and bcoin does
// not know.
const TIMEWARP = "time-timewarp-attack";
const BEFORE_TIMEWARP = ["bad-diffbits", "time-too-old"];
const warps = (block, prev) => (prev.height + 1) % 144 === 0 &&
	block.time < prev.time - 600;

// Failures of what is not under the block's hash are not remembered, nor those
// that Core finds before it stores the header.
const NOT_REMEMBERED = ["bad-diffbits", "time-too-old", "time-too-new",
	TIMEWARP, "bad-version", "bad-witness-nonce-size", "bad-witness-merkle-match",
	"unexpected-witness"];
const MUTATED = NOT_REMEMBERED.slice(5);

// rules: heights from which bip34, dersig, cltv, csv and segwit are active.
class BcoinNode {
	constructor(rules) {
		this.rules = Object.assign({bip34: 1, dersig: 1, cltv: 1, csv: 1,
			segwit: 0}, rules);
		const network = this.network = Network.get("regtest");
		network.block = Object.assign({}, network.block, {
			bip34height: this.rules.bip34, bip66height: this.rules.dersig,
			bip65height: this.rules.cltv});
		network.now = () => this.now;
		this.now = 0;
		this.chain = new Chain({network, memory: true, checkpoints: false,
			entryCache: 20000});
		const active = (prev, d) => prev.height + 1 >=
			(this.rules[d.name] === undefined ? NEVER : this.rules[d.name]);
		// Rules buried at a height, as Core has them, not voted for.
		this.chain.isActive = async (prev, d) => active(prev, d);
		this.chain.getState = async (prev, d) => active(prev, d) ? 3 : 0;
		// Also where a block itself is still waited for.
		const above = e => (this.index.get(e.prevBlock) || {}).entry || null;
		this.chain.getPrevious = async e => above(e);
		this.chain.getPrevCache = above;
		const verify = this.chain.verify;
		this.chain.verify = async (block, prev, flags) => {
			const version = block.version;
			let state, failure = null;
			block.hash();
			// A version is signed: Core refuses those below zero, too.
			block.version |= 0;
			try {
				state = await verify.call(this.chain, block, prev, flags);
			} catch (e) {
				failure = e;
			}
			block.version = version;
			if (warps(block, prev) && (!failure ||
			    !BEFORE_TIMEWARP.includes(failure.reason)))
				failure = new VerifyError(block, "invalid", TIMEWARP, 0);
			if (failure)
				throw failure;
			return state;
		};
		// Core's regtest always looks for a txid that is unspent (BIP30).
		const inputs = this.chain.verifyInputs;
		this.chain.verifyInputs = async (block, prev, state) => {
			await this.chain.verifyDuplicates(block, prev);
			return inputs.call(this.chain, block, prev, state);
		};
		this.index = new Map();	// by hash: what Core knows of a block
	}

	async open() {
		await this.chain.open();
		this.index.set(this.chain.tip.hash, {connected: true, linked: true,
			entry: this.chain.tip, children: []});
		return this;
	}

	get tip() {
		return Buffer.from(this.chain.tip.hash, "hex").reverse()
			.toString("hex");
	}

	get height() {
		return this.chain.height;
	}

	fails(hash) {
		for (let at = this.index.get(hash); at; at = this.index.get(at.prev)) {
			if (at.failed)
				return true;
			if (at.connected)
				return false;
		}
		return false;
	}

	reason(block, text) {
		return REASONS[text] ? REASONS[text](block) : text;
	}

	// null: the block is the tip; or what submitblock answers.
	async submit(raw) {
		const block = Block.fromRaw(raw), hash = block.hash("hex");
		const known = this.index.get(hash);
		if (!block.txs.length || !block.txs[0].isCoinbase())
			return this.reason(block, "bad-cb-missing");
		if (known && known.connected)
			return "duplicate";
		if (known && known.failed)
			return "duplicate-invalid";

		// Core adds the coinbase's witness where its maker left it out.
		const above = this.index.get(block.prevBlock);
		const prev = above && above.entry;
		if (prev && prev.height + 1 >= this.rules.segwit &&
		    block.getCommitmentHash() && !block.txs[0].hasWitness()) {
			block.txs[0].inputs[0].witness =
				new Witness([Buffer.alloc(32)]);
			block.refresh(true);
		}

		if (!block.verifyPOW())
			return "high-hash";
		const [good, why] = block.checkBody();
		if (!good)
			return this.reason(block, why);
		if (!known && !above)
			return this.reason(block, "no-parent");
		if (!known && this.fails(block.prevBlock))
			return "bad-prevblk";
		if (known && known.block)
			return "duplicate";
		const at = known || {prev: block.prevBlock, children: [],
			entry: bcoin.ChainEntry.fromBlock(block, prev)};
		try {
			await this.chain.verify(block, prev, VERIFY_NONE);
		} catch (e) {
			if (e.type !== "VerifyError")
				throw e;
			if (!NOT_REMEMBERED.includes(e.reason))
				at.failed = true;
			if (at.failed || MUTATED.includes(e.reason))
				this.index.set(hash, at);
			return this.reason(block, e.reason);
		}
		at.block = block;
		this.index.set(hash, at);
		above.children.push(at);
		// The header alone of a block below is known: this one waits.
		if (!above.linked)
			return "inconclusive";
		const answer = await this.connect(at);
		for (const list = [at]; list.length;) {
			for (const child of list.shift().children) {
				await this.connect(child);
				list.push(child);
			}
		}
		return at.connected ? null : answer;
	}

	async connect(at) {
		const chain = this.chain, old = chain.tip, {block} = at;
		const hash = block.hash("hex"), prev = this.index.get(at.prev).entry;
		at.linked = true;
		try {
			await chain.connect(prev, block, VERIFY_NONE);
		} catch (e) {
			if (e.type !== "VerifyError")
				throw e;
			const culprit = e.hash;
			await this.back(old);
			for (let h = hash; h !== culprit; h = this.index.get(h).prev)
				this.index.get(h).failed = true;
			this.index.get(culprit).failed = true;
			return culprit === hash ? this.reason(block, e.reason) :
				"inconclusive";
		}
		if (chain.tip.hash !== hash)
			return "inconclusive";
		for (let h = hash; !this.index.get(h).connected;
		     h = this.index.get(h).prev)
			this.index.get(h).connected = true;
		return null;
	}

	// From where a failed reorganisation stopped back to the old tip.
	async back(old) {
		const chain = this.chain, again = [];
		const fork = await chain.findFork(chain.tip, old);
		for (let e = old; e.hash !== fork.hash; e = await chain.getPrevious(e))
			again.push(e);
		while (chain.tip.hash !== fork.hash) {
			// Core remembers what was connected for a moment, too.
			this.index.get(chain.tip.hash).connected = true;
			await chain.disconnect(chain.tip);
		}
		for (const e of again.reverse())
			await chain.reconnect(e);
	}
}

module.exports = {bcoin, BcoinNode, merkleRoot};
