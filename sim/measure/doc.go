// Package measure holds the form of a result and the statistics of a robustness report: pure functions of decisions,
// confidences, distances and covariances, which know neither networks nor files.
//
// A [Sample] is a number for each seed and image; its interval ([Sample.Interval]) takes both as random. Around it:
// families of comparisons ([Bonferroni], [Holm]), exact tests of paired decisions ([McNemar]), shares ([Wilson],
// [PerClass]), corruption errors ([CorruptionErrors]), whether errors cluster ([Clustering], [FailureAUC], [Overlapping]),
// abstention ([RiskCoverage]), minimal distances ([Distances], [SecurityCurve]), covariances ([Spectrum], [Alignment]), and
// agreement with a published table ([Signs]).
//
// Shapes that do not fit panic. A number that does not exist is a null pointer, false, or, from a function that returns
// one number, NaN; each says which. Quantiles come from gonum and may differ in the last digits between processors.
package measure
