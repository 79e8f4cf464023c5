package web

import (
	"net/http"
	"net/netip"
	"strings"
)

// peer returns the address that a request came from: that of the connection, or, if
// this is a proxy's that the server was told to believe, the last one it was given
// that is not such a proxy's. What a client itself writes into X-Forwarded-For stands
// before what proxies add, so it is never believed. A zero address is none.
func (s *Server) peer(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	from := at.Addr().Unmap().WithZone("")
	given := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(given) - 1; i >= 0 && s.believed(from); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(given[i]))
		if err != nil {
			break
		}
		from = next.Unmap().WithZone("")
	}
	return from
}

// believed reports whether an address is that of a proxy of ours.
func (s *Server) believed(a netip.Addr) bool {
	for _, p := range s.o.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// secure reports whether people reach the server by https, whatever lies between.
func (s *Server) secure(r *http.Request) bool {
	if s.o.Origin != nil {
		return s.o.Origin.Scheme == "https"
	}
	return r.TLS != nil
}

// base returns scheme and host under which people reach the server.
func (s *Server) base(r *http.Request) string {
	if s.o.Origin != nil {
		return s.o.Origin.Scheme + "://" + s.o.Origin.Host
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
