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
	// Perturbations are the modifications and attacks that arms are measured under, or names of whole families: mnist-c, mnist-c-extra, cifar-c, cifar-c-validation, paper.
	Perturbations []string `json:"perturbations"`
	// Strengths are the levels that modifications are measured at, rising, each at those it has: 1 to 5, 11 or 1. Attacks have their epsilons instead.
	Strengths []int `json:"strengths" jsonschema:"minItems=1,minimum=1,maximum=11"`
	// Measured says what arms are measured under beside clean images: everything, or only what their source is.
	Measured string `json:"measured" jsonschema:"default=everywhere"`
	// Attack says how the attacks among perturbations and sources are made, and on which arms.
	Attack Attack `json:"attack"`
	// Certificate is randomised smoothing at the input.
	Certificate Certificate `json:"certificate"`
	// Accept names checks that may fail without failing the run.
	Accept []string `json:"accept"`
	// Runtime changes the speed of a run and not one bit of its result.
	Runtime Runtime `json:"runtime"`
	// Thresholds are the limits that decide the exit status.
	Thresholds []Threshold `json:"thresholds"`
}

// Data says which images are shown.
type Data struct {
	// Set is the embedded set, mnist or fashion-mnist; with a path only the name of the set.
	Set string `json:"set" jsonschema:"minLength=1,maxLength=100,default=fashion-mnist,example=mnist,example=fashion-mnist"`
	// Path is a folder of images, or an NPZ file, to use instead of an embedded set; empty for the embedded set. In a file it is relative to that file, in an override to the working directory.
	Path string `json:"path" jsonschema:"default="`
	// Classes are what the classes are called, in the order of their labels or of their folders' names; by default what the data call them.
	Classes []string `json:"classes" jsonschema:"minLength=1,maxLength=100"`
	// Broken says what becomes of a set in which pictures cannot be used: broken ones, or of another size than most.
	Broken string `json:"broken" jsonschema:"default=refuse"`
	// Train is the number of training images; 0 means all of them (10000 in an embedded set). Where it is left out, fewer will do.
	Train int `json:"train" jsonschema:"minimum=0,maximum=100000000,default=8000"`
	// Test is the number of test images; 0 means all of them (2000 in an embedded set). Where it is left out, fewer will do.
	Test int `json:"test" jsonschema:"minimum=0,maximum=100000000,default=2000"`
	// JudgeOn says which images accuracies are measured on: the test images, or, to choose powers and rates, training images that were left out.
	JudgeOn string `json:"judge_on" jsonschema:"default=test"`

	trainLeft, testLeft bool // with a path: the file leaves the number to the default, see Fit
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
	// Second is a second sheet that looks at the first as the first looks at the picture; without columns there is none.
	Second Second `json:"second"`
}

// Second is a sheet of units over another sheet.
type Second struct {
	// Columns is the number of columns along one side; 0 for no second sheet.
	Columns int `json:"columns" jsonschema:"minimum=0,maximum=1000,default=0"`
	// Units is the number of units in a column.
	Units int `json:"units" jsonschema:"minimum=1,maximum=1000000,default=10"`
	// Field is the side of a column's receptive field, in columns of the first sheet.
	Field int `json:"field" jsonschema:"minimum=1,maximum=10000,default=4"`
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
	Epochs int `json:"epochs" jsonschema:"minimum=1,maximum=100000,default=12"`
	// Rate is the learning rate at the start; it falls to 0 in equal steps.
	Rate float64 `json:"rate" jsonschema:"exclusiveMinimum=0,maximum=1000,default=0.6"`
	// Bias says whether a readout unit learns a bias beside its weights.
	Bias bool `json:"bias" jsonschema:"default=false"`
	// Decision is how the noise draws make one decision.
	Decision string `json:"decision" jsonschema:"default=mean"`
	// InputSigma is the standard deviation of the noise on the images that gaussian-input trains on.
	InputSigma float64 `json:"input_sigma" jsonschema:"exclusiveMinimum=0,maximum=10,default=0.25"`
}

// Source is a change that structure is learned from, and the arms that learn it.
type Source struct {
	// Perturbation is the modification or the attack, or a family of them; an attack is made against the network without noise.
	Perturbation string `json:"perturbation" jsonschema:"required"`
	// Strength is the level: 1 to 5, 11 or 1 of a modification, the place of the epsilon of an attack; 0 makes a source of every level.
	Strength int `json:"strength" jsonschema:"minimum=0,maximum=11,default=5"`
	// Images is the number of training images that are seen changed, from the first; 0 means all. Only arms that train on them need labels for them.
	Images int `json:"images" jsonschema:"minimum=0,maximum=100000000,default=0"`
	// Arms are the ways to make noise or to train; the arm none is always measured and is not listed here.
	Arms []Arm `json:"arms" jsonschema:"required,minItems=1"`
}

// Attack says how attacks are made. Steps, restarts, draws and queries are the preset's where they are 0.
type Attack struct {
	// Preset is how hard attacks try.
	Preset string `json:"preset" jsonschema:"default=standard"`
	// Linf are the epsilons of attacks that bound the largest change of a pixel, rising, as numbers or as fractions such as 8/255; their places are the strengths. 0 is the clean end of a curve.
	Linf []float64 `json:"linf" jsonschema:"minItems=1,minimum=0,maximum=1"`
	// L2 are the epsilons of attacks that bound the Euclidean length of the change, in the same way.
	L2 []float64 `json:"l2" jsonschema:"minItems=1,minimum=0,maximum=10000"`
	// Steps is the number of gradient steps.
	Steps int `json:"steps" jsonschema:"minimum=0,maximum=100000,default=0"`
	// Restarts is the number of starts of an attack that starts at random.
	Restarts int `json:"restarts" jsonschema:"minimum=0,maximum=1000,default=0"`
	// Draws is the number of noise draws that a gradient or a score averages (expectation over transformation).
	Draws int `json:"draws" jsonschema:"minimum=0,maximum=100000,default=0"`
	// Queries is the number of questions that an attack without gradients may ask about an image.
	Queries int `json:"queries" jsonschema:"minimum=0,maximum=100000000,default=0"`
	// Images is the number of test images attacked, from the first; at most as many as there are.
	Images int `json:"images" jsonschema:"minimum=1,maximum=100000000,default=400"`
	// Sources are the sources whose arms are attacked, by name or family; all where none is named. The arm none always is.
	Sources []string `json:"sources"`
	// Arms are the arms that are attacked; all where none is named. The arm none always is.
	Arms []Arm `json:"arms"`
	// Audit is the number of test images that the checks of the attacks themselves use; 0 makes no such check.
	Audit int `json:"audit" jsonschema:"minimum=0,maximum=100000000,default=100"`
	// Training is the attack that adversarial-training trains on.
	Training TrainingAttack `json:"training"`
}

// TrainingAttack is the attack that adversarial-training trains on: projected gradient descent in Linf.
type TrainingAttack struct {
	// Epsilon is its budget; a source that is an attack in Linf takes its own.
	Epsilon float64 `json:"epsilon" jsonschema:"exclusiveMinimum=0,maximum=1,default=0.1"`
	// Steps is the number of its steps, each of 2.5 epsilon/steps.
	Steps int `json:"steps" jsonschema:"minimum=1,maximum=100000,default=5"`
}

// Certificate is randomised smoothing at the input (Cohen, Rosenfeld and Kolter 2019). Without sigmas there is none.
type Certificate struct {
	// Sigmas are the standard deviations of the Gaussian noise on the input.
	Sigmas []float64 `json:"sigmas" jsonschema:"exclusiveMinimum=0,maximum=100"`
	// Samples is the number of noisy images that the bound is worked out from.
	Samples int `json:"samples" jsonschema:"minimum=1,maximum=100000000,default=1000"`
	// First is the number of noisy images that choose the class.
	First int `json:"first" jsonschema:"minimum=1,maximum=100000000,default=100"`
	// Alpha is the probability that a certificate is wrong.
	Alpha float64 `json:"alpha" jsonschema:"exclusiveMinimum=0,exclusiveMaximum=1,default=0.001"`
	// Images is the number of test images that are certified, from the first; at most as many as there are.
	Images int `json:"images" jsonschema:"minimum=1,maximum=100000000,default=200"`
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
	// Source is the source whose arm is measured; of several with one perturbation the first.
	Source string `json:"source,omitempty"`
	// Arm is the arm that is measured.
	Arm Arm `json:"arm,omitzero"`
	// Perturbation is what accuracy is measured under.
	Perturbation string `json:"perturbation,omitempty"`
	// Strength is its level, or the place of its epsilon.
	Strength int `json:"strength,omitempty" jsonschema:"minimum=1,maximum=1000"`
	// Limit is >=, >, <= or < and a number.
	Limit Limit `json:"limit" jsonschema:"required"`
}
