package kernel

import (
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		best  level
		ask   string
		want  level
		error string // part of it
	}{
		{avx512Level, "", avx512Level, ""},
		{avx2Level, "", avx2Level, ""},
		{avx512Level, "portable", portableLevel, ""},
		{avx512Level, "avx2", avx2Level, ""},
		{avx512Level, "avx512", avx512Level, ""},
		{portableLevel, "avx2", portableLevel, "SEGUE_KERNELS=avx2: this build and processor run up to portable"},
		{avx2Level, "avx512", avx2Level, "up to avx2"},
		{avx2Level, "sse", avx2Level, `SEGUE_KERNELS="sse": ask for portable, avx2 or avx512`},
	} {
		got, err := choose(c.best, c.ask)
		if got != c.want || (err == nil) != (c.error == "") || err != nil && !strings.Contains(err.Error(), c.error) {
			t.Errorf("choose(%s, %q) = %s, %v; want %s, %q", levelNames[c.best], c.ask, levelNames[got], err, levelNames[c.want], c.error)
		}
	}
}
