package web

import (
	"net/http"
	"strings"
	"testing"

	"segue/account"
)

// Every address where people sign in is asked for in hostile ways, by who has not
// signed in, a listener and an admin. None is Segue's fault, and none tells an
// address, a header or the log anything.
func TestEveryRouteOfPeople(t *testing.T) {
	inTurn(t)
	long := strings.Repeat(singing, 500)
	junk := map[string]string{
		"nothing":     "",
		"no text":     "name=%ff%00&password=%ff&password-again=%ff&challenge=%ff&response=%ff&confirm-password=%ff&back=%ff&role=%ff&note=%ff&id=%ff&version=%ff&scope=%ff&days=%ff&sure=%ff",
		"twice":       "name=a&name=b&role=admin&role=listener&version=1&version=x&scope=me:read&scope=me:read&days=7&days=8&id=a&id=b",
		"far off":     "version=99999999999999999999&days=-1&role=god&scope=me:read,all&back=//evil.example&name=x&sure=yes&id=../../x",
		"wrong forms": "%zz;;&&&===&%",
		"hostile":     "name=%E2%80%AE" + singing + "%3Cscript%3E&note=" + long + "&response=" + strings.Repeat("%7B", 3000) + "&challenge=" + account.NewSecret() + "&password=" + long + "&password-again=" + long + "&back=/%09/evil.example&confirm-password=" + long + "&role=listener&scope=me:read&days=7&version=1",
		"false key":   `challenge=` + account.NewSecret() + `&response=%7B%22id%22%3A%22x%22%2C%22rawId%22%3A%22eA%22%2C%22type%22%3A%22public-key%22%2C%22response%22%3A%7B%7D%7D&name=x`,
	}
	for who, role := range map[string]account.Role{"a stranger": "", "a listener": account.Listener, "an admin": account.Admin} {
		s := serving(t, nil)
		s.person(t, "Root", account.Admin)
		_, other := s.person(t, "Other", account.Listener)
		c := &scene{name: who, s: s.Server, d: s.d, fill: map[string]string{"{id}": other.ID}}
		if role != "" {
			w, _ := s.person(t, "Mai", role)
			w.post("/welcome", values("name", singing))
			c.cookies = w.cookies
		}
		for _, one := range s.peopleRoutes() {
			if one.pattern == "POST /sign-out" || strings.HasSuffix(one.pattern, "/delete") && role == account.Admin {
				continue // ends what is asked with
			}
			for _, path := range addresses(one.pattern, c.fill) {
				path = strings.Replace(path, "{secret}", account.NewSecret(), 1)
				for _, method := range []string{"GET", "HEAD", "OPTIONS", "DELETE"} {
					c.try(t, method, path, "", "")
				}
				if !strings.HasPrefix(one.pattern, "POST") {
					for _, query := range []string{"?back=//evil.example", "?after=" + singing, "?before=-1", "?before=%ff", "?done=<script>", "?%zz;"} {
						c.try(t, "GET", path+query, "", "")
					}
					continue
				}
				for name, body := range junk {
					c.try(t, "POST", path, "application/x-www-form-urlencoded", body)
					if name == "nothing" {
						for _, kind := range []string{"", "text/plain", "multipart/form-data; boundary=x", "application/json"} {
							c.try(t, "POST", path, kind, body)
						}
					}
				}
			}
		}
		if said := s.d.String(); strings.Contains(said, singing) || strings.Contains(said, "panic") {
			t.Errorf("%s: the log says %.2000s", who, said)
		}
		if role == account.Admin {
			w := s.walker()
			w.cookies = append([]*http.Cookie(nil), c.cookies...)
			if !w.isIn() {
				t.Error("the admin was signed out by junk")
			}
		}
	}
}
