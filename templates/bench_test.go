package templates

import (
	"io"
	"testing"
)

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStartPage(b *testing.B) {
	s, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	d := cannedStart("de")
	for b.Loop() {
		if err := s.StartPage(io.Discard, d); err != nil {
			b.Fatal(err)
		}
	}
}
