// SPDX-License-Identifier: MIT
// A picture of a result's rows: the first column that orders them (a number that
// only rises or falls, or a text) along the bottom, the next numbers as curves or bars.
import { el, grouped } from "./lib.js";

const NS = "http://www.w3.org/2000/svg";
const W = 1000, H = 260, LEFT = 76, RIGHT = 12, TOP = 12, BOTTOM = 34;

function svg(name, attributes, ...children) {
	const e = document.createElementNS(NS, name);
	for (const [key, value] of Object.entries(attributes))
		e.setAttribute(key, value);
	e.append(...children);
	return e;
}

const isNumber = (rows, i) => rows.every((r) => typeof r[i] === "number" || (typeof r[i] === "string" && /^-?\d+(\.\d+)?$/.test(r[i])));
function ordered(values) {
	const rising = values.every((v, i) => i === 0 || v > values[i - 1]);
	const falling = values.every((v, i) => i === 0 || v < values[i - 1]);
	return rising || falling;
}

// A step of 1, 2 or 5 times a power of ten, so that there are about four.
function step(range) {
	const rough = range / 4;
	const ten = 10 ** Math.floor(Math.log10(rough));
	return [1, 2, 5, 10].find((s) => s * ten >= rough) * ten;
}
const short = (v) => (Math.abs(v) >= 1e4
	? Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(v)
	: Number(v.toPrecision(4)).toLocaleString("en"));

function draw(names, labels, xs, series, bars) {
	const all = series.flatMap((s) => s.values);
	const high = Math.max(0, ...all);
	const low = Math.min(0, ...all);
	const by = step(high - low || 1);
	const y = (v) => TOP + (H - TOP - BOTTOM) * (1 - (v - low) / (high - low || 1));
	const first = Math.min(...xs), last = Math.max(...xs);
	const slot = (W - LEFT - RIGHT) / xs.length;
	const x = (i) => (bars ? LEFT + slot * (i + 0.5) : LEFT + (W - LEFT - RIGHT) * ((xs[i] - first) / (last - first || 1)));
	const picture = svg("svg", { viewBox: `0 0 ${W} ${H}`, class: "chart", role: "img",
		"aria-label": `${names.slice(1).join(", ")} by ${names[0]}` });

	for (let v = Math.ceil(low / by) * by; v <= high; v += by)
		picture.append(
			svg("line", { class: "grid", x1: LEFT, x2: W - RIGHT, y1: y(v), y2: y(v) }),
			svg("text", { x: LEFT - 8, y: y(v) + 4, "text-anchor": "end" }, short(v)));
	const shown = Math.max(1, Math.ceil(labels.length / 8));
	labels.forEach((label, i) => {
		if (i % shown === 0)
			picture.append(svg("text", { x: x(i), y: H - 12, "text-anchor": bars || (i && i < labels.length - 1) ? "middle" : x(i) > W / 2 ? "end" : "start" },
				String(label).length > 14 ? `${String(label).slice(0, 13)}…` : String(label)));
	});
	series.forEach((s, n) => {
		if (bars) {
			const wide = slot * 0.7 / series.length;
			s.values.forEach((v, i) => picture.append(svg("rect", { class: `bar s${n}`, x: x(i) - slot * 0.35 + n * wide,
				y: Math.min(y(v), y(0)), width: Math.max(1, wide - 1), height: Math.abs(y(v) - y(0)) },
			svg("title", {}, `${labels[i]}: ${grouped(v)}`))));
		} else {
			const way = s.values.map((v, i) => `${x(i).toFixed(1)},${y(v).toFixed(1)}`).join(" ");
			picture.append(svg("polyline", { class: `curve s${n}`, points: way }));
		}
	});
	return picture;
}

// An element, or null when the rows make no picture. At most three curves.
export function chart(answer) {
	const { columns, rows } = answer;
	if (rows.length < 3 || rows.length > 5000)
		return null;
	const numbers = columns.map((_, i) => i).filter((i) => isNumber(rows, i));
	const base = numbers.find((i) => ordered(rows.map((r) => Number(r[i]))));
	const named = columns.findIndex((_, i) => !numbers.includes(i) && rows.every((r) => typeof r[i] === "string" && r[i].length < 40));
	let along = base ?? named;
	// names read better below bars than numbers that happen to fall
	if (named >= 0 && rows.length <= 40 && (base === undefined || named < base))
		along = named;
	if (along === undefined || along < 0)
		return null;
	const values = numbers.filter((i) => i !== along).slice(0, 3);
	if (values.length === 0)
		return null;
	const bars = along === named;
	if (bars && rows.length > 60)
		return null;
	// curves of very different size hide one another: only those like the first
	const size = (i) => Math.max(...rows.map((r) => Math.abs(Number(r[i])))) || 1;
	const alike = values.filter((i) => size(i) / size(values[0]) < 8 && size(values[0]) / size(i) < 8);
	const names = [along, ...alike].map((i) => columns[i]);
	return el("figure", { class: "card picture" },
		el("figcaption", { class: "small" }, alike.map((i, n) => el("span", { class: `key s${n}` }, columns[i])),
			el("span", { class: "quiet" }, ` by ${columns[along]}`)),
		draw(names, rows.map((r) => r[along]), rows.map((r, i) => (bars ? i : Number(r[along]))),
			alike.map((i) => ({ values: rows.map((r) => Number(r[i])) })), bars));
}
