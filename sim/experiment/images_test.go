package experiment

import (
	"cmp"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"murmur/sim/stimulus"
)

// writeSets writes sets as IDX files.
func writeSets(t testing.TB, train, test *stimulus.Set) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, set := range map[string]*stimulus.Set{"train": train, "t10k": test} {
		images := []byte{0, 0, 8, 3}
		for _, n := range []int{set.Len(), set.Height, set.Width} {
			images = binary.BigEndian.AppendUint32(images, uint32(n))
		}
		labels := binary.BigEndian.AppendUint32([]byte{0, 0, 8, 1}, uint32(set.Len()))
		files := map[string][]byte{"-images-idx3-ubyte": append(images, pixelBytes(set.Pixels)...), "-labels-idx1-ubyte": append(labels, set.Labels...)}
		for file, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name+file), text, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// sortedBy returns a set in the order of a key of its images.
func sortedBy(set *stimulus.Set, key func(i int) int) *stimulus.Set {
	order := make([]int, set.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(key(a), key(b)) })
	return set.Subset(order)
}

// ownFiles returns arguments that make the tiny scenario read 600 training and 200 test images from files sorted by a key.
func ownFiles(t testing.TB, key func(set *stimulus.Set, i int) int) []string {
	t.Helper()
	train, test, err := stimulus.Embedded("mnist")
	if err != nil {
		t.Fatal(err)
	}
	train, test = train.First(600), test.First(200)
	dir := writeSets(t, sortedBy(train, func(i int) int { return key(train, i) }), sortedBy(test, func(i int) int { return key(test, i) }))
	return []string{"data={set: own, path: " + dir + ", train: 300, test: 100}"}
}

// TestOrderOfFilesDoesNotMatter: files sorted by class give what files whose classes take turns give, wherever a part of the
// images is used.
func TestOrderOfFilesDoesNotMatter(t *testing.T) {
	byClass := func(set *stimulus.Set, i int) int { return int(set.Labels[i]) }
	asTheyAre := func(set *stimulus.Set, i int) int { return i }
	for name, set := range map[string][]string{
		"a part of each":  {"sources.0.images=90"},
		"validation":      {"data.judge_on=validation"},
		"all that remain": {"data.judge_on=validation", "data.test=0", "seeds=1"},
	} {
		t.Run(name, func(t *testing.T) {
			sorted := runTiny(t, append(ownFiles(t, byClass), set...)...)
			mixed := runTiny(t, append(ownFiles(t, asTheyAre), set...)...)
			sorted.Result.Data.Set, mixed.Result.Data.Set = "", "" // the folders' names
			if a, b := asJSON(t, sorted.Result), asJSON(t, mixed.Result); a != b {
				t.Errorf("sorted files give %s, others %s", a, b)
			}
			for _, c := range sorted.Result.Arms[0].Classes {
				if c.Images < sorted.Result.Data.Test/10 {
					t.Errorf("only %d images of class %d are judged", c.Images, c.Class)
				}
			}
		})
	}
}

func TestOwnImagesAreStratifiedEverywhere(t *testing.T) {
	byClass := func(set *stimulus.Set, i int) int { return int(set.Labels[i]) }
	r := lived(t, append(ownFiles(t, byClass), "seeds=1", "sources.0.images=50")...)
	w := r.world(r.Seed, quiet{})
	for name, set := range map[string]*stimulus.Set{"attacked": r.test.First(20), "learned from": r.train, "shown changed": shuffled(t, w, r.train).First(50)} {
		n := make([]int, set.Classes)
		for _, l := range set.Labels {
			n[l]++
		}
		if slices.Max(n)-slices.Min(n) > 1 {
			t.Errorf("images %s: %v of the classes", name, n)
		}
	}
	for _, a := range r.archives()[0].Arrays {
		set := map[string]*stimulus.Set{"index": r.test, "train_index": r.train}[a.Name]
		if set == nil {
			continue
		}
		for i, at := range a.Data.([]int32) {
			if int(at) != set.Index[i] {
				t.Fatalf("%s of image %d is %d, not %d", a.Name, i, at, set.Index[i])
			}
		}
	}
	if !strings.Contains(r.data().Order, "stratified sample drawn by seed 7") {
		t.Errorf("order: %s", r.data().Order)
	}
}

// TestEmbeddedImagesAreTheFirst: published results rest on their order.
func TestEmbeddedImagesAreTheFirst(t *testing.T) {
	e := newTiny(t)
	train, test := e.train, e.test
	all, _, err := stimulus.Embedded("mnist")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(train.Pixels, all.First(300).Pixels) || train.Places()[299] != 299 || test.Places()[99] != 99 {
		t.Error("embedded images are not the first")
	}
}
