package stimulus

import (
	"archive/zip"
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Bounds on what a parser may allocate: some multiple of the data (a byte
// becomes a float32, and reading grows a buffer by doubling), and the
// housekeeping of parsers and of gzip.
const (
	perByte = 24
	fixed   = 2 << 20
)

// bounded runs parse and checks what it allocates for n bytes of data.
func bounded(t *testing.T, n int, parse func()) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	parse()
	runtime.ReadMemStats(&after)
	if got, most := after.TotalAlloc-before.TotalAlloc, uint64(perByte*n+fixed); got > most {
		t.Fatalf("%d bytes of data: %d bytes allocated, want at most %d", n, got, most)
	}
}

// checkSet checks what a loader that reports success must have read.
func checkSet(t *testing.T, s *Set) {
	t.Helper()
	if s.Len() < 1 || s.Height < 1 || s.Width < 1 || len(s.Pixels) != s.Len()*s.Size() || s.Classes != len(s.ClassNames) {
		t.Fatalf("%d images of %d x %d with %d pixels, %d classes", s.Len(), s.Height, s.Width, len(s.Pixels), s.Classes)
	}
	for i, p := range s.Pixels {
		if !(p >= 0 && p <= 1) {
			t.Fatalf("pixel %d is %v", i, p)
		}
	}
	for i, l := range s.Labels {
		if int(l) >= s.Classes {
			t.Fatalf("label %d is %d of %d classes", i, l, s.Classes)
		}
	}
}

// FuzzArray reads any bytes as IDX or NPY, packed or not, of images and of labels.
func FuzzArray(f *testing.F) {
	for _, raw := range small() {
		f.Add(raw)
		f.Add(zipped(raw))
		f.Add(raw[:len(raw)-1])
	}
	f.Add(idx(nil, 1<<32-1, 1<<32-1, 1<<32-1))
	f.Add(zipped(idx(make([]byte, 1<<16), 1<<8, 1<<4, 1<<4)))
	f.Add(bytesOf("(2, 1, 2)", 0, 1, 254, 255))
	f.Add(npy(dict("<f8", "(9223372036854775807, 4096, 4096)"), []byte{}))
	f.Add(npy(dict("|O", "(2,)"), []byte{}))
	f.Add(npy(dict("<U4", "(1, 2)"), make([]byte, 32)))
	f.Add(stored(">f2", true, []int{2, 2, 2, 3}, make([]float64, 24)))
	f.Add(append([]byte(npyMagic), 2, 0, 0xff, 0xff, 0xff, 0xff))
	f.Fuzz(func(t *testing.T, raw []byte) {
		n := len(raw)
		if bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
			n = (n + 1) * maxDeflate
		}
		l := newLoader(t.Context(), Options{})
		bounded(t, n, func() {
			if s, err := l.newSource("labels", bytes.NewReader(raw), int64(len(raw))); err == nil {
				if lb, err := readLabels(s); err == nil && len(lb.codes) < 1 {
					t.Fatal("no labels and no error")
				}
			}
		})
		for labels := 1; labels <= 3; labels++ { // of which there is always one
			bounded(t, n, func() {
				s, err := l.newSource("images", bytes.NewReader(raw), int64(len(raw)))
				if err != nil {
					return
				}
				if im, err := readImages(s, nLabels(labels)); err == nil {
					codes := [2][]int{make([]int, labels), make([]int, labels)}
					_, _ = l.classes.code("0")
					if set, _, err := l.join("x", [2]*images{im, im}, codes); err == nil {
						checkSet(t, set)
					}
				}
			})
		}
	})
}

// FuzzNPZ opens any bytes as an archive of a whole set.
func FuzzNPZ(f *testing.F) {
	f.Add(npz(zip.Deflate, smallNPZ()))
	f.Add(npz(zip.Store, smallNPZ()))
	f.Add(overlapping())
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(t.TempDir(), "set.npz")
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
		bounded(t, (len(raw)+1)*maxDeflate, func() {
			if train, test, err := Open(t.Context(), path, Options{}); err == nil {
				checkSet(t, train)
				checkSet(t, test)
			}
		})
	})
}

// FuzzPicture decodes any bytes as a picture.
func FuzzPicture(f *testing.F) {
	f.Add(greyPNG(1, 2, 3))
	f.Add(encode(image.NewNRGBA(image.Rect(0, 0, 3, 2))))
	f.Add(encode(image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.Transparent, color.White})))
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, image.NewGray(image.Rect(0, 0, 9, 9)), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(t.TempDir(), "1.png")
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
		p := &picture{path: path}
		bounded(t, (len(raw)+1)*maxDeflate, func() {
			if p.inspect() != nil {
				return
			}
			img, err := p.decode()
			if err != nil {
				return
			}
			m := &images{count: 1, height: p.height, width: p.width}
			m.pixels = m.appendPicture(nil, 0, img)
			l := newLoader(t.Context(), Options{})
			_, _ = l.classes.code("0")
			set, _, err := l.join("x", [2]*images{m, m}, [2][]int{{0}, {0}})
			if err != nil {
				t.Fatal(err)
			}
			checkSet(t, set)
		})
	})
}

// FuzzRole reads any name.
func FuzzRole(f *testing.F) {
	for _, name := range []string{"train-images-idx3-ubyte.gz", "x_train", "trainY.npy", "xtrainx", ""} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		_, _, _ = roleOf(name)
		_ = isLitter(name)
	})
}
