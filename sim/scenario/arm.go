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

// all is the radius of an imprint that couples every pair of units.
const all = -1

// armPattern accepts every spelling of an arm; the schema carries it too.
const armPattern = `^(none|identity|diagonal|shuffled|oracle|imprint radius=([1-9][0-9]{0,6}|all)|gha hubs=([1-9][0-9]{0,6}))$`

var (
	armSpelling = regexp.MustCompile(armPattern)
	armNames    = []string{None, Identity, Diagonal, Shuffled, "imprint radius=R", "gha hubs=K", Oracle}
)

// Arm is one way to make noise: none, identity, diagonal, shuffled, oracle,
// "imprint radius=R" or "gha hubs=K". Arms compare with ==. The zero Arm stands
// for no arm at all (an arm left out), which is not the arm none.
type Arm struct {
	name   string // a kind, or the rule of a hebbian arm
	number int    // the radius or the number of hubs of a hebbian arm
}

// ParseArm reads an arm from its spelling. R is a whole number from 1 to 9999999
// or all, K a whole number from 1 to 9999999. The error names the nearest arm.
func ParseArm(spelling string) (Arm, error) {
	match := armSpelling.FindStringSubmatch(spelling)
	if match == nil {
		return Arm{}, armError(spelling)
	}
	name, _, _ := strings.Cut(spelling, " ")
	arm := Arm{name: name}
	switch {
	case match[2] == "all":
		arm.number = all
	case match[2] != "":
		arm.number, _ = strconv.Atoi(match[2]) // the pattern keeps it in range
	case match[3] != "":
		arm.number, _ = strconv.Atoi(match[3])
	}
	return arm, nil
}

// armError says what is wrong with the spelling of an arm.
func armError(spelling string) error {
	switch name, _, _ := strings.Cut(spelling, " "); name {
	case Imprint:
		return fmt.Errorf("%q must read imprint radius=R, R a whole number of at least 1 or all", spelling)
	case GHA:
		return fmt.Errorf("%q must read gha hubs=K, K a whole number of at least 1", spelling)
	case Hebbian:
		return fmt.Errorf("%q needs its rule: imprint radius=R or gha hubs=K", spelling)
	}
	return errors.New(unknown(spelling, armNames))
}

// Kind returns none, identity, diagonal, shuffled, hebbian or oracle; "" for the zero Arm.
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

// Variant returns "radius=R" or "hubs=K" for a hebbian arm; "" for any other.
func (a Arm) Variant() string {
	switch {
	case a.name == Imprint && a.number == all:
		return "radius=all"
	case a.name == Imprint:
		return "radius=" + strconv.Itoa(a.number)
	case a.name == GHA:
		return "hubs=" + strconv.Itoa(a.number)
	}
	return ""
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

// IsZero reports whether the arm was left out.
func (a Arm) IsZero() bool { return a == Arm{} }

// String returns the spelling that [ParseArm] reads; "" for the zero Arm.
func (a Arm) String() string {
	if a.Rule() != "" {
		return a.name + " " + a.Variant()
	}
	return a.name
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
