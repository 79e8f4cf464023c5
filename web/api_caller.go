package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"segue/account"
	"segue/language"
	"segue/store"
)

// A grant is what a caller may do.
type grant struct {
	all    bool // a program on the machine of the one person whose server this is
	role   account.Role
	scopes []account.Scope
	token  string // its public id
}

// allows reports whether a caller may do what needs all of some scopes.
func (g grant) allows(need []account.Scope) bool {
	for _, one := range need {
		if !g.all && !account.Allows(g.role, g.scopes, one) {
			return false
		}
	}
	return true
}

// How often one account, and one address that brings no good token, may ask. (d)
func apiRate() account.Rate        { return account.Rate{Every: 20 * time.Millisecond, Burst: 500} }
func apiFailureRate() account.Rate { return account.Rate{Every: time.Second, Burst: 60} }

// apiKeys is how many accounts, and addresses, the rates are remembered of. (d)
const apiKeys = 20_000

// admit finds out who asks and whether they may. No cookie is read, so that no page
// elsewhere can make a browser ask in somebody's name.
func (c *call) admit() error {
	if c.op.open {
		return nil
	}
	ctx := c.r.Context()
	if !c.server.o.Accounts {
		c.grant = grant{all: true}
		return c.become(ctx, selfID)
	}
	token, err := c.token(ctx)
	if err != nil {
		return err
	}
	if wait := c.api.rate.Allow(token.Account, c.at); wait > 0 {
		return c.tooMany(wait)
	}
	who, err := c.server.kept.Account(ctx, token.Account)
	if errors.Is(err, store.ErrNotFound) {
		return c.nobody("invalid_token")
	} else if err != nil {
		return err
	}
	c.grant = grant{role: account.Role(who.Role), token: token.ID}
	for _, s := range token.Scopes {
		c.grant.scopes = append(c.grant.scopes, account.Scope(s))
	}
	if !c.grant.allows(c.op.scopes) {
		need := account.JoinScopes(c.op.scopes)
		c.w.Header().Set("WWW-Authenticate", `Bearer realm="segue", error="insufficient_scope", scope="`+need+`"`)
		return &lacking{&wrong{code: http.StatusForbidden, kind: kindScope, what: c.Say("This token may not do that"), todo: c.Say("It needs %s. Make a token that has it, on the page of your account.", need)}, need}
	}
	if err := c.become(ctx, who.ID); err != nil {
		return err
	}
	c.account = &who
	if token.Used.Before(c.at.Add(-time.Minute)) {
		c.server.noteUsed(token.ID, c.at)
	}
	return nil
}

// token returns the token that a request brings, once it is known to be good.
func (c *call) token(ctx context.Context) (store.Token, error) {
	given := c.r.Header.Get("Authorization")
	if given == "" {
		return store.Token{}, c.nobody("")
	}
	scheme, text, _ := strings.Cut(given, " ")
	parsed, err := account.ParseToken(strings.TrimSpace(text))
	if !strings.EqualFold(scheme, "Bearer") || err != nil {
		return store.Token{}, c.nobody("invalid_token")
	}
	token, err := c.server.kept.TokenByHash(ctx, parsed.Hash(), c.at)
	if errors.Is(err, store.ErrNotFound) {
		return token, c.nobody("invalid_token")
	}
	return token, err
}

// nobody says that who asks is not known, and slows down who keeps trying.
func (c *call) nobody(why string) error {
	if from := c.server.peer(c.r); from.IsValid() {
		if wait := c.api.failures.Allow(account.AddressKey(from), c.at); wait > 0 {
			return c.tooMany(wait)
		}
	}
	way := `Bearer realm="segue"`
	if why != "" {
		way += `, error="` + why + `"`
	}
	c.w.Header().Set("WWW-Authenticate", way)
	return &wrong{code: http.StatusUnauthorized, what: c.Say("Who asks is not known"), todo: c.Say("Send a token that holds, as Authorization: Bearer and the token. Tokens are made on the page of your account.")}
}

// tooMany says when to ask again.
func (c *call) tooMany(wait time.Duration) error {
	seconds := int(math.Ceil(wait.Seconds()))
	c.w.Header().Set("Retry-After", strconv.Itoa(max(1, seconds)))
	return &wrong{code: http.StatusTooManyRequests, what: c.Say("Too many requests at once"), todo: c.Say("Nothing was changed. Ask again in %s.", c.Of(max(1, seconds), "second", "seconds"))}
}

// become makes the call one of a listener. It speaks the language that the request
// asks for, else the listener's own.
func (c *call) become(ctx context.Context, id string) error {
	v, err := c.server.visitOf(ctx, id)
	c.visit = v
	asked := c.r.Header.Get("Accept-Language")
	v.Tongue = language.Preferred(asked)
	if own, ok := language.Of(v.who.Language); ok && asked == "" {
		v.Tongue = own
	}
	return err
}

// anew looks the listener up again, once nothing else changes what it rests on.
func (c *call) anew(ctx context.Context) error {
	was := c.visit
	v, err := c.server.visitOf(ctx, was.self)
	v.Tongue, v.account, v.login = was.Tongue, was.account, was.login
	c.visit = v
	return err
}

// agreed reports, as an error, that a purpose was not agreed to. On the server of one
// person what is not agreed to is kept in memory, as by the pages; where people sign
// in another process would not see it there, and it is refused.
func (c *call) agreed(p store.Purpose) error {
	if c.allows(p) || !c.server.o.Accounts {
		return nil
	}
	return &wrong{code: http.StatusForbidden, kind: kindConsent, purpose: p, what: c.Say("This was not agreed to"), todo: c.Say("It needs your agreement that Segue keeps it, which only you can give, on the page of your data, and take back there as easily.")}
}
