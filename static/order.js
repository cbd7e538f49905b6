// Arranging components: by hand with a handle, by keyboard with the buttons. Without this
// file the buttons send their form.
"use strict";

const list = document.querySelector(".order"), said = document.getElementById("moved");

const name = row => row.querySelector("b").textContent;
const isGroup = row => row.classList.contains("head");
const id = row => row.id.slice(2);
const rowOf = key => document.getElementById("c-" + key);

// What stands in a group, or at the top, in its order.
const inside = group => [...list.children].filter(r => r.dataset.group === group);

// A group goes with everything in it.
const block = row => [row, ...(isGroup(row) ? inside(id(row)) : [])];

// The row that stands behind a place in the list.
const behind = (group, before) => {
	if (before) return rowOf(before);
	const last = inside(group).at(-1);
	const end = group ? last || rowOf(group) : last && block(last).at(-1);
	return end ? end.nextElementSibling : null;
};

// Buttons at the ends of a group lead nowhere.
const ends = () => {
	for (const row of list.children) {
		const mates = inside(row.dataset.group);
		row.querySelector("[name=up]").disabled = mates[0] === row;
		row.querySelector("[name=down]").disabled = mates.at(-1) === row;
	}
};

// Words of the page with their gaps filled.
const fill = (text, values) => text.replace(/\$(\w+)/g, (_, key) => values[key]);

// One move after the other: the server sees them in the order in which they were made.
let queue = Promise.resolve();
const save = fields => {
	queue = queue.then(async () => {
		const answer = await fetch(list.closest("form").action, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" }).catch(() => null);
		if (!answer || answer.type !== "opaqueredirect") said.textContent = said.dataset.failed;
		said.classList.toggle("vh", !!answer && answer.type === "opaqueredirect");
	});
};

const place = (row, group, before) => {
	if (before === id(row)) return;
	const rows = block(row), next = behind(group, before);
	if (rows.includes(next)) return;
	row.dataset.group = group;
	row.classList.toggle("inside", !!group);
	for (const r of rows) list.insertBefore(r, next);
	ends();
	const mates = inside(group);
	said.textContent = fill(said.dataset.text, { name: name(row), place: mates.indexOf(row) + 1, all: mates.length, group: group ? name(rowOf(group)) : said.dataset.top });
	save({ id: id(row), group, before });
};

list.addEventListener("click", e => {
	const button = e.target.closest("button");
	if (!button) return;
	e.preventDefault();
	const row = button.closest("li"), mates = inside(row.dataset.group), i = mates.indexOf(row);
	const other = button.name === "up" ? mates[i - 1] : mates[i + 2];
	place(row, row.dataset.group, other ? id(other) : "");
	(button.disabled ? row.querySelector("button:enabled") : button)?.focus();
});

// Where a row would land when it is let go: beside the row under the hand or, on the lower
// half of a group's head, as the first in it. Groups stay at the top.
const target = (row, y) => {
	const over = [...list.children].find(r => y < r.getBoundingClientRect().bottom) || list.lastElementChild;
	const box = over.getBoundingClientRect(), lower = y > box.top + box.height / 2;
	if (block(row).includes(over)) return null;
	if (isGroup(row)) {
		const top = over.dataset.group ? rowOf(over.dataset.group) : over;
		const mates = inside(""), before = lower || over !== top ? mates[mates.indexOf(top) + 1] : top;
		return { over, lower, group: "", before: before ? id(before) : "" };
	}
	if (isGroup(over) && lower) {
		const first = inside(id(over)).find(r => r !== row);
		return { over, lower, group: id(over), before: first ? id(first) : "" };
	}
	const mates = inside(over.dataset.group).filter(r => r !== row), before = lower ? mates[mates.indexOf(over) + 1] : over;
	return { over, lower, group: over.dataset.group, before: before ? id(before) : "" };
};

const unmark = () => { for (const r of list.querySelectorAll(".above, .below")) r.classList.remove("above", "below"); };

const lift = (grip, start) => {
	const row = grip.closest("li");
	let land = null;
	grip.setPointerCapture(start.pointerId);
	list.classList.add("dragging");
	for (const r of block(row)) r.classList.add("lifted");
	const move = e => {
		unmark();
		land = target(row, e.clientY);
		land?.over.classList.add(land.lower ? "below" : "above");
		if (e.clientY < 80) scrollBy(0, -16);
		else if (e.clientY > innerHeight - 80) scrollBy(0, 16);
	};
	const end = e => {
		unmark();
		list.classList.remove("dragging");
		for (const r of list.querySelectorAll(".lifted")) r.classList.remove("lifted");
		grip.removeEventListener("pointermove", move);
		for (const kind of ["pointerup", "pointercancel"]) grip.removeEventListener(kind, end);
		document.removeEventListener("keydown", escape);
		if (e.type === "pointerup" && land) place(row, land.group, land.before);
	};
	const escape = e => { if (e.key === "Escape") end(e); };
	grip.addEventListener("pointermove", move);
	for (const kind of ["pointerup", "pointercancel"]) grip.addEventListener(kind, end);
	document.addEventListener("keydown", escape);
};

// The handle is for pointers alone: the buttons beside it do the same for everybody else.
for (const row of list.children) {
	const grip = document.createElement("span");
	grip.className = "grip";
	grip.title = list.dataset.drag;
	grip.addEventListener("pointerdown", e => {
		if (e.button !== 0) return;
		e.preventDefault();
		lift(grip, e);
	});
	row.prepend(grip);
}
