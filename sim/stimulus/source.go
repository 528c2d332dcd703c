package stimulus

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxPixels bounds the size of one image (4096 x 4096), so that a damaged
// header cannot ask for the memory of the machine.
const maxPixels = 1 << 24

// maxDeflate is the largest factor by which DEFLATE can shrink data: a match of
// 258 bytes in two bits. A gzip file cannot unpack to more than this.
const maxDeflate = 1032

// FormatError says what is wrong with a data file or folder.
type FormatError struct {
	File   string // as opened
	Offset int64  // the byte in the file, for gzip in the unpacked data; -1: the file or folder as a whole
	Want   string // what was expected there
	Found  string // what was there
}

// Error returns "FILE: byte N: want ..., found ...".
func (e *FormatError) Error() string {
	if e.Offset < 0 {
		return fmt.Sprintf("%s: want %s, found %s", e.File, e.Want, e.Found)
	}
	return fmt.Sprintf("%s: byte %d: want %s, found %s", e.File, e.Offset, e.Want, e.Found)
}

// source is a file that is being parsed. It counts the bytes that it hands out
// and knows a bound on the bytes that can follow.
type source struct {
	file   string
	r      io.Reader
	offset int64 // bytes handed out so far
	limit  int64 // bytes that the unpacked file has at most
	exact  bool  // limit is the size itself
}

// newSource parses size bytes of r as the file of that name, unpacking it if
// the name ends in .gz.
func newSource(file string, r io.Reader, size int64) (*source, error) {
	s := &source{file: file, r: r, limit: size, exact: true}
	if !strings.HasSuffix(file, ".gz") {
		return s, nil
	}
	unpacked, err := gzip.NewReader(r)
	if err != nil {
		return nil, s.fail(0, "a gzip header", readFault(err, 0))
	}
	s.r, s.limit, s.exact = unpacked, (size+1)*maxDeflate, false
	return s, nil
}

// withFile opens a regular file and parses it to its end.
func withFile[T any](path string, parse func(*source) (T, error)) (T, error) {
	var none T
	f, err := os.Open(path)
	if err != nil {
		return none, fmt.Errorf("stimulus: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return none, fmt.Errorf("stimulus: %w", err)
	}
	if !info.Mode().IsRegular() {
		return none, &FormatError{path, -1, "a regular file", info.Mode().Type().String()}
	}
	s, err := newSource(path, f, info.Size())
	if err != nil {
		return none, err
	}
	return parse(s)
}

// fail builds the error for the byte at the given offset.
func (s *source) fail(offset int64, want, found string) error {
	return &FormatError{s.file, offset, want, found}
}

// take reads count items of size bytes each. It allocates in proportion to the
// bytes that are there, not to those that are asked for. size must be at least
// 1 and count not negative.
func (s *source) take(count, size int64, what string) ([]byte, error) {
	want := fmt.Sprintf("%d bytes of %s", size, what)
	if count > 1 {
		want = fmt.Sprintf("%d x %s", count, want)
	}
	if left := s.limit - s.offset; count > left/size {
		found := fmt.Sprintf("%d bytes", left)
		if !s.exact {
			found = fmt.Sprintf("a packed file of at most %s", found)
		}
		return nil, s.fail(s.offset, want, found)
	}
	n := count * size
	var buf bytes.Buffer
	if s.exact {
		buf.Grow(int(n) + bytes.MinRead)
	}
	got, err := buf.ReadFrom(io.LimitReader(s.r, n))
	if got < n { // a fault right behind the n bytes is for the next read to report
		return nil, s.fail(s.offset+got, want, readFault(err, got))
	}
	s.offset += n
	return buf.Bytes(), nil
}

// rest reads all that is left. For data that is trusted to be small.
func (s *source) rest() ([]byte, error) {
	var buf bytes.Buffer
	got, err := buf.ReadFrom(s.r)
	if err != nil {
		return nil, s.fail(s.offset+got, "readable data", readFault(err, got))
	}
	s.offset += got
	return buf.Bytes(), nil
}

// end checks that nothing follows and, for gzip, that the checksum holds.
func (s *source) end() error {
	var one [1]byte
	_, err := io.ReadFull(s.r, one[:])
	switch {
	case err == nil:
		found := "more bytes"
		if s.exact {
			found = fmt.Sprintf("%d more bytes", s.limit-s.offset)
		}
		return s.fail(s.offset, "end of file", found)
	case errors.Is(err, io.EOF):
		return nil
	}
	return s.fail(s.offset, "end of file", readFault(err, 0))
}

// readFault says why a read stopped after got bytes.
func readFault(err error, got int64) string {
	if err == nil || errors.Is(err, io.EOF) {
		return fmt.Sprintf("end of file after %d bytes", got)
	}
	return fmt.Sprintf("%q after %d bytes", err, got)
}
