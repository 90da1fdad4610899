// SPDX-License-Identifier: MIT
// What t_web runs: node web.js URL RPC-PORT COOKIE DB KEY ADDRESS. Prints TAP.
"use strict";

const {createRequire} = require("module");
const {existsSync} = require("fs");
const https = require("https");
const {Chain} = require("./web_chain.js");

const [url, ...rest] = process.argv.slice(2);
const chain = new Chain(url, ...rest);
let count = 0, failed = 0;

function result(good, name, detail) {
	failed += !good;
	console.log(`${good ? "ok" : "not ok"} ${++count} - ${name}`);
	if (!good)
		for (const line of String(detail).split("\n").slice(0, 30))
			console.log("# " + line);
	return good;
}
const expect = (name, want, seen) => result(want === seen, name,
	`wanted: ${want}\nseen:   ${seen}`);
const none = (name, faults) => result(faults.length === 0, name, faults.join("\n"));

// An answer as it comes over the wire, a redirect included.
function get(path, headers = {}) {
	return new Promise((done, broken) => {
		https.get(url + path, {headers: {Accept: "text/html", ...headers},
			rejectUnauthorized: false, agent: false}, answer => {
			const parts = [];
			answer.on("data", p => parts.push(p));
			answer.on("end", () => {
				const body = Buffer.concat(parts);
				done({status: answer.statusCode, headers: answer.headers,
					bytes: body.length, text: body.toString()});
			});
		}).on("error", broken);
	});
}
const textOf = html => html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

function pages() {
	return ["/", "/blocks", `/block/${chain.paidBlock}`, `/block/${chain.evilBlock}`,
		`/block/${chain.lost}`, `/tx/${chain.paid}`, `/tx/${chain.said}`,
		`/tx/${chain.child}`, `/tx/${chain.replaced}`, `/tx/${chain.refused}`,
		`/address/${chain.address}`, "/search", `/search?q=${chain.paid.slice(0, 6)}`,
		"/mempool", "/tree", "/peers", "/charts?blocks=0", "/api-guide"];
}

// --- without JavaScript ---

async function holds(path, ...facts) {
	const page = await get(path);
	const text = textOf(page.text);
	none(`${path.replace(/[0-9a-f]{60,}/, "HASH")} says it without JavaScript`,
		[page.status === 200 ? [] : [`status ${page.status}`],
			facts.filter(f => !(f instanceof RegExp ? f.test(text) : page.text.includes(f)))
				.map(f => `lacks ${f}`)].flat());
}

async function plain() {
	const tip = await chain.rpc("getblockchaininfo");
	const block = await chain.rpc("getblock", chain.paidBlock, 2);
	const tx = block.tx.find(t => t.txid === chain.paid);

	await holds("/", tip.bestblockhash, new RegExp(`Height ${tip.blocks} `));
	await holds("/blocks", tip.bestblockhash, "/blocks?from=");
	await holds(`/block/${chain.paidBlock}`, ...block.tx.map(t => t.txid),
		block.previousblockhash, block.merkleroot.slice(0, -8), String(block.nonce),
		block.bits, block.versionHex);
	await holds(`/block/${chain.lost}`, /beside the active chain/);
	await holds(`/tx/${chain.paid}`, tx.vin[0].txid, chain.address, "20.5",
		/P2WPKH|P2PKH/, "OP_RETURN", String(tx.vsize), /\d+ confirmation/,
		chain.paidBlock, /not spent/);
	await holds(`/tx/${chain.replaced}`, /took its place/, chain.replacing);
	await holds(`/tx/${chain.replacing}`, /waits for a block/, /replaceable/,
		`spent by`, chain.child);
	await holds(`/tx/${chain.refused}`, /Refused/, /script-verify|witness/);
	await holds(`/address/${chain.address}`, /Balance/, /waits/,
		'class="code"');
	await holds("/mempool", chain.child, chain.refused, /By fee rate/);
	await holds("/tree", chain.lost, /Reorganisations/);
	await holds("/peers", "192.0.2.7:8333", "https://127.0.0.1:9/");
	await holds("/charts?blocks=0", /Difficulty/, /Time between blocks/, /Supply/);
	await holds("/api-guide", "/sql", "/events", "/api/openapi.json", "/metrics");
}

// --- what goes over the wire ---

async function wire() {
	const first = await get("/");
	expect("a page that has not changed is not sent again", 304,
		(await get("/", {"If-None-Match": first.headers.etag})).status);
	await chain.mine();
	expect("one that has is", 200,
		(await get("/", {"If-None-Match": first.headers.etag})).status);
	expect("a page that is not there is not 304 for \"*\"", 404,
		(await get("/tx/" + "0".repeat(64), {"If-None-Match": "*"})).status);
	result(/script-src 'self';/.test(first.headers["content-security-policy"]) &&
		!/unsafe/.test(first.headers["content-security-policy"]),
		"the Content-Security-Policy allows no inline code",
		first.headers["content-security-policy"]);
	const files = [...first.text.matchAll(/(?:src|href)="(\/[a-z.]+\?v=\d+|\/icon.svg)"/g)]
		.map(m => m[1]);
	let weight = (await get("/", {"Accept-Encoding": "gzip"})).bytes;
	for (const f of new Set([...files, "/lib.js"]))
		weight += (await get(f, {"Accept-Encoding": "gzip"})).bytes;
	result(files.length >= 3 && weight < 100000, "the first page is below 100 kB",
		`${weight} bytes with ${files}`);
	console.log(`# the first page and its files: ${weight} bytes`);
	const style = await get(files.find(f => f.includes(".css")));
	result(/immutable/.test(style.headers["cache-control"]),
		"files named by a version are kept", style.headers["cache-control"]);

	for (const [path, status, headers] of [["/" + "a".repeat(3000), 414, {}],
		["/blocks", 413, {"Content-Length": 10000000}]]) {
		const page = await get(path, headers);
		result(page.status === status && page.text.includes('class="oops"'),
			`so have ${status} and its like`, `${page.status} ${page.text.slice(0, 200)}`);
	}
	const nowhere = await get("/nowhere");
	result(nowhere.status === 404 && nowhere.text.includes('class="oops"'),
		"an error has the look of the pages", nowhere.text.slice(0, 300));
	expect("and is plain text for who does not ask for HTML",
		"There is nothing at this address.", (await get("/nowhere", {Accept: "*/*"})).text);
	for (const path of ["/tx/" + "0".repeat(64), "/block/xyz", "/address/nobody",
		"/tx/<script>alert(1)</script>", "/block/99999999"]) {
		const page = await get(encodeURI(path));
		result(page.status === 404 && !page.text.includes("<script>alert"),
			`${path.slice(0, 12)}… is not found`, `${page.status} ${page.text.slice(0, 200)}`);
	}
}

async function speed() {
	const slow = [];
	for (const path of pages()) {
		const ms = [];
		for (let i = 0; i < 5; i++) {
			const begin = process.hrtime.bigint();
			await get(path);
			ms.push(Number(process.hrtime.bigint() - begin) / 1e6);
		}
		ms.sort((a, b) => a - b);
		// a new TLS connection each; a loaded machine
		if (ms[0] > 60)
			slow.push(`${path}: ${ms[0].toFixed(1)} ms`);
	}
	none("each page takes milliseconds", slow);
}

async function searches() {
	const to = async q => {
		const a = await get("/search?q=" + encodeURIComponent(q));
		return a.status === 302 ? a.headers.location : a.status;
	};
	const hash = await chain.rpc("getblockhash", 5);
	expect("a height leads to its block", "/block/5", await to(" 5 "));
	expect("and from there to its hash", `/block/${hash}`,
		(await get("/block/5")).headers.location);
	expect("a hash leads to its block", `/block/${hash}`, await to(hash));
	expect("a lost block is found", `/block/${chain.lost}`, await to(chain.lost));
	expect("a transaction's id leads to it", `/tx/${chain.paid}`,
		await to(chain.paid.toUpperCase()));
	expect("a replaced one is found", `/tx/${chain.replaced}`, await to(chain.replaced));
	expect("a refused one is found", `/tx/${chain.refused}`, await to(chain.refused));
	expect("an address leads to it", `/address/${chain.address}`,
		await to(`bitcoin:${chain.address}?amount=1`));
	expect("what is not there is not found", 404, await to("f".repeat(64)));
	expect("nor is nonsense", 404, await to("\"><script>alert(1)</script>"));
	const list = await get(`/search?q=${chain.paid.slice(0, 8)}`);
	result(list.status === 200 && list.text.includes(`/tx/${chain.paid}`),
		"how a txid begins is enough", list.text);
	result((await get(`/search?q=${chain.address.slice(0, 12)}`)).text
		.includes(`/address/${chain.address}`), "how an address begins is enough", "");
}

async function hostile() {
	const faults = [];
	for (const path of [...pages(), "/search?q=" + encodeURIComponent("<script>pwned</script>\u202e")]) {
		const html = (await get(path)).text;
		if (/<img src=x|<script>window|<script>pwned/.test(html))
			faults.push(`${path}: markup`);
		// controls that turn or hide text, and control characters
		if (/[\u202a-\u202e\u2066-\u2069\u200b\ufeff\u0000-\u0008\u000b-\u001f]/.test(html))
			faults.push(`${path}: a control character`);
		if (/ style=| on[a-z]+="|javascript:/.test(html.replace(/&[a-z#0-9]+;/g, "")))
			faults.push(`${path}: inline code`);
	}
	none("texts of strangers are texts", faults);
	const block = await get(`/block/${chain.evilBlock}`);
	result(block.text.includes("&lt;img src=x onerror=window.pwned=1&gt;"),
		"a coinbase's text is shown as it is", textOf(block.text));
	result((await get(`/tx/${chain.said}`)).text.includes("right [U+202E]gpj.exe[U+2066][U+200B]␛[31m"),
		"what turns text around is shown by its number", "");
	result((await get("/peers")).text.includes("&lt;script&gt;window.pwned=1&lt;/script&gt;"),
		"so is what a peer says it is", "");
}

// --- in a browser ---

const SIZES = [[1440, 900], [390, 844]];

async function lookAt(browser, axe) {
	const faults = {console: [], csp: [], axe: [], wide: [], foreign: [], pwned: []};
	for (const [width, height] of SIZES)
		for (const colorScheme of ["light", "dark"]) {
			const context = await browser.newContext({viewport: {width, height},
				colorScheme, ignoreHTTPSErrors: true, reducedMotion: "reduce"});
			// axe-core is ours, not the pages': they would refuse it
			const page = await context.newPage();
			let at = "";
			page.on("console", m => m.type() === "error" && faults.console.push(`${at} ${m.text()}`));
			page.on("pageerror", e => faults.console.push(`${at} ${e.message}`));
			page.on("dialog", d => { faults.pwned.push(at); d.dismiss(); });
			page.on("request", r => r.url().startsWith(url + "/") || faults.foreign.push(`${at} ${r.url()}`));
			await page.addInitScript(() => {
				window.refusals = [];
				document.addEventListener("securitypolicyviolation", e =>
					window.refusals.push(`${e.violatedDirective} ${e.blockedURI}`));
			});
			for (const path of pages()) {
				at = `${width} ${colorScheme} ${path}`;
				await page.goto(url + path);
				const seen = await page.evaluate(() => ({
					wide: document.documentElement.scrollWidth - window.innerWidth,
					csp: window.refusals, pwned: window.pwned}));
				if (seen.wide > 0)
					faults.wide.push(`${at}: by ${seen.wide}`);
				faults.csp.push(...seen.csp.map(v => `${at} ${v}`));
				if (seen.pwned)
					faults.pwned.push(at);
				for (const v of await axe(page))
					faults.axe.push(`${at} ${v}`);
			}
			await context.close();
		}
	none("no page has an error on its console", faults.console);
	none("nothing is refused by the Content-Security-Policy", faults.csp);
	none("nothing is asked of another site", faults.foreign);
	none("no page is wider than the screen", faults.wide);
	none("axe-core finds nothing serious", faults.axe);
	none("no text of a stranger runs", faults.pwned);
}

async function live(browser) {
	const context = await browser.newContext({ignoreHTTPSErrors: true});
	const page = await context.newPage();
	const lively = () => page.waitForFunction(() => document.documentElement.dataset.live === "on");

	await page.goto(url + "/");
	await lively();
	await page.evaluate(() => { window.sameVisit = true; });
	const [hash] = await chain.mine();
	const came = await page.waitForSelector(`#strip [data-key="${hash}"]`, {timeout: 15000})
		.then(() => true, () => false);
	result(came && await page.evaluate(() => window.sameVisit === true),
		"a block arrives without reloading", "");
	expect("and is said to those who do not see it", `Block ${await chain.rpc("getblockcount")} has come.`,
		await page.textContent("#said"));

	await page.goto(`${url}/tx/${chain.paid}`);
	await lively();
	const before = parseInt(await page.textContent("#state"), 10);
	await chain.mine();
	const counted = await page.waitForFunction(n => parseInt(document.getElementById("state").textContent, 10) > n,
		before, {timeout: 15000}).then(() => true, () => false);
	result(counted, "confirmations count up", `${before}`);

	await page.goto(url + "/blocks");
	await page.keyboard.press("Tab");
	expect("the first stop of the keyboard leads to the content", "#main",
		await page.evaluate(() => document.activeElement.getAttribute("href")));
	await page.keyboard.press("/");
	await page.keyboard.type("7");
	await page.keyboard.press("Enter");
	await page.waitForURL(/\/block\/[0-9a-f]{64}$/);
	expect("the key / leads to search", "Block 7", await page.textContent("h1"));
	await context.close();
}

async function browse() {
	const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
	let npm, core, axeSource;
	try {
		npm = createRequire(process.env.QUARRY_NPM + "/");
		core = npm("playwright-core");
		axeSource = npm("axe-core").source;
	} catch {
		core = null;
	}
	if (!core || !chromium) {
		console.log(`ok ${++count} - the pages in a browser # SKIP ${core ? "chromium" :
			"playwright-core and axe-core of tests/npm-packages"} is not there`);
		return;
	}
	const browser = await core.chromium.launch({executablePath: chromium,
		args: ["--no-sandbox", "--disable-gpu"]});
	// evaluate runs beside the page's policy
	const axe = async page => {
		await page.evaluate(axeSource);
		const found = await page.evaluate(() => window.axe.run(document, {resultTypes: ["violations"]}));
		return found.violations.filter(v => ["serious", "critical"].includes(v.impact))
			.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.target.join(" ")).slice(0, 3).join(", ")} ${v.nodes[0].any[0]?.message ?? ""}`);
	};
	try {
		await lookAt(browser, axe);
		await live(browser);
	} finally {
		await browser.close();
	}
}

(async () => {
	await chain.make();
	await plain();
	await wire();
	await speed();
	await searches();
	await hostile();
	await browse();
})().catch(e => result(false, "the tests run to their end", e.stack)).then(() => {
	console.log(`1..${count}`);
	process.exit(failed ? 1 : 0);
});
