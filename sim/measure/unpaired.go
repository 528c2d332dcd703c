package measure

// Unpaired returns the mean of x less the mean of y with its interval, for samples of different images or seeds, of which
// nothing can be paired. It is [Sample.Interval] with the variances of both: wider than that of pairs by far.
func (x Sample) Unpaired(y Sample, level float64) Paired {
	checkLevel(level)
	mean, half := x.Mean()-y.Mean(), append(x.spread(), y.spread()...).half((1+level)/2)
	return Paired{Mean: mean, Lo: mean - half, Hi: mean + half}
}
