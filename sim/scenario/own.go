package scenario

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"

	"murmur/scenarios"
)

// known reads a scenario: a file, or, where there is no file of exactly that name, one of murmur's own by its bare name.
func known(path string) ([]byte, error) {
	src, err := readFile(path)
	if noFile(err) {
		if text, ok := scenarios.Text(path); ok {
			return text, nil
		}
	}
	return src, err
}

// noFile reports whether a file could not be read because there is none: nothing, or a folder, such as that of a run.
func noFile(err error) bool { return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.EISDIR) }

// beside is the path of what a file in dir extends: relative to dir, unless only murmur's own scenarios have the name.
func beside(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	path := filepath.Join(dir, name)
	if _, own := scenarios.Text(name); own {
		if _, err := readFile(path); noFile(err) {
			return name
		}
	}
	return path
}

// ownHint offers the nearest of murmur's own scenarios for a bare name that is neither a file nor one of them.
func ownHint(path string) string {
	if strings.ContainsAny(path, `/\`) {
		return ""
	}
	return hint(strings.TrimSuffix(path, ".yaml"), scenarios.Names())
}
