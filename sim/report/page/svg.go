package page

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image/png"
	"math"
	"strconv"
	"strings"
)

// svg writes a scene for the page, in inks that follow its mode. alt says what it shows to who cannot see it.
func (s *scene) svg(alt string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %s %s" width="%s" height="%s" role="img" aria-label="%s">`, px(s.w), px(s.h), px(s.w), px(s.h), html.EscapeString(alt))
	s.writeSVG(&b, true)
	b.WriteString("</svg>")
	return b.String()
}

// svgFile writes a scene as a file of its own, in fixed colours on white.
func (s *scene) svgFile(title string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%s" height="%s" font-family="Arial, Liberation Sans, Helvetica, sans-serif"><title>%s</title>`+"\n",
		px(s.w), px(s.h), px(s.w), px(s.h), html.EscapeString(title))
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="%s"/>`+"\n", paper.hex())
	s.writeSVG(&b, false)
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

func (s *scene) writeSVG(b *strings.Builder, inks bool) {
	pen := func(k ink) string {
		if inks {
			return `class="s-` + string(k) + `"`
		}
		return `stroke="` + k.hex() + `"`
	}
	fill := func(k ink) string {
		if inks {
			return `class="f-` + string(k) + `"`
		}
		return `fill="` + k.hex() + `"`
	}
	for _, m := range s.marks {
		p := m.points[0]
		tip := inks && m.tip != ""
		if tip { // a mark is small: a place around it is pointed at
			fmt.Fprintf(b, `<g><title>%s</title><circle cx="%s" cy="%s" r="9" fill-opacity="0"/>`, html.EscapeString(m.tip), px(p.x), px(p.y))
		}
		switch m.kind {
		case line:
			fmt.Fprintf(b, `<path d="%s" fill="none" %s stroke-width="%s"`, path(m.points), pen(m.ink), px(m.width))
			if len(m.dash) > 0 {
				var d []string
				for _, v := range m.dash {
					d = append(d, px(v))
				}
				fmt.Fprintf(b, ` stroke-dasharray="%s"`, strings.Join(d, " "))
			}
			b.WriteString(`/>`)
		case area:
			fmt.Fprintf(b, `<path d="%sZ" %s`, path(m.points), fill(m.ink))
			if m.alpha > 0 {
				fmt.Fprintf(b, ` fill-opacity="%s"`, strconv.FormatFloat(m.alpha, 'f', 2, 64))
			}
			b.WriteString(`/>`)
		case disc:
			fmt.Fprintf(b, `<circle cx="%s" cy="%s" r="%s" %s/>`, px(p.x), px(p.y), px(m.size), fill(m.ink))
		case letters:
			fmt.Fprintf(b, `<text x="%s" y="%s" font-size="%s" %s`, px(p.x), px(p.y), px(m.size), fill(m.ink))
			switch m.anchor {
			case .5:
				b.WriteString(` text-anchor="middle"`)
			case 1:
				b.WriteString(` text-anchor="end"`)
			}
			if m.bold {
				b.WriteString(` font-weight="bold"`)
			}
			if m.turned {
				fmt.Fprintf(b, ` transform="rotate(-90 %s %s)"`, px(p.x), px(p.y))
			}
			fmt.Fprintf(b, `>%s</text>`, html.EscapeString(m.text))
		case picture:
			q := m.points[1]
			fmt.Fprintf(b, `<image x="%s" y="%s" width="%s" height="%s" preserveAspectRatio="none" style="image-rendering:pixelated" href="%s"/>`,
				px(p.x), px(p.y), px(q.x-p.x), px(q.y-p.y), dataURI(m))
		}
		if tip {
			b.WriteString(`</g>`)
		}
		if !inks {
			b.WriteByte('\n')
		}
	}
}

func path(points []point) string {
	var b strings.Builder
	for i, p := range points {
		if i == 0 {
			b.WriteByte('M')
		} else {
			b.WriteByte('L')
		}
		b.WriteString(px(p.x) + " " + px(p.y))
	}
	return b.String()
}

// snap moves a length to the next multiple of 2^-10 pixels. Sums of products may differ in their last bits between
// processors; after it they do not, and so no rounding to a tenth or to a pixel's sixty-fourth falls differently.
func snap(x float64) float64 { return math.Round(x*1024) / 1024 }

// px is a length in pixels, to a tenth.
func px(x float64) string {
	s := strconv.FormatFloat(snap(x), 'f', 1, 64)
	s = strings.TrimSuffix(s, ".0")
	if s == "-0" {
		return "0"
	}
	return s
}

func dataURI(m stroke) string {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, m.image); err != nil {
		panic("page: a picture that is no PNG: " + err.Error()) // it has no pixels, or too many
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}
