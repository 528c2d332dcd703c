//go:build !amd64

package kernel

func expTo(dst, x []float32)  { expGo(dst, x) }
func tanhTo(dst, x []float32) { tanhGo(dst, x) }

func normals(dst []float32, key *[4]uint32, a, b, q uint32) { normalsGo(dst, key, a, b, q) }
