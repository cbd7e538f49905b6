package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"
)

// defaultFile is read when it exists and no other file is named.
const defaultFile = "allclear.toml"

// settingError says which setting of the environment or the file is wrong. A
// wrong flag is reported by the parser itself, as a usage error.
type settingError struct {
	key, from string
	reason    error
}

// Error names the key and where its value came from.
func (e *settingError) Error() string {
	if e.key == "" {
		return fmt.Sprintf("%s: %v", e.from, e.reason)
	}
	return fmt.Sprintf("%s (from %s): %v", e.key, e.from, e.reason)
}

// Unwrap gives the reason.
func (e *settingError) Unwrap() error { return e.reason }

// sources answers for every setting that no flag gave: the environment first,
// then the file. It is a kong.Resolver.
type sources struct {
	env  func(string) string
	file map[string]string // nil until read
	name string            // of the file, for messages
}

// Validate is part of kong.Resolver; each value is checked when it is read.
func (s *sources) Validate(*kong.Application) error { return nil }

// Resolve finds the value of one flag outside the command line.
func (s *sources) Resolve(words *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if !isSetting(flag) || settingsOf(words) == settingsNone {
		return nil, nil
	}
	if s.file == nil {
		if err := s.open(words); err != nil {
			return nil, err
		}
	}
	value, from := s.env(envName(flag.Name)), envName(flag.Name)
	if value == "" { // an empty variable counts as none: that is how compose files pass on what is unset
		value, from = s.file[flag.Name], s.name
	}
	if value == "" {
		return nil, nil
	}
	return value, tryValue(flag, value, from)
}

// tryValue decodes the value into a spare target, so that a wrong one is
// reported with its source.
func tryValue(flag *kong.Flag, value, from string) error {
	spare := reflect.New(flag.Target.Type()).Elem()
	scan := kong.Scan().PushTyped(value, kong.FlagValueToken)
	if err := flag.Mapper.Decode(&kong.DecodeContext{Value: flag.Value, Scan: scan}, spare); err != nil {
		return &settingError{key: flag.Name, from: from, reason: err}
	}
	return nil
}

// envName is the environment variable of a setting.
func envName(key string) string {
	return "ALLCLEAR_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}

// open reads the file that --config or ALLCLEAR_CONFIG names, else the default
// one when it exists.
func (s *sources) open(words *kong.Context) error {
	s.file = map[string]string{}
	s.name = chosenFile(words)
	if s.name == "" {
		s.name = s.env(envName("config"))
	}
	chosen := s.name != ""
	if !chosen {
		s.name = defaultFile
	}
	text, err := os.ReadFile(s.name)
	if errors.Is(err, fs.ErrNotExist) && !chosen {
		return nil
	}
	if err != nil {
		if path, ok := errors.AsType[*fs.PathError](err); ok {
			err = path.Err // the message names the file already
		}
		return &settingError{key: "config", from: s.name, reason: fmt.Errorf("the file cannot be read (%w)", err)}
	}
	return s.parse(string(text), words.Model.Flags)
}

// chosenFile is the value of --config, or "".
func chosenFile(words *kong.Context) string {
	for _, flag := range words.Flags() {
		if flag.Name == "config" {
			name, _ := words.FlagValue(flag).(string)
			return name
		}
	}
	return ""
}

// parse takes the keys of the file over; one that is no setting is refused,
// because a typing error must not silently mean the default.
func (s *sources) parse(text string, flags []*kong.Flag) error {
	raw := map[string]any{}
	meta, err := toml.Decode(text, &raw)
	if err != nil {
		return &settingError{from: s.name, reason: tomlReason(err)}
	}
	for _, key := range meta.Keys() {
		name := key.String()
		if !isKey(name, flags) {
			reason := errors.New("there is no such setting; allclear --help lists all")
			return &settingError{key: name, from: s.name, reason: reason}
		}
		if s.file[name], err = plainValue(raw[name]); err != nil {
			return &settingError{key: name, from: s.name, reason: err}
		}
	}
	return nil
}

// isKey says whether a file may set name: every setting but the file itself.
func isKey(name string, flags []*kong.Flag) bool {
	for _, flag := range flags {
		if flag.Name == name {
			return isSetting(flag) && name != "config"
		}
	}
	return false
}

// tomlReason is the parser's finding with its line and without the text around
// it, which may hold a password.
func tomlReason(err error) error {
	if parse, ok := errors.AsType[toml.ParseError](err); ok {
		return fmt.Errorf("line %d is not valid TOML (%s)", parse.Position.Line, parse.Message)
	}
	return err
}

// plainValue writes a value of the file as the flag would be written; a list
// becomes one text with commas.
func plainValue(value any) (string, error) {
	switch value := value.(type) {
	case string:
		return value, nil
	case int64:
		return fmt.Sprint(value), nil
	case []any:
		parts := make([]string, 0, len(value))
		for _, part := range value {
			text, ok := part.(string)
			if !ok {
				return "", errors.New("each entry of the list must be text in quotes")
			}
			parts = append(parts, text)
		}
		return strings.Join(parts, ","), nil
	default:
		return "", errors.New("the value must be text in quotes, a whole number or a list of texts")
	}
}
