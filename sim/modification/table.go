package modification

// table holds the modifications of murmur's own, in alphabetical order.
var table = [...]Modification{
	{
		Name: "brightness", Unit: "1",
		Values: []float64{.1, .2, .3, .4, .5}, // MNIST-C, ImageNet-C
		High:   1,
		Doc:    "adds the value to every pixel",
		apply:  brightness,
	},
	{
		Name: "contrast", Unit: "1",
		Values: []float64{.4, .3, .2, .1, .05}, // MNIST-C, ImageNet-C
		High:   1, Identity: 1,
		Doc:   "multiplies every pixel's distance from the picture's mean by the value: the contrast that remains, so a smaller value is a stronger change",
		apply: contrast,
	},
	{
		Name: "gaussian_blur", Unit: "pixel",
		Values: []float64{.5, .75, 1, 1.25, 1.5},
		High:   maxBlurSigma,
		Doc:    "convolves with a Gaussian whose standard deviation is the value; pixels outside repeat the nearest edge pixel",
		apply:  gaussianBlur,
	},
	{
		Name: "gaussian_noise", Unit: "1",
		Values: []float64{.08, .12, .18, .26, .38}, // MNIST-C, ImageNet-C
		High:   10,
		Doc:    "adds to every pixel independent normal noise whose standard deviation is the value",
		apply:  gaussianNoise,
	},
	{
		Name: "impulse_noise", Unit: "1",
		Values: []float64{.03, .06, .09, .17, .27}, // MNIST-C, ImageNet-C
		High:   1,
		Doc:    "turns each pixel, with a probability of half the value each, black or white",
		apply:  impulseNoise,
	},
	{
		Name: "motion_blur", Unit: "pixel",
		Values: []float64{1, 1.5, 2, 3, 4}, // 1 to 2 as CIFAR-10-C, 3 as the mildest of MNIST-C
		High:   maxMotionSigma,
		Doc:    "smears along a random direction within 45 degrees of the horizontal, weights falling as half a Gaussian whose standard deviation is the value",
		apply:  motionBlur,
	},
	{
		Name: "occlusion", Unit: "pixel",
		Values: []float64{2, 4, 6, 8, 10},
		High:   4096,
		Doc:    "covers a random place with a black square whose side is the value, rounded; the square lies inside the picture",
		apply:  occlusion,
	},
	{
		Name: "rotate", Unit: "degree",
		Values: []float64{8, 16, 24, 32, 40},
		High:   180,
		Doc:    "turns the picture about its centre by the value, one way or the other; black comes in from outside",
		apply:  rotate,
	},
	{
		Name: "translate", Unit: "pixel",
		Values: []float64{1, 2, 3, 4, 5}, // as MNIST-C
		High:   4096,
		Doc:    "shifts the picture along each axis by the value, one way or the other; black comes in from outside",
		apply:  translate,
	},
}
