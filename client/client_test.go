package client

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// serve answers each request with the next of some codes, and remembers what came.
func serve(t *testing.T, retry string, codes ...int) (*ClientWithResponses, *[]*http.Request, *[]string) {
	var asked []*http.Request
	var bodies []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		asked, bodies = append(asked, r), append(bodies, string(b))
		code := codes[min(len(asked), len(codes))-1]
		w.Header().Set("Retry-After", retry)
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, `{"type":"/api/v1/problems#no-music","title":"There is none","status":409,"detail":"Bring some."}`)
	}))
	t.Cleanup(s.Close)
	c, err := New(s.URL+"/", Options{Token: "segue_x", Language: "vi", MaxWait: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return c, &asked, &bodies
}

// A request is sent again where that is safe, the same each time and under one key.
func TestAgain(t *testing.T) {
	c, asked, bodies := serve(t, "0", 503, 429, 409)
	resp, err := c.CreateHourWithResponse(t.Context(), nil, NewHour{Now: []int64{2, 8}})
	if err != nil || resp.StatusCode() != http.StatusConflict || len(*asked) != 3 {
		t.Fatalf("%v, %d tries", err, len(*asked))
	}
	for i, r := range *asked {
		if key := r.Header.Get("Idempotency-Key"); key == "" || key != (*asked)[0].Header.Get("Idempotency-Key") || !strings.Contains((*bodies)[i], "[2,8]") {
			t.Errorf("try %d: key %q, body %q", i, key, (*bodies)[i])
		}
		if r.Header.Get("Authorization") != "Bearer segue_x" || r.Header.Get("Accept-Language") != "vi" || r.URL.Path != "/api/v1/hours" {
			t.Errorf("%s %v", r.URL.Path, r.Header)
		}
	}
	problem, ok := ProblemOf(resp.HTTPResponse, resp.Body).(Problem)
	if !ok || problem.Kind() != "no-music" || problem.Error() != "There is none (409). Bring some." {
		t.Errorf("%v", problem)
	}
}

// What has to wait too long, or was sent often enough, is the caller's to see.
func TestNotAgain(t *testing.T) {
	for name, c := range map[string]struct {
		retry string
		tries int
	}{"a long wait": {"3600", 1}, "for ever": {"0", 3}} {
		client, asked, _ := serve(t, c.retry, 503)
		resp, err := client.GetMeWithResponse(t.Context())
		if err != nil || resp.StatusCode() != http.StatusServiceUnavailable || len(*asked) != c.tries {
			t.Errorf("%s: %v, %d tries, want %d", name, err, len(*asked), c.tries)
		}
	}
	for _, bad := range []string{"", "segue.example.org", "ftp://x", "http://", "://"} {
		if _, err := New(bad, Options{}); err == nil {
			t.Errorf("%q is taken for an address", bad)
		}
	}
	if err := ProblemOf(&http.Response{StatusCode: 502, Status: "502 Bad Gateway", Header: http.Header{}}, []byte("<html>")); err == nil || !strings.Contains(err.Error(), "502") {
		t.Error(err)
	}
}
