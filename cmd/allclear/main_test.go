package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"strings"
	"testing"
)

// Every command shows examples of itself and can be run.
func TestEveryCommandHasExamples(t *testing.T) {
	parser, err := newParser(&CLI{}, noEnv, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	commands := parser.Model.Leaves(false)
	if len(commands) == 0 {
		t.Fatal("the command table is empty")
	}
	for _, command := range commands {
		if !strings.Contains(command.Detail, "Examples:\n\n    "+command.FullPath()) {
			t.Errorf("%s: Help must hold \"Examples:\", an empty line and an indented example", command.FullPath())
		}
		if !command.Target.Addr().MethodByName("Run").IsValid() {
			t.Errorf("%s has no Run method", command.FullPath())
		}
		if command.Help == "" || !strings.HasSuffix(command.Help, ".") {
			t.Errorf("%s: the help in the table must be a sentence", command.FullPath())
		}
	}
}

func noEnv(string) string { return "" }

func TestRunIsTheProgram(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		{[]string{"version"}, exitOK, "commit ", ""},
		{[]string{"--help"}, exitOK, "Commands:", ""},
		{[]string{"version", "-h"}, exitOK, "Examples:", ""},
		{nil, exitUsage, "", `"token" or another command; see allclear --help.`},
		{[]string{"nothing"}, exitUsage, "", "unexpected argument nothing"},
		{[]string{"version", "--sse-max=x"}, exitUsage, "", `--sse-max: "x" is not a whole number; see allclear version --help.`},
	} {
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), c.args, noEnv, strings.NewReader(""), &stdout, &stderr)
		if code != c.code {
			t.Errorf("%v: exit code %d, want %d", c.args, code, c.code)
		}
		for _, stream := range []struct{ name, got, want string }{
			{"stdout", stdout.String(), c.stdout}, {"stderr", stderr.String(), c.stderr},
		} {
			if !strings.Contains(stream.got, stream.want) || (stream.want == "") != (stream.got == "") {
				t.Errorf("%v: %s is %q, want %q in it", c.args, stream.name, stream.got, stream.want)
			}
		}
		if strings.Count(stderr.String(), "\n") > 1 {
			t.Errorf("%v: more than one line on stderr: %q", c.args, stderr.String())
		}
	}
}

// A command that asks for a context and the App gets both; its error is the
// sentence and its code is 1.
func TestCommandsGetTheirWorld(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	command := &probeCmd{}
	parser, err := newParser(&struct {
		CLI
		Probe *probeCmd `cmd:""`
	}{Probe: command}, noEnv, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	words, err := parser.Parse([]string{"probe"})
	if err != nil {
		t.Fatal(err)
	}
	words.BindTo(ctx, (*context.Context)(nil))
	err = words.Run(&App{})
	if !errors.Is(err, context.Canceled) || isUsage(err) || sentence(err) != "the probe stopped; context canceled." {
		t.Errorf("got %v, sentence %q", err, sentence(err))
	}
}

type probeCmd struct{}

func (*probeCmd) Run(ctx context.Context, _ *App) error {
	return errors.Join(errors.New("the probe stopped"), ctx.Err())
}

func TestLogFormatAndLevel(t *testing.T) {
	var out bytes.Buffer
	log := newLogger(&out, &Config{LogFormat: logJSON, LogLevel: LogLevel{slog.LevelWarn}})
	log.Info("quiet")
	log.Warn("loud")
	if got := out.String(); strings.Contains(got, "quiet") || !strings.HasPrefix(got, "{") || !strings.Contains(got, `"msg":"loud"`) {
		t.Errorf("log: %s", got)
	}
	out.Reset()
	newLogger(&out, &Config{LogFormat: logText}).Info("plain")
	if !strings.Contains(out.String(), "msg=plain") {
		t.Errorf("log: %s", out.String())
	}
}

func TestVersionText(t *testing.T) {
	for _, c := range []struct {
		info debug.BuildInfo
		want string
	}{
		{debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "(devel)"}}, "allclear development\ncommit unknown\ngo1.26.8\n"},
		{debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "false"},
		}}, "allclear v1.2.3\ncommit abc\ngo1.26.8\n"},
		{debug.BuildInfo{GoVersion: "go1.26.8", Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"},
		}}, "allclear development\ncommit abc (modified)\ngo1.26.8\n"},
	} {
		var out bytes.Buffer
		if err := writeVersion(&out, &c.info); err != nil || out.String() != c.want {
			t.Errorf("got %q (%v), want %q", out.String(), err, c.want)
		}
	}
}
