package stimulus

import (
	"archive/zip"
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
)

// maxEntries is how many arrays an archive may hold.
const maxEntries = 1000

// archive is an open NPZ file: a zip file of NPY files.
type archive struct {
	path    string
	file    *os.File
	entries []*zip.File // the NPY files
}

// openArchive opens an NPZ file and checks where its entries lie: each in the
// file, none over another, as only hostile files have them.
func openArchive(path string) (*archive, error) {
	f, info, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	a := &archive{path: path, file: f}
	if err := a.read(info.Size()); err != nil {
		f.Close()
		return nil, err
	}
	return a, nil
}

func (a *archive) read(size int64) error {
	z, err := zip.NewReader(a.file, size)
	if err != nil {
		return &FormatError{File: a.path, Offset: -1, Want: "a folder or an NPZ file", Found: fmt.Sprintf("%q", err)}
	}
	if len(z.File) > maxEntries {
		return &FormatError{File: a.path, Offset: -1, Want: fmt.Sprintf("an NPZ file of at most %d arrays", maxEntries), Found: fmt.Sprint(len(z.File))}
	}
	type span struct {
		entry    *zip.File
		from, to int64
	}
	var spans []span
	names := map[string]bool{}
	for _, e := range z.File {
		bad := func(want, found string) error {
			return &FormatError{File: a.path + "/" + e.Name, Offset: -1, Want: want, Found: found}
		}
		at, err := e.DataOffset()
		const local = 30 // bytes of an entry's own header, before its name
		switch {
		case err != nil:
			return bad("an entry of the archive", fmt.Sprintf("%q", err))
		case names[e.Name]:
			return bad("each name once", "another entry of that name")
		case e.Flags&1 != 0:
			return bad("an entry without a password", "an encrypted one")
		case e.CompressedSize64 > uint64(size) || at+int64(e.CompressedSize64) > size:
			return bad("an entry inside the archive", fmt.Sprintf("%d bytes from byte %d on, in a file of %d", e.CompressedSize64, at, size))
		case e.UncompressedSize64 > uint64(unpackedLimit(int64(e.CompressedSize64))):
			return bad("an entry that its packed bytes can hold", fmt.Sprintf("%d bytes in %d", e.UncompressedSize64, e.CompressedSize64))
		case e.Method == zip.Store && e.UncompressedSize64 != e.CompressedSize64:
			return bad("an entry of its own size", fmt.Sprintf("%d bytes in %d that are not packed", e.UncompressedSize64, e.CompressedSize64))
		}
		names[e.Name] = true
		spans = append(spans, span{e, at - local - int64(len(e.Name)), at + int64(e.CompressedSize64)})
		if strings.HasSuffix(e.Name, ".npy") && !isLitter(e.Name[strings.LastIndexByte(e.Name, '/')+1:]) {
			a.entries = append(a.entries, e)
		}
	}
	slices.SortFunc(spans, func(x, y span) int { return cmp.Compare(x.from, y.from) })
	for i := range len(spans) - 1 {
		if x, y := spans[i], spans[i+1]; y.from < x.to {
			return &FormatError{File: a.path + "/" + y.entry.Name, Offset: -1, Want: "entries that do not overlap",
				Found: fmt.Sprintf("one that begins inside %q", x.entry.Name)}
		}
	}
	return nil
}

// parseEntry parses an entry to its end.
func parseEntry[T any](l *loader, a *archive, e *zip.File, parse func(*source) (T, error)) (T, error) {
	var none T
	name := a.path + "/" + e.Name
	r, err := e.Open()
	if err != nil {
		return none, &FormatError{File: name, Offset: -1, Want: "an entry of the archive", Found: fmt.Sprintf("%q", err)}
	}
	defer r.Close()
	s, err := l.newSource(name, r, int64(e.UncompressedSize64))
	if err != nil {
		return none, err
	}
	s.exact = e.Method == zip.Store
	return parse(s)
}
