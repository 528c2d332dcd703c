package measure

// ArmKey tells an arm from all others of a run: its spelling in a scenario, and what its structure was learned from.
type ArmKey struct {
	Arm            string  // as a scenario spells it: gha hubs=16, imprint radius=all + augmentation
	Source         string  // "" where it has none
	SourceStrength float64 // 0 where it has none
	SourceImages   int     // training images that were seen changed; 0 for all
}

// CellKey tells what an arm was measured under from all else of a run.
type CellKey struct {
	Perturbation string  // Clean for images as they are
	Strength     float64 // 0 of Clean
	Value        float64 // its physical size
}

// Clean stands among perturbations for images as they are.
const Clean = "clean"

// Spelling names an arm as a scenario spells it.
func (a *Arm) Spelling() string {
	if a.Name != "" {
		return a.Name
	}
	name := a.Arm // of a result that is older than the name
	if a.Rule != "" {
		name = a.Rule
	}
	if a.Variant != "" {
		name += " " + a.Variant
	}
	if a.Training != "" && a.Training != a.Arm {
		name += " + " + a.Training
	}
	return name
}

// Key tells the arm from all others of its run.
func (a *Arm) Key() ArmKey {
	k := ArmKey{Arm: a.Spelling(), Source: a.Source}
	if a.SourceStrength != nil {
		k.SourceStrength = *a.SourceStrength
	}
	if a.SourceImages != nil {
		k.SourceImages = *a.SourceImages
	}
	return k
}

// Key tells what the cell was measured under.
func (c *Cell) Key() CellKey { return CellKey{c.Perturbation, c.Strength, c.Value} }

// SeedArms are the arms of a result as one seed alone gave them. Their intervals cover images alone.
type SeedArms struct {
	Seed uint64
	Arms []Arm // of the numbers of an arm those that tables hold
	// RecoveredGain is that of the arms in this seed.
	RecoveredGain []RecoveredGain
}

// Outcomes are the decisions of one arm of one seed under one perturbation, image by image.
type Outcomes struct {
	Seed       uint64
	Arm        ArmKey
	Cell       CellKey
	Image      []int32   // the places of the images in the files of the data
	Class      []uint8   // what each image is
	Decision   []uint8   // what it was taken for
	Right      []uint8   // 1 where that is the same
	Confidence []float32 // score of the decision: the mean over draws of softmax, unless the scenario decides otherwise
}

// Curve is how an arm learned its noise in one seed.
type Curve struct {
	Seed   uint64
	Arm    ArmKey
	Points []CurvePoint
}

// CurvePoint is the noise as it was after some glimpses: as the couplings would make it, before its power is set to the
// scenario's.
type CurvePoint struct {
	Glimpses  int      `json:"glimpses"`  // shown so far, of clean images and changed ones together
	Alignment *float64 `json:"alignment"` // with the sample covariance of deviations; nil where there is no noise yet
	Power     float64  `json:"power"`     // mean noise variance a unit
}
