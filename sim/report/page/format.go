package page

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"murmur/sim/measure"
	"murmur/sim/modification"
	"murmur/sim/report"
)

// dash stands for a number that does not exist.
const dash = "–"

// say is the name of a perturbation as one says it.
func say(name string) string {
	name = strings.TrimPrefix(modification.Shown(name), "paper/")
	return strings.ReplaceAll(strings.ReplaceAll(name, "_", " "), "/", " ")
}

// percent is a fraction in percent with one decimal.
func percent(x float64) string { return fixed(100*x, 1) }

// fixed is a number with a number of decimals, rounded as on the terminal.
func fixed(x float64, decimals int) string { return minus(report.Fixed(x, decimals)) }

// minus puts the minus sign of print, as wide as a plus, in place of hyphens in a number. Numbers for CSV keep those.
func minus(number string) string { return strings.ReplaceAll(number, "-", "−") }

// signed is a difference of fractions in points, with its sign.
func signed(x float64) string {
	s := percent(x)
	if x > 0 && s != "0.0" {
		return "+" + s
	}
	return s
}

// half is the half-width of an interval in points, the longer half where it was cut.
func half(mean, lo, hi float64) string { return "±" + percent(max(hi-mean, mean-lo)) }

// number is a number as short as it can be told exactly.
func number(x float64) string { return minus(strconv.FormatFloat(x, 'g', -1, 64)) }

// maybe is a number that may not exist, with a number of decimals.
func maybe(x *float64, decimals int) string {
	if x == nil {
		return dash
	}
	return fixed(*x, decimals)
}

// count is a whole number with its thousands parted.
func count(n int) string { return message.NewPrinter(language.English).Sprintf("%d", n) }

// size is the physical size of a perturbation, such as 40°.
func size(c measure.Cell) string {
	v := short(c.Value)
	switch {
	case adversarial(c) && c.Unit != "pixel":
		return "ε " + v
	case c.Unit == "" || c.Unit == "1":
		return v
	case c.Unit == "level", c.Unit == "quality":
		return c.Unit + " " + v
	case c.Unit == "degree":
		return v + "°"
	case c.Unit == "pixel":
		return v + " px"
	}
	return v + " " + c.Unit
}

// mark says by sign whether noise is clearly better or worse than none: the paired 95 % interval excludes 0.
func mark(gain *measure.Paired) string {
	switch {
	case gain == nil:
		return ""
	case gain.Lo > 0:
		return "better"
	case gain.Hi < 0:
		return "worse"
	}
	return ""
}

// plural is a number of things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%s %ss", count(n), thing)
}

// csvNumber is a number for a CSV file; NaN is an empty field.
func csvNumber(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// csvPointer is a number that may not exist.
func csvPointer(x *float64) string {
	if x == nil {
		return ""
	}
	return csvNumber(*x)
}

// className is the name of a class of the run's images.
func (p *page) className(class int) string { return p.result.Data.ClassName(class) }
