package stimulus

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"path/filepath"
	"strings"
)

// maxPictureBytes bounds the file of one picture.
const maxPictureBytes = 1 << 28

// pictureFormat is a format that pictures may have. A file has it by how it
// begins, not by its name.
type pictureFormat struct {
	name, magic string
	config      func(io.Reader) (image.Config, error)
	decode      func(io.Reader) (image.Image, error)
	dense       int64 // pixels that a byte of a file can stand for at most
	ends        bool  // nothing may follow the picture
}

var pictureFormats = []pictureFormat{
	// A pixel takes a bit or more before DEFLATE shrinks it.
	{"PNG", "\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode, 8 * maxDeflate, true},
	// A block of 8 x 8 pixels takes a bit or more.
	{"JPEG", "\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode, 8 * 64, false},
}

// picture is a file of one picture.
type picture struct {
	path          string
	part          part
	code          int // of its class
	height, width int // once it was inspected
	transparent   bool
}

func (p *picture) fault(want, found string) *FormatError {
	return &FormatError{File: p.path, Offset: -1, Want: want, Found: found}
}

// inspect reads the size of a picture and checks that its file can hold it.
func (p *picture) inspect() error {
	f, info, err := openRegular(p.path)
	if err != nil {
		return p.broken(err)
	}
	defer f.Close()
	if info.Size() > maxPictureBytes {
		return p.fault(fmt.Sprintf("a file of at most %d MB", maxPictureBytes>>20), fmt.Sprintf("%d MB", info.Size()>>20))
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && n == 0 {
		return p.fault("a PNG or JPEG picture", "an empty file")
	}
	format, err := p.format(head[:n])
	if err != nil {
		return err
	}
	config, err := format.config(io.MultiReader(bytes.NewReader(head[:n]), f))
	if err != nil {
		return p.fault("a "+format.name+" picture", fmt.Sprintf("%q", err))
	}
	p.height, p.width = config.Height, config.Width
	size := int64(p.height) * int64(p.width) // each is below 2^31
	if size < 1 || size > maxPixels {
		return p.fault(fmt.Sprintf("a picture of 1 to %d pixels", maxPixels), p.size())
	}
	if size/format.dense > info.Size() {
		return p.fault("a size that the file can hold", fmt.Sprintf("%s in %d bytes", p.size(), info.Size()))
	}
	p.transparent = config.ColorModel != color.GrayModel && config.ColorModel != color.Gray16Model && config.ColorModel != color.YCbCrModel
	return nil
}

// format tells the format of a file by how it begins.
func (p *picture) format(head []byte) (*pictureFormat, error) {
	for i := range pictureFormats {
		if f := &pictureFormats[i]; bytes.HasPrefix(head, []byte(f.magic)) {
			return f, nil
		}
	}
	kind := http.DetectContentType(head)
	fault := p.fault("a PNG or JPEG picture", "a file of type "+kind)
	if strings.HasPrefix(kind, "image/") {
		name := filepath.Base(p.path)
		fault.Mend = fmt.Sprintf("from PIL import Image; Image.open(%q).convert('RGBA').save(%q)", name, strings.TrimSuffix(name, filepath.Ext(name))+".png")
	}
	return nil, fault
}

// decode reads a picture that was inspected.
func (p *picture) decode() (image.Image, error) {
	f, info, err := openRegular(p.path)
	if err != nil {
		return nil, p.broken(err)
	}
	defer f.Close()
	raw := make([]byte, min(info.Size(), maxPictureBytes))
	if _, err := io.ReadFull(f, raw); err != nil {
		return nil, p.broken(err)
	}
	format, err := p.format(raw)
	if err != nil {
		return nil, err
	}
	r := bytes.NewReader(raw)
	img, err := format.decode(r)
	switch {
	case err != nil:
		return nil, p.fault("a whole "+format.name+" picture", fmt.Sprintf("%q after %d bytes", err, len(raw)-r.Len()))
	case img.Bounds().Dx() != p.width || img.Bounds().Dy() != p.height:
		return nil, p.fault("a file that does not change while it is read", "another size")
	case format.ends && r.Len() > 0:
		return nil, p.fault("the end of the picture at the end of the file", fmt.Sprintf("%d more bytes", r.Len()))
	}
	return img, nil
}

// broken makes a FormatError of any error, so that it can stand in a list.
func (p *picture) broken(err error) error {
	if fault, ok := err.(*FormatError); ok {
		return fault
	}
	return p.fault("a file that can be read", cause(err))
}

// size writes width and height, as tools of pictures do.
func (p *picture) size() string { return fmt.Sprintf("%d x %d", p.width, p.height) }
