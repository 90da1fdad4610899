// SPDX-License-Identifier: MIT
// What t_finality_page runs: node finality.js URL GO. Looks at /finality in a browser,
// then prints "ready" and waits for it to say that more is final than GO. Prints TAP.
"use strict";

const {createRequire} = require("module");
const npm = createRequire(process.env.QUARRY_NPM + "/");
const {chromium} = npm("playwright-core");
const axeSource = npm("axe-core").source;

const [url, before] = process.argv.slice(2);
let failed = 0;

function none(name, faults) {
	failed += faults.length > 0;
	console.log(`${faults.length ? "not ok" : "ok"} - ${name}`);
	for (const f of faults)
		console.log("# " + f);
}

(async () => {
	const browser = await chromium.launch({executablePath: "/usr/bin/chromium",
		args: ["--no-sandbox", "--disable-gpu"]});
	const faults = [], wide = [], axe = [];

	for (const [width, colorScheme] of [[1440, "light"], [390, "dark"]]) {
		const context = await browser.newContext({viewport: {width, height: 900}, colorScheme,
			ignoreHTTPSErrors: true, reducedMotion: "reduce"});
		const page = await context.newPage();
		page.on("console", m => m.type() === "error" && faults.push(m.text()));
		page.on("pageerror", e => faults.push(e.message));
		for (const path of ["/finality", "/", "/block/4"]) {
			await page.goto(url + path);
			if (await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth))
				wide.push(`${width} ${path}`);
			await page.evaluate(axeSource);
			const found = await page.evaluate(() => window.axe.run(document, {resultTypes: ["violations"]}));
			for (const v of found.violations.filter(v => ["serious", "critical"].includes(v.impact)))
				axe.push(`${width} ${colorScheme} ${path} ${v.id}: ${v.nodes[0].target}`);
			if (process.env.QUARRY_PICTURES)
				await page.screenshot({fullPage: true, path: `${process.env.QUARRY_PICTURES}/` +
					`${width}-${colorScheme}${path.replace(/\//g, "_")}.png`});
		}
		await context.close();
	}
	none("no error on its console", faults);
	none("nothing wider than the screen", wide);
	none("axe-core finds nothing serious", axe);

	const page = await (await browser.newContext({ignoreHTTPSErrors: true})).newPage();
	await page.goto(url + "/finality");
	await page.waitForFunction(() => document.documentElement.dataset.live === "on");
	await page.evaluate(() => { window.sameVisit = true; });
	console.log("ready");
	const said = page.waitForFunction(() => /^Block \d+ is final\.$/.test(document.getElementById("said").textContent),
		null, {timeout: 15000}).then(() => true, () => false);
	const came = await page.waitForFunction(n =>
		Number(document.querySelector("#marks .figure").textContent) > n, Number(before), {timeout: 15000})
		.then(() => true, () => false);
	none("what becomes final is on the page without reloading",
		came && await page.evaluate(() => window.sameVisit) ? [] : ["it did not come"]);
	none("and is said to those who do not see it",
		await said ? [] : ["it was not"]);
	await browser.close();
	process.exit(failed ? 1 : 0);
})().catch(e => { console.log("not ok - the browser\n# " + e.stack); process.exit(1); });
