package web

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"segue"
	"segue/recommend"
	"segue/store"
)

// Options say what a Server serves, and to whom.
type Options struct {
	Kept *store.Store // what listeners agreed to keep; required

	// Music loads the music that the listener's history is heard in: once, when
	// it is first needed. ErrNoMusic says that there is none yet, and that a page
	// may bring it. Nil is none.
	Music func(ctx context.Context, progress segue.Progress) (*recommend.Music, error)

	// Folder is where brought catalogues are kept, beside the store; empty lets
	// nothing be brought but histories.
	Folder string

	// Accounts makes people sign in, each to pages of their own. Without it the server
	// is one person's, and whoever reaches it is that person.
	Accounts bool

	Origin  *url.URL       // scheme and host under which people reach the server, where it is not the address it was bound to; may be nil
	Proxies []netip.Prefix // of proxies whose X-Forwarded-For is believed
	Host    string         // under which the server may be asked for, beside localhost and loopback addresses; may be empty

	TLS       *tls.Config   // with which Serve answers; nil answers in clear
	MaxUpload int64         // bytes of the largest upload; 0 stands for 1 GiB
	Memory    int64         // bytes that portraits, and what is made of them, take at most; 0 stands for DefaultMemory
	Grace     time.Duration // for which Serve goes on once it is to stop, while balancers learn of it

	NoAdapt  bool // the adaptive loop builds no hour, whatever was chosen
	Campaign *Campaign
	Seed     uint64           // of what is drawn anew for each listener; the same seed, the same pages
	Now      func() time.Time // the clock; nil is the system's
	Log      *slog.Logger     // nil logs nothing
}

// A Server answers for one listener on their own machine, and for the demo
// listener. It is made by New, is safe for many requests at once, and is
// finished with Close.
type Server struct {
	o       Options
	kept    *store.Store
	passing *store.Store // in memory: what nobody agreed to keep
	own     *shelf       // the listener's music
	demo    *shelf       // the demo listener's

	portraits portraits
	drafts    drafts
	met       met
	signing   signing
	group     group
	imports   imports
	cards     cards
	lab       laboratory
	choices   choices
	noticed   notice
	used      used

	handler   http.Handler
	measures  *measures
	readiness readiness
	leaving   atomic.Bool // the server is about to stop
	patience  patience
	planned   atomic.Uint64   // hours begun, so that two of one moment are two
	changing  locks           // of what somebody keeps, and whether: see alone and beside
	ctx       context.Context // of work that outlives a request; ends with Close, for errLeaving
	stop      func()
	tasks     tasks
}

// New returns a server. It opens a store in memory and no file, and reads the
// music only when a page needs it.
func New(ctx context.Context, o Options) (*Server, error) {
	if o.Kept == nil {
		panic("web: New needs a store")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	passing, err := store.Open(ctx, store.Options{})
	if err != nil {
		return nil, err
	}
	s := &Server{o: o, kept: o.Kept, passing: passing, patience: usualPatience()}
	var end context.CancelCauseFunc
	s.ctx, end = context.WithCancelCause(context.WithoutCancel(ctx))
	s.stop = func() { end(errLeaving) }
	s.measures = newMeasures(s)
	s.kept.Watch(s.measures.wroteIn)
	s.own, s.demo = newShelf(s.ctx, &s.tasks, o.Music), newShelf(s.ctx, &s.tasks, s.loadDemo)
	s.portraits.init()
	if o.Memory > 0 {
		s.portraits.room(o.Memory)
	}
	s.drafts.init()
	s.met.init()
	s.signing.init()
	s.imports.init(o.MaxUpload)
	if err = s.introduce(ctx); err == nil {
		s.handler, err = s.routes()
	}
	if err != nil {
		s.stop()
		return nil, errors.Join(err, passing.Close())
	}
	s.resume(ctx, s.clearUploads())
	s.retain()
	s.workInLab()
	if o.Accounts {
		s.sweep()
	}
	return s, nil
}

// Handler returns what answers requests.
func (s *Server) Handler() http.Handler { return s.handler }

// patience is how long a client may take: over the head of a request, over the rest
// of a form, and over each piece of an answer. Uploads have their own.
type patience struct {
	head, form, write time.Duration
	end               time.Duration // with all requests under way, once Segue is to stop
}

// The patience with a client on the same machine. (d)
func usualPatience() patience {
	return patience{head: 5 * time.Second, form: 30 * time.Second, write: 30 * time.Second, end: 5 * time.Second}
}

// errLeaving is why work ends when the server does.
var errLeaving = errors.New("web: the server ends")

// Serve answers on a listener until ctx ends and the grace is over, and returns when
// the requests under way have ended too, or a few seconds have passed. Times and
// connections are bounded so that slow clients, and many, hold nothing up.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: s.patience.head, ReadTimeout: s.patience.form, WriteTimeout: s.patience.write, IdleTimeout: 2 * time.Minute,
		// Other programs on this machine set cookies for localhost, too, whatever their port.
		MaxHeaderBytes: 1 << 16,
		ErrorLog:       slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
		TLSConfig:      s.o.TLS,
	}
	l = newCrowd(l, mostConnections, mostConnectionsFromOne, s.believed)
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		s.leaving.Store(true)
		if errors.Is(context.Cause(ctx), context.Canceled) { // asked to, and not for a fault
			time.Sleep(s.o.Grace) // balancers hear that it leaves, and whoever they still send is answered
		}
		s.stop() // streams of progress end, and imports with them
		soon, cancel := context.WithTimeout(context.Background(), s.patience.end)
		defer cancel()
		if server.Shutdown(soon) != nil {
			_ = server.Close()
		}
	})
	serve := server.Serve
	if s.o.TLS != nil {
		serve = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
	}
	err := serve(l)
	if !stop() {
		<-ended // Serve returns when it takes no more; what it took is still answered
	}
	if !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close ends work under way and forgets what was not kept. The store it was given
// stays open.
func (s *Server) Close() error {
	s.stop()
	s.tasks.end()
	return s.passing.Close()
}

// now returns the time by the server's clock.
func (s *Server) now() time.Time { return s.o.Now() }
