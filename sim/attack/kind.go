package attack

// Bound is what limits an attack.
type Bound uint8

const (
	Ball    Bound = iota // a ball in the attack's norm, its radius epsilon
	Nearest              // nothing: it seeks the nearest adversarial image in its norm
	Grid                 // a set of changes of its own, that no norm measures
)

// Sort says what an attack uses, for the checks that hold attacks against one another.
type Sort uint8

const (
	SingleStep Sort = iota // one step along the gradient
	Iterative              // many steps along the gradient
	BlackBox               // answers alone, no gradient
	Random                 // luck alone
	Elsewhere              // made against another model
)

// Kind is an attack by the name that scenarios and results use.
type Kind struct {
	Name  string
	Norm  Norm // of its budget or its distance; of no meaning for a Grid
	Bound Bound
	Sort  Sort
	// Values are epsilons of its own, from weak to strong. Most have none and take those of the scenario.
	Values []float64
	Doc    string
}

// paperEpsilons are the budgets of arXiv 2606.13801.
var paperEpsilons = []float64{.001, .02, .04, .06, .08, .1, .12, .14, .16, .18, .2}

var kinds = []Kind{
	{Name: "fgsm-linf", Norm: Linf, Sort: SingleStep, Doc: "one step along the sign of the gradient"},
	{Name: "fgsm-l2", Norm: L2, Sort: SingleStep, Doc: "one step along the gradient"},
	{Name: "bim-linf", Norm: Linf, Sort: Iterative, Doc: "basic iterative method: steps without a random start"},
	{Name: "bim-l2", Norm: L2, Sort: Iterative, Doc: "basic iterative method: steps without a random start"},
	{Name: "pgd-linf", Norm: Linf, Sort: Iterative, Doc: "projected gradient descent from random starts"},
	{Name: "pgd-l2", Norm: L2, Sort: Iterative, Doc: "projected gradient descent from random starts"},
	{Name: "mifgsm-linf", Norm: Linf, Sort: Iterative, Doc: "steps along a momentum of gradients"},
	{Name: "mifgsm-l2", Norm: L2, Sort: Iterative, Doc: "steps along a momentum of gradients"},
	{Name: "apgd-linf", Norm: Linf, Sort: Iterative, Doc: "AutoPGD on the cross-entropy"},
	{Name: "apgd-l2", Norm: L2, Sort: Iterative, Doc: "AutoPGD on the cross-entropy"},
	{Name: "apgd-dlr-linf", Norm: Linf, Sort: Iterative, Doc: "AutoPGD on the difference of logits ratio"},
	{Name: "apgd-dlr-l2", Norm: L2, Sort: Iterative, Doc: "AutoPGD on the difference of logits ratio"},
	{Name: "apgd-t-linf", Norm: Linf, Sort: Iterative, Doc: "AutoPGD towards each of the likeliest wrong classes"},
	{Name: "apgd-t-l2", Norm: L2, Sort: Iterative, Doc: "AutoPGD towards each of the likeliest wrong classes"},
	{Name: "fab-linf", Norm: Linf, Bound: Nearest, Sort: Iterative, Doc: "fast adaptive boundary: the nearest image of another class"},
	{Name: "fab-l2", Norm: L2, Bound: Nearest, Sort: Iterative, Doc: "fast adaptive boundary: the nearest image of another class"},
	{Name: "deepfool-l2", Norm: L2, Bound: Nearest, Sort: Iterative, Doc: "steps to the nearest linearised boundary"},
	{Name: "cw-l2", Norm: L2, Bound: Nearest, Sort: Iterative, Doc: "Carlini and Wagner: distance and margin weighed against one another"},
	{Name: "square-linf", Norm: Linf, Sort: BlackBox, Doc: "random squares, by scores alone"},
	{Name: "square-l2", Norm: L2, Sort: BlackBox, Doc: "random squares, by scores alone"},
	{Name: "hopskipjump-l2", Norm: L2, Bound: Nearest, Sort: BlackBox, Doc: "along the boundary, by decisions alone"},
	{Name: "spsa-linf", Norm: Linf, Sort: BlackBox, Doc: "gradients from simultaneous random differences"},
	{Name: "smoothed-linf", Norm: Linf, Sort: BlackBox, Doc: "gradients from differences under Gaussian smoothing, where the true ones are masked"},
	{Name: "noise-linf", Norm: Linf, Sort: Random, Doc: "the worst of many random changes"},
	{Name: "noise-l2", Norm: L2, Sort: Random, Doc: "the worst of many random changes"},
	{Name: "salt-pepper-l2", Norm: L2, Bound: Nearest, Sort: Random, Doc: "ever more black and white pixels"},
	{Name: "spatial", Bound: Grid, Sort: BlackBox, Doc: "the worst of a grid of rotations and translations"},
	{Name: "universal-linf", Norm: Linf, Sort: Elsewhere, Doc: "one change for all images"},
	{Name: "transfer-linf", Norm: Linf, Sort: Elsewhere, Doc: "projected gradient descent on the twin without noise"},
	{Name: "frozen-linf", Norm: Linf, Sort: Elsewhere, Doc: "projected gradient descent with the noise held still"},
	{Name: "worst-linf", Norm: Linf, Sort: Iterative, Doc: "image by image, the worst that the preset's attacks can do"},
	{Name: "worst-l2", Norm: L2, Sort: Iterative, Doc: "image by image, the worst that the preset's attacks can do"},
	{Name: "paper/fgm", Norm: Linf, Sort: SingleStep, Values: paperEpsilons, Doc: "the paper's fast gradient method"},
	{Name: "paper/pgd", Norm: Linf, Sort: Iterative, Values: paperEpsilons, Doc: "the paper's projected gradient descent: 100 steps of .1, no random start, one draw a gradient"},
	{Name: "paper/autopgd", Norm: Linf, Sort: Iterative, Values: paperEpsilons, Doc: "the paper's AutoPGD: 100 steps, 5 starts, one draw a gradient"},
	{Name: "paper/square", Norm: Linf, Sort: BlackBox, Values: paperEpsilons, Doc: "the paper's Square attack: 100 queries, one fresh draw each"},
}

// Kinds returns the attacks there are.
func Kinds() []Kind { return kinds }

// LookupKind returns the attack with that name and whether there is one.
func LookupKind(name string) (Kind, bool) {
	for _, k := range kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}
