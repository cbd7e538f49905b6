package main

import (
	"errors"
	"io"
	"reflect"
	"slices"
	"time"

	"github.com/alecthomas/kong"
)

// CLI is the command table. A command is a struct in a file of its own, with
//
//	Run(app *App) error                       // or
//	Run(ctx context.Context, app *App) error  // ctx ends with SIGINT and SIGTERM
//
// and Help, which holds its examples; adding one is that file plus one line here.
//
// The tag set:"settings=none" marks a command that works whatever the
// configuration looks like, set:"settings=all" one whose help lists every
// setting instead of only those that say where the data is.
type CLI struct {
	Config `group:"settings"`

	Help helpFlag `short:"h" help:"Show help with examples."`

	Serve    serveCmd    `cmd:"" set:"settings=all" help:"Run everything: page, API, live updates, staff side, delivery."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database's schema up to date, or show how far it is."`
	Import   importCmd   `cmd:"" help:"Take over what another status page published."`
	Account  accountCmd  `cmd:"" help:"Manage the accounts of staff."`
	Token    tokenCmd    `cmd:"" help:"Manage API tokens."`
	Incident incidentCmd `cmd:"" help:"Post and resolve notices from a terminal."`

	Version versionCmd `cmd:"" set:"settings=none" help:"Show the version, the commit and the Go version it was built with."`
}

// The values of the tag set:"settings=…".
const (
	settingsNone = "none"
	settingsAll  = "all"
)

const description = "All Clear: a status page that tells people what is wrong, for whom, and when they will hear more."

const settingsHelp = `Settings:
Each is also an environment variable (ALLCLEAR_MAIL_FROM for --mail-from) and a key of allclear.toml (mail-from = "…"); a flag wins over the environment, the environment over the file. All of them: allclear --help`

// newParser builds the parser of a command table, such as CLI.
func newParser(table any, env func(string) string, stdout, stderr io.Writer) (*kong.Kong, error) {
	return kong.New(table,
		kong.Name("allclear"),
		kong.Description(description),
		kong.NoDefaultHelp(), // the default one ends the process
		kong.Help(printHelp),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, WrapUpperBound: 110}),
		kong.Groups{"settings": settingsHelp},
		kong.Writers(stdout, stderr),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), kong.MapperFunc(decodeDuration)),
		kong.TypeMapper(reflect.TypeFor[int](), kong.MapperFunc(decodeCount)),
		kong.Resolvers(&sources{env: env}),
	)
}

// errHelpShown ends the parsing after --help; run turns it into success.
var errHelpShown = errors.New("help was shown")

// helpFlag prints help before anything of the configuration is read, so that
// help is there when the configuration is broken.
type helpFlag bool

// BeforeReset is called by the parser when --help is among the words.
func (helpFlag) BeforeReset(words *kong.Context) error {
	if err := words.PrintUsage(false); err != nil {
		return err
	}
	return errHelpShown
}

// printHelp is the usual help, without the settings that the command does not
// look at: thirty lines of them would bury its own flags.
func printHelp(options kong.HelpOptions, words *kong.Context) error {
	for _, flag := range words.Model.Flags {
		if isSetting(flag) && !helpShows(words, flag.Name) {
			flag.Hidden = true
		}
	}
	return kong.DefaultHelpPrinter(options, words)
}

func helpShows(words *kong.Context, setting string) bool {
	if words.Selected() == nil {
		return true
	}
	switch settingsOf(words) {
	case settingsAll:
		return true
	case settingsNone:
		return false
	default:
		return slices.Contains([]string{"config", "data", "database"}, setting)
	}
}

// settingsOf is the value of the selected command's tag set:"settings=…".
func settingsOf(words *kong.Context) string {
	return words.Selected().Vars()["settings"]
}

func isSetting(flag *kong.Flag) bool {
	return flag.Group != nil && flag.Group.Key == "settings"
}
