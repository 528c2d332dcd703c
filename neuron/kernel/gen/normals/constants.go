package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"math"
)

// readConstants returns the bits of the float32 and uint32 constants that a Go file declares.
func readConstants(name string) (map[string]uint32, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	// The imports stay unknown, which is an error and does not matter: no constant needs them.
	config := types.Config{IgnoreFuncBodies: true, Error: func(error) {}}
	pkg, _ := config.Check(file.Name.Name, set, []*ast.File{file}, nil)
	bits := map[string]uint32{}
	for _, n := range pkg.Scope().Names() {
		c, ok := pkg.Scope().Lookup(n).(*types.Const)
		if !ok {
			continue
		}
		switch {
		case types.Identical(c.Type(), types.Typ[types.Float32]):
			v, _ := constant.Float32Val(c.Val())
			bits[n] = math.Float32bits(v)
		case types.Identical(c.Type(), types.Typ[types.Uint32]):
			v, exact := constant.Uint64Val(c.Val())
			if !exact {
				return nil, fmt.Errorf("%s: the value of %s: want a uint32", name, n)
			}
			bits[n] = uint32(v)
		}
	}
	return bits, nil
}
