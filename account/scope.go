package account

import (
	"fmt"
	"slices"
	"strings"
)

// A Scope is a part of what an account may do that is given to a program by a
// token. Writing does not include reading: a token says all it may.
type Scope string

// The scopes.
const (
	MeRead         Scope = "me:read"         // name, role, consents, settings
	MeWrite        Scope = "me:write"        // settings, consents; bringing back or deleting all that is kept of somebody
	ListeningRead  Scope = "listening:read"  // plays, sessions, moods, style
	ListeningWrite Scope = "listening:write" // bring an export, delete plays
	HoursRead      Scope = "hours:read"      // hours, check-ins, reflections
	HoursWrite     Scope = "hours:write"
	LabRead        Scope = "lab:read"  // the catalogue, models, trees, jobs, aggregates
	LabWrite       Scope = "lab:write" // jobs, versions; choosing one needs ChooseVersion besides
	PeopleAdmin    Scope = "people:admin"
)

// Scopes returns all scopes, in the order in which they are shown. None signs in,
// changes password, passkeys or tokens, or deletes the account itself: a program
// never does that.
func Scopes() []Scope {
	return []Scope{MeRead, MeWrite, ListeningRead, ListeningWrite, HoursRead, HoursWrite, LabRead, LabWrite, PeopleAdmin}
}

// permission returns what a role must have for a scope to mean anything.
func (s Scope) permission() Permission {
	switch s {
	case MeRead, MeWrite, ListeningRead, ListeningWrite, HoursRead, HoursWrite:
		return OwnData
	case LabRead:
		return SeeLab
	case LabWrite:
		return RunLab
	case PeopleAdmin:
		return ManagePeople
	}
	return ""
}

// Grantable returns the scopes that an account of a role may give to a token.
func Grantable(r Role) []Scope {
	return slices.DeleteFunc(Scopes(), func(s Scope) bool { return !r.May(s.permission()) })
}

// maxScopes bounds, in bytes, the text of scopes: several times all of them.
const maxScopes = 1024

// ParseScopes reads scopes parted by spaces or commas, and returns them in the
// order of Scopes, each once. None, or one that is unknown, is an error, which says
// what there is.
func ParseScopes(s string) ([]Scope, error) {
	if len(s) > maxScopes {
		return nil, fmt.Errorf("the scopes are longer than %d characters", maxScopes)
	}
	var asked []Scope
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' }) {
		if !slices.Contains(Scopes(), Scope(word)) {
			return nil, fmt.Errorf("there is no scope %.40q; there are %s", word, JoinScopes(Scopes()))
		}
		asked = append(asked, Scope(word))
	}
	if len(asked) == 0 {
		return nil, fmt.Errorf("no scope is named; there are %s", JoinScopes(Scopes()))
	}
	return slices.DeleteFunc(Scopes(), func(s Scope) bool { return !slices.Contains(asked, s) }), nil
}

// JoinScopes writes scopes as ParseScopes reads them.
func JoinScopes(scopes []Scope) string {
	words := make([]string, len(scopes))
	for i, s := range scopes {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

// Allows reports whether a token with the scopes granted, of an account that has
// the role now, may do what needs a scope. Who loses a role loses with it what
// older tokens were given.
func Allows(r Role, granted []Scope, need Scope) bool {
	return slices.Contains(granted, need) && r.May(need.permission())
}
