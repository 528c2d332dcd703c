package circuit

import (
	"math"
	"testing"
)

// TestSound: whatever a unit keeps and is no number is named, also where what it publishes would hide it.
func TestSound(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	for _, tt := range []struct {
		n    noise
		want string
	}{
		{noise{l: []float32{1, 2}, self: 3}, ""},
		{noise{}, ""},
		{noise{l: []float32{1, nan}}, "coupling 1 is NaN"},
		{noise{l: []float32{inf, nan}}, "coupling 0 is -Inf"},
		{noise{l: []float32{1}, self: nan}, "coupling to its own source is NaN"},
		{noise{l: []float32{1e25}}, "power of the noise is +Inf"},
	} {
		tt.n.rule = fixed{}
		got := ""
		if err := tt.n.sound(); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("couplings %v and %v: %q, want %q", tt.n.l, tt.n.self, got, tt.want)
		}
	}
	if err := (&feature{w: []float32{0, 1, inf}}).sound(); err == nil || err.Error() != "afferent weight 2 is -Inf" {
		t.Errorf("features: %v", err)
	}
}
