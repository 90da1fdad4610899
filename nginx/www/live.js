// SPDX-License-Identifier: MIT
// On every page: times in words, copying, the key for search. And what makes pages
// live: <body data-follow="blocks=1&tx=1"> names events (the query of /events);
// when one comes the page is asked for again, and each part marked data-live that
// has an id is replaced by the new one, if it differs. Elements in it with a
// data-key that was not there before arrive with class "new". The server draws
// everything; here is no second way to draw it. data-every="10" asks every ten seconds.
import { ago, copy, el, follow, say } from "./lib.js";

const WAIT_MS = 400;		// events come in groups
const AGAIN_MS = 2000;		// and never is the page asked for more often

// --- times in words ---

let skew = 0;			// the node's clock less ours, ms
function tell(root = document) {
	const now = Date.now() + skew;
	for (const t of root.querySelectorAll("time[datetime]:not([data-exact])")) {
		const at = Date.parse(t.dateTime);
		if (!t.title)
			t.title = new Date(at).toLocaleString();
		// long ago the day says more
		const text = now - at > 60 * 86400000 ? t.dateTime.slice(0, 10) : ago((now - at) / 1000);
		if (t.textContent !== text)
			t.textContent = text;
	}
}

// --- copying ---

function offer(root = document) {
	for (const e of root.querySelectorAll("[data-copy]")) {
		if (e.nextElementSibling?.classList.contains("copy"))
			continue;
		const text = e.dataset.copy || e.textContent.trim();
		const what = e.dataset.what ?? "this";
		const button = el("button", { type: "button", class: "copy", "aria-label": `Copy ${what}` }, "copy");
		button.addEventListener("click", () => copy(text, button));
		e.after(button);
	}
}

// --- the page again ---

// XMLHttpRequest, because it alone gives a document without a way for markup to
// become script.
function fetchPage() {
	return new Promise((done, failed) => {
		const x = new XMLHttpRequest();
		x.open("GET", location.href);
		x.responseType = "document";
		x.setRequestHeader("Accept", "text/html");
		x.onload = () => (x.status === 200 && x.response ? done(x.response) : failed(new Error(x.status)));
		x.onerror = () => failed(new Error("not reachable"));
		x.send();
	});
}

function replace(old, fresh) {
	const known = new Set([...old.querySelectorAll("[data-key]")].map((e) => e.dataset.key));
	const focus = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
	const open = new Set([...old.querySelectorAll("details[open][id]")].map((e) => e.id));

	fresh = document.adoptNode(fresh);
	for (const e of fresh.querySelectorAll("[data-key]"))
		if (!known.has(e.dataset.key))
			e.classList.add("new");
	for (const e of fresh.querySelectorAll("details[id]"))
		e.open ||= open.has(e.id);
	tell(fresh);
	offer(fresh);
	old.replaceWith(fresh);
	if (focus)
		fresh.querySelector(`[href="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
}

const drawn = new Map();	// id -> HTML as the server sent it
for (const e of document.querySelectorAll("[data-live][id]"))
	drawn.set(e.id, e.outerHTML);

async function refresh() {
	const page = await fetchPage();
	for (const fresh of page.querySelectorAll("[data-live][id]")) {
		const old = document.getElementById(fresh.id);
		const html = fresh.outerHTML;
		if (!old || drawn.get(fresh.id) === html)
			continue;
		drawn.set(fresh.id, html);
		replace(old, fresh);
	}
	if (page.title)
		document.title = page.title;
	dispatchEvent(new Event("quarry:refreshed"));
}

let due = 0;
let last = 0;
function refreshSoon() {
	if (due)
		return;
	due = setTimeout(async () => {
		last = Date.now();
		due = 0;
		await refresh().catch((e) => console.info(`not refreshed: ${e.message}`));
	}, Math.max(WAIT_MS, last + AGAIN_MS - Date.now()));
}

// --- keys ---

addEventListener("keydown", (e) => {
	if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || /^(input|textarea|select)$/i.test(e.target.tagName))
		return;
	e.preventDefault();
	const q = document.getElementById("q");
	q?.focus();
	q?.select();
});

for (const code of document.querySelectorAll("pre code"))
	if (code.textContent.includes("$SITE"))
		code.textContent = code.textContent.replaceAll("$SITE", location.origin);
tell();
offer();
setInterval(() => document.hidden || tell(), 1000);
if (document.body.dataset.every)
	setInterval(() => document.hidden || refreshSoon(), 1000 * document.body.dataset.every);
if (document.body.dataset.follow)
	follow(document.body.dataset.follow, {
		block: (b) => {
			say(`Block ${b.height} has come.`);
			refreshSoon();
		},
		disconnect: refreshSoon,
		reorg: refreshSoon,
		tx: refreshSoon,
		address: refreshSoon,
		outpoint: refreshSoon,
		"tx-gone": refreshSoon,
		peer: refreshSoon,
		justified: refreshSoon,
		finalized: (b) => {
			say(`Block ${b.height} is final.`);
			refreshSoon();
		},
		evidence: refreshSoon,
		missed: refreshSoon,
	});
