package measure

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// paperTable is the result table of arXiv 2606.13801, as its authors published it with their code (MIT licence): a
// convolutional network on Fashion-MNIST, noise of trace 2, ten trainings.
//
//go:embed paper-table.csv
var paperTable string

// PaperArms are the arms of the paper's table, as it calls them.
var PaperArms = [4]string{"full", "diagonal", "identity", "none"}

// Published is a row of the paper's table: mean accuracies of its arms, in the order of [PaperArms], under a modification
// or attack at a strength.
type Published struct {
	Modification string // in lower case: autopgd, rotate, ...
	Strength     float64
	Means        [4]float64
}

// Paper returns the rows of the paper's table.
var Paper = sync.OnceValue(func() []Published {
	rows, err := csv.NewReader(strings.NewReader(paperTable)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("measure: the embedded table: %v", err))
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	number := func(row []string, name string) float64 {
		v, err := strconv.ParseFloat(row[column[name]], 64)
		if err != nil {
			panic(fmt.Sprintf("measure: the embedded table: %v", err))
		}
		return v
	}
	var list []Published
	for _, row := range rows[1:] {
		p := Published{Modification: strings.ToLower(row[column["modification"]]), Strength: number(row, "strength")}
		for i, arm := range PaperArms {
			p.Means[i] = number(row, arm+"_mean")
		}
		list = append(list, p)
	}
	return list
})

// LookupPaper returns the row of a modification at a strength and whether there is one.
func LookupPaper(modification string, strength float64) (Published, bool) {
	for _, p := range Paper() {
		if p.Modification == modification && p.Strength == strength {
			return p, true
		}
	}
	return Published{}, false
}
