// Command murmur runs scenario files: networks whose units shape their own noise, and what that buys.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime/debug"
	"syscall"

	"github.com/urfave/cli/v2"

	"murmur/sim/report"
)

// Exit statuses. Scripts rely on them: see the README.
const (
	exitOK          = 0
	exitThreshold   = 1 // a threshold or a check failed
	exitUsage       = 2 // the scenario or the command line is wrong
	exitBroken      = 3 // the run broke
	exitInterrupted = 130
)

func main() {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	go func() {
		<-ctx.Done()
		stop() // a second signal ends the process at once
	}()
	os.Exit(run(ctx, os.Args, os.Stdout, os.Stderr))
}

// status is an error with the exit status it calls for.
type status struct {
	code int
	err  error
}

func (s *status) Error() string {
	if s.err == nil {
		return ""
	}
	return s.err.Error()
}

func (s *status) Unwrap() error { return s.err }

func usage(format string, args ...any) error {
	return &status{exitUsage, fmt.Errorf(format, args...)}
}

// Help is as wide as the terminal. The library asks for its printer in a variable.
func init() {
	cli.HelpPrinter = func(w io.Writer, template string, data any) {
		cli.HelpPrinterCustom(w, template, data, map[string]any{"wrapAt": func() int { return report.NewTerminal(w).Width }})
	}
}

// newApp returns the command line.
func newApp(stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:                      "murmur",
		DisableSliceFlagSeparator: true, // a value may hold commas
		Usage:                     "networks whose units shape their own noise, and what that buys",
		Version:                   version,
		Writer:                    stdout,
		ErrWriter:                 stderr,
		HideHelpCommand:           true,
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              func(c *cli.Context, err error, _ bool) error { return usage("%s", flagError(c.Command.Name, err)) },
		CommandNotFound:           func(*cli.Context, string) {},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usage("no command %q: murmur --help lists them; a scenario file runs with murmur run FILE", c.Args().First())
			}
			return cli.ShowAppHelp(c)
		},
		Commands: []*cli.Command{runCommand(), validateCommand(), showCommand(), planCommand(), modificationsCommand(), schemaCommand(), benchCommand(), viewCommand(), reportCommand(), compareCommand(), initCommand(), completionCommand(), versionCommand()},
	}
	for _, c := range app.Commands {
		c.OnUsageError = app.OnUsageError
		c.HideHelpCommand = true
	}
	return app
}

// run is the whole program: it returns the exit status.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	stdout, stderr := report.NewTerminal(out), report.NewTerminal(errs)
	app := newApp(stdout, stderr)
	err := func() (err error) {
		defer recovered(&err)
		return app.RunContext(ctx, flagsFirst(app, args))
	}()
	if err == nil {
		return exitOK
	}
	code := exitBroken
	var s *status
	if errors.As(err, &s) {
		code = s.code
	}
	if text := packages.ReplaceAllString(err.Error(), "$1"); text != "" {
		fmt.Fprintf(stderr, "murmur: %s\n", text)
	}
	return code
}

// packages are the names of packages before what their errors say.
var packages = regexp.MustCompile(`(?m)(^|: )record: `)

// recovered turns a panic into an error of a run that broke; it is deferred.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = &status{exitBroken, fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
	}
}

// What the library says of flags, in words of its own.
var (
	unknownFlag = regexp.MustCompile(`^flag provided but not defined: -(.*)$`)
	badFlag     = regexp.MustCompile(`^invalid value (".*") for flag -(\S+): .*$`)
)

// flagError says what is wrong with the flags of a command, as they are written.
func flagError(command string, err error) string {
	text := unknownFlag.ReplaceAllString(err.Error(), "there is no flag --$1")
	text = badFlag.ReplaceAllString(text, "--$2: $1 does not fit")
	if text != err.Error() {
		text += ": see murmur " + command + " --help"
	}
	return text
}

// flagsFirst moves the flags of a command before its files, since the library reads none after the first file. What
// follows "--" stays as it is.
func flagsFirst(app *cli.App, args []string) []string {
	if len(args) < 2 {
		return args
	}
	command := app.Command(args[1])
	if command == nil {
		return args
	}
	takesValue := map[string]bool{}
	for _, f := range command.Flags {
		v, ok := f.(cli.DocGenerationFlag)
		for _, name := range f.Names() {
			takesValue[name] = ok && v.TakesValue()
		}
	}
	flags, files := []string{args[0], args[1]}, []string{}
	rest := args[2:]
	for i := 0; i < len(rest); i++ {
		switch name := trimDashes(rest[i]); {
		case rest[i] == "--":
			files = append(files, rest[i+1:]...)
			i = len(rest)
		case name == "":
			files = append(files, rest[i])
		default:
			flags = append(flags, rest[i])
			if !takesValue[name] {
				continue
			}
			if i+1 == len(rest) {
				return flags // the library says that the value is missing
			}
			i++
			flags = append(flags, rest[i])
		}
	}
	return append(append(flags, "--"), files...)
}

// trimDashes returns the name of a flag, or "" for what is none.
func trimDashes(arg string) string {
	if len(arg) < 2 || arg[0] != '-' {
		return ""
	}
	if arg[1] == '-' {
		return arg[2:]
	}
	return arg[1:]
}
