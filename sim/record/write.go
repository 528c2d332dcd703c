package record

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"

	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// Run is what a run found. What shows it comes after: see Written.
type Run struct {
	Scenario []byte          // scenario.yaml as resolved
	Result   *measure.Result // may hold fewer arms than were planned
	Version  string          // of the program, for the metadata of tables
	// Settings are columns of the tables: what the scenario has otherwise than by default.
	Settings []scenario.Setting
	Seeds    []measure.SeedArms         // rows of the tables
	Curves   []measure.Curve            // of curves.csv
	Outcomes iter.Seq[measure.Outcomes] // of outcomes.parquet; nil for none. It is read once, as the file is written.
	Arrays   []Archive                  // written in this order
	Files    []File                     // written as they are, in this order, after all others
}

// Written is a run folder that holds what the run found.
type Written struct {
	Result *measure.Result // as it is in result.json: its numbers rounded
	sink   Sink
	names  []string
}

// Archive is one NPZ file of a run. File ends in .npz.
type Archive struct {
	File   string
	Arrays []measure.Array
}

// File is a further file of a run, such as report.html.
type File struct {
	Name string // of a file, or of one in a folder, with / between
	Data []byte
}

// entry is one file of the folder and the function that writes its content.
type entry struct {
	name  string
	write func(io.Writer) error
}

// Write writes r to s. Bad data (NaN or infinite numbers, a wrong shape, a bad or a double name) is found before the
// first file is created. An error names the file and wraps its cause.
func Write(s Sink, r Run) (*Written, error) {
	result, entries, err := render(r)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	w := &Written{Result: result, sink: s}
	return w, w.add(entries)
}

// Finish writes more files, such as a page, and the manifest, which lists all files, and commits.
func (w *Written) Finish(m Manifest, files []File) error {
	entries := make([]entry, 0, len(files))
	for _, f := range files {
		entries = append(entries, content(f.Name, f.Data))
	}
	if err := w.add(entries); err != nil {
		return err
	}
	m.Files = append(slices.Clone(w.names), manifestFile)
	slices.Sort(m.Files)
	manifest, err := encodeManifest(m)
	if err != nil {
		return fmt.Errorf("record: %s: %w", manifestFile, err)
	}
	if err := w.add([]entry{content(manifestFile, manifest)}); err != nil {
		return err
	}
	return w.sink.Commit()
}

// add writes more files, none of them twice.
func (w *Written) add(entries []entry) error {
	names := slices.Clone(w.names)
	for _, e := range entries {
		names = append(names, e.name)
	}
	if err := checkNames(names); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	for _, e := range entries {
		if err := put(w.sink, e); err != nil {
			return fmt.Errorf("record: %s: %w", e.name, bare(err))
		}
	}
	w.names = names
	return nil
}

func put(s Sink, e entry) error {
	w, err := s.Create(e.name)
	if err != nil {
		return err
	}
	err = e.write(w)
	if closeErr := w.Close(); err == nil {
		err = closeErr
	}
	return err
}

// render checks r and turns it into files. All but the arrays, which may be large, are held in memory.
func render(r Run) (*measure.Result, []entry, error) {
	result, err := normalise(r.Result)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", resultFile, err)
	}
	resultJSON, err := encodeJSON(result)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", resultFile, err)
	}
	seeds, err := roundedSeeds(r.Seeds)
	if err != nil {
		return nil, nil, fmt.Errorf("cells.csv: %w", err)
	}
	entries := []entry{
		content(scenarioFile, r.Scenario),
		content(resultFile, resultJSON),
	}
	about := r.about(result)
	for _, t := range r.tables(result, seeds) {
		if t.csv {
			entries = append(entries, entry{t.name + ".csv", t.writeCSV})
		}
		entries = append(entries, entry{t.name + ".parquet", func(w io.Writer) error { return t.writeParquet(w, about) }})
	}
	for _, a := range r.Arrays {
		if err := checkArchive(a); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", a.File, err)
		}
		entries = append(entries, entry{a.File, func(w io.Writer) error { return writeNPZ(w, a.Arrays, "") }})
	}
	for _, f := range r.Files {
		entries = append(entries, content(f.Name, f.Data))
	}
	return result, entries, nil
}

func content(name string, data []byte) entry {
	return entry{name, func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(data))
		return err
	}}
}

// A name that every file system takes, and that cannot leave the folder.
var fileName = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._=-]*/)?[A-Za-z0-9][A-Za-z0-9._=-]*$`)

func checkNames(names []string) error {
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if !fileName.MatchString(name) {
			return fmt.Errorf("%q is not a file name: letters, digits and . _ = - are, after a letter or digit", name)
		}
		if seen[name] {
			return fmt.Errorf("%s: a second file of this name", name)
		}
		seen[name] = true
	}
	return nil
}
