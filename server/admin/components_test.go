package admin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"allclear/status"
)

func TestMoving(t *testing.T) {
	w := newWorld(t)
	a, b, g := w.component("A", "", ""), w.component("B", "", ""), w.group("G")
	x, y := w.component("X", "", g), w.component("Y", "", g)
	br := w.as(status.Admin)
	send := func(form url.Values) string {
		if p := br.post("/admin/components/order", form); p.code != http.StatusSeeOther || !strings.HasPrefix(p.to(), "/admin/components/order#c-") {
			t.Errorf("%v: %d %s %s", form, p.code, p.to(), p.text())
		}
		return w.order()
	}
	for _, c := range []struct{ id, way, want string }{
		{b, "up", "B A G[X Y]"}, {b, "up", "B A G[X Y]"}, {b, "down", "A B G[X Y]"}, {g, "up", "A G[X Y] B"}, {g, "up", "G[X Y] A B"}, {y, "up", "G[Y X] A B"},
		{y, "up", "G[Y X] A B"}, {x, "down", "G[Y X] A B"}, {a, "down", "G[Y X] B A"}, {"unknown", "up", "G[Y X] B A"},
	} {
		if got := send(url.Values{c.way: {c.id}}); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.id, c.way, got, c.want)
		}
	}
	for _, c := range []struct{ id, group, before, want string }{
		{a, g, x, "G[Y A X] B"}, {x, "", b, "G[Y A] X B"}, {g, "", "", "X B G[Y A]"},
	} {
		if got := send(url.Values{"id": {c.id}, "group": {c.group}, "before": {c.before}}); got != c.want {
			t.Errorf("%v: %s, want %s", c, got, c.want)
		}
	}
	for _, form := range []url.Values{{"id": {"unknown"}}, {"id": {a}, "group": {b}}, {"id": {g}, "group": {g}}, {"id": {a}, "before": {"unknown"}}, {}} {
		if p := br.post("/admin/components/order", form); p.code != http.StatusUnprocessableEntity && p.code != http.StatusNotFound {
			t.Errorf("%v: %d", form, p.code)
		}
	}
	if w.order() != "X B G[Y A]" {
		t.Errorf("refused moves moved: %s", w.order())
	}
	p := br.get("/admin/components/order")
	p.wantSound("order")
	form := p.find(byTag("form"))
	if first := p.byID("c-" + x); attr(form, "action") != "/admin/components/order" || first == nil || attr(first, "data-group") != "" || attr(p.byID("c-"+a), "data-group") != g {
		t.Error("the rows do not say where they stand")
	}
}

func TestManyComponentsAtOnce(t *testing.T) {
	w := newWorld(t)
	g := w.group("Money")
	a, b, c := w.component("Cards", "", ""), w.component("Transfers", "", g), w.component("Mail", "", "")
	br := w.as(status.Admin)
	before := w.revision()
	br.follow(br.post("/admin/components/level", url.Values{"c": {a, b}, "status": {"partial_outage"}})).wantText("Saved.", "Partly down")
	if w.level(a) != status.PartialOutage || w.level(b) != status.PartialOutage || w.level(c) != status.Operational || w.revision() != before+1 {
		t.Errorf("levels %s %s %s at revision %d", w.level(a), w.level(b), w.level(c), w.revision())
	}
	br.follow(br.post("/admin/components/group", url.Values{"c": {c, a}, "group": {g}})).wantText("Saved.")
	if w.order() != "Money[Transfers Mail Cards]" {
		t.Error(w.order())
	}
	br.follow(br.post("/admin/components/group", url.Values{"c": {c}, "group": {""}}))
	if w.order() != "Money[Transfers Cards] Mail" {
		t.Error(w.order())
	}
	for _, path := range []string{"/admin/components/level", "/admin/components/group"} {
		br.post(path, url.Values{"status": {"operational"}}).wantFault(http.StatusUnprocessableEntity, "f-c", "at least one component")
	}
	bad := br.post("/admin/components/level", url.Values{"c": {a}, "status": {"broken"}})
	if bad.code != http.StatusUnprocessableEntity || !has(bad.find(func(n *htmlNode) bool { return attr(n, "value") == a && attr(n, "name") == "c" }), "checked") {
		t.Errorf("%d; what was ticked is lost", bad.code)
	}
	bad.wantSound("no such level")
	for path, form := range map[string]url.Values{
		"/admin/components/level": {"c": {g}, "status": {"operational"}}, "/admin/components/group": {"c": {a}, "group": {b}},
	} {
		if p := br.post(path, form); p.code != http.StatusUnprocessableEntity {
			t.Errorf("%s %v: %d", path, form, p.code)
		} else {
			p.wantSound(path)
		}
	}
	if p := br.post("/admin/components/level", url.Values{"c": {"unknown"}, "status": {"operational"}}); p.code != http.StatusNotFound {
		t.Errorf("unknown: %d", p.code)
	}
	publisher := w.as(status.Publisher).get("/admin/components")
	if publisher.links("/admin/components/"+a) || publisher.links("/admin/components/order") || strings.Contains(publisher.body, "/admin/components/group") {
		t.Error("a publisher is offered what is an admin's")
	}
	if viewer := w.as(status.Viewer).get("/admin/components"); viewer.find(byTag("select")) != nil || viewer.find(byTag("input")) != nil {
		t.Error("a viewer is offered what is a publisher's")
	}
}

func TestFindingComponents(t *testing.T) {
	w := newWorld(t)
	g := w.group("Online banking")
	w.component("Sign-in", "", g)
	w.component("Transfers", "", g)
	w.component("Cards", "", "")
	b := w.as(status.Viewer)
	for query, want := range map[string]string{
		"": "Cards Online banking Sign-in Transfers", "card": "Cards", "BANK": "Online banking Sign-in Transfers", "bank sign": "Sign-in", "nothing": "",
	} {
		p := b.get("/admin/components?q=" + url.QueryEscape(query))
		for _, name := range []string{"Online banking", "Sign-in", "Transfers", "Cards"} {
			if shown := strings.Contains(p.text(), name); shown != strings.Contains(want, name) {
				t.Errorf("%q: %s is shown: %v", query, name, shown)
			}
		}
		if want == "" {
			p.wantText("No component is called like this.")
		}
	}
}

// TestTickingInALongList: in a long list components are ticked and share a level; one that
// was chosen already keeps a level of its own.
func TestTickingInALongList(t *testing.T) {
	w := newWorld(t)
	var ids []string
	for i := range 45 {
		ids = append(ids, w.component("Component "+string(rune('A'+i)), status.Operational, ""))
	}
	bad := w.component("Bad already", status.MajorOutage, "")
	b := w.as(status.Publisher)
	p := b.get("/admin/new?full=1&c=" + ids[0])
	form := p.form("/admin/new")
	if form.Get("components."+ids[0]) != "degraded_performance" || !form.Has("components."+bad) || form.Has("components."+ids[1]) {
		t.Fatalf("which rows have a choice of their own: %v", form)
	}
	p.wantSound("a long list")
	form["also"] = []string{ids[1], ids[2]}
	form = with(form, "name", "Slow", "body", "We are looking.", "customer_impact", "You cannot pay by card.")
	unsaid := b.post("/admin/new", form)
	unsaid.wantFault(http.StatusUnprocessableEntity, "f-also_level", "Choose a status")
	if got := unsaid.form("/admin/new")["also"]; len(got) != 2 {
		t.Errorf("what was ticked is lost: %v", got)
	}
	if p := b.post("/admin/new", with(form, "also_level", "partial_outage")); p.code != http.StatusSeeOther {
		t.Fatalf("%d %s", p.code, p.text())
	}
	for i, want := range []status.Level{status.DegradedPerformance, status.PartialOutage, status.PartialOutage, status.Operational} {
		if got := w.level(ids[i]); got != want {
			t.Errorf("component %d is %s, want %s", i, got, want)
		}
	}
	n := w.incidents()[0]
	desk := b.get(staffPath(&n))
	desk.wantSound("the notice of a long list")
	update := desk.form(staffPath(&n) + "/update")
	update["also"] = []string{ids[5]}
	if p := b.post(staffPath(&n)+"/update", with(update, "also_level", "major_outage", "body", "You cannot pay by card in shops either.")); p.code != http.StatusSeeOther || w.level(ids[5]) != status.MajorOutage {
		t.Errorf("an update: %d, %s", p.code, w.level(ids[5]))
	}
}

// TestHundredsOfComponents: the pages stay light however many there are.
func TestHundredsOfComponents(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		g := w.group("Group " + string(rune('A'+i)))
		for range 22 {
			w.component("A component with a long name, Frankfurt am Main", status.Operational, g)
		}
	}
	b := w.as(status.Admin)
	for path, budget := range map[string]int{"/admin/components": 190 << 10, "/admin/components/order": 230 << 10, "/admin/new?full=1": 120 << 10} {
		p := b.get(path)
		if p.code != http.StatusOK || len(p.body) > budget {
			t.Errorf("%s: %d, %d KiB, at most %d", path, p.code, len(p.body)>>10, budget>>10)
		}
		t.Logf("%s: %d KiB", path, len(p.body)>>10)
	}
}
