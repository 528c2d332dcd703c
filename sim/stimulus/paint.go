package stimulus

import (
	"image"
	"math"
)

// grey[b] is float32(b)/255, the pixel that byte b stands for.
var grey = func() (table [256]float32) {
	for b := range table {
		table[b] = float32(b) / 255
	}
	return table
}()

// greys converts bytes to pixels.
func greys(raw []byte) []float32 {
	pixels := make([]float32, len(raw))
	for i, b := range raw {
		pixels[i] = grey[b]
	}
	return pixels
}

// The weights of red, green and blue in a luminance, of 65536 (Rec. 601), as in
// image/color.
const weightR, weightG, weightB = 19595, 38470, 7471

// luminance is the grey of a colour whose parts are floats; that of a grey is the
// grey itself, to the bit.
func luminance(r, g, b float64) float32 {
	return float32((float64(weightR*r) + float64(weightG*g) + float64(weightB*b)) / (1 << 16))
}

// opaque is the alpha of what hides its ground.
const opaque = 0xffff

// paint is what was done to images that were not plain grey.
type paint struct {
	channels int // images of an array that has channels
	coloured int // images that are not grey

	// Where the ground shows through, [image][pixel], of opaque; and sums over
	// those images, of luminance and of alpha.
	ground     map[int][]uint16
	ink, cover float64
}

// append appends the luminance of image i, of n pixels, to pixels: the correctly
// rounded 16-bit grey over 65535, which of a grey of 8 bits is float32(byte)/255
// to the bit. Transparent pixels are black until a ground is laid. at returns a
// pixel's colour with alpha multiplied in, as [color.Color.RGBA] does.
func (p *paint) append(pixels []float32, i, n int, at func(k int) (r, g, b, a uint32)) []float32 {
	coloured := false
	var ground []uint16
	var ink, cover float64
	for k := range n {
		r, g, b, a := at(k)
		y := (weightR*r + weightG*g + weightB*b + 1<<15) >> 16
		pixels = append(pixels, float32(y)/opaque)
		coloured = coloured || r != g || g != b
		if a != opaque {
			if ground == nil {
				ground = make([]uint16, n)
			}
			ground[k] = uint16(opaque - a)
		}
		ink += float64(y)
		cover += float64(a)
	}
	if coloured {
		p.coloured++
	}
	if ground != nil {
		if p.ground == nil {
			p.ground = map[int][]uint16{}
		}
		p.ground[i] = ground
		p.ink += ink
		p.cover += cover
	}
	return pixels
}

// appendPicture appends image i.
func (p *paint) appendPicture(pixels []float32, i int, img image.Image) []float32 {
	b := img.Bounds()
	if g, ok := img.(*image.Gray); ok {
		for y := range b.Dy() {
			pixels = append(pixels, greys(g.Pix[y*g.Stride:][:b.Dx()])...)
		}
		return pixels
	}
	return p.append(pixels, i, b.Dx()*b.Dy(), func(k int) (r, g, bl, a uint32) {
		return img.At(b.Min.X+k%b.Dx(), b.Min.Y+k/b.Dx()).RGBA()
	})
}

// layGround puts something behind the transparent pixels of a set, the same
// behind all: white where what is painted is dark on the whole, else black.
func (l *loader) layGround(im [2]*images) {
	count, ink, cover := 0, 0.0, 0.0
	for _, m := range im {
		count += len(m.ground)
		ink += m.ink
		cover += m.cover
	}
	if count == 0 {
		return
	}
	name := "black, since what is painted is light"
	if white := 2*ink < cover; white {
		name = "white, since what is painted is dark"
		for _, m := range im {
			for i, ground := range m.ground {
				pixels := m.pixels[i*len(ground):][:len(ground)]
				for k, g := range ground {
					pixels[k] = float32(math.Round(float64(pixels[k])*opaque)+float64(g)) / opaque
				}
			}
		}
	}
	l.note("transparency", false, "%d of %d images are transparent in places and were laid on %s", count, im[0].count+im[1].count, name)
}

// noteColours says how many images were made grey.
func (l *loader) noteColours(im [2]*images) {
	all := im[0].count + im[1].count
	if coloured := im[0].coloured + im[1].coloured; coloured > 0 {
		l.note("colour", false, "%d of %d images have colour and became luminance (Rec. 601: 0.299 red, 0.587 green, 0.114 blue)", coloured, all)
	} else if channels := im[0].channels + im[1].channels; channels > 0 {
		l.note("colour", false, "%d of %d images have three equal channels, which became one", channels, all)
	}
}
