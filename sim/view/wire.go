package view

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"sync"

	"murmur/sim/measure"
)

// What goes to the page, as JSON. Numbers of all units are bytes between 0 and a largest value: a screen shows no more.

// about is what stays the same: enough to draw the page.
type about struct {
	measure.Layout
	Names  []string  `json:"names"`  // of the classes; numbers where there is none
	Speeds []float64 `json:"speeds"` // moments a second to choose from; 0 is as many as there can be
	Replay bool      `json:"replay"`
}

// speeds are the paces that a page offers.
var speeds = []float64{1, 5, 20, 60, 0}

// state is what people can change, and whether the run goes on.
type state struct {
	Moment  uint64         `json:"moment"`
	Paused  bool           `json:"paused"`
	Waiting bool           `json:"waiting"` // for somebody to look
	Speed   float64        `json:"speed"`
	Viewers int            `json:"viewers"`
	Pending []measure.Poke `json:"pending"`
	Pokes   []measure.Poke `json:"pokes"` // the last ones
	Total   int            `json:"total"`
	Over    bool           `json:"over"`
}

// shot is a frame that is written out once, by the first who sends it.
type shot struct {
	measure.Frame
	once sync.Once
	text []byte
}

// series are numbers of all units, lo + (hi-lo) bytes[i]/255 each.
type series struct {
	Lo    float32 `json:"lo"`
	Hi    float32 `json:"hi"`
	Bytes []byte  `json:"bytes"` // base64 in JSON
}

// quantise rounds numbers that are not negative to bytes. Other numbers, and what is not finite, become 0.
func quantise(x []float32) series {
	s := series{Bytes: make([]byte, len(x))}
	for _, v := range x {
		if v > s.Hi && v <= math.MaxFloat32 {
			s.Hi = v
		}
	}
	if s.Hi == 0 {
		return s
	}
	for i, v := range x {
		if v > 0 && v <= s.Hi {
			s.Bytes[i] = byte(float64(v)/float64(s.Hi)*255 + .5)
		}
	}
	return s
}

// floats are numbers as a page reads them: float32, little-endian, nil of none.
func floats(x []float32) []byte {
	var b []byte
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// json returns the frame as the page reads it.
func (s *shot) json() []byte {
	s.once.Do(func() {
		s.text = encode(struct {
			measure.Frame
			Activity series `json:"activity"` // in place of the frame's
			Noise    series `json:"noise"`
		}{s.Frame, quantise(s.Activity), quantise(s.Noise)})
	})
	return s.text
}

// encode writes what is known to be JSON.
func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic("view: " + err.Error())
	}
	return text
}

// point is a place on the learning curves.
type point struct {
	Moment    uint64   `json:"moment"`
	Alignment *float64 `json:"alignment"`
	Clean     *float64 `json:"accuracy"`
	Modified  *float64 `json:"accuracy_modified"`
	Baseline  *float64 `json:"baseline_modified"` // of the network without noise, on modified ones
	Phase     string   `json:"phase"`
}

// curves are the learning curves so far, for pages that come late. They hold at most maxPoints; when they are full every
// other point goes.
type curves []point

const maxPoints = 2000

func (c *curves) add(f measure.Frame) {
	if f.Alignment == nil && f.Accuracy == nil {
		return
	}
	if len(*c) == maxPoints {
		for i := range maxPoints / 2 {
			(*c)[i] = (*c)[2*i+1]
		}
		*c = (*c)[:maxPoints/2]
	}
	*c = append(*c, point{f.Moment, f.Alignment, f.Accuracy, f.AccuracyModified, f.Baseline.AccuracyModified, f.Phase})
}
