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

// Folder is a run folder in the making: it appears at its place when it is complete, and is a folder of its own, beside
// that place and named DIR.partial, until then. That folder is made exclusively and locked by the process that writes
// it, so no two runs take one name, and one that a dead process left is known by its lock being free. It holds
//
//	lock           what the process that writes holds
//	begun.json     Begun: who began the run, and with what
//	scenario.yaml  the scenario as resolved
//	parts/         what was finished, a file each: see Save
//	run/           the run folder, as far as it is written
//
// A folder that has parts outlives its process, whatever ends that: see Resume. Save, Load and Drop may be called from
// several goroutines, all else from one.
type Folder struct {
	// Warn, if not nil, is told what was found broken and is made again.
	Warn func(text string)

	disk    disk
	dir     string   // where the run is to appear, absolute
	partial string   // where it is written, a sibling of dir, so that one rename within a file system is enough
	lock    *os.File // open until the folder is let go of
	inner   []string // folders in run/
	begun   Begun
	done    bool
}

// What a partial folder holds.
const (
	partialSuffix = ".partial"
	lockFile      = "lock"
	partsDir      = "parts"
	runDir        = "run"
)

// ErrOccupied is an error of a place where no run folder can be made: it is for who named it to name another.
var ErrOccupied = errors.New("the place is taken")

// occupied is an ErrOccupied in words.
type occupied string

func (o occupied) Error() string        { return string(o) }
func (o occupied) Is(target error) bool { return target == ErrOccupied }

// TakenError says that there is a partial folder where one should be made.
type TakenError struct {
	Dir   string // of the run
	Alive bool   // a process is writing it
}

// Is makes it an ErrOccupied.
func (e *TakenError) Is(target error) bool { return target == ErrOccupied }

func (e *TakenError) Error() string {
	if e.Alive {
		return fmt.Sprintf("%s%s: another run is writing there", e.Dir, partialSuffix)
	}
	return fmt.Sprintf("%[1]s%[2]s is left of a run that broke off: go on with murmur run --resume %[1]s, or remove it", e.Dir, partialSuffix)
}

// Open takes the name of a run folder and creates the parents that are missing. The folder itself appears with Commit.
// It is an error, found here before any work is done, if dir exists and is anything but an empty folder, or is an
// empty folder that cannot be replaced, such as a mount point; and a TakenError if a run is being written there, or
// broke off.
func Open(dir string) (*Folder, error) { return open(dir, osDisk{}) }

func open(dir string, d disk) (*Folder, error) {
	if dir == "" {
		return nil, occupied("record: the run folder has no name")
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
	f := &Folder{disk: d, dir: abs, partial: abs + partialSuffix}
	if err := d.Mkdir(f.partial); errors.Is(err, fs.ErrExist) {
		return nil, &TakenError{dir, alive(f.partial)}
	} else if err != nil {
		return nil, fmt.Errorf("record: %s: %w", dir, err)
	}
	if err = f.take(); err == nil { // a run may have been completed since
		exists, err = vacant(abs)
	}
	if err == nil {
		err = d.Mkdir(f.in(runDir))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("record: %s: %w", dir, err), f.Abort())
	}
	if exists {
		// Moved away and back: what cannot be replaced shows now, and not after hours of work.
		if err := swap(d, abs, f.in("old")); err != nil {
			return nil, errors.Join(fmt.Errorf("record: %s: %w: %w", dir, occupied("an empty folder that cannot be replaced, name a folder inside it"), bare(err)), f.Abort())
		}
	}
	return f, nil
}

// Dir is the absolute path at which the folder appears.
func (f *Folder) Dir() string { return f.dir }

// in is the path of something in the partial folder.
func (f *Folder) in(names ...string) string {
	return filepath.Join(append([]string{f.partial}, names...)...)
}

// Create starts the file of that name, which must not exist, and makes the folder that the name puts it in. Closing it
// syncs it.
func (f *Folder) Create(name string) (io.WriteCloser, error) {
	if f.done {
		return nil, fs.ErrClosed
	}
	if inner := path.Dir(name); inner != "." && !slices.Contains(f.inner, inner) {
		if err := f.disk.Mkdir(f.in(runDir, inner)); err != nil {
			return nil, err
		}
		f.inner = append(f.inner, inner)
	}
	w, err := f.disk.Create(f.in(runDir, name))
	if err != nil {
		return nil, err
	}
	return synced{w}, nil
}

// Commit syncs and renames, and removes what was kept to resume from. If something stands where the folder should
// appear, the complete run is kept within the partial folder, as the error says: neither side is lost.
func (f *Folder) Commit() error {
	if f.done {
		return fmt.Errorf("record: %s: %w", f.dir, fs.ErrClosed)
	}
	for _, inner := range append(f.inner, "") {
		if err := f.disk.SyncDir(f.in(runDir, inner)); err != nil {
			return fmt.Errorf("record: %s: %w", f.dir, bare(err))
		}
	}
	if err := f.disk.Rename(f.in(runDir), f.dir); err != nil {
		if _, statErr := os.Lstat(f.dir); statErr == nil {
			f.letGo()
			return fmt.Errorf("record: %s is in the way, the complete run is kept as %s: %w", f.dir, f.in(runDir), bare(err))
		}
		return fmt.Errorf("record: %s: %w", f.dir, bare(err))
	}
	err := f.disk.SyncDir(filepath.Dir(f.dir))
	if abortErr := f.Abort(); err == nil { // whatever is left of it is no longer needed
		return abortErr
	}
	return fmt.Errorf("record: %s is complete, but its name may not outlive a loss of power: %w", f.dir, bare(err))
}

// Abort removes the partial folder. After Commit it does nothing.
func (f *Folder) Abort() error {
	if f.done {
		return nil
	}
	err := f.disk.RemoveAll(f.partial)
	f.letGo()
	if err != nil {
		return fmt.Errorf("record: %s cannot be removed: %w", f.partial, bare(err))
	}
	return nil
}

// Close lets go of a folder that is not committed: where something was saved it stays, to be resumed, and else it is
// removed. It reports whether it stays.
func (f *Folder) Close() (kept bool, err error) {
	if f.done {
		return false, nil
	}
	if parts, _ := os.ReadDir(f.in(partsDir)); len(parts) == 0 {
		return false, f.Abort()
	}
	f.letGo()
	return true, nil
}

// letGo ends the lock.
func (f *Folder) letGo() {
	f.done = true
	if f.lock != nil {
		f.lock.Close()
	}
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
		return true, occupied("exists and is not a folder")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return true, err
	}
	if len(entries) > 0 {
		return true, occupied("exists and is not empty, name another folder")
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
