package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What a database adds up to changes with every row and with nothing else: not with the
// database it is in, nor with the key of its file.
func TestVerify(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		s := open(Options{})
		sums := map[string]string{}
		verify := func(of *Store) Verified {
			t.Helper()
			v, err := of.Verify(t.Context(), func(listener, sum string) error { sums[listener] = sum; return nil })
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		empty := verify(s)
		if empty.Rows != 0 || empty.Listeners != 0 || len(sums) != 0 {
			t.Errorf("of nothing: %+v", empty)
		}
		who := Listener{ID: "ada", Name: "Ada", Created: time.Unix(1e9, 0)}
		if err := s.SaveListener(t.Context(), who); err != nil {
			t.Fatal(err)
		}
		one := verify(s)
		if err := s.SetConsent(t.Context(), "ada", Consent{Purpose: Plays, Given: true, At: time.Unix(1e9, 0)}); err != nil {
			t.Fatal(err)
		}
		two := verify(s)
		if one.Listeners != 1 || one.Rows != 1 || two.Rows != 2 || one.Sum == two.Sum || one.Sum == empty.Sum || verify(s) != two {
			t.Errorf("%+v, %+v, %+v", empty, one, two)
		}
		var export bytes.Buffer
		if err := s.Export(t.Context(), "ada", &export); err != nil {
			t.Fatal(err)
		}
		if want := sha256.Sum256(export.Bytes()); sums["ada"] != hex.EncodeToString(want[:]) {
			t.Error("the export's sum is another's")
		}
		elsewhere, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "segue.db"), Key: []byte("k")})
		if err != nil {
			t.Fatal(err)
		}
		defer elsewhere.Close()
		if _, err := CopyAll(t.Context(), s, elsewhere, nil); err != nil {
			t.Fatal(err)
		}
		if got := verify(elsewhere); got != two {
			t.Errorf("elsewhere %+v, want %+v", got, two)
		}
		enough := errors.New("enough")
		if _, err := s.Verify(t.Context(), func(string, string) error { return enough }); !errors.Is(err, enough) {
			t.Error(err)
		}
	})
}

// A file with a page that is another's is found out.
func TestVerifyDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "segue.db")
	s, err := Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		if err := s.SaveListener(t.Context(), Listener{ID: "listener" + string(rune('A'+i%26)) + string(rune('a'+i/26)), Name: "Ada", Created: time.Unix(1e9, 0)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	copy(b[len(b)/page/2*page:], b[2*page:3*page])
	copy(b[3*page:], b[2*page:3*page])
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), Options{Path: path, ReadOnly: true}); err == nil {
		defer s.Close()
		_, err = s.Verify(t.Context(), func(string, string) error { return nil })
	}
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("a damaged file: %v", err)
	}
}
