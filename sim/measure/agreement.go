package measure

// Verdict is how one of our differences stands to a published one.
type Verdict uint8

const (
	Agree     Verdict = iota // the same sign, and our interval excludes 0
	Disagree                 // the other sign, and our interval excludes 0
	Undecided                // our interval includes 0
	Silent                   // the published difference is 0 as printed: there is no sign to agree with
)

// String returns the name used in reports: agree, disagree, undecided or silent.
func (v Verdict) String() string {
	return [...]string{"agree", "disagree", "undecided", "silent"}[v]
}

// Agreement counts verdicts. Undecided is no agreement: a table of wide intervals agrees with everything.
type Agreement struct{ Agree, Disagree, Undecided, Silent int }

// Signs compares the signs of our differences with a published table's, cell by cell. Give it intervals widened for the
// number of cells ([Bonferroni]) where one wrong cell matters. It panics if the tables differ in length.
func Signs(ours []Paired, published []float64) (verdicts []Verdict, a Agreement) {
	if len(ours) != len(published) {
		panic("measure: tables of different cells")
	}
	for i, p := range ours {
		v := verdict(p, published[i])
		switch v {
		case Agree:
			a.Agree++
		case Disagree:
			a.Disagree++
		case Undecided:
			a.Undecided++
		case Silent:
			a.Silent++
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, a
}

func verdict(p Paired, published float64) Verdict {
	switch {
	case published == 0:
		return Silent
	case p.Lo <= 0 && p.Hi >= 0:
		return Undecided
	case p.Mean > 0 == (published > 0):
		return Agree
	}
	return Disagree
}
