package record

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"murmur/sim/measure"
)

// partialSchema names the form of begun.json.
const partialSchema = "murmur.partial/1"

const begunFile, scenarioFile = "begun.json", "scenario.yaml"

// Begun says how a run was begun: what must be the same where it goes on, and what its manifest will say.
type Begun struct {
	Schema   string      `json:"schema"`
	Version  string      `json:"version"`           // of murmur
	Program  string      `json:"program"`           // SHA-256 of the executable, "" where it could not be read
	Scenario string      `json:"scenario"`          // SHA-256 of scenario.yaml
	Data     string      `json:"data"`              // SHA-256 of the images and labels
	Command  []string    `json:"command"`           // that began it
	Started  time.Time   `json:"started"`           // in UTC
	Resumed  []time.Time `json:"resumed,omitempty"` // when others went on
}

// Begin notes how the run begins, so that it can be resumed.
func (f *Folder) Begin(b Begun, scenario []byte) error {
	b.Schema, b.Scenario, b.Started = partialSchema, sum(scenario), b.Started.UTC()
	f.begun = b
	err := f.disk.Mkdir(f.in(partsDir))
	if err == nil {
		err = f.keep(scenarioFile, content(scenarioFile, scenario).write)
	}
	if err == nil {
		err = f.note()
	}
	if err == nil {
		err = f.disk.SyncDir(filepath.Dir(f.partial))
	}
	if err != nil {
		return fmt.Errorf("record: %s: %w", f.dir, err)
	}
	return nil
}

// note writes begun.json.
func (f *Folder) note() error {
	text, err := encodeJSON(f.begun)
	if err != nil {
		return err
	}
	return f.keep(begunFile, content(begunFile, text).write)
}

// Begun says how the run was begun.
func (f *Folder) Begun() Begun { return f.begun }

// ErrComplete says that nothing is left to do for a run.
var ErrComplete = errors.New("the run is complete")

// Left lists, in the order of their names, the partial folders in dir that runs which broke off left.
func Left(dir string) (list []*TakenError) {
	locks, _ := filepath.Glob(filepath.Join(literal.Replace(dir), "*"+partialSuffix, lockFile)) // the pattern is good
	for _, lock := range locks {
		if partial := filepath.Dir(lock); !alive(partial) {
			list = append(list, &TakenError{Dir: strings.TrimSuffix(partial, partialSuffix)})
		}
	}
	return list
}

// literal quotes a path in a pattern.
var literal = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// Resume takes up the partial folder of the run at dir, or at DIR.partial, and returns the scenario that was kept. It
// removes what was written of the run folder, which is written anew. A TakenError says that a process is still at it,
// ErrComplete that the run folder is there.
func Resume(dir string, at time.Time) (*Folder, []byte, error) {
	run := strings.TrimSuffix(filepath.Clean(dir), partialSuffix)
	abs, err := filepath.Abs(run)
	if err != nil {
		return nil, nil, fmt.Errorf("record: %s: %w", dir, err)
	}
	f := &Folder{disk: osDisk{}, dir: abs, partial: abs + partialSuffix}
	_, manifestErr := os.Lstat(filepath.Join(abs, manifestFile))
	switch err := f.take(); {
	case errors.Is(err, errAlive):
		return nil, nil, &TakenError{run, true}
	case errors.Is(err, fs.ErrNotExist) && manifestErr == nil:
		return nil, nil, fmt.Errorf("record: %s: %w", run, ErrComplete)
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, occupied(fmt.Sprintf("record: %s%s: there is no such folder, so there is nothing to resume", run, partialSuffix))
	case err != nil:
		return nil, nil, fmt.Errorf("record: %w", err)
	}
	if manifestErr == nil { // it broke off between the last two steps
		return nil, nil, errors.Join(fmt.Errorf("record: %s: %w", run, ErrComplete), f.Abort())
	}
	scenario, err := f.resume(at)
	if err != nil {
		f.letGo()
		return nil, nil, fmt.Errorf("record: %s: %w", run+partialSuffix, err)
	}
	return f, scenario, nil
}

func (f *Folder) resume(at time.Time) ([]byte, error) {
	if _, err := vacant(f.dir); err != nil {
		return nil, fmt.Errorf("%s %w", f.dir, err)
	}
	text, err := os.ReadFile(f.in(begunFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("the run broke off before it began: remove it")
	} else if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &f.begun); err != nil {
		return nil, fmt.Errorf("%s: %w", begunFile, locate(text, err))
	}
	if f.begun.Schema != partialSchema {
		return nil, fmt.Errorf("%s: schema: %q, want %q", begunFile, f.begun.Schema, partialSchema)
	}
	scenario, err := os.ReadFile(f.in(scenarioFile))
	if err != nil {
		return nil, err
	}
	if sum(scenario) != f.begun.Scenario {
		return nil, fmt.Errorf("%s: is not what was written", scenarioFile)
	}
	if err := f.disk.RemoveAll(f.in(runDir)); err != nil {
		return nil, err
	}
	if err := f.disk.Mkdir(f.in(runDir)); err != nil {
		return nil, err
	}
	f.begun.Resumed = append(f.begun.Resumed, at.UTC())
	return scenario, f.note()
}

// Save keeps arrays as a part of that name. When it returns nil they outlast the process, and a loss of power. A part is
// an NPZ file whose comment, its last bytes, is the SHA-256 of all bytes before.
func (f *Folder) Save(name string, arrays []measure.Array) error {
	err := f.keep(filepath.Join(partsDir, name+".npz"), func(w io.Writer) error {
		b := bufio.NewWriterSize(w, 1<<16)
		s := &summed{w: b, hash: sha256.New()}
		if err := writeNPZ(s, arrays, strings.Repeat("-", sumSize)); err != nil { // room for the sum
			return err
		}
		if _, err := b.WriteString(hex.EncodeToString(s.hash.Sum(nil))); err != nil {
			return err
		}
		return b.Flush()
	})
	if err != nil {
		return fmt.Errorf("record: %s: %w", f.in(partsDir, name+".npz"), bare(err))
	}
	return nil
}

// Load returns the part of that name: nothing if there is none, and an error if it is not what was saved.
func (f *Folder) Load(name string) ([]measure.Array, error) {
	data, err := os.ReadFile(f.in(partsDir, name+".npz"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, bare(err)
	}
	if len(data) < sumSize || sum(data[:len(data)-sumSize]) != string(data[len(data)-sumSize:]) {
		return nil, errors.New("its checksum is not that of what was saved")
	}
	return parseNPZ(bytes.NewReader(data), int64(len(data)), nil)
}

// Drop gives up the part of that name, for the reason given: it will be made again.
func (f *Folder) Drop(name string, why error) {
	if f.Warn != nil {
		f.Warn(fmt.Sprintf("%s: %v; it is made again", f.in(partsDir, name+".npz"), why))
	}
	os.Remove(f.in(partsDir, name+".npz")) // what stays is written over
}

// keep writes a file of the partial folder so that it is there as a whole or not at all, whenever the power is lost.
func (f *Folder) keep(name string, write func(io.Writer) error) error {
	temporary := f.in(name + ".tmp")
	os.Remove(temporary) // of a process that was killed
	w, err := f.disk.Create(temporary)
	if err != nil {
		return err
	}
	s := synced{w}
	err = write(s)
	if closeErr := s.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = f.disk.Rename(temporary, f.in(name))
	}
	if err != nil {
		os.Remove(temporary) // gives back what room it took
		return err
	}
	return f.disk.SyncDir(filepath.Dir(f.in(name)))
}

// summed writes and sums all that it is given but the last sumSize bytes, which it holds back.
type summed struct {
	w    io.Writer
	hash hash.Hash
	tail []byte
}

func (s *summed) Write(p []byte) (int, error) {
	s.tail = append(s.tail, p...)
	n := max(len(s.tail)-sumSize, 0)
	s.hash.Write(s.tail[:n])
	_, err := s.w.Write(s.tail[:n])
	s.tail = append(s.tail[:0], s.tail[n:]...)
	return len(p), err
}

// sumSize is the length of a sum.
const sumSize = 2 * sha256.Size

// sum is the SHA-256 in hexadecimal digits.
func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}
