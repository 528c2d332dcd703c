package modification

import (
	"math"

	"murmur/neuron/kernel"
	"murmur/neuron/random"
)

// affine maps (x, y) to (a x + b y + c, d x + e y + f).
type affine struct{ a, b, c, d, e, f float32 }

func (m affine) of(x, y float32) (u, v float32) {
	return float32(m.a*x) + float32(m.b*y) + m.c, float32(m.d*x) + float32(m.e*y) + m.f
}

// aboutCentre returns the map with the given matrix that keeps the centre of the
// picture where it is.
func aboutCentre(a, b, d, e float32, width, height int) affine {
	cx, cy := float32(float32(width-1)/2), float32(float32(height-1)/2)
	x, y := affine{a: a, b: b, d: d, e: e}.of(cx, cy)
	return affine{a, b, cx - x, d, e, cy - y}
}

// look shows at every pixel what the map leads to, black outside: skimage's warp.
func (m affine) look(dst, src []float32, width, height int) {
	for i := range dst {
		x, y := m.of(float32(i%width), float32(i/width))
		dst[i] = bilinear(src, width, height, x, y)
	}
}

// shear slants by an angle of radians, one way or the other. The matrix is that
// of scikit-image 0.19: it also flattens by the cosine.
func shear(dst, src []float32, width, height int, radians float32, s *random.Stream) {
	radians = eitherWay(radians, s)
	m := aboutCentre(1, -kernel.Sin(radians), 0, kernel.Cos(radians), width, height)
	m.look(dst, src, width, height)
}

// turn rotates by an angle of radians, one way or the other.
func turn(dst, src []float32, width, height int, radians float32, s *random.Stream) {
	radians = eitherWay(radians, s)
	sin, cos := kernel.Sin(radians), kernel.Cos(radians)
	aboutCentre(cos, -sin, sin, cos, width, height).look(dst, src, width, height)
}

// resize shrinks or enlarges what is seen to size times as large.
func resize(dst, src []float32, width, height int, size float32, _ *random.Stream) {
	aboutCentre(1/size, 0, 0, 1/size, width, height).look(dst, src, width, height)
}

// stretch is a row of a table of elastic transforms, in pixels.
type stretch struct {
	alpha, sigma float32 // of the smooth field of offsets
	jitter       float32 // of the three points that hold the picture
}

// The tables hold multiples of 28 pixels (MNIST-C) and of 32 (CIFAR-10-C).
var (
	mnistStretches = stretches(28, []stretch{{2, .7, .1}, {2, .08, .2}, {.05, .01, .02}, {.07, .01, .02}, {.12, .01, .02}})
	cifarStretches = stretches(32, []stretch{{0, 0, .08}, {.05, .2, .07}, {.08, .06, .06}, {.1, .04, .05}, {.1, .03, .03}})
)

func stretches(side float32, rows []stretch) []stretch {
	for i, r := range rows {
		rows[i] = stretch{float32(side * r.alpha), float32(side * r.sigma), float32(side * r.jitter)}
	}
	return rows
}

// elastic moves three points about the centre, the picture with them, and then
// every pixel by a smooth random field. With mirrored, what comes in from
// outside is the picture's mirror image (CIFAR-10-C), otherwise it is black.
func elastic(rows []stretch, mirrored bool) change {
	return func(dst, src []float32, width, height int, level float32, s *random.Stream) {
		r := rows[int(level)-1]
		m := jittered(width, height, r.jitter, s)
		moved := make([]float32, len(src))
		if mirrored {
			for i := range moved {
				x, y := m.of(float32(i%width), float32(i/width))
				moved[i] = between(src, width, height, x, y, mirror)
			}
		} else {
			m.look(moved, src, width, height)
		}
		var columns, rows []float32
		if radius := int(float32(3*r.sigma) + .5); radius > 0 {
			columns, rows = mixing(width, r.sigma, radius, reflect), mixing(height, r.sigma, radius, reflect)
		}
		dx := smoothField(width, height, columns, rows, s)
		dy := smoothField(width, height, columns, rows, s)
		for i := range dst {
			x, y := float32(i%width)+float32(r.alpha*dx[i]), float32(i/width)+float32(r.alpha*dy[i])
			switch outside := x < 0 || y < 0 || x > float32(width-1) || y > float32(height-1); {
			case mirrored:
				dst[i] = between(moved, width, height, x, y, reflect)
			case outside: // not even in part, as scipy has it
				dst[i] = 0
			default:
				dst[i] = bilinear(moved, width, height, x, y)
			}
		}
	}
}

// jittered draws the map back from three points, each moved by up to jitter
// pixels along both axes, to where they were: a third of the picture to the
// lower right, the upper right and the upper left of the centre.
func jittered(width, height int, jitter float32, s *random.Stream) affine {
	cx, cy := float32(width/2), float32(height/2)
	arm := float32(min(width, height) / 3)
	was := [3][2]float32{{cx + arm, cy + arm}, {cx + arm, cy - arm}, {cx - arm, cy - arm}}
	now := was
	for i := range now {
		now[i][0] += symmetric(jitter, s)
		now[i][1] += symmetric(jitter, s)
	}
	px, py := now[1][0]-now[0][0], now[1][1]-now[0][1]
	qx, qy := now[2][0]-now[0][0], now[2][1]-now[0][1]
	area := float32(px*qy) - float32(py*qx)
	if max(area, -area) < .5 { // three points in one line, possible only in tiny pictures
		return affine{a: 1, e: 1}
	}
	ux, uy := was[1][0]-was[0][0], was[1][1]-was[0][1]
	vx, vy := was[2][0]-was[0][0], was[2][1]-was[0][1]
	m := affine{
		a: (float32(ux*qy) - float32(vx*py)) / area,
		b: (float32(vx*px) - float32(ux*qx)) / area,
		d: (float32(uy*qy) - float32(vy*py)) / area,
		e: (float32(vy*px) - float32(uy*qx)) / area,
	}
	x, y := m.of(now[0][0], now[0][1])
	m.c, m.f = was[0][0]-x, was[0][1]-y
	return m
}

// between returns a at (x, y), linear between pixels, where outside maps an
// index outside to one inside.
func between(a []float32, width, height int, x, y float32, outside func(i, n int) int) float32 {
	i, j := math.Floor(float64(x)), math.Floor(float64(y))
	fx, fy := x-float32(i), y-float32(j)
	left, right := outside(int(i), width), outside(int(i)+1, width)
	up, low := row(a, width, outside(int(j), height)), row(a, width, outside(int(j)+1, height))
	upper := up[left] + float32(fx*(up[right]-up[left]))
	lower := low[left] + float32(fx*(low[right]-low[left]))
	return upper + float32(fy*(lower-upper))
}
