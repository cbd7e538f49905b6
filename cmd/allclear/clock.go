package main

import (
	"context"
	"log/slog"
	"time"
)

// ticker is something that is due from time to time.
type ticker interface {
	Tick(ctx context.Context) (moved bool, err error)
}

// followed is a ticker whose doings somebody else waits for.
type followed struct {
	ticker
	then func()
}

// Tick ticks, and says so when something was done.
func (f followed) Tick(ctx context.Context) (bool, error) {
	moved, err := f.ticker.Tick(ctx)
	if moved {
		f.then()
	}
	return moved, err
}

// runClock looks once a second for what time has made due. Errors are logged once per
// outage, not once per second.
func runClock(ctx context.Context, log *slog.Logger, jobs ...ticker) error {
	beat := time.NewTicker(time.Second)
	defer beat.Stop()
	failing := make([]bool, len(jobs))
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-beat.C:
		}
		for i, job := range jobs {
			_, err := job.Tick(ctx)
			if err != nil && !failing[i] && ctx.Err() == nil {
				log.Error("What is due could not be done; it is tried every second.", "error", err)
			}
			failing[i] = err != nil
		}
	}
}
