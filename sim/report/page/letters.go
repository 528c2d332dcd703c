package page

import (
	"sync"

	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	xfixed "golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
)

// fonts are those that letters are measured and, in PNG, drawn with: regular and bold.
var fonts = sync.OnceValue(func() [2]*opentype.Font {
	c := font.NewCache(liberation.Collection())
	sans := font.Font{Typeface: "Liberation", Variant: "Sans"}
	bold := sans
	bold.Weight = xfont.WeightBold
	return [2]*opentype.Font{c.Lookup(sans, 1).Face, c.Lookup(bold, 1).Face}
})

// glyphs walks over a line of letters of a size in pixels and returns how wide it is. draw, if not nil, gets the outline
// of each letter in whole numbers, and where it begins and how large a number is in pixels, y downwards.
func glyphs(text string, size float64, bold bool, draw func(outline sfnt.Segments, x, scale float64)) float64 {
	f := fonts()[0]
	if bold {
		f = fonts()[1]
	}
	var b sfnt.Buffer
	em := xfixed.I(int(f.UnitsPerEm()))
	scale := size / float64(em)
	var x xfixed.Int26_6
	var before sfnt.GlyphIndex
	for _, r := range text {
		g, err := f.GlyphIndex(&b, r)
		if err != nil {
			continue // the font is damaged, and it is embedded
		}
		if before != 0 {
			if k, err := f.Kern(&b, before, g, em, xfont.HintingNone); err == nil {
				x += k
			}
		}
		if draw != nil {
			if outline, err := f.LoadGlyph(&b, g, em, nil); err == nil {
				draw(outline, float64(x)*scale, scale)
			}
		}
		if advance, err := f.GlyphAdvance(&b, g, em, xfont.HintingNone); err == nil {
			x += advance
		}
		before = g
	}
	return float64(x) * scale
}

// textWidth is how wide a line of letters is, in pixels.
func textWidth(text string, size float64, bold bool) float64 { return glyphs(text, size, bold, nil) }
