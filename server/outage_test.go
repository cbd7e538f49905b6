package server

import (
	"testing"
	"time"
)

func TestAnOutageDoesNotFillTheLog(t *testing.T) {
	now := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	f := &failures{now: func() time.Time { return now }}
	lines := 0
	for range 20 { // twenty seconds with a request every 10 ms
		for range 100 {
			if f.noteworthy(503) {
				lines++
			}
		}
		now = now.Add(time.Second)
	}
	if lines != 2 {
		t.Errorf("%d lines", lines)
	}
	for range 2 {
		if !f.noteworthy(500) || f.noteworthy(404) {
			t.Error("a failure of ours is always logged, one of the visitor never")
		}
	}
}
