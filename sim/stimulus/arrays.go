package stimulus

import (
	"archive/zip"
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// array is an array whose name says what it is: a file, or an entry of an archive.
type array struct {
	name    string // as shown
	archive *archive
	entry   *zip.File // of the archive; nil: a file
}

// arrays are those that make up a data set.
type arrays map[role]array

// complete tells whether there are images and labels to learn from and to judge.
func (a arrays) complete() bool { return len(a.missing()) == 0 }

// missing returns the roles that lack.
func (a arrays) missing() (list []role) {
	judged := test
	if a.has(validation) && !a.has(test) {
		judged = validation
	}
	for _, p := range []part{train, judged} {
		for _, labels := range []bool{false, true} {
			if _, ok := a[role{p, labels}]; !ok {
				list = append(list, role{p, labels})
			}
		}
	}
	return list
}

func (a arrays) has(p part) bool {
	_, images := a[role{p, false}]
	_, labels := a[role{p, true}]
	return images || labels
}

func isArchive(name string) bool { return strings.EqualFold(filepath.Ext(name), ".npz") }

// openArrays reads the one data set whose arrays lie in a folder, or in the
// archive that path names.
func (l *loader) openArrays(path string, list []entry) (im [2]*images, codes [2][]int, err error) {
	c := &collection{sets: map[string]arrays{}}
	defer c.close()
	if list == nil {
		err = c.addArchive(path)
	}
	for _, e := range list {
		switch file := filepath.Join(path, e.name); {
		case err != nil || e.folder:
		case isArchive(e.name):
			err = c.addArchive(file)
		default:
			err = c.add(array{name: file}, e.name, "")
		}
	}
	if err != nil {
		return im, codes, err
	}
	set, err := c.choose(path)
	if err != nil {
		return im, codes, err
	}
	judged := test
	switch {
	case !set.has(validation):
	case set.has(test):
		l.note("validation-images", false, "the validation images beside the others are not used")
	default:
		l.note("validation-images", true, "there are no test images: the validation images are judged")
		judged = validation
	}
	if strings.Contains(strings.ToLower(set[role{train, false}].name), "emnist") {
		l.note("emnist", true, "the files of EMNIST hold every picture with rows and columns swapped")
	}
	for i, p := range []part{train, judged} {
		// Labels first: they are small, and say how many images there are.
		lb, err := parseArray(l, set[role{p, true}], readLabels)
		if err != nil {
			return im, codes, err
		}
		codes[i] = lb.codes
		im[i], err = parseArray(l, set[role{p, false}], func(s *source) (*images, error) { return readImages(s, lb) })
		if err != nil {
			return im, codes, err
		}
	}
	return im, codes, nil
}

// parseArray parses an array to its end.
func parseArray[T any](l *loader, a array, parse func(*source) (T, error)) (T, error) {
	if a.entry != nil {
		return parseEntry(l, a.archive, a.entry, parse)
	}
	return parseFile(l, a.name, parse)
}

// collection sorts arrays into data sets: those whose names say the same beside
// what part and kind they are, and those in one archive.
type collection struct {
	sets     map[string]arrays
	archives []*archive
}

func (c *collection) close() {
	for _, a := range c.archives {
		a.file.Close()
	}
}

// add adds an array if its name says what it is. Of a file and the same packed
// with gzip the first counts.
func (c *collection) add(a array, name, set string) error {
	r, stem, ok := roleOf(name)
	if !ok {
		return nil
	}
	if set == "" {
		set = stem
	} else if stem != "" {
		set += "/" + stem
	}
	if c.sets[set] == nil {
		c.sets[set] = arrays{}
	}
	if b, twice := c.sets[set][r]; twice {
		switch {
		case a.name == b.name+".gz":
			return nil
		case b.name != a.name+".gz":
			return &FormatError{File: a.name, Offset: -1, Want: "one file of " + r.String(), Found: "another, " + filepath.Base(b.name)}
		}
	}
	c.sets[set][r] = a
	return nil
}

// addArchive adds the arrays of an NPZ file: the only one under the name of the
// file if that says what it is.
func (c *collection) addArchive(path string) error {
	a, err := openArchive(path)
	if err != nil {
		return err
	}
	c.archives = append(c.archives, a)
	file := filepath.Base(path)
	if _, _, ok := roleOf(file); ok && len(a.entries) == 1 {
		return c.add(array{path + "/" + a.entries[0].Name, a, a.entries[0]}, file, "")
	}
	for _, e := range a.entries {
		if err := c.add(array{path + "/" + e.Name, a, e}, e.Name, file); err != nil {
			return err
		}
	}
	return nil
}

// choose returns the one complete set.
func (c *collection) choose(path string) (arrays, error) {
	names := slices.Sorted(maps.Keys(c.sets))
	var complete []string
	for _, name := range names {
		if c.sets[name].complete() {
			complete = append(complete, name)
		}
	}
	switch {
	case len(complete) == 1:
		return c.sets[complete[0]], nil
	case len(complete) > 1:
		return nil, &FormatError{File: path, Offset: -1, Want: "one data set", Found: fmt.Sprintf("%d: %s", len(complete), brief(complete)),
			Mend: "put the files of one into a folder of their own, or name one .npz in data.path"}
	case len(names) == 0:
		return nil, &FormatError{File: path, Offset: -1, Want: wanted, Found: c.entries(), Mend: splitting}
	}
	most := slices.MaxFunc(names, func(a, b string) int { return cmp.Compare(len(c.sets[a]), len(c.sets[b])) })
	var found, lacking []string
	for _, a := range c.sets[most] {
		found = append(found, filepath.Base(a.name))
	}
	for _, r := range c.sets[most].missing() {
		lacking = append(lacking, r.String())
	}
	slices.Sort(found)
	return nil, &FormatError{File: path, Offset: -1, Want: strings.Join(lacking, " and ") + " beside the others, named like them", Found: brief(found)}
}

// entries names what the archives hold.
func (c *collection) entries() string {
	var names []string
	for _, a := range c.archives {
		for _, e := range a.entries {
			names = append(names, e.Name)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return "arrays " + brief(names)
}
