package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/account"
	"segue/client"
	"segue/lab"
	"segue/mood"
	"segue/persona"
)

// programOf returns a program with a token of somebody, for all that their role may
// give.
func (s *servedPeople) programOf(t testing.TB, id string, role account.Role) program {
	t.Helper()
	token, _ := s.tokenOf(t, id, s.now.AddDate(0, 1, 0), account.Grantable(role)...)
	return program{t: t, h: s.Handler(), token: token}
}

// labEnded waits until a job has ended.
func (p program) labEnded(id string) map[string]any {
	p.t.Helper()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		j := p.want(http.StatusOK, "GET", "/lab/jobs/"+id, nil)
		if j["state"] != "queued" && j["state"] != "running" {
			return j
		}
	}
	p.t.Fatalf("the job %s did not end", id)
	return nil
}

// TestAPILabBounds: the description bounds a job as the rest of Segue does.
func TestAPILabBounds(t *testing.T) {
	inTurn(t)
	schemas := contractOnce().doc["components"].(map[string]any)["schemas"].(map[string]any)
	props := func(name string) map[string]any { return schemas[name].(map[string]any)["properties"].(map[string]any) }
	job := props("NewLabJob")
	for name, most := range map[string]int{"kmax": mood.MaxCurveK, "gap": mostLabGap, "k": lab.MaxK, "stability": lab.MaxStability} {
		if got := number(job[name].(map[string]any)["maximum"], -1); got != float64(most) {
			t.Errorf("%s goes to %v, and %d may be", name, got, most)
		}
	}
	enum := func(schema any) string { return fmt.Sprint(schema.(map[string]any)["enum"]) }
	if got, want := enum(job["algorithms"].(map[string]any)["items"]), fmt.Sprint(mood.Algorithms()); got != want {
		t.Errorf("algorithms %s, want %s", got, want)
	}
	if got, want := enum(props("Version")["kind"]), fmt.Sprint(versionKinds()); got != want {
		t.Errorf("kinds %s, want %s", got, want)
	}
	if got := number(job["features"].(map[string]any)["maxItems"], 0); got < float64(len(segue.AllFeatures())) {
		t.Errorf("only %v features may be asked for", got)
	}
	if got := number(props("NewVersion")["note"].(map[string]any)["maxLength"], 0); got != maxNote {
		t.Errorf("a note of %v", got)
	}
}

// TestAPILab goes a researcher's way as a program does: a job, its model and an edited
// tree kept as versions. Choosing is an admin's; a listener's answers then change, and
// rolled back they are byte for byte as before.
func TestAPILab(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	_, mai := s.person(t, "Mai", account.Researcher)
	_, root := s.person(t, "Root", account.Admin)
	w, lan := s.person(t, "Lan", account.Listener)
	s.heard(t, w, lan.ID)
	expert, admin, listener := s.programOf(t, mai.ID, account.Researcher), s.programOf(t, root.ID, account.Admin), s.programOf(t, lan.ID, account.Listener)

	if got := expert.want(http.StatusOK, "GET", "/lab/catalogue", nil); got["tracks"] != float64(m.Catalog.Len()) || got["version"] != m.Catalog.Version {
		t.Errorf("%v tracks of %v", got["tracks"], got["version"])
	}
	listener.problem(http.StatusForbidden, kindScope, "GET", "/lab/catalogue", nil)

	// Jobs.
	asked := map[string]any{"kind": "compare", "algorithms": []string{"kmeans", "fcm"}, "k": 3, "seed": 3}
	begun := expert.want(http.StatusAccepted, "POST", "/lab/jobs", asked)
	if begun["state"] != "queued" || begun["mine"] != true {
		t.Errorf("%v", begun)
	}
	job := begun["id"].(string)
	j := expert.labEnded(job)
	if j["state"] != "done" || j["progress"] != 1.0 {
		t.Fatalf("%v: %v", j["state"], j["failure"])
	}
	models := j["comparison"].(map[string]any)["models"].([]any)
	if len(models) != 2 || models[0].(map[string]any)["k"] != float64(3) {
		t.Fatalf("%d models", len(models))
	}
	curves := expert.want(http.StatusAccepted, "POST", "/lab/jobs", map[string]any{"kind": "curves", "kmax": 3})["id"].(string)
	if j := expert.labEnded(curves); len(j["curves"].(map[string]any)["kmeans"].([]any)) != 3 {
		t.Errorf("%v", j["curves"])
	}
	if got := expert.want(http.StatusOK, "GET", "/lab/jobs?limit=1", nil); len(got["items"].([]any)) != 1 || got["next"] == nil {
		t.Errorf("%v", got)
	} else if got = expert.want(http.StatusOK, "GET", "/lab/jobs?cursor="+got["next"].(string), nil); len(got["items"].([]any)) != 1 || got["next"] != nil {
		t.Errorf("%v", got)
	}
	for pointer, more := range map[string]map[string]any{"#/algorithms/1": {"algorithms": []string{"fcm", "fcm"}}, "#/features/1": {"features": []string{"energy", "energy"}}, "#/k": {"k": 51}} {
		more["kind"] = "compare"
		got := expert.problem(http.StatusUnprocessableEntity, kindInvalid, "POST", "/lab/jobs", more)
		if at := got["errors"].([]any)[0].(map[string]any)["pointer"]; at != pointer {
			t.Errorf("%v, want %s", at, pointer)
		}
	}
	long := expert.want(http.StatusAccepted, "POST", "/lab/jobs", map[string]any{"kind": "compare", "stability": 200, "null": true})["id"].(string)
	expert.want(http.StatusNoContent, "DELETE", "/lab/jobs/"+long, nil)
	if j := expert.labEnded(long); j["state"] != "cancelled" {
		t.Errorf("%v", j["state"])
	}

	// A model of the comparison.
	model := models[0].(map[string]any)["id"].(string)
	if got := expert.want(http.StatusCreated, "POST", "/lab/versions/model", map[string]any{"job": job, "model": model}); got["id"] != model || got["in_use"] != false || got["by"] != mai.ID {
		t.Errorf("%v", got)
	}
	second := models[1].(map[string]any)["id"].(string)
	expert.want(http.StatusCreated, "POST", "/lab/versions/model", map[string]any{"job": job, "model": second, "note": "fuzzy"})
	if got := expert.want(http.StatusOK, "GET", "/lab/versions/model/"+model+"?with="+second, nil); got["model"].(map[string]any)["fitted"] != nil || got["difference"].(map[string]any)["b"] != model {
		t.Errorf("%.500v", got)
	}
	expert.problem(http.StatusConflict, kindConflict, "POST", "/lab/versions/model", map[string]any{"job": job, "model": "none"})
	expert.problem(http.StatusConflict, kindConflict, "GET", "/lab/versions/model/"+model+"?with=shipped", nil)

	// A tree.
	const at = "/lab/versions/" + lab.PersonaTreeKind
	before := listener.send("GET", "/persona", nil)
	var is struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(before.Body.Bytes(), &is); err != nil || before.Code != http.StatusOK || is.Kind == "" {
		t.Fatalf("%v: %.300s", err, before.Body)
	}
	const title = "Slow River"
	kept := expert.want(http.StatusCreated, "POST", at, map[string]any{"tree": json.RawMessage(renamed(t, is.Kind, title)), "note": "a kinder name"})
	version := kept["id"].(string)
	seen := expert.want(http.StatusOK, "GET", at+"/"+version+"?with="+shippedVersion, nil)
	if changes, _ := json.Marshal(seen["changes"]); !strings.Contains(string(changes), title) {
		t.Errorf("%s", changes)
	}
	wrongs := expert.problem(http.StatusUnprocessableEntity, kindInvalid, "POST", at, `{"tree": {
		"root": 7}}`)
	if errs := wrongs["errors"].([]any); errs[0].(map[string]any)["line"] != float64(2) {
		t.Errorf("%v", errs)
	}
	unsafe := expert.problem(http.StatusUnprocessableEntity, kindInvalid, "POST", at, map[string]any{"tree": json.RawMessage(renamed(t, persona.Tuning, "You are depressed"))})
	if errs := unsafe["errors"].([]any); len(errs) == 0 || errs[0].(map[string]any)["pointer"] != "#/tree" {
		t.Errorf("%v", errs)
	}
	expert.problem(http.StatusBadRequest, kindBadRequest, "POST", "/lab/versions/"+lab.OfferTreeKind, map[string]any{"tree": json.RawMessage(shippedTree(t))})
	large := map[string]any{"tree": map[string]any{"about": strings.Repeat("x", maxTreeJSON)}}
	expert.problem(http.StatusRequestEntityTooLarge, kindTooLarge, "POST", at, large)
	if got := listener.send("GET", "/persona", nil); got.Body.String() != before.Body.String() {
		t.Error("keeping a version changed somebody's answer")
	}

	// Choosing.
	expert.problem(http.StatusForbidden, kindForbidden, "POST", at+"/choices", map[string]any{"id": version})
	listener.problem(http.StatusForbidden, kindScope, "POST", at+"/choices", map[string]any{"id": version})
	admin.problem(http.StatusNotFound, kindNotFound, "POST", at+"/choices", map[string]any{"id": "none"})
	if got := admin.want(http.StatusOK, "POST", at+"/choices", map[string]any{"id": version}); got["in_use"] != true {
		t.Errorf("%v", got)
	}
	if got := listener.send("GET", "/persona", nil); !strings.Contains(got.Body.String(), title) {
		t.Errorf("the chosen tree does not decide: %.300s", got.Body)
	}
	admin.want(http.StatusOK, "POST", at+"/choices", map[string]any{"id": shippedVersion})
	if got := listener.send("GET", "/persona", nil); got.Body.String() != before.Body.String() || got.Header().Get("ETag") != before.Header().Get("ETag") {
		t.Error("rolling back does not bring back the answer")
	}
	chosen := expert.want(http.StatusOK, "GET", at+"/choices", nil)["items"].([]any)
	if len(chosen) != 2 || chosen[0].(map[string]any)["id"] != shippedVersion && chosen[1].(map[string]any)["id"] != shippedVersion || chosen[0].(map[string]any)["by"] != root.ID {
		t.Errorf("%v", chosen)
	}
	all := expert.want(http.StatusOK, "GET", at, nil)["items"].([]any)
	if last := all[len(all)-1].(map[string]any); len(all) != 2 || last["id"] != shippedVersion || last["in_use"] != true || last["at"] != nil {
		t.Errorf("%v", all)
	}

	// The generated client reads what was found.
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	c, err := client.New(server.URL, client.Options{Token: expert.token})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.GetLabJobWithResponse(t.Context(), job)
	if err != nil || got.JSON200 == nil || got.JSON200.Comparison == nil || got.JSON200.Comparison.Models[0].ID != model {
		t.Errorf("%v: %.300s", err, got.Body)
	}
}
