package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"segue/account"
	"segue/store"
)

// A consent is a purpose, and whether the person agreed to it.
type apiConsent struct {
	Purpose string     `json:"purpose" example:"plays" doc:"moods: moods are read from what was played. plays: the plays are kept. check_ins: check-ins, hours and words are kept, and the events that numbers about them are made of. research: counted in numbers of the whole group, and in which tracks are finished, where plays are kept. experiments: hours may be drawn by an experiment. taste: what is said of how tracks feel is kept. adaptation: hours are built by what came of earlier ones."`
	Given   bool       `json:"given"`
	At      *time.Time `json:"at" doc:"When that was said last; null if never."`
}

// An agreement is all that a person agrees to from now on.
type apiAgreement struct {
	Given   []string `json:"given" maxItems:"16" maxLength:"40" example:"[\"moods\", \"plays\"]" doc:"The purposes that are agreed to. What is not named is taken back: what it covers leaves the disk at once."`
	Adult16 bool     `json:"adult16,omitempty" doc:"Says that the person is 16 or older, which moods need."`
}

func (c *call) consentList() *answered[apiList[apiConsent]] {
	var all []apiConsent
	for _, p := range c.server.purposes() {
		one := apiConsent{Purpose: string(p), Given: c.allows(p)}
		if is, ok := c.consents[p]; ok {
			one.At = new(is.At.UTC())
		}
		all = append(all, one)
	}
	return listed(all, "")
}

func (a *api) describeConsents() {
	operate(a, operation{
		id: "listConsents", method: http.MethodGet, path: "/me/consents", tag: "me", title: "What was agreed to", early: true,
		scopes: []account.Scope{account.MeRead},
	}, func(_ context.Context, c *call, _ *struct{}) (*answered[apiList[apiConsent]], error) {
		return c.consentList(), nil
	})

	operate(a, operation{
		id: "setConsents", method: http.MethodPut, path: "/me/consents", tag: "me", title: "Agree, or take it back", early: true, takes: true, keeps: overturns,
		about:  "Only a person can agree: ask them before a program sends this. Who had not answered the welcome has with this.",
		scopes: []account.Scope{account.MeWrite}, codes: []int{http.StatusBadRequest},
		example: map[string]any{"given": []string{"moods", "plays", "check_ins"}, "adult16": true},
	}, func(ctx context.Context, c *call, in *struct{ Body apiAgreement }) (*answered[apiList[apiConsent]], error) {
		for _, name := range in.Body.Given {
			if !slices.Contains(c.server.purposes(), store.Purpose(name)) {
				return nil, c.invalid("#/given", c.Say("there is no such purpose"))
			}
		}
		agreed := func(p store.Purpose) bool { return slices.Contains(in.Body.Given, string(p)) }
		who := c.asKnown()
		if err := c.oldEnough(agreed, in.Body.Adult16 || who.Adult16); err != nil {
			return nil, err
		}
		if !c.known {
			if err := c.server.greet(ctx, c.visit, who); err != nil {
				return nil, err
			}
		}
		if err := c.server.agreeAnew(ctx, c.visit, in.Body.Adult16, agreed); err != nil {
			return nil, err
		}
		var err error
		if c.consents, err = c.server.home(who.ID).Consents(ctx, who.ID); err != nil {
			return nil, err
		}
		return c.consentList(), nil
	})
}
