package certificate

// ActivityCertificate says that the vote under a layer's own noise N(0, Sigma) is Class for every shift delta of the
// layer's noise-free activity with Mahalanobis length |Sigma^-1/2 delta| below Radius.
//
// It bounds the activity of that layer, not the image: an image's radius would follow only with a bound on how far the
// layers below carry a change of the image, which is not computed here. What it can say is whether the change that one
// modified image in fact causes is covered ([LayerNoise.Covers]).
//
// It holds where the noise is Gaussian, is added to the layer's activity after the nonlinearity, has a Sigma that does
// not depend on the image, and the change reaches what decides through this layer alone. Later layers may have noise of
// their own. Proof: a = Sigma^1/2 u turns the layer's noise into N(0, I) on u, and Theorem 1 of Cohen and others holds for
// u with sigma 1. It needs delta in the range of Sigma; where a direction has no noise, nothing is certified along it.
type ActivityCertificate struct {
	Class  int     // or Abstain
	Radius float64 // in standard deviations of the noise, excluded; 0 where it abstains
	PLower float64 // lower bound of the probability of the chosen class
}

// CertifyActivity is [Certify] for draws of a layer's own noise. It panics as that does.
func CertifyActivity(counts0, counts []int, alpha float64) ActivityCertificate {
	class, p := choose(counts0, counts, alpha)
	return ActivityCertificate{Class: class, Radius: ActivityRadius(p), PLower: p}
}

// ActivityRadius returns the Mahalanobis length below which no shift of a layer's activity changes a vote whose class has
// probability at least p under the layer's noise: (Phi^-1(p) - Phi^-1(1-p))/2 = Phi^-1(p), 0 for p <= 1/2. It has no unit
// and says nothing of images; see [ActivityCertificate].
func ActivityRadius(p float64) float64 { return Radius(1, p) }
