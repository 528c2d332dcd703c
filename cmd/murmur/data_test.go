package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// pictures are the images of a small data set of two classes, 12 x 12 pixels with a bright half, left or right.
type pictures struct {
	pixels []byte
	labels []byte
}

const pictureSide = 12

func halves(n int) pictures {
	var p pictures
	for i := range n {
		p.labels = append(p.labels, byte(i%2))
		for k := range pictureSide * pictureSide {
			v := byte(20 * (i % 3))
			if k%pictureSide/(pictureSide/2) == i%2 {
				v = 200 + byte(i%5)
			}
			p.pixels = append(p.pixels, v)
		}
	}
	return p
}

// idxFiles writes the set in the format of MNIST.
func idxFiles(parts map[string]pictures) map[string][]byte {
	files := map[string][]byte{}
	for part, p := range parts {
		n := uint32(len(p.labels))
		im, lb := []byte{0, 0, 8, 3}, []byte{0, 0, 8, 1}
		for _, d := range []uint32{n, pictureSide, pictureSide} {
			im = binary.BigEndian.AppendUint32(im, d)
		}
		lb = binary.BigEndian.AppendUint32(lb, n)
		files[part+"-images-idx3-ubyte"], files[part+"-labels-idx1-ubyte"] = append(im, p.pixels...), append(lb, p.labels...)
	}
	return files
}

// npyFiles writes the set as NumPy does, with images of the given shape after their number.
func npyFiles(parts map[string]pictures, shape string) map[string][]byte {
	files := map[string][]byte{}
	array := func(shape string, data []byte) []byte {
		dict := fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (%s), }", shape)
		dict += strings.Repeat(" ", 117-len(dict)) + "\n"
		return append(append([]byte("\x93NUMPY\x01\x00\x76\x00"), dict...), data...)
	}
	for part, p := range parts {
		files[part+"_images.npy"] = array(fmt.Sprintf(shape, len(p.labels)), p.pixels)
		files[part+"_labels.npy"] = array(fmt.Sprintf("%d, 1", len(p.labels)), p.labels)
	}
	return files
}

// pngFiles writes the set as folders of pictures.
func pngFiles(parts map[string]pictures) map[string][]byte {
	files := map[string][]byte{}
	for part, p := range parts {
		for i, label := range p.labels {
			const size = pictureSide * pictureSide
			var b bytes.Buffer
			_ = png.Encode(&b, &image.Gray{Pix: p.pixels[i*size:][:size], Stride: pictureSide, Rect: image.Rect(0, 0, pictureSide, pictureSide)})
			files[fmt.Sprintf("%s/%s/%d.png", part, []string{"left", "right"}[label], i)] = b.Bytes()
		}
	}
	return files
}

// ownImages writes 40 training and 12 test images to a folder: images FOLDER FORM.
func ownImages(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: images FOLDER FORM")
	}
	ts.Check(writeImages(ts.MkAbs(args[0]), args[1]))
}

func writeImages(dir, form string) error {
	parts := map[string]pictures{"train": halves(40), "test": halves(12)}
	var files map[string][]byte
	switch form {
	case "idx":
		files = idxFiles(map[string]pictures{"train": parts["train"], "t10k": parts["test"]})
	case "emnist": // its names, and labels that begin at 1
		files = map[string][]byte{}
		for _, p := range parts {
			for i := range p.labels {
				p.labels[i]++
			}
		}
		for name, raw := range idxFiles(parts) {
			files["emnist-letters-"+name] = raw
		}
	case "gaps": // labels 3 and 200
		for _, p := range parts {
			for i, label := range p.labels {
				p.labels[i] = []byte{3, 200}[label]
			}
		}
		files = npyFiles(parts, "%d, 12, 12")
	case "channel":
		files = npyFiles(parts, "%d, 1, 12, 12")
	case "last":
		files = npyFiles(parts, "12, 12, %d")
	case "png", "litter", "broken":
		files = pngFiles(parts)
	default:
		return fmt.Errorf("no form %q of images", form)
	}
	switch form {
	case "litter":
		files["train/left/Thumbs.db"], files["README.txt"], files["test/.DS_Store"] = nil, nil, nil
	case "broken":
		files["train/left/0.png"], files["test/right/3.png"] = nil, files["test/right/3.png"][:60]
	}
	for name, raw := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, raw, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// TestInterruptedWhileLoading: 130, at once.
func TestInterruptedWhileLoading(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	if err := writeImages(dir, "png"); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	for _, command := range []string{"run", "plan", "validate", "view"} {
		args := []string{"murmur", command, "testdata/files/tiny.yaml", "--set", "data={path: " + strconv.Quote(dir) + "}"}
		if code := run(ctx, args, &out, &errs); code != exitInterrupted {
			t.Errorf("%s: exit status %d: %s", command, code, errs.String())
		}
	}
}
