package main

import (
	"fmt"
	"io"
	"runtime/debug"
)

// versionCmd prints what exactly is running: the first question of every report.
type versionCmd struct{}

// Help is shown by allclear version --help.
func (versionCmd) Help() string {
	return `Examples:

    allclear version
    ssh status.example.com allclear version`
}

// Run prints three lines from what the Go tool recorded in the binary.
func (versionCmd) Run(app *App) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return fmt.Errorf("this binary carries no build information; build it with go build ./cmd/allclear")
	}
	return writeVersion(app.Stdout, info)
}

func writeVersion(w io.Writer, info *debug.BuildInfo) error {
	version := info.Main.Version
	if version == "" || version == "(devel)" {
		version = "development"
	}
	_, err := fmt.Fprintf(w, "allclear %s\ncommit %s\n%s\n", version, commitOf(info), info.GoVersion)
	return err
}

// commitOf is the commit that the binary was built from, marked when files had
// been changed since.
func commitOf(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	commit := settings["vcs.revision"]
	if commit == "" {
		return "unknown"
	}
	if settings["vcs.modified"] == "true" {
		return commit + " (modified)"
	}
	return commit
}
