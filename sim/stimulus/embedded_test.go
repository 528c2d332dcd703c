package stimulus

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestEmbedded(t *testing.T) {
	for _, name := range EmbeddedNames() {
		train, test, err := Embedded(name)
		if err != nil {
			t.Fatal(err)
		}
		for set, perClass := range map[*Set]int{train: 1000, test: 200} {
			if set.Name != name || set.Width != 28 || set.Height != 28 || set.Classes != 10 || set.Len() != 10*perClass {
				t.Fatalf("%s: %d images of %d x %d in %d classes", set.Name, set.Len(), set.Height, set.Width, set.Classes)
			}
			for i, l := range set.Labels {
				if int(l) != i%10 {
					t.Fatalf("%s: label %d is %d, want %d", name, i, l, i%10)
				}
			}
		}
	}
	_, _, err := Embedded("cifar")
	if want := `stimulus: want embedded data set ["mnist" "fashion-mnist"], found "cifar"`; err == nil || err.Error() != want {
		t.Fatalf("error %v, want %s", err, want)
	}
}

// The committed checksums are those of the committed files, all of them.
func TestEmbeddedChecksums(t *testing.T) {
	sums, err := embedded.ReadFile("embedded/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(embedded, "embedded/*.gz")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(sums)), "\n")
	if len(files) != 8 || len(lines) != 8 {
		t.Fatalf("%d files, %d checksums, want 8", len(files), len(lines))
	}
	for _, line := range lines {
		want, name, _ := strings.Cut(line, "  ")
		packed, err := embedded.ReadFile("embedded/" + name + ".gz")
		if err != nil {
			t.Fatal(err)
		}
		r, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		h := sha256.New()
		if _, err := io.Copy(h, r); err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != want {
			t.Errorf("%s: SHA-256 %s, want %s", name, got, want)
		}
	}
}

func TestEmbeddedDamage(t *testing.T) {
	files := func() fstest.MapFS {
		m := fstest.MapFS{}
		var sums strings.Builder
		for name, data := range small() {
			m["embedded/x-"+name+".gz"] = &fstest.MapFile{Data: zipped(data)}
			sum := sha256.Sum256(data)
			sums.WriteString(hex.EncodeToString(sum[:]) + "  x-" + name + "\n")
		}
		m["embedded/SHA256SUMS"] = &fstest.MapFile{Data: []byte(sums.String())}
		return m
	}
	if _, _, err := loadEmbedded(files(), "x"); err != nil {
		t.Fatal(err)
	}
	m := files()
	other := small()[testLabels]
	other[8] ^= 1
	m["embedded/x-"+testLabels+".gz"] = &fstest.MapFile{Data: zipped(other)}
	_, _, err := loadEmbedded(m, "x")
	checkFault(t, err, "x-"+testLabels+".gz", -1, "want unpacked data with SHA-256 ")

	m = files()
	m["embedded/SHA256SUMS"] = &fstest.MapFile{}
	_, _, err = loadEmbedded(m, "x")
	checkFault(t, err, "x-"+trainLabels+".gz", -1, "SHA-256 (not listed), found")

	m = files()
	packed := m["embedded/x-"+testImages+".gz"].Data
	m["embedded/x-"+testImages+".gz"] = &fstest.MapFile{Data: packed[:len(packed)-1]}
	_, _, err = loadEmbedded(m, "x")
	checkFault(t, err, "x-"+testImages+".gz", 18, "want readable data, found \"unexpected EOF\"")
}

func TestNotice(t *testing.T) {
	for _, want := range []string{"Yann LeCun", "Corinna\nCortes", "Christopher J.C. Burges", "by-sa/3.0", "Changes:", "Zalando SE", "The MIT License"} {
		if !strings.Contains(Notice(), want) {
			t.Errorf("the notice does not say %q", want)
		}
	}
}

// fullFiles returns the folder of the full files of a data set, which lies
// beside the repository where there is one.
func fullFiles(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "data", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the full files are not at %s beside the repository: %v", dir, err)
	}
	return dir
}

// The full files are the published ones, and the embedded images are among
// them: the first of each class.
func TestEmbeddedAgainstFullFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("reads all 140,000 images")
	}
	for _, name := range EmbeddedNames() {
		t.Run(name, func(t *testing.T) {
			train, test, err := Open(t.Context(), fullFiles(t, name), Options{})
			if err != nil {
				t.Fatal(err)
			}
			wantTrain, wantTest, err := Embedded(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct {
				full, want *Set
				n, each    int
			}{{train, wantTrain, 60000, 1000}, {test, wantTest, 10000, 200}} {
				if c.full.Len() != c.n || c.full.Classes != 10 || c.full.Name != name {
					t.Fatalf("%s: %d images in %d classes, want %d in 10", c.full.Name, c.full.Len(), c.full.Classes, c.n)
				}
				got, err := c.full.Balanced(c.each)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got.Labels, c.want.Labels) || !slices.Equal(got.Pixels, c.want.Pixels) {
					t.Fatalf("the embedded images are not the first %d of each class", c.each)
				}
			}
		})
	}
}

func TestFullFilesMD5(t *testing.T) {
	if testing.Short() {
		t.Skip("reads all 70,000 images")
	}
	dir := fullFiles(t, "mnist")
	for name, want := range map[string]string{
		trainImages: "6bbc9ace898e44ae57da46a324031adb",
		trainLabels: "a25bea736e30d166cdddb491f175f624",
		testImages:  "2646ac647ad5339dbf082846283269ea",
		testLabels:  "27ae3e4e09519cfbb04c329615203637",
	} {
		f, err := os.Open(filepath.Join(dir, name+".gz"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		h := md5.New()
		if _, err := io.Copy(h, r); err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != want {
			t.Errorf("%s: MD5 %s, want %s", name, got, want)
		}
	}
}
