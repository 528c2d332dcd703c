package measure

// Schema names the form of Result. A change that breaks a reader gets a new number.
const Schema = "murmur.result/1"

// Result is what a run found, in the form of result.json. Accuracies are fractions. A number that does not exist is
// a null pointer, never 0 or NaN.
type Result struct {
	Schema     string      `json:"schema"`
	Scenario   string      `json:"scenario"`
	Size       string      `json:"size"`
	Seed       uint64      `json:"seed"`       // the first seed of the run
	Trajectory string      `json:"trajectory"` // "sha256:" and the hash of everything the units published
	Data       Data        `json:"data"`
	Network    Network     `json:"network"`
	Arms       []Arm       `json:"arms"`
	Summary    Summary     `json:"summary"`
	Thresholds []Threshold `json:"thresholds"`
	Checks     []Check     `json:"checks"`
}

// Data says which images were used.
type Data struct {
	Set     string `json:"set"`   // the embedded set, or the name of the folder
	Width   int    `json:"width"` // of a picture, in pixels
	Height  int    `json:"height"`
	Classes int    `json:"classes"`
	Train   int    `json:"train"` // images that features, couplings and readout learned from
	Test    int    `json:"test"`  // images that every accuracy is measured on
	Draws   int    `json:"draws"` // noise draws a decision averages
}

// Network is the size of the largest network of the run; every arm has one of its own.
type Network struct {
	Units      int `json:"units"`
	Goroutines int `json:"goroutines"`
}

// Arm is one way to make noise and how it fared.
type Arm struct {
	Arm            string   `json:"arm"`               // none, identity, diagonal, shuffled, hebbian, oracle
	Rule           string   `json:"rule,omitempty"`    // the plasticity rule of a hebbian arm
	Variant        string   `json:"variant,omitempty"` // radius=1, radius=all, hubs=16, ...
	Source         string   `json:"source,omitempty"`  // the modification the structure was learned from
	SourceStrength *float64 `json:"source_strength,omitempty"`
	Trace          *float64 `json:"trace"`           // mean noise power a unit
	NoiseCouplings *int     `json:"noise_couplings"` // couplings in the whole network
	Alignment      *float64 `json:"alignment"`       // with the sample covariance of deviations, mean over seeds
	Clean          Estimate `json:"clean"`
	CleanCost      *Paired  `json:"clean_cost"` // clean accuracy of none less that of this arm, paired
	Cells          []Cell   `json:"cells"`
}

// Cell is the accuracy of an arm under one perturbation.
type Cell struct {
	Perturbation string   `json:"perturbation"`
	Strength     float64  `json:"strength"` // the level, 1 to 5, or the scenario's own
	Value        float64  `json:"value"`    // its physical size
	Unit         string   `json:"unit"`     // the unit of Value
	Accuracy     Estimate `json:"accuracy"`
	Gain         *Paired  `json:"gain"` // accuracy less that of none, paired over seeds and images
}

// Estimate is a mean with its 95 % interval over seeds and images.
type Estimate struct {
	Mean  float64 `json:"mean"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
	Seeds int     `json:"seeds"`
}

// Paired is a mean difference with its 95 % interval; differences are taken image by image and seed by seed.
type Paired struct {
	Mean float64 `json:"mean"`
	Lo   float64 `json:"lo"`
	Hi   float64 `json:"hi"`
}

// Summary holds the numbers a reader asks for first.
type Summary struct {
	RecoveredGain []RecoveredGain `json:"recovered_gain"`
	Sentence      string          `json:"sentence"` // the result in plain words
}

// RecoveredGain is (arm - none) / (oracle - none) at the matched perturbation and strength. Mean, Lo and Hi are null
// where the paired interval of the oracle's gain includes 0.
type RecoveredGain struct {
	Source   string   `json:"source"`
	Strength float64  `json:"strength"`
	Arm      string   `json:"arm"`
	Rule     string   `json:"rule,omitempty"`
	Variant  string   `json:"variant,omitempty"`
	Mean     *float64 `json:"mean"`
	Lo       *float64 `json:"lo"`
	Hi       *float64 `json:"hi"`
}

// Threshold is a demand of the scenario on its own result.
type Threshold struct {
	Name  string   `json:"name"`
	Value *float64 `json:"value"`
	Limit string   `json:"limit"`
	Pass  bool     `json:"pass"`
}

// Check is one honesty check of the run: pass, warn or fail, with its evidence.
type Check struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Detail string `json:"detail"`
}

// Array is a named array for the NPZ files, row-major. Data is []float32, []float64, []int32 or []uint8.
type Array struct {
	Name  string
	Shape []int
	Data  any
}
