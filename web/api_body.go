package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"segue/language"
)

// The bounds of a body of JSON; uploads have their own. (d)
const (
	maxJSON      = 64 << 10
	maxJSONDepth = 16
)

// readBody takes in the JSON of an operation that takes some, whole and bounded in
// size, depth and time, before anything is done.
func (c *call) readBody() error {
	if c.op.upload {
		return nil
	}
	if !c.op.takes {
		c.r.Body = http.NoBody
		return nil
	}
	if err := c.contentType("application/json"); err != nil {
		return err
	}
	most := cmp.Or(c.op.most, maxJSON)
	rc := http.NewResponseController(c.w)
	_ = rc.SetReadDeadline(time.Now().Add(c.server.patience.form)) // a test's recorder has none
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, int64(most)))
	_ = rc.SetReadDeadline(time.Time{})
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return &wrong{code: http.StatusRequestEntityTooLarge, what: c.Say("That is too much at once"), todo: c.Say("Nothing was changed. A body of JSON has at most %s.", strconv.Itoa(most>>10)+" KiB")}
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.w.Header().Set("Connection", "close")
		return &wrong{code: http.StatusRequestTimeout, what: c.Say("That could not be read"), todo: c.Say("Nothing was changed. Try again.")}
	case err != nil:
		c.w.Header().Set("Connection", "close")
		return &wrong{code: http.StatusBadRequest, what: c.Say("That could not be read"), todo: c.Say("Nothing was changed. Try again.")}
	}
	if len(bytes.TrimSpace(body)) > 0 {
		if why := plainJSON(body); why != "" {
			return &wrong{code: http.StatusBadRequest, what: c.Say("That could not be read"), todo: c.Say("Nothing was changed.") + " " + c.Say(why)}
		}
	}
	c.body = body
	c.r.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// contentType refuses a body of another type than an operation takes.
func (c *call) contentType(takes string) error {
	kind, more, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	charset := strings.ToLower(more["charset"])
	coded := c.r.Header.Get("Content-Encoding")
	if err == nil && kind == takes && (charset == "" || charset == "utf-8") && (coded == "" || coded == "identity") {
		return nil
	}
	return &wrong{code: http.StatusUnsupportedMediaType, what: c.Say("That could not be read"), todo: c.Say("Nothing was changed. Send it as %s, in UTF-8 and not packed.", takes)}
}

// plainJSON returns what is wrong with a body beside what a description can say, or
// nothing: it is one value, not too deep, of text that is text, and no object names a
// key twice. Keys that differ in case alone count as the same, because they would
// fill the same field: the second would pass by what was checked of the first.
func plainJSON(body []byte) string {
	if !utf8.Valid(body) {
		return language.Text("The body is no text in UTF-8.")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	type open struct {
		object bool
		key    bool // the next text is a key
		seen   map[string]bool
	}
	var stack []open
	for began := false; !began || len(stack) > 0; began = true {
		token, err := dec.Token()
		if err != nil {
			return language.Text("The body is no JSON.")
		}
		at := len(stack) - 1
		if d, ok := token.(json.Delim); ok {
			switch d {
			case '{', '[':
				if len(stack) == maxJSONDepth {
					return language.Text("The body is nested too deep.")
				}
				if at >= 0 && stack[at].object {
					stack[at].key = true
				}
				stack = append(stack, open{object: d == '{', key: true, seen: map[string]bool{}})
			default:
				stack = stack[:at]
			}
			continue
		}
		if at < 0 || !stack[at].object {
			continue
		}
		if stack[at].key {
			name := strings.ToLower(strings.ToUpper(token.(string))) // folds as encoding/json does
			if stack[at].seen[name] {
				return language.Text("The body names a field twice.")
			}
			stack[at].seen[name] = true
		}
		stack[at].key = !stack[at].key
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return language.Text("The body holds more after its JSON.")
	}
	return ""
}
