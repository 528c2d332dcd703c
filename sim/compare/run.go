package compare

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"murmur/sim/measure"
	"murmur/sim/record"
)

// Run is a finished run as a comparison needs it.
type Run struct {
	Folder   string
	Result   *measure.Result
	Scenario []byte // as resolved

	order  []place // of the first seed that has them
	blocks map[place][]*measure.Outcomes
	arms   map[measure.ArmKey]bool
}

// place is an arm under something.
type place struct {
	arm  measure.ArmKey
	cell measure.CellKey
}

// maxScenario is the largest resolved scenario that is read, in bytes.
const maxScenario = 4 << 20

// Open reads the result, the scenario and the outcomes of a run folder. The error names the file and what is wrong with it.
func Open(dir string) (*Run, error) {
	r := &Run{Folder: dir}
	var err error
	if r.Result, err = record.ReadResult(dir); err != nil {
		return nil, err
	}
	if r.Scenario, err = readScenario(r.file("scenario.yaml")); err != nil {
		return nil, err
	}
	list, err := record.ReadOutcomes(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: the decisions of a run, image by image, are what is compared", err)
	} else if err != nil {
		return nil, err
	}
	return r, r.index(list)
}

// index takes the outcomes of the run.
func (r *Run) index(list []measure.Outcomes) error {
	r.blocks, r.arms = map[place][]*measure.Outcomes{}, map[measure.ArmKey]bool{}
	for i := range list {
		o := &list[i]
		k := place{o.Arm, o.Cell}
		if r.blocks[k] == nil {
			r.order = append(r.order, k)
		}
		for _, other := range r.blocks[k] {
			if other.Seed == o.Seed {
				arm, cell := r.newArm(o.Arm), r.newCell(o.Cell)
				return fmt.Errorf("%s: %s under %s stands there twice for seed %d", r.file(record.OutcomesFile), arm.Name(), cell.Under(), o.Seed)
			}
		}
		r.blocks[k] = append(r.blocks[k], o)
		r.arms[o.Arm] = true
	}
	if len(r.order) == 0 {
		return fmt.Errorf("%s: holds no decision", r.file(record.OutcomesFile))
	}
	return nil
}

func readScenario(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxScenario+1))
	if err == nil && len(text) > maxScenario {
		err = fmt.Errorf("%s: is larger than %d MiB", name, maxScenario>>20)
	}
	return text, err
}

func (r *Run) file(name string) string { return filepath.Join(r.Folder, name) }

func (r *Run) side() Side {
	s := Side{Folder: r.Folder, Scenario: r.Result.Scenario, Size: r.Result.Size, Trajectory: r.Result.Trajectory}
	for _, blocks := range r.blocks {
		s.Seeds = max(s.Seeds, len(blocks))
		for _, o := range blocks {
			s.Images = max(s.Images, len(o.Image))
		}
	}
	return s
}
