// Command allclear is the whole program: words come in (arguments, environment,
// an optional file), are made into one Config, wired to the packages below, and
// leave as output and an exit code.
//
// Nothing else in the tree reads the environment, knows a flag or ends the
// process. Each command is one file with one struct and its Run method; cli.go
// lists them. A command that fails prints one sentence on standard error and
// exits with 1, or with 2 when the command line itself was not understood.
package main
