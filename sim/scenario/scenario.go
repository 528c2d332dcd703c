// Package scenario reads the file that says what a run does: a YAML map with
// strict keys, which may extend another file, holds overlays for three sizes and
// can be overridden key by key.
//
// The file is read into a tree that keeps where every value was written. Trees
// are merged (the file extended, the file, the overlay of the chosen size, the
// overrides), filled with the defaults of the schema, held against the schema,
// decoded into a [Scenario] and checked as a whole. Every mistake is reported at
// once, as [Errors], before anything is allocated.
package scenario

// Scenario is a scenario as it runs: merged, filled with defaults and checked.
// Treat it as read-only.
type Scenario struct {
	// Version is the version of this form of file.
	Version int `json:"version" jsonschema:"required,enum=1"`
	// Name names the scenario in results and folders: letters, digits, dots, dashes and underscores.
	Name string `json:"name" jsonschema:"pattern=^[A-Za-z0-9][A-Za-z0-9._-]*$,maxLength=100"`
	// About says what the scenario shows, in a paragraph.
	About string `json:"about" jsonschema:"default="`
	// Seed is the first seed; the run uses seed, seed+1, and so on.
	Seed uint64 `json:"seed" jsonschema:"minimum=0,maximum=9007199254740991,default=1"`
	// Seeds is the number of seeds.
	Seeds int `json:"seeds" jsonschema:"minimum=1,maximum=1000,default=3"`
	// Size is the size that was chosen; its overlay, under sizes, is merged on the file.
	Size string `json:"size" jsonschema:"default=default"`
	// Data says which images are shown.
	Data Data `json:"data"`
	// Lanes says how many trials are simulated side by side.
	Lanes Lanes `json:"lanes"`
	// Sheet is the shape of the sheet of units.
	Sheet Sheet `json:"sheet"`
	// Features says how the units learn what they respond to.
	Features Features `json:"features"`
	// Noise says how strong the noise is and how its structure is learned.
	Noise Noise `json:"noise"`
	// Readout says how the readout learns.
	Readout Readout `json:"readout"`
	// Sources are the modifications that structure is learned from, each with the arms that learn it.
	Sources []Source `json:"sources"`
	// Perturbations are the modifications that every arm is measured under, at each strength; the arm none always is.
	Perturbations []string `json:"perturbations"`
	// Strengths are the levels that perturbations are measured at, 1 to 5, rising.
	Strengths []int `json:"strengths" jsonschema:"minItems=1,minimum=1,maximum=5"`
	// Attacks are the adversarial changes that arms are measured under.
	Attacks []Attack `json:"attacks"`
	// Runtime changes the speed of a run and not one bit of its result.
	Runtime Runtime `json:"runtime"`
	// Thresholds are the limits that decide the exit status.
	Thresholds []Threshold `json:"thresholds"`
}

// Data says which images are shown.
type Data struct {
	// Set is the embedded set, mnist or fashion-mnist; with a path only the name of the set.
	Set string `json:"set" jsonschema:"minLength=1,maxLength=100,default=fashion-mnist,example=mnist,example=fashion-mnist"`
	// Path is a folder of images to use instead of an embedded set; empty for the embedded set.
	Path string `json:"path" jsonschema:"default="`
	// Train is the number of training images; 0 means all of them (10000 in an embedded set).
	Train int `json:"train" jsonschema:"minimum=0,maximum=100000000,default=8000"`
	// Test is the number of test images; 0 means all of them (2000 in an embedded set).
	Test int `json:"test" jsonschema:"minimum=0,maximum=100000000,default=2000"`
	// JudgeOn says which images accuracies are measured on: the test images, or, to choose powers and rates, training images that were left out.
	JudgeOn string `json:"judge_on" jsonschema:"default=test"`
}

// Lanes says how many trials are simulated side by side.
type Lanes struct {
	// Learn is the number of lanes while something is learned; every step of learning averages over them.
	Learn int `json:"learn" jsonschema:"minimum=1,maximum=4096,default=128"`
	// Probe is the number of lanes while nothing is learned. It moves no accuracy, only the order of trials in the trajectory.
	Probe int `json:"probe" jsonschema:"minimum=1,maximum=4096,default=1000"`
}

// Sheet is the shape of the sheet of units: a square of columns over the picture.
type Sheet struct {
	// Columns is the number of columns along one side of the sheet.
	Columns int `json:"columns" jsonschema:"minimum=1,maximum=1000,default=10"`
	// Units is the number of units in a column. The whole sheet has at most 1000000.
	Units int `json:"units" jsonschema:"minimum=1,maximum=1000000,default=10"`
	// Field is the side of a column's receptive field, in pixels.
	Field int `json:"field" jsonschema:"minimum=2,maximum=10000,default=8"`
}

// Features says how the units learn what they respond to, without labels.
type Features struct {
	// Rule is the local rule.
	Rule string `json:"rule" jsonschema:"default=softhebb"`
	// Epochs is the number of passes over the training images.
	Epochs int `json:"epochs" jsonschema:"minimum=1,maximum=100000,default=1"`
	// Rate is the learning rate.
	Rate float64 `json:"rate" jsonschema:"exclusiveMinimum=0,maximum=1000,default=0.1"`
	// Temperature multiplies potentials in the softmax inside a column; high means that one unit wins.
	Temperature float64 `json:"temperature" jsonschema:"exclusiveMinimum=0,maximum=1000000,default=8"`
	// Gain multiplies what a potential has above its column's mean, before the tanh of the response.
	Gain float64 `json:"gain" jsonschema:"exclusiveMinimum=0,maximum=1000000,default=2"`
}

// Noise says how strong the noise is and how its structure is learned.
type Noise struct {
	// Power is the mean noise power per unit, the square of an activity; every arm has the same.
	Power float64 `json:"power" jsonschema:"minimum=0,maximum=1000000,default=0.08"`
	// When says whether there is noise while the readout learns, while it is tested, or both.
	When string `json:"when" jsonschema:"default=both"`
	// Draws is the number of noise draws that one decision averages.
	Draws int `json:"draws" jsonschema:"minimum=1,maximum=100000,default=10"`
	// Imprint is the two-factor rule of arms imprint radius=R.
	Imprint ImprintRule `json:"imprint"`
	// GHA is the generalised Hebbian rule of arms gha hubs=K.
	GHA GHARule `json:"gha"`
	// Oracle is the sample covariance, computed outside the network.
	Oracle OracleRule `json:"oracle"`
}

// ImprintRule holds the constants of the imprint rule.
type ImprintRule struct {
	// Rate is how much of a coupling one step replaces; the rule is stable between 0 and 1, both excluded.
	Rate float64 `json:"rate" jsonschema:"exclusiveMinimum=0,exclusiveMaximum=1,default=0.02"`
	// Passes is how often the pairs of glimpses, clean then modified, are shown.
	Passes int `json:"passes" jsonschema:"minimum=1,maximum=100000,default=1"`
}

// GHARule holds the constants of the generalised Hebbian rule.
type GHARule struct {
	// Rate is the learning rate at the start, relative to the power of each component; too high a rate diverges and ends the run.
	Rate float64 `json:"rate" jsonschema:"exclusiveMinimum=0,maximum=1000,default=0.1"`
	// Halving is the number of steps after which the rate has halved; it falls as 1/(1 + steps/halving).
	Halving float64 `json:"halving" jsonschema:"exclusiveMinimum=0,maximum=1000000000,default=40"`
	// Passes is how often the pairs of glimpses, clean then modified, are shown.
	Passes int `json:"passes" jsonschema:"minimum=1,maximum=100000,default=4"`
}

// OracleRule holds the constants of the oracle and of the shuffled arm, which is made of it.
type OracleRule struct {
	// Components is the number of leading eigenvectors of the sample covariance that the noise shares; private noise makes up each unit's variance.
	Components int `json:"components" jsonschema:"minimum=1,maximum=1000000,default=64"`
}

// Readout says how the readout learns, by the delta rule.
type Readout struct {
	// Epochs is the number of passes over the training images.
	Epochs int `json:"epochs" jsonschema:"minimum=1,maximum=100000,default=6"`
	// Rate is the learning rate at the start; it falls to 0 in equal steps.
	Rate float64 `json:"rate" jsonschema:"exclusiveMinimum=0,maximum=1000,default=0.15"`
}

// Source is a modification that structure is learned from, and the arms that learn it.
type Source struct {
	// Perturbation is the modification. No two sources share one.
	Perturbation string `json:"perturbation" jsonschema:"required"`
	// Strength is the level of the modification, 1 to 5.
	Strength int `json:"strength" jsonschema:"minimum=1,maximum=5,default=5"`
	// Arms are the ways to make noise; the arm none is always measured and is not listed here.
	Arms []Arm `json:"arms" jsonschema:"required,minItems=1"`
}

// Attack is an adversarial change of the images, measured on some arms.
type Attack struct {
	// Kind is the norm of the attack by projected gradient descent.
	Kind string `json:"kind" jsonschema:"required"`
	// Epsilon is the radius of the ball in the norm of the attack, pixels from 0 to 1; at most 1 for pgd-linf.
	Epsilon float64 `json:"epsilon" jsonschema:"required,exclusiveMinimum=0,maximum=10000"`
	// Steps is the number of gradient steps.
	Steps int `json:"steps" jsonschema:"minimum=1,maximum=100000,default=20"`
	// Step is the length of a step, in the unit of epsilon.
	Step float64 `json:"step" jsonschema:"required,exclusiveMinimum=0,maximum=10000"`
	// Draws is the number of noise draws that a gradient averages (expectation over transformation).
	Draws int `json:"draws" jsonschema:"minimum=1,maximum=100000,default=8"`
	// Images is the number of test images attacked, from the first.
	Images int `json:"images" jsonschema:"minimum=1,maximum=100000000,default=400"`
	// Source is the source whose arms are attacked; only the arm none does without.
	Source string `json:"source,omitempty"`
	// Arms are the arms that are attacked: none, or arms of the source.
	Arms []Arm `json:"arms" jsonschema:"required,minItems=1"`
}

// Runtime changes the speed of a run and not one bit of its result.
type Runtime struct {
	// UnitsPerGoroutine is the number of neighbouring units that share a goroutine, or auto.
	UnitsPerGoroutine UnitsPerGoroutine `json:"units_per_goroutine"`
}

// Threshold is a limit on a metric of the result.
type Threshold struct {
	// Name says in words what must hold. No two thresholds share one.
	Name string `json:"name" jsonschema:"required,minLength=1,maxLength=200"`
	// Metric is what is measured; it says which of source and arm it needs.
	Metric string `json:"metric" jsonschema:"required"`
	// Source is the source whose arm is measured.
	Source string `json:"source,omitempty"`
	// Arm is the arm that is measured.
	Arm Arm `json:"arm,omitzero"`
	// Limit is >=, >, <= or < and a number.
	Limit Limit `json:"limit" jsonschema:"required"`
}
