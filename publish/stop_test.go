package publish_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"allclear/publish"
	"allclear/publish/publishtest"
	"allclear/status"
)

// slow is a source that, once told so, answers only when it is given up.
type slow struct {
	*publishtest.Source
	asked chan struct{} // nil: it answers at once
}

func (s *slow) Public(ctx context.Context, since int64) (status.View, error) {
	if s.asked == nil {
		return s.Source.Public(ctx, since)
	}
	s.asked <- struct{}{}
	<-ctx.Done()
	return status.View{}, ctx.Err()
}

// A stop in the middle of a publication is no outage, and nothing to wake anybody for.
func TestAStopIsNoOutage(t *testing.T) {
	var log bytes.Buffer
	src := &slow{Source: publishtest.New()}
	wake := make(chan struct{}, 1)
	l := publish.NewLive(publish.Options{
		Source: src, Builder: publish.NewBuilder("https://status.example.org", pages(t)),
		Wake: wake, Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err := l.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	src.asked = make(chan struct{}, 1)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	wake <- struct{}{}
	<-src.asked
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if log.Len() > 0 || l.Health().DatabaseDown || l.Health().BuildFailing {
		t.Errorf("%+v, log %q", l.Health(), log.String())
	}
}

// A database that takes too long is one that does not answer.
func TestASlowDatabaseIsAnOutage(t *testing.T) {
	var log bytes.Buffer
	src := &slow{Source: publishtest.New()}
	l := publish.NewLive(publish.Options{
		Source: src, Builder: publish.NewBuilder("https://status.example.org", pages(t)),
		Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	src.asked = make(chan struct{}, 1)
	ctx, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	if err := l.Start(ctx); err == nil || errors.Is(err, context.Canceled) || !l.Health().DatabaseDown {
		t.Errorf("%v, %+v", err, l.Health())
	}
}
