// SPDX-License-Identifier: MIT
// A chain for the tests of pages: payments, a replacement, a refusal, a
// reorganisation, and texts of strangers wherever there is room for one.
"use strict";

const {createHash} = require("crypto");
const {execFileSync} = require("child_process");
const {readFileSync} = require("fs");

const sha256 = b => createHash("sha256").update(b).digest();
const hash256 = b => sha256(sha256(b));
const le = (n, size) => {
	const b = Buffer.alloc(size);
	b.writeUIntLE(n, 0, size > 6 ? 6 : size);
	return b;
};

// Markup, an attribute's end, U+202E and U+2066, U+200B, an escape sequence.
const EVIL = "<img src=x onerror=window.pwned=1>\"'><script>window.pwned=1</script>";
const BIDI = "\u202egpj.exe\u2066\u200b\u001b[31m";

// The address of BIP173's examples, for regtest.
const OTHER = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

class Chain {
	constructor(url, rpcPort, cookie, db, key, address) {
		Object.assign(this, {url, db, key, address});
		this.rpcUrl = `http://127.0.0.1:${rpcPort}/`;
		this.auth = "Basic " + readFileSync(cookie).toString("base64");
	}

	async rpc(method, ...params) {
		const answer = await fetch(this.rpcUrl, {method: "POST",
			headers: {Authorization: this.auth},
			body: JSON.stringify({id: 1, method, params})});
		const v = await answer.json();
		if (v.error)
			throw Object.assign(new Error(`${method}: ${v.error.message}`), v.error);
		return v.result;
	}

	mine(n = 1) {
		return this.rpc("generatetoaddress", n, this.address);
	}

	// A block whose coinbase says something.
	async mineSaying(text) {
		const t = await this.rpc("getblocktemplate", {rules: ["segwit"]});
		const said = Buffer.from(text, "utf8").subarray(0, 90);
		const height = t.height < 128 ? Buffer.from([1, t.height]) :
			Buffer.from([2, t.height & 255, t.height >> 8]);
		const script = Buffer.concat([height, Buffer.from([0x4c, said.length]), said]);
		const coinbase = Buffer.concat([le(1, 4), Buffer.from([1]), Buffer.alloc(32),
			Buffer.from("ffffffff", "hex"), Buffer.from([script.length]), script,
			Buffer.from("ffffffff", "hex"), Buffer.from([1]), le(t.coinbasevalue, 8),
			Buffer.from([1, 0x51]), le(0, 4)]);
		const head = Buffer.concat([le(t.version, 4),
			Buffer.from(t.previousblockhash, "hex").reverse(), hash256(coinbase),
			le(t.curtime, 4), Buffer.from(t.bits, "hex").reverse(), le(0, 4)]);
		const target = Buffer.from(t.target, "hex");
		for (let nonce = 0; ; nonce++) {
			head.writeUInt32LE(nonce, 76);
			if (Buffer.compare(hash256(head).reverse(), target) <= 0)
				break;
		}
		const refused = await this.rpc("submitblock",
			Buffer.concat([head, Buffer.from([1]), coinbase]).toString("hex"));
		if (refused)
			throw new Error(refused);
		return hash256(head).reverse().toString("hex");
	}

	// Spends the n-th coinbase that is old enough; outputs as createrawtransaction.
	async spend(coin, outputs, sequence = 0xfffffffd) {
		const raw = await this.rpc("createrawtransaction",
			[{txid: coin.txid, vout: coin.vout, sequence}], outputs);
		return (await this.rpc("signrawtransactionwithkey", raw, [this.key])).hex;
	}

	sql(text) {
		execFileSync("sqlite3", ["-cmd", ".timeout 5000", this.db, text]);
	}

	// What strangers said of themselves, as the relay writes it.
	addPeers() {
		const quoted = s => "'" + s.replace(/'/g, "''") + "'";
		this.sql(`INSERT OR IGNORE INTO lease (name, owner, until) VALUES ('relay', 'test',
			${Date.now() + 3600000});
			UPDATE relay_state SET agent = '/Quarry:0/' WHERE id = 1;
			INSERT INTO peer (url, state, source, added_at, score, why)
			VALUES ('https://127.0.0.1:9/', 'failing', 'http', 1700000000, -3,
			${quoted(EVIL)})`);
		this.sql(`INSERT INTO connection (addr, bind, addr_local, kind, permissions,
			services, version, agent, start_height, time_offset, ready, relays_txs,
			connected_at, sent_at, received_at, block_at, tx_at, ping_us, ping_min_us,
			ping_wait_us, hb_to, hb_from, presynced, synced_headers, synced_blocks,
			in_flight, addr_relay, addr_processed, addr_limited, feefilter_sat_kvb,
			bytes_in, bytes_out, why) VALUES ('192.0.2.7:8333', '', '', 'inbound', '',
			0, 70016, ${quoted("/" + EVIL + BIDI + "/")}, 7, 0, 1, 1, 1700000000, 0, 0,
			0, 0, 1200, 1200, -1, 0, 0, -1, -1, -1, '', 0, 0, 0, 0, 100, 200,
			${quoted(EVIL)})`);
	}

	async make() {
		const blocks = await this.mine(110);
		const coin = async i => ({txid:
			(await this.rpc("getblock", blocks[i])).tx[0], vout: 0});
		const hex = s => Buffer.from(s, "utf8").toString("hex");

		// paid, with a text, to two, and confirmed
		this.paid = await this.rpc("sendrawtransaction", await this.spend(await coin(0),
			[{[OTHER]: 20.5}, {[this.address]: 29.4999}, {data: hex(EVIL)}]));
		this.said = await this.rpc("sendrawtransaction", await this.spend(await coin(1),
			[{[this.address]: 49.9999}, {data: hex("right " + BIDI)}]));
		[this.paidBlock] = await this.mine();
		this.evilBlock = await this.mineSaying(EVIL + BIDI);
		// blocks that lose, with a payment in the first of them
		this.stale = await this.mine(2);
		await this.rpc("invalidateblock", this.stale[0]);
		await this.mine(1);
		await this.rpc("reconsiderblock", this.stale[0]);
		const tip = await this.rpc("getbestblockhash");
		if (tip === this.stale[1]) {
			// the longer one is the chain again: lose the other
			this.lost = (await this.rpc("getchaintips")).find(t => t.status !== "active").hash;
		} else {
			this.lost = this.stale[1];
		}
		// replaced
		this.replaced = await this.rpc("sendrawtransaction", await this.spend(await coin(2),
			[{[this.address]: 49.9999}]));
		this.replacing = await this.rpc("sendrawtransaction", await this.spend(await coin(2),
			[{[this.address]: 49.999}]));
		// a child of it
		this.child = await this.rpc("sendrawtransaction", await this.spend(
			{txid: this.replacing, vout: 0}, [{[this.address]: 49.998}]));
		// refused: signed by nobody
		const raw = await this.rpc("createrawtransaction",
			[{...await coin(3), sequence: 0xfffffffd}], [{[this.address]: 49.9999}]);
		this.refused = (await this.rpc("decoderawtransaction", raw)).txid;
		await this.rpc("sendrawtransaction", raw).then(() => {
			throw new Error("an unsigned transaction was taken");
		}, () => {});
		this.addPeers();
	}
}

module.exports = {Chain, EVIL, BIDI};
