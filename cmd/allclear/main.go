package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // a page's time zone works on a machine without a zone database, such as our image

	"github.com/alecthomas/kong"
)

// Exit codes, the same for every command.
const (
	exitOK     = 0
	exitFailed = 1 // the command was understood and did not succeed
	exitUsage  = 2 // the command line was not understood
)

// App is what every command gets: the configuration and the outside world.
// Tests pass their own world.
type App struct {
	Config Config
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Now    func() time.Time
	Log    *slog.Logger
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal asks for an orderly end; the second one kills as usual.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// run is the program without the process: the same arguments, environment and
// streams give the same output and exit code.
func run(ctx context.Context, args []string, env func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	app := &App{Stdin: stdin, Stdout: stdout, Stderr: stderr, Now: time.Now}
	err := execute(ctx, app, args, env)
	if err == nil || errors.Is(err, errHelpShown) {
		return exitOK
	}
	_, _ = fmt.Fprintln(stderr, "allclear: "+sentence(err)) // nowhere left to report a closed stderr
	if isUsage(err) {
		return exitUsage
	}
	return exitFailed
}

// execute parses the words, completes the configuration and runs the command.
func execute(ctx context.Context, app *App, args []string, env func(string) string) error {
	var cli CLI
	parser, err := newParser(&cli, env, app.Stdout, app.Stderr)
	if err != nil {
		return fmt.Errorf("the command table is wrong: %w", err)
	}
	words, err := parser.Parse(args)
	if err != nil {
		return err
	}
	if settingsOf(words) != settingsNone {
		if err := cli.complete(); err != nil {
			return err
		}
	}
	app.Config = cli.Config
	app.Log = newLogger(app.Stderr, &app.Config)
	words.BindTo(ctx, (*context.Context)(nil))
	return words.Run(app)
}

// newLogger writes to w in the configured format; standard output belongs to
// the results of commands.
func newLogger(w io.Writer, cfg *Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel.Level}
	if cfg.LogFormat == logJSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// isUsage tells a command line that was not understood from a setting that came
// from elsewhere: the parser reports both in the same wrapper.
func isUsage(err error) bool {
	_, parse := errors.AsType[*kong.ParseError](err)
	_, setting := errors.AsType[*settingError](err)
	return parse && !setting
}

// sentence makes one line for a person: no line breaks, a full stop, and after
// a misunderstood command line the place to read more.
func sentence(err error) string {
	if setting, ok := errors.AsType[*settingError](err); ok { // without the parser's prefix, which repeats the key
		err = setting
	}
	text := strings.TrimSpace(strings.ReplaceAll(err.Error(), "\n", "; "))
	if parse, ok := errors.AsType[*kong.ParseError](err); ok {
		more := "see " + commandOf(parse.Context) + " --help"
		if strings.HasSuffix(text, "?") { // the parser asks "did you mean …?"
			return text + " Otherwise " + more + "."
		}
		if list, cut := strings.CutSuffix(text, ", ..."); cut { // of several commands the parser names five
			text = list + " or another command"
		}
		text = strings.TrimRight(text, ".") + "; " + more
	}
	return strings.TrimRight(text, ".") + "."
}

// commandOf is the command as far as it was understood, such as
// "allclear version".
func commandOf(words *kong.Context) string {
	if node := words.Selected(); node != nil {
		return node.FullPath()
	}
	return words.Model.Name
}
