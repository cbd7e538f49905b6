package status_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"allclear/status"
)

// The waits between attempts, without jitter.
func TestWaitsBetweenAttempts(t *testing.T) {
	for channel, waits := range map[status.Channel][]string{
		status.Email:   {"1m", "5m", "15m", "30m", "1h", "2h", "4h", "8h"},
		status.Webhook: {"5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h"},
	} {
		for i, w := range waits {
			want, err := time.ParseDuration(w)
			if err != nil {
				t.Fatal(err)
			}
			d := status.Delivery{Channel: channel, Attempts: i + 1, FirstAt: &noon}
			at, more := d.NextAttempt(noon, 0, 0.5)
			if got := at.Sub(noon); !more || got != want {
				t.Errorf("%s after attempt %d: %v, want %v", channel, i+1, got, want)
			}
		}
	}
	d := status.Delivery{Channel: status.Email}
	if at, more := d.NextAttempt(noon, 0, 0.5); !more || at.Sub(noon) != time.Minute {
		t.Errorf("before any attempt: %v %v", at, more)
	}
}

func TestJitterIsAFifth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := status.Delivery{
			Channel: rapid.SampledFrom([]status.Channel{status.Email, status.Webhook}).Draw(t, "channel"), Attempts: rapid.IntRange(1, 8).Draw(t, "attempts"), FirstAt: &noon,
		}
		plain, _ := d.NextAttempt(noon, 0, 0.5)
		at, more := d.NextAttempt(noon, 0, rapid.Float64Range(0, 1).Draw(t, "spread"))
		if ratio := float64(at.Sub(noon)) / float64(plain.Sub(noon)); !more || ratio < 0.8-1e-6 || ratio > 1.2+1e-6 {
			t.Fatalf("after attempt %d: %v of the wait", d.Attempts, ratio)
		}
	})
	for spread, want := range map[float64]time.Duration{0: 48 * time.Second, 1: 72 * time.Second} {
		d := status.Delivery{Channel: status.Email, Attempts: 1, FirstAt: &noon}
		at, _ := d.NextAttempt(noon, 0, spread)
		if got := at.Sub(noon); got.Round(time.Millisecond) != want {
			t.Errorf("at %v: %v, want %v", spread, got, want)
		}
	}
}

// A mail is tried for a day, whatever the jitter; a webhook ten times.
func TestGivenUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		channel := rapid.SampledFrom([]status.Channel{status.Email, status.Webhook}).Draw(t, "channel")
		d := status.Delivery{Channel: channel, FirstAt: &noon}
		now, more := noon, true
		for more {
			d.Attempts++
			var at time.Time
			if at, more = d.NextAttempt(now, 0, rapid.Float64Range(0, 1).Draw(t, "spread")); more {
				if !at.After(now) {
					t.Fatalf("attempt %d at %v, the next at %v", d.Attempts, now, at)
				}
				now = at
			} else if !at.IsZero() {
				t.Fatalf("given up, but tried again at %v", at)
			}
		}
		if channel == status.Webhook && d.Attempts != 10 {
			t.Fatalf("webhook given up after %d attempts", d.Attempts)
		}
		if last := now.Sub(noon); channel == status.Email && (last > status.MailPatience || last < 12*time.Hour || d.Attempts < 9) {
			t.Fatalf("mail given up after %d attempts, %v", d.Attempts, last)
		}
	})
}

func TestGivenUpAtTheEdges(t *testing.T) {
	day := noon.Add(status.MailPatience)
	for _, c := range []struct {
		name string
		d    status.Delivery
		now  time.Time
		more bool
	}{
		{"after all waits, with time left", status.Delivery{Channel: status.Email, Attempts: 9, FirstAt: &noon}, noon.Add(16 * time.Hour), true},
		{"exactly a day after the first attempt", status.Delivery{Channel: status.Email, Attempts: 9, FirstAt: &noon}, noon.Add(16*time.Hour + 1), false},
		{"a day is over", status.Delivery{Channel: status.Email, Attempts: 9, FirstAt: &noon}, day, false},
		{"held up at its first wait", status.Delivery{Channel: status.Email, Attempts: 1, FirstAt: &noon}, day, false},
		{"never tried", status.Delivery{Channel: status.Email, Attempts: 9}, noon, false},
		{"webhook", status.Delivery{Channel: status.Webhook, Attempts: 10, FirstAt: &noon}, noon, false},
		{"webhook, long ago", status.Delivery{Channel: status.Webhook, Attempts: 9, FirstAt: &noon}, noon.Add(76 * time.Hour), true},
	} {
		if _, more := c.d.NextAttempt(c.now, 0, 0.5); more != c.more {
			t.Errorf("%s: tried again %v, want %v", c.name, more, c.more)
		}
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	for _, c := range []struct{ asked, want time.Duration }{
		{time.Second, 5 * time.Minute}, {time.Hour, time.Hour}, {1000 * time.Hour, 24 * time.Hour}, {-time.Hour, 5 * time.Minute},
	} {
		d := status.Delivery{Channel: status.Webhook, Attempts: 2, FirstAt: &noon}
		if at, more := d.NextAttempt(noon, c.asked, 0.5); !more || at.Sub(noon) != c.want {
			t.Errorf("asked for %v: in %v, want %v", c.asked, at.Sub(noon), c.want)
		}
	}
}
