// Package compare holds two finished runs against each other: the settings that differ, and what every arm and cell that
// both have does otherwise, image by image.
//
// Differences are paired where both runs judged the same pictures with the same seeds: what is the same in both, and most
// of it is how hard an image is, then leaves no trace. Whether pictures are the same is read from their pixels, not from
// the names of sets. Where nothing can be paired the differences are of means, their intervals are wide, and the
// comparison says why.
package compare
