package status

import "testing"

func TestVeil(t *testing.T) {
	for in, want := range map[string]string{
		"ann@example.com": "a…@example.com", "Öl@example.com": "Ö…@example.com", `"a@b"@example.com`: `"…@example.com`, "@example.com": "…", "nothing": "…", "": "…",
	} {
		if got := VeilAddress(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"https://hooks.example.com/T0/secret?x=1": "https://hooks.example.com/…", "https://u:p@example.com:8443/a": "https://example.com:8443/…", "hooks": "…", "%": "…",
	} {
		if got := VeilEndpoint(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
