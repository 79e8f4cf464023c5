package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"segue/internal/kernel"

	"github.com/spf13/cobra"
)

// versionCommand says which build this is.
func versionCommand(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Say which build this is and which kernels it runs",
		Example: "  segue version --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			v := struct {
				Version    string `json:"version"`
				Revision   string `json:"revision"`
				Go         string `json:"go"`
				Platform   string `json:"platform"`
				Experiment string `json:"experiment"`
				Kernels    string `json:"kernels"`
			}{Version: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
			v.Kernels, _ = kernel.Running() // what it could say against them was said before any command
			if info, ok := debug.ReadBuildInfo(); ok {
				if info.Main.Version != "" && info.Main.Version != "(devel)" {
					v.Version = info.Main.Version
				}
				for _, s := range info.Settings {
					switch s.Key {
					case "vcs.revision":
						v.Revision = s.Value
					case "GOEXPERIMENT":
						v.Experiment = s.Value
					}
				}
			}
			return t.print(v, func(w io.Writer) {
				fmt.Fprintf(w, "segue %s (%s, %s), %s kernels\n", v.Version, v.Go, v.Platform, v.Kernels)
			})
		},
	}
}
