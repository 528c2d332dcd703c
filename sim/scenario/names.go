package scenario

import (
	"murmur/sim/attack"
	"murmur/sim/audit"
	"murmur/sim/modification"
)

// The sizes of a scenario.
const (
	Small   = "small"
	Default = "default"
	Full    = "full"
)

// The rule by which features are learned.
const SoftHebb = "softhebb"

// When there is noise.
const (
	Both     = "both"
	Learning = "learning"
	Testing  = "testing"
)

// The images that accuracies are measured on.
const (
	TestImages       = "test"
	ValidationImages = "validation"
)

// What becomes of a set with pictures that cannot be used.
const (
	RefuseBroken   = "refuse"
	LeaveOutBroken = "leave-out"
)

// What is decided by.
const (
	MeanOfDraws = "mean"
	SumOfLogits = "sum-of-logits"
	VoteOfDraws = "vote"
)

// What arms are measured under.
const (
	Everywhere = "everywhere"
	Matched    = "matched"
)

// The embedded sets of images, and what each of them holds.
const (
	MNIST        = "mnist"
	FashionMNIST = "fashion-mnist"

	embeddedTrain = 10000 // images
	embeddedTest  = 2000  // images
	embeddedSide  = 28    // pixels
	embeddedKinds = 10    // classes
)

// term is a word that a key may hold, with what it means.
type term struct{ word, doc string }

var (
	sizes = []term{
		{Small, "seconds; what tests run"},
		{Default, "the file without an overlay"},
		{Full, "the real study"},
	}
	featureRules = []term{
		{SoftHebb, "soft winner-take-all inside a column"},
	}
	times = []term{
		{Both, "while the readout learns and while it is tested"},
		{Learning, "only while the readout learns"},
		{Testing, "only while the readout is tested"},
	}
	judges = []term{
		{TestImages, "the test images"},
		{ValidationImages, "training images after those that are learned from"},
	}
	brokens = []term{
		{RefuseBroken, "a picture that cannot be used fails the run, and all of them are named"},
		{LeaveOutBroken, "pictures that cannot be used are left out, and the result says so"},
	}
	decisions = []term{
		{MeanOfDraws, "the largest mean over draws of softmax, by the readout units themselves"},
		{SumOfLogits, "the largest sum over draws of potentials, as in the paper; counted outside the network"},
		{VoteOfDraws, "the class that most draws choose alone; counted outside the network"},
	}
	places = []term{
		{Everywhere, "every perturbation at every strength"},
		{Matched, "the perturbation and strength of the arm's own source"},
	}
	embedded = []string{MNIST, FashionMNIST}
)

// presets returns how hard attacks try.
func presets() []term {
	var terms []term
	for _, p := range attack.Presets() {
		terms = append(terms, term{p.Name, p.Doc})
	}
	return terms
}

// checks returns the checks that a run may fail.
func checks() []term {
	var terms []term
	for _, c := range audit.Terms() {
		terms = append(terms, term{c.Name, c.Doc})
	}
	return terms
}

// perturbations returns the modifications, attacks and families, each with what it means.
func perturbations() []term {
	var terms []term
	for _, word := range modification.Names() {
		m, _ := modification.Lookup(word)
		terms = append(terms, term{word, m.Doc})
	}
	for _, k := range attack.Kinds() {
		terms = append(terms, term{k.Name, "attack: " + k.Doc})
	}
	for _, family := range modification.Families() {
		terms = append(terms, term{family.Name, "a family: " + family.Doc})
	}
	return terms
}

// words returns the words of the terms.
func words(terms []term) []string {
	list := make([]string, len(terms))
	for i, t := range terms {
		list[i] = t.word
	}
	return list
}
