package web

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/account"
	"segue/client"
	"segue/store"
)

// A program asks the API, and holds every answer to the description.
type program struct {
	t     testing.TB
	h     http.Handler
	token string
}

// header is a name and what it holds.
type header [2]string

// send asks for an address below /api/v1. A body that is no text is sent as JSON.
func (p program) send(method, path string, body any, more ...header) *httptest.ResponseRecorder {
	p.t.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	case io.Reader:
		in = b
	default:
		text, err := json.Marshal(b)
		if err != nil {
			p.t.Fatal(err)
		}
		in = bytes.NewReader(text)
	}
	r := httptest.NewRequest(method, "http://localhost:8080/api/v1"+path, in)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	for _, h := range more {
		r.Header.Set(h[0], h[1])
	}
	w := httptest.NewRecorder()
	p.h.ServeHTTP(w, r)
	described(p.t, method, path, w)
	return w
}

// want asks, and expects a code.
func (p program) want(code int, method, path string, body any, more ...header) map[string]any {
	p.t.Helper()
	w := p.send(method, path, body, more...)
	if w.Code != code {
		p.t.Fatalf("%s %s: %d, want %d: %.600s", method, path, w.Code, code, w.Body)
	}
	var out map[string]any
	if strings.Contains(w.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			p.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return out
}

// problem expects a problem of a kind.
func (p program) problem(code int, k kind, method, path string, body any, more ...header) map[string]any {
	p.t.Helper()
	out := p.want(code, method, path, body, more...)
	if out["type"] != "/api/v1/problems#"+string(k) || out["status"] != float64(code) || out["title"] == "" || out["detail"] == "" {
		p.t.Fatalf("%s %s: %v, want the problem %s", method, path, out, k)
	}
	return out
}

// alone returns a program beside the server of one person, who heard plays and agreed
// to everything.
func alone(t testing.TB, plays int) (program, *walker) {
	_, all := invented(t)
	w := withPlays(t, all[len(all)-plays:])
	return program{t: t, h: w.s.Handler()}, w
}

// tokenOf makes a token of an account.
func (s *servedPeople) tokenOf(t testing.TB, id string, expires time.Time, scopes ...account.Scope) (text, public string) {
	t.Helper()
	made := account.NewToken()
	one := store.Token{ID: made.ID, Hash: made.Hash(), Account: id, Name: "a test", Created: *s.now, Expires: expires}
	for _, scope := range scopes {
		one.Scopes = append(one.Scopes, string(scope))
	}
	if err := s.kept.AddToken(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	return made.Reveal(), made.ID
}

// lived returns a service with somebody who agreed to everything, heard plays that
// hold the canary, and made an hour, a reflection and a share; and what addresses hold
// of theirs.
func livedService(t testing.TB) (s *servedPeople, owner program, id string, fill map[string]string) {
	t.Helper()
	m, plays := invented(t)
	plays = slices.Clone(plays[len(plays)-4000:])
	for i := range plays {
		if i%7 == 0 {
			plays[i].Track = segue.TrackRef{Title: singing, Artist: singing}
		}
	}
	s = serving(t, m)
	_, who := s.person(t, "lan", account.Admin)
	token, _ := s.tokenOf(t, who.ID, s.now.AddDate(0, 1, 0), account.Scopes()...)
	owner = program{t: t, h: s.Handler(), token: token}
	owner.want(http.StatusOK, "PUT", "/me/consents", map[string]any{"given": []string{"moods", "plays", "check_ins", "taste"}, "adult16": true})
	owner.want(http.StatusOK, "PATCH", "/me", map[string]any{"name": singing, "time_zone": "Asia/Ho_Chi_Minh"})
	if err := s.kept.AddImport(t.Context(), who.ID, store.Import{ID: "brought", At: *s.now, Report: []byte("{}"), Plays: len(plays)}, plays); err != nil {
		t.Fatal(err)
	}
	s.portraits.forget(who.ID)
	fill = map[string]string{"n": "3", "import": "brought"}
	fill["hour"] = owner.want(http.StatusCreated, "POST", "/hours", map[string]any{"now": []int{2, 8}, "target": []int{7, 3}, "exclude": map[string]any{"artists": []string{singing}}})["id"].(string)
	owner.want(http.StatusOK, "PUT", "/hours/"+fill["hour"]+"/reflection", map[string]any{"feel": 1, "after": []int{6, 4}, "words": singing})
	fill["taste"] = owner.want(http.StatusCreated, "POST", "/taste", map[string]any{"track": m.Catalog.ID[0], "cell": []int{7, 3}})["id"].(string)
	fill["share"] = owner.want(http.StatusCreated, "POST", "/shares", map[string]any{"fact": "none"})["id"].(string)
	return s, owner, who.ID, fill
}

// TestAPIWay goes the listener's whole way as a program does, by the client that is
// generated from the description.
func TestAPIWay(t *testing.T) {
	inTurn(t)
	ctx := t.Context()
	export, table := demoFiles(t)
	b := bringer(t)
	server := httptest.NewServer(b.s.Handler())
	t.Cleanup(server.Close)
	c, err := client.New(server.URL, client.Options{Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	must := func(what string, resp *http.Response, body []byte, err error) {
		t.Helper()
		if err == nil {
			err = client.ProblemOf(resp, body)
		}
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	agreed, err := c.SetConsentsWithResponse(ctx, client.Agreement{Given: []string{"moods", "plays", "check_ins"}, Adult16: new(true)})
	must("consents", agreed.HTTPResponse, agreed.Body, err)
	me, err := c.UpdateMeWithResponse(ctx, client.Settings{Name: new("Lan"), TimeZone: new("Asia/Ho_Chi_Minh")})
	must("me", me.HTTPResponse, me.Body, err)
	if me.JSON200.Name != "Lan" || !me.JSON200.Known || !me.JSON200.Adult16 {
		t.Errorf("%+v", me.JSON200)
	}
	body, kind := form(export, table)
	brought, err := c.CreateImportWithBodyWithResponse(ctx, nil, kind, bytes.NewReader(body))
	must("import", brought.HTTPResponse, brought.Body, err)
	if at := brought.HTTPResponse.Header.Get("Location"); !strings.HasSuffix(at, "/imports/"+brought.JSON202.ID) {
		t.Errorf("the import is at %q", at)
	}
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		one, err := c.GetImportWithResponse(ctx, brought.JSON202.ID)
		must("import", one.HTTPResponse, one.Body, err)
		if one.JSON200.State == client.ImportStateDone {
			if one.JSON200.Report == nil || one.JSON200.Tables == nil || one.JSON200.Plays == 0 {
				t.Errorf("%s", one.Body)
			}
			break
		}
		if one.JSON200.State != client.ImportStateRunning || time.Since(began) > 2*time.Minute {
			t.Fatalf("%s", one.Body)
		}
	}
	moods, err := c.GetMoodsWithResponse(ctx)
	must("moods", moods.HTTPResponse, moods.Body, err)
	if u := moods.JSON200.Usual; !u.Known || u.Valence.Lo == nil || *u.Valence.Lo > *u.Valence.Value || u.Coverage <= 0 {
		t.Errorf("the usual mood: %+v", u)
	}
	var sessions int
	var cursor *string
	for {
		list, err := c.ListSessionsWithResponse(ctx, &client.ListSessionsParams{Limit: new(int64(100)), Cursor: cursor})
		must("sessions", list.HTTPResponse, list.Body, err)
		for _, s := range list.JSON200.Items {
			if sessions == 0 && s.N < 100 {
				t.Error("the first one is not the latest")
			}
			sessions++
		}
		if cursor = list.JSON200.Next; cursor == nil {
			break
		}
	}
	one, err := c.GetSessionWithResponse(ctx, int64(sessions))
	must("a session", one.HTTPResponse, one.Body, err)
	if len(one.JSON200.Listed) != int(one.JSON200.Plays) {
		t.Errorf("%d of %d plays", len(one.JSON200.Listed), one.JSON200.Plays)
	}
	persona, err := c.GetPersonaWithResponse(ctx)
	must("persona", persona.HTTPResponse, persona.Body, err)
	if persona.JSON200.Confidence == nil || persona.JSON200.Path == nil {
		t.Errorf("%s", persona.Body)
	}
	made, err := c.CreateHourWithResponse(ctx, nil, client.NewHour{Now: []int64{2, 8}, Target: &[]int64{7, 3}, Minutes: new(int64(30))})
	must("an hour", made.HTTPResponse, made.Body, err)
	hour := made.JSON201
	edited, err := c.EditHourWithResponse(ctx, hour.ID, &client.EditHourParams{IfMatch: new(made.HTTPResponse.Header.Get("ETag"))}, client.Edit{Do: client.EditDoSwap, Place: new(int64(2))})
	must("an edit", edited.HTTPResponse, edited.Body, err)
	if edited.JSON200.Hour.Version != hour.Version+1 || len(edited.JSON200.Came) == 0 {
		t.Errorf("%.300s", edited.Body)
	}
	file, err := c.GetHourFileWithResponse(ctx, hour.ID, &client.GetHourFileParams{})
	must("the file", file.HTTPResponse, file.Body, err)
	if !bytes.HasPrefix(file.Body, []byte("#EXTM3U")) {
		t.Errorf("%.100s", file.Body)
	}
	felt, err := c.SetReflectionWithResponse(ctx, hour.ID, client.NewReflection{Feel: 2, After: &[]int64{7, 3}})
	must("a reflection", felt.HTTPResponse, felt.Body, err)
	came, err := c.GetOutcomesWithResponse(ctx)
	must("outcomes", came.HTTPResponse, came.Body, err)
	if came.JSON200.Changes.Enough || came.JSON200.Changes.N != 1 || came.JSON200.Answered.K != 1 {
		t.Errorf("%s", came.Body)
	}
	whole, err := c.ExportMeWithResponse(ctx)
	must("the export", whole.HTTPResponse, whole.Body, err)
	gone, err := c.DeleteMeWithResponse(ctx)
	must("deleting", gone.HTTPResponse, gone.Body, err)
	if b.plays(b.s.kept) != 0 {
		t.Error("plays are left")
	}
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	part, err := w.CreateFormFile("file", "segue.zip")
	if err == nil {
		_, err = part.Write(whole.Body)
	}
	if err = cmpOr(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	back, err := c.RestoreMeWithBodyWithResponse(ctx, nil, w.FormDataContentType(), &out)
	must("restoring", back.HTTPResponse, back.Body, err)
	again, err := c.GetHourWithResponse(ctx, hour.ID)
	must("the hour, brought back", again.HTTPResponse, again.Body, err)
	b.clean()
}

func cmpOr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestAPICommitted: the description in docs is the one that is served.
func TestAPICommitted(t *testing.T) {
	inTurn(t)
	older, err := Description30()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]byte{"../docs/openapi.json": Description(), "../client/openapi.json": older} {
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the code describes (%v): go run ./cmd/segue docs && go generate ./client", path, err)
		}
	}
}
