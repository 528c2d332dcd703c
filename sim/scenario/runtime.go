package scenario

import (
	"encoding/json"
	"strconv"
)

// UnitsPerGoroutine is how many neighbouring units share a goroutine, at least 1,
// or [Auto].
type UnitsPerGoroutine int

// Auto leaves the number of units per goroutine to the runtime.
const Auto UnitsPerGoroutine = 0

// Count returns the number of units a goroutine owns in a network of the given
// number of units. Auto makes a goroutine of every 64, which leaves next to
// nothing of the hand-over even where a unit has little to do, but of fewer where
// there would be less than 16 goroutines to share among processors.
func (u UnitsPerGoroutine) Count(units int) int {
	if u == Auto {
		return max(1, min(64, units/16))
	}
	return int(u)
}

// String returns the number, or auto.
func (u UnitsPerGoroutine) String() string {
	if u == Auto {
		return "auto"
	}
	return strconv.Itoa(int(u))
}

// MarshalJSON writes a number, or the string auto.
func (u UnitsPerGoroutine) MarshalJSON() ([]byte, error) {
	if u == Auto {
		return json.Marshal("auto")
	}
	return json.Marshal(int(u))
}

// UnmarshalJSON reads a number, or the string auto.
func (u *UnitsPerGoroutine) UnmarshalJSON(text []byte) error {
	if string(text) == `"auto"` {
		*u = Auto
		return nil
	}
	return json.Unmarshal(text, (*int)(u))
}
