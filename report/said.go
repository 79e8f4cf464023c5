package report

import (
	"segue"
	"segue/language"
	"segue/persona"
)

// en is the language of the page.
var en *language.Tongue

// number writes a number that may be missing.
func number(v segue.Number, decimals int) string { return en.Decimal(float64(v), decimals) }

// optional writes a number that may be absent.
func optional(v *float64) string {
	if v == nil {
		return "–"
	}
	return en.Decimal(*v, 2)
}

// listedSessions is how many sessions are listed, the latest first.
const listedSessions = 12

// latest returns the sessions to list, the last one first.
func latest(sessions []segue.Session) []segue.Session {
	var s []segue.Session
	for i := len(sessions) - 1; i >= 0 && len(s) < listedSessions; i-- {
		s = append(s, sessions[i])
	}
	return s
}

// gatesOf returns a persona's gates, none for no persona.
func gatesOf(p *persona.Persona) []segue.Gate {
	if p == nil {
		return nil
	}
	return p.Gates
}
