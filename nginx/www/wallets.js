// SPDX-License-Identifier: MIT
// /wallets: the list; ?w=NAME one of them: what it has, receiving, sending with a
// review, its history, and what keeps it safe. The signer holds the keys.
import { api, coins, copy, el, follow, grouped, hash, parseCoins, say, setCsrf } from "./lib.js";
import { act, dialog, field, form, qr, table, tabs } from "./form.js";

const app = document.getElementById("app");
const name = new URLSearchParams(location.search).get("w");
const at = (rest = "") => `/wallet/${encodeURIComponent(name)}${rest}`;
const amount = (sat) => el("span", { class: "amount" }, coins(sat));
const rate = (r) => `${Number(r.toPrecision(3))} sat/vB`;

function signed(sat) {
	return el("span", { class: sat < 0 ? "amount out" : "amount in" }, sat < 0 ? coins(sat) : `+${coins(sat)}`);
}

// --- the list ---

const passphraseField = (hint, need) => field({ label: "Passphrase", name: "passphrase", type: "password", autocomplete: "off",
	maxlength: 200, hint, required: need });

async function showWords(words, title) {
	await dialog(title, (close) => [
		el("p", {}, "Write these down, in this order, and keep them where nobody finds them. Who has them has the coins; without them a broken disk is the end of it."),
		el("ol", { class: "words" }, words.split(" ").map((w) => el("li", {}, w))),
		el("div", { class: "buttons" }, el("button", { type: "button", class: "button primary", onclick: () => close(true) }, "I have written them down")),
	]);
}

function makeWallet() {
	const nameField = () => field({ label: "Name", name: "name", required: true, maxlength: 60, pattern: "[A-Za-z0-9._\\-]+", hint: "Letters, digits, dots and dashes." });
	const go = (n) => location.assign(`/wallets?w=${encodeURIComponent(n)}`);
	const fresh = () => form([nameField(), passphraseField("Seals the keys on disk, and is asked for when you send. Empty: none is.")],
		{ submit: "Make the wallet" }, async (v) => {
			const w = await api("/wallet", { name: v.name, passphrase: v.passphrase || undefined });
			if (w.words)
				await showWords(w.words, "The words of your wallet");
			go(v.name);
		});
	const restore = () => form([nameField(),
		field({ label: "Words", name: "words", rows: 3, required: true, autocomplete: "off", maxlength: 400, hint: "Twelve to twenty-four words, parted by blanks." }),
		passphraseField("For the keys on this disk; not part of the words.")],
	{ submit: "Restore it" }, async (v) => {
		await api("/wallet", { name: v.name, passphrase: v.passphrase || undefined, words: v.words.trim().replace(/\s+/g, " ") });
		go(v.name);
	});
	const watch = () => form([nameField(),
		field({ label: "Descriptors", name: "descriptors", rows: 4, required: true, hint: "One a line, with public keys. The wallet sees coins and makes PSBTs; another one signs." })],
	{ submit: "Watch them" }, async (v) => {
		await api("/wallet", { name: v.name, descriptors: v.descriptors.split("\n").map((d) => d.trim()).filter(Boolean) });
		go(v.name);
	});
	return el("div", { class: "card" }, el("h2", {}, "Another wallet"), tabs("Ways to get a wallet", [["New", fresh], ["From words", restore], ["Watch only", watch]]));
}

async function list() {
	const wallets = await api("/wallet");
	app.replaceChildren(el("h1", {}, "Wallets"),
		el("p", { class: "lead" }, "Keys stay with the signer, a program of its own: this page never sees one."),
		wallets.length ? table("Wallets", [
			["Name", (w) => [el("a", { href: `/wallets?w=${encodeURIComponent(w.name)}` }, w.name),
				w.watch_only ? [" ", el("span", { class: "tag" }, "watch only")] : null], "wide"],
			["Confirmed", (w) => amount(w.balance.confirmed), "num"],
			["On its way", (w) => amount(w.balance.unconfirmed), "num"],
		], wallets, "") : el("p", { class: "note" }, "You have none here. Make one: it takes a name."),
		el("section", {}, makeWallet()));
}

// --- one wallet ---

let wallet;
const balanceBox = el("section", { class: "figures", "aria-label": "Balance" });
function drawBalance() {
	const b = wallet.balance;
	balanceBox.replaceChildren(...[
		["Confirmed", b.confirmed, "can be spent"],
		["On its way", b.unconfirmed, "in the mempool"],
		["Immature", b.immature, "mined, too young to spend"],
	].map(([title, v, sub]) => el("div", {}, el("h2", {}, title), el("p", { class: "figure" }, amount(v)), el("p", { class: "sub" }, sub))));
}

async function refresh() {
	wallet = await api(at());
	drawBalance();
}

function receive() {
	const box = el("div");
	const types = [["bech32m", "Taproot (bech32m)"], ["bech32", "Segwit (bech32)"], ["p2sh-segwit", "Segwit in P2SH"], ["legacy", "Legacy"]]
		.filter(([t]) => !wallet.addresses || Object.keys(wallet.addresses).length === 0 || t in wallet.addresses);
	box.append(form([
		types.length ? field({ label: "Kind of address", name: "type", options: types, value: types.some(([t]) => t === "bech32") ? "bech32" : types[0][0] }) : null,
		field({ label: "Label", name: "label", maxlength: 100, hint: "For you alone: who pays, or what for." }),
	], { submit: "A new address" }, async (v) => {
		const a = await api(at("/address"), { type: v.type, label: v.label || undefined });
		shown.replaceChildren(el("div", { class: "receive" },
			qr(a.uri ?? a.address, `QR code of ${a.address}`),
			el("div", {}, el("p", {}, el("a", { class: "mono", id: "address", href: `/address/${a.address}` }, a.address)),
				el("div", { class: "buttons" }, act("Copy it", () => copy(a.address), { primary: true })),
				el("p", { class: "quiet" }, "Use an address once: whoever paid it can see what else it gets."))));
		say(`The address is ${a.address}`);
	}));
	const shown = el("div", { "aria-live": "polite" });
	box.append(shown);
	return box;
}

const TARGETS = [["1", "Next block"], ["3", "In about 3 blocks"], ["6", "In about 6 blocks"], ["25", "In about 25 blocks"], ["own", "My own rate"]];

function send() {
	const box = el("div");
	const rates = wallet.rates ?? {};
	const payees = el("div");
	function payee(first) {
		const row = el("fieldset", { class: "payee" },
			field({ label: "To", name: "address", required: true, maxlength: 120, autocomplete: "off" }),
			field({ label: "Amount", name: "amount", required: true, inputmode: "decimal", autocomplete: "off", maxlength: 20,
				hint: first ? "In coins; all for everything there is." : undefined }),
			first ? null : el("button", { type: "button", class: "button", onclick: () => row.remove() }, "Leave this one out"));
		payees.append(row);
		return row;
	}
	payee(true);
	const own = field({ label: "Rate", name: "rate", type: "number", min: 0, step: "any", hint: "Satoshi for each virtual byte." });
	own.hidden = true;
	const choice = field({ label: "Fee", name: "target", value: "3",
		options: TARGETS.map(([t, text]) => [t, rates[t] ? `${text}: ${rate(rates[t])}` : text]) });
	choice.querySelector("select").addEventListener("change", (e) => { own.hidden = e.target.value !== "own"; });

	const f = form([payees,
		el("p", {}, el("button", { type: "button", class: "as-link", onclick: () => payee(false).querySelector("input").focus() }, "Pay somebody else, too")),
		choice, own], { submit: "Review" }, async (v, me) => {
		const to = [...me.querySelectorAll(".payee")].map((p) => {
			const [address, what] = [...p.querySelectorAll("input")].map((i) => i.value.trim());
			const sat = what.toLowerCase() === "all" ? "all" : parseCoins(what);
			if (sat === null || sat === 0)
				throw new Error(`${what || "Nothing"} is no amount of coins: write it as 0.5 or 12.`);
			return { address, amount: sat };
		});
		const draft = await api(at("/draft"), { to, ...(v.target === "own" ? { rate: Number(v.rate) } : { target: Number(v.target) }) });
		review(draft, to);
	});

	function review(d, to) {
		const paid = d.outputs.filter((o) => !o.change);
		const total = d.inputs.reduce((sum, i) => sum + (i.amount ?? i.value ?? 0), 0);
		f.hidden = true;
		const panel = el("div", { class: "review" }, el("h2", { tabindex: "-1" }, "Is this right?"),
			el("dl", { class: "kv" },
				(paid.length ? paid : to).map((o) => el("div", {}, el("dt", {}, "To"),
					el("dd", {}, el("span", { class: "mono" }, o.address), " ", el("strong", {}, amount(o.amount === "all" ? 0 : o.amount ?? o.value))))),
				el("div", {}, el("dt", {}, "Fee"), el("dd", {}, amount(d.fee), el("small", {}, `${rate(d.rate)} for ${grouped(d.vsize)} vB`))),
				d.change ? el("div", {}, el("dt", {}, "Back to you"), el("dd", {}, amount(d.change.amount ?? d.change))) : null,
				el("div", {}, el("dt", {}, "From"), el("dd", {}, `${d.inputs.length} coin${d.inputs.length === 1 ? "" : "s"}, `, amount(total)))),
			wallet.watch_only
				? el("div", {}, el("p", {}, "This wallet cannot sign. Take this PSBT to the one that can:"),
					el("textarea", { rows: 6, readonly: true, "aria-label": "PSBT" }, d.psbt),
					el("div", { class: "buttons" }, act("Copy it", () => copy(d.psbt), { primary: true }), el("button", { type: "button", class: "button", onclick: back }, "Back")))
				: form([wallet.encrypted === false ? null : passphraseField(wallet.encrypted ? undefined : "If the wallet has one.", wallet.encrypted === true)],
					{ submit: "Send", cancel: back }, async (v) => {
						const sent = await api(at("/send"), { psbt: d.psbt, passphrase: v.passphrase || undefined });
						panel.replaceChildren(el("div", { class: "note good", role: "status" },
							el("p", {}, "Sent. ", el("a", { id: "sent", href: `/tx/${sent.txid}` }, "Watch it confirm"), ".")),
						act("Send something else", async () => show("Send")));
						say("Sent.");
						await refresh();
					}));
		box.append(panel);
		panel.querySelector("h2").focus();
		function back() {
			panel.remove();
			f.hidden = false;
		}
	}
	box.append(f);
	return box;
}

// --- history ---

let drawHistory = null;
function historyTab() {
	const box = el("div", { "aria-live": "polite" });
	let rows = [];
	let more = false;
	async function load(after) {
		const page = await api(at(`/history${after ? `?after=${after}` : ""}`));
		const got = Array.isArray(page) ? page : page.txs ?? page.history ?? [];
		rows = after ? [...rows, ...got] : got;
		more = got.length >= 50;
		draw();
	}
	const state = (t) => (t.replaced_by ? el("span", { class: "tag bad" }, "replaced")
		: t.state === "gone" ? el("span", { class: "tag bad" }, "gone")
			: t.confirmations > 0 ? el("span", { class: "tag good" }, `${grouped(t.confirmations)} conf.`)
				: el("span", { class: "tag warn" }, "waiting"));
	function draw() {
		box.replaceChildren(table("History", [
			["When", (t) => (t.time ? el("time", { datetime: new Date(t.time * 1000).toISOString() }, new Date(t.time * 1000).toLocaleString()) : "")],
			["What", (t) => [hash(t.txid, `/tx/${t.txid}`), label(t)], "wide"],
			["State", (t) => [state(t), canBump(t) ? [" ", act("raise the fee", () => bump(t), { small: true })] : null]],
			["Amount", (t) => signed(t.amount), "num"],
		], rows, "Nothing has come or gone. Hand out an address to begin."),
		more ? el("div", { class: "pager" }, act("Older", () => load(rows[rows.length - 1].txid))) : "");
	}
	function label(t) {
		const text = [...(t.labels ?? []), t.label].filter(Boolean).join(", ");
		return text ? el("p", { class: "small quiet" }, text) : null;
	}
	drawHistory = () => load();
	load().catch((e) => box.replaceChildren(el("p", { class: "note bad" }, e.message)));
	return box;
}
const canBump = (t) => !wallet.watch_only && t.confirmations === 0 && t.amount < 0 && !t.replaced_by && t.state !== "gone" && t.replaceable !== false;

async function bump(t) {
	await dialog("Raise the fee", (close) => [
		el("p", {}, "A transaction with a higher fee takes this one's place."),
		form([
			field({ label: "Rate", name: "rate", type: "number", min: 0, step: "any", required: true,
				value: Math.max(2, Math.ceil((t.rate ?? wallet.rates?.["1"] ?? 1) * 2)), hint: "Satoshi for each virtual byte." }),
			wallet.encrypted === false ? null : passphraseField(wallet.encrypted ? undefined : "If the wallet has one.", wallet.encrypted === true),
		], { submit: "Raise it", cancel: () => close() }, async (v) => {
			const done = await api(at("/bump"), { txid: t.txid, rate: Number(v.rate), passphrase: v.passphrase || undefined });
			close(done);
			say("The fee is raised.");
			await refresh();
			await drawHistory?.();
		}),
	]);
}

// --- coins, safety ---

function coinsTab() {
	const box = el("div");
	api(at("/coins")).then((answer) => {
		const rows = Array.isArray(answer) ? answer : answer.coins ?? [];
		box.replaceChildren(table("Coins", [
			["Output", (c) => hash(`${c.txid}:${c.vout ?? c.n}`, `/tx/${c.txid}`), "wide"],
			["Address", (c) => (c.address ? el("span", { class: "mono small" }, c.address) : "")],
			["State", (c) => (c.locked ? el("span", { class: "tag warn" }, "locked") : c.confirmations > 0 ? grouped(c.confirmations) : "waiting")],
			["Amount", (c) => amount(c.amount ?? c.value), "num"],
		], rows, "No coins."));
	}).catch((e) => box.replaceChildren(el("p", { class: "note bad" }, e.message)));
	return box;
}

function safety() {
	return el("div", {},
		wallet.watch_only ? el("p", {}, "This wallet has no keys: there is nothing to back up but its descriptors.")
			: [el("h3", {}, "Back up"), el("p", {}, "The words bring everything back, on any node of this chain."),
				form([passphraseField("The wallet's; empty if it has none.")], { submit: "Show the words" }, async (v) => {
					const b = await api(at("/backup"), { passphrase: v.passphrase });
					await showWords(b.words, "The words of your wallet");
				})],
		el("h3", {}, "Descriptors"),
		el("p", { class: "quiet" }, "Public: whoever has them sees your coins and can spend none."),
		(wallet.descriptors ?? []).map((d) => el("pre", { tabindex: "0" }, el("code", {}, d.descriptor))));
}

let current = "History";
function show(tab) {
	current = tab;
	const list = [["History", historyTab], ["Receive", receive], ["Send", send], ["Coins", coinsTab], ["Keep safe", safety]];
	const watched = list.map(([n, make]) => [n, () => {
		current = n;
		drawHistory = null;
		return make();
	}]);
	panel.replaceChildren(tabs("Parts of the wallet", watched, list.findIndex(([n]) => n === tab)));
}
const panel = el("div", { class: "card" });

async function one() {
	await refresh();
	document.title = `${wallet.name} · Quarry`;
	app.replaceChildren(
		el("div", { class: "head" }, el("h1", {}, wallet.name, wallet.watch_only ? [" ", el("span", { class: "tag" }, "watch only")] : null),
			el("p", {}, el("a", { href: "/wallets" }, "All wallets"))),
		balanceBox, el("section", {}, panel));
	show(current);
	let due = 0;
	const soon = () => {
		due ||= setTimeout(async () => {
			due = 0;
			await refresh().catch(() => {});
			await drawHistory?.();
		}, 700);
	};
	follow("blocks=1&tx=1", { block: soon, disconnect: soon, tx: soon, "tx-gone": soon, missed: soon });
}

async function begin() {
	const me = await api("/account").catch(() => null);
	setCsrf(me?.csrf);
	if (me && me.name === null && !me.roles.includes("wallet")) {
		app.append(el("p", { class: "note" }, "Wallets belong to an account. ",
			el("a", { href: `/me?to=${encodeURIComponent(location.pathname + location.search)}` }, "Sign in"),
			me.policy.signup === "closed" ? "." : [", or ", el("a", { href: "/me?new&to=/wallets" }, "make one"), "."]));
		return;
	}
	await (name ? one() : list());
}
begin().catch((e) => app.append(el("p", { class: "note bad", role: "alert" }, e.message)));
