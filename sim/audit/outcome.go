package audit

import (
	"murmur/sim/attack"
	"murmur/sim/measure"
)

// Role says what an attack is, and so what it must be stronger or weaker than.
type Role string

// The roles. SingleStep to MoreRestarts see the model's gradients; of these the worst case for each image is the
// white-box result that others are held against.
const (
	SingleStep     Role = "single-step"
	Iterative      Role = "iterative"
	MoreIterations Role = "more-iterations" // a variant of another attack with more steps
	MoreRestarts   Role = "more-restarts"   // a variant with more restarts
	MoreDraws      Role = "more-draws"      // a variant with another number of draws for each gradient
	FrozenNoise    Role = "frozen-noise"    // a variant on the model with its noise held fixed, judged with the same noise
	BlackBox       Role = "black-box"       // asks for answers, not for gradients
	Random         Role = "random"          // random noise of the same size
	Transfer       Role = "transfer"        // made on another model
	Unbounded      Role = "unbounded"       // may make any picture
)

// whiteBox reports whether an attack of this role sees the gradients of the model it is judged on.
func (k Role) whiteBox() bool {
	return k == SingleStep || k == Iterative || k == MoreIterations || k == MoreRestarts
}

// Attempt describes an attack.
type Attempt struct {
	Name    string // the same for one attack at every budget
	Role    Role
	Norm    attack.Norm
	Epsilon float32 // the budget; without meaning where Nearest
	Nearest bool    // seeks the nearest adversarial image, whatever its distance
	Of      string  // where it is a variant of another attack: that one's Name, at the same norm and budget
	Draws   int     // for each gradient; needed by eot-converged alone
}

// Outcome is what an attack left standing. A case is one image, or one image of one seed: every outcome of a study has
// the same cases in the same order.
type Outcome struct {
	Attempt
	Correct  []bool    // of each case: is the decision still right
	Distance []float64 // where Nearest: how far the adversarial image is, 0 where it was wrong before, +Inf where there is none
}

// standing returns which cases withstand the attack with a budget of eps.
func (o Outcome) standing(eps float32) []bool {
	if !o.Nearest {
		return o.Correct
	}
	correct := make([]bool, len(o.Distance))
	for i, d := range o.Distance {
		correct[i] = !(d <= float64(eps))
	}
	return correct
}

// Study is what attacks left standing of one model.
type Study struct {
	ID       []uint32 // of each case: the image's name, to list counter-examples by
	Labels   []uint8  // of each case
	Inputs   int      // pixels
	Noisy    bool     // decisions depend on draws of noise, and are tested as such
	Clean    []bool   // of each case: is the decision right with no attack
	Outcomes []Outcome
}

// Checks returns every check on outcomes, in the order of [Terms]. It panics where the lengths do not fit.
func (s Study) Checks() []measure.Check {
	n := len(s.ID)
	if n == 0 || len(s.Labels) != n || len(s.Clean) != n {
		panic(badStudy)
	}
	for _, o := range s.Outcomes {
		if o.Nearest && len(o.Distance) != n || !o.Nearest && len(o.Correct) != n {
			panic(badStudy)
		}
	}
	checks := make([]measure.Check, len(orders))
	for i, o := range orders {
		checks[i] = o.check(s).named(o.Name)
	}
	return checks
}

const badStudy = "audit: a study needs cases, and as many names, labels, clean decisions and decisions or distances of every outcome"

// guess returns how many cases are right for who always says the most frequent label.
func guess(labels []uint8) int {
	var count [256]int
	most := 0
	for _, l := range labels {
		count[l]++
		most = max(most, count[l])
	}
	return most
}

// aboveGuess reports whether more of n cases are right than always saying the most frequent label explains: at all, or
// with noise beyond [Level]/comparisons.
func aboveGuess(right int, labels []uint8, noisy bool, comparisons int) bool {
	most, n := guess(labels), len(labels)
	if right <= most || most == n {
		return false
	}
	return !noisy || tail(right, n, float64(most)/float64(n)) < Level/float64(comparisons)
}

func count(correct []bool) int {
	n := 0
	for _, c := range correct {
		if c {
			n++
		}
	}
	return n
}
