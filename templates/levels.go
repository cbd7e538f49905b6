package templates

// levelUnknown is the palette word for "no data".
const levelUnknown = "unknown"

// pageStates lists the states a page can have, mildest first.
func pageStates() []string {
	return []string{"operational", "maintenance", "degraded", "partial", "major"}
}

// levelKey turns a component level or page state into the one word that the
// palette, the icons and the catalogue use. What it does not know is "unknown".
func levelKey(level string) string {
	switch level {
	case "operational", "degraded", "partial", "major", "maintenance":
		return level
	case "degraded_performance":
		return "degraded"
	case "partial_outage":
		return "partial"
	case "major_outage":
		return "major"
	case "under_maintenance":
		return "maintenance"
	}
	return levelUnknown
}

// rank orders levels and states, mildest first; unknown ranks below all.
func rank(level string) int {
	key := levelKey(level)
	for i, state := range pageStates() {
		if key == state {
			return i
		}
	}
	return -1
}

// iconID names the symbol of the sprite whose shape carries the level.
func iconID(look string) string {
	if look == "watched" {
		return "watched"
	}
	return levelKey(look)
}

// legend lists what bars and lists can show, best first.
func legend() []string {
	return []string{"operational", "degraded", "partial", "major", "maintenance", levelUnknown}
}

// mailColour is the colour of the bar beside a mail's title: middle tones that
// survive mail programs which invert colours. The word beside it says the same.
func mailColour(look string) string {
	switch look {
	case "operational", "watched":
		return "#2a8f7c"
	case "degraded":
		return "#b58900"
	case "partial":
		return "#d9480f"
	case "major":
		return "#c0392f"
	case "maintenance":
		return "#4458d0"
	}
	return "#868f97"
}
