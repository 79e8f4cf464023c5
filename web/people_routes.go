package web

import "segue/account"

// peopleRoutes are the addresses that there are where people sign in. What is done to
// an account and harms most asks first who it is.
func (s *Server) peopleRoutes() []route {
	own := func(h handler) answering { return s.page(s.sensitive(h)) }
	people := func(h handler) answering {
		return s.pageFor(account.ManagePeople, s.sensitive(h))
	}
	return []route{
		{"GET /sign-in", s.pageFor(anyone, s.signInPage)},
		{"POST /sign-in", s.pageFor(anyone, s.signInByPassword)},
		{"POST /sign-in/passkey", s.pageFor(anyone, s.signInByPasskey)},
		{"POST /sign-in/passkey/begin", s.pageFor(anyone, s.ceremony(ceremonySignIn, beginSignIn))},
		{"POST /sign-out", s.page(s.signOutHere)},
		{"GET /join/{secret}", s.pageFor(anyone, s.joinPage)},
		{"POST /join/{secret}", s.pageFor(anyone, s.join)},
		{"POST /join/{secret}/passkey", s.pageFor(anyone, s.ceremony(ceremonyJoin, s.beginJoin))},
		{"GET /reset/{secret}", s.pageFor(anyone, s.resetPage)},
		{"POST /reset/{secret}", s.pageFor(anyone, s.reset)},
		{"GET /confirm", s.page(s.confirmPage)},
		{"POST /confirm", s.page(s.confirmed)},
		{"POST /confirm/passkey/begin", s.page(s.ceremony(ceremonyConfirm, s.beginConfirm))},

		{"GET /account", s.page(s.selfPage)},
		{"GET /account/password", s.page(s.passwordPage)},
		{"POST /account/password", s.page(s.setPassword)}, // asks for the password that there is
		{"POST /account/password/remove", own(s.removePassword)},
		{"GET /account/passkeys/new", s.page(s.freshPage(s.passkeyPage))},
		{"POST /account/passkeys/begin", s.page(s.ceremony(ceremonyAdd, s.beginAdd))},
		{"POST /account/passkeys", s.page(s.addPasskey)}, // its challenge is given to who is fresh alone
		{"POST /account/passkeys/rename", s.page(s.renamePasskey)},
		{"POST /account/passkeys/remove", own(s.removePasskey)},
		{"POST /account/logins/end", own(s.endLogin)},
		{"POST /account/logins/end-others", own(s.endOthers)},
		{"POST /account/tokens", own(s.makeToken)},
		{"POST /account/tokens/revoke", s.page(s.revokeToken)}, // less harm than a token that stays

		{"GET /people", s.pageFor(account.ManagePeople, s.peoplePage)},
		{"POST /people/invite", people(s.invite)},
		{"POST /people/withdraw", people(s.withdraw)},
		{"GET /people/events", s.pageFor(account.SeeEvents, s.eventsPage)},
		{"GET /people/{id}", s.pageFor(account.ManagePeople, s.personPage)},
		{"POST /people/{id}/role", people(s.changeRole)},
		{"POST /people/{id}/disable", people(s.disable)},
		{"POST /people/{id}/enable", people(s.enable)},
		{"POST /people/{id}/reset", people(s.resetPerson)},
		{"POST /people/{id}/delete", people(s.deletePerson)},

		{"GET /group", s.pageFor(account.SeeAggregates, s.groupPage)},
	}
}

// The places of an account, beside the steps of the menu.
const (
	navSignIn  = "sign-in"
	navAccount = "account"
	navPeople  = "people"
	navGroup   = "group"
)

// places lists what somebody may open besides the listener's way. Those of the
// laboratory stand here, too.
func (v *visit) places() []link {
	all := []link{{navAccount, "/account", v.Say("Account")}}
	if v.may(account.SeeLab) {
		all = append(all, link{navLab, "/lab", v.Say("Lab")})
	}
	if v.may(account.SeeAggregates) {
		all = append(all, link{navGroup, "/group", v.Say("Group")})
	}
	if v.may(account.ManagePeople) {
		all = append(all, link{navPeople, "/people", v.Say("People")})
	}
	return all
}
