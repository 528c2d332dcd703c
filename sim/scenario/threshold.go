package scenario

import (
	"fmt"
	"regexp"
	"strconv"
)

// The metrics a threshold may name. Gains are accuracies of an arm less those of
// none under the perturbation and strength its source was learned from.
const (
	Gain            = "gain"
	GainLo          = "gain_lo"
	RecoveredGain   = "recovered_gain"
	RecoveredGrowth = "recovered_growth"
	Alignment       = "alignment"
	Clean           = "clean"
	CleanCost       = "clean_cost"
	Accuracy        = "accuracy"
	PaperAgreement  = "paper_agreement"
	MismatchedWorse = "mismatched_worse"
)

// metric is what a threshold may measure: its name, what it is, its range, and the check that a threshold has the source
// and the arm that it needs; the check reports what is wrong, and whether there is more to look at.
type metric struct {
	term
	bounded bool // it lies from -1 to 1; recovered gains, which are quotients, need not
	needs   func(c *checker, path string, t Threshold) bool
}

// metrics lists the metrics in the order in which they are shown. Package experiment has what works each out.
var metrics = []metric{
	{term{Gain, "accuracy of the arm less that of none, at the source's own perturbation and strength (source, arm)"}, true, armOfSource},
	{term{GainLo, "lower end of the paired interval of gain (source, arm)"}, true, armOfSource},
	{term{RecoveredGain, "gain of an arm over the gain of the oracle of that source, where the oracle clearly gains (source, arm)"}, false, armOfSource},
	{term{RecoveredGrowth, "smallest step of recovered_gain from one imprint radius of the source to the next larger (source)"}, false, imprints},
	{term{Alignment, "alignment of the arm's noise covariance with the sample covariance (source, arm)"}, true, armOfSource},
	{term{Clean, "accuracy of the arm on clean images (arm, and its source unless the arm is none)"}, true, anArm},
	{term{Accuracy, "accuracy of the arm under a perturbation at a strength (perturbation, strength, arm, and its source unless the arm is none)"}, true, anArm},
	{term{PaperAgreement, "share of the signs of (full - diagonal) and (full - none) that agree with the paper's, of those that both decide"}, true, wholeRun},
	{term{MismatchedWorse, "share of the cells of the transfer matrices off their diagonal that are clearly worse than no noise"}, true, wholeRun},
	{term{CleanCost, "clean accuracy of none less that of the arm; the largest over all arms where none is named (source, arm)"}, true, armOrAll},
}

// Metrics returns the names of the metrics that a threshold may measure.
func Metrics() []string { return words(metricTerms()) }

func metricTerms() []term {
	list := make([]term, len(metrics))
	for i, m := range metrics {
		list[i] = m.term
	}
	return list
}

// limitPattern accepts every spelling of a limit; the schema carries it too. The
// digits are bounded so that every number is finite and is written back in the
// same form.
const limitPattern = `^(>=|>|<=|<) *([-+]?[0-9]{1,15}(\.[0-9]{1,30})?)$`

var limitSpelling = regexp.MustCompile(limitPattern)

// Limit is what a threshold asks of its metric: Op is >=, >, <= or <, and Value
// is finite.
type Limit struct {
	Op    string
	Value float64
}

// ParseLimit reads a limit such as ">= 0.2": >=, >, <= or < and a decimal number
// without an exponent.
func ParseLimit(spelling string) (Limit, error) {
	match := limitSpelling.FindStringSubmatch(spelling)
	if match == nil {
		return Limit{}, fmt.Errorf("%q must be >=, >, <= or < and a decimal number, such as \">= 0.2\"", spelling)
	}
	value, err := strconv.ParseFloat(match[2], 64)
	return Limit{Op: match[1], Value: value}, err
}

// Holds reports whether v keeps the limit; NaN keeps none.
func (l Limit) Holds(v float64) bool {
	switch l.Op {
	case ">=":
		return v >= l.Value
	case ">":
		return v > l.Value
	case "<=":
		return v <= l.Value
	case "<":
		return v < l.Value
	}
	return false
}

// String returns the spelling that [ParseLimit] reads.
func (l Limit) String() string {
	return l.Op + " " + strconv.FormatFloat(l.Value, 'f', -1, 64)
}

// MarshalText returns the spelling; YAML and JSON carry a limit as this string.
func (l Limit) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a limit from its spelling.
func (l *Limit) UnmarshalText(text []byte) error {
	limit, err := ParseLimit(string(text))
	if err != nil {
		return err
	}
	*l = limit
	return nil
}
