package stimulus

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
)

// images are the images of a part of a set.
type images struct {
	file          string
	sizeAt        int64 // where the file declares height and width
	count         int
	height, width int
	pixels        []float32 // 0 to 1; of an array of floats as it holds them, until it is scaled
	floats        bool      // it is one
	top           float32   // the largest value of an array of floats, and where it stands
	topAt         int64
	paint
}

// readImages reads an array of one image a label.
func readImages(s *source, lb *labels) (*images, error) {
	h, err := readHeader(s)
	if err != nil {
		return nil, err
	}
	if h.text() {
		return nil, s.fail(h.itemAt, "pixels that are numbers", "words")
	}
	l, err := h.layout(s, lb)
	if err != nil {
		return nil, err
	}
	if l.channels == 4 && h.kind == 'f' {
		return nil, s.fail(h.itemAt, "red, green, blue and alpha as bytes", "floats").mended("(255 * X).round().astype('uint8')")
	}
	each := bytesPerPixel(l.channels == 4) * int64(l.height*l.width)
	// In C order an image lies in one piece, in Fortran order all over the file.
	if h.fortran {
		each += 4 * int64(l.values())
	}
	if err := s.charge(h.shapeAt, int64(l.count), each); err != nil {
		return nil, err
	}
	m := &images{file: s.file, sizeAt: h.shapeAt, count: l.count, height: l.height, width: l.width, floats: h.kind == 'f'}
	if s.exact {
		m.pixels = make([]float32, 0, l.count*l.height*l.width)
	}
	r := &valueReader{source: s, header: h, images: m}
	if h.fortran {
		if err := r.fill(l.count * l.values()); err != nil {
			return nil, err
		}
	}
	for i := range l.count {
		if s.ctx.Err() != nil {
			return nil, s.ctx.Err()
		}
		first := i * l.image
		if !h.fortran {
			if err := r.fill(l.values()); err != nil {
				return nil, err
			}
			first = 0
		}
		m.append(i, r.values[first:], l)
	}
	return m, s.end()
}

// bytesPerPixel is what a pixel takes in memory.
func bytesPerPixel(transparent bool) int64 {
	if transparent {
		return 6
	}
	return 4
}

// append appends an image whose values are laid out so.
func (m *images) append(i int, values []float32, l *layout) {
	if l.channels > 1 {
		m.channels++
	}
	if l.channels > 1 && !m.floats {
		m.pixels = m.paint.append(m.pixels, i, l.height*l.width, func(k int) (r, g, b, a uint32) {
			at := k/l.width*l.row + k%l.width*l.column
			c := color.NRGBA{uint8(values[at]), uint8(values[at+l.channel]), uint8(values[at+2*l.channel]), 255}
			if l.channels == 4 {
				c.A = uint8(values[at+3*l.channel])
			}
			return c.RGBA()
		})
		return
	}
	coloured := false
	for y := range l.height {
		for x := range l.width {
			at := y*l.row + x*l.column
			pixel := values[at]
			if l.channels > 1 {
				g, b := values[at+l.channel], values[at+2*l.channel]
				coloured = coloured || pixel != g || g != b
				pixel = luminance(float64(pixel), float64(g), float64(b))
			} else if !m.floats {
				pixel = grey[uint8(pixel)]
			}
			m.pixels = append(m.pixels, pixel)
		}
	}
	if coloured {
		m.coloured++
	}
}

// valueReader reads the values of an array in their order and checks them.
type valueReader struct {
	*source
	*header
	*images
	raw    []byte
	values []float32
}

// fill reads the next n values; bytes and other integers as 0 to 255, bools as 0
// and 255.
func (r *valueReader) fill(n int) error {
	const most = 1 << 14 // at a time
	size := r.header.size
	if r.raw == nil {
		r.raw = make([]byte, min(n, most)*size)
	}
	for r.values = r.values[:0]; len(r.values) < n; {
		at := r.offset
		raw := r.raw[:min(n-len(r.values), most)*size]
		if err := r.read(raw, "pixels"); err != nil {
			return err
		}
		if size == 1 && r.kind == 'u' {
			for _, b := range raw {
				r.values = append(r.values, float32(b))
			}
			continue
		}
		for k := 0; k < len(raw); k += size {
			v, err := r.value(raw[k:], at+int64(k))
			if err != nil {
				return err
			}
			r.values = append(r.values, v)
		}
	}
	return nil
}

// value checks a value; at is where it stands.
func (r *valueReader) value(raw []byte, at int64) (float32, error) {
	v := r.float(raw)
	switch {
	case r.kind == 'b':
		return 255 * float32(min(v, 1)), nil
	case r.kind != 'f' && v >= 0 && v <= 255:
		return float32(v), nil
	case r.kind == 'f' && v >= 0 && v <= math.MaxFloat32:
		f := float32(v)
		if f > r.top {
			r.top, r.topAt = f, at
		}
		return f, nil
	}
	want, mend := "a pixel in 0..255", "((X - X.min()) / (X.max() - X.min())).astype('float32')"
	switch {
	case r.kind == 'f':
		want = "a pixel in 0..1 or 0..255"
		if v != v || v > math.MaxFloat32 {
			mend = "np.nan_to_num(X, nan=0, posinf=1)"
		}
	case v > 255 && r.size == 2:
		mend = "(X / 65535).astype('float32')"
	}
	return 0, r.source.fail(at, want, strconv.FormatFloat(v, 'g', -1, 64)).mended(mend)
}

// scale brings arrays of floats to 0..1: what does not exceed 1 is left, what
// reaches 128 to 255 is taken for bytes, and both parts must be one or the other.
func (l *loader) scale(im [2]*images) error {
	var isBytes [2]bool
	for i, m := range im {
		if isBytes[i] = m.top > 1; isBytes[i] && !(m.top >= 128 && m.top <= 255) {
			found := fmt.Sprintf("a largest pixel of %v", m.top)
			return m.topFault("floats in 0..1, or up to 255 with a largest from 128 on", found).mended("(X / X.max()).astype('float32')")
		}
	}
	if im[0].floats && im[1].floats && isBytes[0] != isBytes[1] {
		a, b := im[0], im[1]
		if isBytes[0] {
			a, b = b, a
		}
		return b.topFault(fmt.Sprintf("floats in 0..1 as in %s", a.file), fmt.Sprintf("a largest pixel of %v", b.top)).mended("(X / 255).astype('float32')")
	}
	for i, m := range im {
		if !isBytes[i] {
			continue
		}
		l.note("scaled", false, "floats up to %v in %s were divided by 255", m.top, m.file)
		for k, v := range m.pixels {
			m.pixels[k] = v / 255
		}
	}
	return nil
}

// topFault is the error for the largest pixel.
func (m *images) topFault(want, found string) *FormatError {
	return &FormatError{File: m.file, Offset: m.topAt, Want: want, Found: found}
}
