package web

import (
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"
)

// Whose address a request came from: only proxies that are named are believed, and
// of what they say only what they added themselves.
func TestPeer(t *testing.T) {
	s := &Server{o: Options{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}}
	for _, c := range []struct {
		name, from string
		given      []string
		want       string
	}{
		{"nobody between", "192.0.2.7:5000", nil, "192.0.2.7"},
		{"a stranger who names another", "192.0.2.7:5000", []string{"198.51.100.1"}, "192.0.2.7"},
		{"a proxy", "10.1.2.3:5000", []string{"198.51.100.1"}, "198.51.100.1"},
		{"a proxy, and a client that lied to it", "10.1.2.3:5000", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1"},
		{"two proxies", "10.1.2.3:5000", []string{"203.0.113.9, 198.51.100.1, 10.9.9.9"}, "198.51.100.1"},
		{"two headers", "10.1.2.3:5000", []string{"203.0.113.9", "198.51.100.1"}, "198.51.100.1"},
		{"proxies alone", "10.1.2.3:5000", []string{"10.4.4.4"}, "10.4.4.4"},
		{"nothing said", "10.1.2.3:5000", nil, "10.1.2.3"},
		{"no address", "10.1.2.3:5000", []string{"unknown"}, "10.1.2.3"},
		{"IPv6", "[fd00::1]:5000", []string{"2001:db8::5"}, "2001:db8::5"},
		{"IPv4 in IPv6", "[::ffff:10.1.2.3]:5000", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		{"a zone", "[fe80::1%eth0]:5000", nil, "fe80::1"},
		{"no port", "@", nil, ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.from
		for _, g := range c.given {
			r.Header.Add("X-Forwarded-For", g)
		}
		got := s.peer(r)
		if c.want == "" && got.IsValid() || c.want != "" && got.String() != c.want {
			t.Errorf("%s: %v, want %q", c.name, got, c.want)
		}
	}
}

// An address that is handed on is the public one, whatever a request claims.
func TestBase(t *testing.T) {
	r := httptest.NewRequest("GET", "http://127.0.0.1:8080/", nil)
	r.Header.Set("X-Forwarded-Proto", "https")
	s := &Server{}
	if got := s.base(r); got != "http://127.0.0.1:8080" || s.secure(r) {
		t.Errorf("%s, secure: %v", got, s.secure(r))
	}
	s.o.Origin = &url.URL{Scheme: "https", Host: "segue.example.org"}
	if got := s.base(r); got != "https://segue.example.org" || !s.secure(r) {
		t.Errorf("%s, secure: %v", got, s.secure(r))
	}
}
