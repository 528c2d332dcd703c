package experiment

import (
	"crypto/sha256"

	"murmur/network/circuit"
	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// armOutcome is what an arm of a seed gave: all that the result of a run needs of it, and nothing of how it came about.
// It is plain data, and what of it is exported is what a store keeps.
type armOutcome struct {
	Correct    [][]uint8   // [level, 0 being clean][image], 1 where the decision was right
	Decided    [][]uint8   // [level, 0 being clean][image], the class
	Confidence [][]float32 // [level, 0 being clean][image], the largest score of the decision

	Strikes      []strike // one for each attack on the arm
	Audits       []measure.Check
	Certificates []measure.Certificate
	Activity     *measure.ActivityCertificate

	Power             float64 // of the noise, a unit
	Variance          float64 // of the activity that the noise is added to, a unit
	Deviated, Learned bool    // whether its source changed that activity, and whether its couplings moved for it
	Couplings         circuit.Couplings
	Readout, Bias     []float32            // [class, unit], [class]
	Noise             []float32            // [draw, class, image], what each draw of judging gave the readout; nil without noise
	Curve             []measure.CurvePoint // of the noise as it was learned
	Alignment         float64              // with the sample covariance of its source; NaN where that is 0
	Units, Goroutines int                  // of its network
	Trajectory        [sha256.Size]byte    // of its network
}

// seedOutcome is what a seed gave beside its arms; it is kept as they are.
type seedOutcome struct {
	Trajectory [][sha256.Size]byte // of the features, then of what each source showed
	Silent     []int               // units of each layer that no training image makes respond

	// Of the first seed.
	Features                        [][]float32 // [layer][unit, afferent]
	Covariances                     []measure.Covariance
	Examples                        []measure.Example // whose arms are counted as they are in the seed
	CovarianceArrays, ExampleArrays []measure.Array
}

// strike is what an attack left of an arm.
type strike struct {
	level      scenario.Level
	Correct    []uint8   // [image], by the decision that is deployed
	Decided    []uint8   // [image], the class
	Confidence []float32 // [image], the largest score of the decision
	Single     []float64 // [image], the share of the draws of judging that decide right alone
	Vote       []uint8   // [image], by the vote of the same draws
	Distance   []float64 // [image], how far the nearest image of another class is; nil for attacks with a budget
}
