// Package scenarios holds murmur's own scenario files, so that the program runs them from anywhere.
package scenarios

import (
	"embed"
	"slices"
	"strings"
)

//go:embed *.yaml
var files embed.FS

const extension = ".yaml"

// Names lists the scenarios, sorted: the names of their files without .yaml.
func Names() []string {
	list, err := files.ReadDir(".")
	if err != nil {
		panic("scenarios: " + err.Error()) // the folder is part of the program
	}
	var names []string
	for _, f := range list {
		names = append(names, strings.TrimSuffix(f.Name(), extension))
	}
	return names
}

// Text returns the file of a scenario, and whether there is one of that name.
func Text(name string) ([]byte, bool) {
	if !slices.Contains(Names(), name) {
		return nil, false
	}
	text, err := files.ReadFile(name + extension)
	return text, err == nil
}
