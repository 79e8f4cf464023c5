package web

import (
	"net"
	"net/netip"
	"sync"
)

// How many connections there may be at once, and from one address: a browser opens
// six, and a household, or a study group behind one router, some dozens. (d)
const (
	mostConnections        = 4096
	mostConnectionsFromOne = 512
)

// A crowd is a listener with a bound: beyond it new connections wait to be accepted,
// where the system keeps them, and those of an address that has too many already are
// closed. Proxies that are believed come from one address for many.
type crowd struct {
	net.Listener
	fromOne int
	proxy   func(netip.Addr) bool
	places  chan struct{}

	mu     sync.Mutex
	from   map[netip.Addr]int
	closed chan struct{}
	once   sync.Once
}

func newCrowd(l net.Listener, most, fromOne int, proxy func(netip.Addr) bool) *crowd {
	return &crowd{Listener: l, fromOne: fromOne, proxy: proxy, places: make(chan struct{}, most), from: map[netip.Addr]int{}, closed: make(chan struct{})}
}

// Accept implements net.Listener.
func (c *crowd) Accept() (net.Conn, error) {
	for {
		select {
		case c.places <- struct{}{}:
		case <-c.closed:
			return nil, net.ErrClosed
		}
		conn, err := c.Listener.Accept()
		if err != nil {
			<-c.places
			return nil, err
		}
		at, from := addressOf(conn)
		if c.enter(from, c.proxy(at)) {
			return &counted{Conn: conn, crowd: c, from: from}, nil
		}
		_ = conn.Close()
		<-c.places
	}
}

// Close implements net.Listener.
func (c *crowd) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Listener.Close()
}

// enter counts a connection of an address, unless it has too many.
func (c *crowd) enter(from netip.Addr, proxy bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.from[from] >= c.fromOne && !proxy {
		return false
	}
	c.from[from]++
	return true
}

func (c *crowd) leave(from netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.from[from]--; c.from[from] == 0 {
		delete(c.from, from)
	}
	<-c.places
}

// addressOf is where a connection comes from, and by what it is counted: of IPv6 the
// network, for who has one address there has 2⁶⁴.
func addressOf(conn net.Conn) (at, from netip.Addr) {
	whole, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return at, from
	}
	at = whole.Addr().Unmap().WithZone("")
	if at.Is6() && !at.IsLoopback() {
		if p, err := at.Prefix(64); err == nil {
			return at, p.Addr()
		}
	}
	return at, at
}

// A counted connection leaves the crowd when it is closed.
type counted struct {
	net.Conn
	crowd *crowd
	from  netip.Addr
	once  sync.Once
}

// Close implements net.Conn.
func (c *counted) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { c.crowd.leave(c.from) })
	return err
}
