package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Options say how to ask. The zero value asks the server of one person.
type Options struct {
	Token    string // segue_…, of a server where people sign in
	Language string // of sentences and problems, as Accept-Language has it; empty is the person's own

	// HTTP asks; nil is a client of its own that waits two minutes for an answer.
	HTTP *http.Client

	// Tries is how often a request is sent, at most; 0 is 3. Only what changes nothing,
	// or what the server does once under its idempotency key, is sent again: after a
	// connection that broke, 429 and 503.
	Tries int

	// MaxWait is the longest wait between two tries, whatever Retry-After says; 0 is 30 s.
	MaxWait time.Duration
}

// New returns a client of the server at an address such as https://segue.example.org.
func New(address string, o Options) (*ClientWithResponses, error) {
	at, err := url.Parse(address)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return nil, fmt.Errorf("client: %q is no address of a server; one is http://127.0.0.1:8080", address)
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: 2 * time.Minute}
	}
	if o.Tries == 0 {
		o.Tries = 3
	}
	if o.MaxWait == 0 {
		o.MaxWait = 30 * time.Second
	}
	base := strings.TrimSuffix(at.String(), "/") + "/api/v1"
	return NewClientWithResponses(base, WithHTTPClient(&patient{o}), WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		if o.Token != "" {
			r.Header.Set("Authorization", "Bearer "+o.Token)
		}
		if o.Language != "" {
			r.Header.Set("Accept-Language", o.Language)
		}
		if r.Method == http.MethodPost && r.Header.Get("Idempotency-Key") == "" {
			r.Header.Set("Idempotency-Key", rand.Text())
		}
		return nil
	}))
}

// A patient asks again where that is safe.
type patient struct{ o Options }

// firstWait is the wait before the second try, where the server names none; each
// further one is twice as long. (d)
const firstWait = 200 * time.Millisecond

// mostHeld is how large a body may be to be held for another try; a larger one, of
// files, is sent once. (d)
const mostHeld = 1 << 20

// Do implements HttpRequestDoer.
func (p *patient) Do(r *http.Request) (*http.Response, error) {
	again, err := repeatable(r)
	if err != nil {
		return nil, err
	}
	wait := firstWait
	for try := 1; ; try++ {
		if again != nil {
			r.Body = again()
		}
		resp, err := p.o.HTTP.Do(r)
		if try >= p.o.Tries || again == nil || r.Context().Err() != nil {
			return resp, err
		}
		pause := wait
		if err == nil {
			if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
				return resp, nil
			}
			if seconds, bad := strconv.Atoi(resp.Header.Get("Retry-After")); bad == nil && seconds >= 0 {
				pause = time.Duration(seconds) * time.Second
			}
			if pause > p.o.MaxWait {
				return resp, nil
			}
			_, _ = io.CopyN(io.Discard, resp.Body, mostHeld) // so that the connection serves on
			_ = resp.Body.Close()
		}
		timer := time.NewTimer(min(pause, p.o.MaxWait))
		select {
		case <-timer.C:
		case <-r.Context().Done():
			timer.Stop()
			return nil, r.Context().Err()
		}
		wait *= 2
	}
}

// repeatable returns what makes the body of a request anew for each try, or nil where
// it may be sent once only.
func repeatable(r *http.Request) (func() io.ReadCloser, error) {
	if r.Method == http.MethodPost && r.Header.Get("Idempotency-Key") == "" {
		return nil, nil
	}
	if r.Body == nil || r.Body == http.NoBody {
		return func() io.ReadCloser { return http.NoBody }, nil
	}
	head, err := io.ReadAll(io.LimitReader(r.Body, mostHeld+1))
	if err != nil {
		return nil, err
	}
	if len(head) > mostHeld {
		rest := r.Body
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(head), rest), rest}
		return nil, nil
	}
	_ = r.Body.Close()
	return func() io.ReadCloser { return io.NopCloser(bytes.NewReader(head)) }, nil
}

// Kind returns the word that names the kind of a problem for programs, such as
// "no-music": what its type ends with.
func (p Problem) Kind() string {
	_, kind, _ := strings.Cut(p.Type, "#")
	return kind
}

// Error returns the problem as one line.
func (p Problem) Error() string { return fmt.Sprintf("%s (%d). %s", p.Title, p.Status, p.Detail) }

// ProblemOf returns the problem that an answer is, or nil if it is none.
func ProblemOf(resp *http.Response, body []byte) error {
	if resp == nil || resp.StatusCode < 400 {
		return nil
	}
	var p Problem
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/problem+json") || json.Unmarshal(body, &p) != nil {
		return fmt.Errorf("the server answered %s, and not why", resp.Status)
	}
	return p
}
