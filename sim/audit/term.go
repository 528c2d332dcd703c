package audit

import "murmur/sim/measure"

// The statuses of a check.
const (
	Pass = "pass"
	Warn = "warn"
	Fail = "fail"
)

// Term is the name of a check and what it demands.
type Term struct{ Name, Doc string }

// Terms returns the name of every check: flags, then orders, each in the order they are returned in. Names are stable.
func Terms() []Term {
	var list []Term
	for _, f := range flags {
		list = append(list, f.Term)
	}
	for _, o := range orders {
		list = append(list, o.Term)
	}
	return list
}

// flags are the checks that ask the model.
var flags = []struct {
	Term
	check func(*probe) verdict
}{
	{Term{"enough-images", "at least 100 images: fewer hide a difference of a few percent"}, enoughImages},
	{Term{"enough-classes", "at least 3 classes: the difference of logits ratio needs them"}, enoughClasses},
	{Term{"finite-answers", "every logit and gradient is a finite number"}, finiteAnswers},
	{Term{"answers-repeat", "the same image, name and draw give the same bits, alone or in a batch"}, answersRepeat},
	{Term{"randomness-detected", "a model that claims no noise answers alike for every draw number and image name"}, randomnessDetected},
	{Term{"noise-is-fresh", "a model that claims noise answers differently for every draw number"}, noiseIsFresh},
	{Term{"softmax-output", "the model returns logits, not probabilities, which flatten the loss"}, softmaxOutput},
	{Term{"zero-gradients", "the loss has a slope at the images"}, zeroGradients},
	{Term{"gradient-agrees", "the gradient is the slope that finite differences find"}, gradientAgrees},
	{Term{"input-is-used", "another picture under the same noise gives another answer, and the answers beat guessing"}, inputIsUsed},
}

// orders are the checks on what attacks left standing.
var orders = []struct {
	Term
	check func(Study) verdict
}{
	{Term{"attack-never-helps", "no attack leaves more right than it found"}, attackNeverHelps},
	{Term{"iterative-at-least-single-step", "many steps break at least what one step breaks"}, iterativeAtLeastSingleStep},
	{Term{"larger-budget-never-weaker", "the same attack with a larger budget breaks at least as much"}, largerBudgetNeverWeaker},
	{Term{"high-epsilon-reaches-chance", "a budget that can turn every picture grey leaves no more right than guessing"}, highEpsilonReachesChance},
	{Term{"unbounded-reaches-zero", "an attack that may make any picture leaves nothing right"}, unboundedReachesZero},
	{Term{"random-noise-weaker", "random noise breaks nothing that gradients do not"}, randomNoiseWeaker},
	{Term{"black-box-not-stronger-than-white-box", "attacks without gradients break nothing that gradients do not"}, blackBoxNotStronger},
	{Term{"transfer-not-stronger", "images made on another model break nothing that gradients do not"}, transferNotStronger},
	{Term{"more-iterations-do-not-help", "more steps break no more: the attack has converged"}, moreIterationsDoNotHelp},
	{Term{"more-restarts-do-not-help", "more restarts break no more: the attack has converged"}, moreRestartsDoNotHelp},
	{Term{"eot-converged", "more draws for each gradient break no more: noise hides no slope"}, eotConverged},
	{Term{"frozen-noise-is-broken", "with the noise held fixed the attack breaks at least as much"}, frozenNoiseIsBroken},
}

// verdict is a check that has no name yet.
type verdict struct{ status, detail string }

func (v verdict) named(name string) measure.Check {
	return measure.Check{Name: name, Status: v.status, Detail: v.detail}
}

// notRun is the verdict of a check that lacks its ingredients.
func notRun(why string) verdict { return verdict{Warn, "not run: " + why} }
