package experiment

import (
	"fmt"

	"murmur/sim/measure"
	"murmur/sim/stimulus"
)

// Archive is a group of arrays that belong in one file.
type Archive struct {
	Name   string
	Arrays []measure.Array
}

// archives lists what rebuilds the networks of the first seed and their decisions, in a fixed order. images holds
//
//	images             float32 [image, pixel]           the pictures that were judged, 0 to 1
//	labels             uint8   [image]
//	index              int32   [image]                  its place in the files, from 0
//	train_index        int32   [image]                  the places of the images that were learned from
//
// examples the pixels of the result's examples, uint8 [image, pixel], and covariance, where there are few sources,
//
//	sourceNN.covariance  float32 [unit, unit]          of deviations, NN the place among the result's covariances
//
// and network, with NN the number of the arm in result.json, from 00,
//
//	features           float32 [unit, field*field]      afferent weights
//	pixels             int32   [unit, field*field]      the pixel that each weight belongs to
//	column             int32   [unit]                   the column of each unit
//	gain               float32 [1]                      of the rate response
//	armNN.readout      float32 [class, unit]            readout weights
//	armNN.bias         float32 [class]
//	armNN.couplings    float32 [unit, hub] or [coupling] gain, scale and power of the source worked in
//	armNN.source       int32   [coupling]               the unit heard, where couplings are between units
//	armNN.target       int32   [coupling]               the unit that hears
//	armNN.self         float32 [unit]                   coupling to the unit's own source
//	armNN.noise        float32 [draw, class, image]     what each draw gave the readout: readout @ noise; of the last layer
//
// Of a second sheet features, pixels (then units of the first) and column are named second.features and so on.
func (r *run) archives() []Archive {
	pictures := []measure.Array{
		{Name: "images", Shape: []int{r.test.Len(), r.test.Size()}, Data: r.test.Pixels[:r.test.Len()*r.test.Size()]},
		{Name: "labels", Shape: []int{r.test.Len()}, Data: r.test.Labels},
		places("index", r.test), places("train_index", r.train),
	}
	list := []Archive{{"images.npz", pictures}, {"network.npz", r.arrays()}}
	first := r.seeds[0]
	if first.Examples != nil {
		list = append(list, Archive{"examples.npz", first.ExampleArrays})
	}
	if first.Covariances != nil {
		list = append(list, Archive{"covariance.npz", first.CovarianceArrays})
	}
	return list
}

// places says where images stand in the files.
func places(name string, set *stimulus.Set) measure.Array {
	var list []int32
	for _, at := range set.Places() {
		list = append(list, int32(at))
	}
	return measure.Array{Name: name, Shape: []int{len(list)}, Data: list}
}

func (r *run) arrays() []measure.Array {
	sr := r.seeds[0]
	list := []measure.Array{{Name: "gain", Shape: []int{1}, Data: []float32{float32(r.Features.Gain)}}}
	for k, l := range r.sheets()[:len(sr.Features)] {
		prefix := ""
		if k > 0 {
			prefix = "second."
		}
		n, field := l.Len(), l.Afferents()
		var pixels, column []int32
		for i := range n {
			column = append(column, int32(l.Column(i)))
			for _, s := range l.ReceptiveField(l.Column(i)) {
				for p := range s.N {
					pixels = append(pixels, int32(s.First+p))
				}
			}
		}
		list = append(list,
			measure.Array{Name: prefix + "features", Shape: []int{n, field}, Data: sr.Features[k]},
			measure.Array{Name: prefix + "pixels", Shape: []int{n, field}, Data: pixels},
			measure.Array{Name: prefix + "column", Shape: []int{n}, Data: column})
	}
	for i, a := range sr.arms {
		place := (&tables{run: r}).place(i)
		if !a.done || place < 0 {
			continue
		}
		prefix := fmt.Sprintf("arm%02d.", place)
		list = append(list,
			measure.Array{Name: prefix + "readout", Shape: []int{len(a.Bias), len(a.Readout) / len(a.Bias)}, Data: a.Readout},
			measure.Array{Name: prefix + "bias", Shape: []int{len(a.Bias)}, Data: a.Bias})
		c := a.Couplings
		n := len(c.Self)
		if n == 0 {
			continue
		}
		var values []float32
		var source, target []int32
		for i, row := range c.L {
			values = append(values, row...)
			if c.Hubs == 0 {
				for j := range row {
					source = append(source, c.Sources[i][j])
					target = append(target, int32(i))
				}
			}
		}
		shape := []int{len(values)}
		if c.Hubs > 0 {
			shape = []int{n, c.Hubs}
		}
		list = append(list,
			measure.Array{Name: prefix + "couplings", Shape: shape, Data: values},
			measure.Array{Name: prefix + "source", Shape: []int{len(source)}, Data: source},
			measure.Array{Name: prefix + "target", Shape: []int{len(target)}, Data: target},
			measure.Array{Name: prefix + "self", Shape: []int{n}, Data: c.Self})
		if a.Noise != nil {
			list = append(list, measure.Array{Name: prefix + "noise", Shape: []int{r.Noise.Draws, len(a.Bias), r.test.Len()}, Data: a.Noise})
		}
	}
	return list
}
