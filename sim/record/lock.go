package record

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// errAlive is what a lock says that another process holds.
var errAlive = errors.New("another run is writing there")

// take locks the partial folder for this process. The lock ends with the process, whatever ends that.
func (f *Folder) take() error {
	lock, err := os.OpenFile(f.in(lockFile), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	err = flock(lock)
	if err == nil { // it may have been finished, and removed, since it was opened
		there, statErr := os.Stat(f.in(lockFile))
		held, heldErr := lock.Stat()
		if err = errors.Join(statErr, heldErr); err == nil && !os.SameFile(there, held) {
			err = errAlive
		}
	}
	if err != nil {
		lock.Close()
		return err
	}
	f.lock = lock
	return nil
}

// alive reports whether a process is writing a partial folder.
func alive(partial string) bool {
	lock, err := os.Open(filepath.Join(partial, lockFile))
	if err != nil {
		return false
	}
	defer lock.Close()
	return errors.Is(flock(lock), errAlive)
}

// flock locks a file unless another process has. On file systems that know no locks everyone has one.
func flock(lock *os.File) error {
	for {
		switch err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err {
		case syscall.EINTR:
		case syscall.EWOULDBLOCK:
			return errAlive
		case nil, syscall.ENOLCK, syscall.ENOSYS, syscall.EOPNOTSUPP:
			return nil
		default:
			return err
		}
	}
}
