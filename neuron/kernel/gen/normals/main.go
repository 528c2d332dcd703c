// Command normals writes the AVX2 and the AVX-512 forms of package kernel's elementary functions and of its normal
// numbers.
//
// They do the steps of the scalar forms in the same order, eight or sixteen lanes at a time: each product is rounded
// before it is
// added, quotients and square roots are exact, nothing is approximated. So they have the same bits. The constants are
// those of the scalar forms, read from their source. Run it in the folder above:
//
//	go run ./normals -out ../normals_amd64.s -stubs ../normals_amd64.go -pkg kernel
package main

import (
	"flag"
	"log"
	"os"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("normals: ")
	out := flag.String("out", "../normals_amd64.s", "the `file` for the assembly")
	stubs := flag.String("stubs", "../normals_amd64.go", "the `file` for the Go declarations")
	pkg := flag.String("pkg", "kernel", "the `package` of the declarations")
	math := flag.String("math", "../math.go", "the Go `file` that declares the constants")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected argument %q", flag.Arg(0))
	}
	code, declarations, err := generate(*math, *pkg)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*out, code, 0o644); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*stubs, declarations, 0o644); err != nil {
		log.Fatal(err)
	}
}

// generate returns the assembly and its Go declarations for package pkg, with the constants that the Go file math
// declares.
func generate(math, pkg string) (code, declarations []byte, err error) {
	named, err := readConstants(math)
	if err != nil {
		return nil, nil, err
	}
	file := ir.NewFile()
	a := newAssembler(file, named)
	for _, a.lanes = range []int{narrow, wide} {
		slice(a, "exp", "Exp", exp)
		slice(a, "tanh", "Tanh", tanh)
		normals(a)
	}
	if err := a.finish(); err != nil {
		return nil, nil, err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return nil, nil, err
	}
	config := printer.Config{Name: "go run ./normals", Pkg: pkg}
	if code, err = printer.NewGoAsm(config).Print(file); err != nil {
		return nil, nil, err
	}
	declarations, err = printer.NewStubs(config).Print(file)
	return code, declarations, err
}
