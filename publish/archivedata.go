package publish

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"allclear/status"
)

var noticeDataPath = regexp.MustCompile(`^(/api/v3)?/incidents/([A-Za-z0-9_-]{1,64})\.json$`)

// maxHistoryPage is a hundred years back: further pages cannot hold anything.
const maxHistoryPage = 400

// makeData makes the JSON documents of the archive.
func (l *Live) makeData(ctx context.Context, v *status.View, path string) (doc, error) {
	if m := noticeDataPath.FindStringSubmatch(path); m != nil {
		n, err := l.o.Source.PublicIncident(ctx, m[2])
		if err != nil {
			return doc{}, err
		}
		long, public, err := l.o.Builder.noticeData(v, &n)
		if m[1] != "" {
			return public, err
		}
		return long, err
	}
	if page, ok := strings.CutPrefix(path, "/history.json"); ok {
		return l.makeHistory(ctx, v, strings.TrimPrefix(page, "?page="))
	}
	if m := uptimeQuery.FindStringSubmatch(path); m != nil {
		return l.o.Builder.uptimeDays(v, m[1], m[2])
	}
	if cursor, ok := strings.CutPrefix(path, "/api/v3/incidents.json?cursor="); ok {
		incidents, next, err := l.o.Source.PublicPage(ctx, status.Problem, cursor, status.RecentNotices)
		if err != nil {
			return doc{}, err
		}
		return l.o.Builder.incidentPage(v, path, incidents, next)
	}
	return doc{}, nil
}

// makeHistory makes a page of /history.json: three months each.
func (l *Live) makeHistory(ctx context.Context, v *status.View, number string) (doc, error) {
	page := 1
	if number != "" {
		var err error
		if page, err = strconv.Atoi(number); err != nil || page < 1 || page > maxHistoryPage || strconv.Itoa(page) != number { // one spelling, one document
			return doc{}, status.NewFault(status.CodeMalformed, "page", "The page must be a number from 1.")
		}
	}
	months := historyMonths(v, page)
	for i := range months {
		key := monthKey(status.Month{Year: months[i].year, Month: months[i].month})
		notices, err := l.o.Source.PublicMonth(ctx, key)
		if err != nil {
			return doc{}, err
		}
		months[i].notices = notices
	}
	return l.o.Builder.historyPage(v, page, months)
}
