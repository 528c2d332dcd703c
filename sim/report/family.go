package report

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"murmur/sim/measure"
	"murmur/sim/modification"
)

// families writes the mean errors of every arm over the published sets that were measured whole.
func (p *page) families() {
	if len(p.result.Arms) > mostNumbers {
		return
	}
	var rows []table.Row
	var notes []string
	seen := map[string]bool{}
	for i := range p.result.Arms {
		a := &p.result.Arms[i]
		for _, f := range a.Families {
			row := table.Row{named(a), f.Family, percentOf(f.Error), dash, dash}
			for k, v := range []*measure.Paired{f.MCE, f.RelativeMCE} {
				if v != nil {
					row[3+k] = Fixed(v.Mean, 2)
				}
			}
			rows = append(rows, row)
			if !seen[f.Family] {
				seen[f.Family] = true
				notes = append(notes, OfFamily(f))
			}
		}
	}
	if len(rows) == 0 {
		return
	}
	w := filled([]column{{width: 28}, {width: 18}, {right: true}, {right: true}, {right: true}},
		table.Row{"arm", "set", "error", "mCE", "relative"}, rows)
	p.block("mean error over published sets, %", w.Render())
	p.prose("", strings.Join(notes, " "))
}

// OfFamily says what a mean over a published set is over.
func OfFamily(f measure.FamilyErrors) string {
	s := fmt.Sprintf("%s: %d changes", f.Family, f.Modifications)
	if f.Levels < f.Of {
		s += fmt.Sprintf(" at %d of their %d strengths together", f.Levels, f.Of)
	}
	var out []string
	for _, name := range f.LeftOut {
		out = append(out, modification.Shown(name))
	}
	if len(out) > 0 {
		s += ", without what only stands in for theirs: " + strings.Join(out, ", ")
	}
	return s + "."
}
