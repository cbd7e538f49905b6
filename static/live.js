// Every page is complete without this script. It shows times in the reader's zone,
// counts down to the next update, and keeps an open page current.
(() => {
	"use strict";
	const doc = document, root = doc.documentElement, body = doc.body, says = root.dataset;
	const one = (selector, from = doc) => from.querySelector(selector);
	const all = (selector, from = doc) => [...from.querySelectorAll(selector)];
	const recall = key => { try { return localStorage.getItem(key) } catch { return null } };
	const remember = (key, value) => { try { localStorage.setItem(key, value) } catch { /* private mode */ } };
	const fill = (pattern, values) => pattern.replace(/{(\w+)}/g, (whole, name) => values[name] ?? whole);

	// Times. The patterns are those of the server, so the text keeps its form.
	const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
	const zones = [...new Set([own, says.tz, "UTC"])];
	let zone = { page: says.tz, utc: "UTC" }[recall("zone")] || own;

	function facts(date) {
		const get = options => Object.fromEntries(new Intl.DateTimeFormat(root.lang, { timeZone: zone, hourCycle: "h23", ...options })
			.formatToParts(date).map(part => [part.type, part.value]));
		const p = get({ day: "2-digit", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
		const m = get({ day: "2-digit", month: "2-digit" }).month;
		return {
			date: fill(says.date, { d: +p.day, dd: p.day, mon: p.month, m, y: p.year }),
			t: p.hour + ":" + p.minute, z: p.timeZoneName
		};
	}

	function timeText(el) {
		const from = facts(new Date(el.dateTime)), form = el.dataset.f || "dt";
		if (form !== "r") return fill(says[form], from);
		const to = facts(new Date(el.dataset.to));
		return fill(from.date === to.date ? says.rh : says.rd, { ...from, date2: to.date, t2: to.t, z: to.z });
	}

	const relative = new Intl.RelativeTimeFormat(root.lang, { style: "short" });
	function distance(ms) {
		const minutes = Math.round(ms / 6e4), size = Math.abs(minutes);
		if (size < 60) return relative.format(minutes, "minute");
		if (size < 2880) return relative.format(Math.round(minutes / 60), "hour");
		return relative.format(Math.round(minutes / 1440), "day");
	}

	const written = new WeakMap();
	function tick() {
		const now = Date.now();
		for (const el of all("time[datetime*=T]")) {
			if (!written.has(el)) written.set(el, el.textContent);
			const text = zone === says.tz ? written.get(el) : timeText(el);
			if (el.textContent !== text) el.textContent = text;
			el.title = distance(new Date(el.dateTime) - now);
		}
		for (const el of all("[data-due]")) {
			const left = new Date(el.dataset.due) - now, text = left > 0 ? distance(left) : el.dataset.late;
			if (el.textContent !== text) el.textContent = text;
			el.parentNode.classList.toggle("late", left <= 0);
		}
	}

	const zoneLine = one("#zone");
	function showZone() {
		if (!zoneLine) return;
		const [label, button] = zoneLine.children, words = zoneLine.dataset;
		const next = zones[(zones.indexOf(zone) + 1) % zones.length];
		const to = next === says.tz ? "page" : next === own ? "own" : "utc";
		label.textContent = zone === says.tz ? words.page : zone === own ? fill(words.own, { z: own }) : zone;
		button.textContent = words["to" + to];
		button.hidden = zones.length < 2;
		button.onclick = () => {
			zone = next;
			remember("zone", to);
			showZone();
			tick();
		};
	}

	// How much of a limited text is written.
	all("textarea[maxlength]").forEach(el => {
		const count = one("#" + el.getAttribute("aria-describedby"));
		(el.oninput = () => { count.textContent = el.value.length + " / " + el.maxLength })();
	});

	// What the reader unfolded stays unfolded, over updates and visits.
	const folds = JSON.parse(recall("folds") || "{}");
	const fold = () => all("details[id]").forEach(el => { if (el.id in folds) el.open = folds[el.id] });
	doc.addEventListener("click", event => {
		const el = event.target.closest("summary")?.parentNode;
		if (!el?.id) return;
		folds[el.id] = !el.open;
		remember("folds", JSON.stringify(Object.fromEntries(Object.entries(folds).filter(([id]) => id.startsWith("g-")))));
	});
	addEventListener("beforeprint", () => {
		all("details:not([open])").forEach(el => { el.open = el.dataset.print = true });
		const when = one("#paper span");
		if (when) when.textContent = " · " + fill(says.dt, facts(new Date()));
	});
	addEventListener("afterprint", () => all("details[data-print]").forEach(el => { el.open = false; delete el.dataset.print }));

	fold();
	showZone();
	tick();
	setInterval(tick, 3e4);

	// Live updates.
	const url = body.dataset.live, start = "start" in body.dataset, line = one("#live");
	if (!url || !window.EventSource || !line) return;
	let source, revision = "", timer, asked, seen = Date.now(), lost = 0, busy = false, paused = recall("paused") === "1";
	const wanted = {};

	const head = () => doc.title.slice(0, -3 - one(".brand").textContent.length);
	const gist = () => head() + all("[data-say]").map(el => el.id + el.dataset.say);
	let known = gist(), spoken = 0, speech;
	function announce() {
		const now = gist();
		if (now === known) return;
		known = now;
		clearTimeout(speech);
		speech = setTimeout(() => {
			const voice = one("#say");
			spoken = Date.now();
			voice.textContent = "";
			setTimeout(() => { voice.textContent = head() }, 100);
		}, Math.max(0, spoken + 1e4 - Date.now()));
	}

	function swap(el, hash, html) {
		if (el.dataset.h === hash) return;
		const focus = el.contains(doc.activeElement) && doc.activeElement;
		el.innerHTML = html;
		el.dataset.h = hash;
		fold();
		tick();
		if (focus) {
			const again = focus.id ? doc.getElementById(focus.id)
				: focus.localName === "summary" ? one("#" + CSS.escape(focus.parentNode.id) + ">summary")
				: all(focus.localName, el).find(other => other.getAttribute("href") === focus.getAttribute("href"));
			again?.focus({ preventScroll: true });
		}
		el.classList.add("fresh");
		setTimeout(() => el.classList.remove("fresh"), 2e3);
	}

	const section = id => one("main>section#" + CSS.escape(id));
	function face(title, state) {
		if (title) doc.title = title;
		const icon = one("link[rel=icon]");
		icon.href = icon.href.replace(/\w+(?=\.\w+\.svg)/, state); // the icons of all states share a hash
	}

	// The whole document once more, for what came without its HTML.
	async function reread() {
		const always = asked;
		timer = asked = 0;
		if (start && !always && Object.entries(wanted).every(([id, hash]) => section(id)?.dataset.h === hash)) return;
		try {
			const answer = await (start && !always ? fetch(location.pathname + "?r=" + revision, { cache: "no-store" }) : fetch(location.href, { cache: "no-cache" }));
			if (!answer.ok) return;
			const next = new DOMParser().parseFromString(await answer.text(), "text/html");
			for (const el of all("main>section[data-h]", next)) {
				const here = section(el.id);
				if (here) swap(here, el.dataset.h, el.innerHTML);
			}
			doc.title = next.title;
			one("link[rel=icon]").href = one("link[rel=icon]", next).href;
			alive();
			announce();
		} catch { fail() }
	}

	function later(jitter, always) {
		asked ||= always;
		timer ||= setTimeout(reread, 100 + Math.random() * jitter);
	}

	function receive(event) {
		const data = JSON.parse(event.data);
		revision = data.revision;
		busy = false;
		alive();
		if (!start) { face("", data.state); return later(data.jitter_ms, true) }
		for (const [id, hash] of Object.entries(data.hashes || {})) wanted[id] = hash;
		for (const { id, hash, html } of data.sections || []) {
			wanted[id] = hash;
			if (html != null && section(id)) swap(section(id), hash, html);
		}
		face(data.title, data.state);
		announce();
		if (Object.entries(wanted).some(([id, hash]) => section(id)?.dataset.h !== hash)) later(data.jitter_ms);
	}

	function alive() { seen = Date.now(); lost = 0; show() }
	function fail() { if (!lost) lost = Date.now() }

	function open() {
		if (paused || doc.hidden || source) return;
		source = new EventSource(url);
		source.addEventListener("hello", receive);
		source.addEventListener("sections", receive);
		// Too many readers: the stream comes back by itself, one look meanwhile.
		source.addEventListener("busy", () => { busy = true; later(2e3, true) });
		source.onopen = () => { if (!busy) alive() };
		source.onerror = () => { if (!busy) fail() };
	}
	function close() { source?.close(); source = null; lost = 0 }

	function show() {
		const words = line.dataset, [, label, button] = line.children, cut = lost && Date.now() - lost > 6e4 && !paused;
		const text = cut ? fill(words.lost, { time: "", t: fill(says.t, facts(new Date(seen))) }) : paused ? words.paused : words.running;
		if (label.textContent !== text) label.textContent = text;
		button.textContent = paused ? words.resume : words.pause;
		line.classList.toggle("off", !!cut || paused);
		line.hidden = false;
		let note = one(".lost");
		if (!cut) return note?.remove();
		if (note || !one(".banner h1")) return;
		note = doc.createElement("p");
		note.className = "lost";
		note.textContent = text;
		one(".banner h1").after(note);
	}

	one("button", line).onclick = () => {
		paused = !paused;
		remember("paused", paused ? "1" : "0");
		paused ? close() : open();
		show();
	};
	doc.addEventListener("visibilitychange", () => doc.hidden ? close() : open());
	addEventListener("pagehide", close);
	addEventListener("pageshow", event => { if (event.persisted) open() });
	addEventListener("offline", fail);
	setInterval(show, 5e3);
	show();
	open();
})();
