// Command gen copies the vector kernels of package f64x8 into the packages of the
// other vectors, under their own names. Run it by go generate ./internal/kernel.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// own are the files each package has for itself.
var own = []string{"vec.go", "doc.go"}

func main() {
	err := errors.Join(
		generate("f64x8", "f32x16", "f64x4", "f32x8"),
		generate("i16x32", "i16x16"),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func generate(from string, to ...string) error {
	files, err := filepath.Glob(filepath.Join(from, "*.go"))
	if err != nil {
		return err
	}
	for _, file := range files {
		name := filepath.Base(file)
		if slices.Contains(own, name) {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, pkg := range to {
			copied := bytes.Replace(text, []byte("package "+from), []byte("package "+pkg), 1)
			copied = append([]byte("// Code generated from "+from+"/"+name+"; DO NOT EDIT.\n\n"), copied...)
			if err := os.WriteFile(filepath.Join(pkg, name), copied, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}
