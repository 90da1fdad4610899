// SPDX-License-Identifier: MIT
// What the pages' modules share. Whatever comes from outside goes into the page
// as text: nothing here, or in any module, writes markup.

// An element: el("a", { href: "/x", class: "tag" }, "text", otherElement, null)
export function el(name, attributes, ...children) {
	const e = document.createElement(name);
	for (const [key, value] of Object.entries(attributes ?? {})) {
		if (key.startsWith("on"))
			e.addEventListener(key.slice(2), value);
		else if (value === true)
			e.setAttribute(key, "");
		else if (value !== false && value !== null && value !== undefined)
			e.setAttribute(key, value);
	}
	e.append(...children.flat(9).filter((c) => c !== null && c !== undefined));
	return e;
}

// A refusal by the node: message is its sentence, for people.
export class Refused extends Error {
	constructor(status, message, body) {
		super(message);
		this.status = status;
		this.body = body;
	}
}

let csrf = "";
export const setCsrf = (token) => { csrf = token ?? ""; };

// JSON in, JSON out: api("/wallet"), api("/wallet", { name: "a" }) posts.
export async function api(path, body, { method, headers } = {}) {
	let answer;
	try {
		answer = await fetch(path, {
			method: method ?? (body === undefined ? "GET" : "POST"),
			headers: {
				Accept: "application/json",
				...(body === undefined ? {} : { "Content-Type": "application/json" }),
				...(csrf && body !== undefined ? { "X-Quarry-CSRF": csrf } : {}),
				...headers,
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
	} catch {
		throw new Refused(0, "The node cannot be reached. Is it running, and are you online?");
	}
	const text = await answer.text();
	let value = null;
	try {
		value = text ? JSON.parse(text) : null;
	} catch {
		if (answer.ok)
			throw new Refused(answer.status, "The answer is not what was expected.");
	}
	if (!answer.ok)
		throw new Refused(answer.status,
			value?.error ?? value?.message ?? (text.length < 300 && text ? text : `The node said ${answer.status}.`), value);
	return value;
}

// Says something to those who do not see the page.
export function say(text) {
	const at = document.getElementById("said");
	if (at)
		at.textContent = text;
}

const DAY = 86400;
export function ago(seconds) {
	const s = Math.max(0, Math.round(seconds));
	if (s < 60)
		return s < 5 ? "just now" : `${s} s ago`;
	if (s < 7200)
		return `${Math.round(s / 60)} min ago`;
	if (s < 2 * DAY)
		return `${Math.round(s / 3600)} h ago`;
	return `${Math.round(s / DAY).toLocaleString("en")} days ago`;
}

export const grouped = (n) => Number(n).toLocaleString("en");

// Satoshi as coins, and back. Never through a fraction: amounts are integers.
export function coins(sat) {
	const n = BigInt(sat);
	const whole = (n < 0n ? -n : n) / 100000000n;
	const rest = String((n < 0n ? -n : n) % 100000000n).padStart(8, "0").replace(/0+$/, "");
	return (n < 0n ? "−" : "") + whole.toLocaleString("en") + (rest ? `.${rest}` : "");
}
// null when it is no amount of coins.
export function parseCoins(text) {
	const m = /^\s*(\d{1,8})(?:\.(\d{1,8}))?\s*$/.exec(text);
	return m ? Number(BigInt(m[1]) * 100000000n + BigInt((m[2] ?? "").padEnd(8, "0"))) : null;
}

// As part/hash: the whole text, the middle giving way.
export function hash(text, href) {
	return el(href ? "a" : "span", { class: "hash", href },
		el("span", {}, text.slice(0, -8)), el("span", {}, text.slice(-8)));
}

export async function copy(text, button) {
	try {
		await navigator.clipboard.writeText(text);
		say("Copied.");
		if (button) {
			const was = button.textContent;
			button.textContent = "copied";
			setTimeout(() => { button.textContent = was; }, 1500);
		}
	} catch {
		say("It could not be copied.");
	}
}

// Server-Sent Events while the page is visible; `want` is the query of /events.
// handlers: { block: (data) => ..., tx: ..., missed: () => ... }. missed is called
// when the page is looked at again after a while. Returns a function that ends it.
export function follow(want, handlers) {
	let source = null;
	let wasOpen = false;
	const open = () => {
		if (source)
			return;
		source = new EventSource(`/events?${want}`);
		for (const [kind, handler] of Object.entries(handlers))
			if (kind !== "missed")
				source.addEventListener(kind, (e) => handler(JSON.parse(e.data)));
		source.addEventListener("open", () => {
			document.documentElement.dataset.live = "on";
			if (wasOpen)
				handlers.missed?.();
			wasOpen = true;
		});
		source.addEventListener("error", () => { document.documentElement.dataset.live = "off"; });
	};
	const close = () => {
		source?.close();
		source = null;
	};
	const look = () => (document.hidden ? close() : open());
	document.addEventListener("visibilitychange", look);
	addEventListener("pagehide", close);
	addEventListener("pageshow", look);
	look();
	return () => {
		document.removeEventListener("visibilitychange", look);
		removeEventListener("pageshow", look);
		close();
	};
}
