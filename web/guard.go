package web

import (
	"net"
	"net/http"
	"strings"

	"segue/language"
)

// policy lets a page use what this server serves and nothing else. Drawings and
// cards are images of its own; no script and no style stands in a page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Ours reports whether a request's Host names this server as its person would: by
// a loopback address, as localhost, or as host, the address it was bound to, which
// may be empty; bound to more than loopback, by any address. A page elsewhere that
// points a name of its own at this machine (DNS rebinding) sends that name, and is
// not answered.
func Ours(requested, host string) bool {
	name := func(s string) string {
		if h, _, err := net.SplitHostPort(s); err == nil {
			s = h
		}
		return strings.ToLower(strings.Trim(s, "[]"))
	}
	h, bound := name(requested), name(host)
	if ip := net.ParseIP(h); ip != nil {
		wide := net.ParseIP(bound)
		return ip.IsLoopback() || wide != nil && !wide.IsLoopback()
	}
	return h == "localhost" || h != "" && h == bound
}

// ours reports whether a request names this server: as Ours has it, or by its public
// name. Behind a public name an address is no name of it, except where something on
// the same machine asks how the server is.
func (s *Server) ours(requested string) bool {
	if s.o.Origin != nil {
		return strings.EqualFold(requested, s.o.Origin.Host) || Ours(requested, "")
	}
	return Ours(requested, s.o.Host)
}

// called is a name by which the server answers.
func (s *Server) called() string {
	if s.o.Origin != nil {
		return s.o.Origin.Host
	}
	return "localhost"
}

// guard answers only what comes from pages of this server, or from a person who
// typed or followed its address. Three things keep pages elsewhere out: the Host
// must be ours; what changes something must come from our own origin
// (http.CrossOriginProtection: Sec-Fetch-Site, else Origin against Host); and
// nothing is given to a page elsewhere that asks for it as a picture, a script or
// a frame.
func (s *Server) guard(next http.Handler) http.Handler {
	var cross http.CrossOriginProtection
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), browsing-topics=()")
		h.Set("Cache-Control", "no-store")
		if s.o.Origin != nil && s.o.Origin.Scheme == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000") // a year, as browsers' lists ask for
		}
		refuse := func(why, todo string, code int) {
			h.Set("Connection", "close") // whatever of it is still to come is not waited for
			if strings.HasPrefix(r.URL.Path, apiBase+"/") {
				p, _ := problemOf(language.English(), &wrong{code: code, kind: kindForbidden, what: why, todo: todo})
				writeProblem(w, r, language.English(), p)
				return
			}
			http.Error(w, why+". "+todo, code)
		}
		if !s.ours(r.Host) {
			refuse("This name is not this server's", "Ask for it as "+s.called()+".", http.StatusMisdirectedRequest)
			return
		}
		if err := cross.Check(r); err != nil || elsewhere(r) {
			refuse("This was asked for by a page of another site", "Open Segue itself, and do it there.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// elsewhere reports whether a page of another site asks for this as a part of
// itself. A link that a person followed is no such thing.
func elsewhere(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	if site != "cross-site" && site != "same-site" {
		return false
	}
	return r.Header.Get("Sec-Fetch-Mode") != "navigate" || r.Header.Get("Sec-Fetch-Dest") != "document"
}
