package zipcount

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
)

func TestMore(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range 30_000 { // the directory is larger than what is read at once
		w, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("%d", i), Comment: strings.Repeat("x", i%64)})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write(nil)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	r, size := bytes.NewReader(b.Bytes()), int64(b.Len())
	for than, more := range map[int]bool{0: true, 29_999: true, 30_000: false, 1 << 30: false} {
		if got := More(ctx, r, size, than); got != more {
			t.Errorf("more than %d: %v", than, got)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if More(ended, r, size, 0) || More(ctx, strings.NewReader(""), 0, 0) || More(ctx, strings.NewReader("x"), 1<<30, 0) {
		t.Error("of nothing there is more")
	}
}
