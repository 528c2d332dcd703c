package stimulus

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"syscall"
)

// Bounds that keep a damaged or hostile file from asking for the memory of the
// machine.
const (
	maxPixels = 1 << 24 // of one image, 4096 x 4096
	maxBytes  = 4 << 30 // of a set: all its pixels as 32-bit floats, and what holds them on the way

	// maxDeflate is the largest factor by which DEFLATE can shrink data: a match
	// of 258 bytes in two bits.
	maxDeflate = 1032
)

// source is a file, or an entry of an archive, that is being parsed. It counts
// the bytes that it hands out and knows a bound on the bytes that can follow.
type source struct {
	*loader
	file   string
	r      *bufio.Reader
	offset int64 // bytes handed out so far
	limit  int64 // bytes that the unpacked file has at most
	exact  bool  // limit is the size itself
}

// newSource parses size bytes of r as the file of that name, unpacking them if
// they are a gzip file, whatever it is called.
func (l *loader) newSource(file string, r io.Reader, size int64) (*source, error) {
	s := &source{loader: l, file: file, r: bufio.NewReader(&interruptible{l.ctx, r}), limit: size, exact: true}
	if magic, _ := s.r.Peek(2); string(magic) != "\x1f\x8b" {
		return s, nil
	}
	unpacked, err := gzip.NewReader(s.r)
	if err != nil {
		return nil, s.fault(0, "a gzip header", err, 0)
	}
	s.r, s.exact = bufio.NewReader(unpacked), false
	s.limit = unpackedLimit(size)
	return s, nil
}

// unpackedLimit is what a packed file of that size can hold at most.
func unpackedLimit(size int64) int64 {
	if size >= math.MaxInt64/maxDeflate {
		return math.MaxInt64
	}
	return (size + 1) * maxDeflate
}

// interruptible is a reader that ends with the context.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

func (r *interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// openRegular opens a regular file, or a symbolic link to one. It does not wait
// for a named pipe to be written to.
func openRegular(path string) (*os.File, os.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("stimulus: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &FormatError{File: path, Offset: -1, Want: "a regular file", Found: kindOf(info.Mode())}
	} else if err != nil {
		err = fmt.Errorf("stimulus: %w", err)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

// kindOf says what a file is that is not regular.
func kindOf(mode os.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&os.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&os.ModeSocket != 0:
		return "a socket"
	case mode&os.ModeDevice != 0:
		return "a device"
	}
	return mode.Type().String()
}

// parseFile opens a regular file and parses it to its end.
func parseFile[T any](l *loader, path string, parse func(*source) (T, error)) (T, error) {
	var none T
	f, info, err := openRegular(path)
	if err != nil {
		return none, err
	}
	defer f.Close()
	s, err := l.newSource(path, f, info.Size())
	if err != nil {
		return none, err
	}
	return parse(s)
}

// fail builds the error for the byte at the given offset.
func (s *source) fail(offset int64, want, found string) *FormatError {
	return &FormatError{File: s.file, Offset: offset, Want: want, Found: found}
}

// fault builds the error of a read that stopped after got bytes.
func (s *source) fault(offset int64, want string, err error, got int64) error {
	if s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) && s.exact {
		return s.fail(offset, want, fmt.Sprintf("end of file after %d bytes", got))
	}
	return s.fail(offset, want, fmt.Sprintf("%q after %d bytes", err, got))
}

// promise checks that count items of size bytes can follow, by the size of the
// file alone. size must be at least 1 and count not negative.
func (s *source) promise(count, size int64, what string) error {
	if left := s.limit - s.offset; count > left/size {
		found := fmt.Sprintf("%d bytes", left)
		if !s.exact {
			found = fmt.Sprintf("a packed file of at most %s", found)
		}
		return s.fail(s.offset, extent(count, size, what), found)
	}
	return nil
}

// extent says what is wanted of a file.
func extent(count, size int64, what string) string {
	want := fmt.Sprintf("%d bytes of %s", size, what)
	if count > 1 {
		want = fmt.Sprintf("%d x %s", count, want)
	}
	return want
}

// read fills buf from the file.
func (s *source) read(buf []byte, what string) error {
	got, err := io.ReadFull(s.r, buf)
	s.offset += int64(got)
	if err != nil {
		return s.fault(s.offset-int64(got), extent(1, int64(len(buf)), what), err, int64(got))
	}
	return nil
}

// take reads a few bytes, of a header.
func (s *source) take(n int64, what string) ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	if err := s.promise(1, n, what); err != nil {
		return nil, err
	}
	buf := make([]byte, n)
	return buf, s.read(buf, what)
}

// end checks that nothing follows and that the checksum of what packs it holds.
func (s *source) end() error {
	_, err := s.r.ReadByte()
	switch {
	case err == nil:
		found := "more bytes"
		if s.exact {
			found = fmt.Sprintf("%d more bytes", s.limit-s.offset)
		}
		return s.fail(s.offset, "end of file", found)
	case err == io.EOF:
		return nil
	}
	return s.fault(s.offset, "end of file", err, 0)
}

// charge takes n values of size bytes off the budget of the set; offset is where
// the file declares them.
func (s *source) charge(offset, n, size int64) error {
	if n > s.left/size {
		return s.fail(offset, fmt.Sprintf("a set whose images take at most %.1f GB in memory", float64(s.budget)/1e9),
			fmt.Sprintf("one that takes %.1f GB or more: bring fewer or smaller images", float64(s.budget-s.left)/1e9+float64(n)*float64(size)/1e9))
	}
	s.left -= n * size
	return nil
}
