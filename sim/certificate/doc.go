// Package certificate proves, by randomised smoothing, that a decision does not change within a radius. Source: Cohen,
// Rosenfeld, Kolter, arXiv 1902.02918; their Theorem 1 holds for "any deterministic or random function", so the network
// below the noise may be noisy itself, as long as its own noise is independent of the noise that certifies.
//
// Sampling is the caller's: the package turns counts of decisions into certificates. The caller draws N(0, sigma^2 I) (or
// a layer's own noise), independently for each draw and image, lets the network decide once for each draw, and counts the
// classes. Few draws choose the class, many fresh ones bound its probability ([Certify]).
//
// What is certified is the vote of infinitely many draws, not the mean of ten softmaxes that murmur deploys, and not a
// vote of ten: to give the certified class with finitely many draws use [Predict]. A certificate is wrong with
// probability at most alpha; of a thousand at alpha .001 one may be.
//
// Two kinds of noise, two kinds of certificate, which do not convert into each other:
//   - on the image: [Certificate], an L2 radius in pixel values;
//   - in a hidden layer: [ActivityCertificate], a bound on the change of that layer's activity, not of the image.
//
// Arithmetic is float64. The proof is for real numbers; in floating point a network can be built that breaks it (Voracek
// and Hein, arXiv 2207.07209).
package certificate
