// SPDX-License-Identifier: MIT
// What is done to a chain: each case makes one block or some, right or wrong in
// one thing, mostly at the very edge of a rule. Whether a block is valid is not
// said here; the name says what is tried.
"use strict";

const {bcoin} = require("./bcoin_node.js");
const {PLAIN, bytes, push, pushNumber, sha256, FINAL, LOCKTIME_TIME, TIME_TYPE,
	NO_LOCK, EMPTY, ONE} = require("./block_maker.js");
const {Script, Witness, Outpoint, Output, Input, TX} = bcoin;

const MAX_MONEY = 21e14, MAX_SIGOPS = 80000, MAX_WEIGHT = 4000000;
const open = () => ({name: "open", wrap: "none"});
const SIGOPS = {pubkey: 1, keyhash: 1, longkey: 1, multisig: 3, not: 1,
	branch: 1, separator: 1};

// What spending a coin costs beside what scripts in the block say.
function sigopCost(coin) {
	const k = coin.kind, n = SIGOPS[k.name] || 0;
	return k.wrap === "none" || k.wrap === "future" ? 0 :
		k.wrap === "p2sh" ? 4 * n : n;
}

// m: Maker; c: what there is (tip, nodes, sides, failed, sent, unsent).
// A case answers nodes to send, one after the other, or null: not possible here.
const cases = {};

// ---- The coinbase

cases.coinbase_value = (m, c) => m.block(c.tip, {txs: m.transactions(c.tip, 2),
	extra: m.pick([1, 1, 1000, -1, MAX_MONEY - 1e9])});
cases.coinbase_length = (m, c) => {
	const h = pushNumber(c.tip.height + 1);
	const n = m.pick([0, 1, 2, 2, 99, 100, 101]);
	return m.block(c.tip, {cbScript: n < h.length ? h.slice(0, n) :
		bytes(h, Buffer.alloc(n - h.length, 1 + m.random(255)))});
};
cases.coinbase_height = (m, c) => {
	const h = c.tip.height + 1, id = push(sha256(bytes(m.random(256))));
	const short = Buffer.from(h < 128 ? [h] : h < 256 ? [h, 0] :
		[h & 255, h >> 8]);
	return m.block(c.tip, {cbScript: bytes(m.pick([pushNumber(h),
		pushNumber(h + 1), pushNumber(h - 1), bytes(0x4c, push(short)),
		push(bytes(short, 0)), push(short), pushNumber(h * 256), EMPTY,
		bytes(pushNumber(h), 0x4d)]), id)});
};
cases.two_coinbases = (m, c) => {
	const second = m.coinbase(c.tip, 0, {});
	return m.block(c.tip, {txs: [...m.transactions(c.tip, 1), second]});
};
cases.no_coinbase = (m, c) => {
	const txs = m.transactions(c.tip, 2);
	return txs.length ? m.block(c.tip, {txs, commit: "no",
		last: b => b.txs.shift()}) : null;
};
cases.coinbase_locktime = (m, c) => m.block(c.tip, {cbLocktime:
	m.pick([0, 1, m.mtp(c.tip)]) + c.tip.height * m.random(2)});
cases.maturity = (m, c) => {
	const depth = m.pick([99, 100, 99, 98]);
	if (c.tip.height < 110)
		return null;
	const at = m.ancestor(c.tip, c.tip.height + 1 - depth);
	const spent = new Set();
	for (let n = c.tip; n !== at; n = n.parent)
		n.spent.forEach(k => spent.add(k));
	const list = at.created.filter(x => x.coinbase && !spent.has(x.key) &&
		m.spendable(x, c.tip.height + 1));
	return list.length ? spending(m, c, [m.pick(list)]) : null;
};

// ---- Inputs

// A block with one more transaction, a spend of these coins.
function spending(m, c, coins, o, parent = c.tip) {
	const made = m.spend(coins, parent, o);
	return made && m.block(parent, {txs: [made]});
}
function some(m, c, n, parent = c.tip) {
	const coins = m.coins(parent).filter(x => !PLAIN[x.kind.name].lock &&
		m.spendable(x, parent.height + 1));
	return coins.length < n ? null : Array.from({length: n}, () =>
		coins.splice(m.random(coins.length), 1)[0]);
}

cases.double_spend = (m, c) => {
	const coins = some(m, c, 2);
	const a = coins && m.spend(coins, c.tip, {version: 1});
	const b = coins && m.spend(coins.slice(0, 1), c.tip, {version: 1});
	return coins && m.block(c.tip, {txs: [a, ...m.transactions(c.tip, 0), b]});
};
cases.spent_before = (m, c) => {
	let at = m.ancestor(c.tip, c.tip.height - m.random(12));
	while (at && !(at.txs && at.txs.length > 1))
		at = at.parent;
	return at && m.block(c.tip, {txs: [m.pick(at.txs.slice(1))]});
};
cases.other_branch = (m, c) => {
	const side = c.sides.length && m.pick(c.sides);
	const coins = side && side.created.filter(x => !x.coinbase &&
		m.spendable(x, c.tip.height + 1));
	return coins && coins.length ? spending(m, c, [m.pick(coins)]) : null;
};
cases.missing_input = (m, c) => {
	const coins = some(m, c, 1);
	if (!coins)
		return null;
	const lost = m.pick([{hash: sha256(bytes(m.random(256))).toString("hex")},
		{index: 1000}, {index: 0xfffffffe}, {index: FINAL},
		{hash: "00".repeat(32), index: FINAL - 1},
		{hash: "00".repeat(32), index: 0}]);
	return spending(m, c, [Object.assign({}, coins[0], lost, {key: "none"})]);
};
cases.genesis_coin = (m, c) => spending(m, c, [{hash: bcoin.Network.get(
	"regtest").genesis.merkleRoot, index: 0, key: "genesis", value: 50e8,
	height: 0, kind: m.outputKind(open())}]);
cases.null_prevout = (m, c) => {
	const coins = some(m, c, 2);
	const made = coins && m.spend(coins, c.tip, {version: 1});
	if (!made)
		return null;
	made.tx.inputs[1].prevout = new Outpoint();
	return m.block(c.tip, {txs: [m.refresh(made)]});
};
cases.same_input_twice = (m, c) => {
	const coins = some(m, c, 1);
	return coins && spending(m, c, [coins[0], coins[0]], {version: 1});
};
cases.later_output = (m, c) => {
	const coins = some(m, c, 1);
	if (!coins)
		return null;
	const a = m.spend(coins, c.tip, {version: 1, outputs: [{kind:
		m.outputKind(open())}, {kind: m.kind(c.tip.height)}]});
	const b = m.spend(m.outputs(a, c.tip.height + 1, false).slice(0, 1), c.tip,
		{version: 1});
	return m.block(c.tip, {txs: m.chance(70) ? [b, a] : [a, b]});
};
cases.unspendable = (m, c) => {
	const coins = some(m, c, 1);
	if (!coins)
		return null;
	const script = m.pick([bytes(0x6a), bytes(0x6a, 0x51),
		Buffer.alloc(10001, 0x61), bytes(Buffer.alloc(10000, 0x51))]);
	const kind = Object.assign(m.outputKind(open()), {script, inner: script,
		program: script});
	const a = m.spend(coins, c.tip, {version: 1, outputs: [{kind}]});
	const b = m.spend(m.outputs(a, c.tip.height + 1, false), c.tip,
		{version: 1});
	return m.block(c.tip, {txs: [a, b]});
};

// ---- Amounts

cases.output_values = (m, c) => {
	const coins = some(m, c, 1);
	const all = coins && coins[0].value;
	const k = () => m.outputKind(open());
	return coins && spending(m, c, coins, {version: 1, outputs: m.pick([
		[-1], [MAX_MONEY + 1], [MAX_MONEY], [MAX_MONEY, MAX_MONEY],
		[MAX_MONEY, 1], [all + 1], [all], [0], [all, -1], [1, all], [],
		[all + 1, -1], [all - 1, 1]]).map(value => ({value, kind: k()}))});
};
cases.coinbase_values = (m, c) => m.block(c.tip, {cb: (() => {
	const cb = m.coinbase(c.tip, 0, {cbKinds: [m.outputKind(open()),
		m.outputKind(open())]});
	const [a, b] = m.pick([[-1, 1], [MAX_MONEY, 1], [MAX_MONEY + 1, 0],
		[0, 0], [MAX_MONEY, 0]]);
	cb.tx.outputs[0].value = a;
	cb.tx.outputs[1].value = b;
	return m.refresh(cb);
})()});

// ---- The block's form

cases.merkle_root = (m, c) => m.block(c.tip, {txs: m.transactions(c.tip, 2),
	merkle: root => m.chance(50) ? "11".repeat(32) :
		root.slice(0, 62) + "00"});
// The same root, the same hash: the true block must still be accepted.
cases.duplicated_transactions = (m, c) => {
	const txs = m.transactions(c.tip, m.pick([2, 2, 4, 5]));
	const good = m.block(c.tip, {txs});
	const n = good.block.txs.length;
	const tail = n % 2 ? 1 : n % 4 === 2 && n > 2 ? 2 : 0;
	if (!tail)
		return [good];
	good.block.txs.push(...good.block.txs.slice(n - tail));
	good.block.refresh(true);
	const bad = Object.assign({}, good, {raw: good.block.toRaw(),
		mutated: true});
	return [bad, good, bad];
};
cases.swapped_transactions = (m, c) => {
	const good = m.block(c.tip, {txs: m.transactions(c.tip, 3)});
	if (good.block.txs.length < 3)
		return null;
	good.block.txs.reverse().unshift(good.block.txs.pop());
	good.block.refresh(true);
	return [Object.assign({}, good, {raw: good.block.toRaw(),
		mutated: true}), good];
};
cases.sigops = (m, c) => {
	const coins = (some(m, c, 6) || []).filter(x => x.kind.wrap !== "none");
	const made = coins.length && m.spend(coins, c.tip, {version: 1,
		outputs: [{kind: m.outputKind(open())}]});
	const used = made ? made.coins : [];
	const left = MAX_SIGOPS - used.reduce((s, x) => s + sigopCost(x), 0);
	let n = Math.floor(left / 4) + m.pick([0, 0, 1, 1, -1]);
	const many = m.random(3) ? Math.floor(n / 20) : 0;
	n -= 20 * many;
	const script = bytes(Buffer.alloc(many, m.pick([0xae, 0xaf])),
		Buffer.alloc(n, m.pick([0xac, 0xad])),
		m.pick([EMPTY, bytes(0x4e, 0xff), bytes(0x05, 0xac, 0xac)]));
	return m.block(c.tip, {txs: made ? [made] : [], cbKinds: [m.outputKind(
		open())], cbOutputs: [script]});
};
cases.sigops_in_scriptsig = (m, c) => m.block(c.tip, {cbKinds: [m.outputKind(
	open())], cbScript: bytes(pushNumber(c.tip.height + 1), 0xae, 0xae),
cbOutputs: [Buffer.alloc(19960 + m.random(2), 0xac)], commit: "no"});
// Big: made seldom.
cases.weight = (m, c) => {
	const coin = m.coins(c.tip).find(x => x.kind.wrap === "future");
	if (!coin || c.tip.height + 1 < m.rules.segwit)
		return null;
	const fill = size => {
		const made = m.spend([coin], c.tip, {version: 1,
			outputs: [{kind: m.outputKind(open())}]});
		made.tx.inputs[0].witness = new Witness([Buffer.alloc(size, 1)]);
		return m.refresh(made);
	};
	const seed = m.seed, count = m.count, guess = 3990000;
	const probe = m.block(c.tip, {txs: [fill(guess)], nonce:
		Buffer.alloc(32)});
	m.seed = seed;
	m.count = count;
	const over = m.weightOver === undefined ? 0 : m.weightOver;
	m.weightOver = 1 - over;
	return m.block(c.tip, {txs: [fill(guess + MAX_WEIGHT + over -
		probe.block.getWeight())], nonce: Buffer.alloc(32)});
};
cases.size = (m, c) => {
	const o = {commit: "no", cbKinds: [m.outputKind(open())]};
	const seed = m.seed, count = m.count;
	const fill = n => m.block(c.tip, Object.assign({cbOutputs: [Buffer.alloc(
		n, 0x6a)]}, o));
	const probe = fill(990000);
	m.seed = seed;
	m.count = count;
	m.sizeOver = 1 - (m.sizeOver === undefined ? 1 : m.sizeOver);
	return fill(990000 + 1000000 + m.sizeOver - probe.block.getBaseSize());
};

// ---- Witnesses

function witnessed(m, c, o) {
	const txs = m.transactions(c.tip, 2 + m.random(3));
	return m.block(c.tip, Object.assign({txs}, o));
}
cases.commitment = (m, c) => witnessed(m, c, {commit: m.pick(["no", "wrong",
	"two", "two-wrong", "long", "short-after", "yes"])});
cases.witness_nonce = (m, c) => witnessed(m, c, {commit: "yes",
	nonce: m.pick([Buffer.alloc(32), Buffer.alloc(32, 1)]), nonces: m.pick([
		[], [Buffer.alloc(31)], [Buffer.alloc(33)], [Buffer.alloc(32),
			EMPTY], [EMPTY], [Buffer.alloc(32, 2)]])});
cases.nonce_alone = (m, c) => m.block(c.tip, {commit: "no",
	nonces: [Buffer.alloc(32)]});
// One byte of a witness changed on the way: same hash, not remembered.
cases.changed_witness = (m, c) => {
	const good = witnessed(m, c, {});
	const tx = good.block.txs.slice(1).find(t => t.hasWitness());
	if (!tx)
		return null;
	const w = tx.inputs.find(i => i.witness.items.length).witness;
	const old = w.items;
	w.items = m.pick([[...old, ONE], [...old.slice(0, -1), bytes(
		old[old.length - 1], 0)], []]);
	good.block.refresh(true);
	return [Object.assign({}, good, {raw: good.block.toRaw(),
		mutated: true}), good];
};

// ---- Time

cases.locktime = (m, c) => {
	const coins = some(m, c, 1), h = c.tip.height + 1, t = m.mtp(c.tip);
	return coins && spending(m, c, coins, {version: m.pick([1, 2]),
		locktime: m.pick([h - 1, h, h, h + 1, t - 1, t, t, t + 1,
			c.tip.time, LOCKTIME_TIME, LOCKTIME_TIME - 1]),
		sequence: m.pick([0xfffffffe, 0xfffffffe, FINAL, NO_LOCK])});
};
cases.relative_lock = (m, c) => {
	const coins = some(m, c, 1);
	if (!coins)
		return null;
	const time = m.chance(50), limit = m.maxSequence(Object.assign({},
		coins[0], {kind: {n: 0}}), c.tip, time);
	const off = m.pick([0, 1, 1, 0, -1, 0x10000]);
	return spending(m, c, coins, {version: m.pick([2, 2, 2, 1, FINAL, NO_LOCK]),
		sequence: (m.pick([0, 0, 0, NO_LOCK]) + Math.max(limit + off, 0)) >>>
			0});
};
cases.relative_lock_in_block = (m, c) => {
	const coins = some(m, c, 1);
	if (!coins)
		return null;
	const a = m.spend(coins, c.tip, {version: 1, outputs: [{kind:
		m.outputKind(open())}]});
	const b = m.spend(m.outputs(a, c.tip.height + 1, false), c.tip,
		{version: 2, sequence: m.pick([0, 1, TIME_TYPE, TIME_TYPE + 1])});
	return m.block(c.tip, {txs: [a, b]});
};
cases.time_old = (m, c) => m.block(c.tip, {time: m.mtp(c.tip) +
	m.pick([0, 0, 1, 1, -1, -100000])});
// BIP94, on regtest every 144 blocks.
cases.timewarp = (m, c) => m.block(c.tip, {time: Math.max(c.tip.time -
	m.pick([600, 601, 601, 599]), m.mtp(c.tip) + m.random(2))});
// Again, once the clock has gone on.
cases.time_new = (m, c) => {
	const ahead = m.pick([7200, 7201, 7201, 7260]);
	const b = m.block(c.tip, {time: m.time + ahead});
	return ahead > 7200 ? [b, Object.assign({}, b, {clock: m.time + ahead -
		7200})] : b;
};

// ---- The header

cases.version = (m, c) => m.block(c.tip, {version: m.pick([0, 1, 2, 3, 4, 5,
	0x80000000, FINAL])});
cases.bits = (m, c) => {
	const [bits, high] = m.pick([[0x207ffffe], [0x1f7fffff], [0x203fffff],
		[0x1d00ffff, true], [0x20800001, true], [0x207fffff, true],
		[0x01003456, true], [0x1f00ffff, true], [0, true]]);
	return m.block(c.tip, {bits, high});
};

// ---- Scripts

cases.wrong_script = (m, c) => {
	const coins = some(m, c, 1 + m.random(2));
	return coins && spending(m, c, coins, {wrong: m.pick(["signature", "der",
		"type", "dummy", "short", "witness", "script", "op"])});
};
cases.absolute_lock = (m, c) => lockCase(m, c, "cltv");
cases.sequence_lock = (m, c) => lockCase(m, c, "csv");
function lockCase(m, c, lock) {
	const coins = m.coins(c.tip).filter(x => PLAIN[x.kind.name].lock ===
		lock && m.spendable(x, c.tip.height + 1));
	if (!coins.length)
		return null;
	const coin = m.pick(coins), n = coin.kind.n;
	const o = {ignoreLocks: true, version: m.pick([2, 2, 2, 1, FINAL])};
	if (lock === "cltv") {
		o.locktime = Math.max(0, n + m.pick([0, 0, -1, 1]));
		o.sequence = m.pick([FINAL - 1, FINAL - 1, 0, FINAL]);
	} else {
		o.locktime = 0;
		o.sequence = m.pick([n, n, Math.max(n - 1, 0), n + 1,
			(n ^ TIME_TYPE) >>> 0, (n | NO_LOCK) >>> 0, n + 0x10000]);
	}
	return spending(m, c, [coin], o);
}

// ---- Blocks and their parents

cases.again = (m, c) => m.pick(c.sent);
cases.again_refused = (m, c) => {
	const all = [...c.failed];
	return all.length ? m.pick(all) : null;
};
cases.on_refused = (m, c) => {
	const all = [...c.failed].filter(n => c.tip.height - n.height < 30);
	return all.length ? m.block(m.pick(all)) : null;
};
cases.parent_unknown = (m, c) => {
	const a = m.block(c.tip, {txs: m.transactions(c.tip, 2)});
	const b = m.block(a, {txs: m.transactions(a, 2)});
	return m.chance(50) ? [b, a, b] : [b];
};
// Only the header of the parent is known, from a block whose witness was changed
// on the way; its children wait for it.
cases.parent_header = (m, c) => {
	const list = cases.changed_witness(m, c);
	if (!list)
		return null;
	const [bad, good] = list, a = m.block(good, {txs: m.transactions(good, 1)});
	const b = m.block(a, m.pick([{}, {extra: 1}]));
	const aside = m.block(good, {});
	return m.pick([[bad, a, good], [bad, a, b, good], [bad, a, aside, b, a,
		good, a], [bad, a, b, bad, c.tip.parent ? m.block(c.tip, {}) : a,
		good]]);
};
cases.side_block = (m, c) => {
	const at = m.chance(50) && c.sides.length ? m.pick(c.sides) :
		m.ancestor(c.tip, c.tip.height - 1 - m.random(5));
	return c.tip.height - at.height > 12 ? null :
		m.block(at, {txs: replay(m, c, at)});
};

// Transactions of the main branch, where their coins are in this one, too.
function replay(m, c, parent) {
	const coins = new Set(m.coins(parent).map(x => x.key)), txs = [];
	for (let at = c.tip; at && at.height > parent.height - 3; at = at.parent) {
		for (const t of (at.txs || []).slice(1)) {
			if (t.coins.every(x => coins.has(x.key)) && m.chance(60) &&
			    t.coins.every(x => m.spendable(x, parent.height + 1)) &&
			    t.tx.locktime === 0 && (t.tx.version < 2 ||
			    t.tx.inputs.every(i => i.sequence >= NO_LOCK))) {
				txs.push(t);
				t.coins.forEach(x => coins.delete(x.key));
			}
		}
	}
	const height = parent.height + 1;
	return m.chance(40) ? txs : [...txs, ...m.transactions(parent, 2,
		m.coins(parent).filter(x => coins.has(x.key) &&
			m.spendable(x, height)))];
}

// A branch one longer than the chain; `bad` of its blocks cannot be connected.
function branch(m, c, depth, bad) {
	let at = m.ancestor(c.tip, c.tip.height - depth);
	const list = [], n = c.tip.height - at.height + 1;
	for (let i = 0; i < n; i++) {
		const o = {txs: replay(m, c, at)};
		if (i === bad)
			Object.assign(o, m.pick([{extra: 1}, {txs: [...o.txs,
				...(o.txs.length ? [o.txs[0]] : [])], extra: 1}]));
		at = m.block(at, o);
		list.push(at);
	}
	return list;
}
cases.reorganisation = (m, c) => branch(m, c, 1 + m.random(10), -1);
cases.failed_reorganisation = (m, c) => {
	const depth = 1 + m.random(8);
	return branch(m, c, depth, m.random(depth + 1));
};
cases.output_of_both_branches = (m, c) => {
	// The same transaction in two blocks, then a spend of what it makes.
	const coins = some(m, c, 1, c.tip.parent || c.tip);
	const made = coins && c.tip.parent && m.spend(coins, c.tip.parent,
		{version: 1, outputs: [{kind: m.outputKind(open())}]});
	if (!made || c.tip.spent.has(coins[0].key))
		return null;
	const a = m.block(c.tip, {txs: [made]});
	const b = m.block(c.tip.parent, {txs: [made]});
	const spend = at => m.spend(m.outputs(made, at.height, false), at,
		{version: 1});
	const b2 = m.block(b, {txs: [spend(b)]});
	const b3 = m.block(b2), a2 = m.block(a, {txs: [spend(a)]});
	return [a, b, b2, b3, a2, m.block(a2)];
};
// BIP30: where heights are not yet in coinbases, the same one again.
cases.same_coinbase = (m, c) => {
	if (c.tip.height + 1 >= m.rules.bip34 || c.tip.height < 3)
		return null;
	const at = m.ancestor(c.tip, Math.max(1, c.tip.height - m.pick([0, 5, 101,
		110])));
	return at.txs ? m.block(c.tip, {cb: at.txs[0]}) : null;
};

module.exports = {cases};
