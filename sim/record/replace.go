package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
)

// Replace writes files of a finished run folder anew, such as its page, beside those of old whose names are not among
// them, which go. It touches what the manifest lists and nothing else: a file of another name stays, a file of another
// hand in the way is an error, and so is a link, which is not followed. All files are written beside their places before
// the first takes its own, so that a disk that is full costs none of those that were there.
func Replace(dir string, files []File, old func(name string) bool) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("record: %s: %w", dir, bare(err))
	}
	defer root.Close()
	if name, err := replace(root, files, old); err != nil {
		return fmt.Errorf("record: %s: %w", path.Join(dir, name), bare(err))
	}
	return nil
}

// replace returns the file that an error is about.
func replace(root *os.Root, files []File, old func(string) bool) (name string, err error) {
	var m Manifest
	text, err := root.ReadFile(manifestFile)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return manifestFile, locate(text, err)
	}
	wrote := slices.Clone(m.Files)
	m.Files = slices.DeleteFunc(m.Files, old)
	for _, f := range files {
		if err := own(root, f.Name, slices.Contains(wrote, f.Name)); err != nil {
			return f.Name, err
		}
		m.Files = append(m.Files, f.Name)
	}
	slices.Sort(m.Files)
	if text, err = encodeManifest(m); err != nil {
		return manifestFile, err
	}
	files = append(slices.Clip(files), File{manifestFile, text})
	for i, f := range files {
		if err := beside(root, f); err != nil {
			for _, g := range files[:i+1] {
				root.Remove(g.Name + ".tmp") // what cannot be written may not be there
			}
			return f.Name, err
		}
	}
	for _, f := range files {
		if err := root.Rename(f.Name+".tmp", f.Name); err != nil {
			return f.Name, err
		}
	}
	for _, name := range wrote {
		if slices.Contains(m.Files, name) || own(root, name, true) != nil {
			continue
		}
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return name, err
		}
	}
	return "", nil
}

// own makes sure that a file may be written: there is nothing in its place, or a file that the run wrote.
func own(root *os.Root, name string, wrote bool) error {
	if folder := path.Dir(name); folder != "." {
		if info, err := root.Lstat(folder); err == nil && !info.IsDir() {
			return errors.New("its folder is a link, or none, and is not written through")
		}
	}
	info, err := root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("a link or a folder stands there, and is not written through")
	case !wrote:
		return errors.New("a file stands there that the run did not write: move it away")
	}
	return nil
}

// beside writes a file beside its place.
func beside(root *os.Root, f File) error {
	if folder := path.Dir(f.Name); folder != "." {
		if err := root.Mkdir(folder, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	root.Remove(f.Name + ".tmp") // of a process that was killed; a folder there is an error below
	w, err := root.OpenFile(f.Name+".tmp", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	s := synced{w}
	_, err = s.Write(f.Data)
	if closeErr := s.Close(); err == nil {
		err = closeErr
	}
	return err
}
