package measure

// Frame is one moment of a live run, as a viewer sees it. A moment is a batch that was shown; lane 0 of it is what is
// seen.
type Frame struct {
	Moment uint64 `json:"moment"` // batches shown since the run began
	Phase  string `json:"phase"`  // features, responses, baseline, noise, readout, probe
	Done   int    `json:"done"`   // trials of the phase
	Trials int    `json:"trials"` // in all; 0 where it goes on for ever

	Perturbation string   `json:"perturbation"` // of the modified stimulus
	Strength     int      `json:"strength"`
	Value        float64  `json:"value"`
	Unit         string   `json:"unit"`
	Clean        []uint8  `json:"clean"`    // the stimulus, a byte a pixel
	Modified     []uint8  `json:"modified"` // the same, modified; empty where none is shown
	Label        int      `json:"label"`
	Decisions    []int    `json:"decisions"` // on the clean and the modified stimulus, while probing
	Baseline     Baseline `json:"baseline"`  // the same of the network without noise

	Activity []float32 `json:"activity"` // [unit], the noise-free response
	Noise    []float32 `json:"noise"`    // [unit], the power of the noise
	Power    float64   `json:"power"`    // its mean
	Silent   []int     `json:"silent"`   // units that others hear nothing of

	Alignment        *float64 `json:"alignment"`         // of the noise with the deviations, when it was worked out anew
	Accuracy         *float64 `json:"accuracy"`          // on clean images: of the batch while the readout learns, lately while probing
	AccuracyModified *float64 `json:"accuracy_modified"` // on modified ones, lately, while probing
}

// Baseline is what the arm none makes of the same stimuli, while probing.
type Baseline struct {
	Decisions        []int    `json:"decisions"`
	Accuracy         *float64 `json:"accuracy"`
	AccuracyModified *float64 `json:"accuracy_modified"`
}

// Layout is what stays the same in a live run: enough to draw the sheet.
type Layout struct {
	Scenario      string   `json:"scenario"`
	Arm           string   `json:"arm"`
	Seed          uint64   `json:"seed"`
	Columns       int      `json:"columns"` // a side of the sheet
	Units         int      `json:"units"`   // in a column; unit i is number i mod Units of column i / Units
	Width         int      `json:"width"`   // of a picture
	Height        int      `json:"height"`
	Classes       int      `json:"classes"`
	Power         float64  `json:"power"`    // the scenario's mean noise power
	Hubs          int      `json:"hubs"`     // whose sources all units hear; 0 where units hear one another or none
	Explored      bool     `json:"explored"` // a finished run is looked at; nothing learns
	Perturbations []Choice `json:"perturbations"`
}

// Choice is a perturbation that may be switched to.
type Choice struct {
	Perturbation string  `json:"perturbation"`
	Strength     int     `json:"strength"`
	Value        float64 `json:"value"`
	Unit         string  `json:"unit"`
}

// Poke is something done to a live run. It takes effect before the moment that it names, so that a run with the same
// pokes is the same run.
type Poke struct {
	Moment       uint64  `json:"moment"`
	Kind         string  `json:"kind"`                   // silence, restore, power, perturb
	Units        []int   `json:"units,omitempty"`        // of silence and restore
	Power        float64 `json:"power,omitempty"`        // of power, the mean noise power a unit
	Perturbation string  `json:"perturbation,omitempty"` // of perturb
	Strength     int     `json:"strength,omitempty"`
}

// The kinds of poke.
const (
	PokeSilence = "silence" // others hear nothing of the units any more
	PokeRestore = "restore" // they hear them again
	PokePower   = "power"   // another mean noise power
	PokePerturb = "perturb" // another perturbation of the stimuli that are probed with
)
