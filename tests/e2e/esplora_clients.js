// SPDX-License-Identifier: MIT
// What t_esplora_clients runs: node esplora_clients.js URL REST-URL OTHER-URL DB.
// Prints TAP.
"use strict";

const {createRequire} = require("module");
const {execFileSync} = require("child_process");
const {pathToFileURL} = require("url");
const npm = createRequire(process.env.QUARRY_NPM + "/");
// Debian 12's Node has it only as a module.
globalThis.crypto ??= require("crypto").webcrypto;

const [site, rest, other, db] = process.argv.slice(2);
const api = rest + "/api";
let count = 0, failed = 0;

function result(good, name, detail) {
	failed += !good;
	console.log(`${good ? "ok" : "not ok"} ${++count} - ${name}`);
	if (!good)
		for (const line of String(detail).split("\n"))
			console.log("# " + line);
	return good;
}

// Compares by value.
function expect(name, want, seen) {
	const a = JSON.stringify(want), b = JSON.stringify(seen);

	return result(a === b, name, `wanted: ${a}\nseen:   ${b}`);
}

async function get(path, from = rest) {
	const answer = await fetch(from + path);
	const text = await answer.text();

	if (answer.headers.get("content-type") === "application/json")
		return {status: answer.status, body: JSON.parse(text), headers: answer.headers};
	return {status: answer.status, body: text, headers: answer.headers};
}

async function json(path) {
	return (await get(path)).body;
}

async function post(path, body, from = rest) {
	const answer = await fetch(from + path, {method: "POST", body});

	return {status: answer.status, body: await answer.text()};
}

async function mine(address, n = 1, from = site) {
	let last;

	for (let i = 0; i < n; i++) {
		last = await get("/mine?address=" + address, from);
		if (last.status !== 200)
			throw new Error("mining: " + JSON.stringify(last.body));
	}
	return last.body;
}

async function load() {
	const bitcoin = npm("bitcoinjs-lib");
	const ecc = npm("@bitcoinerlab/secp256k1");
	const {ECPairFactory} = npm("ecpair");

	bitcoin.initEccLib(ecc);
	return {bitcoin, ecc, ECPair: (ECPairFactory || npm("ecpair").default)(ecc)};
}

// One key under every form of address that one key has.
function forms({bitcoin, ECPair, ecc}, key) {
	const network = bitcoin.networks.regtest, pubkey = Buffer.from(key.publicKey);
	const script = bitcoin.script.compile([pubkey, bitcoin.opcodes.OP_CHECKSIG]);
	const p2wpkh = bitcoin.payments.p2wpkh({pubkey, network});
	const p2wsh = bitcoin.payments.p2wsh({redeem: {output: script, network}, network});
	const xonly = pubkey.subarray(1, 33);

	return {
		p2pkh: {pay: bitcoin.payments.p2pkh({pubkey, network}), type: "p2pkh", whole: true},
		"p2sh-p2wpkh": {
			pay: bitcoin.payments.p2sh({redeem: p2wpkh, network}),
			redeemScript: p2wpkh.output, type: "p2sh", inner: "inner_redeemscript_asm",
		},
		p2wpkh: {pay: p2wpkh, type: "v0_p2wpkh"},
		p2wsh: {pay: p2wsh, witnessScript: script, type: "v0_p2wsh",
			inner: "inner_witnessscript_asm"},
		p2tr: {pay: bitcoin.payments.p2tr({internalPubkey: xonly, network}), xonly,
			type: "v1_p2tr"},
	};
}

// Signs a spend of one output of a form to an address.
function spend({bitcoin, ECPair}, key, form, from, to, fee) {
	const network = bitcoin.networks.regtest;
	const psbt = new bitcoin.Psbt({network});
	const input = {hash: from.txid, index: from.vout};
	let signer = key;

	if (form.whole)
		input.nonWitnessUtxo = Buffer.from(from.hex, "hex");
	else
		input.witnessUtxo = {script: form.pay.output, value: BigInt(from.value)};
	if (form.redeemScript)
		input.redeemScript = form.redeemScript;
	if (form.witnessScript)
		input.witnessScript = form.witnessScript;
	if (form.xonly) {
		input.tapInternalKey = form.xonly;
		signer = key.tweak(bitcoin.crypto.taggedHash("TapTweak", form.xonly));
	}
	psbt.addInput(input);
	psbt.addOutput({address: to, value: BigInt(from.value - fee)});
	psbt.signInput(0, signer);
	psbt.finalizeAllInputs();
	return psbt.extractTransaction();
}

// BDK's rule: the whole list is the first page and those that follow its last
// txid, until one is not full.
async function history(address) {
	const all = await json(`/address/${address}/txs`);
	let page = all;

	for (;;) {
		const confirmed = page.filter((t) => t.status.confirmed);

		if (page.length < 25 || confirmed.length < 25)
			return all;
		page = await json(`/address/${address}/txs/chain/${page[page.length - 1].txid}`);
		all.push(...page);
	}
}

async function everyForm(lib, key, all) {
	const names = Object.keys(all), value = 100000;
	const spent = [];

	for (const name of names) {
		const form = all[name], address = form.pay.address;

		// a faucet of one's own: a block reward, matured
		await mine(address);
	}
	await mine(all.p2wpkh.pay.address, 140);
	for (const name of names) {
		const form = all[name], address = form.pay.address;
		const coins = await json(`/address/${address}/utxo`);
		const coin = coins[coins.length - 1];
		const from = {...coin, hex: await json(`/tx/${coin.txid}/hex`)};
		const tx = spend(lib, key, form, from, all.p2tr.pay.address, 1000);
		const answer = await post("/tx", tx.toHex());

		expect(`${name}: a spend is accepted, its txid is the answer`,
			[200, tx.getId()], [answer.status, answer.body]);
		const seen = await json("/tx/" + tx.getId());

		expect(`${name}: at once its JSON has fee and the coin spent`,
			[1000, address, form.type, coin.value],
			[seen.fee, seen.vin[0].prevout.scriptpubkey_address,
				seen.vin[0].prevout.scriptpubkey_type, seen.vin[0].prevout.value]);
		expect(`${name}: weight and size are bitcoinjs's`,
			[tx.weight(), tx.byteLength()], [seen.weight, seen.size]);
		expect(`${name}: the witness is bitcoinjs's`,
			tx.ins[0].witness.map((w) => Buffer.from(w).toString("hex")),
			seen.vin[0].witness || []);
		if (form.inner)
			result(seen.vin[0][form.inner].length > 0, `${name}: its inner script is shown`,
				JSON.stringify(seen.vin[0]));
		expect(`${name}: the coin is spent by it, in the pool`,
			{spent: true, txid: tx.getId(), vin: 0, status: {confirmed: false}},
			await json(`/tx/${coin.txid}/outspend/${coin.vout}`));
		result(!(await json(`/address/${address}/utxo`)).some((u) =>
			u.txid === coin.txid && u.vout === coin.vout), `${name}: and no longer listed`, "");
		spent.push(tx.getId());
	}
	await mine(all.p2wpkh.pay.address);
	for (const [i, txid] of spent.entries()) {
		const status = await json(`/tx/${txid}/status`);

		expect(`${names[i]}: the next block confirms it`, true, status.confirmed);
	}
}

async function paging(lib, key, all) {
	const address = all["p2sh-p2wpkh"].pay.address, form = all["p2sh-p2wpkh"];
	const want = new Set((await history(address)).map((t) => t.txid));
	let [coin] = await json(`/address/${all.p2wpkh.pay.address}/utxo`).then((list) =>
		list.filter((u) => u.status.block_height === 8));

	coin = {...coin, hex: await json(`/tx/${coin.txid}/hex`)};
	let from = all.p2wpkh;

	// a chain of 65 transactions that each touch the address, 20 a block
	for (let i = 0; i < 65; i++) {
		const tx = spend(lib, key, from, coin, address, 500);
		const answer = await post("/tx", tx.toHex());

		if (answer.status !== 200)
			throw new Error(answer.body);
		want.add(tx.getId());
		coin = {txid: tx.getId(), vout: 0, value: coin.value - 500, hex: tx.toHex()};
		from = form;
		if (i % 20 === 19)
			await mine(all.p2pkh.pay.address);
	}
	const pool = await json(`/address/${address}/txs/mempool`);

	expect("five of 65 transactions wait", 5, pool.length);
	const seen = await history(address);

	expect("page by page every transaction is seen", want.size, seen.length);
	expect("each of them once", [...want].sort(), seen.map((t) => t.txid).sort());
	const confirmed = seen.filter((t) => t.status.confirmed);

	result(confirmed.every((t, i) => !i || confirmed[i - 1].status.block_height >=
		t.status.block_height), "newest first", "");
	expect("a page is 25", 25, (await json(`/address/${address}/txs/chain`)).length);
	expect("after a txid nobody knows comes nothing", [],
		await json(`/address/${address}/txs/chain/${"11".repeat(32)}`));
	expect("after one of the pool, too", [],
		await json(`/address/${address}/txs/chain/${pool[0].txid}`));
	const hash = lib.bitcoin.crypto.sha256(form.pay.output);
	const by = Buffer.from(hash).toString("hex");

	expect("by scripthash it is the same",
		(await json(`/address/${address}`)).chain_stats,
		(await json(`/scripthash/${by}`)).chain_stats);
	const stats = await json(`/address/${address}`);

	expect("the totals count them", seen.length,
		stats.chain_stats.tx_count + stats.mempool_stats.tx_count);
	await mine(all.p2pkh.pay.address);
	return {address, tip: coin};
}

// Reads a merkleblock (BIP37): its root by what it holds, and what it proves.
function readProof(lib, hex) {
	const raw = Buffer.from(hex, "hex"), total = raw.readUInt32LE(80), n = raw[84];
	const hash = (i) => raw.subarray(85 + 32 * i, 117 + 32 * i);
	const flags = raw.subarray(86 + 32 * n, 86 + 32 * n + raw[85 + 32 * n]);
	const width = (height) => (total + (1 << height) - 1) >> height;
	const proved = [];
	let bit = 0, used = 0, top = 0;

	while (width(top) > 1)
		top++;
	const walk = (height, pos) => {
		const marked = flags[bit >> 3] >> (bit++ & 7) & 1;

		if (height === 0 || !marked) {
			if (height === 0 && marked)
				proved.push(Buffer.from(hash(used)).reverse().toString("hex"));
			return hash(used++);
		}
		const left = walk(height - 1, 2 * pos);
		const right = 2 * pos + 1 < width(height - 1) ? walk(height - 1, 2 * pos + 1) : left;

		return Buffer.from(lib.bitcoin.crypto.hash256(Buffer.concat([left, right])));
	};
	const root = walk(top, 0);

	return {
		root: root.toString("hex"), wanted: raw.subarray(36, 68).toString("hex"), proved,
		whole: used === n && flags.length === (bit + 7) >> 3 &&
			raw.length === 86 + 32 * n + flags.length,
	};
}

async function proofs(lib) {
	const blocks = await json("/blocks");
	const block = blocks.find((b) => b.tx_count > 10);
	const txids = await json(`/block/${block.id}/txids`);
	const faults = [];

	for (const [pos, txid] of txids.entries()) {
		const p = readProof(lib, await json(`/tx/${txid}/merkleblock-proof`));
		const m = await json(`/tx/${txid}/merkle-proof`);
		let h = Buffer.from(txid, "hex").reverse(), at = pos;

		if (!p.whole || p.root !== p.wanted || p.proved.join() !== txid)
			faults.push(JSON.stringify(p));
		for (const side of m.merkle) {
			const s = Buffer.from(side, "hex").reverse();

			h = Buffer.from(lib.bitcoin.crypto.hash256(
				Buffer.concat(at & 1 ? [s, h] : [h, s])));
			at >>= 1;
		}
		if (m.pos !== pos || Buffer.from(h).reverse().toString("hex") !== block.merkle_root)
			faults.push(JSON.stringify(m));
	}
	result(faults.length === 0, `both proofs of each of ${txids.length} transactions lead to the root`,
		faults.join("\n"));
}

async function batch(all, key) {
	const addresses = Object.values(all).map((f) => f.pay.address);
	const ask = async (body, headers = {}) => {
		const answer = await fetch(rest + "/v1/scripts",
			{method: "POST", body: JSON.stringify(body), headers});

		return {answer, text: await answer.text()};
	};
	const {answer, text} = await ask({addresses});
	const all_ = JSON.parse(text), tip = await json("/blocks/tip/hash");

	expect("a batch carries the tip", [tip, tip],
		[all_.tip.hash, answer.headers.get("x-quarry-tip")]);
	for (const s of all_.scripts)
		expect(`its totals of ${s.address.slice(0, 10)} are the address's own`,
			(await json("/address/" + s.address)).chain_stats, s.chain_stats);
	const utxo = JSON.parse((await ask({addresses, what: "utxo"})).text);

	for (const s of utxo.scripts)
		expect(`its coins of ${s.address.slice(0, 10)}, too`,
			await json(`/address/${s.address}/utxo`), s.utxo);
	expect("asked at this tip it is answered", 200,
		(await ask({addresses}, {"If-Tip": tip})).answer.status);
	expect("at another it is 412", 412,
		(await ask({addresses}, {"If-Tip": "00".repeat(32)})).answer.status);
	expect("whoever has it gets 304", 304,
		(await ask({addresses}, {"If-None-Match": answer.headers.get("etag")})).answer.status);
	const pub = Buffer.from(key.publicKey).toString("hex");
	const wpkh = JSON.parse((await ask({descriptor: `wpkh(${pub})`})).text);

	expect("a descriptor stands for its address", all.p2wpkh.pay.address, wpkh.scripts[0].address);
	expect("and has its totals", (await json("/address/" + all.p2wpkh.pay.address)).chain_stats,
		wpkh.scripts[0].chain_stats);
	// BIP32's first test vector, as a test network's key
	const xpub = "tpubD8eQVK4Kdxg3gHrF62jGP7dKVCoYiEB8dFSpuTawkL5YxTus5j5pf83vaKnii4bc6v2NVEy81P2gYrJczYne3QNNwMTS53p5uzDyHvnw2jm";
	const range = JSON.parse((await ask({descriptor: `wpkh(${xpub}/0/*)`, range: [3, 7]})).text);

	expect("a range gives an address for each index", [3, 4, 5, 6, 7],
		(range.scripts || []).map((s) => s.index));
	expect("a descriptor that is none is 400", 400, (await ask({descriptor: "wpkh(zz)"})).answer.status);
	await mine(addresses[0]);
	expect("until a block comes", 200,
		(await ask({addresses}, {"If-None-Match": answer.headers.get("etag")})).answer.status);
}

async function mempoolJs(all, txid) {
	const {hostname, port} = new URL(rest);
	const {bitcoin} = npm("@mempool/mempool.js")({
		hostname: `${hostname}:${port}`, network: "regtest", protocol: "http",
	});
	const tip = await json("/blocks/tip/hash"), height = Number(await json("/blocks/tip/height"));
	const address = all.p2wpkh.pay.address, block = tip;
	const calls = {
		getAddress: () => bitcoin.addresses.getAddress({address}),
		getAddressTxs: () => bitcoin.addresses.getAddressTxs({address}),
		getAddressTxsChain: () => bitcoin.addresses.getAddressTxsChain({address}),
		getAddressTxsMempool: () => bitcoin.addresses.getAddressTxsMempool({address}),
		getAddressTxsUtxo: () => bitcoin.addresses.getAddressTxsUtxo({address}),
		getBlock: () => bitcoin.blocks.getBlock({hash: block}),
		getBlocks: () => bitcoin.blocks.getBlocks({}),
		getBlockHeader: () => bitcoin.blocks.getBlockHeader({hash: block}),
		getBlockHeight: () => bitcoin.blocks.getBlockHeight({height: 1}),
		getBlockRaw: () => bitcoin.blocks.getBlockRaw({hash: block}),
		getBlockStatus: () => bitcoin.blocks.getBlockStatus({hash: block}),
		getBlockTxs: () => bitcoin.blocks.getBlockTxs({hash: block}),
		getBlockTxid: () => bitcoin.blocks.getBlockTxid({hash: block, index: 0}),
		getBlockTxids: () => bitcoin.blocks.getBlockTxids({hash: block}),
		getBlocksTipHash: () => bitcoin.blocks.getBlocksTipHash(),
		getBlocksTipHeight: () => bitcoin.blocks.getBlocksTipHeight(),
		getDifficultyAdjustment: () => bitcoin.difficulty.getDifficultyAdjustment(),
		getHashrate: () => bitcoin.difficulty.getHashrate({interval: "1m"}),
		getCPFP: () => bitcoin.fees.getCPFP({txid}),
		getFeesMempoolBlocks: () => bitcoin.fees.getFeesMempoolBlocks(),
		getFeesRecommended: () => bitcoin.fees.getFeesRecommended(),
		getMempool: () => bitcoin.mempool.getMempool(),
		getMempoolRecent: () => bitcoin.mempool.getMempoolRecent(),
		getMempoolTxids: () => bitcoin.mempool.getMempoolTxids(),
		getTx: () => bitcoin.transactions.getTx({txid}),
		getTxHex: () => bitcoin.transactions.getTxHex({txid}),
		getTxMerkleBlockProof: () => bitcoin.transactions.getTxMerkleBlockProof({txid}),
		getTxMerkleProof: () => bitcoin.transactions.getTxMerkleProof({txid}),
		getTxOutspend: () => bitcoin.transactions.getTxOutspend({txid, vout: 0}),
		getTxOutspends: () => bitcoin.transactions.getTxOutspends({txid}),
		getTxRaw: () => bitcoin.transactions.getTxRaw({txid}),
		getTxStatus: () => bitcoin.transactions.getTxStatus({txid}),
	};
	const seen = {};

	for (const [name, call] of Object.entries(calls)) {
		if (!call || !findFunction(bitcoin, name))
			continue;
		try {
			seen[name] = await call();
			result(seen[name] !== undefined && seen[name] !== "", "mempool.js " + name, "empty");
		} catch (e) {
			result(false, "mempool.js " + name, e.message + " " +
				(e.response ? JSON.stringify(e.response.data) : ""));
		}
	}
	expect("mempool.js sees the tip", [height, tip],
		[seen.getBlocksTipHeight, seen.getBlocksTipHash]);
	expect("mempool.js gets blocks from the tip", height, seen.getBlocks[0].height);
	expect("mempool.js gets a transaction", txid, seen.getTx.txid);
}

function findFunction(tree, name) {
	return Object.values(tree).some((part) => typeof part[name] === "function");
}

async function esploraClient(all, txid) {
	const url = pathToFileURL(npm.resolve("esplora-client"));
	const {esploraClient} = await import(url);
	const {host} = new URL(site);
	const {bitcoin} = esploraClient({hostnames: [host], network: "mainnet"});
	const address = all.p2tr.pay.address;

	expect("esplora-client: the tip, over TLS", Number(await json("/blocks/tip/height")),
		Number(await bitcoin.blocks.getBlocksTipHeight()));
	expect("esplora-client: an address", (await json("/address/" + address)).chain_stats,
		(await bitcoin.addresses.getAddress({address})).chain_stats);
	expect("esplora-client: its coins", (await json(`/address/${address}/utxo`)).length,
		(await bitcoin.addresses.getAddressTxsUtxo({address})).length);
	expect("esplora-client: its history", (await json(`/address/${address}/txs`)).length,
		(await bitcoin.addresses.getAddressTxs({address})).length);
	expect("esplora-client: a transaction", txid, (await bitcoin.transactions.getTx({txid})).txid);
	expect("esplora-client: fees by target", true,
		(await bitcoin.fees.getFeeEstimates())["6"] >= 1);
	expect("esplora-client: fees recommended", true,
		(await bitcoin.fees.getFeesRecommended()).fastestFee >= 1);
}

// Every block of one node to another.
async function copyChain(to) {
	const height = Number(await json("/blocks/tip/height"));

	for (let h = 1; h <= height; h++) {
		const hash = await json("/block-height/" + h);
		const raw = await (await fetch(`${rest}/block/${hash}/raw`)).arrayBuffer();
		const answer = await fetch(to + "/node/block", {method: "POST", body: raw});

		if (answer.status >= 300)
			throw new Error(`block ${h}: ${await answer.text()}`);
		await answer.arrayBuffer();
	}
}

async function reorganisation(lib, key, all, coin) {
	await copyChain(other);
	const before = await json("/blocks/tip/hash");
	const form = all["p2sh-p2wpkh"];
	const tx = spend(lib, key, form, coin, all.p2wpkh.pay.address, 700), txid = tx.getId();

	expect("a transaction is sent", 200, (await post("/tx", tx.toHex())).status);
	await mine(all.p2pkh.pay.address);
	const ours = await json("/blocks/tip/hash");

	expect("a block of ours confirms it", ours, (await json(`/tx/${txid}/status`)).block_hash);
	await mine(all.p2tr.pay.address, 2, other);
	for (const back of [1, 0]) {
		const height = Number((await get("/api/blocks/tip/height", other)).body) - back;
		const hash = (await get("/api/block-height/" + height, other)).body;
		const raw = await (await fetch(`${other}/api/block/${hash}/raw`)).arrayBuffer();

		await (await fetch(site + "/node/block", {method: "POST", body: raw})).arrayBuffer();
	}
	const theirs = (await get("/api/blocks/tip/hash", other)).body;

	expect("the longer branch of another node is the chain now", theirs,
		await json("/blocks/tip/hash"));
	expect("our block is not in it any more",
		{in_best_chain: false, height: null, next_best: null}, await json(`/block/${ours}/status`));
	expect("but can still be read", 200, (await get(`/block/${ours}/raw`)).status);
	expect("the block before says what follows", (await get(
		`/api/block/${before}/status`, other)).body, await json(`/block/${before}/status`));
	expect("the transaction waits again", {confirmed: false}, await json(`/tx/${txid}/status`));
	expect("among the pool's", true, (await json("/mempool/txids")).includes(txid));
	expect("and an address's", true, (await json(
		`/address/${form.pay.address}/txs/mempool`)).some((t) => t.txid === txid));
	await mine(all.p2pkh.pay.address);
	expect("until the next block", true, (await json(`/tx/${txid}/status`)).confirmed);
	return txid;
}

// What was written is what is read, by REST and by sqlite3, at once.
async function ownWrites(lib, key, all, rounds) {
	const form = all.p2wpkh;
	const sqlite = (sql) => execFileSync("sqlite3", ["-readonly", db, sql]).toString().trim();
	const coins = (await json(`/address/${form.pay.address}/utxo`)).filter((u) =>
		u.status.confirmed && u.value > 1000000);
	const height = Number(await json("/blocks/tip/height"));
	const ready = coins.filter((u) => u.status.block_height <= height - 100);
	let missed = 0, sent = 0, mined = 0, coin = null, depth = 0;

	for (let i = 0; i < rounds; i++) {
		if (i % 10 === 9) {
			const block = await mine(all.p2pkh.pay.address);
			const tip = await json("/blocks/tip/hash");

			mined++;
			depth = 0;
			missed += tip !== block.hash;
			missed += sqlite("SELECT lower(hex(hash)) FROM v1_block WHERE active ORDER BY height DESC LIMIT 1") !== tip;
			continue;
		}
		if (!coin || depth > 20) {
			coin = ready.pop();
			depth = 0;
		}
		const tx = spend(lib, key, form, coin, form.pay.address, 300), txid = tx.getId();
		const answer = await post("/tx", tx.toHex());

		sent++;
		depth++;
		missed += answer.status !== 200;
		missed += (await get(`/tx/${txid}`)).status !== 200;
		missed += !(await json(`/address/${form.pay.address}/txs/mempool`)).some((t) =>
			t.txid === txid);
		missed += sqlite(`SELECT count(*) FROM v1_mempool WHERE txid = x'${txid}'`) !== "1";
		coin = {txid, vout: 0, value: coin.value - 300, hex: tx.toHex()};
	}
	result(missed === 0, `${sent} transactions and ${mined} blocks: each is read at once by REST and by sqlite3`,
		missed + " were not");
}

async function main() {
	const lib = await load();
	const key = lib.ECPair.makeRandom({network: lib.bitcoin.networks.regtest});
	const all = forms(lib, key);

	await everyForm(lib, key, all);
	const {tip} = await paging(lib, key, all);
	await proofs(lib);
	await batch(all, key);
	const txid = await reorganisation(lib, key, all, tip);
	await mempoolJs(all, txid);
	await esploraClient(all, txid);
	await ownWrites(lib, key, all, Number(process.env.ROUNDS || 100));
}

main().catch((e) => result(false, "no call fails", e.stack)).finally(() => {
	console.log("1.." + count);
	process.exit(failed ? 1 : 0);
});
