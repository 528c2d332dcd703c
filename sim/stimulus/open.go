package stimulus

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Options say how a set is read.
type Options struct {
	LeaveOut bool // go on without pictures that cannot be used, and note them, instead of failing
}

// Open reads a user's data set from a folder that holds one of
//
//   - arrays of images and of labels, for training and for testing, as IDX files,
//     NPY files, NPZ files of one array, or together in one NPZ file, which path
//     may name itself. Each says by its name what it is, as
//     train-images-idx3-ubyte, emnist-letters-test-labels-idx1-ubyte,
//     train_images, x_test, kmnist-test-labels do: a word for the part (train,
//     training; test, testing, t10k; val, valid, validation) and one for the kind
//     (images, imgs, data, x; labels, targets, y), in any order and case. Packed
//     with gzip or not, a file is what its first bytes say.
//   - folders train and test (or training, testing, in any case), each with one
//     folder of PNG or JPEG pictures a class. Classes take turns: the first file by
//     name of each, then the second.
//
// Where there is no test part, validation images are judged, else they are left
// aside.
//
// Arrays have the shape (images, height, width), or (images, pixels) of square
// images, or an axis of 1, 3 or 4 channels behind the images or last; any
// byte order, C or Fortran order. Integers are 0 to 255, bools black and white;
// floats are in 0..1, or in 0..255 if the largest of each part is 128 or more.
// Labels are whole numbers from 0 on, bools or words, one an image.
//
// Colours become luminance (Rec. 601). What is transparent is laid on white if
// the paint of the set's transparent pictures is dark (luminance below one half,
// weighted by alpha), else on black. Images have one size up to 4096 x 4096. The
// classes are those that occur in either Set, in order of label or name, at most
// 256. The Sets are named after the folder, and their Notes tell what was passed
// over or changed.
//
// Only regular files are read, and symbolic links to such; a set may take 4 GiB
// in memory. The error, if what is there is wrong, is a *FormatError or a
// *BrokenError, that of package os, wrapped, if something cannot be read, and
// that of the context if it ends.
func Open(ctx context.Context, path string, o Options) (train, test *Set, err error) {
	return newLoader(ctx, o).open(path)
}

// loader is the state of reading a set.
type loader struct {
	ctx          context.Context
	leaveOut     bool
	budget, left int64 // bytes of memory, and those of them that are left
	classes      classes
	litter       []string // paths passed over
	notes        []Note
}

func newLoader(ctx context.Context, o Options) *loader {
	return &loader{ctx: ctx, leaveOut: o.LeaveOut, budget: maxBytes, left: maxBytes}
}

// note notes something that the user should know.
func (l *loader) note(name string, warn bool, format string, args ...any) {
	l.notes = append(l.notes, Note{name, fmt.Sprintf(format, args...), warn})
}

func (l *loader) open(path string) (train, test *Set, err error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, nil, fmt.Errorf("stimulus: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, fmt.Errorf("stimulus: %w", err)
	}
	name := filepath.Base(full)
	var im [2]*images
	var codes [2][]int
	if !info.IsDir() {
		name = strings.TrimSuffix(name, filepath.Ext(name))
		im, codes, err = l.openArrays(path, nil)
	} else {
		im, codes, err = l.openFolder(path)
	}
	if err != nil {
		return nil, nil, err
	}
	return l.join(name, im, codes)
}

// openFolder reads the arrays in a folder, or else its folders of pictures.
func (l *loader) openFolder(path string) (im [2]*images, codes [2][]int, err error) {
	list, err := l.list(path)
	if err != nil {
		return im, codes, err
	}
	if len(list) == 0 {
		return im, codes, &FormatError{File: path, Offset: -1, Want: wanted, Found: "an empty folder"}
	}
	for _, e := range list {
		if _, _, is := roleOf(e.name); !e.folder && (is || isArchive(e.name)) {
			return l.openArrays(path, list)
		}
	}
	folders, ok, err := l.splitFolders(path, list)
	if err != nil {
		return im, codes, err
	}
	if !ok {
		return im, codes, l.noSplit(path, list)
	}
	return l.openFolders(path, folders)
}

// wanted is what a folder of data holds.
const wanted = "folders train and test with a folder of pictures a class, or arrays such as train-images.npy, train-labels.npy, test-images.npy, test-labels.npy (or IDX, or one .npz)"

// splitting is how arrays without a split are split.
const splitting = `np.savez("set.npz", x_train=x[n:], y_train=y[n:], x_test=x[:n], y_test=y[:n])`

// noSplit is the error for a folder in which nothing says what is for training and
// what for testing.
func (l *loader) noSplit(path string, list []entry) error {
	fault := &FormatError{File: path, Offset: -1, Want: wanted, Found: brief(names(list))}
	switch folders := onlyFolders(list); {
	case len(list) == 1 && folders:
		fault.Mend = "if that is the set, data.path: " + filepath.Join(path, list[0].name)
	case slices.ContainsFunc(list, func(e entry) bool { return strings.HasSuffix(e.name, ".npy") }):
		fault.Mend = splitting
	case folders:
		fault.Want = "folders train and test, each with a folder of pictures a class"
		fault.Mend = "move these folders into a folder train, and some pictures of each class into a folder test"
	}
	return fault
}

func onlyFolders(list []entry) bool {
	return !slices.ContainsFunc(list, func(e entry) bool { return !e.folder })
}

// join makes the Sets of images and the codes of their classes.
func (l *loader) join(name string, im [2]*images, codes [2][]int) (train, test *Set, err error) {
	if im[1].height != im[0].height || im[1].width != im[0].width {
		return nil, nil, &FormatError{File: im[1].file, Offset: im[1].sizeAt, Want: fmt.Sprintf("images of %d x %d as in %s", im[0].height, im[0].width, im[0].file), Found: fmt.Sprintf("%d x %d", im[1].height, im[1].width)}
	}
	if err := l.scale(im); err != nil {
		return nil, nil, err
	}
	l.layGround(im)
	l.noteColours(im)
	var sets [2]*Set
	for i, m := range im {
		sets[i] = &Set{Name: name, Width: m.width, Height: m.height, Pixels: m.pixels}
	}
	l.label(sets, codes)
	if len(l.litter) > 0 {
		l.note("passed-over", false, "%d files were passed over: %s", len(l.litter), brief(l.litter))
	}
	for _, set := range sets {
		set.Notes = l.notes
	}
	return sets[0], sets[1], nil
}
