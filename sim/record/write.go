package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"

	"murmur/sim/measure"
)

// Run is everything a run folder is made of.
type Run struct {
	Scenario []byte // scenario.yaml as resolved
	Manifest Manifest
	Result   *measure.Result // may hold fewer arms than were planned
	Arrays   []Archive       // written in this order
	Files    []File          // written as they are, in this order, after all others
	// Page, if not nil, makes more files of the result as it is written, its numbers rounded. They come last.
	Page func(*measure.Result) ([]File, error)
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

// Write writes r to s and commits. Bad data (NaN or infinite numbers, a wrong shape, a bad or a double name) is found
// before the first file is created. After an error s is aborted; the error names the file and wraps its cause.
func Write(s Sink, r Run) error {
	entries, err := render(r)
	if err != nil {
		return errors.Join(fmt.Errorf("record: %w", err), s.Abort())
	}
	return writeAll(s, entries)
}

func writeAll(s Sink, entries []entry) error {
	for _, e := range entries {
		if err := put(s, e); err != nil {
			return errors.Join(fmt.Errorf("record: %s: %w", e.name, bare(err)), s.Abort())
		}
	}
	return s.Commit()
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
func render(r Run) ([]entry, error) {
	result, err := normalise(r.Result)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", resultFile, err)
	}
	manifest, err := encodeManifest(r.Manifest)
	if err != nil {
		return nil, fmt.Errorf("manifest.json: %w", err)
	}
	resultJSON, err := encodeJSON(result)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", resultFile, err)
	}
	cells := cellRows(result)
	cellsCSV, err := encodeCSV(cells)
	if err != nil {
		return nil, fmt.Errorf("cells.csv: %w", err)
	}
	cellsParquet, err := encodeParquet(cells)
	if err != nil {
		return nil, fmt.Errorf("cells.parquet: %w", err)
	}
	armsCSV, err := encodeCSV(armRows(result))
	if err != nil {
		return nil, fmt.Errorf("arms.csv: %w", err)
	}
	entries := []entry{
		content("scenario.yaml", r.Scenario),
		content("manifest.json", manifest),
		content(resultFile, resultJSON),
		content("cells.csv", cellsCSV),
		content("cells.parquet", cellsParquet),
		content("arms.csv", armsCSV),
	}
	for _, a := range r.Arrays {
		if err := checkArchive(a); err != nil {
			return nil, fmt.Errorf("%s: %w", a.File, err)
		}
		entries = append(entries, entry{a.File, func(w io.Writer) error { return writeNPZ(w, a.Arrays) }})
	}
	files := r.Files
	if r.Page != nil {
		more, err := r.Page(result)
		if err != nil {
			return nil, err
		}
		files = slices.Concat(files, more)
	}
	for _, f := range files {
		entries = append(entries, content(f.Name, f.Data))
	}
	return entries, checkNames(entries)
}

func content(name string, data []byte) entry {
	return entry{name, func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(data))
		return err
	}}
}

// A name that every file system takes, and that cannot leave the folder.
var fileName = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._=-]*/)?[A-Za-z0-9][A-Za-z0-9._=-]*$`)

func checkNames(entries []entry) error {
	seen := make(map[string]bool, len(entries))
	for _, e := range entries {
		if !fileName.MatchString(e.name) {
			return fmt.Errorf("%q is not a file name: letters, digits and . _ = - are, after a letter or digit", e.name)
		}
		if seen[e.name] {
			return fmt.Errorf("%s: a second file of this name", e.name)
		}
		seen[e.name] = true
	}
	return nil
}
