package modification

import "murmur/neuron/random"

// The changes of arXiv 2606.13801 that come from torchvision (transforms.v2).
// All look up points of the source, and what is outside is black.

// lookUp returns src at (x, y) as torchvision does with a black fill: linear
// between pixel centres with black outside, and then faded once more by the
// weight of the pixels that lie inside.
func lookUp(src []float32, width, height int, x, y float32) float32 {
	v := bilinear(src, width, height, x, y)
	if v == 0 {
		return 0 // also where x or y is no number
	}
	if x < 0 || y < 0 || x > float32(width-1) || y > float32(height-1) {
		v = float32(v * float32(inside(x, width)*inside(y, height)))
	}
	return v
}

// inside returns the weight of the pixels 0 to n-1 at coordinate x.
func inside(x float32, n int) float32 {
	return limit(min(x+1, float32(n)-x))
}

// torchRotate turns by an angle drawn evenly from -60*scale to 60*scale degrees.
func torchRotate(dst, src []float32, width, height int, scale float32, s *random.Stream) {
	sin, cos := sineCosine(symmetric(float32(60*scale), s))
	cx, cy := float32(float32(width-1)/2), float32(float32(height-1)/2)
	for y := range height {
		v := float32(y) - cy
		rowX, rowY := cx-float32(v*sin), cy+float32(v*cos)
		for x := range width {
			u := float32(x) - cx
			dst[y*width+x] = lookUp(src, width, height, rowX+float32(u*cos), rowY+float32(u*sin))
		}
	}
}

// perspective moves the four corners inwards by random whole pixels, at most
// int(.25*scale*half) of half the picture's width and height, and shows the
// picture between them.
func perspective(dst, src []float32, width, height int, scale float32, s *random.Stream) {
	reachX := int(float32(float32(.25*scale)*float32(width/2))) + 1
	reachY := int(float32(float32(.25*scale)*float32(height/2))) + 1
	reachX, reachY = min(reachX, width), min(reachY, height)
	w, h := float64(width-1), float64(height-1)
	from := [4][2]float64{{0, 0}, {w, 0}, {w, h}, {0, h}}
	to := from
	for i := range to {
		dx, dy := float64(s.IntN(reachX)), float64(s.IntN(reachY))
		if to[i][0] > 0 {
			dx = -dx
		}
		if to[i][1] > 0 {
			dy = -dy
		}
		to[i][0] += dx
		to[i][1] += dy
	}
	c, ok := homography(to, from)
	if !ok { // corners in one line, possible only in tiny pictures
		copy(dst, src)
		return
	}
	for y := range height {
		// torchvision computes the map from pixel indices and then follows it from
		// pixel centres half a pixel further on.
		v := float64(y) + .5
		for x := range width {
			u := float64(x) + .5
			z := float64(c[6]*u) + float64(c[7]*v) + 1
			sx := (float64(c[0]*u) + float64(c[1]*v) + c[2]) / z
			sy := (float64(c[3]*u) + float64(c[4]*v) + c[5]) / z
			dst[y*width+x] = lookUp(src, width, height, float32(sx-.5), float32(sy-.5))
		}
	}
}

// homography returns the a..h of x' = (ax+by+c)/(gx+hy+1), y' = (dx+ey+f)/(gx+hy+1)
// that maps four points to four others, and whether there is one.
func homography(from, to [4][2]float64) ([8]float64, bool) {
	var m [8][9]float64
	for i := range from {
		x, y, u, v := from[i][0], from[i][1], to[i][0], to[i][1]
		m[2*i] = [9]float64{x, y, 1, 0, 0, 0, -(x * u), -(y * u), u}
		m[2*i+1] = [9]float64{0, 0, 0, x, y, 1, -(x * v), -(y * v), v}
	}
	return solve(m)
}

// solve solves eight linear equations, the right side being the last column, by
// elimination with row exchanges, and tells whether they have one solution.
func solve(m [8][9]float64) (x [8]float64, ok bool) {
	for k := range m {
		best := k
		for i := k + 1; i < len(m); i++ {
			if max(m[i][k], -m[i][k]) > max(m[best][k], -m[best][k]) {
				best = i
			}
		}
		m[k], m[best] = m[best], m[k]
		if max(m[k][k], -m[k][k]) < 1e-9 {
			return x, false
		}
		for i := range m {
			if i == k {
				continue
			}
			f := m[i][k] / m[k][k]
			for j := k; j < 9; j++ {
				m[i][j] -= float64(f * m[k][j])
			}
		}
	}
	for k := range m {
		x[k] = m[k][8] / m[k][k]
	}
	return x, true
}

// torchElastic moves every pixel by 35*scale/2 pixels times a smooth random
// field: even numbers in -1..1 blurred by a Gaussian of 5 pixels. On a picture
// that is not square the vertical and the horizontal share differ, as there.
func torchElastic(dst, src []float32, width, height int, scale float32, s *random.Stream) {
	const sigma, radius = 5, 20
	alpha := float32(35 * scale)
	rows, columns := mixing(height, sigma, radius, mirror), mixing(width, sigma, radius, mirror)
	dx := smoothField(width, height, columns, rows, s)
	dy := smoothField(width, height, columns, rows, s)
	perX := float32(float32(alpha*float32(width)) / float32(2*height))
	perY := float32(float32(alpha*float32(height)) / float32(2*width))
	for y := range height {
		for x := range width {
			i := y*width + x
			dst[i] = lookUp(src, width, height, float32(x)+float32(perX*dx[i]), float32(y)+float32(perY*dy[i]))
		}
	}
}
