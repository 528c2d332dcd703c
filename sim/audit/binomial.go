package audit

// Level is the probability below which chance is not believed to explain a result. A check that makes several
// comparisons divides it by their number, so that a check on an honest stochastic model fails by accident once in a
// thousand runs at most.
const Level = .001

// tail returns P(X >= k) of X, the number of successes in n trials of probability p in (0, 1). It uses no logarithm, so
// that it is the same on every processor: the probabilities are summed in units of the largest.
func tail(k, n int, p float64) float64 {
	if k <= 0 {
		return 1
	}
	mode := min(int(float64(n+1)*p), n)
	odds := p / (1 - p)
	var all, upper float64
	add := func(j int, term float64) {
		all += term
		if j >= k {
			upper += term
		}
	}
	term := 1.
	for j := mode; j <= n && term > 0; j++ {
		add(j, term)
		term = float64(term * (float64(n-j) / float64(j+1) * odds))
	}
	term = 1
	for j := mode; j > 0 && term > 0; j-- {
		term = float64(term * (float64(j) / float64(n-j+1) / odds))
		add(j-1, term)
	}
	return upper / all
}
