package web

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"segue"
	"segue/internal/browsertest"
	"segue/language"
	"segue/outcome/adapt"
	"segue/outcome/event"
	"segue/recommend"
	"segue/store"
)

// TestTheLoopInBrowser looks at what a listener and the lab see of the loop, in both
// languages, on a phone and a wide screen, by day and by night.
func TestTheLoopInBrowser(t *testing.T) {
	ctx := browsertest.Open(t, 10*time.Minute)
	axe := browsertest.AxeSource(t)
	watch, err := browsertest.NewWatch(ctx)
	must(t, err)
	m, _ := invented(t)
	s, base := served(t, Options{Music: func(context.Context, segue.Progress) (*recommend.Music, error) { return m, nil }})
	v := &visit{Tongue: language.English(), server: s, at: s.now()}
	must(t, v.followPolicy(t.Context()))
	p := s.inUse(t.Context()).follows
	rng := rand.New(rand.NewPCG(8, 8))
	shares := p.Shares(evenly(p))
	lived := func(who string, hours int) {
		t.Helper()
		must(t, s.kept.SaveListener(t.Context(), store.Listener{ID: who, Name: "An", Zone: "UTC", Created: s.now().AddDate(0, 0, -60)}))
		for _, purpose := range []store.Purpose{store.CheckIns, store.Research, store.Adaptation} {
			must(t, s.kept.SetConsent(t.Context(), who, store.Consent{Purpose: purpose, Given: true, At: s.now().AddDate(0, 0, -59)}))
		}
		for n := range hours {
			c := adapt.Choice{Context: 1, Action: rng.IntN(len(p.Actions)), Shares: shares}
			hour, at := fmt.Sprint("h", n), s.now().AddDate(0, 0, n-50).UTC().Truncate(time.Hour)
			from, to, then := [2]int{2, 8}, [2]int{7, 3}, [2]int{2 + rng.IntN(3), 8}
			all := []store.Record{
				{ID: "e" + hour, Schema: 1, Kind: string(event.Exposure), At: at, Source: "web", Hour: hour, Experiment: p.Ref(), Arm: p.Actions[c.Action].Name, Propensity: c.Propensity(), Context: "settle", Propensities: c.Propensities()},
				{ID: "b" + hour, Schema: 1, Kind: string(event.CheckInBefore), At: at, Source: "web", Hour: hour, Cell: &from, Target: &to},
			}
			if rng.IntN(6) > 0 {
				all = append(all, store.Record{ID: "a" + hour, Schema: 1, Kind: string(event.CheckInAfter), At: at.Add(time.Hour), Source: "web", Hour: hour, Cell: &then})
			}
			_, err := s.kept.AppendRecords(t.Context(), who, all)
			must(t, err)
		}
	}
	for i := range 40 {
		lived(fmt.Sprintf("throng-%02d", i), 24)
	}
	lived(selfID, 40)
	w := &stroll{t: t, ctx: ctx, base: base, page: func() {}}
	must(t, browsertest.Screens()[0].Set(ctx))
	must(t, choose(ctx, base, whoCookie, "nobody"))
	hour := ""
	for n := 0; hour == "" || !w.is("document.querySelector('#usual')"); n++ {
		if n == 12 {
			t.Fatalf("no hour was changed: %s", w.text("main"))
		}
		w.to("/now")
		w.tap("input[name=now][value='2-8']")
		w.tap("#build")
		w.arrive("/hours/")
		hour = w.path()
	}
	watch.Take()
	pages := map[string]string{"adapted hour": hour, "learned": "/learned", "adaptation": "/lab/adaptation"}
	only := os.Getenv("WEB_PAGE")
	for _, code := range []string{"en", "vi"} {
		must(t, choose(ctx, base, languageCookie, code))
		for name, path := range pages {
			if only == "" || only == name {
				around(t, ctx, watch, base, axe, code+" "+name, func() { must(t, open(ctx, base+path)) })
			}
		}
	}
	must(t, browsertest.Screens()[0].Set(ctx))
	w.to(hour)
	w.tap("#usual")
	w.wait(fmt.Sprintf("location.pathname !== %q && location.pathname.startsWith('/hours/') && document.readyState === 'complete'", hour))
	if w.is("document.querySelector('#adapted')") {
		t.Error("the usual way is not the usual way")
	}
	w.to("/learned")
	w.tap("#forget-learned")
	w.wait("document.readyState === 'complete' && document.querySelector('#tried') && !document.querySelector('#forget-learned')")
}
