package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// scripted is a ticker that does at each second what is written for it.
type scripted struct {
	begin time.Time
	moves map[int]bool // seconds in which something was done
	fails func(second int) error
	at    []int
}

func (s *scripted) Tick(context.Context) (bool, error) {
	second := int(time.Since(s.begin) / time.Second)
	s.at = append(s.at, second)
	if s.fails != nil {
		return s.moves[second], s.fails(second)
	}
	return s.moves[second], nil
}

// The clock looks every second, tells who waits as soon as something was done, and logs
// an outage once, whatever becomes of the other jobs meanwhile.
func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		begin := time.Now()
		store := &scripted{begin: begin, moves: map[int]bool{2: true, 5: true}, fails: func(second int) error {
			if second == 3 || second == 4 || second == 7 {
				return errors.New("no database")
			}
			return nil
		}}
		purger := &scripted{begin: begin}
		var woken []int
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- runClock(ctx, slog.New(slog.NewTextHandler(&log, nil)), followed{store, func() {
				woken = append(woken, int(time.Since(begin)/time.Second))
			}}, purger)
		}()
		time.Sleep(8*time.Second + time.Millisecond) // virtual
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if every := []int{1, 2, 3, 4, 5, 6, 7, 8}; !slices.Equal(store.at, every) || !slices.Equal(purger.at, every) {
			t.Errorf("looked at %v and %v", store.at, purger.at)
		}
		if want := []int{2, 5}; !slices.Equal(woken, want) {
			t.Errorf("told at %v, want %v", woken, want)
		}
		if n := strings.Count(log.String(), "no database"); n != 2 {
			t.Errorf("%d log entries for two outages:\n%s", n, log.String())
		}
	})
}
