package stimulus

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// openPNG reads dir/train and dir/test, each with one folder of PNG files a
// class. Classes are numbered in the order of their sorted names, and each Set
// takes classes in turn: the first file (by name) of each, then the second.
func openPNG(dir, name string) (train, test *Set, err error) {
	var sets [2]*Set
	var classes []string
	for i, part := range []string{"train", "test"} {
		folder := filepath.Join(dir, part)
		names, err := visible(folder)
		if err != nil {
			return nil, nil, err
		}
		if len(names) < 1 || len(names) > 256 {
			return nil, nil, &FormatError{folder, -1, "1 to 256 class folders", fmt.Sprint(len(names))}
		}
		if i == 0 {
			classes = names
		} else if !slices.Equal(names, classes) {
			return nil, nil, &FormatError{folder, -1, "the class folders of train " + brief(classes), brief(names)}
		}
		sets[i] = &Set{Name: name, Classes: len(classes), ClassNames: classes}
		if i == 1 {
			sets[1].Width, sets[1].Height = sets[0].Width, sets[0].Height
		}
		if err := sets[i].appendFolder(folder, classes); err != nil {
			return nil, nil, err
		}
	}
	return sets[0], sets[1], nil
}

// appendFolder appends the images of folder/<class>/*.png. The first image
// decides the size where s has none yet.
func (s *Set) appendFolder(folder string, classes []string) error {
	type entry struct {
		path  string
		label uint8
	}
	lists := make([][]entry, len(classes))
	for label, class := range classes {
		sub := filepath.Join(folder, class)
		files, err := visible(sub)
		if err != nil {
			return err
		}
		if len(files) == 0 {
			return &FormatError{sub, -1, "at least one PNG file", "none"}
		}
		for _, file := range files {
			if !strings.EqualFold(filepath.Ext(file), ".png") {
				return &FormatError{filepath.Join(sub, file), -1, "PNG files only", "another name"}
			}
			lists[label] = append(lists[label], entry{filepath.Join(sub, file), uint8(label)})
		}
	}
	for _, e := range interleave(lists) {
		raw, err := os.ReadFile(e.path)
		if err != nil {
			return fmt.Errorf("stimulus: %w", err)
		}
		if err := s.appendPNG(e.path, raw); err != nil {
			return err
		}
		s.Labels = append(s.Labels, e.label)
	}
	return nil
}

// appendPNG appends the luminance of one image.
func (s *Set) appendPNG(file string, raw []byte) error {
	r := bytes.NewReader(raw)
	at := func() int64 { return int64(len(raw) - r.Len()) }
	config, err := png.DecodeConfig(r)
	if err != nil {
		return &FormatError{file, at(), "a PNG image", fmt.Sprintf("%q", err)}
	}
	const sizeAt = 16 // width and height in the IHDR chunk, which is always first
	w, h := config.Width, config.Height
	if s.Width == 0 {
		if int64(w)*int64(h) > maxPixels { // each is below 2^31
			return &FormatError{file, sizeAt, fmt.Sprintf("an image of 1 to %d pixels", maxPixels), fmt.Sprintf("%d x %d", h, w)}
		}
		s.Width, s.Height = w, h
	}
	if w != s.Width || h != s.Height {
		return &FormatError{file, sizeAt, fmt.Sprintf("an image of %d x %d as the first", s.Height, s.Width), fmt.Sprintf("%d x %d", h, w)}
	}
	// A pixel takes at least one bit, and DEFLATE shrinks by at most maxDeflate.
	if int64(w)*int64(h) > 8*maxDeflate*int64(len(raw)) {
		return &FormatError{file, sizeAt, "a size that the file can hold", fmt.Sprintf("%d x %d in %d bytes", h, w, len(raw))}
	}
	r.Reset(raw)
	img, err := png.Decode(r)
	if err != nil {
		return &FormatError{file, at(), "a PNG image", fmt.Sprintf("%q", err)}
	}
	if r.Len() > 0 {
		return &FormatError{file, at(), "end of file", fmt.Sprintf("%d more bytes", r.Len())}
	}
	s.Pixels = appendLuminance(s.Pixels, img)
	return nil
}

// appendLuminance appends the 16-bit luminance (Rec. 601, integer arithmetic;
// transparent pixels on black) over 65535. For an 8-bit grey image, whose bytes
// it widens by 257, this is float32(byte)/255 to the bit: both are the correctly
// rounded quotient of the same number.
func appendLuminance(pixels []float32, img image.Image) []float32 {
	b := img.Bounds()
	if g, ok := img.(*image.Gray); ok {
		for y := range b.Dy() {
			pixels = append(pixels, greys(g.Pix[y*g.Stride:][:b.Dx()])...)
		}
		return pixels
	}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.Gray16Model.Convert(img.At(x, y)).(color.Gray16)
			pixels = append(pixels, float32(c.Y)/65535)
		}
	}
	return pixels
}

// visible returns the sorted names in a folder, leaving out those that begin
// with a dot, which file managers leave behind.
func visible(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("stimulus: %w", err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// brief lists names, the first few of many.
func brief(names []string) string {
	const most = 12
	if len(names) > most {
		return fmt.Sprintf("%q and %d more", names[:most], len(names)-most)
	}
	return fmt.Sprintf("%q", names)
}
