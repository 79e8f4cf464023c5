package web

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"segue/store"
)

func loopbackListener(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Beyond the bound connections wait and are served once others end; beyond that of an
// address they are closed, unless it is a proxy's.
func TestCrowd(t *testing.T) {
	for name, c := range map[string]struct {
		most, fromOne int
		proxy         bool
		open          int // connections that are made
		taken, closed int
	}{
		"room":             {8, 8, false, 5, 5, 0},
		"too many":         {3, 8, false, 5, 3, 0},
		"too many of one":  {8, 2, false, 5, 2, 3},
		"a proxy's":        {8, 2, true, 5, 5, 0},
		"a proxy's, bound": {3, 2, true, 5, 3, 0},
	} {
		l := newCrowd(loopbackListener(t), c.most, c.fromOne, func(netip.Addr) bool { return c.proxy })
		taken := make(chan net.Conn, c.open)
		ended := make(chan error, 1)
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					ended <- err
					return
				}
				taken <- conn
			}
		}()
		var dialled []net.Conn
		for range c.open {
			conn, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			dialled = append(dialled, conn)
		}
		var served []net.Conn
		for range c.taken {
			served = append(served, <-taken)
		}
		closed := 0
		for i := c.open - c.closed; i < c.open; i++ {
			_ = dialled[i].SetReadDeadline(time.Now().Add(time.Minute))
			if _, err := dialled[i].Read(make([]byte, 1)); errors.Is(err, io.EOF) || err != nil && !errors.Is(err, context.DeadlineExceeded) {
				closed++
			}
		}
		if closed != c.closed {
			t.Errorf("%s: %d were closed, want %d", name, closed, c.closed)
		}
		select {
		case <-taken:
			t.Errorf("%s: more than %d were taken", name, c.taken)
		case <-time.After(50 * time.Millisecond):
		}
		// Whoever leaves makes room, once, also if it is closed twice.
		_ = served[0].Close()
		_ = served[0].Close()
		if waiting := c.open - c.taken - c.closed; waiting > 0 {
			served = append(served, <-taken)
			select {
			case <-taken:
				t.Errorf("%s: two were taken for one who left", name)
			case <-time.After(50 * time.Millisecond):
			}
		}
		_ = l.Close()
		if err := <-ended; !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
		for _, conn := range served {
			_ = conn.Close()
		}
		for len(taken) > 0 {
			_ = (<-taken).Close()
		}
		if len(l.from) > 0 || len(l.places) > 0 {
			t.Errorf("%s: %v and %d places are left", name, l.from, len(l.places))
		}
	}
}

// Addresses of one network of IPv6 are one.
func TestCrowdAddress(t *testing.T) {
	for from, want := range map[string]string{"192.0.2.1:5": "192.0.2.1", "[::ffff:192.0.2.1]:5": "192.0.2.1", "[2001:db8:1:2:3:4:5:6]:5": "2001:db8:1:2::", "[::1]:9": "::1"} {
		if _, got := addressOf(addressed(from)); got.String() != want {
			t.Errorf("%s counts as %v, want %s", from, got, want)
		}
	}
}

type addressed string

func (a addressed) Network() string                  { return "tcp" }
func (a addressed) String() string                   { return string(a) }
func (a addressed) RemoteAddr() net.Addr             { return a }
func (a addressed) LocalAddr() net.Addr              { return a }
func (a addressed) Read([]byte) (int, error)         { return 0, io.EOF }
func (a addressed) Write(b []byte) (int, error)      { return len(b), nil }
func (a addressed) Close() error                     { return nil }
func (a addressed) SetDeadline(time.Time) error      { return nil }
func (a addressed) SetReadDeadline(time.Time) error  { return nil }
func (a addressed) SetWriteDeadline(time.Time) error { return nil }

// With TLS the pages come by HTTP/2, in no version below 1.2, and say that they are to
// be asked for so from now on.
func TestServeTLS(t *testing.T) {
	kept, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "segue.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	lent := httptest.NewUnstartedServer(nil) // for its certificate, of example.com and loopback
	lent.StartTLS()
	defer lent.Close()
	s, err := New(t.Context(), Options{Kept: kept, Origin: mustURL(t, "https://example.com"), TLS: &tls.Config{MinVersion: tls.VersionTLS12, Certificates: lent.TLS.Certificates}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	l := loopbackListener(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	transport := lent.Client().Transport.(*http.Transport).Clone()
	transport.ForceAttemptHTTP2 = true
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, l.Addr().String())
	}
	client := &http.Client{Transport: transport}
	r, err := client.Get("https://example.com/how")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	r.Body.Close()
	if err != nil || r.ProtoMajor != 2 || r.StatusCode != http.StatusOK || len(body) == 0 || r.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s %s, %d bytes, %v, %v", r.Proto, r.Status, len(body), r.Header, err)
	}
	if _, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 was spoken")
	}
	transport.CloseIdleConnections()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
