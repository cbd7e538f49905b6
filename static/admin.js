// Comforts of the staff side. Every form works without this file.
"use strict";

// Time left until a promise, next to its absolute time.
const left = () => {
	const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short" });
	for (const e of document.querySelectorAll("[data-due]")) {
		const minutes = Math.round((new Date(e.dataset.due) - Date.now()) / 60000);
		e.textContent = Math.abs(minutes) < 90 ? format.format(minutes, "minute") : Math.abs(minutes) < 2880 ? format.format(Math.round(minutes / 60), "hour") : format.format(Math.round(minutes / 1440), "day");
	}
};
left();
setInterval(left, 30000);

// The account's switch for the keys; what may be done with them.
const keys = document.documentElement.dataset.keys?.split(" ");

// A field for one's own time chooses the chip that says so.
document.addEventListener("input", e => {
	const chip = { next_update_at: "next_update", expected_resolution_at: "eta", "resolution.ended_at": "ended", "resolution.follow_up_by": "follow_up" }[e.target.name];
	const own = chip && e.target.value && e.target.form.querySelector(`[name=${chip}][value=at]`);
	if (own) own.checked = true;
});

// With many components, a field to find one.
for (const field of document.querySelectorAll(".find")) {
	const rows = [...field.parentElement.querySelectorAll(".level")];
	field.hidden = rows.length < 13;
	field.addEventListener("input", () => {
		const words = field.value.toLowerCase().split(/\s+/);
		for (const r of rows) r.hidden = !words.every(w => (r.querySelector("label,span") || r).textContent.toLowerCase().includes(w));
		for (const s of field.parentElement.querySelectorAll(".set")) s.hidden = ![...s.querySelectorAll(".level")].some(r => !r.hidden);
	});
	field.addEventListener("keydown", e => { if (e.key === "Enter") e.preventDefault(); });
}

// A review follows what is typed: the server draws the preview and judges the texts, the
// page swaps both. A change of the reach also brings what follows from it. A form without
// a preview asks for the judgement alone.
for (const form of document.querySelectorAll("form[data-preview],form[data-lint]")) {
	let wait, asked = 0;
	const redraw = async ids => {
		const turn = ++asked;
		const body = new URLSearchParams(new FormData(form));
		if ("lint" in form.dataset) body.set("check", "1");
		const answer = await fetch(form.dataset.preview || form.dataset.lint || form.action, { method: "POST", body }).catch(() => null);
		if (!answer || turn !== asked || answer.redirected || !(answer.ok || answer.status === 422)) return;
		const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
		for (const part of form.querySelectorAll("[data-keep]")) part.hidden = (fresh.getElementById(part.id) || part).hidden;
		for (const id of [...ids, ...[...form.querySelectorAll(".found,.verdict")].map(e => e.id)]) {
			const old = document.getElementById(id), now = fresh.getElementById(id);
			if (!old || !now || turn !== asked) continue;
			const open = [...old.querySelectorAll("details")].map(d => d.open);
			const name = old.contains(document.activeElement) && document.activeElement.name;
			old.replaceWith(now);
			now.querySelectorAll("details").forEach((d, i) => { d.open = d.open || open[i]; });
			if (name) (now.querySelector(`[name="${name}"]:checked`) || now.querySelector(`[name="${name}"]`))?.focus();
		}
	};
	form.addEventListener("input", e => {
		if (e.target.name === "anyway") return;
		clearTimeout(wait);
		asked++; // what is under way is out of date
		const ids = form.dataset.parts ? [form.dataset.parts] : ["shown", "usual", "f-uses", "send", "less", "dates"];
		if (["reach", "severity", "urgency"].includes(e.target.name)) ids.push("bad");
		// What is chosen writes the texts; what is typed there stays.
		const texts = form.dataset.follow && document.getElementById(form.dataset.follow);
		if (texts && !texts.contains(e.target)) ids.push(texts.id);
		wait = setTimeout(redraw, 300, ids);
	});
}

// Ctrl+Enter goes on: to the review, there to the button that publishes, and only from
// that button onwards.
document.addEventListener("keydown", e => {
	if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey) || !keys) return;
	const publish = document.querySelector(".publish"), ask = document.querySelector("form.ask");
	if (!publish && !ask) return;
	e.preventDefault();
	if (ask) ask.requestSubmit();
	else if (document.activeElement === publish) publish.click();
	else publish.focus();
});

// Keys of one letter: to the search, to a new notice, to the list of keys. They are off
// while somebody types, and none of them leaves a page on which something was typed.
let typed = false;
document.addEventListener("input", () => { typed = true; });
const help = document.getElementById("keys");
const press = {
	"/": () => {
		const field = [...document.querySelectorAll("main [type=search]")].find(f => f.checkVisibility());
		if (field) field.focus();
		else if (!typed) location.assign("/admin/incidents#search");
	},
	n: () => { if (keys.includes("n") && !typed) location.assign("/admin/new"); },
	"?": () => help.showModal(),
};
document.addEventListener("keydown", e => {
	if (!keys || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.target.closest?.("input,select,textarea,dialog[open],[contenteditable]")) return;
	if (!Object.hasOwn(press, e.key)) return;
	e.preventDefault();
	press[e.key]();
});
document.getElementById("keys-open")?.addEventListener("click", e => { e.preventDefault(); help.showModal(); });
if (location.hash === "#search") document.querySelector("main [type=search]")?.focus();

// A list that a field finds something in; without scripts its form asks the server.
for (const field of document.querySelectorAll("[data-filter]")) {
	const rows = [...document.querySelectorAll(field.dataset.filter)];
	field.addEventListener("input", () => {
		const words = field.value.toLowerCase().split(/\s+/);
		for (const r of rows) r.hidden = !words.every(w => r.textContent.toLowerCase().includes(w));
	});
}

// The mail in a frame instead of a window of its own: shown when it is unfolded, and again
// as the form changes. Each time a new frame, since a used one would fill the history.
for (const box of document.querySelectorAll(".letters")) {
	let button = box.querySelector("button"), wait;
	box.addEventListener("click", e => {
		const chosen = e.target.closest("button");
		if (!chosen) return;
		button = chosen;
		for (const b of box.querySelectorAll("button")) {
			b.ariaPressed = b === button;
			b.formTarget = "letter";
		}
		const frame = document.createElement("iframe");
		frame.name = "letter";
		frame.title = box.dataset.title;
		frame.setAttribute("sandbox", "");
		box.querySelector("iframe")?.remove();
		box.lastElementChild.append(frame);
	});
	box.firstElementChild.addEventListener("click", () => { if (!box.open) button.click(); });
	box.closest("form").addEventListener("input", () => {
		clearTimeout(wait);
		if (box.open) wait = setTimeout(() => button.click(), 600);
	});
}

// While messages wait, the seconds until they leave; then there is nothing left to undo.
for (const form of document.querySelectorAll("form.undo")) {
	const left = form.querySelector(".left"), end = performance.now() + left.textContent * 1000;
	const tick = setInterval(() => {
		const seconds = Math.ceil((end - performance.now()) / 1000);
		if (seconds > 0) { left.textContent = seconds; return; }
		clearInterval(tick);
		form.textContent = form.dataset.over;
	}, 250);
}

// The overview renews itself every 30 seconds, part by part. What is tapped or has the
// focus stays where it is, and the tiles never change places.
const home = document.getElementById("home");
if (home) {
	const plain = e => { const c = e.cloneNode(true); for (const t of c.querySelectorAll("[data-due]")) t.textContent = ""; return c.outerHTML; };
	let touched = 0;
	for (const what of ["pointerdown", "touchmove", "keydown"]) addEventListener(what, () => { touched = Date.now(); }, { passive: true });
	const swap = (old, now) => {
		if (old.id === "tiles") {
			for (const a of old.querySelectorAll(".tile")) {
				const b = now.querySelector(`.tile[href="${a.getAttribute("href")}"]`);
				if (b && a.innerHTML !== b.innerHTML) a.innerHTML = b.innerHTML;
			}
			return old;
		}
		if (plain(old) === plain(now)) return old;
		const focus = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
		old.replaceWith(now);
		if (focus) [...now.querySelectorAll("a")].find(a => a.getAttribute("href") === focus)?.focus({ preventScroll: true });
		return now;
	};
	const renew = async () => {
		if (document.hidden || Date.now() - touched < 1500) return;
		const answer = await fetch(location.pathname).catch(() => null);
		if (!answer || !answer.ok || answer.redirected || Date.now() - touched < 1500) return;
		const fresh = new DOMParser().parseFromString(await answer.text(), "text/html"), parts = fresh.getElementById("home");
		if (!parts) return;
		const said = home.querySelector("h1").textContent;
		for (const old of [...home.children]) if (!parts.querySelector(":scope > #" + old.id)) old.remove();
		let last = null;
		for (const now of [...parts.children]) {
			const old = document.getElementById(now.id);
			const kept = old ? swap(old, now) : now;
			if (last ? last.nextElementSibling !== kept : home.firstElementChild !== kept) last ? last.after(kept) : home.prepend(kept);
			last = kept;
		}
		document.title = fresh.title;
		document.querySelector("link[rel=icon]").href = fresh.querySelector("link[rel=icon]").getAttribute("href");
		const says = home.querySelector("h1").textContent;
		if (says !== said) document.getElementById("renewed").textContent = says;
		left();
	};
	setInterval(renew, 30000);
	document.addEventListener("visibilitychange", renew);
}

// Messages on their way: the bar follows, and each further quarter is said once.
for (const told of document.querySelectorAll("[data-events]")) {
	const bar = told.querySelector("progress"), text = told.querySelector(".text"), aloud = told.querySelector("[role=status]");
	let quarter = +bar.dataset.quarter;
	const source = new EventSource(told.dataset.events);
	source.addEventListener("progress", e => {
		const now = JSON.parse(e.data);
		bar.max = now.max;
		bar.value = now.value;
		text.textContent = now.text;
		text.classList.toggle("late", now.late);
		if (now.quarter > quarter) aloud.textContent = now.say;
		quarter = now.quarter;
	});
	source.addEventListener("done", () => source.close());
}

// A second press while the first is under way does nothing; the server would not mind.
document.addEventListener("submit", e => {
	if (e.target.method !== "post" || e.submitter?.formTarget) return;
	if (e.target.dataset.sent) { e.preventDefault(); return; }
	e.target.dataset.sent = "1";
	if (e.submitter) e.submitter.classList.add("busy");
});
addEventListener("pageshow", () => {
	for (const f of document.querySelectorAll("form[data-sent]")) { delete f.dataset.sent; f.querySelectorAll(".busy").forEach(b => b.classList.remove("busy")); }
});

// What is typed is kept: on the server every three seconds, and on this device as long as
// the server cannot be reached. Nothing stays here once the form was sent.
const shelf = (() => { try { return localStorage; } catch { return null; } })();
const shelved = () => Object.keys(shelf || {}).filter(name => name.startsWith("allclear "));
const taken = name => { try { return JSON.parse(shelf?.getItem(name)); } catch { return null; } };
const sent = document.querySelector(".flash[data-sent]")?.dataset.sent;
for (const name of shelved()) if (sent && taken(name)?.key === sent) shelf.removeItem(name);

for (const line of document.querySelectorAll(".saving")) {
	const form = line.closest("form"), place = form.elements.place.value, name = `allclear ${document.body.dataset.account} ${place}`;
	let wait = 0, changed = false, gone = false, before = "";
	const body = () => new URLSearchParams(new FormData(form));
	const drop = () => shelf?.removeItem(name);
	const hold = () => {
		try { shelf?.setItem(name, JSON.stringify({ key: form.elements.key.value, values: [...body()] })); } catch { /* full; the page itself still has the text */ }
	};
	const say = (text, again) => {
		line.replaceChildren(text);
		line.hidden = !text;
		line.classList.toggle("unsaved", !!again);
		again ? line.setAttribute("role", "alert") : line.removeAttribute("role");
		if (!again) return;
		const button = document.createElement("button");
		Object.assign(button, { type: "button", className: "second", textContent: line.dataset.retry, onclick: again });
		line.append(" ", button);
	};
	const refuse = (field, text) => {
		form.querySelector(".unkept")?.remove();
		form.querySelector("[aria-errormessage]")?.removeAttribute("aria-errormessage");
		if (!field?.before) return;
		const note = document.createElement("span");
		Object.assign(note, { id: field.id + "-unkept", className: "wrong unkept", textContent: text });
		field.before(note);
		field.setAttribute("aria-invalid", "true");
		field.setAttribute("aria-errormessage", note.id);
		for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
	};
	const save = async () => {
		clearTimeout(wait);
		wait = 0;
		changed = false;
		const answer = await fetch("/admin/scratch", { method: "POST", body: body() }).catch(() => null);
		const said = answer && (answer.ok || answer.status === 422) ? await answer.json().catch(() => null) : null;
		if (gone) return;
		if (!said) {
			hold();
			say(line.dataset.unsaved, save);
			changed = true;
			later(15000);
			return;
		}
		drop();
		refuse(said.field && form.elements[said.field], said.text);
		say(said.field ? "" : before + said.text);
	};
	const later = ms => { wait ||= setTimeout(save, ms); };
	form.addEventListener("input", () => { changed = true; later(3000); });
	addEventListener("online", () => { if (changed && !gone) save(); });
	addEventListener("pagehide", () => { if (changed && !gone) navigator.sendBeacon("/admin/scratch", body()); });
	addEventListener("pageshow", () => { gone = false; });

	// Before a form leaves, one small question: a page of the browser that says "no
	// connection" would take the text's place.
	const button = like => like?.isConnected ? like : [...form.querySelectorAll("button")].find(b => like && b.name === like.name && b.formAction === like.formAction);
	form.addEventListener("submit", async e => {
		if (e.submitter?.formTarget) return;
		if (form.dataset.there) {
			delete form.dataset.there;
			gone = true;
			clearTimeout(wait);
			return;
		}
		e.preventDefault();
		e.stopPropagation();
		if (form.dataset.asking) return;
		const by = e.submitter;
		form.dataset.asking = "1";
		by?.classList.add("busy");
		hold();
		const there = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(8000) }).then(r => r.ok, () => false);
		delete form.dataset.asking;
		by?.classList.remove("busy");
		if (there) {
			form.dataset.there = "1";
			form.requestSubmit(button(by));
			delete form.dataset.there; // a field was wrong, and nothing left
			return;
		}
		changed = true;
		say(line.dataset.unsent, () => form.requestSubmit(button(by)));
		line.scrollIntoView({ block: "center" });
		line.querySelector("button").focus();
	});

	for (const other of document.querySelectorAll("form.resumed")) {
		if (other.elements.place.value === place) other.addEventListener("submit", () => { gone = true; clearTimeout(wait); drop(); });
	}

	// A text that never arrived is put back, unless this page is the answer to it.
	const left = taken(name);
	if (left?.key === form.elements.key.value) drop();
	else if (left) {
		for (const e of form.elements) {
			const own = left.values.filter(([field]) => field === e.name).map(([, value]) => value);
			if (e.type === "checkbox" || e.type === "radio") e.checked = own.includes(e.value);
			else if (e.type !== "hidden" && e.type !== "submit" && own.length) e.value = own[0];
		}
		before = line.dataset.kept + " ";
		say(line.dataset.kept);
		form.querySelector("textarea,input:not([type=hidden])").dispatchEvent(new Event("input", { bubbles: true }));
	}
}
document.addEventListener("submit", e => {
	if (e.target.getAttribute("action") === "/admin/logout") for (const name of shelved()) shelf.removeItem(name);
});

// A link to pass on.
for (const button of document.querySelectorAll("[data-copied]")) {
	button.hidden = !navigator.clipboard;
	button.addEventListener("click", async () => {
		await navigator.clipboard.writeText(button.parentElement.querySelector("input").value);
		button.textContent = button.dataset.copied;
	});
}

// An address that ends in the name of a step opens it.
const aim = () => {
	const target = location.hash && document.getElementById(location.hash.slice(1));
	const fold = target && target.closest("details");
	if (fold) { fold.open = true; fold.scrollIntoView(); }
};
addEventListener("hashchange", aim);
aim();

// On a phone the navigation scrolls; the current entry is in view.
const here = document.querySelector(".desk nav [aria-current]");
if (here) here.closest("nav").scrollLeft = here.offsetLeft - here.closest("nav").clientWidth / 2 + here.offsetWidth / 2;
