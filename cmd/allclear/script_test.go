package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain builds the program once and puts it on the PATH, so that scripts and
// tests run what users run.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "allclear-bin-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitFailed)
	}
	code := exitFailed
	if err := build(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// build leaves the repository's state out of the binary: it is not what the
// tests are about, and a checkout owned by somebody else would stop the build.
func build(dir string) error {
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(dir, "allclear"), ".")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("the program does not build: %w", err)
	}
	return os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// TestScripts runs each transcript of testdata/script in a folder of its own.
// Beside testscript's own commands there are:
//
//	exits CODE COMMAND ARGS…       a command that ends with this exit code
//	take NAME REGEXP               $NAME = the group of REGEXP in the last output
//	serve ARGS…                    start the server on a free port; $URL is its address
//	said NAME REGEXP               wait until the server printed it; $NAME = the group
//	stop, kill9                    end the server as an operator, or as a power cut
//	http STATUS METHOD PATH ARGS…  one request (see request); the output is the answer
//	until REGEXP METHOD PATH ARGS… repeat it until the answer, headers first, matches
//	listen PATH                    keep a stream of the server open
//	heard REGEXP                   wait until that stream brought it
//	mail COUNT ADDRESS             wait until the address has COUNT mails; the output is the newest
//
// $CAPTURES is the folder with real pages' documents.
func TestScripts(t *testing.T) {
	captures, err := filepath.Abs(filepath.Join(root, "status", "statuspage", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("CAPTURES", captures)
			env.Values[stageKey{}] = &stage{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "take": take,
			"serve": serve, "said": said, "stop": stop, "kill9": kill9,
			"http": httpOnce, "until": httpUntil, "listen": listenTo, "heard": heard, "mail": mailFor,
		},
	})
}

// stage is what the commands of one script share.
type stage struct {
	server *background
	stream *transcript
}

type stageKey struct{}

func stageOfScript(ts *testscript.TestScript) *stage {
	s, ok := ts.Value(stageKey{}).(*stage)
	if !ok {
		ts.Fatalf("the script was not set up")
	}
	return s
}

// wants ends the script unless there are at least n arguments and no "!".
func wants(ts *testscript.TestScript, neg bool, args []string, n int, usage string) {
	if neg || len(args) < n {
		ts.Fatalf("usage: %s", usage)
	}
}

// exits runs a command that must end with exactly this exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	wants(ts, neg, args, 2, "exits CODE COMMAND ARGS…")
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// take keeps a part of the last output for later lines.
func take(ts *testscript.TestScript, neg bool, args []string) {
	wants(ts, neg, args, 2, "take NAME REGEXP")
	keep(ts, args[0], pattern(ts, args[1]).FindStringSubmatch(ts.ReadFile("stdout")), args[1])
}

func pattern(ts *testscript.TestScript, text string) *regexp.Regexp {
	re, err := regexp.Compile(`(?m)` + text)
	ts.Check(err)
	return re
}

// keep sets the variable to the first group of a match, or to the whole of it.
func keep(ts *testscript.TestScript, name string, match []string, want string) {
	switch len(match) {
	case 0:
		ts.Fatalf("nothing matches %s", want)
	case 1:
		ts.Setenv(name, match[0])
	default:
		ts.Setenv(name, match[1])
	}
}
