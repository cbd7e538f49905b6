package lint

import "allclear/status"

// Missing lists the parts that a resolution message of this priority still lacks.
func Missing(r *status.Resolution, p status.Priority) []Part {
	var parts []Part
	for _, part := range Parts(p) {
		if !has(r, part) {
			parts = append(parts, part)
		}
	}
	return parts
}
