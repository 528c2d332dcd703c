package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"murmur/sim/measure"
)

// command is what a page asks for.
type command struct {
	Do    string   `json:"action"` // pause, resume, step, speed, poke
	Speed *float64 `json:"speed"`  // of speed: moments a second, 0 as many as there can be
	Poke  *poke    `json:"poke"`   // of poke
}

// poke is a poke whose moment the hub chooses.
type poke struct {
	Kind         string  `json:"kind"`
	Units        []int   `json:"units"`
	Power        float64 `json:"power"`
	Perturbation string  `json:"perturbation"`
	Strength     int     `json:"strength"`
}

// maxSpeed is the most moments a second that can be asked for, other than full speed.
const maxSpeed = 1000

// decode reads one command. Its errors name the field.
func decode(r io.Reader) (command, error) {
	var c command
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("command: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errors.New("more than one value")
		}
		return c, fmt.Errorf("command: %w", err)
	}
	switch c.Do {
	case "pause", "resume", "step":
	case "speed":
		if c.Speed == nil || !(*c.Speed >= 0 && *c.Speed <= maxSpeed) {
			return c, fmt.Errorf("speed: must be from 0 to %d moments a second", maxSpeed)
		}
	case "poke":
		if c.Poke == nil {
			return c, errors.New("poke: missing")
		}
	default:
		return c, fmt.Errorf("action: %q is none of pause, resume, step, speed, poke", c.Do)
	}
	return c, nil
}

// clean returns the poke with the fields of its kind alone, each unit once.
func (p poke) clean() measure.Poke {
	out := measure.Poke{Kind: p.Kind}
	switch p.Kind {
	case measure.PokeSilence, measure.PokeRestore:
		slices.Sort(p.Units)
		out.Units = slices.Compact(p.Units)
	case measure.PokePower:
		out.Power = p.Power
	case measure.PokePerturb:
		out.Perturbation, out.Strength = p.Perturbation, p.Strength
	}
	return out
}

var (
	errReplay = errors.New("poke: this is a replay, its pokes are those of the recording")
	errQueue  = fmt.Errorf("poke: %d wait already for the next moment", maxQueue)
	errFull   = fmt.Errorf("poke: this run has been poked as often as a recording can hold")
	errOver   = errors.New("action: the run has ended")
)

// maxPoked bounds what a run is poked with, in numbers that its recording holds: some ten thousand pokes, or a thousand
// of large sheets.
const maxPoked = 4 << 20

// numbers is how many numbers a recording takes for a poke, about.
func numbers(p measure.Poke) int { return 64 + len(p.Units) }

// enqueue has a poke wait for the next moment. One that says what another that waits has said, or that takes its place, is
// not done twice.
func (h *Hub) enqueue(p measure.Poke) error {
	same := func(q measure.Poke) bool {
		return q.Kind == p.Kind && (p.Kind == measure.PokePower || p.Kind == measure.PokePerturb || slices.Equal(q.Units, p.Units))
	}
	if i := slices.IndexFunc(h.queue, same); i >= 0 {
		h.queue = slices.Delete(h.queue, i, i+1)
	} else if len(h.queue) == maxQueue {
		return errQueue
	}
	if h.poked += numbers(p); h.poked > maxPoked {
		return errFull
	}
	h.queue = append(h.queue, p)
	return nil
}

// do carries a command out. A poke is checked now and done before the next moment.
func (h *Hub) do(c command) error {
	var p measure.Poke
	if c.Do == "poke" {
		p = c.Poke.clean()
		if err := h.source.Check(p); err != nil {
			return err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.over {
		return errOver
	}
	switch c.Do {
	case "pause":
		h.paused = true
	case "resume":
		h.paused, h.steps = false, 0
	case "step":
		h.paused = true
		h.steps++
	case "speed":
		h.speed = *c.Speed
	case "poke":
		if h.options.Replay {
			return errReplay
		}
		if err := h.enqueue(p); err != nil {
			return err
		}
	}
	h.tell()
	return nil
}
