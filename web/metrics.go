package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"segue/store"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Measures are what Prometheus is told. No label ever holds anything that a person
// chose: routes are patterns, and all other values stand in this file.
type measures struct {
	registry *prometheus.Registry

	answered *prometheus.CounterVec   // route, method, code
	took     *prometheus.HistogramVec // route, method
	underWay prometheus.Gauge
	limited  *prometheus.CounterVec // surface
	signIns  *prometheus.CounterVec // way, end

	imported   *prometheus.CounterVec // end
	importTook prometheus.Histogram

	wrote     *prometheus.CounterVec // end
	writeTook prometheus.Histogram
}

// The seconds that latencies are sorted by: a page takes milliseconds, an import up to
// minutes. (d)
func answerSeconds() []float64 {
	return []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
}
func importSeconds() []float64 { return []float64{.1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800} }

func newMeasures(s *Server) *measures {
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "segue", Name: name, Help: help}, labels)
	}
	gauge := func(name, help string, of func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "segue", Name: name, Help: help}, of)
	}
	counter := func(name, help string, of func() float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "segue", Name: name, Help: help}, of)
	}
	m := &measures{
		registry: prometheus.NewRegistry(),
		answered: counters("http_requests_total", "Requests that were answered.", "route", "method", "code"),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "segue", Name: "http_request_seconds", Buckets: answerSeconds(),
			Help: "How long answers took, streams of events apart."}, []string{"route", "method"}),
		underWay: prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "segue", Name: "http_requests_in_flight", Help: "Requests being answered, streams of events among them."}),
		limited:  counters("rate_limited_total", "Requests refused because there were too many.", "surface"),
		signIns:  counters("sign_ins_total", "Attempts to sign in.", "way", "end"),
		imported: counters("imports_total", "Imports that ended.", "end"),
		importTook: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "segue", Name: "import_seconds", Buckets: importSeconds(),
			Help: "How long imports took from the upload's end on, the wait for their turn included."}),
		wrote: counters("store_writes_total", "Changes to the database.", "end"),
		writeTook: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "segue", Name: "store_write_seconds", Buckets: answerSeconds(),
			Help: "How long changes took until they were durable, the wait for their turn included."}),
	}
	m.registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.answered, m.took, m.underWay, m.limited, m.signIns, m.imported, m.importTook, m.wrote, m.writeTook,
		counter("portraits_found_total", "Portraits that were asked for and in memory.", func() float64 { return float64(s.portraits.now().found) }),
		counter("portraits_painted_total", "Portraits that were asked for and had to be computed, or waited for.", func() float64 { return float64(s.portraits.now().painted) }),
		gauge("portraits", "Portraits in memory.", func() float64 { return float64(s.portraits.now().count) }),
		gauge("portraits_bytes", "What portraits take in memory, about, with what was made of them.", func() float64 {
			now := s.portraits.now()
			return float64(now.bytes + now.madeBytes)
		}),
		gauge("store_writes_waiting", "Changes to the database that wait for their turn.", func() float64 { return float64(s.kept.Waiting()) }),
		gauge("imports_running", "Imports at work.", func() float64 { return float64(len(s.imports.turns)) }),
		gauge("imports_under_way", "Imports that have not ended: on the way here, waiting, or at work.", func() float64 { return float64(s.imports.count()) }),
		gauge("ready", "1 if people can be sent here.", func() float64 {
			if s.ready() {
				return 1
			}
			return 0
		}),
	)
	// What can happen is there from the start, so that a first time is seen as a change.
	for _, end := range []importEnd{importDone, importFailed, importRefused, importStopped, importLeft} {
		m.imported.WithLabelValues(string(end))
	}
	for _, way := range []signInWay{byPassword, byPasskey} {
		m.signIns.WithLabelValues(string(way), "ok")
		m.signIns.WithLabelValues(string(way), "failed")
	}
	for _, at := range []string{surfacePages, surfaceAPI} {
		m.limited.WithLabelValues(at)
	}
	for _, end := range []string{"ok", "refused", "failed"} {
		m.wrote.WithLabelValues(end)
	}
	return m
}

// Metrics answers with everything that is measured, in Prometheus' format. It is for
// whoever runs the server, at an address of its own.
func (s *Server) Metrics() http.Handler {
	return promhttp.HandlerFor(s.measures.registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
}

// A signInWay is how somebody proves who they are.
type signInWay string

const (
	byPassword signInWay = "password"
	byPasskey  signInWay = "passkey"
)

// triedSignIn counts an attempt to sign in.
func (m *measures) triedSignIn(way signInWay, ok bool) {
	end := "failed"
	if ok {
		end = "ok"
	}
	m.signIns.WithLabelValues(string(way), end).Inc()
}

// An importEnd is how an import ended.
type importEnd string

const (
	importDone    importEnd = "done"
	importFailed  importEnd = "failed"  // by a fault of Segue's or of the machine
	importRefused importEnd = "refused" // its files could not be read
	importStopped importEnd = "stopped" // by the person
	importLeft    importEnd = "left"    // to the next start
)

// The surfaces that requests come to.
const (
	surfacePages = "pages"
	surfaceAPI   = "api"
)

// asked counts a request that was answered. A code of 0 is a connection that broke.
func (m *measures) asked(route, method string, code int, took time.Duration) {
	method = knownMethod(method)
	m.answered.WithLabelValues(route, method, strconv.Itoa(code)).Inc()
	if !strings.HasSuffix(route, "/events") {
		m.took.WithLabelValues(route, method).Observe(took.Seconds())
	}
	if code == http.StatusTooManyRequests {
		surface := surfacePages
		if strings.Contains(route, apiBase) {
			surface = surfaceAPI
		}
		m.limited.WithLabelValues(surface).Inc()
	}
}

// wroteIn counts a change to the database: one that failed for what somebody asked, as
// it conflicts with another or lacks a consent, is refused.
func (m *measures) wroteIn(took time.Duration, err error) {
	end := "ok"
	if err != nil {
		end = "refused"
	}
	for _, fault := range []error{store.ErrFull, store.ErrReadOnly, store.ErrBusy, store.ErrGone, store.ErrDamaged, store.ErrClosed, store.ErrTraces} {
		if errors.Is(err, fault) {
			end = "failed"
		}
	}
	m.wrote.WithLabelValues(end).Inc()
	m.writeTook.Observe(took.Seconds())
}

// knownMethod is a method of HTTP, or "other": a client may send any word.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}
