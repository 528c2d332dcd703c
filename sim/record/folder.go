package record

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"syscall"
)

// Sink takes the files of one run and makes them appear together.
type Sink interface {
	// Create starts the file of that name. The file counts as written once Close has returned nil.
	Create(name string) (io.WriteCloser, error)
	// Commit makes the files appear. If it fails it has cleaned up as Abort does.
	Commit() error
	// Abort removes everything written so far. After Commit it does nothing.
	Abort() error
}

// Folder is a Sink on disk. Its methods are for one goroutine.
type Folder struct {
	disk    disk
	dir     string   // where the run is to appear, absolute
	partial string   // where it is written, a sibling of dir, so that one rename within a file system is enough
	inner   []string // folders in it
	done    bool
}

// Open prepares a run folder at dir and creates the parents that are missing. The folder itself appears with Commit.
// It is an error, found here before any work is done, if dir exists and is anything but an empty folder, or is an
// empty folder that cannot be replaced, such as a mount point.
func Open(dir string) (*Folder, error) { return open(dir, osDisk{}) }

func open(dir string, d disk) (*Folder, error) {
	if dir == "" {
		return nil, errors.New("record: the run folder has no name")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("record: %s: %w", dir, err)
	}
	exists, err := vacant(abs)
	if err != nil {
		return nil, fmt.Errorf("record: %s: %w", dir, bare(err))
	}
	if err := os.MkdirAll(filepath.Dir(abs), 0o777); err != nil {
		return nil, fmt.Errorf("record: %s: %w", dir, err)
	}
	f := &Folder{disk: d, dir: abs, partial: fmt.Sprintf("%s.partial-%d", abs, os.Getpid())}
	// A process id comes round again, in a container nearly always as 1.
	err = d.Mkdir(f.partial)
	for n := 2; errors.Is(err, fs.ErrExist); n++ {
		f.partial = fmt.Sprintf("%s.partial-%d-%d", abs, os.Getpid(), n)
		err = d.Mkdir(f.partial)
	}
	if err != nil {
		return nil, fmt.Errorf("record: %s: %w", dir, err)
	}
	if exists {
		// Moved away and back: what cannot be replaced shows now, and not after hours of work.
		if err := swap(d, abs, f.partial+"-old"); err != nil {
			return nil, errors.Join(fmt.Errorf("record: %s: an empty folder that cannot be replaced, name a folder inside it: %w", dir, bare(err)), f.Abort())
		}
	}
	return f, nil
}

// Dir is the absolute path at which the folder appears.
func (f *Folder) Dir() string { return f.dir }

// Create starts the file of that name, which must not exist, and makes the folder that the name puts it in. Closing it
// syncs it.
func (f *Folder) Create(name string) (io.WriteCloser, error) {
	if f.done {
		return nil, fs.ErrClosed
	}
	if inner := path.Dir(name); inner != "." && !slices.Contains(f.inner, inner) {
		if err := f.disk.Mkdir(filepath.Join(f.partial, inner)); err != nil {
			return nil, err
		}
		f.inner = append(f.inner, inner)
	}
	w, err := f.disk.Create(filepath.Join(f.partial, name))
	if err != nil {
		return nil, err
	}
	return synced{w}, nil
}

// Commit syncs and renames. If something stands where the folder should appear, the complete run is kept under its
// temporary name, which the error gives: neither side is lost.
func (f *Folder) Commit() error {
	if f.done {
		return fmt.Errorf("record: %s: %w", f.dir, fs.ErrClosed)
	}
	for _, inner := range append(f.inner, "") {
		if err := f.disk.SyncDir(filepath.Join(f.partial, inner)); err != nil {
			return errors.Join(fmt.Errorf("record: %s: %w", f.dir, bare(err)), f.Abort())
		}
	}
	if err := f.disk.Rename(f.partial, f.dir); err != nil {
		if _, statErr := os.Lstat(f.dir); statErr != nil {
			return errors.Join(fmt.Errorf("record: %s: %w", f.dir, bare(err)), f.Abort())
		}
		f.done = true
		return fmt.Errorf("record: %s is in the way, the complete run is kept as %s: %w", f.dir, f.partial, bare(err))
	}
	f.done = true
	if err := f.disk.SyncDir(filepath.Dir(f.dir)); err != nil {
		return fmt.Errorf("record: %s is complete, but its name may not outlive a loss of power: %w", f.dir, bare(err))
	}
	return nil
}

// Abort removes the temporary folder.
func (f *Folder) Abort() error {
	if f.done {
		return nil
	}
	f.done = true
	if err := f.disk.RemoveAll(f.partial); err != nil {
		return fmt.Errorf("record: %s cannot be removed: %w", f.partial, bare(err))
	}
	return nil
}

// vacant tells whether dir exists; a dir that exists must be an empty folder. Links are not followed: rename would
// not follow them either.
func vacant(dir string) (exists bool, err error) {
	info, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !info.IsDir() {
		return true, errors.New("exists and is not a folder")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return true, err
	}
	if len(entries) > 0 {
		return true, errors.New("exists and is not empty, name another folder")
	}
	return true, nil
}

func swap(d disk, dir, aside string) error {
	if err := d.Rename(dir, aside); err != nil {
		return err
	}
	return d.Rename(aside, dir)
}

// bare leaves out the operation and the path of an error that is reported with a name of its own.
func bare(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// synced is a file whose Close syncs first.
type synced struct{ file }

func (s synced) Close() error {
	err := s.Sync()
	if closeErr := s.file.Close(); err == nil {
		err = closeErr
	}
	return err
}

// disk is what a Folder asks of the file system.
type disk interface {
	Mkdir(dir string) error
	Create(name string) (file, error)
	SyncDir(dir string) error
	Rename(from, to string) error
	RemoveAll(dir string) error
}

type file interface {
	io.WriteCloser
	Sync() error
}

type osDisk struct{}

func (osDisk) Mkdir(dir string) error { return os.Mkdir(dir, 0o777) }

func (osDisk) Create(name string) (file, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err // not f: a nil *os.File would be a file that is not nil
	}
	return f, nil
}

func (osDisk) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	err = d.Sync()
	// Some file systems cannot sync a folder; the files in it are synced all the same.
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// Rename is rename(2), which replaces an empty folder and nothing else; os.Rename refuses the empty folder too.
func (osDisk) Rename(from, to string) error {
	for {
		if err := syscall.Rename(from, to); err != syscall.EINTR {
			return err
		}
	}
}

func (osDisk) RemoveAll(dir string) error { return os.RemoveAll(dir) }
