package store

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"segue/history"
)

// An export says how its listener signs in, and holds nothing by which anybody
// could; it is taken back without that, and history reads it as before.
func TestExportAccount(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{})
	filled(t, s, "id-mai", "x")
	before := exportOf(t, s, "id-mai")
	signed(t, s, "mai", "binh")
	must(t, s.AddPasskey(ctx, Passkey{ID: canary + "-p", Account: "id-mai", Name: "phone", Credential: []byte(`"` + canary + `"`), Created: at(1)}))
	must(t, s.UsePasskey(ctx, canary+"-p", []byte(`"`+canary+`"`), at(2)))
	must(t, s.AddToken(ctx, Token{ID: "t", Hash: canary + "-h", Account: "id-mai", Name: "script", Scopes: []string{"me:read"}, Created: at(3)}))
	must(t, s.AddLogin(ctx, Login{ID: canary + "-l", Account: "id-mai", Created: at(4), Seen: at(5), Expires: at(6), Agent: "Firefox"}))
	must(t, s.AddLogin(ctx, Login{ID: "other", Account: "id-binh", Created: at(4), Seen: at(5), Expires: at(6), Agent: "Elsewhere"}))
	whole := exportOf(t, s, "id-mai")
	_, content := entries(t, whole)
	for name, c := range content {
		if strings.Contains(c, canary) || strings.Contains(c, "$argon2id$") || strings.Contains(c, "Elsewhere") {
			t.Errorf("%s holds what is secret, or another's: %s", name, c)
		}
	}
	var got any
	must(t, json.Unmarshal([]byte(content[accountFile]), &got))
	want := map[string]any{
		"name": "mai", "role": "listener", "created": "2024-05-06T19:30:00.001Z",
		"passkeys":  []any{map[string]any{"name": "phone", "created": "2024-05-06T19:30:00.001Z", "used": "2024-05-06T19:30:00.002Z"}},
		"tokens":    []any{map[string]any{"name": "script", "scopes": []any{"me:read"}, "created": "2024-05-06T19:30:00.003Z"}},
		"signed_in": []any{map[string]any{"created": "2024-05-06T19:30:00.004Z", "seen": "2024-05-06T19:30:00.005Z", "expires": "2024-05-06T19:30:00.006Z", "browser": "Firefox"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("account %v, want %v", got, want)
	}

	// Gathered in memory it says the same, and nobody can sign in there.
	gathered := opened(t, Options{})
	must(t, s.Copy(ctx, "id-mai", gathered))
	must(t, s.CopyAccount(ctx, "nobody", gathered))
	must(t, s.CopyAccount(ctx, "id-mai", gathered))
	if !bytes.Equal(exportOf(t, gathered, "id-mai"), whole) {
		t.Error("what was gathered is exported in another way")
	}
	refuses(t, "copied twice", s.CopyAccount(ctx, "id-mai", gathered), ErrConflict)
	if a, err := gathered.Account(ctx, "id-mai"); err != nil || a.Password != "" || !a.Disabled {
		t.Errorf("copied %+v, %v", a, err)
	}

	elsewhere := opened(t, Options{})
	must(t, elsewhere.Restore(ctx, "id-mai", bytes.NewReader(whole), int64(len(whole))))
	if !bytes.Equal(exportOf(t, elsewhere, "id-mai"), before) {
		t.Error("what was taken back is not what there was but for the account")
	}
	if n, err := elsewhere.CountAccounts(ctx); err != nil || n != 0 {
		t.Errorf("an export made %d accounts, %v", n, err)
	}
	must(t, s.Restore(ctx, "id-mai", bytes.NewReader(before), int64(len(before))))
	if !bytes.Equal(exportOf(t, s, "id-mai"), whole) {
		t.Error("an account went with what its listener took back")
	}
	path := filepath.Join(t.TempDir(), "mine.zip")
	must(t, os.WriteFile(path, whole, 0o600))
	if _, report, err := history.Read(ctx, []string{path}, history.Options{}); err != nil || report.Rows != 4 {
		t.Errorf("history reads %+v, %v", report, err)
	}
}
