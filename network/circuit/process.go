// Package circuit holds murmur's units: hidden units on a sheet, hubs and readout units, and how they are wired.
//
// A unit combines pure pieces of neuron and plasticity; here they meet their neighbours' frames. Processes say what a
// unit does in a tick. Opened one after another they are the protocol of an experiment; opened all at once, every tick,
// they are a pipeline in which everything goes on at the same time.
package circuit

import (
	"strings"

	"murmur/network"
)

// The processes, with what each writes and what it reads of the tick before.
const (
	// Sense: hidden units turn the picture into potentials.
	Sense network.Process = 1 << iota
	// Respond: hidden units turn their column's potentials into responses and, if learning, adapt their features.
	Respond
	// Recall: hidden units take their response to a stimulus from memory instead. The noise-free response to the same
	// picture is the same to the last bit, so this saves work and changes nothing.
	Recall
	// Remember: as Recall, but the response is for the unit's own use and not published.
	Remember
	// Emit: hidden units and hubs draw their next noise source and publish it, one tick ahead of its use.
	Emit
	// Compare: hidden units compare their response with the one before it; couplings that need no hub learn.
	Compare
	// Pool: hubs add up what hidden units contribute.
	Pool
	// Adapt: hidden units move their hub weights by what the hubs made of it.
	Adapt
	// Express: hidden units turn the sources that they hear into their noise.
	Express
	// Act: hidden units publish their activity: the response and, if Express is open in the same tick, its noise.
	Act
	// Integrate: readout units turn activity into potentials.
	Integrate
	// Decide: readout units share one softmax and, if learning, move by the delta rule.
	Decide
	// Superpose: readout units keep the potential that noise alone gives them, for draw number Slot.
	Superpose
	// Drive: readout units add the potential of the noise-free response to that of each draw they keep.
	Drive
	// Judge: readout units average their share of the softmax over the draws: the decision.
	Judge
	// Tally: readout units add their share of the softmax of what they integrated to those of the draws before, Slot 0
	// being the first: the decision where noise reaches them through another sheet, and has to be lived draw by draw.
	Tally
)

// names are the processes' names, in the order of their bits.
var names = []string{"sense", "respond", "recall", "remember", "emit", "compare", "pool", "adapt", "express", "act",
	"integrate", "decide", "superpose", "drive", "judge", "tally"}

// ProcessName names a set of processes, as in "express+emit".
func ProcessName(p network.Process) string {
	var open []string
	for i, name := range names {
		if p.Has(1 << i) {
			open = append(open, name)
		}
	}
	return strings.Join(open, "+")
}
