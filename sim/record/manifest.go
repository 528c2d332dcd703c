package record

import "time"

const manifestFile = "manifest.json"

// ManifestSchema names the form of Manifest in manifest.json.
const ManifestSchema = "murmur.manifest/1"

// Manifest says how a run came about. It alone may differ between equal runs. The caller fills it; package record
// reads no clock and asks nothing of the machine.
type Manifest struct {
	Schema    string      `json:"schema"` // set by Finish to ManifestSchema
	Seed      uint64      `json:"seed"`
	Command   []string    `json:"command"` // the command line that began the run, program first
	Versions  Versions    `json:"versions"`
	Kernel    string      `json:"kernel"` // the vector kernels that ran; they change speed and no result
	Machine   Machine     `json:"machine"`
	Started   time.Time   `json:"started"`           // written in UTC
	Resumed   []time.Time `json:"resumed,omitempty"` // when others went on with what was finished
	Finished  time.Time   `json:"finished"`
	Durations []Phase     `json:"durations"` // in the order the phases ran, of who finished the run
	Files     []string    `json:"files"`     // all of the folder, sorted; set by Finish
}

// Versions are those of the program and what it was built with.
type Versions struct {
	Murmur  string   `json:"murmur"`
	Program string   `json:"program"` // SHA-256 of the executable, "" where it could not be read
	Go      string   `json:"go"`
	Modules []Module `json:"modules,omitempty"`
}

// Module is a library the program was built with.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version"`
}

// Machine is what the run ran on.
type Machine struct {
	GOOS       string `json:"goos"`
	GOARCH     string `json:"goarch"`
	CPUs       int    `json:"cpus"`
	GOMAXPROCS int    `json:"gomaxprocs"`
}

// Phase is a named part of the run and the wall-clock time it took, in seconds.
type Phase struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}
