package segue_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// floors gives each package its floor, as docs/architecture.md draws the
// house; the longest matching prefix counts. 2b may also import what 2a lists
// in pure.
var floors = map[string]string{
	"segue":              "0",
	"segue/matrix":       "0",
	"segue/internal":     "0",
	"segue/language":     "0",
	"segue/cluster":      "1",
	"segue/scale":        "1",
	"segue/knn":          "1",
	"segue/regress":      "1",
	"segue/chart":        "1",
	"segue/mood":         "2a",
	"segue/match":        "2a",
	"segue/catalog":      "2a",
	"segue/history":      "2a",
	"segue/labels":       "2a",
	"segue/artifact":     "2a",
	"segue/demo":         "2a",
	"segue/card":         "2a",
	"segue/store":        "2a",
	"segue/account":      "2a",
	"segue/session":      "2b",
	"segue/persona":      "2b",
	"segue/audit":        "2b",
	"segue/playlist":     "2b",
	"segue/outcome":      "2b",
	"segue/taste":        "2b",
	"segue/recommend":    "3",
	"segue/tell":         "3b",
	"segue/lab":          "3c",
	"segue/report":       "4",
	"segue/web":          "4",
	"segue/client":       "client",
	"segue/cmd/segue":    "5",
	"segue/bench":        "4",
	"segue/simulate":     "4",
	"segue/docs":         "5",
	"segue/internal/doc": "5",
}

// pure lists the packages of floor 2a that floor 2b may import.
var pure = map[string]bool{"segue/mood": true, "segue/match": true}

// allowed lists the floors a floor may import.
var allowed = map[string]string{
	"0": "0", "client": "", "1": "0", "2a": "0 1", "2b": "0 1", "3": "0 1 2a 2b", "3b": "0 1 2a 2b 3", "3c": "0 1 2a 2b 3 3b", "4": "0 1 2a 2b 3 3b 3c", "5": "0 1 2a 2b 3 3b 3c 4",
}

func floorOf(pkg string) string {
	for p := pkg; p != ""; {
		if f, ok := floors[p]; ok && (p != "segue" || pkg == "segue") {
			return f
		}
		i := strings.LastIndexByte(p, '/')
		if i < 0 {
			return ""
		}
		p = p[:i]
	}
	return ""
}

// TestFloors keeps every package importing only floors below its own, floors
// 0 to 3 free of the network and of logging, and database drivers in store.
func TestFloors(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(bytes.NewReader(out))
	packages := 0
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages++
		floor := floorOf(p.ImportPath)
		if floor == "" {
			t.Errorf("%s has no floor: give it one in floors and in docs/architecture.md", p.ImportPath)
			continue
		}
		for _, imp := range p.Imports {
			switch {
			case floor < "4" && (imp == "net/http" || imp == "log/slog" || imp == "log"):
				t.Errorf("%s (floor %s) imports %s: floors 0 to 3 neither log nor speak to the network", p.ImportPath, floor, imp)
			case floor == "0" && p.ImportPath == "segue" && strings.Contains(imp, "."):
				t.Errorf("segue imports %s: the words stand on the standard library only", imp)
			case strings.Contains(imp, "sqlite") || strings.Contains(imp, "pgx"):
				if p.ImportPath != "segue/store" {
					t.Errorf("%s imports the database driver %s: only store may", p.ImportPath, imp)
				}
			}
			if imp != "segue" && !strings.HasPrefix(imp, "segue/") {
				continue
			}
			below := floorOf(imp)
			sameFolder := floor == below && family(imp) == family(p.ImportPath)
			ok := sameFolder || strings.Contains(" "+allowed[floor]+" ", " "+below+" ") || (floor == "2b" && pure[imp])
			if floor == "0" && below == "0" && imp != "segue" {
				ok = true
			}
			if !ok {
				t.Errorf("%s (floor %s) imports %s (floor %s)", p.ImportPath, floor, imp, below)
			}
		}
	}
	if packages < 5 {
		t.Fatalf("go list named %d packages only", packages)
	}
}

// family is the first folder below the module: packages of one folder, such
// as cluster/*, may share code in their own internal/.
func family(pkg string) string {
	parts := strings.SplitN(pkg, "/", 3)
	if len(parts) < 2 {
		return pkg
	}
	return parts[0] + "/" + parts[1]
}
