// SPDX-License-Identifier: MIT
// /console: runs a statement without leaving the page, shows its rows, draws them
// when two of its columns are made for it, and keeps statements in this browser.
import { api, el, grouped, hash, say } from "./lib.js";
import { chart } from "./chart.js";

const ROWS_SHOWN = 500;
const $ = (id) => document.getElementById(id);
const form = $("console");
const text = $("statement");
const result = $("result");
for (const id of ["explain", "save", "keys"])
	$(id).hidden = false;

// --- results ---

const isHash = (v) => typeof v === "string" && /^[0-9a-f]{64}$/.test(v);
// What a column's name says its values lead to.
function cell(column, v) {
	if (v === null)
		return el("span", { class: "quiet" }, "null");
	if (isHash(v)) {
		const to = /txid|^tx$/.test(column) ? "tx" : /hash|block|tip/.test(column) ? "block" : "";
		return hash(v, to ? `/${to}/${v}` : undefined);
	}
	if (column === "address" && v)
		return el("a", { href: `/address/${encodeURIComponent(v)}` }, v);
	if (column === "height")
		return el("a", { href: `/block/${v}` }, String(v));
	return typeof v === "object" ? JSON.stringify(v) : String(v);
}

function table(answer) {
	const { columns, rows } = answer;
	const numeric = columns.map((_, i) => rows.length > 0 && rows.every((r) => r[i] === null || typeof r[i] === "number"));
	return el("div", { class: "scroll", tabindex: "0" },
		el("table", { class: "list grid" },
			el("caption", { class: "hidden" }, "Rows of the result"),
			el("thead", {}, el("tr", {}, columns.map((c, i) => el("th", { scope: "col", class: numeric[i] && "num" }, c)))),
			el("tbody", {}, rows.slice(0, ROWS_SHOWN).map((r) => el("tr", {},
				r.map((v, i) => el("td", { class: numeric[i] ? "num" : "", "data-name": columns[i] }, cell(columns[i], v))))))));
}

// The plan is a tree: each row names the row above it.
function plan(answer) {
	const at = Object.fromEntries(answer.columns.map((c, i) => [c, i]));
	const under = new Map();
	for (const r of answer.rows)
		under.set(r[at.parent], [...(under.get(r[at.parent]) ?? []), r]);
	const branch = (id) => (under.has(id)
		? el("ul", {}, under.get(id).map((r) => el("li", {},
			/^SCAN/.test(r[at.detail]) ? el("span", { class: "tag warn" }, "reads all") : null,
			/^SEARCH/.test(r[at.detail]) ? el("span", { class: "tag good" }, "by index") : null,
			` ${r[at.detail]}`, branch(r[at.id]))))
		: null);
	return el("div", { class: "card plan" }, el("h2", {}, "How it is answered"), branch(0));
}

function show(answer, explained) {
	const shown = Math.min(answer.rows.length, ROWS_SHOWN);
	let said = `${grouped(answer.count)} row${answer.count === 1 ? "" : "s"} in ${answer.ms} ms`;
	if (answer.truncated)
		said += "; there are more, which a limit cut off";
	if (shown < answer.rows.length)
		said += `; the first ${grouped(shown)} are shown, CSV has all`;
	if (explained)
		result.replaceChildren(plan(answer));
	else if (answer.rows.length === 0)
		result.replaceChildren(el("p", { class: "empty card" }, "No rows."));
	else
		result.replaceChildren(...[el("p", { class: "quiet small" }, said), chart(answer), table(answer)].filter(Boolean));
	result.hidden = false;
	say(explained ? "The plan is below." : said);
}

let running = 0;
async function run(explained) {
	const mine = ++running;
	const q = text.value.trim();
	if (!q)
		return;
	const buttons = form.querySelectorAll("button");
	buttons.forEach((b) => { b.disabled = true; });
	try {
		const answer = await api(`/sql?format=json${explained ? "&explain=1" : ""}&q=${encodeURIComponent(q)}`);
		if (mine === running) {
			show(answer, explained);
			history.replaceState(null, "", `#q=${encodeURIComponent(q)}`);
		}
	} catch (e) {
		result.replaceChildren(el("p", { class: "note bad", role: "alert" }, e.message));
		result.hidden = false;
	}
	buttons.forEach((b) => { b.disabled = false; });
}

form.addEventListener("submit", (e) => {
	if (e.submitter?.id === "csv")
		return;
	e.preventDefault();
	run(false);
});
$("explain").addEventListener("click", () => run(true));
text.addEventListener("keydown", (e) => {
	if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
		e.preventDefault();
		run(false);
	}
});

function ask(q) {
	text.value = q;
	text.rows = Math.min(22, Math.max(6, q.split("\n").length + 1));
	scrollTo({ top: 0 });
	run(false);
}

for (const d of document.querySelectorAll(".recipes details")) {
	const button = el("button", { type: "button", class: "button" }, "Run it");
	button.addEventListener("click", () => ask(d.querySelector("code").textContent.trim()));
	d.append(el("div", { class: "buttons" }, button));
}

// --- saved statements ---

const KEPT = "quarry.statements";
function kept() {
	try {
		const list = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
		return Array.isArray(list) ? list.filter((s) => typeof s?.name === "string" && typeof s?.sql === "string") : [];
	} catch {
		return [];
	}
}
function keep(list) {
	try {
		localStorage.setItem(KEPT, JSON.stringify(list.slice(-100)));
	} catch {
		say("This browser does not keep it.");
	}
	drawKept();
}
function drawKept() {
	const list = kept();
	$("saved").hidden = list.length === 0;
	$("saved-list").replaceChildren(...list.map((s, i) => el("li", { class: "line" },
		el("button", { type: "button", class: "as-link", onclick: () => ask(s.sql) }, s.name),
		el("button", { type: "button", class: "copy", "aria-label": `Forget ${s.name}`,
			onclick: () => keep(kept().filter((_, j) => j !== i)) }, "forget"))));
}
$("save").addEventListener("click", () => {
	const sql = text.value.trim();
	const name = sql && prompt("A name for it:", sql.replace(/\s+/g, " ").slice(0, 60));
	if (name)
		keep([...kept().filter((s) => s.name !== name), { name, sql }]);
});
drawKept();

// --- the views, with their columns ---

api("/sql?format=json").then((answer) => {
	const rows = [...answer.rows].sort((a, b) => (a[0] < b[0] ? -1 : 1));
	$("views").replaceChildren(el("dl", { class: "kv" }, rows.map(([view, columns]) => el("div", {},
		el("dt", {}, el("button", { type: "button", class: "as-link", onclick: () => ask(`SELECT * FROM ${view} LIMIT 20`) }, el("code", {}, view))),
		el("dd", { class: "small quiet" }, columns.replaceAll(",", ", "))))));
}).catch(() => {});

const asked = /^#q=(.*)/.exec(location.hash);
if (asked)
	try {
		ask(decodeURIComponent(asked[1]));
	} catch {
		say("The statement in the address cannot be read.");
	}
