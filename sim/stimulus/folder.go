package stimulus

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxNames is how many files a folder may hold.
const maxNames = 1 << 24

// entry is a file or folder in a folder; a symbolic link counts as what it leads to.
type entry struct {
	name   string
	folder bool
}

// list returns what is in a folder, by name, and notes litter.
func (l *loader) list(folder string) ([]entry, error) {
	f, err := os.Open(folder)
	if err != nil {
		return nil, fmt.Errorf("stimulus: %w", err)
	}
	defer f.Close()
	var list []entry
	for {
		if err := l.ctx.Err(); err != nil {
			return nil, err
		}
		found, err := f.ReadDir(1 << 12)
		for _, e := range found {
			path := filepath.Join(folder, e.Name())
			if isLitter(e.Name()) {
				l.litter = append(l.litter, path)
				continue
			}
			is := e.IsDir()
			if e.Type()&fs.ModeSymlink != 0 {
				info, err := os.Stat(path)
				is = err == nil && info.IsDir()
			}
			list = append(list, entry{e.Name(), is})
		}
		if len(list) > maxNames {
			return nil, &FormatError{File: folder, Offset: -1, Want: fmt.Sprintf("at most %d files", maxNames), Found: "more"}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("stimulus: %w", err)
		}
	}
	slices.SortFunc(list, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	return list, nil
}

// cause is an error without the path that it repeats.
func cause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return err.Error()
}

// openFolders reads folders of pictures, one for training and one for judging,
// each with a folder for every class. Classes take turns: the first file by name
// of each, then the second.
func (l *loader) openFolders(dir string, folders [2]string) (im [2]*images, codes [2][]int, err error) {
	var all []*picture
	var faults []*FormatError
	fault := func(err error) {
		if f, ok := err.(*FormatError); ok {
			faults = append(faults, f)
		}
	}
	for i, folder := range folders {
		found, err := l.classFolders(folder, fault)
		if err != nil {
			return im, codes, err
		}
		for _, p := range found {
			p.part = part(i)
		}
		all = append(all, found...)
	}
	looked := len(all) + len(faults)
	good := all[:0:0]
	for _, p := range all {
		if l.ctx.Err() != nil {
			return im, codes, l.ctx.Err()
		}
		if err := p.inspect(); err != nil {
			fault(err)
			continue
		}
		good = append(good, p)
	}
	if good, err = l.oneSize(dir, good, fault); err != nil {
		return im, codes, err
	}
	for i := range im {
		im[i] = &images{file: folders[i]}
	}
	for _, p := range good {
		if l.ctx.Err() != nil {
			return im, codes, l.ctx.Err()
		}
		img, err := p.decode()
		if err != nil {
			fault(err)
			continue
		}
		m := im[p.part]
		m.height, m.width = p.height, p.width
		m.pixels = m.appendPicture(m.pixels, m.count, img)
		m.count++
		codes[p.part] = append(codes[p.part], p.code)
	}
	if len(faults) > 0 {
		slices.SortStableFunc(faults, func(a, b *FormatError) int { return cmp.Compare(a.File, b.File) })
		if !l.leaveOut {
			return im, codes, &BrokenError{dir, faults, looked}
		}
		l.note("left-out", true, "%d of %d files cannot be used and were left out, first %v", len(faults), looked, faults[0])
	}
	for i, m := range im {
		if m.count == 0 {
			return im, codes, &FormatError{File: folders[i], Offset: -1, Want: "a folder of PNG or JPEG pictures for each class", Found: "no picture"}
		}
	}
	return im, codes, nil
}

// classFolders lists the pictures of a part, classes in turn.
func (l *loader) classFolders(folder string, fault func(error)) ([]*picture, error) {
	list, err := l.list(folder)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range list {
		if e.folder {
			names = append(names, e.name)
		} else {
			fault(&FormatError{File: filepath.Join(folder, e.name), Offset: -1, Want: "folders of pictures, one a class", Found: "a file"})
		}
	}
	sortNames(names)
	lists := make([][]*picture, len(names))
	for i, name := range names {
		class := filepath.Join(folder, name)
		files, err := l.list(class)
		if err != nil {
			return nil, err
		}
		code, ok := l.classes.code(name)
		if !ok {
			return nil, &FormatError{File: class, Offset: -1, Want: fmt.Sprintf("at most %d classes", maxClasses), Found: "another folder"}
		}
		for _, e := range files {
			p := &picture{path: filepath.Join(class, e.name), code: code}
			if e.folder {
				fault(p.fault("pictures of one class", "a folder"))
				continue
			}
			lists[i] = append(lists[i], p)
		}
	}
	return interleave(lists), nil
}

// oneSize keeps the pictures of the size that most have, and takes what they need
// off the budget.
func (l *loader) oneSize(dir string, pictures []*picture, fault func(error)) ([]*picture, error) {
	sizes := map[[2]int]int{}
	var usual *picture
	for _, p := range pictures {
		sizes[[2]int{p.height, p.width}]++
	}
	of := func(p *picture) int { return sizes[[2]int{p.height, p.width}] }
	for _, p := range pictures {
		if usual == nil || of(p) > of(usual) {
			usual = p
		}
	}
	if usual == nil {
		return nil, nil
	}
	if 2*of(usual) < len(pictures) {
		f := &FormatError{File: dir, Offset: -1, Want: "pictures of one size", Found: fmt.Sprintf("%d sizes, %s in %d of %d pictures", len(sizes), usual.size(), of(usual), len(pictures))}
		f.Mend = "from PIL import Image; import glob; [Image.open(f).resize((28, 28)).save(f) for f in glob.glob('*/*/*.png')]"
		return nil, f
	}
	var kept []*picture
	need := int64(0)
	for _, p := range pictures {
		if p.height != usual.height || p.width != usual.width {
			f := p.fault(fmt.Sprintf("a picture of %s as most are", usual.size()), p.size())
			name := filepath.Base(p.path)
			f.Mend = fmt.Sprintf("from PIL import Image; Image.open(%q).resize((%d, %d)).save(%q)", name, usual.width, usual.height, name)
			fault(f)
			continue
		}
		kept = append(kept, p)
		need += bytesPerPixel(p.transparent)
	}
	s := &source{loader: l, file: dir}
	return kept, s.charge(-1, need, int64(usual.height)*int64(usual.width))
}

// splitFolders finds the folders of training and test pictures by their names, in
// any case: train or training; test or testing; val, valid or validation, which is
// judged where there is no test.
func (l *loader) splitFolders(dir string, list []entry) (folders [2]string, ok bool, err error) {
	found := map[part]string{}
	for _, e := range list {
		p, is := partWords[strings.ToLower(e.name)]
		if !is || !e.folder {
			continue
		}
		if found[p] != "" {
			return folders, false, &FormatError{File: dir, Offset: -1, Want: "one folder of " + partNames[p] + " pictures", Found: brief([]string{found[p], e.name})}
		}
		found[p] = e.name
	}
	if len(found) == 0 {
		return folders, false, nil
	}
	if found[test] == "" && found[validation] != "" {
		l.note("validation-images", true, "there are no test images: those in %s are judged", found[validation])
		found[test] = found[validation]
	} else if found[validation] != "" {
		l.note("validation-images", false, "the images in %s are not used", found[validation])
	}
	for _, p := range []part{train, test} {
		if found[p] == "" {
			return folders, false, &FormatError{File: dir, Offset: -1, Want: "folders train and test", Found: brief(names(list)), Mend: "move some pictures of each class to a folder test"}
		}
		folders[p] = filepath.Join(dir, found[p])
	}
	return folders, true, nil
}

// names returns the names of entries.
func names(list []entry) []string {
	all := make([]string, len(list))
	for i, e := range list {
		all[i] = e.name
	}
	return all
}
