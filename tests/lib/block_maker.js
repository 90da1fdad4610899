// SPDX-License-Identifier: MIT
// Makes blocks for tests: coins with scripts of many kinds, their spends, and
// blocks on any parent, valid unless a caller asks for one thing to be wrong.
//
// A Maker is seeded: the same seed makes the same blocks. Each block it hands
// out remembers its parent, so that the coins of any branch can be found.
"use strict";

const {createHash} = require("crypto");
const {bcoin, merkleRoot} = require("./bcoin_node.js");
const {TX, Input, Output, Outpoint, Script, Witness, Block, consensus} = bcoin;
const secp256k1 = require("bcrypto/lib/secp256k1");

const sha256 = b => createHash("sha256").update(b).digest();
const hash256 = b => sha256(sha256(b));
const hash160 = b => createHash("ripemd160").update(sha256(b)).digest();
const bytes = (...parts) => Buffer.concat(parts.map(p =>
	typeof p === "number" ? Buffer.from([p]) : p));
const FINAL = 0xffffffff, LOCKTIME_TIME = 500000000;
const TIME_TYPE = 1 << 22, NO_LOCK = 0x80000000;
const HEADER = Buffer.from("aa21a9ed", "hex");
const EMPTY = Buffer.alloc(0), ONE = Buffer.from([1]);

function push(b) {
	if (b.length < 76)
		return bytes(b.length, b);
	return b.length < 256 ? bytes(0x4c, b.length, b) :
		bytes(0x4d, b.length & 255, b.length >> 8, b);
}

// A number as scripts have it, in its shortest form.
function pushNumber(n) {
	if (n === 0)
		return bytes(0);
	if (n >= 1 && n <= 16)
		return bytes(0x50 + n);
	const b = [];
	for (; n; n = Math.floor(n / 256))
		b.push(n % 256);
	if (b[b.length - 1] & 0x80)
		b.push(0);
	return push(Buffer.from(b));
}

const KEYS = Array.from({length: 4}, (_, i) => sha256(Buffer.from("key" + i)));
const PUBLIC = KEYS.map(k => secp256k1.publicKeyCreate(k, true));
const LONG = secp256k1.publicKeyCreate(KEYS[3], false);
const toKeyHash = k => bytes(0x76, 0xa9, push(hash160(k)), 0x88, 0xac);
const multisig = keys => bytes(0x52, ...keys.map(push), 0x50 + keys.length,
	0xae);

// Each kind: its script (for n, where it is a lock), and what satisfies it.
// sign(i, script) is a signature by key i. A lock says what it asks for.
const PLAIN = {
	open: {script: () => bytes(0x51), stack: () => []},
	pubkey: {script: () => bytes(push(PUBLIC[0]), 0xac),
		stack: sign => [sign(0)]},
	keyhash: {script: () => toKeyHash(PUBLIC[1]),
		stack: sign => [sign(1), PUBLIC[1]]},
	longkey: {script: () => bytes(push(LONG), 0xac),
		stack: sign => [sign(3)]},
	multisig: {script: () => multisig(PUBLIC.slice(0, 3)),
		stack: sign => [EMPTY, sign(0), sign(2)]},
	not: {script: () => bytes(push(PUBLIC[2]), 0xac, 0x91),
		stack: () => [EMPTY]},
	hashlock: {script: () => bytes(0xa8, push(sha256(ONE)), 0x87),
		stack: () => [ONE]},
	branch: {script: () => bytes(0x63, push(PUBLIC[0]), 0xac, 0x67, 0x51,
		0x68), stack: (sign, r) => r ? [EMPTY] : [sign(0), ONE]},
	separator: {script: () => bytes(0x51, 0x75, 0xab, push(PUBLIC[1]), 0xac),
		after: 3, stack: sign => [sign(1)]},
	cltv: {script: n => bytes(pushNumber(n), 0xb1, 0x75, 0x51),
		stack: () => [], lock: "cltv"},
	csv: {script: n => bytes(pushNumber(n), 0xb2, 0x75, 0x51),
		stack: () => [], lock: "csv"},
};
const NESTABLE = ["open", "pubkey", "keyhash", "multisig", "not", "hashlock",
	"branch", "separator", "cltv", "csv"];

class Maker {
	constructor(seed, rules) {
		this.seed = seed >>> 0;
		this.rules = rules;
		this.count = 0;
	}

	random(n) {
		this.seed = (Math.imul(this.seed, 1103515245) + 12345) >>> 0;
		return Math.floor((this.seed >>> 8) / (1 << 24) * n);
	}
	pick(list) {
		return list[this.random(list.length)];
	}
	chance(percent) {
		return this.random(100) < percent;
	}

	// ---- Outputs

	// wrap: none, p2sh, p2wsh, p2sh-p2wsh; or a key hash's own witness form.
	kind(height) {
		const wrap = this.pick(["none", "none", "p2sh", "p2wsh", "p2wsh",
			"nested", "p2wpkh", "p2wpkh", "p2sh-p2wpkh", "future"]);
		const k = {wrap, name: this.pick(wrap === "none" ?
			Object.keys(PLAIN) : NESTABLE)};
		if (k.name === "cltv")
			k.n = this.chance(70) ? height + this.random(12) :
				this.time + this.random(6000) - 1000;
		if (k.name === "csv")
			k.n = this.chance(60) ? this.random(12) :
				TIME_TYPE + this.random(8);
		return this.outputKind(k);
	}

	outputKind(k) {
		const plain = PLAIN[k.name];
		k.inner = plain.script(k.n);
		k.witness = false;
		switch (k.wrap) {
		case "none":
			k.script = k.inner;
			break;
		case "p2sh":
			k.script = bytes(0xa9, push(hash160(k.inner)), 0x87);
			break;
		case "p2wsh":
		case "nested":
			k.witness = true;
			k.script = bytes(0, push(sha256(k.inner)));
			break;
		case "p2wpkh":
		case "p2sh-p2wpkh":
			k.witness = true;
			k.name = "keyhash";
			k.inner = toKeyHash(PUBLIC[1]);
			k.script = bytes(0, push(hash160(PUBLIC[1])));
			break;
		case "future":
			// A version nobody has given a meaning to: anyone can spend.
			k.witness = true;
			k.name = "open";
			k.script = bytes(0x5a, push(sha256(bytes(this.random(256)))));
			break;
		}
		k.program = k.script;
		if (k.wrap === "nested" || k.wrap === "p2sh-p2wpkh")
			k.script = bytes(0xa9, push(hash160(k.program)), 0x87);
		return k;
	}

	// ---- The chain

	genesis(block) {
		return {hash: block.hash("hex"), parent: null, height: 0,
			time: block.time, created: [], spent: new Set()};
	}

	ancestor(node, height) {
		while (node.height > Math.max(height, 0))
			node = node.parent;
		return node;
	}

	mtp(node) {
		const times = [];
		for (let i = 0; node && i < 11; i++, node = node.parent)
			times.push(node.time);
		return times.sort((a, b) => a - b)[times.length >> 1];
	}

	// What the block after this one could spend.
	coins(node) {
		const spent = new Set(), list = [], height = node.height + 1;
		for (let at = node; at; at = at.parent) {
			for (const c of at.created) {
				if (!spent.has(c.key) && !at.spent.has(c.key))
					list.push(c);
			}
			for (const key of at.spent)
				spent.add(key);
		}
		return list.filter(c => !c.coinbase || height - c.height >= 100);
	}

	// ---- Transactions

	// How a lock is met in a block after `node`; null: it cannot be.
	meetLock(coin, tx, input, node) {
		const {n} = coin.kind, height = node.height + 1;
		const lock = PLAIN[coin.kind.name].lock;
		if (lock === "cltv") {
			const limit = n < LOCKTIME_TIME ? height :
				height >= this.rules.csv ? this.mtp(node) : node.time;
			if (n >= limit || (tx.locktime && (tx.locktime <
			    LOCKTIME_TIME) !== (n < LOCKTIME_TIME)))
				return false;
			tx.locktime = Math.max(tx.locktime, n);
			input.sequence = FINAL - 1 - this.random(2);
		} else if (lock === "csv") {
			if (n > this.maxSequence(coin, node))
				return false;
			tx.version = 2;
			input.sequence = n;
		}
		return true;
	}

	// The longest relative lock of n's type that is over.
	maxSequence(coin, node, time) {
		const height = node.height + 1;
		if (!time && !(coin.kind.n & TIME_TYPE))
			return Math.min(height - coin.height, 0xffff);
		if (coin.height >= height)
			return TIME_TYPE;
		const from = this.mtp(this.ancestor(node, coin.height - 1));
		return TIME_TYPE + Math.min(0xffff,
			Math.floor((this.mtp(node) - from) / 512));
	}

	// A transaction spending these coins after `node`.
	// o: outputs [{kind, value}], version, locktime, sequence, fee, wrong.
	spend(coins, node, o = {}) {
		const tx = new TX();
		tx.version = o.version === undefined ?
			this.pick([1, 2, 2, 3, 0, 0xffffffff, 0x80000000]) : o.version;
		tx.locktime = o.locktime || 0;
		const used = [];
		for (const coin of coins) {
			const input = new Input();
			input.prevout = new Outpoint(coin.hash, coin.index);
			input.sequence = this.pick([FINAL, FINAL, FINAL - 1, NO_LOCK +
				this.random(1 << 24), 0]);
			if (o.locktime)
				input.sequence = FINAL - 1;
			if (o.sequence !== undefined)
				input.sequence = o.sequence;
			if (!o.ignoreLocks && !this.meetLock(coin, tx, input, node))
				continue;
			tx.inputs.push(input);
			used.push(coin);
		}
		if (!used.length)
			return null;
		const total = used.reduce((sum, c) => sum + c.value, 0);
		let left = total - (o.fee === undefined ?
			Math.min(this.random(2000), total) : o.fee);
		const outs = o.outputs || Array.from({length: 1 + this.random(3)},
			() => ({kind: this.kind(node.height + 1)}));
		outs.forEach((out, i) => {
			const value = out.value !== undefined ? out.value :
				i === outs.length - 1 ? left :
				this.random(Math.floor(left / 2) + 1);
			left -= value;
			const output = new Output();
			output.value = value;
			output.script = Script.fromRaw(out.script || out.kind.script);
			tx.outputs.push(output);
		});
		used.forEach((coin, i) => this.sign(tx, i, coin, o.wrong));
		const made = {tx, coins: used, kinds: outs.map(x => x.kind),
			fee: total - tx.outputs.reduce((s, x) => s + x.value, 0)};
		return this.refresh(made);
	}

	refresh(made) {
		made.tx.refresh();
		made.hash = made.tx.hash("hex");
		return made;
	}

	// The outputs as coins, for a spend in the same block.
	outputs(made, height, coinbase) {
		return made.tx.outputs.map((x, index) => ({hash: made.hash, index,
			key: made.hash + index, value: x.value, height, coinbase,
			kind: made.kinds[index]})).filter(c => c.kind);
	}

	sign(tx, i, coin, wrong) {
		const k = coin.kind, plain = PLAIN[k.name];
		const version = k.witness ? 1 : 0;
		const code = Script.fromRaw(plain.after ?
			k.inner.slice(plain.after) : k.inner);
		const sign = key => {
			// All that Bitcoin knows, and some that only relaying minds.
			const type = this.pick([1, 1, 1, 2, 3, 0x81, 0x82, 0x83, 0, 0x50]);
			const s = tx.signature(i, code, coin.value, KEYS[key], type,
				version);
			if (wrong === "signature")
				s[s.length - 3] ^= 1;
			if (wrong === "der")
				return bytes(s.slice(0, -1), 0, s[s.length - 1]);
			if (wrong === "type")
				s[s.length - 1] ^= 1;
			return s;
		};
		const stack = plain.stack(sign, this.random(2));
		if (wrong === "dummy" && k.name === "multisig")
			stack[0] = ONE;
		if (wrong === "short")
			stack.pop();
		const pushes = list => bytes(...list.map(b => b.length === 1 &&
			b[0] === 1 ? bytes(0x51) : push(b)));
		const input = tx.inputs[i];
		let script = EMPTY, witness = [];
		if (k.wrap === "none")
			script = pushes(stack);
		else if (k.wrap === "p2sh")
			script = bytes(pushes(stack), push(k.inner));
		else if (k.wrap === "p2wpkh" || k.wrap === "p2sh-p2wpkh")
			witness = stack;
		else if (k.wrap === "future")
			witness = this.chance(50) ? [ONE] : [];
		else
			witness = [...stack, k.inner];
		if (k.script !== k.program)
			script = push(k.program);
		if (wrong === "witness" && !k.witness)
			witness = [ONE];
		if (wrong === "witness" && k.witness)
			witness = [];
		if (wrong === "script" && k.witness)
			script = bytes(script, 0x51);
		if (wrong === "op" && !k.witness)
			script = bytes(script.slice(0, 0), 0x61, script);
		input.script = Script.fromRaw(script);
		input.witness = new Witness(witness);
	}

	// A few transactions that a block after `node` may have, later ones
	// sometimes spending earlier ones.
	transactions(node, count, from) {
		const height = node.height + 1, list = [];
		let coins = (from || this.coins(node)).filter(c =>
			this.spendable(c, height));
		while (list.length < count && coins.length) {
			const some = [];
			for (let n = 1 + this.random(3); n > 0 && coins.length; n--) {
				// Often a new one, so that branches fight for it.
				const at = this.chance(50) ? this.random(coins.length) :
					this.random(Math.min(coins.length, 12));
				some.push(...coins.splice(at, 1));
			}
			const made = this.spend(some, node);
			if (!made)
				continue;
			list.push(made);
			if (this.chance(40))
				coins = [...this.outputs(made, height, false).filter(c =>
					this.spendable(c, height)), ...coins];
		}
		return list;
	}

	// Core reads witness programs before segwit is active, bcoin does not.
	spendable(coin, height) {
		return height >= this.rules.segwit || !coin.kind.witness;
	}

	// ---- Blocks

	coinbase(node, fees, o) {
		const height = node.height + 1, tx = new TX();
		const input = new Input();
		input.prevout = new Outpoint();
		input.sequence = this.pick([FINAL, 0]);
		input.script = Script.fromRaw(o.cbScript || bytes(pushNumber(height),
			push(Buffer.from(("0000000" + (++this.count).toString(16))
				.slice(-8), "hex"))));
		tx.inputs.push(input);
		const kinds = o.cbKinds ? [...o.cbKinds] : Array.from({length: 1 +
			this.random(5)}, () => this.kind(height + 50));
		let left = consensus.getReward(height, 150) + fees + (o.extra || 0);
		if (!o.extra && this.chance(10))
			left -= this.random(Math.min(left, 1000));	// lost, and legal
		kinds.forEach((k, i) => {
			const output = new Output();
			output.value = i === kinds.length - 1 ? left :
				Math.floor(left / kinds.length / 2);
			left -= output.value;
			output.script = Script.fromRaw(k.script);
			tx.outputs.push(output);
		});
		tx.version = this.pick([1, 2, 0xffffffff]);
		tx.locktime = o.cbLocktime || 0;
		return this.refresh({tx, coins: [], kinds, fee: 0});
	}

	commitment(txs, nonce) {
		const root = merkleRoot(txs.map((t, i) => i ? t.tx.witnessHash() :
			Buffer.alloc(32)));
		return hash256(bytes(Buffer.from(root, "hex"), nonce));
	}

	// o: txs (made by spend), extra (satoshi too much), cbScript, cbLocktime,
	// cbOutputs (raw outputs, last), time, version, bits, merkle(root),
	// commit ("no", "wrong", "two", "long"), nonce, last(block).
	block(parent, o = {}) {
		const height = parent.height + 1;
		const txs = [...(o.txs || [])];
		const fees = o.fees !== undefined ? o.fees :
			txs.reduce((s, t) => s + t.fee, 0);
		const cb = o.cb || this.coinbase(parent, fees, o);
		txs.unshift(cb);
		const nonce = o.nonce || (this.chance(50) ? Buffer.alloc(32) :
			sha256(bytes(this.random(256))));
		const witness = txs.some(t => t.tx.hasWitness());
		const commits = o.commit !== "no" && !o.cb &&
			height >= this.rules.segwit &&
			(witness || o.commit || o.nonces || this.chance(40));
		const add = (script, value = 0) => {
			const output = new Output();
			output.script = Script.fromRaw(script);
			output.value = value;
			cb.tx.outputs.push(output);
			cb.kinds.push(null);
		};
		for (const script of o.cbOutputs || [])
			add(script);
		if (commits) {
			const c = this.commitment(txs, nonce);
			const wrong = sha256(c);
			const out = h => bytes(0x6a, 0x24, HEADER, h);
			if (o.commit === "two")
				add(out(wrong));
			if (o.commit === "two-wrong")
				add(out(c));
			add(bytes(out(o.commit === "wrong" || o.commit === "two-wrong" ?
				wrong : c), o.commit === "long" ? bytes(1, 7) : EMPTY));
			if (o.commit === "short-after")
				add(out(wrong).slice(0, 37));
			cb.tx.inputs[0].witness = new Witness(o.nonces || [nonce]);
		} else if (o.nonces) {
			cb.tx.inputs[0].witness = new Witness(o.nonces);
		}
		this.refresh(cb);

		const block = new Block();
		block.version = o.version === undefined ?
			this.pick([4, 0x20000000, 0x20000000, 0x3fffe000, 0x7fffffff]) :
			o.version;
		block.prevBlock = parent.hash;
		block.time = o.time || this.blockTime(parent);
		block.bits = o.bits || 0x207fffff;
		block.txs = txs.map(t => t.tx);
		if (o.last)
			o.last(block);
		const root = merkleRoot(block.txs.map(t => t.hash()));
		block.merkleRoot = o.merkle ? o.merkle(root) : root;
		block.nonce = 0;
		while (block.verifyPOW() === Boolean(o.high)) {
			block.nonce++;
			block.refresh();
		}
		block.refresh(true);
		const node = {hash: block.hash("hex"), parent, height,
			time: block.time, raw: block.toRaw(), txs, created: [],
			spent: new Set(), block};
		txs.forEach((t, i) => {
			node.created.push(...this.outputs(t, height, i === 0));
			t.coins.forEach(c => node.spent.add(c.key));
		});
		return node;
	}

	blockTime(parent) {
		if (!parent.parent)	// years after the genesis block
			return this.time;
		const least = this.mtp(parent) + 1;
		const want = this.chance(10) ? least :
			parent.time + this.random(1300) - 250;
		return Math.max(least, Math.min(want, this.time + 7200));
	}
}

module.exports = {Maker, PLAIN, bytes, push, pushNumber, sha256, hash160, FINAL,
	LOCKTIME_TIME, TIME_TYPE, NO_LOCK, PUBLIC, HEADER, EMPTY, ONE};
