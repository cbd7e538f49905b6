package admin

import (
	"net/http"
	"net/url"
	"strings"

	"allclear/store"
	"allclear/templates"
)

// audit lists who did what, newest first.
func (d *desk) audit(v *visit) error {
	list, err := d.Store.Audit(v.ctx(), pageSize+1, v.c.QueryParam("before"))
	if err != nil {
		return err
	}
	p := templates.AuditPage{Office: v.office("audit", "audit")}
	if len(list) > pageSize {
		list = list[:pageSize]
		p.Older = "/admin/audit?before=" + url.QueryEscape(list[pageSize-1].ID)
	}
	for _, e := range list {
		p.Lines = append(p.Lines, templates.AuditLine{
			At: e.At, Actor: e.Actor, Action: e.Action, Object: e.Object, Detail: e.Detail, Path: objectPath(e),
		})
	}
	return v.show(http.StatusOK, p)
}

// objectPath is the staff page of what an entry is about; "" when it has none.
func objectPath(e store.AuditEntry) string {
	noun, verb, _ := strings.Cut(e.Action, ".")
	if verb == "delete" || e.Object == "" {
		return ""
	}
	switch noun {
	case "incident":
		return "/admin/incidents/" + url.PathEscape(e.Object)
	case "delivery":
		return "/admin/incidents/" + url.PathEscape(e.Object) + "/deliveries"
	case "maintenance":
		return "/admin/maintenances/" + url.PathEscape(e.Object)
	case "component":
		return "/admin/components#c-" + url.PathEscape(e.Object)
	}
	return ""
}
