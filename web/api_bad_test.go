package web

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"segue/account"
	"segue/store"
)

// What a body of JSON may not be: each is a problem that says where, and nothing is
// changed.
func TestAPIBadBodies(t *testing.T) {
	inTurn(t)
	p, _ := alone(t, 300)
	kept := func() string { return fmt.Sprint(p.want(http.StatusOK, "GET", "/me", nil)) }
	before := kept()
	for _, c := range []struct {
		name, body string
		code       int
		kind       kind
		where      string
	}{
		{"no JSON", "{", 400, kindBadRequest, ""},
		{"nothing", "", 400, kindBadRequest, ""},
		{"two values", "{} {}", 400, kindBadRequest, ""},
		{"no text", "{\"name\":\"\xff\"}", 400, kindBadRequest, ""},
		{"a key twice", `{"retention_days":30,"retention_days":31}`, 400, kindBadRequest, ""},
		{"a key twice, but for its case", `{"retention_days":30,"RETENTION_days":31}`, 400, kindBadRequest, ""},
		{"a key twice, by a letter that folds", `{"offers":true,"offer` + "\u017f" + `":false}`, 400, kindBadRequest, ""},
		{"too deep", strings.Repeat(`{"name":`, 20) + "1" + strings.Repeat("}", 20), 400, kindBadRequest, ""},
		{"too large", `{"name":"` + strings.Repeat("x", maxJSON) + `"}`, 413, kindTooLarge, ""},
		{"an unknown field", `{"nmae":"Lan"}`, 422, kindInvalid, "#/nmae"},
		{"a wrong type", `{"name":7}`, 422, kindInvalid, "#/name"},
		{"not one of those", `{"retention_days":31}`, 422, kindInvalid, "#/retention_days"},
		{"too long", `{"name":"` + strings.Repeat("x", 201) + `"}`, 422, kindInvalid, "#/name"},
		{"no object", `[]`, 422, kindInvalid, "#"},
		{"a number too large", `{"retention_days":1e400}`, 400, kindBadRequest, "#"},
		{"a language nobody speaks", `{"language":"xx"}`, 422, kindInvalid, "#/language"},
		{"no time zone", `{"time_zone":"Europe/Nowhere"}`, 400, kindBadRequest, ""},
	} {
		got := p.problem(c.code, c.kind, "PATCH", "/me", c.body)
		if c.where != "" && !strings.Contains(fmt.Sprint(got["errors"]), c.where) {
			t.Errorf("%s: errors %v do not name %s", c.name, got["errors"], c.where)
		}
		if strings.Contains(fmt.Sprint(got), "nmae\":") || strings.Contains(fmt.Sprint(got), "xxxxx") {
			t.Errorf("%s: what was sent is repeated: %.200v", c.name, got)
		}
	}
	for _, c := range []header{{"Content-Type", "text/plain"}, {"Content-Type", ""}, {"Content-Type", "application/json; charset=latin1"}, {"Content-Type", "a;;b"}, {"Content-Encoding", "gzip"}} {
		p.problem(http.StatusUnsupportedMediaType, kindContentType, "PATCH", "/me", `{"name":"x"}`, c)
	}
	if after := kept(); after != before {
		t.Errorf("something was changed: %s, was %s", after, before)
	}
	p.want(http.StatusOK, "PATCH", "/me", `{"name":"Lan"}`, header{"Content-Type", "application/json; charset=UTF-8"})
	p.problem(http.StatusUnsupportedMediaType, kindContentType, "POST", "/imports", `{}`)
}

// Addresses and parameters that are none.
func TestAPIBadAddresses(t *testing.T) {
	inTurn(t)
	p, _ := alone(t, 300)
	for path, code := range map[string]int{
		"/": 404, "/nothing": 404, "/hours/none": 404, "/sessions/0": 422, "/sessions/99999": 404, "/sessions/x": 422, "/sessions/99999999999999999999": 422,
		"/sessions?limit=0": 422, "/sessions?limit=201": 422, "/sessions?limit=99999999999999999999": 422, "/sessions?limit=x": 422, "/sessions?cursor=x": 422,
		"/sessions?cursor=" + strings.Repeat("x", 300): 422, "/sessions?page=2": 422, "/me?x=1": 422, "/hours/none/file?format=exe": 422, "/persona/card/tall.exe": 422,
		"/hours/%ff": 404, "/hours/%00": 404, "/hours/..%2f..%2fme": 404, "/imports/none": 404, "/shares/none": 405,
	} {
		w := p.send("GET", path, nil)
		if w.Code != code || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("GET %s: %d, %s, want %d: %s", path, w.Code, w.Header().Get("Content-Type"), code, w.Body)
		}
	}
	w := p.send("POST", "/me", "{}")
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD, PATCH, DELETE" {
		t.Errorf("POST /me: %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
	if w := p.send("GET", "/hours/none", nil, header{"Accept-Language", "vi"}); !strings.Contains(w.Body.String(), "Ở đây không có gì") || w.Header().Get("Content-Language") != "vi" {
		t.Errorf("in Vietnamese: %s", w.Body)
	}
}

// Tokens that do not let in, each in its way, and what is not one's own.
func TestAPITokens(t *testing.T) {
	inTurn(t)
	s, owner, id, fill := livedService(t)
	now := *s.now
	expired, _ := s.tokenOf(t, id, now.Add(time.Minute), account.Scopes()...)
	taken, public := s.tokenOf(t, id, now.AddDate(1, 0, 0), account.Scopes()...)
	p := func(token string) program { return program{t: t, h: s.Handler(), token: token} }
	p(expired).want(http.StatusOK, "GET", "/me", nil)
	p(taken).want(http.StatusOK, "GET", "/me", nil)
	*s.now = now.Add(2 * time.Minute)
	if err := s.kept.DeleteToken(t.Context(), id, public); err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{
		"none": "", "expired": expired, "taken back": taken, "forged": account.NewToken().Reveal(), "cut": owner.token[:len(owner.token)-1], "mistyped": owner.token[:20] + "a" + owner.token[21:] + "", "another's word": "password",
	} {
		if owner.token == token {
			continue
		}
		w := p(token).send("GET", "/hours", nil)
		if w.Code != http.StatusUnauthorized || !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), `Bearer realm="segue"`) {
			t.Errorf("%s: %d, %q", name, w.Code, w.Header().Get("WWW-Authenticate"))
		}
	}
	if w := p("").send("GET", "/hours", nil, header{"Authorization", "Basic " + owner.token}); w.Code != http.StatusUnauthorized {
		t.Errorf("another scheme: %d", w.Code)
	}
	_, who := s.person(t, "binh", account.Listener)
	token, _ := s.tokenOf(t, who.ID, now.AddDate(1, 0, 0), account.Grantable(account.Listener)...)
	stranger := p(token)
	stranger.problem(http.StatusConflict, kindWelcome, "GET", "/hours", nil)
	stranger.want(http.StatusOK, "PATCH", "/me", map[string]any{"name": "Binh"})
	for _, c := range []struct {
		method, path string
		body         any
		purpose      store.Purpose
	}{
		{"POST", "/hours", map[string]any{"now": []int{2, 8}}, store.CheckIns}, {"GET", "/hours", nil, store.CheckIns}, {"GET", "/check-ins", nil, store.CheckIns},
		{"GET", "/moods", nil, store.Moods}, {"GET", "/persona", nil, store.Moods}, {"GET", "/sessions", nil, store.Moods},
	} {
		if got := stranger.problem(http.StatusForbidden, kindConsent, c.method, c.path, c.body); got["purpose"] != string(c.purpose) {
			t.Errorf("%s %s: the purpose %v, want %s", c.method, c.path, got["purpose"], c.purpose)
		}
	}
	stranger.want(http.StatusOK, "PUT", "/me/consents", map[string]any{"given": []string{"moods", "plays", "check_ins"}, "adult16": true})
	hour := "/hours/" + fill["hour"]
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{"GET", hour, nil}, {"GET", hour + "/file", nil}, {"GET", hour + "/reflection", nil}, {"DELETE", hour, nil}, {"DELETE", hour + "/reflection", nil}, {"DELETE", "/shares/" + fill["share"], nil},
		{"PUT", hour + "/reflection", map[string]any{"feel": 0}}, {"GET", "/imports/brought", nil}, {"DELETE", "/imports/brought", nil}, {"POST", hour + "/edits", map[string]any{"do": "fresh"}},
	} {
		stranger.problem(http.StatusNotFound, kindNotFound, c.method, c.path, c.body, header{"If-Match", "*"})
	}
	owner.want(http.StatusOK, "GET", hour, nil)
	owner.want(http.StatusOK, "GET", hour+"/reflection", nil)
	a, err := s.kept.Account(t.Context(), who.ID)
	if err != nil {
		t.Fatal(err)
	}
	a.Disabled = true
	if err := s.kept.SaveAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	stranger.problem(http.StatusUnauthorized, kindNoToken, "GET", "/me", nil)
}

// Who asks too often is told when to ask again.
func TestAPITooMany(t *testing.T) {
	s := serving(t, nil)
	_, who := s.person(t, "lan", account.Listener)
	token, _ := s.tokenOf(t, who.ID, s.now.AddDate(1, 0, 0), account.MeRead)
	for name, token := range map[string]string{"one account": token, "one address without a token": ""} {
		p := program{t: t, h: s.Handler(), token: token}
		for n := 0; ; n++ {
			w := p.send("GET", "/me", nil)
			if w.Code == http.StatusTooManyRequests {
				if w.Header().Get("Retry-After") != "1" {
					t.Errorf("%s: Retry-After %q", name, w.Header().Get("Retry-After"))
				}
				break
			}
			if n > 1000 {
				t.Fatalf("%s: never too many", name)
			}
		}
		*s.now = s.now.Add(2 * time.Second)
		if w := p.send("GET", "/me", nil); w.Code == http.StatusTooManyRequests {
			t.Errorf("%s: too many still", name)
		}
	}
}

// A key makes a request count once.
func TestAPIOnce(t *testing.T) {
	p, _ := alone(t, 300)
	wish := map[string]any{"now": []int{2, 8}, "target": []int{7, 3}, "minutes": 10}
	key := header{idempotencyKey, "one"}
	first := p.send("POST", "/hours", wish, key)
	if first.Code != http.StatusCreated || first.Header().Get("Idempotency-Replayed") != "" {
		t.Fatalf("%d: %s", first.Code, first.Body)
	}
	again := p.send("POST", "/hours", wish, key)
	if again.Code != http.StatusCreated || again.Header().Get("Idempotency-Replayed") != "true" || again.Body.String() != first.Body.String() ||
		again.Header().Get("Location") != first.Header().Get("Location") || again.Header().Get("ETag") != first.Header().Get("ETag") {
		t.Errorf("again: %d, %v", again.Code, again.Header())
	}
	p.problem(http.StatusUnprocessableEntity, kindKeyUsed, "POST", "/hours", map[string]any{"now": []int{2, 8}, "target": []int{7, 3}, "minutes": 11}, key)
	// What came to nothing may be tried again under its key.
	p.problem(http.StatusUnprocessableEntity, kindInvalid, "POST", "/hours", map[string]any{"now": []int{0, 8}}, header{idempotencyKey, "two"})
	p.want(http.StatusCreated, "POST", "/hours", wish, header{idempotencyKey, "two"})
	if n := len(p.want(http.StatusOK, "GET", "/hours", nil)["items"].([]any)); n != 2 {
		t.Errorf("%d hours, want 2", n)
	}
	for _, bad := range []string{strings.Repeat("x", 129), "a b", "é", "\x01"} {
		p.problem(http.StatusUnprocessableEntity, kindInvalid, "POST", "/hours", wish, header{idempotencyKey, bad})
	}
}

// Of two changes at once none is lost: each names the version it was made for.
func TestAPIVersions(t *testing.T) {
	inTurn(t)
	p, _ := alone(t, 300)
	made := p.send("POST", "/hours", map[string]any{"now": []int{2, 8}, "target": []int{7, 3}, "minutes": 20})
	at, tag := strings.TrimPrefix(made.Header().Get("Location"), apiBase), made.Header().Get("ETag")
	swap := map[string]any{"do": "swap", "place": 1}
	p.problem(http.StatusPreconditionRequired, kindNeedVersion, "POST", at+"/edits", swap)
	p.want(http.StatusOK, "POST", at+"/edits", swap, header{"If-Match", tag})
	p.problem(http.StatusPreconditionFailed, kindVersion, "POST", at+"/edits", swap, header{"If-Match", tag})
	p.problem(http.StatusPreconditionFailed, kindVersion, "POST", at+"/edits", swap, header{"If-Match", "x"})
	p.want(http.StatusOK, "POST", at+"/edits", map[string]any{"do": "undo"}, header{"If-Match", "*"})
	p.problem(http.StatusUnprocessableEntity, kindInvalid, "POST", at+"/edits", map[string]any{"do": "swap", "place": 499}, header{"If-Match", "*"})
	p.problem(http.StatusUnprocessableEntity, kindNoFit, "POST", at+"/edits", map[string]any{"do": "insert", "place": 1, "id": "no such track"}, header{"If-Match", "*"})
	now := p.send("GET", at, nil)
	if got := p.send("GET", at, nil, header{"If-None-Match", now.Header().Get("ETag")}); got.Code != http.StatusNotModified || got.Body.Len() > 0 {
		t.Errorf("%d for what is known", got.Code)
	}
	if got := p.send("HEAD", at, nil); got.Code != http.StatusOK || got.Header().Get("ETag") != now.Header().Get("ETag") {
		t.Errorf("HEAD: %d, %v", got.Code, got.Header())
	}
}

// A list goes on where it stopped while newer things are added.
func TestAPIPages(t *testing.T) {
	inTurn(t)
	p, w := alone(t, 300)
	make := func() string {
		*w.now = w.now.Add(time.Minute)
		return p.want(http.StatusCreated, "POST", "/hours", map[string]any{"now": []int{2, 8}, "target": []int{7, 3}, "minutes": 10})["id"].(string)
	}
	var want []string
	for range 4 {
		want = append([]string{make()}, want...)
	}
	var got []string
	for path := "/hours?limit=1"; path != ""; {
		w := p.send("GET", path, nil)
		list := p.want(http.StatusOK, "GET", path, nil)
		for _, one := range list["items"].([]any) {
			got = append(got, one.(map[string]any)["id"].(string))
		}
		next, _ := list["next"].(string)
		link := w.Header().Get("Link")
		if (next == "") != (link == "") || next != "" && !strings.Contains(link, url.QueryEscape(next)) {
			t.Errorf("next %q, Link %q", next, link)
		}
		if path = ""; next != "" {
			path = "/hours?limit=1&cursor=" + next
		}
		if len(got) == 2 {
			make()
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	for n := 1; n <= 3; n++ { // every session once, whatever the length of a page
		seen := map[float64]bool{}
		for path := fmt.Sprintf("/sessions?limit=%d", n*7); path != ""; {
			list := p.want(http.StatusOK, "GET", path, nil)
			for _, one := range list["items"].([]any) {
				if no := one.(map[string]any)["n"].(float64); seen[no] {
					t.Errorf("session %v stands twice", no)
				} else {
					seen[no] = true
				}
			}
			if next, _ := list["next"].(string); next == "" {
				path = ""
			} else {
				path = fmt.Sprintf("/sessions?limit=%d&cursor=%s", n*7, next)
			}
		}
		if !seen[1] {
			t.Error("the first session is missing")
		}
	}
}

// A client that stops in the middle of its body is told so, and holds nothing up.
func TestAPISlowClient(t *testing.T) {
	p, w := alone(t, 300)
	w.s.patience.form = 300 * time.Millisecond
	server := httptest.NewServer(p.h)
	defer server.Close()
	for _, c := range []struct {
		name, head string
		code       int
	}{
		{"stops", "Content-Length: 40\r\n\r\n{\"name\":", http.StatusRequestTimeout},
		{"breaks off", "Transfer-Encoding: chunked\r\n\r\nzz\r\n", http.StatusBadRequest},
	} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		_, _ = io.WriteString(conn, "PATCH /api/v1/me HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+c.head)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != c.code || resp.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d: %s", c.name, resp.StatusCode, body)
		}
		_ = conn.Close()
	}
}

// On the server of one person a program is that person; what they did not agree to
// keep stays in memory, as of the pages.
func TestAPIAlone(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	w := walk(t, m)
	p := program{t: t, h: w.s.Handler()}
	if me := p.want(http.StatusOK, "GET", "/me", nil); me["known"] != false || me["created"] != nil || me["account"] != nil {
		t.Errorf("nobody yet: %v", me)
	}
	p.problem(http.StatusConflict, kindWelcome, "POST", "/hours", map[string]any{"now": []int{2, 8}})
	p.problem(http.StatusBadRequest, kindBadRequest, "PUT", "/me/consents", map[string]any{"given": []string{"moods"}})
	p.problem(http.StatusUnprocessableEntity, kindInvalid, "PUT", "/me/consents", map[string]any{"given": []string{"everything"}})
	p.want(http.StatusOK, "PUT", "/me/consents", map[string]any{"given": []string{}})
	id := p.want(http.StatusCreated, "POST", "/hours", map[string]any{"now": []int{2, 8}, "target": []int{7, 3}, "minutes": 10})["id"].(string)
	if _, err := w.s.kept.Hour(t.Context(), selfID, id); err == nil {
		t.Error("an hour that nobody agreed to keep is in the file")
	}
	p.want(http.StatusOK, "GET", "/hours/"+id, nil)
	p.problem(http.StatusForbidden, kindConsent, "GET", "/rhythm", nil)
	p.want(http.StatusOK, "PUT", "/me/consents", map[string]any{"given": []string{"moods"}, "adult16": true})
	p.problem(http.StatusConflict, kindNoListening, "GET", "/rhythm", nil)
}
