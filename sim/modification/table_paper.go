package modification

// scales are the strengths of the paper's own geometric changes.
var scales = []float64{.2, .4, .6, .8, 1, 1.2, 1.4, 1.5, 1.6, 1.8, 2}

// fiveLevels are the rows of a table.
var fiveLevels = []float64{1, 2, 3, 4, 5}

// paperTable holds the modifications of arXiv 2606.13801 by its public code
// (glomerulus-lab/structured-noise-robustness, data_utils.py), with the five
// severities of imagecorruptions, which are those of ImageNet-C.
var paperTable = []Modification{
	{
		Name: "brightness", Unit: "1",
		Values: []float64{.1, .2, .3, .4, .5},
		High:   1,
		Doc:    "adds the value to every pixel, cut to 8 bits",
		apply:  inFrame(brightness),
	},
	{
		Name: "contrast", Unit: "1",
		Values: []float64{.4, .3, .2, .1, .05},
		High:   1, Identity: 1,
		Doc:   "multiplies every pixel's distance from the mean by the value, cut to 8 bits; the mean is that of the picture with a black frame of 2 pixels",
		apply: inFrame(contrast),
	},
	{
		Name: "gaussian_noise", Unit: "1",
		Values: []float64{.08, .12, .18, .26, .38},
		High:   10,
		Doc:    "adds normal noise whose standard deviation is the value to each of three colours and turns them grey, which leaves .6685 of it",
		apply:  inColours(gaussianNoise),
	},
	{
		Name: "impulse_noise", Unit: "1",
		Values: []float64{.03, .06, .09, .17, .27},
		High:   1,
		Doc:    "turns each pixel of each of three colours, with a probability of half the value each, black or white, and turns them grey",
		apply:  inColours(impulseNoise),
	},
	{
		Name: "motion_blur", Unit: "level",
		Values: fiveLevels,
		High:   5,
		Doc:    "smears along a random direction within 45 degrees of the horizontal by 3, 5, 8, 12 or 15 pixels; what leaves the picture is lost",
		apply:  inFrame(cutMotionBlur),
	},
	{
		Name: "snow", Unit: "level",
		Values: fiveLevels,
		High:   5,
		Doc:    "whitens the picture and lets flakes fall on it, smeared along a random direction within 45 degrees of the vertical",
		apply:  inFrame(paperSnow),
	},
	{
		Name: "elastic", Unit: "1",
		Values: scales,
		High:   100,
		Doc:    "moves every pixel by 17.5 pixels times the value times a smooth random field, torchvision's ElasticTransform(alpha = 35 times the value, sigma = 5)",
		apply:  torchElastic,
	},
	{
		Name: "perspective", Unit: "1",
		Values: scales,
		High:   4,
		// In whole pixels of 28: none at .2, as many at .8 as at .6, at 1.4 as at 1.2, at 1.6 as at 1.5.
		Doc:   "moves each corner inwards by up to a quarter of the value of half a side, torchvision's RandomPerspective(.25 times the value)",
		apply: perspective,
	},
	{
		Name: "rotate", Unit: "1",
		Values: scales,
		High:   3,
		Doc:    "turns the picture about its centre by an angle drawn evenly from -60 to 60 degrees times the value, torchvision's RandomRotation",
		apply:  torchRotate,
	},
	{
		Name: "obstruction", Unit: "1",
		Values: scales,
		High:   2.5,
		Doc:    "covers a random place with a black square whose side is .4 of the picture times the value, cut to whole pixels",
		apply:  obstruction,
	},
}
