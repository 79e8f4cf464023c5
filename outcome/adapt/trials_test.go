package adapt

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/outcome/event"
)

var noon = time.Date(2026, time.May, 6, 12, 0, 0, 0, time.UTC)

// exposed is an exposure of an hour to the first action of the context "settle".
func exposed(p *Policy, id, listener, hour string, after time.Duration) event.Event {
	shares := p.Choose(nil, nil, 1, listener, hour)
	shares.Action = 0
	return event.Event{
		Schema: event.Schema, ID: id, Listener: listener, Kind: event.Exposure, At: noon.Add(after), Source: event.Web, Hour: hour,
		Experiment: p.Ref(), Arm: p.Actions[0].Name, Propensity: shares.Propensity(), Context: "settle", Propensities: shares.Propensities(),
	}
}

func felt(id, listener, hour string, after time.Duration, feel int) event.Event {
	return event.Event{Schema: event.Schema, ID: id, Listener: listener, Kind: event.Reflection, At: noon.Add(after), Source: event.Web, Hour: hour, Feel: &feel}
}

// TestTrialsByHand: an hour that felt better, one that did not, one said anew, one that
// was said twice, one said too late, one nothing was said of, and one that may still be.
func TestTrialsByHand(t *testing.T) {
	p := shipped()
	p.Reward = FeltBetter
	day := 24 * time.Hour
	old := *p
	old.Floor = .2
	events := []event.Event{
		exposed(p, "e1", "a", "better", 0), felt("r1", "a", "better", time.Hour, 1),
		exposed(p, "e2", "a", "same", day), felt("r2", "a", "same", day+time.Hour, 0),
		exposed(p, "e3", "a", "anew", 2*day), felt("r3", "a", "anew", 2*day+time.Hour, -2), felt("r4", "a", "anew", 2*day+2*time.Hour, 2),
		exposed(p, "e4", "b", "twice", 0), felt("r5", "b", "twice", time.Hour, 1), felt("r5", "b", "twice", time.Hour, 1),
		exposed(p, "e5", "b", "late", day), felt("r6", "b", "late", 2*day, 2),
		exposed(p, "e6", "b", "silent", 2*day),
		exposed(p, "e7", "b", "soon", 5*day),
		exposed(p, "e8", "b", "soon", 5*day+time.Minute),
		exposed(&old, "e9", "b", "other version", 0), felt("r7", "b", "other version", time.Hour, 1),
		{Schema: 1, ID: "e10", Listener: "b", Kind: event.Exposure, At: noon, Source: event.Web, Experiment: "trial@1", Arm: "iso", Propensity: .5, Hour: "foreign"},
		felt("r8", "c", "of nothing drawn", 0, 1),
		{Schema: 1, ID: "o", Listener: "b", Kind: event.AppOpen, At: noon.Add(5*day + time.Hour), Source: event.Web},
	}
	want := map[string]segue.Number{"better": 1, "same": 0, "anew": 1, "twice": 1}
	for range 5 {
		rand.New(rand.NewPCG(3, 4)).Shuffle(len(events)-10, func(i, j int) { events[i], events[j] = events[j], events[i] })
		g := p.Gather(time.Time{})
		if err := g.Add(events); err != nil {
			t.Fatal(err)
		}
		trials, c, err := g.Trials()
		if err != nil {
			t.Fatal(err)
		}
		if w := (Counts{Events: len(events), Copies: 1, Foreign: 1, Versions: 1, Again: 1, Hours: 7, Known: 4, Waiting: 1, Missing: 2, TooLate: 1}); c != w {
			t.Fatalf("%+v\nwant %+v", c, w)
		}
		for _, one := range trials {
			if one.Context != 1 || one.Action != 0 || len(one.Propensities) != len(p.Actions) {
				t.Errorf("%+v", one)
			}
			if w, ok := want[one.Hour]; ok != one.Reward.Known() || ok && w != one.Reward || one.Waiting != (one.Hour == "soon") {
				t.Errorf("%s: %v, waiting %v", one.Hour, one.Reward, one.Waiting)
			}
		}
		if got := p.Tallies(trials); !reflect.DeepEqual(got["a"][1][0], Count{2, 1}) || !reflect.DeepEqual(got["b"][1][0], Count{1, 0}) {
			t.Errorf("%v", got)
		}
		if c.Answered() != 4./6 {
			t.Errorf("answered %v", c.Answered())
		}
	}
}

// TestNearer: by the check-ins, and none where the clock went backwards.
func TestNearer(t *testing.T) {
	p := shipped()
	check := func(id, hour string, kind event.Kind, after time.Duration, v int) event.Event {
		e := event.Event{Schema: 1, ID: id, Listener: "a", Kind: kind, At: noon.Add(after), Source: event.Web, Hour: hour, Cell: &segue.Cell{v, 5}}
		if kind == event.CheckInBefore {
			e.Target = &segue.Cell{8, 5}
		}
		return e
	}
	g := p.Gather(noon.Add(1000 * time.Hour))
	_ = g.Add([]event.Event{
		exposed(p, "e1", "a", "h1", 0), check("b1", "h1", event.CheckInBefore, -time.Minute, 3), check("a1", "h1", event.CheckInAfter, time.Hour, 5),
		exposed(p, "e2", "a", "h2", 0), check("b2", "h2", event.CheckInBefore, -time.Minute, 3), check("a2", "h2", event.CheckInAfter, time.Hour, 3),
		exposed(p, "e3", "a", "h3", 0), check("b3", "h3", event.CheckInBefore, -time.Minute, 3), check("a3", "h3", event.CheckInAfter, -time.Hour, 5),
		exposed(p, "e4", "a", "h4", 0), check("b4", "h4", event.CheckInBefore, -time.Minute, 3), felt("r", "a", "h4", time.Hour, 2),
	})
	trials, c, err := g.Trials()
	if err != nil || c.Known != 2 || c.Missing != 2 || c.Backward != 1 || trials[0].Reward != 1 || trials[1].Reward != 0 {
		t.Errorf("%+v %+v %v", trials, c, err)
	}
}

// TestWhatThePolicyCannotHaveMade is refused with the reason, or counted where asked for.
func TestWhatThePolicyCannotHaveMade(t *testing.T) {
	p := shipped()
	for want, change := range map[string]func(*event.Event){
		`names the context "noon", which the policy does not have`:  func(e *event.Event) { e.Context = "noon" },
		`is to the action "louder", which the policy does not have`: func(e *event.Event) { e.Arm = "louder" },
		"names no hour":                    func(e *event.Event) { e.Hour = "" },
		"the propensities do not sum to 1": func(e *event.Event) { e.Propensities = "0.125,0.125,0.125,0.125,0.125,0.125,0.125,0.2" },
		"the propensities are not as many as the policy has actions":         func(e *event.Event) { e.Propensities = "0.5,0.5" },
		"a propensity is not a number in 0 to 1":                             func(e *event.Event) { e.Propensities = "2,-1,0,0,0,0,0,0" },
		"has the propensity 0.9, and among all of them its action has 0.125": func(e *event.Event) { e.Propensity = .9 },
		"has the propensity 0, and among all of them its action has 0.125":   func(e *event.Event) { e.Propensity = 0 },
		"has the propensity 0.125, and among all of them its action has 0":   func(e *event.Event) { e.Propensities = "0,1,0,0,0,0,0,0" },
	} {
		e := exposed(p, "e1", "a", "h1", 0)
		change(&e)
		g := p.Gather(time.Time{})
		_ = g.Add([]event.Event{e, exposed(p, "e2", "a", "h2", 0)})
		if _, _, err := g.Trials(); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `exposure "e1"`) {
			t.Errorf("%v, want %s", err, want)
		}
		g.Lenient = true
		if trials, c, err := g.Trials(); err != nil || len(trials) != 1 || c.Refused != 1 {
			t.Errorf("lenient: %v, %+v, %v", trials, c, err)
		}
	}
	old := *p
	old.Floor = .2
	g := p.Gather(time.Time{})
	_ = g.Add([]event.Event{exposed(&old, "e1", "a", "h1", 0)})
	if _, _, err := g.Trials(); !errors.Is(err, ErrChanged) {
		t.Errorf("of another version: %v", err)
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	const whole = `{"schema":1,"id":"hours","title":"t","contexts":[{"name":"all"}],"actions":[{"name":"iso","arm":"iso"},{"name":"target","arm":"compensatory"}],"usual":"iso","floor":0.1,"salt":"0123456789abcdef"}`
	p, err := Parse([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	if p.Reward != Nearer || p.Hours != DefaultHorizon || p.Prior != (Beta{1, 1}) || p.PoolLeast != LeastPooled || p.Cap != DefaultCap {
		t.Errorf("defaults: %+v", p)
	}
	spaced, err := Parse([]byte(strings.ReplaceAll(whole, ",", ", \n")))
	if err != nil || spaced.Ref() != p.Ref() {
		t.Errorf("layout changes the hash: %v", err)
	}
	for change, want := range map[[2]string]string{
		{`"floor":0.1`, `"floor":1.5`}:                         "floor: 1.5 is not in 0 to 1",
		{`"usual":"iso"`, `"usual":"target"`}:                  "usual: the action \"target\" changes something",
		{`"usual":"iso"`, `"usual":"x"`}:                       "usual: there is no action \"x\"",
		{`"name":"all"`, `"name":"all","night":true`}:          "contexts[0]: the last context has to fit every hour",
		{`"arm":"compensatory"`, `"arm":"shuffle"`}:            "actions[1].arm: \"shuffle\" is none",
		{`"arm":"compensatory"`, `"arm":"iso"`}:                "actions[1]: it does the same as \"iso\"",
		{`"name":"target"`, `"name":"iso"`}:                    "actions[1].name: \"iso\" stands twice",
		{`"arm":"compensatory"`, `"arm":"iso","hold":.9`}:      "", // not JSON
		{`"schema":1`, `"schema":2`}:                           "schema: this Segue knows policies of schema 1 to 1",
		{`"salt":"0123456789abcdef"`, `"salt":"x"`}:            "salt: write 16 to 400 characters",
		{`"floor":0.1`, `"flour":0.1`}:                         "flour",
		{`"floor":0.1`, `"floor":0.1,"reward":"minutes"`}:      "reward: there is no reward \"minutes\"",
		{`"floor":0.1`, `"floor":0.1,"pool_least":5`}:          "pool_least: 5 is not in 20",
		{`"floor":0.1`, `"floor":0.1,"prior":{"a":0.1,"b":1}`}: "prior.a: 0.1 is not in 0.5",
	} {
		_, err := Parse([]byte(strings.Replace(whole, change[0], change[1], 1)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", change[1], err, want)
		}
	}
	if faults := shipped().Check(); len(faults) > 0 {
		t.Errorf("the shipped policy: %v", faults)
	}
}

// TestReadCounts: what is drawn, known, waiting and missing of each action adds up.
func TestReadCounts(t *testing.T) {
	p := shipped()
	p.Reward = FeltBetter
	g := p.Gather(noon.Add(30 * time.Hour))
	_ = g.Add([]event.Event{
		exposed(p, "e1", "a", "h1", 0), felt("r1", "a", "h1", time.Hour, 2),
		exposed(p, "e2", "b", "h2", 0), felt("r2", "b", "h2", time.Hour, 0),
		exposed(p, "e3", "b", "h3", time.Hour), exposed(p, "e4", "b", "h4", 29*time.Hour),
	})
	trials, c, err := g.Trials()
	if err != nil {
		t.Fatal(err)
	}
	r := p.Read(trials, c)
	got := r.Contexts[1].Actions[0]
	if got.Hours != 4 || got.Known != 2 || got.Waiting != 1 || got.Missing != 1 || got.Listeners != 2 || got.Share.Value != .5 || !got.Usual || got.Best.Known() || got.Share.Enough {
		t.Errorf("%+v", got)
	}
	if r.Answered != 2./3 || r.People != 2 || r.Contexts[1].Listeners != 2 || r.Contexts[0].Actions[0].Hours != 0 || r.Contexts[0].Actions[0].Share.Value.Known() {
		t.Errorf("%+v", r)
	}
}
