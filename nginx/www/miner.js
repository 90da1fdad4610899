// SPDX-License-Identifier: MIT
// /miner: who mines on this database, how fast; on, off and threads for those who
// may; and on chains of worthless coins a block at once.
import { api, el, follow, grouped, say, setCsrf } from "./lib.js";
import { act, field, form, table, when } from "./form.js";

const EVERY_MS = 5000;
const app = document.getElementById("app");
const figures = el("section", { class: "figures", "aria-label": "Mining now" });
const list = el("section");
const steer = el("section", { class: "card" });
let me;
let state;

function si(n) {
	const letters = ["", "k", "M", "G", "T", "P", "E"];
	let i = 0;
	while (n >= 1000 && i + 1 < letters.length) {
		n /= 1000;
		i++;
	}
	return `${Number(n.toPrecision(3))}\u00a0${letters[i]}`;
}

const NAMES = { searching: ["searching", "good"], resting: ["resting", ""], waiting: ["waiting", "warn"] };

function draw() {
	const rate = state.miners.reduce((sum, m) => sum + m.hash_rate, 0);
	const found = state.miners.reduce((sum, m) => sum + m.mined, 0);
	figures.replaceChildren(...[
		["Hash rate here", `${si(rate)}H/s`, state.miners.length ? `${state.miners.length} miner${state.miners.length === 1 ? "" : "s"}` : "no miner runs"],
		["Blocks found", grouped(found), "since they started"],
		["Told to", state.on ? "search" : "rest", state.threads ? `with ${state.threads} thread${state.threads === 1 ? "" : "s"}` : "with as many threads as configured"],
	].map(([title, value, sub]) => el("div", {}, el("h2", {}, title), el("p", { class: "figure" }, value), el("p", { class: "sub" }, sub))));
	list.replaceChildren(el("h2", {}, "Miners"), table("Miners", [
		["Process", (m) => String(m.pid)],
		["State", (m) => el("span", { class: `tag ${NAMES[m.state]?.[1] ?? ""}` }, NAMES[m.state]?.[0] ?? m.state)],
		["Kernel", (m) => m.kernel, "wide"],
		["Threads", (m) => `${m.threads}${m.duty < 100 ? ` at ${m.duty} %` : ""}`, "num"],
		["Rate", (m) => `${si(m.hash_rate)}H/s`, "num"],
		["Found", (m) => grouped(m.mined), "num"],
		["Since", (m) => when(m.started)],
	], state.miners, "No miner runs. systemctl start quarry-miner starts one, quarry dev --miner, or quarry-miner by hand."));
}

async function refresh() {
	state = await api("/mining");
	draw();
}

async function order(o) {
	state = await api("/mining", o);
	draw();
	drawSteer();
	say(state.on ? "The miners search." : "The miners rest.");
	// what they say of themselves comes a little later
	setTimeout(() => refresh().catch(() => {}), 1500);
}

function drawSteer() {
	if (!me.roles.includes("mine")) {
		steer.replaceChildren(el("h2", {}, "Steering"), el("p", { class: "quiet" }, "It takes an account with the role mine. ",
			me.name === null ? el("a", { href: "/me?to=/miner" }, "Sign in") : null));
		return;
	}
	steer.replaceChildren(el("h2", {}, "Steering"),
		el("p", { class: "quiet" }, "All miners on this database follow, within a second. Their processes stay."),
		el("div", { class: "buttons" }, act(state.on ? "Rest" : "Search", () => order({ on: !state.on }), { primary: !state.on })),
		form([field({ label: "Threads", name: "threads", type: "number", min: 0, max: 256, value: state.threads, required: true,
			hint: "0: as each is configured." })], { submit: "Use so many" }, async (v) => order({ threads: Number(v.threads) })));
}

// One block now, where coins are worthless.
function atOnce() {
	const said = el("p", { role: "status" });
	return el("section", { class: "card" }, el("h2", {}, "A block at once"),
		el("p", { class: "quiet" }, "On chains for trying things out a block takes no work to speak of."),
		form([field({ label: "Paid to", name: "address", maxlength: 120, autocomplete: "off", hint: "An address; empty: the faucet's." })],
			{ submit: "Mine a block" }, async (v) => {
				const b = await api("/mine", v.address.trim() ? { address: v.address.trim() } : {});
				said.replaceChildren("Block ", el("a", { href: `/block/${b.hash}` }, grouped(b.height)), " is there.");
			}), said);
}

async function begin() {
	me = await api("/account").catch(() => ({ name: null, roles: [] }));
	setCsrf(me.csrf);
	await refresh();
	drawSteer();
	const network = (await api("/node/status").catch(() => null))?.network;
	const side = [steer];
	if (network === "regtest" && me.roles.includes("mine"))
		side.push(atOnce());
	app.replaceChildren(el("h1", {}, "Mining"), figures, list, el("div", { class: "cards" }, side));
	setInterval(() => document.hidden || refresh().catch(() => {}), EVERY_MS);
	follow("blocks=1", { block: () => refresh().catch(() => {}), missed: () => refresh().catch(() => {}) });
}
begin().catch((e) => app.append(el("p", { class: "note bad", role: "alert" }, e.message)));
