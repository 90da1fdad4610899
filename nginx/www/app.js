// SPDX-License-Identifier: MIT
// The front page: the tip, the last blocks, and what else is worth a glance.
// It asks every few seconds while it is visible. Whatever comes from the chain
// was written by strangers: it goes into the page as text, never as markup.

const SHOWN = 10;
const EVERY_MS = 3000;
const byId = (id) => document.getElementById(id);

let tip = "";		// hash of the last tip drawn
let tipTime = 0;	// its time, UNIX seconds
let skew = 0;		// the node's clock less ours, seconds

async function get(path) {
	const answer = await fetch(path, { headers: { Accept: "application/json" } });
	// /health says 503 with a body worth reading.
	if (!answer.ok && path !== "/health")
		throw new Error(`${path}: ${answer.status}`);
	return answer.json();
}

function ago(seconds) {
	const s = Math.max(0, Math.round(seconds));
	if (s < 120)
		return `${s} s`;
	if (s < 7200)
		return `${Math.round(s / 60)} min`;
	if (s < 172800)
		return `${Math.round(s / 3600)} h`;
	return `${Math.round(s / 86400).toLocaleString("en")} days`;
}

// When a block was found: lately by the clock, long ago by the calendar.
function found(time, now) {
	return now - time < 172800 ? `${ago(now - time)} ago`
		: new Date(time * 1000).toISOString().slice(0, 10);
}

const short = (text, n) => (text.length > 2 * n + 1 ? `${text.slice(0, n)}…${text.slice(-n)}` : text);

function cell(text, name, className, title) {
	const td = document.createElement("td");
	td.textContent = text;
	if (name)
		td.dataset.name = name;
	if (className)
		td.className = className;
	if (title)
		td.title = title;
	return td;
}

function row(block, isNew) {
	const tr = document.createElement("tr");
	const payments = block.transactions.slice(1);
	const moved = payments.reduce((sum, t) => sum + t.amount, 0);
	const time = new Date(block.timestamp * 1000);
	const when = cell("", "", "found", time.toLocaleString());

	when.dataset.time = block.timestamp;
	tr.append(
		cell(block.height.toLocaleString("en"), "Block", "number"),
		cell(short(block.hash, 8), "", "hash", block.hash),
		when,
		cell(payments.length.toLocaleString("en"), "Payments", "number"),
		cell(moved.toLocaleString("en", { maximumFractionDigits: 8 }), "Moved", "number"),
		cell(short(block.transactions[0].recipient, 8), "To", "hash", block.transactions[0].recipient),
	);
	if (isNew)
		tr.className = "new";
	return tr;
}

function drawTimes() {
	const now = Date.now() / 1000 + skew;
	if (tipTime)
		byId("age").textContent = ago(now - tipTime);
	for (const td of document.querySelectorAll("td.found"))
		td.textContent = found(Number(td.dataset.time), now);
}

async function drawBlocks(status) {
	const from = Math.max(0, status.height - SHOWN + 1);
	const page = await get(`/chain?from=${from}&limit=${SHOWN}`);
	const blocks = page.chain.slice().reverse();
	const known = new Set([...document.querySelectorAll("td.hash[title]")].map((td) => td.title));

	byId("blocks").replaceChildren(
		...blocks.map((b) => row(b, tip !== "" && !known.has(b.hash))));
	tipTime = blocks.length ? blocks[0].timestamp : 0;
	tip = status.tip;
}

function drawExamples() {
	const site = location.origin;
	byId("examples").textContent = [
		`curl -k ${site}/chain?limit=3`,
		`curl -k ${site}/health`,
		`curl -k ${site}/api/blocks/tip/height`,
	].join("\n");
}

async function refresh() {
	const state = byId("state");
	try {
		const status = await get("/node/status");
		skew = status.time - Date.now() / 1000;
		byId("network").textContent = status.network;
		byId("height").textContent = status.height.toLocaleString("en");
		document.title = `${status.height.toLocaleString("en")} – Quarry`;
		if (status.tip !== tip)
			await drawBlocks(status);
		const health = await get("/health");
		byId("mempool").textContent = parseInt(health.checks.mempool.detail, 10).toLocaleString("en");
		byId("peers").textContent = parseInt(health.checks.peers.detail, 10).toLocaleString("en");
		state.textContent = health.status === "fail" ? "in trouble" : "running";
		state.className = health.status === "fail" ? "state bad" : "state good";
	} catch (error) {
		state.textContent = "not reachable";
		state.className = "state bad";
		console.warn(error);
	}
	drawTimes();
}

drawExamples();
await refresh();
setInterval(() => document.hidden || refresh(), EVERY_MS);
setInterval(drawTimes, 1000);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
