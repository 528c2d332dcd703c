// Package attack perturbs images so that a model errs: projected gradient
// ascent on a loss inside a ball around each image (Linf or L2), with the
// gradient averaged over noise draws (expectation over transformation, EOT)
// so that a model is not called robust because its noise hides the slope.
//
// The package knows nothing of networks. Its victim is a [Model]: logits, and
// the product of a cotangent with the Jacobian of the logits. What is climbed
// is a [Loss] of the [Decision] that is deployed: for the mean over draws of the
// softmax its [CrossEntropyOfMean] or, stronger, its [Margin], the logarithm of how
// much likelier a rival is than the label, towards one rival after another. What
// several runs, starts or attacks made of an image is compared by that margin on
// many more draws than one step sees ([Worst]).
//
// Draws used to attack are never those used to judge. A [PGD] says with
// [PGD.Reserved] which draw numbers it asks for; the final judgement belongs
// outside that range, which [Draws.Overlaps] checks. Draws of attacks come in
// antithetic pairs, which lower the variance of a gradient, those of a judge do not.
//
// Images, logits, gradients and losses are float32. Lengths in the L2 norm are
// summed in float64 in the order of the inputs, so that the ball is left by no
// more than the rounding of the pixels. No product is fused with a sum and no
// sum crosses images, so an adversarial image has the same bits on every
// processor and whatever batch it came in.
//
// Sources: Goodfellow, Shlens, Szegedy, arXiv 1412.6572 (FGSM); Kurakin,
// Goodfellow, Bengio, arXiv 1607.02533 (BIM); Madry and others, arXiv
// 1706.06083 (PGD); Athalye and others, arXiv 1707.07397 (EOT).
package attack
