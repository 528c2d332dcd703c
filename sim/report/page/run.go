package page

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"murmur/sim/measure"
	"murmur/sim/record"
	"murmur/sim/report"
)

// Run is what a run folder holds, as far as a report shows it.
type Run struct {
	Result   *measure.Result            // with its numbers rounded as in result.json, so that a page made again is the same
	Scenario []byte                     // as resolved, YAML
	Arrays   map[string][]measure.Array // by the name of the archive; what is missing is left out of the page
}

// File is a file of a run folder.
type File struct {
	Name string // with / between folder and file
	Data []byte
}

// Archives that a report reads.
const (
	networkArchive    = "network.npz"
	covarianceArchive = "covariance.npz"
	examplesArchive   = "examples.npz"
)

// Open reads a finished run folder. The error names the file and what is wrong with it; archives that are not there are
// left out. Of the network it reads the noise couplings alone.
func Open(dir string) (Run, error) {
	r := Run{Arrays: map[string][]measure.Array{}}
	var err error
	if r.Result, err = record.ReadResult(dir); err != nil {
		return Run{}, err
	}
	if r.Scenario, err = os.ReadFile(filepath.Join(dir, "scenario.yaml")); err != nil {
		return Run{}, fmt.Errorf("page: %w", err)
	}
	for _, name := range []string{networkArchive, covarianceArchive, examplesArchive} {
		want := func(string) bool { return true }
		if name == networkArchive {
			want = ofCouplings
		}
		arrays, err := record.ReadArrays(filepath.Join(dir, name), want)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return Run{}, err
		default:
			r.Arrays[name] = arrays
		}
	}
	return r, nil
}

// escaped is the run with its names and texts as they may be shown: see report.Escape.
func (r Run) escaped() Run {
	r.Result, r.Scenario = report.Escaped(r.Result), report.EscapeLines(r.Scenario)
	return r
}

// ofCouplings tells whether an array of the network says what noise the units make.
func ofCouplings(array string) bool {
	for _, part := range []string{".couplings", ".source", ".target", ".self"} {
		if strings.HasSuffix(array, part) {
			return true
		}
	}
	return false
}

// array returns the array of a name in an archive, or nil.
func (r Run) array(archive, name string) *measure.Array {
	for i := range r.Arrays[archive] {
		if a := &r.Arrays[archive][i]; a.Name == name {
			return a
		}
	}
	return nil
}

// Files makes report.html and everything in figures/, in a fixed order. It is a pure function of the run. Whatever goes
// wrong is an error, never a panic, and costs no more than the figure, the part or the page that it is in: what could be
// made is returned beside the error.
func Files(r Run) (files []File, err error) {
	defer caught(&err)
	p := newPage(r)
	figures := p.files()
	var html bytes.Buffer
	if err := guarded(func() { err = templates.ExecuteTemplate(&html, "report", p) }); err != nil {
		return figures, errors.Join(append(p.lost, err)...)
	}
	if err != nil {
		return figures, errors.Join(append(p.lost, fmt.Errorf("page: %w", err))...)
	}
	return append([]File{{"report.html", html.Bytes()}}, figures...), errors.Join(p.lost...)
}

// caught turns a panic into an error; it is deferred.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("page: %v", p)
	}
}
