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

// A field for one's own time chooses the chip that says so.
document.addEventListener("input", e => {
	if (e.target.name === "next_update_at" && e.target.value) e.target.form.querySelector("[name=next_update][value=at]").checked = true;
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

// A review follows what is typed: the server draws the preview, the page swaps it. A
// change of the reach also brings what follows from it.
for (const form of document.querySelectorAll("form[data-preview]")) {
	let wait, asked = 0;
	const redraw = async ids => {
		const turn = ++asked;
		const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
		if (!answer || turn !== asked || answer.redirected || !(answer.ok || answer.status === 422)) return;
		const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
		for (const id of ids) {
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
		clearTimeout(wait);
		asked++; // what is under way is out of date
		const ids = ["reach", "severity", "urgency"].includes(e.target.name) ? ["shown", "usual", "bad", "send"] : ["shown", "usual", "send"];
		wait = setTimeout(redraw, 300, ids);
	});
}

// Ctrl+Enter goes on: to the review, there to the button that publishes, and only from
// that button onwards.
document.addEventListener("keydown", e => {
	if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey)) return;
	const publish = document.querySelector(".publish"), ask = document.querySelector("form.ask");
	if (!publish && !ask) return;
	e.preventDefault();
	if (ask) ask.requestSubmit();
	else if (document.activeElement === publish) publish.click();
	else publish.focus();
});

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

// A second press while the first is under way does nothing; the server would not mind.
document.addEventListener("submit", e => {
	if (e.target.method !== "post") return;
	if (e.target.dataset.sent) { e.preventDefault(); return; }
	e.target.dataset.sent = "1";
	if (e.submitter) e.submitter.classList.add("busy");
});
addEventListener("pageshow", () => {
	for (const f of document.querySelectorAll("form[data-sent]")) { delete f.dataset.sent; f.querySelectorAll(".busy").forEach(b => b.classList.remove("busy")); }
});

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
