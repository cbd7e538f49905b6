package conform

import "testing"

func TestDiff(t *testing.T) {
	capture := `{"page":{"url":"https://a.example","updated_at":"2026-01-02T03:04:05.678-05:00"},"list":[{"a":1,"b":null},{"a":2}]}`
	tests := map[string]struct {
		ours  string
		equal bool
	}{
		"same":          {capture, true},
		"url and time":  {`{"page":{"url":"http://b.example","updated_at":"2026-01-02T08:04:05.678Z"},"list":[{"a":1,"b":null},{"a":2}]}`, true},
		"other instant": {`{"page":{"url":"http://b.example","updated_at":"2026-01-02T08:04:05.679Z"},"list":[{"a":1,"b":null},{"a":2}]}`, false},
		"no fraction":   {`{"page":{"url":"https://a.example","updated_at":"2026-01-02T08:04:05Z"},"list":[{"a":1,"b":null},{"a":2}]}`, false},
		"key order":     {`{"page":{"url":"https://a.example","updated_at":"2026-01-02T03:04:05.678-05:00"},"list":[{"b":null,"a":1},{"a":2}]}`, false},
		"item order":    {`{"page":{"url":"https://a.example","updated_at":"2026-01-02T03:04:05.678-05:00"},"list":[{"a":2},{"a":1,"b":null}]}`, false},
		"missing null":  {`{"page":{"url":"https://a.example","updated_at":"2026-01-02T03:04:05.678-05:00"},"list":[{"a":1},{"a":2}]}`, false},
		"missing item":  {`{"page":{"url":"https://a.example","updated_at":"2026-01-02T03:04:05.678-05:00"},"list":[{"a":1,"b":null}]}`, false},
		"extra key":     {`{"page":{"url":"https://a.example","updated_at":"2026-01-02T03:04:05.678-05:00"},"list":[{"a":1,"b":null},{"a":2}],"x":1}`, false},
		"text, not number": {
			`{"page":{"url":"https://a.example","updated_at":"2026-01-02T03:04:05.678-05:00"},"list":[{"a":"1","b":null},{"a":2}]}`, false,
		},
		"reminders not null": {
			`{"page":{"url":"https://a.example","updated_at":"2026-01-02T03:04:05.678-05:00"},"list":[{"a":1,"b":null,"reminder_intervals":"x"},{"a":2}]}`, false,
		},
		"reminders added": {
			`{"page":{"url":"https://a.example","updated_at":"2026-01-02T03:04:05.678-05:00"},"list":[{"a":1,"b":null,"reminder_intervals":null},{"a":2}]}`, true,
		},
		"two values": {capture + "{}", false},
		"cut off":    {capture[:40], false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := Diff([]byte(capture), []byte(test.ours)); (diff == "") != test.equal {
				t.Errorf("Diff = %q", diff)
			}
		})
	}
}
