package scenario

import "murmur/sim/modification"

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

// The kinds of attack.
const (
	PGDLinf = "pgd-linf"
	PGDL2   = "pgd-l2"
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
	attacks = []term{
		{PGDLinf, "projected gradient descent, the largest change of a pixel is bounded"},
		{PGDL2, "projected gradient descent, the Euclidean length of the change is bounded"},
	}
	embedded = []string{MNIST, FashionMNIST}
)

// perturbations returns the modifications, each with what its values mean.
func perturbations() []term {
	var terms []term
	for _, word := range modification.Names() {
		m, _ := modification.Lookup(word)
		terms = append(terms, term{word, m.Doc})
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
