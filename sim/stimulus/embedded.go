package stimulus

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

//go:generate go run murmur/sim/stimulus/gen -from ../../../shared/data -to embedded

//go:embed embedded/*.gz embedded/SHA256SUMS
var embedded embed.FS

//go:embed embedded/NOTICE
var notice string

// Notice returns the origin and the licences of the embedded data, which must
// accompany every copy of it.
func Notice() string { return notice }

// EmbeddedNames returns the names that Embedded knows.
func EmbeddedNames() []string { return []string{"mnist", "fashion-mnist"} }

// Embedded returns a subset of "mnist" or "fashion-mnist" (28 x 28 pixels, 10
// classes) that is part of the program: the first 1,000 images of each class of
// the training files and the first 200 of each of the test files, 10,000 and
// 2,000 in all. Classes take turns (0, 1, ..., 9, 0, 1, ...), so that every
// prefix of 10*k images holds k of each; within a class the order is that of the
// files. The data is checked against its SHA-256; see Notice for its licences.
func Embedded(name string) (train, test *Set, err error) {
	if !slices.Contains(EmbeddedNames(), name) {
		return nil, nil, fmt.Errorf("stimulus: want embedded data set %q, found %q", EmbeddedNames(), name)
	}
	return loadEmbedded(embedded, name)
}

// loadEmbedded reads embedded/<name>-*.gz and checks it against
// embedded/SHA256SUMS.
func loadEmbedded(files fs.FS, name string) (train, test *Set, err error) {
	sums, err := fs.ReadFile(files, "embedded/SHA256SUMS")
	if err != nil {
		return nil, nil, fmt.Errorf("stimulus: %w", err)
	}
	l := newLoader(context.Background(), Options{})
	var im [2]*images
	var codes [2][]int
	for i, part := range []string{"train", "t10k"} {
		s, err := l.checked(files, sums, name+"-"+part+"-labels-idx1-ubyte")
		if err != nil {
			return nil, nil, err
		}
		lb, err := readLabels(s)
		if err != nil {
			return nil, nil, err
		}
		codes[i] = lb.codes
		if s, err = l.checked(files, sums, name+"-"+part+"-images-idx3-ubyte"); err != nil {
			return nil, nil, err
		}
		if im[i], err = readImages(s, lb); err != nil {
			return nil, nil, err
		}
	}
	if train, test, err = l.join(name, im, codes); err != nil {
		return nil, nil, err
	}
	for _, set := range []*Set{train, test} {
		if set.Notes = nil; name == "fashion-mnist" {
			set.ClassNames = clothes
		}
	}
	return train, test, nil
}

// clothes are what the classes of Fashion-MNIST are called.
var clothes = []string{"T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"}

// checked unpacks an embedded file and compares it with its checksum, which is
// that of the unpacked bytes: how gzip packs them may change with its version.
func (l *loader) checked(files fs.FS, sums []byte, name string) (*source, error) {
	path := "embedded/" + name + ".gz"
	packed, err := fs.ReadFile(files, path)
	if err != nil {
		return nil, fmt.Errorf("stimulus: %w", err)
	}
	var raw []byte
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err == nil {
		raw, err = io.ReadAll(r)
	}
	if err != nil {
		return nil, &FormatError{File: path, Offset: int64(len(raw)), Want: "readable data", Found: fmt.Sprintf("%q", err)}
	}
	sum := sha256.Sum256(raw)
	if got, want := hex.EncodeToString(sum[:]), checksum(sums, name); got != want {
		return nil, &FormatError{File: path, Offset: -1, Want: "unpacked data with SHA-256 " + want, Found: got}
	}
	return l.newSource(name, bytes.NewReader(raw), int64(len(raw)))
}

// checksum finds a file in the output of sha256sum.
func checksum(sums []byte, name string) string {
	lines := bufio.NewScanner(bytes.NewReader(sums))
	for lines.Scan() {
		if sum, ok := strings.CutSuffix(lines.Text(), "  "+name); ok {
			return sum
		}
	}
	return "(not listed)"
}
