package admin

import (
	"context"
	"sync"
	"time"

	"allclear/status"
	"allclear/status/lint"
)

// casebook keeps the figures of published problems, so that overview and trends read
// each notice once per change and not once per look.
type casebook struct {
	mu      sync.Mutex
	settled int64 // version of the page whose tables the figures follow
	kept    map[string]keptCase
}

type keptCase struct {
	epoch    string
	revision int64
	filed
}

// filed is a case with what staff still owe of it.
type filed struct {
	status.Case
	missing []lint.Part // of the closing message
}

// caseBatch is how many notices are in memory at once while they are read.
const caseBatch = 500

// cases lists the problems that were created since a time, oldest first.
func (d *desk) cases(ctx context.Context, p *status.Page, since time.Time) ([]filed, error) {
	marks, err := d.Store.ProblemMarks(ctx, since)
	if err != nil {
		return nil, err
	}
	b := &d.casebook
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.settled != p.Version || len(b.kept) > 2*len(marks)+10_000 {
		b.settled, b.kept = p.Version, nil
	}
	if b.kept == nil {
		b.kept = map[string]keptCase{}
	}
	var missing []string
	for _, m := range marks {
		if k, ok := b.kept[m.ID]; !ok || k.revision != m.Revision || k.epoch != m.Epoch {
			missing = append(missing, m.ID)
		}
	}
	for len(missing) > 0 {
		part := missing[:min(len(missing), caseBatch)]
		missing = missing[len(part):]
		list, err := d.Store.IncidentsOf(ctx, part)
		if err != nil {
			return nil, err
		}
		for i := range list {
			b.kept[list[i].ID] = keptCase{marks[0].Epoch, list[i].Revision, file(&list[i], p)}
		}
	}
	out := make([]filed, 0, len(marks))
	for _, m := range marks {
		if k, ok := b.kept[m.ID]; ok {
			out = append(out, k.filed)
		}
	}
	return out, nil
}

func file(n *status.Incident, p *status.Page) filed {
	f := filed{Case: status.CaseOf(n, p)}
	if n.Stage == status.Resolved && !n.Imported && !n.Backfilled {
		f.missing = lint.Missing(n.Resolution, f.Priority)
	}
	return f
}
