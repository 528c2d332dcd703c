package measure

import "strconv"

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
	Train   int    `json:"train"`           // images that features, couplings and readout learned from
	Test    int    `json:"test"`            // images that every accuracy is measured on
	Draws   int    `json:"draws"`           // noise draws a decision averages
	Order   string `json:"order,omitempty"` // which images of the files these are; their places are arrays of images.npz
	// ClassImages are the classes by name, in the order of their numbers, with the images of each.
	ClassImages []ClassImages `json:"class_images,omitempty"`
	// Majority is the accuracy of a network that answers the most frequent class of the training images to all.
	Majority float64 `json:"majority,omitempty"`
	// Unbalanced is whether some class has at least twice as many images as another; then balanced accuracies, in which
	// every class counts alike, stand beside accuracies.
	Unbalanced bool `json:"unbalanced,omitempty"`
}

// ClassImages is a class and how many of its images were used.
type ClassImages struct {
	Name  string `json:"name"`
	Train int    `json:"train"`
	Test  int    `json:"test"`
}

// ClassName is what a class is called, its number where the result does not say.
func (d *Data) ClassName(class int) string {
	if class < 0 || class >= len(d.ClassImages) {
		return strconv.Itoa(class)
	}
	return d.ClassImages[class].Name
}

// Network is the size of the largest network of the run; every arm has one of its own.
type Network struct {
	Units      int `json:"units"`
	Goroutines int `json:"goroutines"`
}

// Arm is one way to make noise and how it fared.
type Arm struct {
	Name           string               `json:"name,omitempty"`     // as a scenario spells it: gha hubs=16
	Arm            string               `json:"arm"`                // none, identity, diagonal, shuffled, hebbian, oracle
	Rule           string               `json:"rule,omitempty"`     // the plasticity rule of a hebbian arm
	Variant        string               `json:"variant,omitempty"`  // radius=1, radius=all, hubs=16, power=0.5, ...
	Training       string               `json:"training,omitempty"` // what the readout was trained on beside clean images
	Source         string               `json:"source,omitempty"`   // the modification or attack the structure was learned from
	SourceStrength *float64             `json:"source_strength,omitempty"`
	SourceImages   *int                 `json:"source_images,omitempty"` // training images that were seen changed, where not all
	Trace          *float64             `json:"trace"`                   // mean noise power a unit
	TraceRelative  *float64             `json:"trace_relative"`          // the same as a multiple of the variance of the noise-free activity, mean over units and training images
	NoiseCouplings *int                 `json:"noise_couplings"`         // couplings in the whole network
	Hears          *Hearing             `json:"hears,omitempty"`         // whose noise its units hear; without noise there is none
	Alignment      *float64             `json:"alignment"`               // with the sample covariance of deviations, mean over seeds
	Clean          Estimate             `json:"clean"`
	CleanBalanced  *Estimate            `json:"clean_balanced,omitempty"` // balanced accuracy, of an unbalanced set
	CleanCost      *Paired              `json:"clean_cost"`               // clean accuracy of none less that of this arm, paired
	Cells          []Cell               `json:"cells"`
	Classes        []Class              `json:"classes"`            // accuracy on clean images, class by class
	Abstaining     *Abstain             `json:"abstaining"`         // accuracy on clean images if it may abstain
	Corruption     *Corrupt             `json:"corruption"`         // errors under modifications, all but stand-ins together
	Families       []FamilyErrors       `json:"families,omitempty"` // errors over the published sets that were met whole
	Failures       *Failure             `json:"failures"`           // whether errors fall on the same images
	Certificates   []Certificate        `json:"certificates,omitempty"`
	Activity       *ActivityCertificate `json:"activity_certificate,omitempty"`
}

// Hearing says how far the units that make the noise of an arm can hear.
type Hearing struct {
	Units   int     `json:"units"`   // that make noise
	Sources float64 `json:"sources"` // noise sources that a unit hears, its own among them, mean over units
	Hubs    int     `json:"hubs"`    // of these, hubs, each of which hears all Units (of an oracle: the factors that its units share)
}

// CleanGain is the clean cost as a gain; nil where there is no cost.
func (a *Arm) CleanGain() *Paired {
	if a.CleanCost == nil {
		return nil
	}
	return &Paired{Mean: -a.CleanCost.Mean, Lo: -a.CleanCost.Hi, Hi: -a.CleanCost.Lo}
}

// Class is the accuracy of an arm on the images of one class.
type Class struct {
	Class    int      `json:"class"`
	Images   int      `json:"images"`
	Accuracy Estimate `json:"accuracy"`
}

// Abstain is what an arm could do if it answered only where it is surest; of the first seed.
type Abstain struct {
	AURC   float64       `json:"aurc"` // area under the risk-coverage curve
	Best   float64       `json:"best"` // of a confidence that ranks every error last
	Points []CoverageRow `json:"points"`
}

// CoverageRow is the accuracy among the images that are answered.
type CoverageRow struct {
	Coverage float64 `json:"coverage"`
	Accuracy float64 `json:"accuracy"`
}

// Corrupt is the mean error of an arm under the modifications, as it is and relative to that of none: mCE and relative
// mCE of Hendrycks and Dietterich, with the network without noise as the reference. Null where the reference does not err.
type Corrupt struct {
	Modifications int      `json:"modifications"`
	Error         Estimate `json:"error"`
	MCE           *Paired  `json:"mce"`
	RelativeMCE   *Paired  `json:"relative_mce"`
}

// FamilyErrors is the mean error of an arm over a published set of modifications: the number that people report of it.
// Members that stand in for what is not shipped are left out.
type FamilyErrors struct {
	Family string `json:"family"`
	Corrupt
	Levels  int      `json:"levels"` // members at a strength that the mean is over
	Of      int      `json:"of"`     // and how many there are
	LeftOut []string `json:"left_out,omitempty"`
}

// Failure says whether failures are predictable; of the first seed. Shared is the share of the variance of errors that
// the image explains over all modifications. AUC is how well the clean confidence foretells failure under the matched
// modification (the mean over modifications for none), among images that are right when clean.
type Failure struct {
	Shared *float64 `json:"shared"`
	AUC    *float64 `json:"auc"`
}

// Certificate is the certified accuracy of an arm under randomised smoothing at the input; of the first seed.
type Certificate struct {
	Sigma         float64          `json:"sigma"`
	Samples       int              `json:"samples"`
	Alpha         float64          `json:"alpha"`
	Images        int              `json:"images"`
	Abstained     int              `json:"abstained"`
	AverageRadius float64          `json:"average_radius"` // L2, in pixel values; 0 where wrong
	Points        []CertifiedPoint `json:"points"`
}

// CertifiedPoint is the share of images whose class is right and certified within a radius.
type CertifiedPoint struct {
	Radius   float64 `json:"radius"`
	Accuracy float64 `json:"accuracy"`
}

// ActivityCertificate is about the units' activity, not the image: it says for how many images the vote under the arm's
// own noise is certified, and for how many of them the change that the arm's source in fact makes to the activity is
// covered. It is no bound on what a change of the image can do. Of the first seed.
type ActivityCertificate struct {
	Samples int      `json:"samples"`
	Alpha   float64  `json:"alpha"`
	Images  int      `json:"images"`
	Right   int      `json:"right"`   // certified and right
	Covered int      `json:"covered"` // of these, the change is within the certificate
	Radius  float64  `json:"radius"`  // mean over Right, in standard deviations of the noise
	Length  *float64 `json:"length"`  // median over Right of the change, in the same unit; null where it is infinite
}

// Cell is the accuracy of an arm under one perturbation.
type Cell struct {
	Perturbation string  `json:"perturbation"`
	Strength     float64 `json:"strength"` // the level, 1 to 5, or the scenario's own
	Value        float64 `json:"value"`    // its physical size
	Unit         string  `json:"unit"`     // the unit of Value
	// StandIn is set where the modification stands in for what is not shipped: the number does not compare with published
	// ones.
	StandIn  bool     `json:"stand_in,omitempty"`
	Accuracy Estimate `json:"accuracy"`
	// Balanced is the mean over classes of their accuracies, of an unbalanced set.
	Balanced *Estimate `json:"balanced,omitempty"`
	Gain     *Paired   `json:"gain"` // accuracy less that of none, paired over seeds and images
	// Note is what a change does to the pictures that no network can answer for: nothing, or all.
	Note string `json:"note,omitempty"`
	// Together is the gain with an interval that holds for all gains of the result at once (Bonferroni): what counts over
	// many cells go by.
	Together *Paired `json:"gain_together,omitempty"`
	// P is McNemar's exact p-value against none, each image taken once over seeds.
	P         *float64   `json:"p,omitempty"`
	Decisions *Decisions `json:"decisions,omitempty"` // of attacks: other decisions on the same attacked images
	Distance  *Distance  `json:"distance,omitempty"`  // of attacks that seek the nearest image of another class
}

// Decisions are the accuracies of one draw alone and of the vote of all draws.
type Decisions struct {
	One  Estimate `json:"one"`
	Vote Estimate `json:"vote"`
}

// Distance is how far an attack without a budget had to go; of the first seed.
type Distance struct {
	Mean   *float64 `json:"mean"`   // over images that were right and broken
	Median *float64 `json:"median"` // over images that were right, null where it is beyond all
	Found  int      `json:"found"`  // images broken
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
	Transfer      []Transfer      `json:"transfer,omitempty"`    // one for each arm that several sources share
	Paper         *PaperTable     `json:"paper,omitempty"`       // this run beside the paper's table
	Covariances   []Covariance    `json:"covariances,omitempty"` // of the deviations under each source, of the first seed
	Examples      []Example       `json:"examples,omitempty"`    // a few test images, changed and decided on, of the first seed
	Intervals     string          `json:"intervals,omitempty"`   // what the 95 % intervals of the run cover
	Sentence      string          `json:"sentence"`              // the result in plain words
}

// Example is a few test images under one change, and what arms decide. Their pixels are the array of that name in
// examples.npz, uint8 [image, pixel].
type Example struct {
	Perturbation string            `json:"perturbation"` // clean for the images as they are
	Strength     float64           `json:"strength"`
	Value        float64           `json:"value"`
	Unit         string            `json:"unit"`
	Array        string            `json:"array"`
	Attacked     string            `json:"attacked,omitempty"` // the arm that an attack was made against
	Images       []int             `json:"images"`             // their numbers among the test images
	Labels       []int             `json:"labels"`
	Decisions    []ExampleDecision `json:"decisions"`
}

// ExampleDecision is what one arm decides on the images of an example, and how sure it is.
type ExampleDecision struct {
	Arm        int       `json:"arm"` // its place among the arms
	Classes    []int     `json:"classes"`
	Confidence []float64 `json:"confidence"`
}

// Transfer is a matrix of gains: structure learned from a row's source, measured under a column's perturbation at its
// strongest. Intervals hold for all its cells together (Bonferroni).
type Transfer struct {
	Name          string           `json:"name,omitempty"` // of the arm, as a scenario spells it
	Arm           string           `json:"arm"`
	Rule          string           `json:"rule,omitempty"`
	Variant       string           `json:"variant,omitempty"`
	Training      string           `json:"training,omitempty"`
	Sources       []string         `json:"sources"`
	Perturbations []string         `json:"perturbations"`
	Gains         [][]TransferCell `json:"gains"`
	Comparisons   int              `json:"comparisons"`
	Mismatched    int              `json:"mismatched"` // cells whose perturbation is not the source
	Worse         int              `json:"worse"`      // of these, clearly worse than no noise
	Better        int              `json:"better"`     // of these, clearly better
}

// TransferCell is a gain, and whether the perturbation is the source itself.
type TransferCell struct {
	Paired
	Matched bool `json:"matched"`
}

// PaperTable sets this run beside the table of arXiv 2606.13801.
type PaperTable struct {
	Rows []PaperRow `json:"rows"`
	// Signs of (full - diagonal) and (full - none): how many agree, disagree, are undecided here, or are 0 in print.
	Diagonal SignCount `json:"full_less_diagonal"`
	None     SignCount `json:"full_less_none"`
	// Doses are the powers of noise that the run has the paper's arms at, rising, where there is more than one; those above
	// are of the power that the scenario gives to all.
	Doses []PaperDose `json:"doses,omitempty"`
}

// PaperDose is a power of noise a unit, absolute and as a multiple of the variance of the noise-free activity, and how the
// signs at that power compare with the paper's.
type PaperDose struct {
	Power        float64   `json:"power"`
	Relative     *float64  `json:"power_relative"`
	LessDiagonal SignCount `json:"full_less_diagonal"`
	LessNone     SignCount `json:"full_less_none"`
}

// PaperDoseRow is a row at one of the doses.
type PaperDoseRow struct {
	Power        float64   `json:"power"`
	Full         *Estimate `json:"full"`
	Diagonal     *Estimate `json:"diagonal"`
	LessDiagonal string    `json:"full_less_diagonal"`
	LessNone     string    `json:"full_less_none"`
}

// SignCount counts signs by how they compare with the paper's.
type SignCount struct {
	Agree     int `json:"agree"`
	Disagree  int `json:"disagree"`
	Undecided int `json:"undecided"`
	Silent    int `json:"silent"`
}

// PaperRow is a modification at a strength: accuracies here and in the paper, and how the signs compare.
type PaperRow struct {
	Modification string         `json:"modification"`
	Strength     float64        `json:"strength"` // the paper's: a severity, a scale or an epsilon
	Cells        []PaperCell    `json:"cells"`
	Diagonal     string         `json:"full_less_diagonal"` // agree, disagree, undecided, silent
	None         string         `json:"full_less_none"`
	Doses        []PaperDoseRow `json:"doses,omitempty"`
}

// PaperCell is an arm's accuracy here beside the paper's.
type PaperCell struct {
	Arm   string    `json:"arm"` // full, diagonal, identity, none, or an arm that the paper has not
	Here  *Estimate `json:"here"`
	Paper *float64  `json:"paper"`
}

// Covariance describes the covariance of deviations under a source.
type Covariance struct {
	Source        string    `json:"source"`
	Strength      float64   `json:"strength"`
	Trace         float64   `json:"trace"`          // summed over units
	EffectiveRank float64   `json:"effective_rank"` // participation ratio, tr(C)^2 / tr(C^2)
	Spectrum      []float64 `json:"spectrum"`       // leading eigenvalues, as shares of the trace
	Alignment     []float64 `json:"alignment"`      // with the covariance under each source, in their order
}

// RecoveredGain is (arm - none) / (oracle - none) at the matched perturbation and strength. Unless the oracle clearly
// gains there, by the lower end of its paired interval, Mean, Lo and Hi are null and Reason says why.
type RecoveredGain struct {
	Name     string   `json:"name,omitempty"` // of the arm, as a scenario spells it
	Source   string   `json:"source"`
	Strength float64  `json:"strength"`
	Images   *int     `json:"source_images,omitempty"` // as of the arm
	Arm      string   `json:"arm"`
	Rule     string   `json:"rule,omitempty"`
	Variant  string   `json:"variant,omitempty"`
	Training string   `json:"training,omitempty"`
	Mean     *float64 `json:"mean"`
	Lo       *float64 `json:"lo"`
	Hi       *float64 `json:"hi"`
	Reason   string   `json:"reason,omitempty"`
}

// Of reports whether it is the recovered gain of an arm.
func (g *RecoveredGain) Of(a *Arm) bool {
	return g.Source == a.Source && (a.SourceStrength == nil || g.Strength == *a.SourceStrength) && images(g.Images) == images(a.SourceImages) &&
		g.Arm == a.Arm && g.Rule == a.Rule && g.Variant == a.Variant && g.Training == a.Training
}

// images is a number of images that a source may have; 0 is all of them.
func images(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// Threshold is a demand of the scenario on its own result. Where Value is null it failed, and Reason says why there is
// no value.
type Threshold struct {
	Name   string   `json:"name"`
	Metric string   `json:"metric,omitempty"`
	Value  *float64 `json:"value"`
	Reason string   `json:"reason,omitempty"`
	Limit  string   `json:"limit"`
	Pass   bool     `json:"pass"`
}

// Unmeasured is the reason of a threshold whose arm was not finished, or not measured where it is asked for.
const Unmeasured = "it was not measured"

// Check is one honesty check of the run: pass, warn or fail, with its evidence.
type Check struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Detail string `json:"detail"`
	// Accepted is set where the scenario lets a check fail without failing the run.
	Accepted bool `json:"accepted,omitempty"`
}

// Array is a named array for the NPZ files, row-major. Data is []float32, []float64, []int32 or []uint8.
type Array struct {
	Name  string
	Shape []int
	Data  any
}
