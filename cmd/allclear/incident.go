package main

import (
	"context"
	"fmt"

	"allclear/status"
	"allclear/store"
)

// incidentCmd is staff work from a terminal, through the doors that the staff side and
// the API use.
type incidentCmd struct {
	Open    incidentOpenCmd    `cmd:"" help:"Open an incident or plan a maintenance, and print its id."`
	Update  incidentUpdateCmd  `cmd:"" help:"Add an update to a notice, or correct its facts."`
	Resolve incidentResolveCmd `cmd:"" help:"Close an incident or complete a maintenance."`
	List    incidentListCmd    `cmd:"" help:"List what is open."`
}

type incidentOpenCmd struct {
	Name string `required:"" placeholder:"TEXT" help:"Title, as customers read it."`
	noticeFlags
	Draft bool `help:"Save it as a draft that only staff see."`
}

// Help is shown by allclear incident open --help.
func (incidentOpenCmd) Help() string {
	return noticeHelp + `
Examples:

    allclear incident open --name "Sign-in does not work" --component "Web sign-in=major_outage" --body "We are looking for the cause."
    allclear incident open --name "Search is slow" --component abc123def456=degraded_performance --severity minor --next-update 45m \
        --translate "de.name=Die Suche ist langsam" --translate "de.body=Wir suchen die Ursache." --body "We are looking for the cause."
    allclear incident open --name "New mail servers" --scheduled-for "2026-11-24 22:00" --scheduled-until "2026-11-24 23:30" --auto \
        --affects "E-mail delivery" --body "Messages may arrive up to ten minutes later."`
}

// Run opens the notice and prints its id.
func (c *incidentOpenCmd) Run(ctx context.Context, app *App) error {
	return withKeptStore(ctx, app, func(s *store.Store) error {
		change, err := c.change(ctx, app, s)
		if err != nil {
			return err
		}
		change.Name = &c.Name
		if c.Draft {
			change.Draft = &c.Draft
		}
		by, err := c.judged()
		if err != nil {
			return err
		}
		id, update := status.NewID(), status.NewID()
		receipt, err := s.AddIncident(ctx, by, func(site *status.Site) (*status.Incident, error) {
			return status.OpenIncident(site, id, update, change)
		})
		if err != nil {
			return blocked(app, err)
		}
		return report(ctx, app, s, receipt)
	})
}

type incidentUpdateCmd struct {
	ID   string  `arg:"" help:"Id of the notice, as incident open printed it."`
	Name *string `placeholder:"TEXT" help:"New title."`
	noticeFlags
	Publish bool `help:"Publish a draft."`
}

// Help is shown by allclear incident update --help.
func (incidentUpdateCmd) Help() string {
	return noticeHelp + `
With --body or --status this adds an entry that customers see; without them only the
facts are corrected.

Examples:

    allclear incident update abc123def456 --status identified --body "We have found the cause and are fixing it." --next-update 30m
    allclear incident update abc123def456 --workaround "Use the mobile app; you stay signed in there." --affected 2000-3500
    allclear incident update abc123def456 --publish`
}

// Run changes the notice.
func (c *incidentUpdateCmd) Run(ctx context.Context, app *App) error {
	return c.apply(ctx, app, c.ID, func(change *status.Change, _ *status.Incident, _ *status.Site) error {
		change.Name = c.Name
		if c.Publish {
			draft := false
			change.Draft = &draft
		}
		return nil
	})
}

type incidentResolveCmd struct {
	ID string `arg:"" help:"Id of the notice, as incident open printed it."`
	noticeFlags
	resolutionFlags
}

// Help is shown by allclear incident resolve --help.
func (incidentResolveCmd) Help() string {
	return noticeHelp + `
Components that this notice set and no other open notice holds become operational
again, unless --component says otherwise. --what-happened begins the closing message;
the other parts of it have their own flags.

Examples:

    allclear incident resolve abc123def456 --body "The problem is fully fixed."
    allclear incident resolve abc123def456 --body "The problem is fully fixed." --what-happened "A certificate had expired." \
        --data-loss none --can-recur unlikely --prevention "We are warned earlier."`
}

// Run closes the notice: an incident is resolved, a maintenance completed.
func (c *incidentResolveCmd) Run(ctx context.Context, app *App) error {
	return c.apply(ctx, app, c.ID, func(change *status.Change, n *status.Incident, site *status.Site) (err error) {
		if change.Stage == nil {
			end := status.Resolved
			if n.Kind == status.Maintenance {
				end = status.Completed
			}
			change.Stage = &end
		}
		change.Resolution, err = c.resolution(site)
		return err
	})
}

// apply changes a notice as the flags say; more adds what only one command has.
func (f *noticeFlags) apply(ctx context.Context, app *App, id string, more func(*status.Change, *status.Incident, *status.Site) error) error {
	return withKeptStore(ctx, app, func(s *store.Store) error {
		change, err := f.change(ctx, app, s)
		if err != nil {
			return err
		}
		by, err := f.judged()
		if err != nil {
			return err
		}
		update := status.NewID()
		receipt, err := s.EditIncident(ctx, by, id, 0, func(n *status.Incident, site *status.Site) error {
			c := change // the door may run this twice
			if err := more(&c, n, site); err != nil {
				return err
			}
			return n.Apply(site, update, c)
		})
		if err != nil {
			return blocked(app, err)
		}
		return report(ctx, app, s, receipt)
	})
}

// report prints the id for scripts on standard output, and for people on standard error
// what became of the notice.
func report(ctx context.Context, app *App, s *store.Store, receipt store.Receipt) error {
	if err := remarks(app, "Remark", receipt.Findings); err != nil {
		return err
	}
	n, err := s.Incident(ctx, receipt.ObjectID)
	if err != nil {
		return err
	}
	site, err := s.Site(ctx)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(app.Stdout, n.ID); err != nil {
		return err
	}
	_, err = fmt.Fprintln(app.Stderr, outcome(&n, &site.Page, string(app.Config.BaseURL)))
	return err
}

// outcome says what customers see now.
func outcome(n *status.Incident, page *status.Page, base string) string {
	if n.Asked() {
		return fmt.Sprintf("Saved as a draft: %s. A second person approves it at %s/admin/incidents/%s.", n.Name, base, n.ID)
	}
	if n.Draft {
		return fmt.Sprintf("Saved as a draft: %s. Customers do not see it; publish it with allclear incident update %s --publish.", n.Name, n.ID)
	}
	path := "/incidents/"
	if n.Kind == status.Maintenance {
		path = "/maintenances/"
	}
	text := fmt.Sprintf("Published: %s (%s), %s%s%s.", n.Name, n.Stage, base, path, n.ID)
	if n.NextUpdateAt != nil {
		text += " Next update promised by " + n.NextUpdateAt.In(page.Zone()).Format("2006-01-02 15:04 MST") + "."
	}
	return text
}

type incidentListCmd struct {
	All bool `help:"List closed notices and drafts too."`
}

// Help is shown by allclear incident list --help.
func (incidentListCmd) Help() string {
	return `Examples:

    allclear incident list
    allclear incident list --all`
}

// Run prints a table, newest first.
func (c *incidentListCmd) Run(ctx context.Context, app *App) error {
	return withKeptStore(ctx, app, func(s *store.Store) error {
		filter := store.Filter{}
		if !c.All {
			open, drafts := true, false
			filter.Open, filter.Drafts = &open, &drafts
		}
		list, err := s.Incidents(ctx, filter)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(app.Stdout, c.nothing())
			return err
		}
		lines := [][]string{{"ID", "STATUS", "CREATED", "NEXT UPDATE", "TITLE"}}
		for i := range list {
			n := &list[i]
			lines = append(lines, []string{n.ID, stageOf(n), stamp(n.CreatedAt), nextOf(n, app), n.Name})
		}
		return table(app, lines)
	})
}

func (c *incidentListCmd) nothing() string {
	if c.All {
		return "There is no notice yet."
	}
	return "Nothing is open."
}

func stageOf(n *status.Incident) string {
	if n.Draft {
		return "draft"
	}
	return string(n.Stage)
}

func nextOf(n *status.Incident, app *App) string {
	text := stampOr(n.NextUpdateAt, "-")
	if n.Overdue(app.Now()) {
		text += " (overdue)"
	}
	return text
}
