package experiment

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"murmur/neuron/random"
	"murmur/sim/measure"
	"murmur/sim/scenario"
	"murmur/sim/stimulus"
)

// open loads the pictures of a scenario.
func open(ctx context.Context, s *scenario.Scenario) (train, test *stimulus.Set, err error) {
	if s.Data.Path != "" {
		train, test, err = stimulus.Open(ctx, fromHere(s.Data.Path), stimulus.Options{LeaveOut: s.Data.Broken == scenario.LeaveOutBroken})
		if unreadable := new(fs.PathError); errors.As(err, &unreadable) {
			err = fmt.Errorf("data.path: %s: %w", unreadable.Path, unreadable.Err)
		}
		return train, test, err
	}
	return stimulus.Embedded(s.Data.Set)
}

// fromHere shortens a path that lies below the working directory, for whoever reads of it.
func fromHere(path string) string {
	if wd, err := os.Getwd(); err == nil {
		if short, err := filepath.Rel(wd, path); err == nil && filepath.IsLocal(short) {
			return short
		}
	}
	return path
}

// choose takes as many pictures as a scenario asks for. Of embedded sets these are the first, whose classes take turns. Of
// files of one's own, which may be sorted by class, they are stratified samples that the scenario's seed draws, in an order
// of which every part that is used first is one too.
func choose(ctx context.Context, s *scenario.Scenario, train, test *stimulus.Set) (_, _ *stimulus.Set, err error) {
	if err := s.CheckPicture(train.Width, train.Height, train.ClassNames); err != nil {
		return nil, nil, err
	}
	if len(s.Data.Classes) > 0 {
		train.ClassNames, test.ClassNames = s.Data.Classes, s.Data.Classes
	}
	nTrain, nTest := s.Data.Train, s.Data.Test
	if s.Data.JudgeOn == scenario.ValidationImages {
		if nTrain == 0 || nTrain >= train.Len() {
			return nil, nil, fmt.Errorf("data.train: validation judges on training images that are left out, and of %d none is; lower it", train.Len())
		}
		left := train.Len() - nTrain
		if nTest > left {
			return nil, nil, fmt.Errorf("data.test: validation judges on training images that are left out: %d remain, not %d; lower data.train or data.test", left, nTest)
		}
		if nTest == 0 {
			nTest = left
		}
		both, err := first(ctx, s, train, nTrain+nTest)
		if err != nil {
			return nil, nil, err
		}
		train, test = stimulus.Split(both, nTrain)
		return train, test, nil
	}
	if train, err = take(ctx, s, "train", train, nTrain); err != nil {
		return nil, nil, err
	}
	test, err = take(ctx, s, "test", test, nTest)
	return train, test, err
}

// take takes n images of a part of the files; 0 is all of them.
func take(ctx context.Context, s *scenario.Scenario, part string, set *stimulus.Set, n int) (*stimulus.Set, error) {
	switch {
	case n > set.Len():
		return nil, fmt.Errorf("data.%s: %d images asked for, there are %d; 0 means all", part, n, set.Len())
	case n == 0:
		n = set.Len()
	}
	return first(ctx, s, set, n)
}

// first returns the first n images of a set in the order of the run.
func first(ctx context.Context, s *scenario.Scenario, set *stimulus.Set, n int) (*stimulus.Set, error) {
	if s.Data.Path == "" {
		return set.First(n), nil
	}
	return set.Stratified(ctx, orderKey(s.Seed), n)
}

// orderKey draws which images are used first.
func orderKey(seed uint64) random.Key { return random.Key{Seed: seed, Purpose: random.Split} }

// order says in words which images are used.
func (e *Experiment) order() string {
	if e.Data.Path == "" {
		return "the first of the embedded set, in which classes take turns"
	}
	return fmt.Sprintf("a stratified sample drawn by seed %d: of the first n images, whatever n, each class has its share to less than one image", e.Seed)
}

// ClassNames are what the classes of the images are called, in the order of their numbers. They are not to be changed.
func (e *Experiment) ClassNames() []string { return e.train.ClassNames }

// data says which images were used.
func (e *Experiment) data() measure.Data {
	d := measure.Data{Set: e.test.Name, Width: e.test.Width, Height: e.test.Height, Classes: e.train.Classes,
		Train: e.train.Len(), Test: e.test.Len(), Draws: e.Noise.Draws, Order: e.order(),
		Majority: e.counted.Majority(), Unbalanced: e.counted.Unbalanced()}
	for class, name := range e.ClassNames() {
		d.ClassImages = append(d.ClassImages, measure.ClassImages{Name: name, Train: e.counted.Train.Classes[class], Test: e.counted.Test.Classes[class]})
	}
	return d
}

// balanced is the balanced accuracy of decisions on the first test images, of an unbalanced set; nil of another.
func (e *Experiment) balanced(x measure.Sample) *measure.Estimate {
	if !e.counted.Unbalanced() {
		return nil
	}
	estimate := x.Balanced(e.test.Labels[:len(x[0])]).Accuracy()
	return &estimate
}
