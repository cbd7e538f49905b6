// What a person sees or needs, and axe does not measure. Each function answers with
// sentences about what is wrong.
window.look = (() => {
	"use strict";
	const all = selector => [...document.querySelectorAll(selector)];
	const style = e => getComputedStyle(e);
	const shown = e => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
	const name = e => {
		const text = (e.getAttribute("aria-label") || e.innerText || e.value || "").trim().replace(/\s+/g, " ").slice(0, 40);
		return e.localName + (e.id ? "#" + e.id : "") + [...e.classList].map(c => "." + c).join("") + (e.name ? `[name="${e.name}"]` : "") + ` "${text}"`;
	};
	const box = e => e.getBoundingClientRect();
	const outside = e => box(e).bottom + scrollY <= 0;

	// A link within a sentence is as high as its line, and may be.
	const inSentence = e => {
		if (e.localName !== "a" || style(e).display !== "inline") return false;
		let block = e.parentElement;
		while (style(block).display === "inline") block = block.parentElement;
		const rest = block.cloneNode(true);
		for (const link of rest.querySelectorAll("a, button, time")) link.remove();
		return /\p{L}{2}/u.test(rest.textContent);
	};

	// What a finger may hit to reach the element: itself or its label.
	const faces = e => [e, ...(e.labels || [])].filter(shown).map(box);

	const usable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]";
	const small = least => all(usable).filter(e => shown(e) && !outside(e) && !e.disabled && !e.closest("[aria-hidden=true]") && !inSentence(e))
		.filter(e => !faces(e).some(r => r.width >= least - .01 && r.height >= least - .01))
		.map(e => { const r = faces(e).sort((a, b) => b.width * b.height - a.width * a.height)[0]; return `${name(e)} is only ${r.width.toFixed(0)} × ${r.height.toFixed(0)} px`; });

	const scrolls = e => e && e !== document.body && e !== document.documentElement && (/auto|scroll/.test(style(e).overflowX) || scrolls(e.parentElement));
	const wide = () => {
		const over = document.documentElement.scrollWidth - innerWidth;
		if (over <= 0) return [];
		const worst = all("body *").filter(e => box(e).right > innerWidth + .5 && !scrolls(e.parentElement)).sort((a, b) => box(b).right - box(a).right).slice(0, 3);
		return [`the page is ${over} px too wide: ${worst.map(name).join("; ")}`];
	};

	// Text that a box cuts off and nobody can scroll to.
	const cut = () => all("main *").filter(e => shown(e) && ["hidden", "clip"].includes(style(e).overflowX) && box(e).width > 1 && !e.closest("input, select, svg, .vh, .bar") && e.scrollWidth > e.clientWidth + 1)
		.map(e => `${name(e)} is cut off`);

	// What the Tab key reaches, in the order of the document.
	const reach = () => {
		const groups = new Map();
		return all("a[href], button, input, select, textarea, summary, [tabindex]").filter(e => {
			if (!shown(e) || e.disabled || e.tabIndex < 0 || e.type === "hidden" || e.closest("[inert]")) return false;
			if (e.type !== "radio" || !e.name) return true;
			const key = e.form || document, names = groups.get(key) || groups.set(key, new Set()).get(key);
			const group = all(`input[type=radio][name="${CSS.escape(e.name)}"]`).filter(o => o.form === e.form && !o.disabled);
			if (group.some(o => o.checked) ? !e.checked : names.has(e.name)) return false;
			names.add(e.name);
			return true;
		});
	};

	const order = () => [
		...all("[tabindex]").filter(e => e.tabIndex > 0).map(e => `${name(e)} jumps the queue of the Tab key`),
		...all("body *").filter(e => shown(e) && (style(e).order !== "0" || /reverse/.test(style(e).flexDirection + style(e).flexWrap))).map(e => `${name(e)} stands elsewhere than in the document`),
	];

	// A focused element shows it by an outline of its own, or of what it stands for.
	const ring = e => {
		const s = style(e);
		return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1.5 && !/rgba\(.*, 0\)|transparent/.test(s.outlineColor);
	};
	const hit = e => faces(e).some(r => {
		const at = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].map(([x, y]) => [r.left + r.width * x, r.top + r.height * y]);
		return at.some(([x, y]) => { const top = document.elementFromPoint(x, y); return top && (top === e || e.contains(top) || [...(e.labels || [])].some(l => l.contains(top)) || top.contains(e) && top !== document.body && top !== document.documentElement && !top.matches("main, section, form")); });
	});
	const focus = () => {
		const wrong = [];
		for (const e of reach()) {
			e.focus();
			if (document.activeElement !== e) { wrong.push(`${name(e)} takes no focus`); continue; }
			if (![e, e.nextElementSibling, e.closest("label")].some(f => f && ring(f))) wrong.push(`${name(e)} does not show its focus`);
			if (!hit(e)) wrong.push(`${name(e)} is covered when it has the focus`);
		}
		document.activeElement.blur();
		return wrong;
	};

	// The Tab key's real way against the document's order. A box that scrolls is stopped at too.
	// Parts of a date are stops of their own that no script sees, as are frames and boxes
	// that scroll, so there are more presses than stops.
	let way = [];
	const longest = 120;
	addEventListener("focusin", e => way.push(e.target));
	const startWay = () => {
		way = [];
		document.body.tabIndex = -1; // where the Tab key starts from
		document.body.focus();
		document.body.removeAttribute("tabindex");
		way = [];
		scrollTo(0, 0);
		const stops = reach().slice(0, longest);
		return stops.length + 8 * stops.filter(e => /^(date|time|month|week)/.test(e.type)).length + 8;
	};
	const endWay = () => {
		const expected = reach().slice(0, longest);
		const went = way.filter((e, i) => e !== way[i - 1] && (expected.includes(e) || e.matches("a, button, input, select, textarea, summary")));
		const at = expected.findIndex((e, i) => went[i] !== e);
		return at < 0 ? [] : [`Tab ${at + 1} leads to ${went[at] ? name(went[at]) : "nothing"}, want ${name(expected[at])}`];
	};

	const times = () => all("time").filter(e => !e.textContent.trim() || !e.dateTime).map(e => `${name(e)} says no time`);

	// Without scripts a form needs a button that sends it.
	const forms = () => all("form").filter(f => ![...f.elements].some(e => e.type === "submit")).map(f => `the form ${f.getAttribute("action")} has no button`);

	const stored = async () => [
		...(document.cookie ? ["there is a cookie: " + document.cookie] : []),
		...Object.keys(localStorage).map(k => "localStorage holds " + k),
		...Object.keys(sessionStorage).map(k => "sessionStorage holds " + k),
		...(await indexedDB.databases()).map(d => "indexedDB holds " + d.name),
		...(await caches.keys()).map(k => "a cache holds " + k),
		...(await navigator.serviceWorker.getRegistrations()).map(() => "a service worker is registered"),
	];

	const unfold = () => { all("details").forEach(e => { e.open = true; }); return true; };
	const grow = percent => { document.documentElement.style.fontSize = percent ? percent + "%" : ""; return true; };

	// What axe cannot decide because of a drawn arrow or a lone sign is measured here.
	const channels = colour => (colour.match(/[\d.]+/g) || []).map(Number);
	const luminance = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
	const behind = e => {
		for (; e; e = e.parentElement) {
			const colour = style(e).backgroundColor;
			if (!/rgba/.test(colour) && colour.startsWith("rgb")) return channels(colour);
		}
		return [255, 255, 255];
	};
	const covers = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
	// Drawn text stands on the drawn box before it, else on what is behind the drawing.
	const ground = e => {
		for (let before = e.previousElementSibling; e.closest("svg") && before; before = before.previousElementSibling) {
			if (before.localName === "rect" && covers(box(before), box(e)) && channels(style(before).fill).length === 3) return channels(style(before).fill);
		}
		return behind(e.closest("svg") || e);
	};
	const contrast = e => {
		const ink = e.closest("svg") ? style(e).fill : style(e).color;
		const [low, high] = [luminance(channels(ink)), luminance(ground(e))].sort((a, b) => a - b);
		return (high + .05) / (low + .05);
	};
	const bare = e => !/[\p{L}\p{N}]/u.test(e.textContent);
	const settled = (rule, e) => e && (
		rule === "color-contrast" && (e.localName === "select" || bare(e) || scrolls(e) || e.closest("svg")) && contrast(e) >= 4.5 ||
		rule === "label-content-name-mismatch" && bare(e));

	const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
	const barriers = async () => {
		const answer = await axe.run(document, { resultTypes: ["violations", "incomplete"], iframes: false, rules: { "frame-tested": { enabled: false } }, runOnly: standards });
		const say = (found, sure) => found.flatMap(v => v.nodes
			.filter(n => sure || !settled(v.id, document.querySelector(n.target[0])))
			.map(n => `${v.id}: ${n.target.join(" ")}: ${(n.any.concat(n.all, n.none)[0] || v).message || v.help} in ${n.html.slice(0, 160)}`));
		return [...say(answer.violations, true), ...say(answer.incomplete, false).map(text => "undecided, " + text)];
	};

	return { forms, small, wide, cut, order, focus, startWay, endWay, times, stored, unfold, grow, barriers };
})();
true
