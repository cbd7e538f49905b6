package subscribers

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Folder is a Sender for when there is no mail server: each mail becomes a file of its
// own, named by the time of its first attempt and its Message-ID, so that a repeated
// attempt replaces the same file.
type Folder struct {
	Path string
}

// Carrier writes into the folder; workers do not disturb each other.
func (f Folder) Carrier() Carrier { return f }

// Close has nothing to close.
func (f Folder) Close() {}

// Carry writes the mail, whole or not at all.
func (f Folder) Carry(_ context.Context, p Parcel) Answer {
	name := p.At.UTC().Format("20060102T150405.000Z") + "-" + strings.Map(fileRune, p.ID) + ".eml"
	if err := writeWhole(f.Path, name, p.Body); err != nil {
		return Answer{Verdict: Again, Text: "The mail could not be written to the folder for mail: " + err.Error()}
	}
	return Answer{Verdict: Delivered, Text: "Written to " + name + "."}
}

func fileRune(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_@", r) {
		return r
	}
	return '_'
}

// writeWhole writes a file beside its place, makes it durable and moves it there.
func writeWhole(folder, name string, body []byte) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(folder, ".mail-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // gone already when all went well
	_, err = file.Write(body)
	if err == nil {
		err = file.Sync()
	}
	if e := file.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.Rename(file.Name(), filepath.Join(folder, name)); err != nil {
		return err
	}
	return syncFolder(folder)
}

func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	err = f.Sync()
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
