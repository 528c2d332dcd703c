package modification

// mnistExtra holds the 16 others of the full list of MNIST-C's code, which are
// not in the data set.
var mnistExtra = []Modification{
	{
		Name: "gaussian_noise", Unit: "1",
		Values: []float64{.38},
		High:   10,
		Doc:    "adds to every pixel independent normal noise whose standard deviation is the value",
		apply:  toNearest(gaussianNoise),
	},
	{
		Name: "speckle_noise", Unit: "1",
		Values: []float64{.6},
		High:   10,
		Doc:    "adds to every pixel a normal number whose standard deviation is the value times the pixel",
		apply:  toNearest(speckleNoise),
	},
	{
		Name: "pessimal_noise", Unit: "1",
		Values:  []float64{5.315},
		High:    28,
		Doc:     "adds or subtracts a pattern of tiles of 14 x 14 pixels of that Euclidean norm; a tile from a fixed stream stands in for the original's matrix, which is not shipped",
		StandIn: true,
		apply:   toNearest(pessimal),
	},
	{
		Name: "gaussian_blur", Unit: "pixel",
		Values: []float64{2},
		High:   maxBlurSigma,
		Doc:    "convolves columns with a Gaussian whose standard deviation is the value; see mnist-c-twins/gaussian_blur",
		apply:  toNearest(verticalBlur),
	},
	{
		Name: "defocus_blur", Unit: "level",
		Values: []float64{1},
		High:   5,
		Doc:    "averages over a disc of 3 pixels",
		apply:  toNearest(defocus(mnistDiscs)),
	},
	{
		Name: "zoom_blur", Unit: "1",
		Values:   []float64{1.3},
		Low:      1,
		High:     4,
		Identity: 1,
		Doc:      "averages the picture enlarged by 1, 1.03 and so on to the value, the picture itself counting twice",
		apply:    toNearest(zoomBlur(.03)),
	},
	{
		Name: "frost", Unit: "level",
		Values:  []float64{5},
		High:    5,
		Doc:     "fades the picture and adds a random part of one of five pictures of frost, from a fixed stream and as bright and as rough as the original's photographs, which are not shipped",
		StandIn: true,
		apply:   toNearest(frost(mnistIce, 1)),
	},
	{
		Name: "snow", Unit: "level",
		Values: []float64{5},
		High:   5,
		Doc:    "whitens the picture and lets flakes fall on it, smeared along a random direction within 45 degrees of the vertical",
		apply:  toNearest(snow(mnistSnow)),
	},
	{
		Name: "contrast", Unit: "1",
		Values:   []float64{.1},
		High:     1,
		Identity: 1,
		Doc:      "multiplies every pixel's distance from the picture's mean by the value",
		apply:    toNearest(contrast),
	},
	{
		Name: "saturate", Unit: "level",
		Values: []float64{5},
		High:   5,
		Doc:    "brightens: takes hue, saturation and value of grey, multiplies and raises all three, and turns the colour grey again",
		apply:  toNearest(saturateAll),
	},
	{
		Name: "jpeg_compression", Unit: "quality",
		Values: []float64{7},
		Low:    1,
		High:   100,
		whole:  true,
		Doc:    "saves and reads a JPEG file of that quality, from 1 to 100",
		apply:  toNearest(jpeg),
	},
	{
		Name: "pixelate", Unit: "1",
		Values:   []float64{.4},
		Low:      .125,
		High:     1,
		Identity: 1,
		Doc:      "shrinks the sides to the value times their length, in whole pixels, and enlarges them again, in boxes",
		apply:    toNearest(pixelate),
	},
	{
		Name: "elastic_transform", Unit: "level",
		Values: []float64{1},
		High:   5,
		Doc:    "moves three points by up to 2.8 pixels and every pixel by a smooth random field; black comes in from outside",
		apply:  toNearest(elastic(mnistStretches, false)),
	},
	{
		Name: "quantize", Unit: "bit",
		Values: []float64{1},
		Low:    1,
		High:   8,
		whole:  true,
		Doc:    "leaves 2 to the power of the value shades of grey",
		apply:  toNearest(quantize),
	},
	{
		Name: "line", Unit: "level",
		Values: []float64{1},
		High:   1,
		Doc:    "draws a bright line across",
		apply:  toNearest(line),
	},
	{
		Name: "inverse", Unit: "level",
		Values: []float64{1},
		High:   1,
		Doc:    "makes black white and white black",
		apply:  toNearest(inverse),
	},
}

// mnistTwins are two blurs as a reader of MNIST-C expects them, in both
// directions. They belong to no published set.
var mnistTwins = []Modification{
	{
		Name: "glass_blur", Unit: "level",
		Values: []float64{1},
		High:   5,
		Doc:    "mnist-c/glass_blur with both blurs along columns and rows",
		apply:  toNearest(frosted(mnistPanes, true, gaussianBlur)),
	},
	{
		Name: "gaussian_blur", Unit: "pixel",
		Values: []float64{2},
		High:   maxBlurSigma,
		Doc:    "mnist-c-extra/gaussian_blur along columns and rows",
		apply:  toNearest(gaussianBlur),
	},
}
