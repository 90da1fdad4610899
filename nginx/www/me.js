// SPDX-License-Identifier: MIT
// /me: signing in, by password or by key; and what belongs to an account.
import { api, copy, el, hash, setCsrf } from "./lib.js";
import { act, ask, dialog, field, form, happened, qr, table, tabs, when } from "./form.js";

const app = document.getElementById("app");
let me;

async function load() {
	me = await api("/account");
	setCsrf(me.csrf);
}

// Where somebody wanted to go before signing in; only paths of this site.
function onwards() {
	const to = new URLSearchParams(location.search).get("to");
	if (to && /^\/[a-z]/.test(to))
		location.assign(to);
	else
		draw();
}

function entered(answer) {
	me = answer;
	setCsrf(me.csrf);
	onwards();
}

// --- outside ---

const nameField = () => field({ label: "Name", name: "name", autocomplete: "username", maxlength: 64, required: true });
const passwordField = (autocomplete, hint) => field({ label: "Password", name: "password", type: "password", autocomplete,
	maxlength: 200, required: true, hint });

function byPassword() {
	const code = el("div");
	return form([nameField(), passwordField("current-password"), code], { submit: "Sign in" }, async (v) => {
		try {
			entered(await api("/account/login", { name: v.name, password: v.password, totp: v.totp || undefined }));
		} catch (e) {
			if (e.body?.totp && !code.firstChild) {
				code.append(field({ label: "Code of your second factor", name: "totp", inputmode: "numeric",
					autocomplete: "one-time-code", maxlength: 8, required: true }));
				code.querySelector("input").focus();
				return;
			}
			throw e;
		}
	});
}

// The challenge is signed elsewhere: by whatever holds the key.
function byKey() {
	const at = el("div");
	function first() {
		at.replaceChildren(
			el("p", { class: "quiet" }, "You prove that you hold the key of an address or a public key: you sign a text with it, ",
				"in your wallet or with ", el("code", {}, "quarry wallet sign"), "."),
			form([field({ label: "Address or public key", name: "key", required: true, maxlength: 130 })],
				{ submit: "Ask for the text" }, async (v) => {
					const key = v.key.trim();
					second(key, await api("/account/challenge", { public_key: key }));
				}));
	}
	function second(key, c) {
		const text = el("pre", { tabindex: "0" }, el("code", { id: "challenge" }, c.text));
		at.replaceChildren(
			el("h3", {}, "Sign this text"), text,
			el("p", {}, act("Copy the text", () => copy(c.text))),
			form([field({ label: "Signature", name: "signature", rows: 3, required: true, maxlength: 400,
				hint: "As wallets write it: base64; or 128 hexadecimal digits (BIP340)." })],
			{ submit: "Sign in", cancel: first }, async (v) => {
				entered(await api("/account/login-key", { challenge: c.challenge, public_key: key, signature: v.signature.trim() }));
			}));
		at.querySelector("textarea").focus();
	}
	first();
	return at;
}

function signUp() {
	const invited = me.policy.signup === "invite";
	return form([
		nameField(),
		passwordField("new-password", "Twelve characters or more, or a sentence."),
		invited ? field({ label: "Invitation", name: "invite", required: true, maxlength: 100,
			hint: "This node takes people by invitation: its operator has one for you." }) : null,
	], { submit: "Make the account" }, async (v) => entered(await api("/account/signup", v)));
}

function outside() {
	const ways = [["Sign in", byPassword], ["With a key", byKey]];
	if (me.policy.signup !== "closed")
		ways.push(["New here", signUp]);
	const start = new URLSearchParams(location.search).has("new") && ways.length === 3 ? 2 : 0;
	app.replaceChildren(el("h1", {}, "Account"),
		el("p", { class: "lead" }, "Looking needs no account. Wallets, tokens and what changes the node do."),
		el("div", { class: "card narrow" }, tabs("Ways in", ways, start)));
}

// --- inside ---

const section = (title, ...content) => el("section", { class: "card" }, el("h2", {}, title), content);

function secondFactor() {
	const at = el("div");
	function off() {
		at.replaceChildren(el("p", {}, "Off: the password alone lets in."),
			act("Turn it on", async () => {
				const t = await api("/account/totp/start", {});
				at.replaceChildren(
					el("p", {}, "Scan this with an authenticator, or type the secret into it. Then give the code that it shows."),
					qr(t.uri, "The second factor's secret as a QR code"),
					el("p", {}, el("code", {}, t.secret)),
					form([field({ label: "Code", name: "code", inputmode: "numeric", autocomplete: "one-time-code", maxlength: 8, required: true })],
						{ submit: "Confirm", cancel: off }, async (v) => {
							await api("/account/totp/confirm", { code: v.code.trim() });
							await load();
							on();
						}));
			}, { primary: true }));
	}
	function on() {
		at.replaceChildren(el("p", {}, el("span", { class: "tag good" }, "on"), " Signing in asks for a code."),
			form([field({ label: "Password", name: "password", type: "password", autocomplete: "current-password", required: true })],
				{ submit: "Turn it off", danger: true }, async (v) => {
					await api("/account/totp/off", v);
					await load();
					off();
				}));
	}
	if (me.totp)
		on();
	else
		off();
	return at;
}

function keys() {
	const at = el("div");
	function list() {
		at.replaceChildren(
			table("Keys", [
				["Key", (k) => hash(k.public_key), "wide"],
				["Label", (k) => k.label ?? ""],
				["", (k) => act("remove", async () => {
					if (!await ask("Remove this key?", "Whoever holds it can no longer sign in with it.", "Remove"))
						return;
					await api("/account/keys/remove", { id: k.id });
					await load();
					list();
				}, { small: true, label: `Remove ${k.label ?? k.public_key}` })],
			], me.keys, "No keys: a password is the only way in."),
			el("div", { class: "buttons" }, act("Add a key", async () => add())));
	}
	function add() {
		at.replaceChildren(form([
			field({ label: "Address or public key", name: "key", required: true, maxlength: 130 }),
			field({ label: "Label", name: "label", maxlength: 60 }),
		], { submit: "Ask for the text", cancel: list }, async (v) => {
			const key = v.key.trim();
			const c = await api("/account/challenge", { public_key: key });
			at.replaceChildren(el("p", {}, "Sign this text with the key:"),
				el("pre", { tabindex: "0" }, el("code", {}, c.text)),
				el("p", {}, act("Copy the text", () => copy(c.text))),
				form([field({ label: "Signature", name: "signature", rows: 3, required: true, maxlength: 400 })],
					{ submit: "Add the key", cancel: list }, async (s) => {
						await api("/account/keys", { challenge: c.challenge, public_key: key, signature: s.signature.trim(), label: v.label });
						await load();
						list();
					}));
		}));
	}
	list();
	return at;
}

function lazily(make) {
	const at = el("div", {}, el("p", { class: "quiet" }, "…"));
	make(at).catch((e) => at.replaceChildren(el("p", { class: "note bad" }, e.message)));
	return at;
}

async function sessions(at) {
	const list = await api("/account/sessions");
	at.replaceChildren(table("Sessions", [
		["Where", (s) => [s.address, " ", s.current ? el("span", { class: "tag good" }, "this one") : null], ""],
		["With", (s) => el("span", { class: "small" }, s.agent ?? ""), "wide"],
		["Seen", (s) => when(s.last)],
		["", (s) => (s.current ? "" : act("end", async () => {
			await api("/account/sessions/revoke", { id: s.id });
			await sessions(at);
		}, { small: true }))],
	], list, "None."),
	el("div", { class: "buttons" }, act("End all others", async () => {
		await api("/account/sessions/revoke", { id: "all" });
		await sessions(at);
	})));
}

const ROLES = [["read", "look at what is public"], ["broadcast", "hand in transactions"], ["wallet", "use your wallets"],
	["mine", "mine and steer the miner"], ["sql", "ask in SQL"], ["admin", "everything"]];

async function tokens(at) {
	const list = await api("/account/tokens");
	const mine = ROLES.filter(([r]) => me.roles.includes(r));
	at.replaceChildren(
		table("Tokens", [
			["Label", (t) => t.label],
			["May", (t) => t.roles.join(", "), "wide"],
			["Ends", (t) => when(t.expires)],
			["", (t) => act("end", async () => {
				await api("/account/tokens/revoke", { id: t.id });
				await tokens(at);
			}, { small: true, label: `End ${t.label}` })],
		], list, "No tokens. Programs use one instead of your password."),
		el("details", {}, el("summary", {}, "New token"),
			form([
				field({ label: "Label", name: "label", required: true, maxlength: 60, hint: "What it is for." }),
				el("fieldset", {}, el("legend", {}, "It may"), mine.map(([r, text]) => field({ label: `${r}: ${text}`, name: `role-${r}`, type: "checkbox", value: r === "read" }))),
				field({ label: "Days it lasts", name: "days", type: "number", min: 1, max: 3650, value: 90, required: true }),
			], { submit: "Make the token" }, async (v) => {
				const t = await api("/account/tokens", { label: v.label, days: Number(v.days),
					roles: mine.map(([r]) => r).filter((r) => v[`role-${r}`]) });
				await dialog("Your token", (close) => [
					el("p", {}, "It is shown this once: keep it now."),
					el("pre", { tabindex: "0" }, el("code", {}, t.token)),
					el("p", { class: "small quiet" }, el("code", {}, `curl -H 'Authorization: Bearer …' ${location.origin}/wallet`)),
					el("div", { class: "buttons" }, act("Copy", () => copy(t.token), { primary: true }),
						el("button", { type: "button", class: "button", onclick: () => close() }, "Done")),
				]);
				await tokens(at);
			})));
}

function password() {
	return form([
		field({ label: "Password now", name: "old", type: "password", autocomplete: "current-password", required: true }),
		field({ label: "New password", name: "new", type: "password", autocomplete: "new-password", required: true,
			hint: "Your other sessions end." }),
	], { submit: "Change it" }, async (v, f) => {
		await api("/account/password", v);
		f.reset();
		f.before(el("p", { class: "note good", role: "status" }, "Changed."));
	});
}

async function audit(at) {
	const rows = await api("/account/audit");
	at.replaceChildren(table("What happened", [
		["When", (r) => when(r.time)],
		["What", happened, "wide"],
		["From", (r) => r.address],
	], rows.slice(0, 50), "Nothing."));
}

function inside() {
	app.replaceChildren(
		el("div", { class: "head" }, el("h1", {}, me.name),
			act("Sign out", async () => {
				await api("/account/logout", undefined, { method: "POST", headers: { "X-Quarry-CSRF": me.csrf } });
				await load();
				draw();
			})),
		el("p", {}, me.roles.map((r) => [el("span", { class: "tag" }, r), " "])),
		el("p", {}, el("a", { href: "/wallets" }, "Your wallets"),
			me.roles.includes("admin") ? [" · ", el("a", { href: "/admin" }, "Administration")] : null),
		el("div", { class: "cards" },
			section("Second factor", secondFactor()),
			section("Keys that sign in", keys()),
			section("Password", password()),
			section("Tokens for programs", lazily(tokens))),
		section("Sessions", lazily(sessions)),
		section("What happened", lazily(audit)));
}

function draw() {
	(me.name === null ? outside : inside)();
	app.querySelector("h1").tabIndex = -1;
}

load().then(draw).catch((e) => app.append(el("p", { class: "note bad", role: "alert" }, e.message)));
