package stimulus

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// idx builds an IDX file.
func idx(magic uint32, data []byte, dims ...uint32) []byte {
	raw := binary.BigEndian.AppendUint32(nil, magic)
	for _, d := range dims {
		raw = binary.BigEndian.AppendUint32(raw, d)
	}
	return append(raw, data...)
}

// zipped packs with gzip.
func zipped(raw []byte) []byte {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	_, _ = w.Write(raw)
	_ = w.Close()
	return buf.Bytes()
}

// folder writes files, by slash-separated name, to a new folder.
func folder(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pictures")
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Names of the four files of an IDX data set.
const (
	trainImages = "train-images-idx3-ubyte"
	trainLabels = "train-labels-idx1-ubyte"
	testImages  = "t10k-images-idx3-ubyte"
	testLabels  = "t10k-labels-idx1-ubyte"
)

// small is a good data set: 3 training images and 1 test image of 2 x 1.
func small() map[string][]byte {
	return map[string][]byte{
		trainImages: idx(idxImages, []byte{0, 1, 2, 3, 254, 255}, 3, 2, 1),
		trainLabels: idx(idxLabels, []byte{0, 2, 1}, 3),
		testImages:  idx(idxImages, []byte{7, 8}, 1, 2, 1),
		testLabels:  idx(idxLabels, []byte{1}, 1),
	}
}

func TestOpenIDXNames(t *testing.T) {
	for _, c := range []struct {
		dot, gz bool
	}{{false, false}, {true, false}, {false, true}, {true, true}} {
		files := map[string][]byte{".hidden": nil}
		for name, data := range small() {
			if c.dot {
				name = strings.Replace(name, "-idx", ".idx", 1)
			}
			if c.gz {
				name, data = name+".gz", zipped(data)
			}
			files[name] = data
		}
		train, test, err := Open(t.Context(), folder(t, files))
		if err != nil {
			t.Fatal(err)
		}
		if train.Name != "pictures" || train.Width != 1 || train.Height != 2 || train.Classes != 3 || test.Classes != 3 {
			t.Fatalf("%+v", train)
		}
		want := []float32{0, float32(1) / 255, float32(2) / 255, float32(3) / 255, float32(254) / 255, 1}
		if !slices.Equal(train.Pixels, want) || !slices.Equal(train.Labels, []uint8{0, 2, 1}) {
			t.Fatalf("%+v", train)
		}
		if test.Len() != 1 || test.Image(0)[1] != float32(8)/255 {
			t.Fatalf("%+v", test)
		}
	}
}

func TestOpenPrefersUnpacked(t *testing.T) {
	files := small()
	files[testLabels+".gz"] = []byte("not gzip")
	if _, _, err := Open(t.Context(), folder(t, files)); err != nil {
		t.Fatal(err)
	}
}

func TestOpenFaults(t *testing.T) {
	cases := []struct {
		name   string
		file   string // replaced by data, or removed if nil
		data   []byte
		offset int64
		want   string // part of the message
	}{
		{"empty file", trainImages, []byte{}, 0, "want 4 bytes of IDX magic number 0x00000803 (images), found 0 bytes"},
		{"images for labels", trainLabels, small()[trainImages], 0, "want IDX magic number 0x00000801 (labels), found 0x00000803"},
		{"cut in the header", testImages, idx(idxImages, nil, 1, 2), 4, "want 3 x 4 bytes of IDX dimensions, found 8 bytes"},
		{"no image", testImages, idx(idxImages, nil, 0, 2, 1), 4, "want at least one of images, found 0"},
		{"no height", testImages, idx(idxImages, nil, 1, 0, 1), 8, "found 0 x 1"},
		{"huge image", testImages, idx(idxImages, nil, 1, 1<<31, 1<<31), 8, "want images of 1 to 16777216 pixels, found 2147483648 x 2147483648"},
		{"huge number", testImages, idx(idxImages, []byte{1, 2}, 1<<32-1, 4096, 4096), 16, "want 4294967295 x 16777216 bytes of pixels, found 2 bytes"},
		{"truncated", trainImages, small()[trainImages][:21], 16, "want 3 x 2 bytes of pixels, found 5 bytes"},
		{"oversized", trainLabels, idx(idxLabels, []byte{0, 2, 1, 0, 0}, 3), 11, "want end of file, found 2 more bytes"},
		{"fewer labels", trainLabels, idx(idxLabels, []byte{0, 2}, 2), 4, "want 3 labels, as many as images in "},
		{"other size", testImages, idx(idxImages, []byte{7, 8}, 1, 1, 2), 8, "want images of 2 x 1 as in "},
		{"absent", testLabels, nil, -1, "want this file beside the others, found none (file does not exist)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			files := small()
			delete(files, c.file)
			if c.data != nil {
				files[c.file] = c.data
			}
			_, _, err := Open(t.Context(), folder(t, files))
			checkFault(t, err, c.file, c.offset, c.want)
		})
	}
}

// checkFault checks a FormatError.
func checkFault(t *testing.T, err error, file string, offset int64, want string) {
	t.Helper()
	var fault *FormatError
	if !errors.As(err, &fault) {
		t.Fatalf("error %v, want a FormatError", err)
	}
	if !strings.HasSuffix(filepath.ToSlash(fault.File), file) || fault.Offset != offset || !strings.Contains(err.Error(), want) {
		t.Fatalf("error %q\nwant %s, byte %d: %s", err, file, offset, want)
	}
}

func TestOpenGzipFaults(t *testing.T) {
	packed := zipped(small()[testImages])
	badSum := bytes.Clone(packed)
	badSum[len(badSum)-8] ^= 1
	cases := []struct {
		name   string
		data   []byte
		offset int64
		want   string
	}{
		{"empty", []byte{}, 0, "want a gzip header, found end of file after 0 bytes"},
		{"not gzip", []byte("plain text, not packed"), 0, "want a gzip header, found \"gzip: invalid header\""},
		{"truncated", packed[:len(packed)-4], 18, "want end of file, found \"unexpected EOF\""},
		{"checksum", badSum, 18, "gzip: invalid checksum"},
		{"trailing", append(bytes.Clone(packed), "more"...), 18, "want end of file, found"},
		{"unpacks to less", zipped(idx(idxImages, []byte{7}, 1, 2, 1)), 17, "want 2 bytes of pixels, found end of file after 1 bytes"},
		{"unpacks to more", zipped(idx(idxImages, []byte{7, 8, 9}, 1, 2, 1)), 18, "want end of file, found more bytes"},
		{"beyond deflate", zipped(idx(idxImages, nil, 1<<20, 28, 28)), 16, "x 784 bytes of pixels, found a packed file of at most"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			files := small()
			delete(files, testImages)
			files[testImages+".gz"] = c.data
			_, _, err := Open(t.Context(), folder(t, files))
			checkFault(t, err, testImages+".gz", c.offset, c.want)
		})
	}
}

func TestOpenFolders(t *testing.T) {
	if _, _, err := Open(t.Context(), filepath.Join(t.TempDir(), "nowhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("absent folder: %v", err)
	}
	dir := folder(t, map[string][]byte{"notes.txt": nil})
	if _, _, err := Open(t.Context(), filepath.Join(dir, "notes.txt")); err == nil {
		t.Fatal("a file was opened as a folder")
	}
	_, _, err := Open(context.Background(), dir)
	checkFault(t, err, "pictures", -1, `found ["notes.txt"]`)

	files := small()
	delete(files, testLabels)
	files[testLabels+"/x"] = nil
	_, _, err = Open(t.Context(), folder(t, files))
	checkFault(t, err, testLabels, -1, "want a regular file, found d")
}

// Whatever is written as IDX or NPY is read back, packed or not.
func TestOpenReadsBack(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "images")
		h, w := rapid.IntRange(1, 4).Draw(t, "height"), rapid.IntRange(1, 4).Draw(t, "width")
		pixels := rapid.SliceOfN(rapid.Byte(), n*h*w, n*h*w).Draw(t, "pixels")
		classes := rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "labels")
		im := idx(idxImages, pixels, uint32(n), uint32(h), uint32(w))
		lb := idx(idxLabels, classes, uint32(n))
		for name, data := range map[string][]byte{trainImages: im, trainLabels: lb, testImages: im, testLabels: lb} {
			if err := os.WriteFile(filepath.Join(dir, name+".gz"), zipped(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		train, test, err := Open(context.Background(), dir)
		if err != nil {
			t.Fatal(err)
		}
		for i, label := range test.Labels {
			if want := strconv.Itoa(int(classes[i])); test.ClassNames[label] != want {
				t.Fatalf("image %d is of class %s, want %s", i, test.ClassNames[label], want)
			}
		}
		if !slices.Equal(train.Pixels, greys(pixels)) || !slices.Equal(test.Labels, train.Labels) || train.Height != h || train.Width != w {
			t.Fatalf("%+v", train)
		}
	})
}
