// SPDX-License-Identifier: MIT
// /admin: people and what they may do, invitations, peers, the laboratory, and what
// happened, for those with the role admin.
import { api, copy, el, say, setCsrf } from "./lib.js";
import { act, ask, dialog, field, form, happened, table, when } from "./form.js";

const app = document.getElementById("app");
const ROLES = ["read", "broadcast", "wallet", "mine", "sql", "admin"];

function part(title, make) {
	const at = el("div", {}, el("p", { class: "quiet" }, "…"));
	make(at).catch((e) => at.replaceChildren(el("p", { class: "note bad" }, e.message)));
	return el("section", { class: "card" }, el("h2", {}, title), at);
}

async function people(at) {
	const list = await api("/admin/users");
	const change = async (name, what) => {
		await api(`/admin/users/${encodeURIComponent(name)}`, what);
		await people(at);
	};
	at.replaceChildren(table("People", [
		["Name", (u) => el("strong", {}, u.name), "wide"],
		["May", (u) => u.roles.join(", ") || "nothing"],
		["State", (u) => el("span", { class: `tag ${u.state === "active" ? "good" : "bad"}` }, u.state)],
		["Since", (u) => when(u.created)],
		["", (u) => [
			act("roles", () => dialog(`What ${u.name} may do`, (close) => form(
				ROLES.map((r) => field({ label: r, name: r, type: "checkbox", value: u.roles.includes(r) })),
				{ submit: "Set", cancel: () => close() }, async (v) => {
					await change(u.name, { roles: ROLES.filter((r) => v[r]) });
					close(true);
				})), { small: true, label: `Roles of ${u.name}` }),
			u.state === "active"
				? act("lock", async () => {
					if (await ask(`Lock ${u.name}?`, "Sessions and tokens end; nothing is deleted.", "Lock"))
						await change(u.name, { state: "locked" });
				}, { small: true, label: `Lock ${u.name}` })
				: act("unlock", () => change(u.name, { state: "active" }), { small: true, label: `Unlock ${u.name}` }),
		]],
	], list, "Nobody."));
}

async function invitations(at) {
	at.replaceChildren(form([
		el("fieldset", {}, el("legend", {}, "Whoever takes it may"), ROLES.slice(0, 5).map((r) => field({ label: r, name: r, type: "checkbox", value: r !== "mine" }))),
		field({ label: "Days it lasts", name: "days", type: "number", min: 1, max: 365, value: 7, required: true }),
	], { submit: "Make an invitation" }, async (v) => {
		const made = await api("/admin/invites", { roles: ROLES.filter((r) => v[r]), days: Number(v.days) });
		await dialog("An invitation", (close) => [
			el("p", {}, "It is shown this once, and lets in one person."),
			el("pre", { tabindex: "0" }, el("code", {}, made.invite)),
			el("div", { class: "buttons" }, act("Copy", () => copy(made.invite), { primary: true }),
				el("button", { type: "button", class: "button", onclick: () => close() }, "Done")),
		]);
	}));
}

async function audit(at) {
	const rows = await api("/admin/audit");
	at.replaceChildren(table("What happened", [
		["When", (r) => when(r.time)],
		["Whose", (r) => r.account],
		["What", (r) => [happened(r), r.actor && r.actor !== r.account ? el("span", { class: "quiet small" }, ` by ${r.actor}`) : null], "wide"],
		["From", (r) => r.address],
	], rows.slice(0, 100), "Nothing."));
}

// Bitcoin Core's calls, in this session's name.
const rpc = async (method, ...params) => (await api("/rpc", { jsonrpc: "1.0", id: 0, method, params })).result;
const DAY_S = 86400;

async function peers(at) {
	const [list, bans] = [await rpc("getpeerinfo"), await rpc("listbanned")];
	const host = (p) => p.addr.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
	const then = async (...call) => {
		await rpc(...call);
		setTimeout(() => peers(at).catch(() => {}), 500);
	};
	at.replaceChildren(
		table("Peers", [
			["Address", (p) => el("span", { class: "mono small" }, p.addr), "wide"],
			["Agent", (p) => p.subver],
			["Way", (p) => (p.inbound ? "in" : "out")],
			["Since", (p) => when(p.conntime)],
			["", (p) => [
				act("disconnect", () => then("disconnectnode", "", p.id), { small: true, label: `Disconnect ${p.addr}` }),
				act("ban", async () => {
					if (await ask(`Ban ${host(p)}?`, "It is disconnected and stays out for a day.", "Ban"))
						await then("setban", host(p), "add", DAY_S);
				}, { small: true, label: `Ban ${p.addr}` }),
			]],
		], list, "Nobody is connected."),
		bans.length ? table("Banned", [
			["Banned", (b) => el("span", { class: "mono small" }, b.address), "wide"],
			["Until", (b) => when(b.banned_until)],
			["", (b) => act("let in", () => then("setban", b.address, "remove"), { small: true, label: `Let ${b.address} in` })],
		], bans, "") : "");
}

// The calls of the laboratory, as it describes them itself.
async function lab(at) {
	const answer = await api("/lab");
	const said = el("pre", { tabindex: "0", hidden: true, role: "status" });
	at.replaceChildren(el("p", { class: "quiet" }, "For chains of worthless coins alone."),
		...answer.calls.map((c) => {
			const names = c.arguments.split(" ").filter(Boolean);
			return el("details", {}, el("summary", {}, el("code", {}, c.call), " ", c.about),
				form(names.map((a) => field({ label: a, name: a, autocomplete: "off" })),
					{ submit: "Do it" }, async (v) => {
						const body = {};
						for (const [k, t] of Object.entries(v))
							if (t !== "")
								body[k] = /^-?\d+(\.\d+)?$/.test(t) ? Number(t) : t === "true" ? true : t === "false" ? false : t;
						const done = await api(`/lab/${c.call}`, body);
						said.textContent = JSON.stringify(done, null, 2);
						said.hidden = false;
						said.scrollIntoView({ block: "nearest" });
						say("Done.");
					}));
		}), said);
}

async function begin() {
	const me = await api("/account");
	setCsrf(me.csrf);
	if (!me.roles.includes("admin")) {
		app.replaceChildren(el("h1", {}, "Administration"),
			el("p", { class: "note" }, "It takes an account with the role admin. ",
				me.name === null ? el("a", { href: "/me?to=/admin" }, "Sign in") : null));
		return;
	}
	app.replaceChildren(el("h1", {}, "Administration"),
		part("People", people),
		el("div", { class: "cards" }, part("Invitations", invitations), part("Laboratory", lab)),
		part("Peers", peers),
		el("p", {}, el("a", { href: "/peers" }, "All that is known of peers"), " · ", el("a", { href: "/miner" }, "Mining"), " · ", el("a", { href: "/health" }, "Health")),
		part("What happened", audit));
}
begin().catch((e) => app.append(el("p", { class: "note bad", role: "alert" }, e.message)));
