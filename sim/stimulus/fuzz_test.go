package stimulus

import (
	"runtime"
	"testing"
)

// Bounds on what a parser may allocate: some multiple of the data (a byte
// becomes a float32, and reading grows a buffer by doubling), and the
// housekeeping of parsers and of gzip.
const (
	perByte = 16
	fixed   = 1 << 20
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

// checkImages checks what a parser that reports success must have read.
func checkImages(t *testing.T, im *images, err error) {
	if err != nil {
		return
	}
	if im.count < 1 || im.height < 1 || im.width < 1 || len(im.pixels) != im.count*im.height*im.width {
		t.Fatalf("%d images of %d x %d with %d pixels", im.count, im.height, im.width, len(im.pixels))
	}
	for i, p := range im.pixels {
		if !(p >= 0 && p <= 1) {
			t.Fatalf("pixel %d is %v", i, p)
		}
	}
}

func checkLabels(t *testing.T, lb *labels, err error) {
	if err == nil && len(lb.values) < 1 {
		t.Fatal("no labels and no error")
	}
}

func FuzzIDX(f *testing.F) {
	for _, raw := range small() {
		f.Add(raw, false)
		f.Add(zipped(raw), true)
		f.Add(raw[:len(raw)-1], false)
	}
	f.Add(idx(idxImages, nil, 1<<32-1, 1<<32-1, 1<<32-1), false)
	f.Add(idx(idxImages, nil, 1<<31, 4096, 4096), false)
	f.Add(idx(idxLabels, nil, 1<<32-1), false)
	f.Add(zipped(idx(idxImages, make([]byte, 1<<16), 1<<8, 1<<4, 1<<4)), true)
	f.Fuzz(func(t *testing.T, raw []byte, packed bool) {
		name, n := "images", len(raw)
		if packed {
			name, n = "images.gz", (n+1)*maxDeflate
		}
		bounded(t, n, func() {
			im, err := parse(name, raw, parseIDXImages)
			checkImages(t, im, err)
		})
		bounded(t, n, func() {
			lb, err := parse(name, raw, parseIDXLabels)
			checkLabels(t, lb, err)
		})
	})
}

func FuzzNPY(f *testing.F) {
	f.Add(npy(1, dict("|u1", "(2, 1, 2)"), []byte{0, 1, 254, 255}))
	f.Add(npy(1, dict("|u1", "(1, 4)"), []byte{0, 1, 254, 255}))
	f.Add(npy(2, dict("<f4", "(1, 1, 2)"), []float32{0, 1}))
	f.Add(npy(1, dict("<f8", "(1, 1, 2)"), []float64{0, 2}))
	f.Add(npy(1, dict("<i4", "(2,)"), []int32{0, 256}))
	f.Add(npy(1, dict("<i8", "(2,)"), []int64{0, -1}))
	f.Add(npy(1, dict("<f8", "(9223372036854775807, 4096, 4096)"), []byte{}))
	f.Add(npy(1, dict("|u1", "(4611686018427387904, 1, 1)"), []byte{}))
	f.Add(append([]byte(npyMagic), 2, 0, 0xff, 0xff, 0xff, 0xff))
	f.Fuzz(func(t *testing.T, raw []byte) {
		bounded(t, len(raw), func() {
			im, err := parse("images.npy", raw, parseNPYImages)
			checkImages(t, im, err)
		})
		bounded(t, len(raw), func() {
			lb, err := parse("labels.npy", raw, parseNPYLabels)
			checkLabels(t, lb, err)
		})
	})
}
