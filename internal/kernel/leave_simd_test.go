//go:build goexperiment.simd && amd64

package kernel

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"
)

// Every exported kernel clears the upper halves of the registers before it
// returns: by a deferred leave, or by one before each return and at its end.
func TestKernelsLeaveCleanRegisters(t *testing.T) {
	files, err := filepath.Glob("*x*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	kernels := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !f.Name.IsExported() {
				continue
			}
			kernels++
			var leaves, deferred, exits int
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.ReturnStmt:
					exits++
				case *ast.DeferStmt:
					deferred++
				case *ast.CallExpr:
					if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "leave" {
						leaves++
					}
				}
				return true
			})
			if f.Type.Results == nil {
				exits++ // the end
			}
			if deferred == 0 && leaves < exits || leaves == 0 {
				t.Errorf("%s: %s leaves %d of %d times", name, f.Name.Name, leaves, exits)
			}
		}
	}
	if kernels < 20 {
		t.Fatalf("found %d kernels only", kernels)
	}
}
