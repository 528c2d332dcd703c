package stimulus

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Open reads a user's data set from a folder that holds, tried in this order:
//
//   - IDX files named as those of MNIST: train-images-idx3-ubyte,
//     train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte,
//     also with a dot before idx, also with .gz (a file that is there unpacked
//     is preferred);
//   - NPY files train-images.npy, train-labels.npy, test-images.npy and
//     test-labels.npy, versions 1 and 2, C order, little-endian: images of
//     uint8, or of float32 or float64 in 0..1, with shape (images, height,
//     width) or, if square, (images, pixels); labels of uint8, int32 or int64 in
//     0..255;
//   - folders train and test, each with one folder of PNG files a class, the
//     same classes in both; colours become luminance.
//
// IDX and NPY images keep their order; PNG images take classes in turn. Images
// may have any size up to 4096 x 4096 pixels, the same in both Sets. The classes
// are those that occur in either Set, in order of label. The Sets are named after
// the folder. If the context ends, so does Open, with its error.
//
// The error, if what is there is wrong, is a *FormatError, and that of package
// os, wrapped, if something cannot be read.
func Open(ctx context.Context, path string) (train, test *Set, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	names, err := visible(path)
	if err != nil {
		return nil, nil, err
	}
	name := filepath.Base(filepath.Clean(path))
	if files := idxFiles(); anyPresent(names, files) {
		return openFiles(path, name, names, files, parseIDXImages, parseIDXLabels)
	}
	if files := npyFiles(); anyPresent(names, files) {
		return openFiles(path, name, names, files, parseNPYImages, parseNPYLabels)
	}
	if slices.Contains(names, "train") || slices.Contains(names, "test") {
		return openPNG(path, name)
	}
	return nil, nil, &FormatError{path, -1, "train-images-idx3-ubyte[.gz] and its companions, train-images.npy and its companions, or folders train and test of PNG files", brief(names)}
}

// fileNames gives the accepted names of training images, training labels, test
// images and test labels, best first.
type fileNames [4][]string

func idxFiles() (files fileNames) {
	for i, stem := range []string{"train-images%sidx3-ubyte", "train-labels%sidx1-ubyte", "t10k-images%sidx3-ubyte", "t10k-labels%sidx1-ubyte"} {
		for _, suffix := range []string{"", ".gz"} {
			files[i] = append(files[i], fmt.Sprintf(stem, "-")+suffix, fmt.Sprintf(stem, ".")+suffix)
		}
	}
	return files
}

func npyFiles() fileNames {
	return fileNames{{"train-images.npy"}, {"train-labels.npy"}, {"test-images.npy"}, {"test-labels.npy"}}
}

// anyPresent tells whether one of the files is among names.
func anyPresent(names []string, files fileNames) bool {
	return slices.ContainsFunc(files[:], func(accepted []string) bool {
		return slices.ContainsFunc(accepted, func(n string) bool { return slices.Contains(names, n) })
	})
}

// openFiles reads the four files of an IDX or NPY data set.
func openFiles(dir, name string, names []string, files fileNames,
	parseImages func(*source) (*images, error), parseLabels func(*source) (*labels, error)) (train, test *Set, err error) {
	var paths [4]string
	for i, accepted := range files {
		at := slices.IndexFunc(accepted, func(n string) bool { return slices.Contains(names, n) })
		if at < 0 {
			return nil, nil, &FormatError{filepath.Join(dir, accepted[0]), -1, "this file beside the others", fmt.Sprintf("none (%v)", os.ErrNotExist)}
		}
		paths[i] = filepath.Join(dir, accepted[at])
	}
	var im [2]*images
	var lb [2]*labels
	for i := range 2 {
		// Labels first: they are small, so a mistake there is found at once.
		if lb[i], err = withFile(paths[2*i+1], parseLabels); err != nil {
			return nil, nil, err
		}
		if im[i], err = withFile(paths[2*i], parseImages); err != nil {
			return nil, nil, err
		}
	}
	return join(name, im, lb)
}

// join checks that images and labels, training and test, belong together.
func join(name string, im [2]*images, lb [2]*labels) (train, test *Set, err error) {
	for i := range 2 {
		if len(lb[i].values) != im[i].count {
			return nil, nil, &FormatError{lb[i].file, lb[i].countAt, fmt.Sprintf("%d labels, as many as images in %s", im[i].count, im[i].file), fmt.Sprint(len(lb[i].values))}
		}
	}
	if im[1].height != im[0].height || im[1].width != im[0].width {
		return nil, nil, &FormatError{im[1].file, im[1].sizeAt, fmt.Sprintf("images of %d x %d as in %s", im[0].height, im[0].width, im[0].file), fmt.Sprintf("%d x %d", im[1].height, im[1].width)}
	}
	values := slices.Concat(lb[0].values, lb[1].values)
	slices.Sort(values)
	values = slices.Compact(values)
	classes := make([]string, len(values))
	for c, v := range values {
		classes[c] = fmt.Sprint(v)
	}
	var sets [2]*Set
	for i := range sets {
		for k, v := range lb[i].values {
			c, _ := slices.BinarySearch(values, v)
			lb[i].values[k] = uint8(c)
		}
		sets[i] = &Set{Name: name, Width: im[i].width, Height: im[i].height, Classes: len(classes), ClassNames: classes, Pixels: im[i].pixels, Labels: lb[i].values}
	}
	return sets[0], sets[1], nil
}
