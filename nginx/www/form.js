// SPDX-License-Identifier: MIT
// Forms, questions and refusals, for the pages that JavaScript makes.
import { el, say } from "./lib.js";

let ids = 0;
// A field: { label, name, type, hint, value, required, options, rows, ... }; what is
// not named here becomes an attribute.
export function field({ label, name, type = "text", hint, value, options, rows, after, ...more }) {
	const id = `f${++ids}`;
	const common = { id, name, ...more, "aria-describedby": hint ? `${id}-h` : undefined };
	let input;
	if (options)
		input = el("select", common, options.map(([v, text]) => el("option", { value: v, selected: v === value }, text)));
	else if (rows)
		input = el("textarea", { rows, spellcheck: "false", ...common }, value ?? "");
	else if (type === "checkbox")
		return el("p", { class: "check" }, el("label", {}, el("input", { type, ...common, checked: Boolean(value) }), ` ${label}`),
			hint ? el("small", { class: "hint", id: `${id}-h` }, hint) : null);
	else
		input = el("input", { type, value, spellcheck: "false", autocapitalize: "none", ...common });
	return el("div", { class: "field" },
		el("label", { for: id }, label), input, after ?? null,
		hint ? el("p", { class: "hint", id: `${id}-h` }, hint) : null);
}

// A form that calls work(values) and says what is wrong when that throws.
export function form(fields, { submit, danger, cancel }, work) {
	const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
	const button = el("button", { type: "submit", class: danger ? "button danger" : "button primary" }, submit);
	const f = el("form", { novalidate: false }, fields, wrong,
		el("div", { class: "buttons" }, button, cancel ? el("button", { type: "button", class: "button", onclick: cancel }, "Cancel") : null));
	f.addEventListener("submit", async (e) => {
		e.preventDefault();
		const values = Object.fromEntries(new FormData(f));
		for (const box of f.querySelectorAll("input[type=checkbox]"))
			values[box.name] = box.checked;
		button.disabled = true;
		wrong.hidden = true;
		try {
			await work(values, f);
		} catch (x) {
			wrong.textContent = x.message;
			wrong.hidden = false;
			wrong.scrollIntoView({ block: "nearest" });
		}
		button.disabled = false;
	});
	return f;
}

// A dialog with this content; its promise is what close(value) was given, null when
// it was left.
export function dialog(title, make) {
	return new Promise((done) => {
		let result = null;
		const box = el("dialog", { "aria-label": title });
		const close = (value) => {
			result = value ?? null;
			box.close();
		};
		box.append(el("h2", {}, title), ...[make(close)].flat());
		box.addEventListener("close", () => {
			box.remove();
			done(result);
		});
		document.body.append(box);
		box.showModal();
	});
}

export const ask = (title, text, yes, danger = true) => dialog(title, (close) => [
	el("p", {}, text),
	el("div", { class: "buttons" },
		el("button", { type: "button", class: danger ? "button danger" : "button primary", onclick: () => close(true) }, yes),
		el("button", { type: "button", class: "button", onclick: () => close(null) }, "Cancel")),
]);

// A button whose work may be refused: the sentence appears behind it.
export function act(text, work, { danger, small, primary, label } = {}) {
	const wrong = el("span", { class: "wrong", role: "alert" });
	const button = el("button", { type: "button", "aria-label": label,
		class: small ? "copy" : `button${danger ? " danger" : primary ? " primary" : ""}` }, text);
	button.addEventListener("click", async () => {
		button.disabled = true;
		wrong.textContent = "";
		try {
			await work();
		} catch (e) {
			wrong.textContent = ` ${e.message}`;
			say(e.message);
		}
		button.disabled = false;
	});
	return el("span", {}, button, wrong);
}

export const when = (s) => (s ? el("time", { datetime: new Date(s * 1000).toISOString() }, new Date(s * 1000).toLocaleString()) : el("span", { class: "quiet" }, "never"));

// The drawing of a text; the text goes in the body, no log keeps it. XMLHttpRequest
// gives a document without a way for markup to become script.
export function qr(text, label) {
	const at = el("div", { class: "qr-box" });
	const x = new XMLHttpRequest();
	x.open("POST", "/qr");
	x.responseType = "document";
	x.overrideMimeType("image/svg+xml");
	x.onload = () => {
		const svg = x.status === 200 ? x.response?.documentElement : null;
		if (svg) {
			svg.setAttribute("aria-label", label);
			at.replaceChildren(document.adoptNode(svg));
		}
	};
	x.send(text);
	return at;
}

// A table: columns [[title, (row) => content, class]].
export function table(caption, columns, rows, empty) {
	if (rows.length === 0)
		return el("p", { class: "empty card" }, empty);
	return el("table", { class: "list" },
		el("caption", { class: "hidden" }, caption),
		el("thead", {}, el("tr", {}, columns.map(([title, , kind]) => el("th", { scope: "col", class: kind === "num" && "num" }, title)))),
		el("tbody", {}, rows.map((row) => el("tr", {}, columns.map(([title, make, kind]) =>
			el("td", { class: kind ?? "", "data-name": kind === "wide" ? undefined : title }, make(row)))))));
}

// Tabs: [[name, () => element]], by the keyboard's arrows, too.
export function tabs(label, list, first = 0) {
	const panel = el("div", { role: "tabpanel", class: "panel" });
	const buttons = list.map(([name, make], i) => el("button", { type: "button", role: "tab", class: "tab",
		onclick: () => show(i) }, name));
	function show(i) {
		buttons.forEach((b, n) => {
			b.setAttribute("aria-selected", String(n === i));
			b.tabIndex = n === i ? 0 : -1;
		});
		panel.setAttribute("aria-label", list[i][0]);
		panel.replaceChildren(...[list[i][1]()].flat());
	}
	const bar = el("div", { role: "tablist", class: "tabs", "aria-label": label }, buttons);
	bar.addEventListener("keydown", (e) => {
		const i = buttons.indexOf(document.activeElement);
		const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
		if (i < 0 || !step)
			return;
		const to = (i + step + buttons.length) % buttons.length;
		show(to);
		buttons[to].focus();
	});
	show(first);
	return el("div", {}, bar, panel);
}

// What rows of the audit mean, in words.
const HAPPENED = {
	"made": "account made", "login": "signed in", "login-failed": "a sign-in that failed", "login-key": "signed in by key",
	"logout": "signed out", "key": "a key added", "key-removed": "a key removed", "session-ended": "a session ended",
	"sessions-ended": "other sessions ended", "token": "a token made", "token-ended": "a token ended",
	"tokens-ended": "tokens ended", "totp-on": "second factor on", "totp-off": "second factor off",
	"password": "password changed", "invite": "an invitation made", "invited": "came by invitation",
};
export const happened = (r) => [HAPPENED[r.event] ?? r.event, r.detail ? el("span", { class: "quiet small" }, ` ${r.detail}`) : null];
