package stimulus

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"pgregory.net/rapid"
)

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
		trainImages: idx([]byte{0, 1, 2, 3, 254, 255}, 3, 2, 1),
		trainLabels: idx([]byte{0, 2, 1}, 3),
		testImages:  idx([]byte{7, 8}, 1, 2, 1),
		testLabels:  idx([]byte{1}, 1),
	}
}

// smallNPZ is the same as medMNIST packs its sets.
func smallNPZ() map[string][]byte {
	return map[string][]byte{
		"train_images.npy": bytesOf("(3, 2, 1)", 0, 1, 2, 3, 254, 255),
		"train_labels.npy": bytesOf("(3, 1)", 0, 2, 1),
		"val_images.npy":   bytesOf("(1, 2, 1)", 9, 9),
		"val_labels.npy":   bytesOf("(1, 1)", 0),
		"test_images.npy":  bytesOf("(1, 2, 1)", 7, 8),
		"test_labels.npy":  bytesOf("(1, 1)", 1),
	}
}

// renamed returns the small set under other names: of training images, training
// labels, test images and test labels.
func renamed(names ...string) map[string][]byte {
	files := map[string][]byte{}
	for i, name := range []string{trainImages, trainLabels, testImages, testLabels} {
		files[names[i]] = small()[name]
	}
	return files
}

// checkSmall checks that what was read is the small set.
func checkSmall(t *testing.T, train, test *Set) {
	t.Helper()
	if train.Width != 1 || train.Height != 2 || train.Classes != 3 || test.Classes != 3 || !slices.Equal(train.ClassNames, []string{"0", "1", "2"}) {
		t.Fatalf("%+v", train)
	}
	if !slices.Equal(train.Pixels, greys([]byte{0, 1, 2, 3, 254, 255})) || !slices.Equal(train.Labels, []uint8{0, 2, 1}) {
		t.Fatalf("%+v", train)
	}
	if test.Len() != 1 || !slices.Equal(test.Pixels, greys([]byte{7, 8})) || test.Labels[0] != 1 {
		t.Fatalf("%+v", test)
	}
}

// The small set is found under the names that people give its files.
func TestNamesOfArrays(t *testing.T) {
	one := func(raw []byte) []byte { return npz(zip.Deflate, map[string][]byte{"arr_0.npy": raw}) }
	npys := smallNPZ()
	keras := map[string][]byte{"x_train.npy": npys["train_images.npy"], "y_train.npy": npys["train_labels.npy"], "x_test.npy": npys["test_images.npy"], "y_test.npy": npys["test_labels.npy"]}
	for name, files := range map[string]map[string][]byte{
		"MNIST":            small(),
		"MNIST, dots":      renamed("train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"),
		"EMNIST":           with(renamed("emnist-letters-train-images-idx3-ubyte", "emnist-letters-train-labels-idx1-ubyte", "emnist-letters-test-images-idx3-ubyte", "emnist-letters-test-labels-idx1-ubyte"), map[string][]byte{"emnist-letters-mapping.txt": []byte("1 65 97")}),
		"QMNIST":           renamed("qmnist-train-images-idx3-ubyte", "qmnist-train-labels-idx2-int", "qmnist-test-images-idx3-ubyte", "qmnist-test-labels-idx2-int"),
		"NPY, dashes":      renamed("train-images.npy", "train-labels.npy", "test-images.npy", "test-labels.npy"),
		"NPY, underscores": renamed("train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy"),
		"NPY, Keras":       keras,
		"NPY, joined":      renamed("Xtrain.npy", "ytrain.npy", "testX.npy", "testY.npy"),
		"NPY, long":        renamed("training_data.npy", "training_targets.npy", "testing_data.npy", "testing_targets.npy"),
		"KMNIST": {"kmnist-train-imgs.npz": one(npys["train_images.npy"]), "kmnist-train-labels.npz": one(npys["train_labels.npy"]),
			"kmnist-test-imgs.npz": one(npys["test_images.npy"]), "kmnist-test-labels.npz": one(npys["test_labels.npy"]), "kmnist_classmap.csv": nil},
		"medMNIST":         {"pneumoniamnist.npz": npz(zip.Deflate, npys)},
		"Keras":            {"mnist.npz": npz(zip.Store, keras)},
		"NPZ and more":     {"all.npz": npz(zip.Store, with(keras, map[string][]byte{"classes.npy": {1}, "mean.npy": nil, "README": {2}})), "notes.txt": nil},
		"both, packed":     with(small(), map[string][]byte{testLabels + ".gz": []byte("not gzip, and not looked at")}),
		"gz without a .gz": with(small(), map[string][]byte{testLabels: zipped(small()[testLabels])}),
		".gz without gzip": with(small(), map[string][]byte{testLabels: nil, testLabels + ".gz": small()[testLabels]}),
		"validation alone": renamed("train-images.npy", "train-labels.npy", "val-images.npy", "val-labels.npy"),
	} {
		t.Run(name, func(t *testing.T) {
			train, test := mustLoad(t, files)
			checkSmall(t, train, test)
			if train.Name != "pictures" {
				t.Errorf("name %q", train.Name)
			}
			packed := map[string][]byte{}
			for name, raw := range files {
				if _, twice := files[name+".gz"]; twice || bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
					return
				}
				if _, _, ok := roleOf(name); !ok || isArchive(name) || strings.HasSuffix(name, ".gz") {
					packed[name] = raw
				} else {
					packed[name+".gz"] = zipped(raw)
				}
			}
			train, test = mustLoad(t, packed)
			checkSmall(t, train, test)
		})
	}
	path := filepath.Join(folder(t, map[string][]byte{"own.npz": npz(zip.Deflate, npys), "other.npz": npz(zip.Deflate, npys)}), "own.npz")
	train, test, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	checkSmall(t, train, test)
	if train.Name != "own" {
		t.Errorf("name %q", train.Name)
	}
}

func TestNamesThatDoNotDecide(t *testing.T) {
	files := renamed("train-images.npy", "train-labels.npy", "test-images.npy", "test-labels.npy")
	for _, c := range []struct {
		name  string
		files map[string][]byte
		file  string
		want  string
	}{
		{"labels lack", with(small(), map[string][]byte{testLabels: nil}), "pictures", "want test labels beside the others, named like them, found ["},
		{"no test", with(files, map[string][]byte{"test-images.npy": nil, "test-labels.npy": nil}), "pictures", "want test images and test labels beside the others"},
		{"two sets", with(files, map[string][]byte{"other.npz": npz(zip.Store, smallNPZ())}), "pictures", `want one data set, found 2: ["" "other.npz"]; mend: put the files of one into a folder of their own, or name one .npz in data.path`},
		{"one file twice", with(small(), map[string][]byte{"test_labels.npy": bytesOf("(1,)", 1)}), "test_labels.npy", "want one file of test labels, found another, " + testLabels},
		{"archive of other things", map[string][]byte{"x.npz": npz(zip.Store, map[string][]byte{"arr_0.npy": nil})}, "pictures", `found arrays ["arr_0.npy"]; mend: np.savez("set.npz", x_train=x[n:]`},
		{"arrays without a part", map[string][]byte{"X.npy": nil, "y.npy": nil}, "pictures", `found ["X.npy" "y.npy"]; mend: np.savez("set.npz", x_train=x[n:]`},
		{"nothing", map[string][]byte{"notes.txt": nil}, "pictures", "found an empty folder"},
		{"something else", map[string][]byte{"mnist.pkl": nil}, "pictures", `want folders train and test with a folder of pictures a class, or arrays such as train-images.npy`},
		{"one folder down", map[string][]byte{"set/train/a/1.png": greyPNG(1)}, "pictures", "mend: if that is the set, data.path: "},
		{"no split", map[string][]byte{"a/1.png": greyPNG(1), "b/1.png": greyPNG(1)}, "pictures", `want folders train and test, each with a folder of pictures a class, found ["a" "b"]; mend: move these`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := load(t, c.files)
			checkFault(t, err, c.file, -1, c.want)
		})
	}
}

// The classes are those that occur, in training or in testing, and keep their
// names.
func TestClassesAreThoseThatOccur(t *testing.T) {
	train, test := mustLoad(t, with(small(), map[string][]byte{trainLabels: idx([]byte{200, 3, 40}, 3), testLabels: idx([]byte{40}, 1)}))
	if train.Classes != 3 || !slices.Equal(train.ClassNames, []string{"3", "40", "200"}) || !slices.Equal(train.Labels, []uint8{2, 0, 1}) || test.Labels[0] != 1 {
		t.Errorf("%+v %+v", train, test)
	}
	if got, want := noted(train, "labels"), "the 3 classes are the labels that occur, 3 to 200; none is 0"; got != want {
		t.Errorf("note %q, want %q", got, want)
	}
	train, test = mustLoad(t, with(small(), map[string][]byte{testLabels: idx([]byte{9}, 1)}))
	if test.ClassNames[test.Labels[0]] != "9" || train.Classes != 4 {
		t.Errorf("%+v", train)
	}
	train, _ = mustLoad(t, with(small(), map[string][]byte{
		trainLabels: npy(dict("<U3", "(3,)"), []uint32{'d', 'o', 'g', 'c', 'a', 't', 'o', 'x', 0}), testLabels: npy(dict("|S2", "(1,)"), []byte("ox"))}))
	if !slices.Equal(train.ClassNames, []string{"cat", "dog", "ox"}) || !slices.Equal(train.Labels, []uint8{1, 0, 2}) {
		t.Errorf("%+v", train)
	}
	many := make([]uint16, 257)
	for i := range many {
		many[i] = uint16(i)
	}
	_, _, err := load(t, with(small(), map[string][]byte{trainLabels: npy(dict("<u2", "(257,)"), many)}))
	checkFault(t, err, trainLabels, 128+2*256, `want at most 256 classes, found another label, "256"`)
}

func TestOpenFaults(t *testing.T) {
	cases := []struct {
		name   string
		file   string
		data   []byte
		offset int64
		want   string // part of the message
	}{
		{"empty file", trainImages, []byte{}, 0, "want an IDX or NPY file, found end of file after 0 bytes"},
		{"images for labels", trainLabels, small()[trainImages], 4, "want one label an image, found shape (3, 2, 1)"},
		{"labels for images", trainImages, small()[trainLabels], 4, "want shape (images, height, width), found shape (3,)"},
		{"huge image", testImages, idx(nil, 1, 1<<31, 1<<31), 16, "want 4611686018427387904 x 1 bytes of values, found 0 bytes"},
		{"truncated", trainImages, small()[trainImages][:21], 16, "want 6 x 1 bytes of values, found 5 bytes"},
		{"oversized", trainLabels, idx([]byte{0, 2, 1, 0, 0}, 3), 11, "want end of file, found 2 more bytes"},
		{"fewer labels", trainLabels, idx([]byte{0, 2}, 2), 4, "want 2 images as in " + trainLabels + ", found shape (3, 2, 1)"},
		{"other size", testImages, idx([]byte{7, 8}, 1, 1, 2), 4, "want images of 2 x 1 as in "},
		{"one part in bytes", testImages, npy(dict("<f4", "(1, 2, 1)"), []float32{0, 1.25}), 132, "want floats in 0..1, or up to 255"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			file := c.file
			if strings.HasPrefix(c.want, "want images of") || strings.HasPrefix(c.want, "want 2 images") {
				file = map[bool]string{true: testImages, false: trainImages}[c.file == testImages]
			}
			_, _, err := load(t, with(small(), map[string][]byte{c.file: c.data}))
			checkFault(t, err, file, c.offset, c.want)
		})
	}
	floats := with(small(), map[string][]byte{
		trainImages: npy(dict("<f4", "(3, 2, 1)"), []float32{0, 1, 2, 3, 254, 255}), testImages: npy(dict("<f4", "(1, 2, 1)"), []float32{0, 1})})
	_, _, err := load(t, floats)
	checkFault(t, err, trainImages, 148, "want floats in 0..1 as in ")
	floats[testImages] = npy(dict(">f8", "(1, 2, 1)"), []byte{0x40, 0x1c, 0, 0, 0, 0, 0, 0, 0x40, 0x62, 0, 0, 0, 0, 0, 0}) // 7, 144
	train, test := mustLoad(t, floats)
	if !slices.Equal(train.Pixels, greys([]byte{0, 1, 2, 3, 254, 255})) || !slices.Equal(test.Pixels, greys([]byte{7, 144})) || noted(train, "scaled") == "" {
		t.Errorf("%+v", train)
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
		{"no more than magic", packed[:2], 0, "want a gzip header, found"},
		{"truncated", packed[:len(packed)-4], 18, "want end of file, found \"unexpected EOF\""},
		{"checksum", badSum, 18, "gzip: invalid checksum"},
		{"trailing", append(bytes.Clone(packed), "more"...), 18, "want end of file, found"},
		{"unpacks to less", zipped(idx([]byte{7}, 1, 2, 1)), 16, "want 2 bytes of pixels, found"},
		{"unpacks to more", zipped(idx([]byte{7, 8, 9}, 1, 2, 1)), 18, "want end of file, found more bytes"},
		{"beyond deflate", zipped(idx(nil, 1<<20, 28, 28)), 16, "bytes of values, found a packed file of at most"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := load(t, with(small(), map[string][]byte{testImages: nil, testImages + ".gz": c.data}))
			checkFault(t, err, testImages+".gz", c.offset, c.want)
		})
	}
}

// A set that would take more memory than its budget is refused before it does.
func TestBudget(t *testing.T) {
	l := newLoader(t.Context(), Options{})
	l.budget, l.left = 60, 60 // the labels of the small set take 32, its images 24 and 8
	_, _, err := l.open(folder(t, small()))
	checkFault(t, err, testImages, 4, "want a set whose images take at most 0.0 GB in memory, found one that takes 0.0 GB or more: bring fewer or smaller images")
	l = newLoader(t.Context(), Options{})
	l.budget, l.left = 64, 64
	if _, _, err := l.open(folder(t, small())); err != nil {
		t.Error(err)
	}
	// A bomb: ten megabytes of nothing but zeros, packed to ten kilobytes.
	l = newLoader(t.Context(), Options{})
	l.budget, l.left = 1<<20, 1<<20
	bomb := zipped(idx(make([]byte, 10<<20), 10, 1<<10, 1<<10))
	_, _, err = l.open(folder(t, with(small(), map[string][]byte{trainLabels: idx(make([]byte, 10), 10), trainImages: bomb})))
	checkFault(t, err, trainImages, 4, "at most 0.0 GB")
}

// Only regular files are read; none is waited for.
func TestFilesThatAreNotRegular(t *testing.T) {
	if _, _, err := Open(t.Context(), filepath.Join(t.TempDir(), "nowhere"), Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("absent folder: %v", err)
	}
	dir := folder(t, with(small(), map[string][]byte{testLabels: nil}))
	path := filepath.Join(dir, testLabels)
	fifo := func() error { return syscall.Mkfifo(path, 0o644) }
	device := func() error { return os.Symlink("/dev/zero", path) }
	loop := func() error { return os.Symlink(testLabels, path) }
	for _, c := range []struct {
		name string
		make func() error
		want string
	}{
		{"named pipe", fifo, "want a regular file, found a named pipe"},
		{"device", device, "want a regular file, found a device"},
		{"loop", loop, "too many levels of symbolic links"},
	} {
		if err := c.make(); err != nil {
			t.Skip(err)
		}
		if _, _, err := Open(t.Context(), dir, Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.name, err, c.want)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	other := filepath.Join(t.TempDir(), "labels")
	if err := os.WriteFile(other, small()[testLabels], 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(other, path); err != nil {
		t.Skip(err)
	}
	train, test, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	checkSmall(t, train, test)
}

// A context that has ended ends every way of loading.
func TestLoadingCanBeCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, files := range map[string]map[string][]byte{"IDX": small(), "NPZ": {"a.npz": npz(zip.Deflate, smallNPZ())}, "pictures": smallPNG()} {
		if _, _, err := Open(ctx, folder(t, files), Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// And one that ends on the way.
	ctx, cancel = context.WithCancel(t.Context())
	raw := idx(make([]byte, 1<<20), 1<<10, 1<<5, 1<<5)
	s, err := newLoader(ctx, Options{}).newSource("x", &cancelling{raw, cancel}, int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readImages(s, nLabels(1<<10)); !errors.Is(err, context.Canceled) {
		t.Errorf("on the way: %v", err)
	}
}

// A set is put in order for as long as the context lasts.
func TestOrderingCanBeCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	train, _ := mustLoad(t, small())
	if _, err := train.Stratified(ctx, orderKey, 3); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// cancelling is a reader that ends a context once half of it was read.
type cancelling struct {
	raw    []byte
	cancel func()
}

func (c *cancelling) Read(p []byte) (int, error) {
	n := copy(p, c.raw)
	if c.raw = c.raw[n:]; len(c.raw) < 1<<19 {
		c.cancel()
	}
	return n, nil
}

// overlapping is an archive two of whose entries share their bytes, as a bomb's do.
func overlapping() []byte {
	raw := npz(zip.Store, map[string][]byte{"x_test.npy": {1, 2, 3}, "y_test.npy": {4, 5, 6}})
	second := bytes.LastIndex(raw, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(raw[second+42:], 0) // where the entry's own header lies
	copy(raw[second+46:], "x_test.npy")
	first := bytes.Index(raw, []byte("PK\x01\x02"))
	copy(raw[first+46:], "z_test.npy")
	return raw
}

func TestArchivesThatLie(t *testing.T) {
	good := npz(zip.Store, smallNPZ())
	entry := func(raw []byte) int { return bytes.Index(raw, []byte("PK\x01\x02")) } // the first in the directory, test_images.npy
	lie := func(offset int, value uint32) []byte {
		raw := bytes.Clone(good)
		binary.LittleEndian.PutUint32(raw[entry(raw)+offset:], value)
		return raw
	}
	packed := npz(zip.Deflate, smallNPZ())
	longer, shorter := bytes.Clone(packed), bytes.Clone(packed)
	binary.LittleEndian.PutUint32(longer[entry(longer)+24:], 1<<30)
	binary.LittleEndian.PutUint32(shorter[entry(shorter)+24:], 129)
	locked := bytes.Clone(good)
	locked[entry(locked)+8] |= 1
	for _, c := range []struct {
		name   string
		raw    []byte
		file   string
		offset int64
		want   string
	}{
		{"no archive", []byte("PK\x03\x04"), "a.npz", -1, `want a folder or an NPZ file, found "zip: not a valid zip file"`},
		{"cut", good[:len(good)-30], "a.npz", -1, "want a folder or an NPZ file"},
		{"more than the file", lie(20, 1<<20), "a.npz/test_images.npy", -1, "want an entry inside the archive"},
		{"larger than stored", lie(24, 1<<20), "a.npz/test_images.npy", -1, "want an entry that its packed bytes can hold"},
		{"another size than stored", lie(24, 131), "a.npz/test_images.npy", -1, "want an entry of its own size"},
		{"more than deflate holds", longer, "a.npz/test_images.npy", -1, "want an entry that its packed bytes can hold"},
		{"less than it holds", shorter, "a.npz/test_images.npy", 0, `want an IDX or NPY file, found "zip: not a valid zip file" after 0 bytes`},
		{"locked", locked, "a.npz/test_images.npy", -1, "want an entry without a password"},
		{"over each other", overlapping(), "_test.npy", -1, "want entries that do not overlap"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := load(t, map[string][]byte{"a.npz": c.raw})
			checkFault(t, err, c.file, c.offset, c.want)
		})
	}
	bad := npz(zip.Deflate, with(smallNPZ(), map[string][]byte{"train_labels.npy": bytesOf("(3, 3)", make([]byte, 9)...)}))
	_, _, err := load(t, map[string][]byte{"a.npz": bad})
	checkFault(t, err, "a.npz/train_labels.npy", 60, "perhaps one-hot; mend: train_labels = train_labels.argmax(axis=1)")
}

// Whatever is written as IDX is read back.
func TestOpenReadsBack(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "images")
		h, w := rapid.IntRange(1, 4).Draw(t, "height"), rapid.IntRange(1, 4).Draw(t, "width")
		pixels := rapid.SliceOfN(rapid.Byte(), n*h*w, n*h*w).Draw(t, "pixels")
		classes := rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "labels")
		im := idx(pixels, uint32(n), uint32(h), uint32(w))
		lb := idx(classes, uint32(n))
		for name, data := range map[string][]byte{trainImages: im, trainLabels: lb, testImages: im, testLabels: lb} {
			if err := os.WriteFile(filepath.Join(dir, name+".gz"), zipped(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		train, test, err := Open(context.Background(), dir, Options{})
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
