package report

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"murmur/sim/measure"
	"murmur/sim/modification"
)

// dash stands for a number that does not exist. It differs from the mark of a worse cell.
const dash = "–"

// label names an arm as a scenario spells it.
func label(a *measure.Arm) string { return a.Spelling() }

func sourceOf(a *measure.Arm) string {
	if a.Source == "" {
		return "no source"
	}
	return modification.Shown(a.Source)
}

// Fixed is a number with a number of decimals, halves away from zero. It rounds at three decimals more before: what a
// reader of result.json calls a half is one, on whichever side its bits lie. It is never -0.
func Fixed(x float64, decimals int) string {
	scale := math.Pow10(decimals)
	rounded := x
	if k := math.Round(x * scale * 1000); math.Abs(k) < 1<<53 {
		rounded = math.Round(k/1000) / scale
	}
	s := strconv.FormatFloat(rounded, 'f', decimals, 64)
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	return s
}

// significant is a number with three significant digits at least, but no more than six decimals.
func significant(x float64) string {
	decimals := 2
	for k := math.Abs(x); k > 0 && k < .9995 && decimals < 6; k *= 10 {
		decimals++
	}
	for k := math.Abs(x); k >= 9.995 && decimals > 0; k /= 10 {
		decimals--
	}
	return Fixed(x, decimals)
}

// percent is a fraction in percent with one decimal, four characters at most between 0 and 1.
func percent(x float64) string { return point(100 * x) }

// point is a number with one decimal, but without one from 100 on, to keep tables narrow.
func point(x float64) string {
	if s := Fixed(x, 1); len(strings.TrimPrefix(s, "-")) <= len("99.9") {
		return s
	}
	return Fixed(x, 0)
}

// percentOf is an accuracy in percent.
func percentOf(e measure.Estimate) string {
	if !known(e) {
		return dash
	}
	return percent(e.Mean)
}

// percentIn is a share in whole percent.
func percentIn(x *float64) string {
	if x == nil {
		return dash
	}
	return whole(*x) + " %"
}

// whole is a fraction in whole percent.
func whole(x float64) string { return Fixed(100*x, 0) }

// signed is a difference of fractions in points, with its sign.
func signed(x float64) string {
	s := percent(x)
	if x > 0 && s != "0.0" {
		return "+" + s
	}
	return s
}

// interval is an interval of differences in points.
func interval(lo, hi float64) string { return "[" + signed(lo) + ", " + signed(hi) + "]" }

// percentInterval is an interval of fractions in percent.
func percentInterval(lo, hi float64) string { return "[" + percent(lo) + ", " + percent(hi) + "]" }

// plusMinus is the half-width of an interval in points: the longer half where the interval was cut at 0 or 1. From 10 on
// it has no decimal, to keep tables narrow.
func plusMinus(mean, lo, hi float64) string {
	half := 100 * max(hi-mean, mean-lo)
	if s := Fixed(half, 1); len(s) <= len("9.9") {
		return "±" + s
	}
	return "±" + Fixed(half, 0)
}

// count is a whole number with its thousands parted.
func count(n int) string { return message.NewPrinter(language.English).Sprintf("%d", n) }

// number is a number as short as it can be told exactly.
func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// physical is the size of a perturbation in words, such as "40 degrees"; empty where the cell names no unit at all.
func physical(c *measure.Cell) string {
	v := number(c.Value)
	switch {
	case c.Unit == "":
		return ""
	case c.Unit == "1":
		return v
	case c.Unit == "level", c.Unit == "quality":
		return c.Unit + " " + v
	case c.Value == 1:
		return v + " " + c.Unit
	}
	return v + " " + c.Unit + "s"
}

// inBrackets is the size of a perturbation as an aside.
func inBrackets(c *measure.Cell) string {
	if s := physical(c); s != "" {
		return " (" + s + ")"
	}
	return ""
}

// short is the size of a perturbation for the head of a narrow column.
func short(c measure.Cell) string { return c.Size() }
