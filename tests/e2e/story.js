// SPDX-License-Identifier: MIT
// What t_story runs: node story.js URL TESTS-BEFORE. Prints TAP. With
// QUARRY_SHOTS=FOLDER it leaves pictures of every step there.
"use strict";

const {createRequire} = require("module");
const {createHash, randomBytes} = require("crypto");
const {readFileSync} = require("fs");
const npm = createRequire(process.env.QUARRY_NPM + "/");
const {chromium} = npm("playwright-core");
const curve = npm("@bitcoinerlab/secp256k1");
const axe = readFileSync(npm.resolve("axe-core/axe.min.js"), "utf8");

const [url, before] = process.argv.slice(2);
const STRANGER = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
const PASSWORD = "correct horse battery staple";
let count = Number(before), failed = 0;

function result(good, name, detail) {
	failed += !good;
	console.log(`${good ? "ok" : "not ok"} ${++count} - ${name}`);
	if (!good)
		for (const line of String(detail).split("\n").slice(0, 20))
			console.log("# " + line);
}

async function story(browser, width, scheme) {
	const who = `${width} px, ${scheme}`;
	const context = await browser.newContext({viewport: {width, height: 900},
		colorScheme: scheme, ignoreHTTPSErrors: true, bypassCSP: false});
	const page = await context.newPage();
	const faults = [], wide = [], serious = [];
	let allowed = null;	// the refusal that the story provokes

	page.setDefaultTimeout(20000);
	page.on("console", m => {
		if (["error", "warning"].includes(m.type()) && !(allowed && m.text().includes(allowed)))
			faults.push(`${m.type()}: ${m.text()} ${m.location().url}`);
	});
	page.on("pageerror", e => faults.push(e.message));

	async function look(name) {
		await page.waitForTimeout(150);
		if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth))
			wide.push(name);
		// by the debugger's way in, which no policy of the page concerns
		await page.evaluate(axe);
		const found = await page.evaluate(() => axe.run({resultTypes: ["violations"]}));
		for (const v of found.violations)
			if (["serious", "critical"].includes(v.impact))
				serious.push(`${name}: ${v.id} ${v.nodes[0].html.slice(0, 120)}`);
		if (process.env.QUARRY_SHOTS)
			await page.screenshot({path: `${process.env.QUARRY_SHOTS}/${name}-${width}.png`, fullPage: true});
	}
	async function step(name, work) {
		try {
			await work();
			result(true, `${who}: ${name}`);
		} catch (e) {
			result(false, `${who}: ${name}`, `${e.message}\n${(await page.textContent("main").catch(() => "")).slice(0, 600)}`);
			throw e;
		}
	}
	const tab = name => page.click(`role=tab[name='${name}']`);
	const name = `ann${width}`;
	const secret = randomBytes(32);
	const key = Buffer.from(curve.xOnlyPointFromScalar(secret)).toString("hex");
	const sign = text => Buffer.from(curve.signSchnorr(createHash("sha256").update(text).digest(),
		secret)).toString("hex");

	async function all() {
		await step("makes an account", async () => {
			await page.goto(`${url}/me?new&to=/wallets`);
			await look("sign-up");
			await page.fill("input[name=name]", name);
			await page.fill("input[name=password]", PASSWORD);
			await page.click("text=Make the account");
			await page.waitForURL(u => u.pathname === "/wallets");
		});
		await step("makes a wallet and is shown its words", async () => {
			await page.waitForSelector("text=Another wallet");
			await page.fill("input[name=name]", "purse");
			await page.fill("input[name=passphrase]", "open sesame");
			await page.click("text=Make the wallet");
			await page.waitForSelector("ol.words");
			if (await page.locator("ol.words li").count() !== 12)
				throw new Error("not twelve words");
			await look("words");
			await page.click("text=I have written them down");
			await page.waitForURL(u => u.searchParams.get("w") === "purse");
			await page.waitForSelector("text=can be spent");
		});
		await step("gets coins at a new address, seen without reloading", async () => {
			await tab("Receive");
			await page.click("text=A new address");
			const address = await page.textContent("#address");
			await page.waitForSelector(".qr-box svg path");
			await look("receive");
			await tab("History");
			const paid = await context.request.post(`${url}/faucet`, {data: {address, amount: 2}});
			if (!paid.ok())
				throw new Error(`faucet: ${await paid.text()}`);
			await page.waitForSelector("text=1 conf.");
		});
		await step("sends, after a review", async () => {
			await tab("Send");
			await page.fill("input[name=address]", STRANGER);
			await page.fill("input[name=amount]", "0.5");
			await look("send");
			await page.click("text=Review");
			await page.waitForSelector("text=Is this right?");
			const said = await page.textContent(".review");
			if (!said.includes(STRANGER) || !said.includes("0.5") || !said.includes("sat/vB"))
				throw new Error(`the review says: ${said}`);
			await look("review");
			allowed = "status of 4";
			await page.fill("input[name=passphrase]", "wrong");
			await page.click("role=button[name='Send'] >> nth=-1");
			await page.waitForSelector(".wrong:not([hidden]):has-text('passphrase')");
			allowed = null;
			await page.fill("input[name=passphrase]", "open sesame");
			await page.click("role=button[name='Send'] >> nth=-1");
			await page.waitForSelector("#sent");
		});
		await step("raises the fee", async () => {
			await tab("History");
			await page.click("text=raise the fee");
			await page.waitForSelector("dialog[open]");
			await look("bump");
			await page.fill("dialog input[name=rate]", "20");
			await page.fill("dialog input[name=passphrase]", "open sesame");
			await page.click("text=Raise it");
			await page.waitForSelector("text=replaced");
		});
		await step("watches it confirm without reloading", async () => {
			await page.evaluate(() => { globalThis.marked = true; });
			await context.request.post(`${url}/lab/mine`, {data: {blocks: 1}});
			await page.waitForFunction(() => document.querySelectorAll(".list .tag.good").length >= 2);
			if (!await page.evaluate(() => globalThis.marked))
				throw new Error("the page was loaded anew");
			await look("history");
		});
		await step("asks in SQL and sees rows and a chart", async () => {
			await page.goto(`${url}/console`);
			await page.fill("#statement", "SELECT height, weight FROM v1_block WHERE active ORDER BY height");
			await page.click("role=button[name='Run']");
			await page.waitForSelector("#result svg.chart");
			if (await page.locator("#result tbody tr").count() < 100)
				throw new Error("rows are missing");
			await look("console");
			await page.click("role=button[name='Explain']");
			await page.waitForSelector(".plan li");
		});
		await step("adds a key to sign in with", async () => {
			await page.goto(`${url}/me`);
			await page.click("text=Add a key");
			await page.fill("input[name=key]", key);
			await page.click("text=Ask for the text");
			const text = await page.textContent("pre code:has-text('\\n')").catch(() => page.textContent("pre code"));
			await page.fill("textarea[name=signature]", sign(text));
			await page.click("role=button[name='Add the key']");
			await page.waitForSelector(`text=${key.slice(0, 20)}`);
			await page.waitForSelector("text=this one");
			await look("account");
		});
		await step("signs out, and in again by key", async () => {
			await page.click("text=Sign out");
			await tab("With a key");
			await page.fill("input[name=key]", key);
			await page.click("text=Ask for the text");
			const text = await page.textContent("#challenge");
			await look("challenge");
			await page.fill("textarea[name=signature]", sign(text));
			await page.click("role=button[name='Sign in']");
			await page.waitForSelector(`h1:has-text('${name}')`);
			await page.goto(`${url}/wallets?w=purse`);
			await page.waitForSelector("text=2 conf.");
		});
		await step("sees who mines", async () => {
			await page.goto(`${url}/miner`);
			await page.waitForSelector("text=No miner runs");
			await look("miner");
			await page.goto(`${url}/admin`);
			await page.waitForSelector("text=role admin");
			await look("admin");
		});
	}
	await all().catch(() => {});
	result(faults.length === 0, `${who}: no error, nothing the policy refused`, faults.join("\n"));
	result(wide.length === 0, `${who}: nothing is wider than the screen`, wide.join("\n"));
	result(serious.length === 0, `${who}: axe-core finds nothing serious`, serious.join("\n"));
	await context.close();
}

(async () => {
	const browser = await chromium.launch({executablePath: "/usr/bin/chromium", args: ["--no-sandbox"]});
	for (const [width, scheme] of [[1440, "light"], [390, "dark"]])
		await story(browser, width, scheme);
	await browser.close();
	console.log(`1..${count}`);
	process.exit(failed ? 1 : 0);
})();
