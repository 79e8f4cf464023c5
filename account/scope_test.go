package account_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"segue/account"
	"segue/store"
)

// TestRoleNames: the store keeps the roles under the same names.
func TestRoleNames(t *testing.T) {
	for mine, kept := range map[account.Role]store.Role{
		account.Listener: store.RoleListener, account.Researcher: store.RoleResearcher, account.Admin: store.RoleAdmin,
	} {
		if string(mine) != string(kept) {
			t.Errorf("%s is kept as %s", mine, kept)
		}
	}
}

// TestMay writes the table once more, as a person would read it.
func TestMay(t *testing.T) {
	want := map[account.Role]string{
		"": "", "owner": "", "ADMIN": "",
		account.Listener:   "own data",
		account.Researcher: "own data, see lab, run lab, see aggregates",
		account.Admin:      "own data, see lab, run lab, choose version, see aggregates, manage people, see events",
	}
	for role, rights := range want {
		var may []string
		for _, p := range account.Permissions() {
			if role.May(p) {
				may = append(may, string(p))
			}
		}
		if got := strings.Join(may, ", "); got != rights {
			t.Errorf("%q may %s; want %s", role, got, rights)
		}
		if role.May("") || role.May("everything") {
			t.Errorf("%q may what there is not", role)
		}
	}
	for _, r := range account.Roles() {
		if want[r] == "" {
			t.Errorf("%s is not in the table", r)
		}
	}
	// Each role may what the one before it may.
	for i, r := range account.Roles()[1:] {
		for _, p := range account.Permissions() {
			if account.Roles()[i].May(p) && !r.May(p) {
				t.Errorf("%s may not %s", r, p)
			}
		}
	}
}

func TestGrantable(t *testing.T) {
	for role, want := range map[account.Role]string{
		account.Listener:   "me:read me:write listening:read listening:write hours:read hours:write",
		account.Researcher: "me:read me:write listening:read listening:write hours:read hours:write lab:read lab:write",
		account.Admin:      "me:read me:write listening:read listening:write hours:read hours:write lab:read lab:write people:admin",
		"":                 "",
		"owner":            "",
	} {
		if got := account.JoinScopes(account.Grantable(role)); got != want {
			t.Errorf("%q may grant %s; want %s", role, got, want)
		}
	}
}

func TestParseScopes(t *testing.T) {
	for s, want := range map[string]string{
		"me:read":                            "me:read",
		" hours:write,me:read  me:read":      "me:read hours:write",
		account.JoinScopes(account.Scopes()): account.JoinScopes(account.Scopes()),
	} {
		if got, err := account.ParseScopes(s); err != nil || account.JoinScopes(got) != want {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", " ", ",", "me", "me:delete", "ME:READ", "me:read\n", "me:read;hours:read", "*", "\xff", strings.Repeat("me:read ", 1000)} {
		got, err := account.ParseScopes(s)
		if err == nil {
			t.Errorf("%.40q is read as %v", s, got)
		} else if len(err.Error()) > 400 || strings.Contains(err.Error(), "\n") || !utf8.ValidString(err.Error()) {
			t.Errorf("%.40q: the error is not a line: %v", s, err)
		}
	}
}

// TestAllows tries every role, scope granted and scope needed.
func TestAllows(t *testing.T) {
	for _, role := range append(account.Roles(), "", "owner") {
		for _, granted := range account.Scopes() {
			for _, need := range append(account.Scopes(), "", "*") {
				want := granted == need && slices.Contains(account.Grantable(role), need)
				if got := account.Allows(role, []account.Scope{granted}, need); got != want {
					t.Errorf("%q with %s may %q: %v", role, granted, need, got)
				}
			}
		}
		if account.Allows(role, nil, account.MeRead) || account.Allows(role, []account.Scope{""}, "") || account.Allows(role, []account.Scope{"*"}, "*") {
			t.Errorf("%q may without a scope", role)
		}
	}
}
