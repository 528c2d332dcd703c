package scenario

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// The kinds of arm, as [Arm.Kind] and a result name them.
const (
	None     = "none"     // no noise
	Identity = "identity" // the same private noise in every unit
	Diagonal = "diagonal" // private noise with each unit's own variance
	Shuffled = "shuffled" // the right spectrum on the wrong units
	Hebbian  = "hebbian"  // a covariance learned by a local rule
	Oracle   = "oracle"   // the sample covariance, computed outside the network
)

// The rules of hebbian arms, as [Arm.Rule] and a result name them.
const (
	Imprint = "imprint" // lateral couplings, with the reach radius=R
	GHA     = "gha"     // hubs by the generalised Hebbian algorithm, as many as hubs=K
)

// The ways to train the readout on more than clean images. Alone, without noise in the units, each is a kind of arm.
const (
	GaussianInput       = "gaussian-input"       // on images under Gaussian noise, half of the time
	Augmentation        = "augmentation"         // on images modified as the source is, with labels, half of the time
	AdversarialTraining = "adversarial-training" // on images attacked anew each epoch after the first, half of the time
)

// all is the radius of an imprint that couples every pair of units.
const all = -1

// armPattern accepts every spelling of an arm; the schema carries it too.
const armPattern = `^(?:(none|gaussian-input|augmentation|adversarial-training)|` +
	`(?:(identity|diagonal|shuffled|oracle)|imprint radius=([1-9][0-9]{0,6}|all)|gha hubs=([1-9][0-9]{0,6}))` +
	`(?: layer=([12]))?(?: power=(0\.[0-9]{0,5}[1-9]|[1-9][0-9]{0,5}(?:\.[0-9]{0,5}[1-9])?))?(?: when=(both|learning|testing))?` +
	`(?: \+ (gaussian-input|augmentation|adversarial-training))?)$`

var (
	armSpelling = regexp.MustCompile(armPattern)
	armNames    = []string{None, Identity, Diagonal, Shuffled, "imprint radius=R", "gha hubs=K", Oracle, GaussianInput, Augmentation, AdversarialTraining}
)

// Arm is one way to make noise, to train the readout, or both: none, identity, diagonal, shuffled, oracle,
// "imprint radius=R" or "gha hubs=K", then, in this order and each if wanted, "layer=1" (of a sheet of two layers, the
// noisy one; the last unless said), "power=P" and "when=learning", in place of what the scenario says for all, and
// "+ augmentation", "+ gaussian-input" or "+ adversarial-training". The three stand alone too, for a readout trained so
// without noise in the units. Arms compare with ==. The zero Arm stands for no arm at all (an arm left out), which is
// not the arm none.
type Arm struct {
	name     string // a kind, or the rule of a hebbian arm
	number   int    // the radius or the number of hubs of a hebbian arm
	layer    int    // 0: the last
	power    float64
	when     string
	training string
}

// ParseArm reads an arm from its spelling. R is a whole number from 1 to 9999999
// or all, K a whole number from 1 to 9999999. The error names the nearest arm.
func ParseArm(spelling string) (Arm, error) {
	match := armSpelling.FindStringSubmatch(spelling)
	if match == nil {
		return Arm{}, armError(spelling)
	}
	arm := Arm{name: match[1] + match[2], when: match[7], training: match[8]}
	// The pattern keeps every number in range.
	switch {
	case match[3] == "all":
		arm.name, arm.number = Imprint, all
	case match[3] != "":
		arm.name = Imprint
		arm.number, _ = strconv.Atoi(match[3])
	case match[4] != "":
		arm.name = GHA
		arm.number, _ = strconv.Atoi(match[4])
	}
	arm.layer, _ = strconv.Atoi(match[5])
	arm.power, _ = strconv.ParseFloat(match[6], 64)
	return arm, nil
}

// trains reports whether a name is a way to train the readout.
func trains(name string) bool {
	return name == GaussianInput || name == Augmentation || name == AdversarialTraining
}

// armError says what is wrong with the spelling of an arm.
func armError(spelling string) error {
	name, rest, more := strings.Cut(spelling, " ")
	if key, ok := map[string]string{Imprint: "radius", GHA: "hubs"}[name]; ok {
		word, value, _ := strings.Cut(rest, "=")
		if near := name + " " + key + "=" + value; armSpelling.MatchString(near) && hint(word, []string{key}) != "" {
			return fmt.Errorf("%q is no arm (did you mean %q?)", spelling, near)
		}
	}
	switch name {
	case Imprint:
		if !strings.HasPrefix(rest, "radius=") || !strings.Contains(rest, " ") {
			return fmt.Errorf("%q must read imprint radius=R, R a whole number of at least 1 or all", spelling)
		}
	case GHA:
		if !strings.HasPrefix(rest, "hubs=") || !strings.Contains(rest, " ") {
			return fmt.Errorf("%q must read gha hubs=K, K a whole number of at least 1", spelling)
		}
	case Hebbian:
		return fmt.Errorf("%q needs its rule: imprint radius=R or gha hubs=K", spelling)
	}
	switch {
	case more && name == None:
		return fmt.Errorf("%q: none has no noise to say more of, and is trained on clean images alone", spelling)
	case more && trains(name):
		return fmt.Errorf("%q: %s alone has no noise to say more of; with noise it comes last, as in gha hubs=16 + %s", spelling, name, name)
	}
	for _, known := range armNames {
		if word, _, _ := strings.Cut(known, " "); more && word == name {
			return fmt.Errorf("%q: after the arm come, in this order, layer=1 or 2, power=P (above 0, no zeros at the end), when=both, learning or testing, and + with a training", spelling)
		}
	}
	return errors.New(unknown(spelling, armNames))
}

// Kind returns none, identity, diagonal, shuffled, hebbian, oracle, gaussian-input, augmentation or
// adversarial-training; "" for the zero Arm.
func (a Arm) Kind() string {
	if a.Rule() != "" {
		return Hebbian
	}
	return a.name
}

// Rule returns the local rule of a hebbian arm, imprint or gha; "" for any other.
func (a Arm) Rule() string {
	if a.name == Imprint || a.name == GHA {
		return a.name
	}
	return ""
}

// Variant returns what follows the name but the training: "radius=R" or "hubs=K" of a hebbian arm, then layer, power
// and when if the arm says them.
func (a Arm) Variant() string {
	var words []string
	switch {
	case a.name == Imprint && a.number == all:
		words = append(words, "radius=all")
	case a.name == Imprint:
		words = append(words, "radius="+strconv.Itoa(a.number))
	case a.name == GHA:
		words = append(words, "hubs="+strconv.Itoa(a.number))
	}
	if a.layer != 0 {
		words = append(words, "layer="+strconv.Itoa(a.layer))
	}
	if a.power != 0 {
		words = append(words, "power="+strconv.FormatFloat(a.power, 'f', -1, 64))
	}
	if a.when != "" {
		words = append(words, "when="+a.when)
	}
	return strings.Join(words, " ")
}

// Radius returns how many columns away the couplings of an imprint reach, -1 for
// all units; 0 for any other arm.
func (a Arm) Radius() int {
	if a.name == Imprint {
		return a.number
	}
	return 0
}

// Hubs returns the number of hubs of a gha; 0 for any other arm.
func (a Arm) Hubs() int {
	if a.name == GHA {
		return a.number
	}
	return 0
}

// Layer returns the layer whose units are noisy, 1 or 2; 0 where the arm leaves it to be the last.
func (a Arm) Layer() int { return a.layer }

// Training returns the way in which the readout is trained beside clean images, "" for none.
func (a Arm) Training() string {
	if trains(a.name) {
		return a.name
	}
	return a.training
}

// Noisy reports whether the arm has noise in its units.
func (a Arm) Noisy() bool { return a.name != None && !trains(a.name) }

// Oracle returns the oracle with the same layer, power, times and training: what the arm is compared with.
func (a Arm) Oracle() Arm {
	if trains(a.name) {
		return Arm{name: Oracle, training: a.name}
	}
	a.name, a.number = Oracle, 0
	return a
}

// IsZero reports whether the arm was left out.
func (a Arm) IsZero() bool { return a == Arm{} }

// String returns the spelling that [ParseArm] reads; "" for the zero Arm.
func (a Arm) String() string {
	s := a.name
	if v := a.Variant(); v != "" {
		s += " " + v
	}
	if a.training != "" {
		s += " + " + a.training
	}
	return s
}

// MarshalText returns the spelling; YAML and JSON carry an arm as this string.
func (a Arm) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText wrote: a spelling, or "" for the zero Arm.
func (a *Arm) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*a = Arm{}
		return nil
	}
	arm, err := ParseArm(string(text))
	if err != nil {
		return err
	}
	*a = arm
	return nil
}

// Power returns the mean noise power a unit of an arm.
func (s *Scenario) Power(a Arm) float64 {
	if a.power != 0 {
		return a.power
	}
	return s.Noise.Power
}

// When returns when an arm is noisy.
func (s *Scenario) When(a Arm) string {
	if a.when != "" {
		return a.when
	}
	return s.Noise.When
}
