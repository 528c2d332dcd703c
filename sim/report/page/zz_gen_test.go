package page

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestGen(t *testing.T) {
	for _, d := range []string{"small2", "main"} {
		t0 := time.Now()
		r, err := Open("/tmp/bp/" + d)
		if err != nil {
			t.Fatal(err)
		}
		t1 := time.Now()
		files, err := Files(r)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, f := range files {
			n += len(f.Data)
			name := filepath.Join("/tmp/bp/out", d, f.Name)
			os.MkdirAll(filepath.Dir(name), 0o777)
			os.WriteFile(name, f.Data, 0o666)
		}
		t.Log(d, "open", t1.Sub(t0), "files", time.Since(t1), len(files), len(files[0].Data), n)
	}
}
