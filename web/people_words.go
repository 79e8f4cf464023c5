package web

import (
	"net/http"

	"segue/account"
)

// roleGives says what a role lets somebody do.
func (v *visit) roleGives(r account.Role) string {
	switch r {
	case account.Researcher:
		return v.Say("A researcher sees the laboratory, and of people only numbers of whole groups.")
	case account.Admin:
		return v.Say("An admin sees who is here and when they last came, invites, and closes accounts; nobody’s listening.")
	}
	return v.Say("A listener sees their own pages.")
}

// roleWord names a role.
func (v *visit) roleWord(r account.Role) string {
	switch r {
	case account.Researcher:
		return v.Say("Researcher")
	case account.Admin:
		return v.Say("Admin")
	}
	return v.Say("Listener")
}

// browserWords names a browser that may not have said what it is.
func (v *visit) browserWords(agent string) string {
	if agent == "" {
		return v.Say("A browser")
	}
	return agent
}

// selfDone says what a form of the account's page has just done.
func (v *visit) selfDone(code string) string {
	switch code {
	case "password":
		return v.Say("The password is set. All other browsers are signed out.")
	case "password-removed":
		return v.Say("The password is removed. You sign in with a passkey.")
	case "passkey":
		return v.Say("The passkey is added.")
	case "passkey-removed":
		return v.Say("The passkey is removed.")
	case "renamed":
		return v.Say("Saved.")
	case "logins":
		return v.Say("Signed out there.")
	case "revoked":
		return v.Say("The token is revoked.")
	}
	return ""
}

// stranger reports whether nobody has signed in where people do.
func (v *visit) stranger() bool { return v.server.o.Accounts && v.account == nil }

// whereKept says on every page where what is kept is.
func (v *visit) whereKept() string {
	if v.server.o.Accounts {
		return v.Say("Kept at %s; only you see your pages.", v.place())
	}
	return v.Say("Runs on your machine. Nothing has left it.")
}

// bringsTables reports whether who visits may bring the tables of tracks that
// everybody's listening is looked up in.
func (v *visit) bringsTables() bool { return v.may(account.ChooseVersion) }

// tablesOfAll says that a table is not theirs to bring.
func tablesOfAll(v *visit) error {
	return &wrong{code: http.StatusForbidden, what: v.Say("A table of tracks is for all"), todo: v.Say("Nothing of it was kept. Everybody’s listening here is looked up in the same tables, and an admin brings them. Bring your listening history by itself.")}
}

// ofService is an error as those are told of it who do not run this Segue.
func (v *visit) ofService(e *wrong) *wrong {
	if !v.server.o.Accounts || e.kind != kindNoMusic || v.bringsTables() {
		return e
	}
	other := *e
	other.todo, other.mend = v.Say("Segue places your listening with the help of a table of tracks and how they sound. Whoever runs this one has not brought any yet."), ""
	return &other
}
