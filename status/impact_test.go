package status_test

import (
	"math"
	"testing"
	"time"

	"allclear/status"
)

func TestDefaultPriorities(t *testing.T) {
	urgencies := []status.Urgency{status.UrgencyLow, status.UrgencyNormal, status.UrgencyHigh, status.UrgencyImmediate}
	same(t, "urgencies", status.Urgencies(), urgencies)
	for s, row := range map[status.Severity][]status.Priority{
		status.Minor:    {"P4", "P4", "P3", "P2"},
		status.Moderate: {"P4", "P3", "P2", "P2"},
		status.Serious:  {"P3", "P2", "P1", "P1"},
		status.Critical: {"P2", "P1", "P1", "P1"},
	} {
		for i, u := range urgencies {
			same(t, string(s)+" × "+string(u), status.DefaultPriorities()[s][u], row[i])
		}
	}
	for i, s := range []status.Severity{status.Minor, status.Moderate, status.Serious, status.Critical} {
		same(t, "rank of "+string(s), s.Rank(), i)
	}
	same(t, "severities", len(status.Severities()), 4)
	same(t, "rank of nothing", status.Severity("").Rank(), -1)
}

func TestDefaultSeverities(t *testing.T) {
	const minor, moderate, serious, critical = status.Minor, status.Moderate, status.Serious, status.Critical
	for loss, row := range map[string][]status.Severity{
		"cosmetic": {minor, minor, minor, moderate},
		"partly":   {minor, moderate, moderate, serious},
		"core":     {moderate, serious, serious, critical},
		"all":      {serious, serious, critical, critical},
	} {
		for i, reach := range []string{"few", "some", "many", "most"} {
			same(t, loss+" × "+reach, status.DefaultSeverities()[loss][reach], row[i])
		}
	}
}

func TestImpactAndSeverity(t *testing.T) {
	for s, want := range map[status.Severity]status.Impact{
		status.Minor: status.ImpactMinor, status.Moderate: status.ImpactMinor, status.Serious: status.ImpactMajor, status.Critical: status.ImpactCritical,
	} {
		same(t, "impact of "+string(s), status.ImpactOf(s), want)
	}
	for _, i := range status.Impacts() {
		want := map[status.Impact]status.Severity{
			status.ImpactNone: status.Minor, status.ImpactMinor: status.Moderate, status.ImpactMajor: status.Serious,
			status.ImpactCritical: status.Critical, status.ImpactMaintenance: status.Moderate,
		}[i]
		same(t, "severity of "+string(i), status.SeverityOf(i), want)
	}
	same(t, "categories", len(status.Categories()), 10)
	same(t, "symptoms", len(status.Symptoms()), 7)
}

func users(a status.AffectedUsers) status.Change { return status.Change{AffectedUsers: &a} }

func TestEstimates(t *testing.T) {
	seen := noon.Add(-time.Hour)
	for _, c := range []struct {
		name     string
		in, want status.AffectedUsers
	}{
		{name: "unknown forgets all", in: status.AffectedUsers{Mode: "unknown", Count: 5, AsOf: seen}, want: status.AffectedUsers{Mode: "unknown"}},
		{name: "none has no numbers", in: status.AffectedUsers{Mode: "none", Count: 5, SharePercent: 3},
			want: status.AffectedUsers{Mode: "none", Confidence: "first_look", Basis: "staff", AsOf: noon}},
		{name: "count with share", in: status.AffectedUsers{Mode: "count", Count: 1200, SharePercent: 8, High: 3},
			want: status.AffectedUsers{Mode: "count", Count: 1200, SharePercent: 8, Confidence: "first_look", Basis: "staff", AsOf: noon}},
		{name: "range", in: status.AffectedUsers{Mode: "range", Low: 10, High: 10, Confidence: "measured", Basis: "monitoring", AsOf: seen},
			want: status.AffectedUsers{Mode: "range", Low: 10, High: 10, Confidence: "measured", Basis: "monitoring", AsOf: seen}},
		{name: "share", in: status.AffectedUsers{Mode: "share", SharePercent: 100, Confidence: "final", Basis: "reports"},
			want: status.AffectedUsers{Mode: "share", SharePercent: 100, Confidence: "final", Basis: "reports", AsOf: noon}},
	} {
		same(t, c.name, newDesk(t).open(users(c.in)).n.AffectedUsers, c.want)
		same(t, c.name+" of a maintenance", window(t).apply(users(c.in)).n.AffectedUsers, c.want)
	}
}

func TestBadEstimates(t *testing.T) {
	at := func(field string) string { return "incident.affected_users." + field }
	const share = "The share of affected users must be between 0 and 100 percent."
	const future = "The time of the estimate cannot lie in the future."
	refuseAll(t, []refusal{
		{"mode", users(status.AffectedUsers{Mode: "many"}), at("mode"), `"many" is not possible here; use unknown, none, count, range or share.`},
		{"no mode", users(status.AffectedUsers{Count: 3}), at("mode"), `"" is not possible here`},
		{"confidence", users(status.AffectedUsers{Mode: "none", Confidence: "sure"}), at("confidence"), "use first_look, measured or final."},
		{"basis", users(status.AffectedUsers{Mode: "none", Basis: "guess"}), at("basis"), "use staff, reports or monitoring."},
		{"negative count", users(status.AffectedUsers{Mode: "count", Count: -1}), at("count"), "The number of affected users cannot be negative."},
		{"negative range", users(status.AffectedUsers{Mode: "range", Low: -1, High: 1}), at("high"), "The range of affected users must run"},
		{"range upside down", users(status.AffectedUsers{Mode: "range", Low: 2, High: 1}), at("high"), "from a lower to a higher number, both 0 or more."},
		{"negative share", users(status.AffectedUsers{Mode: "share", SharePercent: -1}), at("share_percent"), share},
		{"more than all", users(status.AffectedUsers{Mode: "count", SharePercent: 100.1}), at("share_percent"), share},
		{"no number", users(status.AffectedUsers{Mode: "share", SharePercent: math.NaN()}), at("share_percent"), share},
		{"no share", users(status.AffectedUsers{Mode: "share"}), at("share_percent"), "Give the share of affected users in percent."},
		{"tomorrow's estimate", users(status.AffectedUsers{Mode: "none", AsOf: noon.Add(1)}), at("as_of"), future},
		{"an estimate of 1970", users(status.AffectedUsers{Mode: "none", AsOf: time.Unix(0, 0)}), at("as_of"), future},
	})
}

// A vendor is named only when the page's allow list holds it.
func TestThirdParty(t *testing.T) {
	by := func(p status.ThirdParty) status.Change { return status.Change{ThirdParty: &p} }
	named := status.ThirdParty{State: "named", Vendor: "Acme Cloud", URL: "https://status.acme.example/"}
	same(t, "named", newDesk(t).open(by(named)).n.ThirdParty, named)
	for _, state := range []string{"none", "unnamed"} {
		p := named
		p.State = state
		same(t, state+" names nobody", newDesk(t).open(by(p)).n.ThirdParty, status.ThirdParty{State: state})
	}
	refuseAll(t, []refusal{
		{"state", by(status.ThirdParty{State: "maybe"}), "incident.third_party.state", "use none, unnamed or named."},
		{"not allowed", by(status.ThirdParty{State: "named", Vendor: "Other Ltd"}), "incident.third_party.vendor",
			`The vendor "Other Ltd" is not on the allow list of this page; choose "unnamed" or add the vendor in the settings.`},
		{"nobody", by(status.ThirdParty{State: "named"}), "incident.third_party.vendor", "not on the allow list"},
		{"script", by(status.ThirdParty{State: "named", Vendor: "Acme Cloud", URL: "javascript:alert(1)"}), "incident.third_party.url",
			`"javascript:alert(1)" is not a web address; it must begin with https:// or http://.`},
	})
}
