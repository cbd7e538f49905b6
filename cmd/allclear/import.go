package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"allclear/status"
	"allclear/status/statuspage"
	"allclear/store"
)

// importCmd takes over what another status page published.
type importCmd struct {
	Statuspage importStatuspageCmd `cmd:"" help:"Import a Statuspage-compatible page from its address, a folder or a file."`
}

type importStatuspageCmd struct {
	Source string `arg:"" help:"Base URL of the page, or a folder or file with its documents."`
	DryRun bool   `help:"Show what would be done, and do nothing."`
}

// Help is shown by allclear import statuspage --help.
func (importStatuspageCmd) Help() string {
	return `Takes over components, incidents, maintenances and their updates with ids, order
and times. A folder holds the page's documents under their own names: summary.json,
components.json, incidents.json, scheduled-maintenances.json, history.atom. Any of
them may stand alone, and a single file may have any name.

All or nothing: one broken document and nothing is imported. Nobody is notified.
Run it again as often as you like: what is the same stays, what is newer is taken
over, and notices that you wrote yourself are kept. The page's id, name and time
zone are taken over only while nothing was ever written here.

Examples:

    allclear import statuspage https://www.githubstatus.com --dry-run
    allclear import statuspage https://www.githubstatus.com
    allclear import statuspage ./capture
    allclear import statuspage summary.json --data /var/lib/allclear`
}

// statuspageFiles are the documents of a page, with their place below its address.
var statuspageFiles = []struct{ name, path string }{
	{"summary.json", "/api/v2/summary.json"},
	{"components.json", "/api/v2/components.json"},
	{"incidents.json", "/api/v2/incidents.json"},
	{"scheduled-maintenances.json", "/api/v2/scheduled-maintenances.json"},
	{"history.atom", "/history.atom"},
}

// maxImport is the most that one document may hold: the largest real page known has
// half a mebibyte.
const maxImport = 32 << 20

// Run reads the source wholly before it touches the database.
func (c *importStatuspageCmd) Run(ctx context.Context, app *App) error {
	files, err := c.read(ctx)
	if err != nil {
		return err
	}
	in, err := statuspage.Read(files)
	if err != nil {
		return fmt.Errorf("nothing was imported: %w", err)
	}
	if c.DryRun {
		return c.rehearse(ctx, app, in)
	}
	return withStore(ctx, app, func(s *store.Store) error { return c.save(ctx, app, s, in) })
}

func (c *importStatuspageCmd) read(ctx context.Context) (map[string][]byte, error) {
	if strings.HasPrefix(c.Source, "http://") || strings.HasPrefix(c.Source, "https://") {
		return fetchPage(ctx, c.Source)
	}
	info, err := os.Stat(c.Source)
	if err != nil {
		return nil, fmt.Errorf("%s is neither a web address nor a file or folder that can be read (%w)", c.Source, reasonOf(err))
	}
	if info.IsDir() {
		return readCapture(c.Source)
	}
	text, err := readBounded(c.Source)
	return map[string][]byte{filepath.Base(c.Source): text}, err
}

// readCapture reads those documents that the folder holds.
func readCapture(folder string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, f := range statuspageFiles {
		text, err := readBounded(filepath.Join(folder, f.name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		files[f.name] = text
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s holds none of %s; rename the documents, or name one file instead of the folder", folder, documentNames())
	}
	return files, nil
}

func documentNames() string {
	names := make([]string, len(statuspageFiles))
	for i, f := range statuspageFiles {
		names[i] = f.name
	}
	return strings.Join(names, ", ")
}

func readBounded(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err == nil && info.Size() > maxImport {
		return nil, fmt.Errorf("%s has more than %d MiB and was not read", file, maxImport>>20)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read (%w)", file, reasonOf(err))
	}
	return text, nil
}

// reasonOf is why a file operation failed, for messages that name the file already.
func reasonOf(err error) error {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return path.Err
	}
	return err
}

// rehearse shows the plan. Without a database it rehearses on an empty one that is
// thrown away, so that looking leaves nothing behind.
func (c *importStatuspageCmd) rehearse(ctx context.Context, app *App, in status.Import) error {
	missing, err := databaseMissing(&app.Config)
	if err != nil {
		return err
	}
	spare := *app
	if missing {
		folder, err := os.MkdirTemp("", "allclear-rehearsal-")
		if err != nil {
			return fmt.Errorf("the import cannot be rehearsed: %w", err)
		}
		defer func() { _ = os.RemoveAll(folder) }() // a temporary folder
		spare.Config.Database.Path = filepath.Join(folder, "allclear.db")
	}
	return withStore(ctx, &spare, func(s *store.Store) error { return c.save(ctx, &spare, s, in) })
}

func (c *importStatuspageCmd) save(ctx context.Context, app *App, s *store.Store, in status.Import) error {
	by := atTerminal()
	by.Import = true
	plan, receipt, err := s.Import(ctx, by, in, c.DryRun)
	if err != nil {
		return fmt.Errorf("nothing was imported: %w", err)
	}
	_, err = fmt.Fprint(app.Stdout, planText(plan, in.Page)+c.closing(plan, receipt))
	return err
}

func (c *importStatuspageCmd) closing(plan status.Plan, receipt store.Receipt) string {
	switch {
	case plan.Nothing():
		return "Everything is here already; nothing changes.\n"
	case c.DryRun:
		return "This was a dry run; nothing was saved.\n"
	}
	return fmt.Sprintf("Imported as revision %d. Nobody is notified.\n", receipt.Revision)
}

// planText says in lines what an import does.
func planText(p status.Plan, page *status.Page) string {
	var b strings.Builder
	switch {
	case page == nil:
	case p.TakesPage && page.Name == "": // a list of notices names its page by the id alone
		fmt.Fprintf(&b, "Page:       takes over the id %s of the source\n", page.ID)
	case p.TakesPage:
		fmt.Fprintf(&b, "Page:       takes over the id %s, the name %q and the time zone of the source\n", page.ID, page.Name)
	default:
		b.WriteString("Page:       keeps its own id, name and time zone\n")
	}
	fmt.Fprintf(&b, "Components: %d new, %d changed, %d as they are\n", p.ComponentsAdded, p.ComponentsChanged, p.ComponentsSame)
	fmt.Fprintf(&b, "Notices:    %d new, %d changed, %d as they are; %s\n",
		p.IncidentsAdded, p.IncidentsChanged, p.IncidentsSame, number(p.UpdatesAdded, "new update", "new updates"))
	if p.Kept > 0 {
		fmt.Fprintf(&b, "Kept:       %s that %s own or newer here\n", number(p.Kept, "object", "objects"), isAre(p.Kept))
	}
	return b.String()
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
