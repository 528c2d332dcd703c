package scenario

// Fit returns the scenario for a set of its path with as many training and test images: of the numbers that the file leaves
// to their defaults, those that are larger than what there is are lowered to it. Where training images that are left out are
// judged, at least a fifth of them is.
func (s *Scenario) Fit(train, test int) *Scenario {
	fitted := *s
	d := &fitted.Data
	most := train
	if d.JudgeOn == ValidationImages {
		most = train - (train+4)/5
	}
	if d.trainLeft {
		d.Train = min(d.Train, max(1, most))
	}
	if d.JudgeOn == ValidationImages && d.Train > 0 && d.Train < train {
		test = train - d.Train
	}
	if d.testLeft {
		d.Test = min(d.Test, test)
	}
	d.trainLeft, d.testLeft = false, false
	return &fitted
}
