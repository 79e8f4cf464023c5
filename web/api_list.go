package web

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An answered is an answer of JSON.
type answered[T any] struct {
	Body T
}

// A made is the answer of what was made, with where it is.
type made[T any] struct {
	Location string `header:"Location" doc:"Where it is."`
	Body     T
}

// A nothing is an answer without a body.
type nothing struct{}

// A list is a part of a list, the newest first.
type apiList[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"The cursor of what comes after; absent at the end."`
}

// listed returns a list, whose items are never null.
func listed[T any](items []T, next string) *answered[apiList[T]] {
	if items == nil {
		items = []T{}
	}
	return &answered[apiList[T]]{apiList[T]{items, next}}
}

// A paging is how much of a list is asked for.
type paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most."`
	Cursor string `query:"cursor" maxLength:"200" doc:"Where an earlier answer ended: its next. Without it the list begins."`
}

// A cursor is a place in a list in order of time, the newest first: after what was at
// this moment and bears this id. What is added meanwhile is newer and moves nothing.
type cursor struct {
	at time.Time
	id string
}

// String writes a cursor; it says nothing to who asks.
func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(c.at.UnixMilli(), 36) + "." + c.id))
}

// cursorOf reads a cursor.
func cursorOf(text string) (cursor, bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	at, id, ok := strings.Cut(string(b), ".")
	ms, errMS := strconv.ParseInt(at, 36, 64)
	if err != nil || errMS != nil || !ok {
		return cursor{}, false
	}
	return cursor{time.UnixMilli(ms), id}, true
}

// compare says which of two stands first in a list that has the newest first.
func (c cursor) compare(d cursor) int {
	return cmp.Or(cmp.Compare(d.at.UnixMilli(), c.at.UnixMilli()), strings.Compare(d.id, c.id))
}

// part returns the part of a list that is asked for, the newest first, and the cursor
// of the next one; of tells where an item stands. A Link header says it, too.
func part[T any](c *call, p paging, all []T, of func(T) cursor) (items []T, next string, err error) {
	type placed struct {
		item T
		at   cursor
	}
	order := make([]placed, len(all))
	for i, item := range all {
		order[i] = placed{item, of(item)}
	}
	slices.SortStableFunc(order, func(a, b placed) int { return a.at.compare(b.at) })
	from := 0
	if p.Cursor != "" {
		last, ok := cursorOf(p.Cursor)
		if !ok {
			return nil, "", c.badCursor()
		}
		for from < len(order) && order[from].at.compare(last) <= 0 {
			from++
		}
	}
	end := min(len(order), from+p.Limit)
	if end < len(order) {
		next = order[end-1].at.String()
		c.link(p, next)
	}
	for _, one := range order[from:end] {
		items = append(items, one.item)
	}
	return items, next, nil
}

// link says in a header where a list goes on.
func (c *call) link(p paging, next string) {
	to := url.URL{Path: c.r.URL.Path, RawQuery: url.Values{"limit": {strconv.Itoa(p.Limit)}, "cursor": {next}}.Encode()}
	c.w.Header().Set("Link", "<"+to.String()+`>; rel="next"`)
}

// badCursor says that a cursor is none of ours.
func (c *call) badCursor() error {
	return &unread{&wrong{code: http.StatusUnprocessableEntity, what: c.Say("That could not be read"), todo: c.Say("Take the cursor from the answer before, as it stands there.")},
		[]apiInvalid{{Parameter: "query/cursor", Detail: c.Say("this value cannot be read")}}}
}
