package page

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"murmur/sim/audit"
	"murmur/sim/compare"
	"murmur/sim/measure"
	"murmur/sim/scenario"
)

// TestEqualResultsGiveEqualBytes: a page made twice is the same, whatever order its goroutines ran in.
func TestEqualResultsGiveEqualBytes(t *testing.T) {
	if d := cmp.Diff(filesOf(t, fixture()), filesOf(t, fixture())); d != "" {
		t.Error(d)
	}
}

// TestFiguresAreDrawn: every figure is a picture with ink on it, a drawing that XML takes, and numbers under a head.
func TestFiguresAreDrawn(t *testing.T) {
	want := []string{"result", "accuracy-rotate", "covariance-rotate", "spectrum-rotate", "transfer-00-oracle", "frontier", "security", "certified", "coverage"}
	files := filesOf(t, fixture())
	if len(files) != 1+3*len(want) {
		t.Errorf("%d files, want the page and three for each of %d figures", len(files), len(want))
	}
	for _, name := range want {
		m, err := png.Decode(bytes.NewReader(files["figures/"+name+".png"]))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		dark := 0
		for y := range m.Bounds().Dy() {
			for x := range m.Bounds().Dx() {
				if g := color.GrayModel.Convert(m.At(x, y)).(color.Gray); g.Y < 128 {
					dark++
				}
			}
		}
		if dark < 500 {
			t.Errorf("%s.png has %d dark pixels", name, dark)
		}
		d := xml.NewDecoder(bytes.NewReader(files["figures/"+name+".svg"]))
		letters := 0
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Errorf("%s.svg: %v", name, err)
				break
			}
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == "text" {
				letters++
			}
		}
		if letters < 3 {
			t.Errorf("%s.svg has %d pieces of text", name, letters)
		}
		rows, err := csv.NewReader(bytes.NewReader(files["figures/"+name+".csv"])).ReadAll()
		if err != nil || len(rows) < 3 {
			t.Errorf("%s.csv: %d rows, %v", name, len(rows), err)
		}
	}
}

var numberOf = regexp.MustCompile(`data-path="([^"]*)" data-scale="(\d+)"[^>]*>([^< ]*)`)

// TestNumbersAreThoseOfTheResult: every number that says where it comes from is that of result.json.
func TestNumbersAreThoseOfTheResult(t *testing.T) {
	r := fixture()
	data, err := json.Marshal(r.Result)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	found := numberOf.FindAllStringSubmatch(string(filesOf(t, r)["report.html"]), -1)
	if len(found) < 90 {
		t.Errorf("%d numbers say where they come from", len(found))
	}
	for _, m := range found {
		value := tree
		for _, key := range strings.Split(m[1], ".") {
			switch v := value.(type) {
			case map[string]any:
				value = v[key]
			case []any:
				i, _ := strconv.Atoi(key)
				value = v[i]
			}
		}
		scale, _ := strconv.ParseFloat(m[2], 64)
		shown, err := strconv.ParseFloat(strings.NewReplacer("−", "-", "+", "").Replace(html.UnescapeString(m[3])), 64)
		_, decimals, _ := strings.Cut(m[3], ".")
		v, ok := value.(float64)
		if err != nil || !ok || math.Abs(shown-scale*v) > .5001*math.Pow10(-len(decimals)) {
			t.Errorf("%s: the page shows %q, the result has %v", m[1], m[3], value)
		}
	}
}

// TestMinus: what is drawn has the minus sign of print, what is to be read by programs a hyphen.
func TestMinus(t *testing.T) {
	r := fixture()
	for i := range r.Result.Summary.RecoveredGain {
		g := &r.Result.Summary.RecoveredGain[i]
		g.Mean, g.Lo = ptr(-.25), ptr(-.5)
	}
	files := filesOf(t, r)
	drawn := string(files["figures/frontier.svg"])
	if regexp.MustCompile(`>-\d`).MatchString(drawn) || !strings.Contains(drawn, ">−0.") {
		t.Error("an axis has a hyphen for a minus")
	}
	if data := string(files["figures/frontier.csv"]); !strings.Contains(data, ",-0.25,-0.5,") || strings.Contains(data, "−") {
		t.Errorf("numbers for programs: %s", data)
	}
}

// TestNothingFromElsewhere: no script, and nothing that a browser would fetch.
func TestNothingFromElsewhere(t *testing.T) {
	page := string(filesOf(t, fixture())["report.html"])
	for _, bad := range []string{"<script", "http://", "https://", "url(", "@import", "<link", "<iframe"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	for _, m := range regexp.MustCompile(`(?:src|href)="([^"]{1,12})`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[1], "#") && !strings.HasPrefix(m[1], "data:image/p") {
			t.Errorf("the page refers to %s", m[1])
		}
	}
}

// TestEverySectionIsThere: in their order, and each is left out without its data.
func TestEverySectionIsThere(t *testing.T) {
	sections := func(r Run) (ids []string) {
		for _, m := range regexp.MustCompile(`<h2 id="([^"]*)"`).FindAllStringSubmatch(string(filesOf(t, r)["report.html"]), -1) {
			ids = append(ids, strings.TrimSuffix(m[1], "-title"))
		}
		return ids
	}
	want := []string{"result", "accuracy", "curves", "covariance", "transfer", "price", "attacks", "paper", "examples", "checks", "strengths", "numbers", "repeat"}
	if d := cmp.Diff(want, sections(fixture())); d != "" {
		t.Error(d)
	}
	bare := Run{Result: &measure.Result{Schema: measure.Schema, Scenario: "bare", Arms: []measure.Arm{{Arm: "none", Clean: measure.Estimate{Mean: .5, Lo: .4, Hi: .6, Seeds: 1}}}}, Scenario: []byte("name: bare\n")}
	if d := cmp.Diff([]string{"result", "accuracy", "repeat"}, sections(bare)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"repeat"}, sections(Run{Result: &measure.Result{Schema: measure.Schema}, Scenario: []byte("x")})); d != "" {
		t.Error(d)
	}
}

// TestChaptersFold: the first is open and the others are not; what a link in the contents leads to is inside its chapter, so
// that browsers unfold it. What is there for completeness comes last, behind a heading of its own.
func TestChaptersFold(t *testing.T) {
	page := string(filesOf(t, fixture())["report.html"])
	folds := regexp.MustCompile(`(?s)<details( open)?>\s*<summary><h2 id="([^"]*)-title".*?<div class="blocks" id="([^"]*)">`).FindAllStringSubmatch(page, -1)
	if len(folds) < 10 {
		t.Fatalf("%d chapters fold", len(folds))
	}
	for i, m := range folds {
		if (m[1] != "") != (i == 0) || m[2] != m[3] || !strings.Contains(page, `<a href="#`+m[3]+`">`) {
			t.Errorf("chapter %d: %q", i, m[1:])
		}
	}
	if a := strings.Index(page, ">Appendix<"); a < strings.Index(page, `id="checks"`) || a > strings.Index(page, `id="strengths"`) {
		t.Error("the appendix is not between the checks and every accuracy")
	}
}

// TestPointsSayTheirNumbers: a mark of a chart tells line, place, number and interval to who points at it.
func TestPointsSayTheirNumbers(t *testing.T) {
	page := string(filesOf(t, fixture())["report.html"])
	if !regexp.MustCompile(`<title>none: [\d.]+ % at strength \d, 95 % interval [\d.]+ % to [\d.]+ %</title>`).MatchString(page) {
		t.Error("no point of the curves of none says its numbers")
	}
}

// TestCaptionsStay: where a table is wider than the screen, its caption wraps to the screen and stays there.
func TestCaptionsStay(t *testing.T) {
	page := string(filesOf(t, fixture())["report.html"])
	if all, wrapped := strings.Count(page, "<caption>"), strings.Count(page, "<caption><span>"); all == 0 || all != wrapped {
		t.Errorf("%d of %d captions can wrap", wrapped, all)
	}
	if !regexp.MustCompile(`caption span\{[^}]*position:sticky;left:0;[^}]*max-width:[^}]*100vw`).MatchString(page) {
		t.Error("captions are not held on the screen")
	}
}

// TestOneCovariance: the covariance under one source alone is described, and compared with none.
func TestOneCovariance(t *testing.T) {
	r := fixture().Result
	for n, columns := range map[int]int{1: 3, 2: 5} {
		r.Summary.Covariances = r.Summary.Covariances[:1:1]
		for len(r.Summary.Covariances) < n {
			c := r.Summary.Covariances[0]
			c.Source = "blur"
			r.Summary.Covariances = append(r.Summary.Covariances, c)
		}
		for i := range r.Summary.Covariances {
			r.Summary.Covariances[i].Alignment = make([]float64, n)
		}
		s := (&page{result: r}).structures()
		if len(s.Head) != columns+1 || len(s.Groups[0].Rows[0].Cells) != columns || strings.Contains(s.Note, "alignment") != (n > 1) {
			t.Errorf("%d sources: the table has the columns %q and the note %q", n, s.Head, s.Note)
		}
	}
}

// TestNamesAreEscaped: whatever a scenario is called, it is text.
func TestNamesAreEscaped(t *testing.T) {
	r := fixture()
	const evil = `<b a="x">&'`
	r.Result.Scenario, r.Result.Summary.Sentence, r.Result.Arms[2].Variant = evil, evil, evil
	r.Result.Arms[2].Cells[0].Unit = evil
	for name, data := range filesOf(t, r) {
		if !strings.HasSuffix(name, ".csv") && bytes.Contains(data, []byte(evil[:5])) {
			t.Errorf("%s has a name as it is", name)
		}
	}
}

// TestNamesAreShown: what would act on a terminal or turn the direction of a text is spelled out, on this page as there.
func TestNamesAreShown(t *testing.T) {
	r := fixture()
	const evil = "a\x1b[2Jb\u202ec\u009bd"
	r.Result.Scenario, r.Result.Summary.Sentence, r.Result.Data.Set, r.Result.Arms[2].Variant = evil, evil, evil, evil
	r.Result.Data.ClassImages = []measure.ClassImages{{Name: evil}}
	r.Scenario = []byte("name: " + evil + "\n")
	files := filesOf(t, r)
	page, err := Compare([]string{evil, "b"}, []Run{r, r}, nil)
	if err != nil {
		t.Fatal(err)
	}
	files["compare"] = page
	for name, data := range files {
		if !strings.HasSuffix(name, ".png") && bytes.ContainsAny(data, "\x1b\u202e\u009b") {
			t.Errorf("%s has a name as it is", name)
		}
	}
}

// TestBelief: the box says no where a demand or a check failed, and takes care of what hurts.
func TestBelief(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*measure.Result)
		sign   string
		says   string
	}{
		{"it hurts", func(*measure.Result) {}, "care", "hurts in 3 of 15 cases"},
		{"few images were judged", func(r *measure.Result) {
			r.Checks = append(r.Checks, measure.Check{Name: "enough-judged-images", Status: "warn", Detail: "2 images are judged"})
		}, "bad", "Not as it stands"},
		{"pictures repeat", func(r *measure.Result) {
			r.Checks = append(r.Checks, measure.Check{Name: "pictures-differ", Status: "warn", Detail: "9 of 10 are the same"})
		}, "care", "9 of 10 are the same"},
		{"it hurts more than it helps", func(r *measure.Result) {
			for i := range r.Arms[1:] {
				for j := range r.Arms[i+1].Cells {
					r.Arms[i+1].Cells[j].Gain = &measure.Paired{Mean: -.1, Lo: -.2, Hi: -.05}
				}
			}
		}, "care", "noise hurts more often than it helps"},
		{"nothing hurts", func(r *measure.Result) {
			for i := range r.Arms {
				r.Arms[i].Cells = r.Arms[i].Cells[:2]
			}
		}, "good", "hurts in 0 of 6 cases"},
		{"a demand failed", func(r *measure.Result) { r.Thresholds[0].Pass = false }, "bad", "“it helps” (0.200, wanted >= 0.1)"},
		{"a check failed", func(r *measure.Result) { r.Checks[0].Status = "fail" }, "bad", "every arm of every seed was finished"},
		{"a check is accepted", func(r *measure.Result) { r.Checks[0].Status, r.Checks[0].Accepted = "fail", true }, "care", "the scenario accepts it"},
		{"one seed", func(r *measure.Result) {
			for i := range r.Arms {
				r.Arms[i].Clean.Seeds = 1
			}
		}, "care", "Only one seed"},
	} {
		r := fixture()
		c.change(r.Result)
		b := (&page{run: r, result: r.Result, sources: sources(r.Result)}).believe()
		if b.Sign != c.sign || !strings.Contains(fmt.Sprint(b.Verdict, b.Points), c.says) {
			t.Errorf("%s: %s, want %s with %q: %v", c.name, b.Sign, c.sign, c.says, b.Points)
		}
	}
}

// TestEveryCheckHasAMeaning: in plain words, also those of the attacks.
func TestEveryCheckHasAMeaning(t *testing.T) {
	terms := audit.Terms()
	if len(terms) < 20 {
		t.Fatalf("%d terms", len(terms))
	}
	for _, term := range terms {
		if meanings[term.Name] == "" {
			t.Errorf("%s has no meaning", term.Name)
		}
	}
}

// TestCompare: a column for each run, and a dash where a run lacks an arm.
func TestCompare(t *testing.T) {
	a, b := fixture(), fixture()
	b.Result.Arms = b.Result.Arms[:3]
	five, changed := 5., .1
	between := &compare.Comparison{Seeds: 1, Images: 60, Settings: []scenario.Difference{{Key: "noise.power", A: "0.08"}}, Count: compare.Count{Cells: 3, Better: 1},
		Arms: []compare.Arm{{Arm: "gha hubs=2", Source: "rotate", SourceStrength: &five, Key: measure.ArmKey{Arm: "gha hubs=2", Source: "rotate", SourceStrength: 5},
			Cells: []compare.Cell{{Perturbation: "rotate", Strength: 4, Difference: measure.Paired{Mean: -.01, Lo: -.02, Hi: .01}, Changed: &changed},
				{Perturbation: "rotate", Strength: 5, Difference: measure.Paired{Mean: .1, Lo: .08, Hi: .12}}}}}}
	data, err := Compare([]string{"one", "two"}, []Run{a, b}, between)
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	for _, want := range []string{
		`<td class="words">one</td><td class="words">two</td>`,
		`<th scope="row">gha hubs=2</th><td class="better">40.0<i aria-hidden="true">▲</i><span class="vh"> better</span> <small>±3.0</small></td><td>–</td>`,
		`<tr><th scope="row">diagonal</th><td>0.25</td><td>0.25</td></tr>`,
		`<figcaption>Accuracy under the change`,
		`<th scope="row">noise.power</th><td class="words">0.08</td><td class="words">–</td>`,
		`Both judged the same 60 images with one seed; intervals cover images alone. Of 3 cells`,
		`<td class="better">&#43;10.0<i aria-hidden="true">▲</i><span class="vh"> better</span> <small>±2.0</small></td>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(page, "data-path") {
		t.Error("a number says where it is in result.json, of which there are two")
	}
}

// TestLinesJoinRunsOfOneScenario: between two others nothing changes from one to the next.
func TestLinesJoinRunsOfOneScenario(t *testing.T) {
	lines := func(scenarios ...string) (n int) {
		c := &comparison{}
		for _, name := range scenarios {
			r := fixture()
			r.Result.Scenario = name
			c.runs = append(c.runs, &page{run: r, result: r.Result})
			c.sources = sources(r.Result)
		}
		for _, m := range c.home().Panels[0].scene.marks {
			if m.kind == line && m.width == 2 {
				n++
			}
		}
		return n
	}
	one, two, three := lines("a", "a"), lines("a", "b"), lines("a", "a", "b")
	if one <= two || three != one {
		t.Errorf("%d lines in a chart of one scenario twice, %d of two scenarios, %d of one twice and another", one, two, three)
	}
}

// TestOpen: a folder that is none is an error that names it.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("an empty folder: %v", err)
	}
	if err := os.WriteFile(dir+"/result.json", []byte(`{"schema": "other"}`), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "schema") {
		t.Errorf("another schema: %v", err)
	}
}

// TestABrokenPageIsAnError: also where a figure breaks in a goroutine of its own.
func TestABrokenPageIsAnError(t *testing.T) {
	if _, err := Files(Run{}); err == nil || !strings.HasPrefix(err.Error(), "page: ") {
		t.Errorf("a page of nothing: %v", err)
	}
}

// TestWhatBreaksCostsItselfAlone: a figure, or a part of the page, and nothing else.
func TestWhatBreaksCostsItselfAlone(t *testing.T) {
	p := newPage(fixture())
	figures, sections := len(p.figures), len(p.Sections)
	p.figures = append(p.figures, &figure{Name: "empty"})
	p.part("half", func() {
		p.section("half", "Half a section", "", block{Pre: "text"})
		p.draw("none", func() *figure { panic("no numbers") })
		panic("no words")
	})
	if files := p.files(); len(files) != 3*figures || len(p.Sections) != sections {
		t.Errorf("%d files, want %d; %d sections, want %d", len(files), 3*figures, len(p.Sections), sections)
	}
	if said := errors.Join(p.lost...).Error(); !strings.HasPrefix(said, "page: figure none: page: no numbers\npage: half: page: no words\npage: figure empty: page: ") {
		t.Errorf("it says %s", said)
	}
	r := fixture()
	r.Result.Summary.Examples[0].Images = nil // fewer pictures than answers
	files, err := Files(r)
	if len(files) == 0 || files[0].Name != "report.html" {
		t.Errorf("%d files, error %v", len(files), err)
	}
}

// TestContrast: letters can be read in both modes (WCAG 2.2, success criterion 1.4.3).
func TestContrast(t *testing.T) {
	light := func(hex string) float64 {
		var sum float64
		for i, weight := range []float64{.2126, .7152, .0722} {
			v, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			c := float64(v) / 255
			if c <= .04045 {
				c /= 12.92
			} else {
				c = math.Pow((c+.055)/1.055, 2.4)
			}
			sum += weight * c
		}
		return sum
	}
	ratio := func(a, b string) float64 {
		x, y := light(a), light(b)
		return (max(x, y) + .05) / (min(x, y) + .05)
	}
	ground := inks[0]
	for _, c := range inks {
		switch c.name {
		case text, soft, good, bad:
			if l, d := ratio(c.light, ground.light), ratio(c.dark, ground.dark); l < 4.5 || d < 4.5 {
				t.Errorf("%s: contrast %.2f in light mode, %.2f in dark", c.name, l, d)
			}
		}
	}
}

func BenchmarkFiles(b *testing.B) {
	r := fixture()
	for b.Loop() {
		filesOf(b, r)
	}
}
