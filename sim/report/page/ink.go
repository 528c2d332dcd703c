package page

import (
	"fmt"
	"image/color"
	"strings"
)

// ink is the name of a colour: a CSS variable on the page, a fixed colour in files.
type ink string

// The inks. Lines of arms come in families: blues for imprint, from the smallest radius to the largest, oranges for gha,
// purple for the oracle, greys for controls. They keep apart under the common kinds of colour blindness, and dashes and
// markers tell them apart without colour.
const (
	paper ink = "paper"
	text  ink = "ink"
	soft  ink = "soft" // names of axes, controls
	rule  ink = "rule" // lines of a grid
	good  ink = "good"
	bad   ink = "bad"
)

// inks lists every ink in light and dark mode, each as a hexadecimal colour. Letters are drawn in text, soft, good and
// bad, which have a contrast of 4.5 or more on paper in both modes.
var inks = []struct {
	name        ink
	light, dark string
}{
	{paper, "ffffff", "14171c"},
	{text, "1b1f27", "e9ebef"},
	{soft, "5b6270", "a5adba"},
	{rule, "dfe2e7", "333943"},
	{good, "005b96", "6db7ee"},
	{bad, "a63d00", "ff9a62"},
	{"blue1", "86b6e0", "4a7ba6"},
	{"blue2", "4f93cf", "5f9fd6"},
	{"blue3", "1f6fb5", "7fb9ea"},
	{"blue4", "0a4a86", "a9d4f7"},
	{"orange1", "e0a160", "b2763a"},
	{"orange2", "d07a22", "dd9347"},
	{"orange3", "b04d00", "ffad66"},
	{"purple", "7b2d7e", "d79ae0"},
	{"green", "0a7a5a", "5fcfa9"},
	{"rose", "b0325f", "f08fb0"},
	{"olive", "6f6a00", "cdc65a"},
}

// rgb is the colour of an ink in light mode, in which files are drawn.
func (k ink) rgb() color.NRGBA {
	for _, c := range inks {
		if c.name == k {
			var r, g, b uint8
			if _, err := fmt.Sscanf(c.light, "%02x%02x%02x", &r, &g, &b); err != nil {
				panic("page: ink " + string(k) + " has no colour: " + err.Error())
			}
			return color.NRGBA{r, g, b, 255}
		}
	}
	panic("page: there is no ink " + string(k))
}

// hex is the colour of an ink in light mode, for SVG.
func (k ink) hex() string {
	c := k.rgb()
	return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
}

// inkCSS writes the inks as CSS: variables for both modes, and a class to draw a line and to fill with each. Paper in
// print is light whatever the screen is.
func inkCSS() string {
	var light, dark, classes strings.Builder
	for _, c := range inks {
		fmt.Fprintf(&light, "--%s:#%s;", c.name, c.light)
		fmt.Fprintf(&dark, "--%s:#%s;", c.name, c.dark)
		fmt.Fprintf(&classes, ".s-%s{stroke:var(--%s)}.f-%s{fill:var(--%s)}", c.name, c.name, c.name, c.name)
	}
	return fmt.Sprintf(":root{color-scheme:light dark;%s}\n@media screen and (prefers-color-scheme:dark){:root{%s}}\n%s\n", light.String(), dark.String(), classes.String())
}

// diverging is the colour of a number from -1 to 1 on a ground of any colour: blue above 0, orange below, the more opaque
// the further from 0. gamma below 1 lifts small numbers.
func diverging(v float64) color.NRGBA {
	c := good.rgb()
	if v < 0 {
		c, v = bad.rgb(), -v
	}
	c.A = uint8(255*min(v, 1) + .5)
	return c
}
