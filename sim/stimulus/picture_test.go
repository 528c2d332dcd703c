package stimulus

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func smallPNG() map[string][]byte {
	return map[string][]byte{
		"train/cat/1.png": greyPNG(1, 0), "train/cat/2.PNG": greyPNG(2, 0), "train/cat/3.png": greyPNG(3, 0),
		"train/ant/9.png": greyPNG(9, 255),
		"test/ant/1.png":  greyPNG(10, 0), "test/cat/1.png": greyPNG(11, 0),
	}
}

func checkSmallPNG(t *testing.T, train, test *Set) {
	t.Helper()
	if train.Width != 2 || train.Height != 1 || train.Classes != 2 || test.Width != 2 || test.Classes != 2 || test.Name != "pictures" {
		t.Fatalf("%+v %+v", train, test)
	}
	if !slices.Equal(train.ClassNames, []string{"ant", "cat"}) || !slices.Equal(train.Labels, []uint8{0, 1, 1, 1}) || !slices.Equal(train.Pixels, greys([]byte{9, 255, 1, 0, 2, 0, 3, 0})) {
		t.Fatalf("%+v", train)
	}
	if !slices.Equal(test.Labels, []uint8{0, 1}) || !slices.Equal(test.Pixels, greys([]byte{10, 0, 11, 0})) {
		t.Fatalf("%+v", test)
	}
}

func TestFoldersOfPictures(t *testing.T) {
	train, test := mustLoad(t, smallPNG())
	checkSmallPNG(t, train, test)
	if len(train.Notes) > 0 {
		t.Errorf("notes %v", train.Notes)
	}
	for _, parts := range [][2]string{{"training", "testing"}, {"TRAIN", "Test"}, {"train", "val"}, {"Training", "validation"}} {
		files := map[string][]byte{}
		for name, raw := range smallPNG() {
			part, rest, _ := strings.Cut(name, "/")
			files[parts[map[string]int{"train": 0, "test": 1}[part]]+"/"+rest] = raw
		}
		train, test := mustLoad(t, files)
		checkSmallPNG(t, train, test)
		if judged := noted(train, "validation-images"); strings.HasPrefix(parts[1], "val") != (judged != "") {
			t.Errorf("%s: note %q", parts, judged)
		}
	}
	train, test = mustLoad(t, with(smallPNG(), map[string][]byte{"val/cat/1.png": []byte("not read")}))
	checkSmallPNG(t, train, test)
	if got := noted(train, "validation-images"); got != "the images in val are not used" {
		t.Errorf("note %q", got)
	}
	_, _, err := load(t, with(smallPNG(), map[string][]byte{"Train/cat/1.png": greyPNG(1, 2)}))
	checkFault(t, err, "pictures", -1, `want one folder of training pictures, found ["Train" "train"]`)
	_, _, err = load(t, map[string][]byte{"train/cat/1.png": greyPNG(1, 2)})
	checkFault(t, err, "pictures", -1, `want folders train and test, found ["train"]; mend: move some pictures of each class to a folder test`)
}

// What is known to lie beside images is passed over.
func TestLitterIsPassedOver(t *testing.T) {
	files := smallPNG()
	litter := []string{".DS_Store", "README.md", "train/.DS_Store", "train/cat/._1.png", "train/cat/Thumbs.db", "train/desktop.ini", "train/README.txt",
		"test/cat/.gitkeep", "test/cat/Icon\r", "__MACOSX/train/cat/._1.png", "train/__MACOSX/x", "LICENSE", "labels.csv", "train/cat/@eaDir/1.png", "train/cat/1.png~"}
	for _, name := range litter {
		files[name] = []byte("x")
	}
	train, test := mustLoad(t, files)
	checkSmallPNG(t, train, test)
	if got := noted(train, "passed-over"); !strings.HasPrefix(got, "15 files were passed over: [") {
		t.Errorf("note %q", got)
	}
}

// Classes are what occurs in either part; those that lack somewhere are noted.
func TestClassesThatLack(t *testing.T) {
	train, test := mustLoad(t, with(smallPNG(), map[string][]byte{"test/cat/1.png": nil, "test/cat/": {}, "train/bee/": {}}))
	if train.Classes != 2 || test.Len() != 1 {
		t.Errorf("empty in test: %+v", test)
	}
	if got := noted(train, "empty-class"); got != `no picture is of class ["bee"], which was left out` {
		t.Errorf("note %q", got)
	}
	train, _ = mustLoad(t, with(smallPNG(), map[string][]byte{"test/cat/1.png": nil}))
	if train.Classes != 2 {
		t.Errorf("absent in test: %+v", train)
	}
	train, test = mustLoad(t, with(smallPNG(), map[string][]byte{"test/bee/1.png": greyPNG(5, 5)}))
	if !slices.Equal(train.ClassNames, []string{"ant", "bee", "cat"}) || test.Len() != 3 {
		t.Errorf("only in test: %+v", train)
	}
	_, _, err := load(t, with(smallPNG(), map[string][]byte{"test/cat/1.png": nil, "test/ant/1.png": nil, "test/ant/": {}}))
	checkFault(t, err, "test", -1, "found no picture")
}

// Folders that are numbers have their order; names may hold what they like.
func TestNamesOfClasses(t *testing.T) {
	files, one := map[string][]byte{}, greyPNG(1, 2)
	add := func(names ...string) map[string][]byte {
		clear(files)
		for _, name := range names {
			files["train/"+name+"/1.png"], files["test/"+name+"/1.png"] = one, one
		}
		return files
	}
	for _, want := range [][]string{{"0", "2", "10"}, {"10", "2", "a"}, {"a b", "tab\there", "\x1b[31mred", "ä", "猫"}, {"007", "7"}} {
		train, _ := mustLoad(t, add(want...))
		slices.Sort(want)
		if want[0] == "0" {
			want = []string{"0", "2", "10"}
		}
		if !slices.Equal(train.ClassNames, want) {
			t.Errorf("classes %q, want %q", train.ClassNames, want)
		}
	}
	train, _ := mustLoad(t, add("a\xff", "b"))
	if !slices.Equal(train.ClassNames, []string{"a\uFFFD", "b"}) {
		t.Errorf("classes %q", train.ClassNames)
	}
	many := map[string][]byte{"test/0/1.png": one}
	for i := range 257 {
		many[fmt.Sprintf("train/%d/", i)] = nil
	}
	_, _, err := load(t, many)
	checkFault(t, err, "train/256", -1, "want at most 256 classes, found another folder")
}

// All files that cannot be used are named at once, and are left out on demand.
func TestBrokenPictures(t *testing.T) {
	good := greyPNG(1, 2)
	// An image of 4096 x 4096 pixels in a few bytes: the header of a PNG, rewritten.
	bomb := bytes.Clone(good)
	binary.BigEndian.PutUint32(bomb[16:], 4096)
	binary.BigEndian.PutUint32(bomb[20:], 4096)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	huge := bytes.Clone(bomb)
	binary.BigEndian.PutUint32(huge[16:], 1<<30)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	var moving bytes.Buffer
	if err := gif.Encode(&moving, image.NewGray(image.Rect(0, 0, 2, 1)), nil); err != nil {
		t.Fatal(err)
	}
	broken := map[string]struct {
		raw  []byte
		want string
	}{
		"test/cat/a empty.png":  {[]byte{}, "want a PNG or JPEG picture, found an empty file"},
		"test/cat/b gif.png":    {moving.Bytes(), `found a file of type image/gif; mend: from PIL import Image; Image.open("b gif.png").convert('RGBA').save("b gif.png")`},
		"test/cat/c text.png":   {[]byte("<html>not found"), "found a file of type text/html"},
		"test/cat/d cut.png":    {good[:len(good)-6], "want a whole PNG picture, found"},
		"test/cat/e more.png":   {append(bytes.Clone(good), 0), "want the end of the picture at the end of the file, found 1 more bytes"},
		"test/cat/f large.png":  {greyPNG(1, 2, 3), `want a picture of 2 x 1 as most are, found 3 x 1; mend: from PIL import Image; Image.open("f large.png").resize((2, 1)).save("f large.png")`},
		"train/ant/g bomb.png":  {bomb, "want a size that the file can hold, found 4096 x 4096"},
		"train/ant/h huge.png":  {huge, "want a picture of 1 to 16777216 pixels, found 1073741824 x 4096"},
		"train/ant/i jpeg.jpg":  {[]byte("\xff\xd8\xff\xe0nothing more"), "want a JPEG picture, found"},
		"train/ant/j inner/1":   {good, "want pictures of one class, found a folder"},
		"train/k loose.png":     {good, "want folders of pictures, one a class, found a file"},
		"train/ant/l head1.png": {good[:12], "want a PNG picture, found"},
	}
	for name, c := range broken {
		_, _, err := load(t, with(smallPNG(), map[string][]byte{name: c.raw}))
		var list *BrokenError
		file := strings.TrimSuffix(name, "/1")
		if !errors.As(err, &list) || len(list.Files) != 1 || !strings.HasSuffix(list.Files[0].File, file) || !strings.Contains(err.Error(), c.want) ||
			!strings.HasSuffix(err.Error(), "; data.broken: leave-out goes on without it") {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
	}
	files := smallPNG()
	for name, c := range broken {
		files[name] = c.raw
	}
	dir := folder(t, files)
	_, _, err := Open(t.Context(), dir, Options{})
	text := fmt.Sprint(err)
	if lines := strings.Split(text, "\n"); len(lines) != 13 || !strings.HasSuffix(lines[0], "pictures: 12 of 18 files cannot be used; mend or remove them, or data.broken: leave-out goes on without them:") {
		t.Errorf("%s", text)
	}
	train, test, err := Open(t.Context(), dir, Options{LeaveOut: true})
	if err != nil {
		t.Fatal(err)
	}
	checkSmallPNG(t, train, test)
	if got := noted(train, "left-out"); !strings.HasPrefix(got, "12 of 18 files cannot be used and were left out, first ") {
		t.Errorf("note %q", got)
	}
	for i := range 100 {
		files[fmt.Sprintf("test/cat/z%d.png", i)] = nil
	}
	_, _, err = load(t, files)
	if lines := strings.Split(fmt.Sprint(err), "\n"); len(lines) != mostBroken+2 || !strings.HasSuffix(lines[mostBroken+1], "and 92 more") {
		t.Errorf("%d lines: %v", len(lines), err)
	}
}

func TestPicturesOfManySizes(t *testing.T) {
	_, _, err := load(t, with(smallPNG(), map[string][]byte{"test/cat/1.png": greyPNG(1), "test/ant/1.png": greyPNG(1), "train/ant/9.png": greyPNG(1, 2, 3), "train/cat/1.png": greyPNG(1, 2, 3, 4)}))
	checkFault(t, err, "pictures", -1, "want pictures of one size, found 4 sizes, 2 x 1 in 2 of 6 pictures; mend: from PIL import Image; import glob")
}

// A named pipe among pictures is refused and not waited for; links to pictures are
// pictures.
func TestPicturesThatAreNotRegular(t *testing.T) {
	dir := folder(t, smallPNG())
	pipe := filepath.Join(dir, "train", "cat", "4.png")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Skip(err)
	}
	_, _, err := Open(t.Context(), dir, Options{})
	if err == nil || !strings.Contains(err.Error(), "want a regular file, found a named pipe") {
		t.Errorf("pipe: %v", err)
	}
	_ = os.Remove(pipe)
	_ = os.Remove(filepath.Join(dir, "test", "cat", "1.png"))
	other := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(other, greyPNG(11, 0), 0o644); err != nil {
		t.Fatal(err)
	}
	_ = os.Symlink(other, filepath.Join(dir, "test", "cat", "1.png"))
	train, test, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	checkSmallPNG(t, train, test)
	_ = os.Symlink(".", filepath.Join(dir, "train", "cat", "loop")) // a folder among pictures
	if _, _, err := Open(t.Context(), dir, Options{}); err == nil || !strings.Contains(err.Error(), "want pictures of one class, found a folder") {
		t.Errorf("loop: %v", err)
	}
}

// A picture has the format that its bytes have.
func TestJPEG(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 16, 8))
	for i := range img.Pix {
		img.Pix[i] = byte(100 + i%16)
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	train, _ := mustLoad(t, map[string][]byte{"train/a/1.jpg": buf.Bytes(), "train/b/1.png": buf.Bytes(), "test/a/1.jpeg": encode(img), "test/b/x": encode(img)})
	want := greys(img.Pix)
	for i := range 2 {
		for k, p := range train.Image(i) {
			if d := p - want[k]; d < -0.02 || d > 0.02 {
				t.Fatalf("pixel %d is %v, want about %v", k, p, want[k])
			}
		}
	}
}

// Every way to write a grey of 8 bits gives float32(byte)/255 to the bit.
func TestLuminanceOfGreys(t *testing.T) {
	images8 := map[string]interface {
		image.Image
		Set(x, y int, c color.Color)
	}{
		"grey":    image.NewGray(image.Rect(0, 0, 256, 1)),
		"grey 16": image.NewGray16(image.Rect(0, 0, 256, 1)),
		"colour":  image.NewRGBA(image.Rect(0, 0, 256, 1)),
	}
	for name, img := range images8 {
		for v := range 256 {
			img.Set(v, 0, color.Gray{uint8(v)})
		}
		train, test := mustLoad(t, map[string][]byte{"train/a/1.png": encode(img), "test/a/1.png": encode(img)})
		if !slices.Equal(train.Pixels, grey[:]) || !slices.Equal(test.Pixels, grey[:]) || len(train.Notes) > 0 {
			t.Errorf("%s: %v", name, train)
		}
	}
}

// Colours become luminance, and what is transparent shows white behind dark paint
// and black behind light paint, behind all of a set alike.
func TestColoursAndTransparency(t *testing.T) {
	picture := func(colours ...color.NRGBA) []byte {
		img := image.NewNRGBA(image.Rect(0, 0, len(colours), 1))
		for x, c := range colours {
			img.SetNRGBA(x, 0, c)
		}
		return encode(img)
	}
	clear, green, dark, light := color.NRGBA{255, 255, 255, 0}, color.NRGBA{0, 255, 0, 255}, color.NRGBA{20, 20, 20, 255}, color.NRGBA{200, 200, 200, 255}
	veil := color.NRGBA{0, 0, 0, 51} // a fifth of black
	files := map[string][]byte{"train/a/1.png": picture(clear, dark), "train/a/2.png": picture(green, dark), "train/b/1.png": picture(light, clear), "test/a/1.png": picture(veil, dark)}
	train, test := mustLoad(t, files)
	if want := []float32{1, grey[20], grey[200], 1}; !slices.Equal(train.Pixels[:4], want) {
		t.Errorf("on white: %v, want %v", train.Pixels, want)
	}
	if train.Pixels[4] < 0.58 || train.Pixels[4] > 0.59 || test.Pixels[0] != 0.8 {
		t.Errorf("green %v, a veil %v", train.Pixels[4], test.Pixels[0])
	}
	if got := noted(train, "transparency"); got != "3 of 4 images are transparent in places and were laid on white, since what is painted is dark" {
		t.Errorf("note %q", got)
	}
	if got := noted(train, "colour"); got != "1 of 4 images have colour and became luminance (Rec. 601: 0.299 red, 0.587 green, 0.114 blue)" {
		t.Errorf("note %q", got)
	}
	maps.Copy(files, map[string][]byte{"train/a/1.png": picture(clear, light), "train/b/1.png": picture(light, clear), "test/a/1.png": picture(clear, dark)})
	train, test = mustLoad(t, files)
	if train.Pixels[0] != 0 || train.Pixels[1] != grey[200] || test.Pixels[0] != 0 || test.Pixels[1] != grey[20] {
		t.Errorf("on black: %v %v", train.Pixels, test.Pixels)
	}
	if got := noted(train, "transparency"); !strings.HasSuffix(got, "laid on black, since what is painted is light") {
		t.Errorf("note %q", got)
	}
}
