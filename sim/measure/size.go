package measure

import (
	"fmt"
	"strings"
)

// Size is the physical size of what the cell is under, in short: 40°, 10 px, eps .04, or the number alone.
func (c *Cell) Size() string {
	s := fmt.Sprintf("%.3g", c.Value)
	switch {
	case c.Decisions != nil:
		return "eps " + strings.TrimPrefix(s, "0")
	case c.Unit == "degree":
		return s + "°"
	case c.Unit == "pixel":
		return s + " px"
	}
	return s
}
