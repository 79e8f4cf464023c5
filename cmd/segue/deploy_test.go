package main

import (
	"regexp"
	"strings"
	"testing"
)

// variablesIn returns the settings that a file of the deployment gives to segue, as an
// environment.
func variablesIn(t *testing.T, path, pattern string) (environ []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(read(t, path)), -1) {
		environ = append(environ, m[1]+"="+strings.Trim(m[2], `"`))
	}
	if len(environ) < 2 {
		t.Fatalf("%s: %d variables", path, len(environ))
	}
	return environ
}

// What the image, the composition and the unit set are settings that Segue starts
// with, each by itself and together.
func TestDeployment(t *testing.T) {
	image := variablesIn(t, "../../Dockerfile", `[ =](SEGUE_[A-Z_]+)=(\S+)`)
	composition := variablesIn(t, "../../compose.yaml", `(?m)^    (?:# )?(SEGUE_[A-Z_]+): (.+)$`)
	for i, line := range composition {
		composition[i] = regexp.MustCompile(`\$\{SEGUE_HOST[^}]*\}`).ReplaceAllString(line, "segue.example.org")
	}
	unit := variablesIn(t, "../../deploy/segue.service", `[ =](SEGUE_[A-Z_]+)=(\S+)`)
	for i, line := range unit {
		if strings.HasPrefix(line, "SEGUE_CONFIG=") { // is the reader's to write
			unit[i] = "PATH="
		}
	}
	for name, environ := range map[string][]string{"compose.yaml": append(image, composition...), "deploy/segue.service": unit} {
		c := newSettings(new(uint64(1)))
		problems := append(c.read(none, environ), c.together()...)
		if len(problems) > 0 && name == "compose.yaml" || strings.Contains(mistakes(problems).Error(), "is no setting") {
			t.Errorf("%s: %v", name, problems)
		}
		if name == "compose.yaml" && (c.addr != "0.0.0.0:8080" || !c.accounts || c.dbFile == "" || len(c.networks()) != 2) {
			t.Errorf("%s: %+v", name, c)
		}
	}
}
