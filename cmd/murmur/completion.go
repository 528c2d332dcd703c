package main

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"murmur/neuron/kernel"
	"murmur/scenarios"
	"murmur/sim/report"
	"murmur/sim/scenario"
	"murmur/sim/stimulus"
)

// shells are the shells that words are completed in; each has a script in the folder completion, which asks murmur
// completion words.
var shells = []string{"bash", "zsh", "fish"}

//go:embed completion
var scripts embed.FS

func completionCommand() *cli.Command {
	return &cli.Command{
		Name: "completion", Usage: "print what completes murmur's commands, flags and scenarios in a shell: bash, zsh or fish", ArgsUsage: "SHELL",
		Action: func(c *cli.Context) error {
			args := c.Args().Slice()
			if len(args) > 0 && args[0] == "words" { // what the scripts ask
				for _, o := range offers(c.App, args[1:]) {
					fmt.Fprintf(c.App.Writer, "%s\t%s\n", o.word, o.usage)
				}
				return nil
			}
			if len(args) != 1 || !slices.Contains(shells, args[0]) {
				return usage("completion needs one of %s: source <(murmur completion bash) switches it on", strings.Join(shells, ", "))
			}
			script, err := scripts.ReadFile("completion/" + args[0])
			if err != nil {
				return err
			}
			_, err = c.App.Writer.Write(script)
			return err
		},
	}
}

// offer is a word that may stand at the cursor, and what it means.
type offer struct{ word, usage string }

// offers lists what may stand in the place of the last of the words that follow murmur on a command line. It is empty
// where a file is wanted.
func offers(app *cli.App, words []string) (list []offer) {
	if len(words) == 0 {
		words = []string{""}
	}
	begun, whole := words[len(words)-1], ""
	if flag, value, ok := strings.Cut(begun, "="); ok && strings.HasPrefix(flag, "-") && len(words) > 1 { // --flag=value
		words = append(slices.Clone(words[:len(words)-1]), flag, value)
		begun, whole = value, flag+"="
	}
	add := func(word, usage string) {
		if strings.HasPrefix(word, begun) {
			list = append(list, offer{whole + word, strings.ReplaceAll(usage, "`", "")})
		}
	}
	if len(words) == 1 {
		for _, c := range app.VisibleCommands() {
			add(c.Name, c.Usage)
		}
		return list
	}
	command := app.Command(words[0])
	if command == nil {
		return nil
	}
	before := strings.TrimLeft(words[len(words)-2], "-")
	for _, f := range command.Flags {
		d, ok := f.(cli.DocGenerationFlag)
		if ok && d.TakesValue() && before != words[len(words)-2] && slices.Contains(f.Names(), before) {
			for _, v := range flagValues(words, before) {
				add(v, d.GetUsage())
			}
			return list
		}
	}
	if strings.HasPrefix(begun, "-") {
		for _, f := range command.Flags {
			if d, ok := f.(cli.DocGenerationFlag); ok {
				add("--"+f.Names()[0], d.GetUsage())
			}
		}
		return list
	}
	switch {
	case strings.HasPrefix(command.ArgsUsage, scenarioArg):
		for _, name := range scenarios.Names() {
			add(name, "a scenario of murmur's own")
		}
	case command.Name == "completion":
		for _, s := range shells {
			add(s, "a shell")
		}
	}
	return list
}

// flagValues lists the values of a flag that has a few, among the words of a command.
func flagValues(words []string, flag string) (list []string) {
	switch flag {
	case "arm": // those of the scenario
		for _, word := range words[1:] {
			s, err := scenario.Load(word, nil)
			if err != nil {
				continue
			}
			for _, y := range s.Lessons() {
				for _, a := range y.Arms {
					if !slices.Contains(list, a.String()) {
						list = append(list, a.String())
					}
				}
			}
		}
		return list
	case "kernel":
		return append([]string{"auto"}, kernel.Names()...)
	case "progress":
		return report.Modes()
	case "from":
		return scenarios.Names()
	case "family":
		return familyNames()
	case "set":
		if words[0] == "modifications" {
			return stimulus.EmbeddedNames()
		}
		return []string{"size=small", "size=full", "data.path="}
	}
	return nil
}
