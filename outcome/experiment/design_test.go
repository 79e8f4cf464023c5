package experiment

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// within is a sound design of three arms, by sessions within listeners.
func within() *Design {
	d := &Design{
		Schema: 1, ID: "steps-or-jump", Title: "Steps or a jump", Question: "Does an hour that leads by steps bring listeners nearer?",
		Hypothesis: "Steps bring them nearer than the target at once.", Kind: WithinListener, Unit: Session, Population: "adults who agreed",
		Arms: []Arm{{"iso", "by steps", 1}, {"compensatory", "the target at once", 1}, {"shuffle", "own tracks, shuffled", 1}}, Control: "shuffle",
		Primary:   Primary{Measure: Change, LeastEffect: .05, Assumed: Assumed{SD: .25, Sessions: 10}},
		Secondary: []Secondary{{Feel}, {SkipRate}}, Guardrails: []Guardrail{{Measure: Farther, Limit: .2}},
		Horizon: Horizon{Units: 1200, Until: "2026-12-31"}, Alpha: .05, Power: .8, Reading: FixedHorizon, Salt: "0123456789abcdef",
	}
	d.fill()
	return d
}

func TestDesignRoundTrip(t *testing.T) {
	d := within()
	if f := d.Check(); f != nil {
		t.Fatal(f)
	}
	indented, err := json.MarshalIndent(d, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(indented)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(d.Canonical(), again.Canonical()) || d.Hash() != again.Hash() {
		t.Error("layout changes the hash")
	}
	if fromCanonical, err := Parse(d.Canonical()); err != nil || fromCanonical.Hash() != d.Hash() {
		t.Errorf("the canonical form reads as another design: %v", err)
	}
	// What a default says need not be written.
	bare := *d
	bare.Rule, bare.Primary.Adjust, bare.Guardrails = "", nil, []Guardrail{{Measure: Farther, Limit: .2}}
	if bare.Hash() != d.Hash() {
		t.Error("a default left out changes the hash")
	}
	if bare.Guardrails[0].Alpha != 0 {
		t.Error("hashing changes the design")
	}
	for _, change := range []func(*Design){
		func(d *Design) { d.Title += "." },
		func(d *Design) { d.Arms[0].Weight = 2 },
		func(d *Design) { d.Alpha = .1 },
		func(d *Design) { d.Primary.Measure = Feel },
		func(d *Design) { d.Salt += "x" },
	} {
		other := within()
		change(other)
		if other.Hash() == d.Hash() {
			t.Error("a change leaves the hash")
		}
	}
}

// The hash is one that anybody can compute: Python's json with sorted keys writes the
// same bytes.
func TestCanonicalInPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3")
	}
	d := within()
	d.Title = `Tiếng "Việt" <&> \ / é`
	plain, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", `import json,sys,hashlib
o=json.load(sys.stdin)
sys.stdout.write(hashlib.sha256(json.dumps(o,sort_keys=True,separators=(",",":"),ensure_ascii=False).encode()).hexdigest())`)
	cmd.Stdin = bytes.NewReader(plain)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if string(out) != d.Hash() {
		t.Errorf("Python says %s, Hash %s", out, d.Hash())
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		spoil func(*Design)
		says  string
	}{
		{func(d *Design) { d.Schema = 2 }, "schema: 2 is newer than this program"},
		{func(d *Design) { d.Schema = 0 }, "schema: missing"},
		{func(d *Design) { d.ID = "A b" }, `id: "A b" is no name`},
		{func(d *Design) { d.Title = " " }, "title: missing"},
		{func(d *Design) { d.Question = "a\nb" }, "question: holds the control character U+000A"},
		{func(d *Design) { d.Population = strings.Repeat("x", MaxText+1) }, "population: 4001 bytes"},
		{func(d *Design) { d.Arms = d.Arms[:1]; d.Control = "iso" }, "arms: one arm has nothing to be compared with"},
		{func(d *Design) { d.Arms = nil }, "arms: 0 arms"},
		{func(d *Design) { d.Arms[1].Name = "iso" }, `arms[1].name: "iso" is taken`},
		{func(d *Design) { d.Arms[1].Weight = 0 }, "arms[1].weight: 0"},
		{func(d *Design) { d.Control = "none" }, `control: "none" is not among the arms`},
		{func(d *Design) { d.Kind = "other" }, `kind: "other" is none`},
		{func(d *Design) { d.Unit = Listener }, `unit: "listener"; in within_listener it is "session"`},
		{func(d *Design) { d.Kind = Crossover }, "arms: a crossover has two arms"},
		{func(d *Design) { d.Kind = PrePost }, "arms: 3 arms; pre_post has one"},
		{func(d *Design) { d.Comparisons = []Comparison{{"iso", "iso"}} }, `comparisons[0]: "iso" is compared with itself`},
		{func(d *Design) { d.Comparisons = []Comparison{{"iso", "shuffle"}, {"shuffle", "iso"}} }, "comparisons[1]:"},
		{func(d *Design) { d.Primary.Measure = Farther }, `primary.measure: "farther" is none`},
		{func(d *Design) { d.Primary.LeastEffect = 0 }, "primary.least_effect: 0"},
		{func(d *Design) { d.Primary.LeastEffect = 9 }, "primary.least_effect: 9"},
		{func(d *Design) { d.Primary.Assumed.SD = 0 }, "primary.assumed.sd: 0"},
		{func(d *Design) { d.Primary.Measure = FeltBetter; d.Primary.Adjust = nil }, "primary.assumed.share: 0"},
		{func(d *Design) { d.Primary.Measure = Feel }, "primary.adjust[0]: feel has no value before"},
		{func(d *Design) { d.Primary.Adjust = []Adjust{Prior, Prior} }, `primary.adjust[1]: "prior" stands twice`},
		{func(d *Design) { d.Secondary = []Secondary{{Change}} }, `secondary[0].measure: "change" stands twice`},
		{func(d *Design) { d.Rule = "none" }, `multiplicity: "none" is none`},
		{func(d *Design) { d.Guardrails[0].Measure = Feel }, `guardrails[0].measure: "feel" is none`},
		{func(d *Design) { d.Guardrails[0].Limit = 1 }, "guardrails[0].limit: 1"},
		{func(d *Design) { d.Horizon = Horizon{} }, "horizon: missing"},
		{func(d *Design) { d.Horizon.Until = "31.12.2026" }, `horizon.until: "31.12.2026" is no day`},
		{func(d *Design) { d.Alpha = .5 }, "alpha: 0.5"},
		{func(d *Design) { d.Power = 1 }, "power: 1"},
		{func(d *Design) { d.Reading = "daily" }, `reading: "daily" is none`},
		{func(d *Design) { d.Salt = "short" }, "salt: 5 characters"},
	} {
		d := within()
		c.spoil(d)
		f := d.Check()
		found := false
		for _, one := range f {
			found = found || strings.HasPrefix(one.Error(), c.says)
			if strings.ContainsAny(one.Error(), "\n\r") {
				t.Errorf("%q is not one line", one.Error())
			}
		}
		if !found {
			t.Errorf("want %q, got %v", c.says, f)
		}
	}
	for file, says := range map[string]string{
		"":                        "line 1: the file ends",
		"{\"id\":\"a\",\"id\":2}": `the field "id" is written twice`,
		"{\"ID\":\"a\"}":          "in capitals",
		"{\"colour\":1}":          `there is no field "colour"`,
		"{\"alpha\":\"x\"}":       `"alpha" is text, and a number is needed`,
		"{}":                      "things are wrong: ",
	} {
		if _, err := Parse([]byte(file)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: got %v, want %q", file, err, says)
		}
	}
}

// FuzzParse: what is accepted has one canonical form, and reads back as itself.
func FuzzParse(f *testing.F) {
	f.Add(within().Canonical())
	f.Add([]byte(`{"schema":1,"id":"mine","kind":"crossover","unit":"session","arms":[{"name":"a","weight":1},{"name":"b","weight":1}],"control":"b","alpha":0.05}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Parse(b)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n") {
				t.Fatalf("%q is not one line", err)
			}
			return
		}
		again, err := Parse(d.Canonical())
		if err != nil || again.Hash() != d.Hash() {
			t.Fatalf("%s reads back otherwise: %v", d.Canonical(), err)
		}
		d.Assign("a", 5)
	})
}
