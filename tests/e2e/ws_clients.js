// SPDX-License-Identifier: MIT
// What t_websocket runs: node ws_clients.js REST-URL WSS-URL [RPC-URL]. Prints TAP.
// The client is mempool.js, with the messages it sends itself.
"use strict";

const {createRequire} = require("module");
const npm = createRequire(process.env.QUARRY_NPM + "/");
const mempoolJS = npm("@mempool/mempool.js").default || npm("@mempool/mempool.js");
const WebSocket = npm("ws");

const [rest, site, rpcUrl] = process.argv.slice(2);
let count = 0, failed = 0;

function result(good, name, detail) {
	failed += !good;
	console.log(`${good ? "ok" : "not ok"} ${++count} - ${name}`);
	if (!good)
		for (const line of String(detail).split("\n"))
			console.log("# " + line);
	return good;
}

function expect(name, want, seen) {
	const a = JSON.stringify(want), b = JSON.stringify(seen);

	return result(a === b, name, `wanted: ${a}\nseen:   ${b}`);
}

async function get(path) {
	const answer = await fetch(rest + path);
	const text = await answer.text();

	try { return JSON.parse(text); } catch { return text; }
}

async function rpc(method, ...params) {
	const answer = await fetch(rpcUrl, {method: "POST", body: JSON.stringify({id: 1, method, params}),
		headers: {Authorization: "Basic " + Buffer.from("u:p").toString("base64")}});
	const body = await answer.json();

	if (body.error)
		throw new Error(method + ": " + JSON.stringify(body.error));
	return body.result;
}

// Messages as they come; until() waits for the first that fits, old ones included.
function listen(ws) {
	const seen = [], waiting = [];
	const box = {
		seen,
		closed: new Promise(done => ws.on("close", (code, why) => done({code, why: String(why)}))),
		until(what, fits, ms = 8000) {
			const old = seen.find(fits);

			if (old)
				return Promise.resolve(old);
			return new Promise((good, bad) => {
				const timer = setTimeout(() => bad(new Error(`nothing came: ${what}; seen ` +
					seen.map(m => Object.keys(m).join("+")).join(" | "))), ms);

				waiting.push({fits, good: m => { clearTimeout(timer); good(m); }});
			});
		},
		forget() { seen.length = 0; },
	};

	ws.on("message", data => {
		const m = JSON.parse(data.toString());

		seen.push(m);
		for (let i = waiting.length; i--;)
			if (waiting[i].fits(m))
				waiting.splice(i, 1)[0].good(m);
	});
	return box;
}

// The key 1 and its address (BIP173's example).
const KEY = "cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA";
const OURS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

// Pays from one of our coinbases, the n-th block's.
async function pay(height, address, sat, fee = 20000, send = true) {
	const txid = (await get("/block/" + await get("/block-height/" + height) + "/txids"))[0];
	const value = (await get("/tx/" + txid)).vout[0].value;
	const raw = await rpc("createrawtransaction", [{txid, vout: 0, sequence: 0xfffffffd}],
		[{[address]: (sat / 1e8).toFixed(8)}, {[OURS]: ((value - sat - fee) / 1e8).toFixed(8)}]);
	const {hex} = await rpc("signrawtransactionwithkey", raw, [KEY]);

	return send ? rpc("sendrawtransaction", hex) : hex;
}

const open = ws => new Promise((good, bad) => { ws.on("open", good); ws.on("error", bad); });
const NOBODY = "bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202";

async function main() {
	const first = await get("/blocks/tip/height") + 1;
	await rpc("generatetoaddress", 103, OURS);
	const host = rest.replace(/^http:\/\//, "");
	const {bitcoin: {websocket}} = mempoolJS({hostname: host, protocol: "http"});
	const ws = websocket.wsInit();
	const box = listen(ws);

	await open(ws);
	const init = await box.until("init", m => m.blocks);
	expect("init: the newest block is the last",
		(await get("/blocks/tip/hash")), init.blocks.at(-1).id);
	expect("init has what a page begins with",
		["blocks", "da", "fees", "mempool-blocks", "mempoolInfo", "transactions"],
		["blocks", "da", "fees", "mempool-blocks", "mempoolInfo", "transactions"].filter(k => k in init));

	websocket.wsWantData(ws, ["blocks", "stats", "mempool-blocks", "live-2h-chart"]);
	const wanted = await box.until("want", m => m.mempoolInfo && m["mempool-blocks"] && !m.backendInfo);
	result(wanted.blocks && typeof wanted.vBytesPerSecond === "number" && wanted.da && wanted.fees,
		"what is wanted is told at once", JSON.stringify(Object.keys(wanted)));

	websocket.wsTrackAddress(ws, NOBODY);
	websocket.wsTrackAddresses(ws, [NOBODY]);
	websocket.wsTrackMempoolBlock(ws, 0);
	const empty = await box.until("the next block", m => m["projected-block-transactions"]);
	expect("an empty block to come has no transactions",
		{index: 0, transactions: []},
		{index: empty["projected-block-transactions"].index,
			transactions: empty["projected-block-transactions"].blockTransactions});
	box.forget();

	const begin = Date.now();
	const txId = await pay(first, NOBODY, 1e8);
	const came = await box.until("an address", m => m["address-transactions"]);
	const took = Date.now() - begin;
	expect("an address that is followed: its transaction, as the interface shows it",
		await get("/tx/" + txId), came["address-transactions"][0]);
	result(took < 1500, "and soon", took + " ms");
	const multi = await box.until("addresses", m => m["multi-address-transactions"]);
	expect("the same by the list of addresses", [[txId], [], []],
		["mempool", "confirmed", "removed"].map(k =>
			multi["multi-address-transactions"][NOBODY][k].map(t => t.txid)));
	const stats = await box.until("stats", m => m.mempoolInfo?.size && m.transactions);
	expect("the pool's figures follow", [1, txId],
		[stats.mempoolInfo.size, stats.transactions[0].txid]);
	const next = await box.until("the next block",
		m => m["projected-block-transactions"]?.blockTransactions.length);
	const row = next["projected-block-transactions"].blockTransactions[0];
	const shown = await get("/tx/" + txId);
	expect("and the next block's transactions",
		[txId, shown.fee, shown.vout.reduce((n, o) => n + o.value, 0)], [row[0], row[1], row[3]]);

	websocket.wsTrackTransaction(ws, txId);
	const place = await box.until("a position", m => m.txPosition);
	expect("a transaction that is followed: where it is in the pool",
		{txid: txId, block: 0}, {txid: place.txPosition.txid, block: place.txPosition.position.block});
	box.forget();

	await rpc("generatetoaddress", 1, NOBODY);
	const tip = await get("/blocks/tip/hash");
	const block = await box.until("a block", m => m.block);
	expect("a block is told of, as the interface shows it",
		await get("/v1/block/" + tip), block.block);
	expect("with the transaction that is followed", txId, block.txConfirmed);
	expect("with the address' transactions",
		(await get("/block/" + tip + "/txids")).sort(),
		block["block-transactions"].map(t => t.txid).sort());
	result(block["multi-address-transactions"][NOBODY].confirmed.every(t => t.status.block_hash === tip),
		"all of them in it", JSON.stringify(block["multi-address-transactions"]));
	box.forget();

	await rpc("invalidateblock", tip);
	const back = await box.until("what went back", m => m["address-transactions"]);
	expect("a block that leaves the chain gives its transactions back",
		[txId, false], [back["address-transactions"][0].txid, back["address-transactions"][0].status.confirmed]);
	await rpc("reconsiderblock", tip);
	await box.until("the block again", m => m.block && m.block.id === tip);
	box.forget();

	websocket.wsStopTrackingAddress(ws);
	websocket.wsStopTrackingAddresses(ws);
	websocket.wsStopTrackingTransaction(ws);
	websocket.wsStopData(ws);
	ws.send(JSON.stringify({action: "ping"}));
	expect("a ping is answered", true, (await box.until("pong", m => m.pong)).pong);
	box.forget();
	await rpc("generatetoaddress", 1, NOBODY);
	await new Promise(r => setTimeout(r, 1500));
	expect("who stopped hears nothing", [], box.seen.filter(m => !m["projected-block-transactions"]));

	ws.send(JSON.stringify({"track-addresses": Array(101).fill(NOBODY)}));
	result((await box.until("a refusal", m => m["track-addresses-error"]))["track-addresses-error"].includes("100"),
		"too many addresses are refused in a sentence", "");
	ws.send(JSON.stringify({"track-address": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"}));
	result(!!(await box.until("a refusal", m => m["track-address-error"])), "as is another network's address", "");
	ws.send("hello");
	result(!!(await box.until("a refusal", m => m.error)), "and what is no JSON", "");
	ws.close();
	expect("and a client that says so is let go", 1005, (await box.closed).code);

	const tls = new WebSocket(site, {rejectUnauthorized: false});
	const other = listen(tls);

	await open(tls);
	tls.send(JSON.stringify({"track-scriptpubkeys": [(await get("/v1/validate-address/" + NOBODY)).scriptPubKey]}));
	tls.send(JSON.stringify({action: "ping"}));
	await other.until("pong", m => m.pong);
	const again = await pay(first + 1, NOBODY, 2e8);
	const script = Object.values((await other.until("a script",
		m => m["multi-scriptpubkey-transactions"]))["multi-scriptpubkey-transactions"])[0];
	expect("a script is followed over TLS", again, script.mempool[0].txid);

	tls.send(JSON.stringify({"track-tx": again}));
	const parent = await pay(first + 1, NOBODY, 2e8, 60000, false);
	const other1 = (await rpc("decoderawtransaction", parent));
	const {hex: child} = await rpc("signrawtransactionwithkey", await rpc("createrawtransaction",
		[{txid: other1.txid, vout: 1}], [{[OURS]: (other1.vout[1].value - 0.001).toFixed(8)}]), [KEY],
		[{txid: other1.txid, vout: 1, scriptPubKey: other1.vout[1].scriptPubKey.hex, amount: other1.vout[1].value}]);
	expect("a package says what it replaced", [again],
		(await rpc("submitpackage", [parent, child]))["replaced-transactions"]);
	const successor = await other.until("a successor", m => m.txReplaced);
	expect("and who follows that hears of its successor", [{txid: other1.txid}, {txid: other1.txid}],
		[successor.txReplaced, successor.rbfTransaction]);
	other.forget();
	tls.send(JSON.stringify({"track-tx": again}));
	expect("also who begins to follow it when it is replaced", {txid: other1.txid},
		(await other.until("its successor", m => m.txReplaced)).txReplaced);
	await replacements(mempoolJS, host, first);
	for (let i = 0; i < 200; i++)
		tls.send('{"action":"ping"}');
	// the reason is lost when the connection is closed with messages unread
	result([1006, 1008].includes((await other.closed).code), "a flood of messages ends the connection", "");
}

// Replacements, as mempool.js asks for them.
async function replacements(mempool, host, first) {
	const {bitcoin: {websocket}} = mempool({hostname: host, protocol: "http"});
	const ws = websocket.wsInit();
	const box = listen(ws);

	await open(ws);
	websocket.wsTrackRbf(ws, false);
	websocket.wsTrackRbfSummary(ws);
	expect("what was replaced before is told at once", true,
		(await box.until("replacements", m => m.rbfLatest)).rbfLatest.length > 0);
	await box.until("a summary", m => m.rbfLatestSummary);
	box.forget();
	const one = await pay(first + 2, NOBODY, 1e8, 20000);
	const two = await pay(first + 2, NOBODY, 1e8, 50000);
	const three = await pay(first + 2, NOBODY, 1e8, 90000);
	const tree = (await box.until("a tree", m => m.rbfLatest?.[0]?.tx.txid === three)).rbfLatest[0];
	expect("a transaction that was replaced twice is a tree, the newest on top", [three, two, one],
		[tree.tx.txid, tree.replaces[0].tx.txid, tree.replaces[0].replaces[0].tx.txid]);
	const shown = await get("/tx/" + three);
	expect("with fee, size, value and rate as the interface shows them",
		[shown.fee, Math.ceil(shown.weight / 4), shown.vout.reduce((n, o) => n + o.value, 0), true],
		[tree.tx.fee, tree.tx.vsize, tree.tx.value,
			Math.abs(tree.tx.rate - tree.tx.fee / tree.tx.vsize) < 0.001]);
	expect("those before it, too", [50000, 20000], [tree.replaces[0].tx.fee, tree.replaces[0].replaces[0].tx.fee]);
	expect("it signalled", [true, false, undefined], [tree.tx.rbf, tree.fullRbf, tree.mined]);
	const summary = (await box.until("a summary", m => m.rbfLatestSummary?.[0]?.txid === three)).rbfLatestSummary[0];
	expect("in short: what the last one changed", {txid: three, mined: false, fullRbf: false, oldFee: 50000,
		oldVsize: tree.replaces[0].tx.vsize, newFee: 90000, newVsize: tree.tx.vsize}, summary);
	box.forget();
	await rpc("generatetoaddress", 1, NOBODY);
	const mined = await box.until("the tree in a block", m => m.rbfLatest?.[0]?.mined);
	expect("a block makes it mined", three, mined.rbfLatest[0].tx.txid);
	websocket.wsTrackRbf(ws, true);
	const full = await box.until("full", m => m.rbfLatest && !m.rbfLatest.some(t => t.tx.txid === three));
	result(full.rbfLatest.every(t => t.fullRbf), "those without a signal can be asked for alone", JSON.stringify(full));
	websocket.wsStopTrackingRbf(ws);
	websocket.wsStopTrackingRbfSummary(ws);
	ws.send('{"action":"ping"}');
	await box.until("pong", m => m.pong);
	box.forget();
	await pay(first + 3, NOBODY, 1e8, 20000);
	await pay(first + 3, NOBODY, 1e8, 50000);
	await new Promise(r => setTimeout(r, 1300));
	expect("who stopped hears no more of it", [], box.seen);
	ws.close();
}

main().catch(e => { result(false, "runs to its end", e.stack || e); })
	.finally(() => process.exit(failed ? 1 : 0));
