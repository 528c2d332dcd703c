package stimulus

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"maps"
	"slices"
	"testing"
)

// encode writes a PNG.
func encode(img image.Image) []byte {
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

// greyPNG is a PNG with one row of grey bytes.
func greyPNG(row ...byte) []byte {
	return encode(&image.Gray{Pix: row, Stride: len(row), Rect: image.Rect(0, 0, len(row), 1)})
}

func smallPNG() map[string][]byte {
	return map[string][]byte{
		"train/cat/1.png": greyPNG(1, 0), "train/cat/2.PNG": greyPNG(2, 0), "train/cat/3.png": greyPNG(3, 0),
		"train/ant/9.png": greyPNG(9, 255),
		"train/.DS_Store": nil, "train/cat/.thumbs": nil,
		"test/ant/1.png": greyPNG(10, 0), "test/cat/1.png": greyPNG(11, 0),
	}
}

func TestOpenPNG(t *testing.T) {
	train, test, err := Open(t.Context(), folder(t, smallPNG()))
	if err != nil {
		t.Fatal(err)
	}
	if train.Width != 2 || train.Height != 1 || train.Classes != 2 || test.Width != 2 || test.Classes != 2 || test.Name != "pictures" {
		t.Fatalf("%+v %+v", train, test)
	}
	if !slices.Equal(train.Labels, []uint8{0, 1, 1, 1}) || !slices.Equal(train.Pixels, greys([]byte{9, 255, 1, 0, 2, 0, 3, 0})) {
		t.Fatalf("%+v", train)
	}
	if !slices.Equal(test.Labels, []uint8{0, 1}) || !slices.Equal(test.Pixels, greys([]byte{10, 0, 11, 0})) {
		t.Fatalf("%+v", test)
	}
}

func TestPNGFaults(t *testing.T) {
	good := greyPNG(1, 2)
	// An image of 4096 x 4096 pixels in a few bytes: the header of a PNG, rewritten.
	bomb := bytes.Clone(good)
	binary.BigEndian.PutUint32(bomb[16:], 4096)
	binary.BigEndian.PutUint32(bomb[20:], 4096)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	huge := bytes.Clone(bomb)
	binary.BigEndian.PutUint32(huge[16:], 1<<30)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for _, c := range []struct {
		name, remove string
		add          map[string][]byte
		file         string
		offset       int64
		want         string
	}{
		{"empty file", "", map[string][]byte{"test/cat/1.png": {}}, "test/cat/1.png", 0, "want a PNG image"},
		{"not PNG", "", map[string][]byte{"test/cat/1.png": []byte("GIF89a...")}, "test/cat/1.png", 8, "not a PNG file"},
		{"truncated", "", map[string][]byte{"test/cat/1.png": good[:len(good)-6]}, "test/cat/1.png", int64(len(good) - 6), "want a PNG image, found \"unexpected EOF\""},
		{"trailing", "", map[string][]byte{"test/cat/1.png": append(bytes.Clone(good), 0)}, "test/cat/1.png", int64(len(good)), "want end of file, found 1 more bytes"},
		{"other size", "", map[string][]byte{"test/cat/1.png": greyPNG(1)}, "test/cat/1.png", 16, "want an image of 1 x 2 as the first, found 1 x 1"},
		{"more than it holds", "", map[string][]byte{"train/ant/9.png": bomb}, "train/ant/9.png", 16, "want a size that the file can hold, found 4096 x 4096"},
		{"huge", "", map[string][]byte{"train/ant/9.png": huge}, "train/ant/9.png", 16, "want an image of 1 to 16777216 pixels"},
		{"other file", "", map[string][]byte{"train/ant/a.jpg": good}, "train/ant/a.jpg", -1, "want PNG files only"},
		{"class without image", "train/ant/9.png", map[string][]byte{"train/ant/.x": nil}, "train/ant", -1, "want at least one PNG file"},
		{"class not in test", "test/cat/1.png", nil, "test", -1, `want the class folders of train ["ant" "cat"], found ["ant"]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := smallPNG()
			delete(files, c.remove)
			maps.Copy(files, c.add)
			_, _, err := Open(t.Context(), folder(t, files))
			checkFault(t, err, c.file, c.offset, c.want)
		})
	}
	files := smallPNG()
	delete(files, "test/cat/1.png")
	delete(files, "test/ant/1.png")
	if _, _, err := Open(t.Context(), folder(t, files)); err == nil {
		t.Fatal("no error without a test folder")
	}
}

// Every way to write a grey of 8 bits gives float32(byte)/255 to the bit.
func TestPNGLuminance(t *testing.T) {
	images := map[string]interface {
		image.Image
		Set(x, y int, c color.Color)
	}{
		"grey":    image.NewGray(image.Rect(0, 0, 256, 1)),
		"grey 16": image.NewGray16(image.Rect(0, 0, 256, 1)),
		"colour":  image.NewRGBA(image.Rect(0, 0, 256, 1)),
	}
	for name, img := range images {
		for v := range 256 {
			img.Set(v, 0, color.Gray{uint8(v)})
		}
		var s Set
		if err := s.appendPNG("x.png", encode(img)); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.Pixels, grey[:]) {
			t.Errorf("%s: %v", name, s.Pixels)
		}
	}
	var s Set
	green := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	green.Set(0, 0, color.NRGBA{0, 255, 0, 255})
	green.Set(1, 0, color.NRGBA{255, 255, 255, 0}) // transparent
	if err := s.appendPNG("x.png", encode(green)); err != nil {
		t.Fatal(err)
	}
	if s.Pixels[0] < 0.58 || s.Pixels[0] > 0.59 || s.Pixels[1] != 0 {
		t.Fatalf("luminance %v", s.Pixels)
	}
}
