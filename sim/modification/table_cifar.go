package modification

// cifarTable holds CIFAR-10-C (Hendrycks and Dietterich, arXiv 1903.12261) on
// grey pictures, with the tables of its own code (hendrycks/robustness,
// make_cifar_c.py) and in its order: the 15 over which people report means.
// Lengths in pixels stand as they are there, made for 32 x 32. The
// results are cut to bytes, as those of the data set are.
var cifarTable = []Modification{
	{
		Name: "gaussian_noise", Unit: "1",
		Values: []float64{.04, .06, .08, .09, .1},
		High:   10,
		Doc:    "adds to every pixel independent normal noise whose standard deviation is the value",
		apply:  toTruncated(gaussianNoise),
	},
	{
		Name: "shot_noise", Unit: "photon",
		Values: []float64{500, 250, 100, 75, 50},
		Low:    1,
		High:   1000,
		Doc:    "counts photons: a pixel x becomes a Poisson number of mean value*x, divided by the value, so fewer photons are a stronger change",
		apply:  toTruncated(shotNoise),
	},
	{
		Name: "impulse_noise", Unit: "1",
		Values: []float64{.01, .02, .03, .05, .07},
		High:   1,
		Doc:    "turns each pixel, with a probability of half the value each, black or white",
		apply:  toTruncated(impulseNoise),
	},
	{
		Name: "defocus_blur", Unit: "level",
		Values: fiveLevels,
		High:   5,
		Doc:    "averages over a disc of .3, .4, .5, 1 or 1.5 pixels, softened",
		apply:  toTruncated(defocus(cifarDiscs)),
	},
	{
		Name: "glass_blur", Unit: "level",
		Values: fiveLevels,
		High:   5,
		Doc:    "blurs, copies every pixel from a random neighbour, and blurs again; the original means to exchange pixels, but its code copies",
		apply:  toTruncated(frosted(cifarPanes, false, gaussianBlur)),
	},
	{
		Name: "motion_blur", Unit: "level",
		Values: fiveLevels,
		High:   5,
		Doc:    "smears along a random direction within 45 degrees of the horizontal by 1, 1.5, 2, 2 or 2.5 pixels",
		apply:  toTruncated(smearing(cifarSmears)),
	},
	{
		Name: "zoom_blur", Unit: "1",
		Values:   []float64{1.06, 1.11, 1.15, 1.2, 1.25},
		Low:      1,
		High:     4,
		Identity: 1,
		Doc:      "averages the picture enlarged by 1, 1.01 and so on to the value, the picture itself counting twice",
		apply:    toTruncated(zoomBlur(.01)),
	},
	{
		Name: "snow", Unit: "level",
		Values: fiveLevels,
		High:   5,
		Doc:    "whitens the picture and lets flakes fall on it, smeared along a random direction within 45 degrees of the vertical",
		apply:  toTruncated(snow(cifarSnow)),
	},
	{
		Name: "frost", Unit: "level",
		Values:  fiveLevels,
		High:    5,
		Doc:     "fades the picture and adds a random part of one of five pictures of frost, from a fixed stream and as bright and as rough as the original's photographs, which are not shipped",
		StandIn: true,
		apply:   toTruncated(frost(cifarIce, 5)),
	},
	{
		Name: "fog", Unit: "level",
		Values: fiveLevels,
		High:   5,
		Doc:    "adds a plasma cloud of 32 x 32 and brings the brightest pixel back to where it was",
		apply:  toTruncated(fog(cifarHaze, 32)),
	},
	{
		Name: "brightness", Unit: "1",
		Values: []float64{.05, .1, .15, .2, .3},
		High:   1,
		Doc:    "adds the value to every pixel",
		apply:  toTruncated(brightness),
	},
	{
		Name: "contrast", Unit: "1",
		Values:   []float64{.75, .5, .4, .3, .15},
		High:     1,
		Identity: 1,
		Doc:      "multiplies every pixel's distance from the picture's mean by the value",
		apply:    toTruncated(contrast),
	},
	{
		Name: "elastic_transform", Unit: "level",
		Values: fiveLevels,
		High:   5,
		Doc:    "moves three points by up to 2.56, 2.24, 1.92, 1.6 or .96 pixels and every pixel by a smooth random field, which grows as they shrink; what comes in is mirrored",
		apply:  toTruncated(elastic(cifarStretches, true)),
	},
	{
		Name: "pixelate", Unit: "1",
		Values:   []float64{.95, .9, .85, .75, .65},
		Low:      .125,
		High:     1,
		Identity: 1,
		Doc:      "shrinks the sides to the value times their length, in whole pixels, and enlarges them again, in boxes",
		apply:    toTruncated(pixelate),
	},
	{
		Name: "jpeg_compression", Unit: "quality",
		Values: []float64{80, 65, 58, 50, 40},
		Low:    1,
		High:   100,
		whole:  true,
		Doc:    "saves and reads a JPEG file of that quality, from 1 to 100",
		apply:  toTruncated(jpeg),
	},
}

// cifarValidation holds the four that CIFAR-10-C keeps for validation and leaves
// out of its means.
var cifarValidation = []Modification{
	{
		Name: "speckle_noise", Unit: "1",
		Values: []float64{.06, .1, .12, .16, .2},
		High:   10,
		Doc:    "adds to every pixel a normal number whose standard deviation is the value times the pixel",
		apply:  toTruncated(speckleNoise),
	},
	{
		Name: "gaussian_blur", Unit: "pixel",
		Values: []float64{.4, .6, .7, .8, 1},
		High:   maxBlurSigma,
		Doc:    "convolves with a Gaussian whose standard deviation is the value; pixels outside repeat the nearest edge pixel",
		apply:  toTruncated(gaussianBlur),
	},
	{
		Name: "spatter", Unit: "level",
		Values: fiveLevels,
		High:   5,
		Doc:    "throws drops on the picture, of water at level 1 to 3 and of mud at 4 and 5, turned grey",
		apply:  toTruncated(spatter(cifarSplashes, cifarGrey.of(63, 42, 20)/255)),
	},
	{
		Name: "saturate", Unit: "level",
		Values: fiveLevels,
		High:   5,
		Doc:    "raises the saturation, which grey lacks: levels 1 to 3 change nothing, at 4 and 5 grey turns pale red and is turned grey again",
		apply:  toTruncated(saturate),
	},
}
