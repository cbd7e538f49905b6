package status

import "time"

// ComponentsSlot is the slot that the names of the chosen components fill by themselves.
const ComponentsSlot = "components"

// StockTemplates are what a new page begins with: staff see how templates work, and the
// first bad night does not begin with an empty list.
func StockTemplates(now time.Time) []Template {
	list := []Template{providerOutage(now), slowAfterUpdate(now), plannedUpgrade(now)}
	for i := range list {
		list[i].Order = int64(i)
	}
	return list
}

func providerOutage(now time.Time) Template {
	t := NewTemplate(NewID(), "en", now)
	t.Name, t.Title = "Outage at an external provider", "{components}: not available"
	t.Stage, t.Category, t.ThirdParty = Identified, "third_party", "unnamed"
	t.Symptom, t.Severity = "unreachable", Serious
	t.CustomerImpact = "You cannot use {components} at the moment."
	t.Body = "The reason is a fault at an external provider. We are in touch with them and pass on what we learn."
	t.Translations = map[string]Texts{"de": {
		Name:           new("{components}: nicht verfügbar"),
		CustomerImpact: new("Sie können {components} derzeit nicht nutzen."),
		Body:           new("Grund ist ein Fehler bei einem externen Dienstleister. Wir stehen mit ihm in Kontakt und geben weiter, was wir erfahren."),
	}}
	return t
}

func slowAfterUpdate(now time.Time) Template {
	t := NewTemplate(NewID(), "en", now)
	t.Name, t.Title = "Slow after an update", "{components}: slower than usual"
	t.Stage, t.Category, t.Symptom, t.Severity = Identified, "change", "slow", Moderate
	t.CustomerImpact = "At the moment, you wait longer than usual for {components}."
	t.Body = "The reason is an update that we made at {time}. We are taking it back."
	t.Translations = map[string]Texts{"de": {
		Name:           new("{components}: langsamer als sonst"),
		CustomerImpact: new("Bei {components} warten Sie derzeit länger als sonst."),
		Body:           new("Grund ist eine Aktualisierung um {time} Uhr. Wir nehmen sie zurück."),
	}}
	return t
}

func plannedUpgrade(now time.Time) Template {
	t := NewTemplate(NewID(), "en", now)
	t.Name, t.Title = "Planned upgrade", "Planned upgrade: {components}"
	t.Stage, t.Workaround = Scheduled, "none_possible"
	t.CustomerImpact = "You cannot use {components} during this time."
	t.Body = "We renew {components}. Everything else keeps working. You do not need to do anything."
	t.Translations = map[string]Texts{"de": {
		Name:           new("Geplante Erneuerung: {components}"),
		CustomerImpact: new("In dieser Zeit können Sie {components} nicht nutzen."),
		Body:           new("Wir erneuern {components}. Alles andere läuft weiter. Sie müssen nichts tun."),
	}}
	return t
}
