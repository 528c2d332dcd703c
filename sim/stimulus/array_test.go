package stimulus

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// imagesOf reads an array of n images and scales it.
func imagesOf(t testing.TB, raw []byte, n int) (*images, error) {
	im, err := readImages(source0(t, "x.npy", raw), nLabels(n))
	if err == nil {
		err = newLoader(t.Context(), Options{}).scale([2]*images{im, {}})
	}
	return im, err
}

// Whatever the type, the byte order, the order of axes and the place of a channel
// axis, the same pictures give the same pixels.
func TestArraysOfTheSamePicturesAreEqual(t *testing.T) {
	types := []string{"|u1", "|i1", "<i2", ">i2", "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8", "<u8", ">u8", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"}
	rapid.Check(t, func(rt *rapid.T) {
		n, h, w := rapid.IntRange(1, 4).Draw(rt, "images"), rapid.IntRange(5, 7).Draw(rt, "height"), rapid.IntRange(5, 7).Draw(rt, "width")
		raw := rapid.SliceOfN(rapid.ByteRange(0, 127), n*h*w, n*h*w).Draw(rt, "pixels")
		descr := rapid.SampledFrom(types).Draw(rt, "type")
		if descr[1] == 'f' {
			raw[0] = 255 // the largest of 128 or more says that they are bytes
		}
		values := make([]float64, len(raw))
		for i, v := range raw {
			values[i] = float64(v)
		}
		shape := rapid.SampledFrom([][]int{{n, h, w}, {n, h, w, 1}, {n, 1, h, w}}).Draw(rt, "shape")
		im, err := imagesOf(t, stored(descr, rapid.Bool().Draw(rt, "Fortran order"), shape, values), n)
		if err != nil {
			rt.Fatal(err)
		}
		if im.height != h || im.width != w || !slices.Equal(im.pixels, greys(raw)) {
			rt.Fatalf("%d x %d: %v, want %v", im.height, im.width, im.pixels, greys(raw))
		}
	})
}

// Colours in an array become what they become in a PNG, in either order of axes.
func TestColoursOfArraysAreThoseOfPictures(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		channels := rapid.SampledFrom([]int{3, 4}).Draw(rt, "channels")
		const n, h, w = 2, 5, 6
		raw := rapid.SliceOfN(rapid.Byte(), n*h*w*channels, n*h*w*channels).Draw(rt, "values")
		first := rapid.Bool().Draw(rt, "channels first")
		shape := []int{n, h, w, channels}
		values := make([]float64, len(raw))
		for i, v := range raw {
			k := i
			if first {
				image, pixel, channel := i/(h*w*channels), i/channels%(h*w), i%channels
				k = (image*channels+channel)*h*w + pixel
				shape = []int{n, channels, h, w}
			}
			values[k] = float64(v)
		}
		im, err := imagesOf(t, stored("|u1", rapid.Bool().Draw(rt, "Fortran order"), shape, values), n)
		if err != nil {
			rt.Fatal(err)
		}
		want := &images{}
		for i := range n {
			img := image.NewNRGBA(image.Rect(0, 0, w, h))
			for k := range h * w {
				v := raw[(i*h*w+k)*channels:]
				c := color.NRGBA{v[0], v[1], v[2], 255}
				if channels == 4 {
					c.A = v[3]
				}
				img.SetNRGBA(k%w, k/w, c)
			}
			want.pixels = want.appendPicture(want.pixels, i, img)
		}
		if !slices.Equal(im.pixels, want.pixels) {
			rt.Fatalf("%v\nwant %v", im.pixels, want.pixels)
		}
		for i := range n {
			if !slices.Equal(im.ground[i], want.ground[i]) {
				rt.Fatalf("image %d: ground %v, want %v", i, im.ground[i], want.ground[i])
			}
		}
	})
}

func TestFloatsAndBools(t *testing.T) {
	eighth := []float32{0, 0.125, 0.25, 0.5, 1, 0.75, 0.875, 1}
	values := make([]float64, len(eighth))
	for i, v := range eighth {
		values[i] = float64(v)
	}
	for _, descr := range []string{"<f2", ">f2", "<f4", ">f8"} {
		im, err := imagesOf(t, stored(descr, false, []int{2, 2, 2}, values), 2)
		if err != nil || !slices.Equal(im.pixels, eighth) {
			t.Errorf("%s: %v, %v", descr, im.pixels, err)
		}
	}
	im, err := imagesOf(t, stored("|b1", false, []int{1, 4}, []float64{0, 1, 1, 0}), 1)
	if err != nil || !slices.Equal(im.pixels, []float32{0, 1, 1, 0}) || im.height != 2 {
		t.Errorf("bools: %+v, %v", im, err)
	}
	im, err = imagesOf(t, npy(dict("<f4", "(1, 2, 1, 3)"), []float32{0.1, 0.1, 0.1, 1, 0, 0}), 1)
	if err != nil || im.pixels[0] != 0.1 || im.pixels[1] != float32(weightR)/(1<<16) || im.coloured != 1 {
		t.Errorf("coloured floats: %+v, %v", im, err)
	}
}

// Every float16 that is one is what its parts say.
func TestHalf(t *testing.T) {
	for bits, want := range map[uint16]float64{
		0: 0, 1: 0x1p-24, 0x03ff: 0x1p-14 - 0x1p-24, 0x0400: 0x1p-14, 0x3c00: 1, 0x3555: 0.333251953125,
		0x7bff: 65504, 0x7c00: math.Inf(1), 0xfc00: math.Inf(-1), 0xc000: -2,
	} {
		if got := half(bits); got != want {
			t.Errorf("half(%#04x) = %v, want %v", bits, got, want)
		}
	}
	if !math.IsNaN(half(0x7e00)) {
		t.Error("0x7e00 is no NaN")
	}
}

func TestLabels(t *testing.T) {
	for _, c := range []struct {
		raw  []byte
		want []string
	}{
		{idx([]byte{3, 200, 3}, 3), []string{"3", "200", "3"}},
		{stored("|u1", false, []int{3}, []float64{0, 255, 7}), []string{"0", "255", "7"}},
		{stored(">i8", true, []int{3, 1}, []float64{0, 1000, 7}), []string{"0", "1000", "7"}},
		{stored("<i2", false, []int{1, 3}, []float64{0, 1, 7}), []string{"0", "1", "7"}},
		{stored("|b1", false, []int{2}, []float64{0, 1}), []string{"False", "True"}},
		{stored("<f4", false, []int{2}, []float64{0, 3}), []string{"0", "3"}},
		{npy(dict("|S3", "(2,)"), []byte("cat\x00ox"[:6])), []string{"cat", "\x00ox"}},
		{npy(dict("<U2", "(2,)"), []uint32{'o', 'x', 'é', 0}), []string{"ox", "é"}},
	} {
		s := source0(t, "x.npy", c.raw)
		lb, err := readLabels(s)
		if err != nil {
			t.Errorf("%v: %v", c.want, err)
			continue
		}
		var got []string
		for _, code := range lb.codes {
			got = append(got, s.classes.names[code])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("labels %q, want %q", got, c.want)
		}
	}
}

func TestArrayFaults(t *testing.T) {
	good := npy(dict("<f4", "(1, 1, 2)"), []float32{0, 1})
	// The data of these files begins at byte 128, their dictionary at byte 10.
	shapeAt := int64(10 + strings.Index(dict("<f4", "("), "("))
	version, cut := bytes.Clone(good), good[:len(good)-1]
	version[6] = 9
	u1 := func(shape string) []byte { return bytesOf(shape) }
	f4 := func(v ...float32) []byte { return npy(dict("<f4", fmt.Sprintf("(1, 1, %d)", len(v))), v) }
	for _, c := range []struct {
		name   string
		raw    []byte
		offset int64
		want   string
	}{
		{"empty", nil, 0, "want an IDX or NPY file, found end of file after 0 bytes"},
		{"text", []byte("label,pixel1\n"), 0, `found a file that begins with "label,"`},
		{"version", version, 6, "want NPY version 1.0, 2.0 or 3.0, found 9.0"},
		{"no length", good[:9], 8, "want 2 bytes of NPY header length, found 1 bytes"},
		{"long header", append([]byte(npyMagic), 2, 0, 0xff, 0xff, 0xff, 0xff), 8, "want an NPY header of 1 to 65536 bytes"},
		{"cut header", good[:40], 10, "bytes of NPY header, found 30 bytes"},
		{"cut data", cut, 128, "want 2 x 4 bytes of values, found 7 bytes"},
		{"trailing", append(bytes.Clone(good), 1), 136, "want end of file, found 1 more bytes"},
		{"complex", npy(dict("<c8", "(1,)"), []byte{}), 20, `found values of type "<c8"`},
		{"long double", npy(dict("<f16", "(1,)"), []byte{}), 20, `mend: np.save("x.npy", np.load("x.npy").astype('float32'))`},
		{"objects", npy(dict("|O", "(1,)"), []byte{}), 20, `mend: np.save("x.npy", np.stack(list(np.load("x.npy", allow_pickle=True))))`},
		{"record", npy("{'descr': [('a', '<f4')], 'fortran_order': False}", []byte{}), 20, "found records of several fields"},
		{"words", npy(dict("<U1", "(1, 1, 2)"), []uint32{'a', 'b'}), 20, "want pixels that are numbers, found words"},
		{"key twice", npy("{'descr': '<f4', 'descr': '<f4'}", []byte{}), 27, "want each NPY header key once"},
		{"key missing", npy("{'descr': '<f4', 'shape': (1,)}", []byte{}), 10, "want NPY header key 'fortran_order', found none"},
		{"key unknown", npy("{'colour': 1}", []byte{}), 11, `found "colour"`},
		{"no order", npy("{'fortran_order': 3}", []byte{}), 28, "want fortran_order True or False"},
		{"no dictionary", npy("descr", []byte{}), 10, "want '{', found"},
		{"after the dictionary", npy(dict("<f4", "(1, 1, 2)")+"x", []byte{}), 72, `want end of NPY header, found "x`},
		{"huge shape", npy(dict("<f8", "(9223372036854775807, 4096, 4096)"), []byte{}), shapeAt, "want a shape that the file can hold"},
		{"much data", u1("(1, 4096, 4096)"), 128, "want 16777216 x 1 bytes of values, found 0 bytes"},
		{"too big for an integer", u1("(9223372036854775808,)"), shapeAt + 1, "want an integer in 0..2^63-1"},
		{"negative", u1("(-1,)"), shapeAt + 1, "want an integer"},
		{"scalar", bytesOf("()", 1), shapeAt, "want shape (images, height, width), found shape ()"},
		{"no pixel", u1("(1, 0, 4)"), shapeAt, "want images of 1 to 16777216 pixels, found 0 x 4"},
		{"not square", bytesOf("(1, 5)", 1, 2, 3, 4, 5), shapeAt, `mend: x = np.load("x.npy"); np.save("x.npy", x.reshape(len(x), HEIGHT, WIDTH))`},
		{"flat colours", bytesOf("(1, 12)", make([]byte, 12)...), shapeAt, "x.reshape(len(x), 3, 2, 2))"},
		{"images last", bytesOf("(2, 2, 1)", make([]byte, 4)...), shapeAt, `want 1 images as in labels.npy, found shape (2, 2, 1); mend: np.save("x.npy", np.moveaxis(np.load("x.npy"), -1, 0))`},
		{"other number", bytesOf("(2, 2, 2)", make([]byte, 8)...), shapeAt, "want 1 images as in labels.npy, found shape (2, 2, 2)"},
		{"two channels", bytesOf("(1, 5, 5, 2)", make([]byte, 50)...), shapeAt, "mend: np.save(\"x.npy\", np.load(\"x.npy\")[..., 0])"},
		{"seven channels", bytesOf("(1, 5, 5, 7)", make([]byte, 175)...), shapeAt, "with an axis of 1, 3 or 4 channels"},
		{"either axis", bytesOf("(1, 3, 5, 4)", make([]byte, 60)...), shapeAt, "with an axis of 1, 3 or 4 channels"},
		{"five axes", bytesOf("(1, 1, 1, 2, 2)", make([]byte, 4)...), shapeAt, "x.reshape(len(x), HEIGHT, WIDTH))"},
		{"NaN", f4(0, float32(math.NaN())), 132, `want a pixel in 0..1 or 0..255, found NaN; mend: np.save("x.npy", np.nan_to_num(np.load("x.npy"), nan=0, posinf=1))`},
		{"infinite", f4(0, float32(math.Inf(1))), 132, "found +Inf"},
		{"below 0", f4(-0.5, 0), 128, "found -0.5; mend: x = np.load(\"x.npy\"); np.save(\"x.npy\", ((x - x.min()) / (x.max() - x.min())).astype('float32'))"},
		{"hardly above 1", f4(0, 1.5), 132, "want floats in 0..1, or up to 255 with a largest from 128 on, found a largest pixel of 1.5"},
		{"above 255", f4(300, 3), 128, "found a largest pixel of 300"},
		{"16 bits", stored("<u2", false, []int{1, 1, 2}, []float64{255, 256}), 130, "want a pixel in 0..255, found 256; mend: np.save(\"x.npy\", (np.load(\"x.npy\") / 65535).astype('float32'))"},
		{"negative integer", stored("<i4", false, []int{1, 1, 2}, []float64{0, -1}), 132, "want a pixel in 0..255, found -1"},
		{"IDX type", []byte{0, 0, 7, 1, 0, 0, 0, 0}, 2, "want an IDX type, 0x08 to 0x0e, found 0x07"},
		{"IDX cut in the header", idx(nil, 1, 2, 3)[:12], 4, "want 12 bytes of IDX dimensions, found 8 bytes"},
		{"IDX without axes", []byte{0, 0, 8, 0, 1}, 4, "found shape ()"},
		{"huge IDX", idx(nil, 1<<32-1, 1<<32-1, 1<<32-1), 4, "want a shape that the file can hold, found shape (4294967295, 4294967295, 4294967295)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := imagesOf(t, c.raw, 1)
			checkFault(t, err, "x.npy", c.offset, c.want)
		})
	}
	for _, c := range []struct {
		name   string
		raw    []byte
		offset int64
		want   string
	}{
		{"one-hot", bytesOf("(2, 3)", 0, 0, 1, 1, 0, 0), shapeAt, `want one label an image, found shape (2, 3), perhaps one-hot; mend: np.save("x.npy", np.load("x.npy").argmax(axis=1))`},
		{"cube", bytesOf("(2, 2, 2)", make([]byte, 8)...), shapeAt, "want one label an image, found shape (2, 2, 2)"},
		{"scalar", bytesOf("()", 1), shapeAt, "want labels of shape (images,), found shape ()"},
		{"none", bytesOf("(0,)"), shapeAt, "want at least one label, found shape (0,)"},
		{"below 0", stored("<i4", false, []int{2}, []float64{0, -1}), 132, "want labels from 0 on (leave images out that have none), found -1; mend: x = np.load(\"x.npy\"); np.save(\"x.npy\", x - x.min())"},
		{"not whole", stored("<f4", false, []int{2}, []float64{0, 0.5}), 132, `want labels that are whole numbers, found 0.5; mend: np.save("x.npy", np.load("x.npy").astype(int))`},
		{"NaN", stored("<f8", false, []int{1}, []float64{math.NaN()}), 128, "found NaN"},
		{"empty word", npy(dict("|S1", "(2,)"), []byte("a\x00")), 129, "want a label, found an empty word"},
	} {
		t.Run("labels "+c.name, func(t *testing.T) {
			_, err := readLabels(source0(t, "x.npy", c.raw))
			checkFault(t, err, "x.npy", c.offset, c.want)
		})
	}
}
