// Command gen makes the embedded subsets of MNIST and Fashion-MNIST from the
// full IDX files:
//
//	go run ./sim/stimulus/gen -from DIR -to sim/stimulus/embedded
//
// DIR holds the folders mnist and fashion-mnist. Of each class it takes the
// first 1,000 training and the first 200 test images in file order and lets the
// classes take turns, so that every prefix of 10*k images holds k of each.
//
// The generator needs package stimulus, which does not build without the files
// it embeds: to start over, leave the old ones in place.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"murmur/sim/stimulus"
)

func main() {
	from := flag.String("from", "", "`folder` with the full files in mnist and fashion-mnist")
	to := flag.String("to", "", "`folder` to write to")
	flag.Parse()
	if *from == "" || *to == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*from, *to); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// file is one file to embed, not yet packed.
type file struct {
	name string
	raw  []byte
}

func run(from, to string) error {
	files, err := subsets(from)
	if err != nil {
		return err
	}
	for _, f := range files {
		packed, err := pack(f.raw)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, f.name+".gz"), packed, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(to, "SHA256SUMS"), sums(files), 0o644)
}

// subsets returns all files to embed.
func subsets(from string) ([]file, error) {
	var all []file
	for _, name := range stimulus.EmbeddedNames() {
		files, err := build(filepath.Join(from, name), name, 1000, 200)
		if err != nil {
			return nil, err
		}
		all = append(all, files...)
	}
	return all, nil
}

// sums lists the checksums of the unpacked files as sha256sum does.
func sums(files []file) []byte {
	var list bytes.Buffer
	for _, f := range files {
		fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256(f.raw), f.name)
	}
	return list.Bytes()
}

// build reads a full data set and returns the files of its subset, with the
// given numbers of training and test images a class.
func build(dir, name string, trainPerClass, testPerClass int) ([]file, error) {
	train, test, err := stimulus.Open(context.Background(), dir, stimulus.Options{})
	if err != nil {
		return nil, err
	}
	if train, err = train.Balanced(trainPerClass); err != nil {
		return nil, err
	}
	if test, err = test.Balanced(testPerClass); err != nil {
		return nil, err
	}
	return []file{
		{name + "-train-images-idx3-ubyte", imageFile(train)},
		{name + "-train-labels-idx1-ubyte", labelFile(train)},
		{name + "-t10k-images-idx3-ubyte", imageFile(test)},
		{name + "-t10k-labels-idx1-ubyte", labelFile(test)},
	}, nil
}

// imageFile returns the images as IDX: big-endian magic number, number, height
// and width, then one byte a pixel. Rounding gives back the byte b of b/255.
func imageFile(set *stimulus.Set) []byte {
	raw := binary.BigEndian.AppendUint32(nil, 0x00000803)
	for _, n := range []int{set.Len(), set.Height, set.Width} {
		raw = binary.BigEndian.AppendUint32(raw, uint32(n))
	}
	for _, p := range set.Pixels {
		raw = append(raw, byte(math.Round(float64(p)*255)))
	}
	return raw
}

// labelFile returns the labels as IDX.
func labelFile(set *stimulus.Set) []byte {
	raw := binary.BigEndian.AppendUint32(nil, 0x00000801)
	raw = binary.BigEndian.AppendUint32(raw, uint32(set.Len()))
	return append(raw, set.Labels...)
}

// pack compresses with gzip, without name or time.
func pack(raw []byte) ([]byte, error) {
	var buf bytes.Buffer
	w, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
