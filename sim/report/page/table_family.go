package page

import (
	"fmt"
	"slices"
	"strings"

	"murmur/sim/report"
)

// families is the mean error of every arm over each published set that was measured whole.
func (p *page) families() *table {
	t := &table{Caption: "Mean error over published sets, %", Head: []string{"arm"}}
	var names, notes []string
	for _, a := range p.result.Arms {
		for _, f := range a.Families {
			if !slices.Contains(names, f.Family) {
				names, notes = append(names, f.Family), append(notes, report.OfFamily(f))
				t.Head = append(t.Head, f.Family, "mCE")
			}
		}
	}
	t.Note = strings.Join(notes, " ")
	if len(names) == 0 || len(p.result.Arms) > mostArms {
		return t
	}
	t.Groups = p.grouped(func(a indexed) []cell {
		if len(a.Families) == 0 {
			return nil
		}
		cells := make([]cell, 2*len(names))
		for i := range cells {
			cells[i].Text = dash
		}
		for i, f := range a.Families {
			path, k := fmt.Sprintf("arms.%d.families.%d.", a.Index, i), slices.Index(names, f.Family)
			cells[2*k], cells[2*k+1] = accuracy(f.Error, nil, path+"error"), ratio(f.MCE, path+"mce")
		}
		return cells
	})
	return t
}
