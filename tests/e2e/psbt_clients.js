// SPDX-License-Identifier: MIT
// What t_psbt_clients runs: node psbt_clients.js RPC-PORT. Prints TAP.
//
// bitcoinjs-lib and Quarry hand each other PSBTs: one makes, the other signs, and
// whoever finalises, the node takes the transaction.
"use strict";

const http = require("http");
const {createRequire} = require("module");
const npm = createRequire(process.env.QUARRY_NPM + "/");
globalThis.crypto ??= require("crypto").webcrypto;

const bitcoin = npm("bitcoinjs-lib");
const ecc = npm("@bitcoinerlab/secp256k1");
const {ECPairFactory} = npm("ecpair");
const ECPair = ECPairFactory(ecc);
const network = bitcoin.networks.regtest;
const port = Number(process.argv[2]);

bitcoin.initEccLib(ecc);

let count = 0, failed = 0;

function result(good, name, detail) {
	failed += !good;
	console.log(`${good ? "ok" : "not ok"} ${++count} - ${name}`);
	if (!good)
		for (const line of String(detail).split("\n"))
			console.log("# " + line);
}

function rpc(method, ...params) {
	const body = JSON.stringify({method, params, id: 1});

	return new Promise((resolve, reject) => {
		const r = http.request({port, host: "127.0.0.1", method: "POST", auth: "u:p"}, a => {
			let text = "";

			a.on("data", d => text += d);
			a.on("end", () => {
				const answer = JSON.parse(text);

				if (answer.error)
					reject(new Error(method + ": " + answer.error.message));
				else
					resolve(answer.result);
			});
		});
		r.on("error", reject);
		r.end(body);
	});
}

const hex = b => Buffer.from(b).toString("hex");
const bytes = h => Buffer.from(h, "hex");

// Keys that anybody can make again.
function key(n) {
	return ECPair.fromPrivateKey(bitcoin.crypto.sha256(Buffer.from("psbt client " + n)), {network});
}

const keys = [1, 2, 3].map(key);
const wif = keys.map(k => k.toWIF());
const pub = keys.map(k => hex(k.publicKey));
const x = keys.map(k => hex(k.publicKey).slice(2));
// BIP341's point that nobody has the key of
const nobody = "50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0";

// name; descriptor with the keys' text; who signs; what bitcoinjs-lib must know
const forms = [
	{name: "P2PKH", desc: k => `pkh(${k[0]})`, signers: [0]},
	{name: "P2WPKH", desc: k => `wpkh(${k[0]})`, signers: [0]},
	{name: "P2WPKH in P2SH", desc: k => `sh(wpkh(${k[0]}))`, signers: [0],
	 redeem: () => bitcoin.payments.p2wpkh({pubkey: keys[0].publicKey, network}).output},
	{name: "2 of 3 in P2SH", desc: k => `sh(multi(2,${k}))`, signers: [0, 2],
	 redeem: () => bitcoin.payments.p2ms({m: 2, pubkeys: keys.map(k => k.publicKey), network}).output},
	{name: "2 of 3 in P2WSH", desc: k => `wsh(multi(2,${k}))`, signers: [1, 2],
	 witness: () => bitcoin.payments.p2ms({m: 2, pubkeys: keys.map(k => k.publicKey), network}).output},
	{name: "2 of 3 in P2WSH in P2SH", desc: k => `sh(wsh(multi(2,${k})))`, signers: [0, 1],
	 witness: () => bitcoin.payments.p2ms({m: 2, pubkeys: keys.map(k => k.publicKey), network}).output,
	 redeem() { return bitcoin.payments.p2wsh({redeem: {output: this.witness()}, network}).output; }},
	{name: "P2TR by its key", desc: k => `tr(${k[0]})`, xonly: true, signers: [0], taproot: "key"},
	{name: "P2TR by a script", desc: k => `tr(${nobody},{pk(${k[0]}),pk(${k[1]})})`, xonly: true,
	 signers: [1], taproot: "script"},
];

// The descriptor with private keys of those who sign, public ones of the others.
function descriptor(form, secret) {
	return form.desc(keys.map((_, i) => secret.includes(i) ? wif[i] : form.xonly ? x[i] : pub[i]));
}

async function coin(form) {
	const info = await rpc("getdescriptorinfo", descriptor(form, []));
	const [address] = await rpc("deriveaddresses", info.descriptor);
	const [block] = await rpc("generatetoaddress", 1, address);
	const tx = (await rpc("getblock", block, 2)).tx[0];

	return {txid: tx.txid, hex: tx.hex, script: bytes(tx.vout[0].scriptPubKey.hex), value: 5000000000n};
}

function leafScript(i) {
	return bitcoin.script.compile([bytes(x[i]), bitcoin.opcodes.OP_CHECKSIG]);
}

// A PSBT as bitcoinjs-lib makes it.
function theirs(form, c, to) {
	const psbt = new bitcoin.Psbt({network});
	const input = {hash: c.txid, index: 0, sequence: 0xfffffffd};

	if (form.taproot) {
		input.witnessUtxo = {script: c.script, value: c.value};
		input.tapInternalKey = bytes(form.taproot === "key" ? x[0] : nobody);
		if (form.taproot === "script") {
			const tree = [{output: leafScript(0)}, {output: leafScript(1)}];
			const redeem = {output: leafScript(1), redeemVersion: 192};
			const pay = bitcoin.payments.p2tr({internalPubkey: bytes(nobody), scriptTree: tree, redeem, network});

			input.tapLeafScript = [{leafVersion: 192, script: redeem.output,
						controlBlock: pay.witness[pay.witness.length - 1]}];
		}
	} else {
		input.nonWitnessUtxo = bytes(c.hex);
	}
	if (form.redeem)
		input.redeemScript = form.redeem();
	if (form.witness)
		input.witnessScript = form.witness();
	psbt.addInput(input);
	psbt.addOutput({address: to, value: c.value - 10000n});
	return psbt;
}

function check(pubkey, msg, sig) {
	return pubkey.length === 32 ? ecc.verifySchnorr(msg, pubkey, sig)
		: ECPair.fromPublicKey(pubkey).verify(msg, sig);
}

function signTheirs(psbt, form, who) {
	for (const i of who) {
		if (form.taproot === "key")
			psbt.signInput(0, keys[0].tweak(bitcoin.crypto.taggedHash("TapTweak", bytes(x[0]))));
		else
			psbt.signInput(0, keys[i]);
	}
}

async function accepted(raw) {
	const [r] = await rpc("testmempoolaccept", [raw]);

	return r.allowed ? "" : r["reject-reason"] || JSON.stringify(r);
}

async function attempt(name, fn) {
	try {
		const why = await fn();

		result(!why, name, why);
	} catch (e) {
		result(false, name, e.stack);
	}
}

async function run() {
	const to = bitcoin.payments.p2wpkh({pubkey: keys[2].publicKey, network}).address;

	for (const form of forms)
		form.coin = await coin(form);
	await rpc("generatetoaddress", 100, to);
	for (const form of forms) {
		const mine = [await checked(form, form.signers)];

		await attempt(`${form.name}: made by bitcoinjs-lib, signed here, verified and finished there`, async () => {
			const asked = theirs(form, form.coin, to).toBase64();
			const answer = await rpc("descriptorprocesspsbt", asked, mine, "DEFAULT", true, false);
			const back = bitcoin.Psbt.fromBase64(answer.psbt, {network});

			if (!back.validateSignaturesOfAllInputs(check))
				return "a signature does not verify";
			back.finalizeAllInputs();
			return accepted(back.extractTransaction(true).toHex());
		});
		await attempt(`${form.name}: made here, signed by bitcoinjs-lib, finished here`, async () => {
			const blank = await rpc("createpsbt", [{txid: form.coin.txid, vout: 0}], [{[to]: 49.9999}]);
			const ours = await rpc("utxoupdatepsbt", blank, [await checked(form, [])]);
			const psbt = bitcoin.Psbt.fromBase64(ours, {network});

			signTheirs(psbt, form, form.signers);
			const end = await rpc("finalizepsbt", psbt.toBase64());

			return end.complete ? accepted(end.hex) : "not complete";
		});
		if (form.signers.length < 2)
			continue;
		await attempt(`${form.name}: each signs with one key, put together in both places`, async () => {
			const asked = theirs(form, form.coin, to);
			const mineToo = await rpc("descriptorprocesspsbt", asked.toBase64(),
						  [await checked(form, [form.signers[1]])], "DEFAULT", true, false);

			signTheirs(asked, form, [form.signers[0]]);
			const whole = await rpc("combinepsbt", [asked.toBase64(), mineToo.psbt]);
			const end = await rpc("finalizepsbt", whole);

			asked.combine(bitcoin.Psbt.fromBase64(mineToo.psbt, {network}));
			asked.finalizeAllInputs();
			if (asked.extractTransaction(true).toHex() !== end.hex)
				return "two different transactions";
			return accepted(end.hex);
		});
	}
	console.log(`1..${count}`);
	process.exit(failed ? 1 : 0);
}

// With its checksum.
async function checked(form, secret) {
	const text = descriptor(form, secret);

	return text + "#" + (await rpc("getdescriptorinfo", text)).checksum;
}

run();
