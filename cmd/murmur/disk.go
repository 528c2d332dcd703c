package main

import (
	"fmt"
	"path/filepath"
	"syscall"

	"murmur/sim/experiment"
)

// short says that a run may need more than its disk has free; it is empty where there is room, or where that is unknown.
func short(dir string, e *experiment.Experiment) string {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(dir), &disk); err != nil {
		return ""
	}
	left, beside := e.Disk()
	free := float64(disk.Bavail) * float64(disk.Bsize)
	if float64(left)+float64(beside) <= free {
		return ""
	}
	return fmt.Sprintf("the run may take up to %s of disk, and %s has %s free: once that is full the run breaks off, to be gone on with by --resume",
		experiment.Bytes(left+beside), relative(filepath.Dir(dir)), experiment.Bytes(int64(free)))
}
