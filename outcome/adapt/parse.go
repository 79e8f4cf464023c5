package adapt

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"segue/internal/jsonwords"
	"segue/outcome/experiment"
)

// Bounds of a policy: a file beyond them is a mistake, or hostile. (d)
const (
	MaxBytes    = 64 << 10
	MaxActions  = 24
	MaxContexts = 24
	MaxHorizon  = 14 * 24 // hours
	MaxCap      = 10_000
	minSalt     = 16 // characters
	maxText     = 400
)

// Parse reads a policy: one JSON object of at most MaxBytes with no unknown fields and
// nothing written twice. Its error is experiment.Faults.
func Parse(b []byte) (*Policy, error) {
	var p Policy
	if err := jsonwords.Strict(b, MaxBytes, &p); err != nil {
		return nil, experiment.Faults{{Text: err.Error()}}
	}
	p.fill()
	if faults := p.Check(); len(faults) > 0 {
		return nil, faults
	}
	return &p, nil
}

// fill puts defaults where nothing is said, so that a hash speaks of what counts.
func (p *Policy) fill() {
	if p.Reward == "" {
		p.Reward = Nearer
	}
	if p.Hours == 0 {
		p.Hours = DefaultHorizon
	}
	if p.Prior == (Beta{}) {
		p.Prior = Beta{1, 1}
	}
	if p.Cap == 0 {
		p.Cap = DefaultCap
	}
	if p.PoolLeast == 0 {
		p.PoolLeast = LeastPooled
	}
}

// Check returns everything that is wrong with a policy whose defaults are filled in.
func (p *Policy) Check() (all experiment.Faults) {
	bad := func(field, text string, args ...any) {
		all = append(all, experiment.Fault{Field: field, Text: fmt.Sprintf(text, args...)})
	}
	between := func(field string, v, lo, hi float64) {
		if !(v >= lo && v <= hi) {
			bad(field, "%v is not in %v to %v", v, lo, hi)
		}
	}
	if p.Schema < 1 || p.Schema > Schema {
		bad("schema", "this Segue knows policies of schema 1 to %d, and the file says %d", Schema, p.Schema)
	}
	if !isName(p.ID, 64) {
		bad("id", "write 1 to 64 small letters, digits, - or _")
	}
	if len(p.Title) > maxText {
		bad("title", "it is longer than %d bytes", maxText)
	}
	if n := len(p.Contexts); n < 1 || n > MaxContexts {
		bad("contexts", "there are %d; write 1 to %d", n, MaxContexts)
	}
	for i, c := range p.Contexts {
		at := fmt.Sprintf("contexts[%d]", i)
		if !isName(c.Name, 40) {
			bad(at+".name", "write 1 to 40 small letters, digits, - or _")
		} else if p.context(c.Name) < i {
			bad(at+".name", "%q stands twice", c.Name)
		}
		if len(c.Text) > maxText {
			bad(at+".text", "it is longer than %d bytes", maxText)
		}
		for _, of := range []struct {
			name string
			box  *[2]float64
		}{{"valence", c.Valence}, {"arousal", c.Arousal}} {
			if b := of.box; b != nil && !(b[0] >= 0 && b[0] < b[1] && b[1] <= 1) {
				bad(at+"."+of.name, "write two numbers in 0 to 1, the lower first")
			}
		}
		if last := i == len(p.Contexts)-1; last && (c.Night != nil || c.Valence != nil || c.Arousal != nil) {
			bad(at, "the last context has to fit every hour: leave out night, valence and arousal")
		}
	}
	if n := len(p.Actions); n < 2 || n > MaxActions {
		bad("actions", "there are %d; write 2 to %d", n, MaxActions)
	}
	for i, a := range p.Actions {
		at := fmt.Sprintf("actions[%d]", i)
		if !isName(a.Name, 40) {
			bad(at+".name", "write 1 to 40 small letters, digits, - or _")
		} else if p.action(a.Name) < i {
			bad(at+".name", "%q stands twice", a.Name)
		}
		if a.Arm != Iso && a.Arm != Compensatory {
			bad(at+".arm", "%.40q is none; there are iso and compensatory", a.Arm)
		}
		between(at+".hold", a.Hold, 0, MaxHold)
		between(at+".familiar", a.Familiar, 0, MaxFamiliar)
		if j := slices.IndexFunc(p.Actions[:i], func(b Action) bool { b.Name = a.Name; return b == a }); j >= 0 {
			bad(at, "it does the same as %q", p.Actions[j].Name)
		}
	}
	if i := p.action(p.Usual); i < 0 {
		bad("usual", "there is no action %.40q", p.Usual)
	} else if a := p.Actions[i]; a.Arm != Iso || a.Hold != 0 || a.Familiar != 0 {
		bad("usual", "the action %q changes something; name one of arm iso without hold and familiar", p.Usual)
	}
	if p.Reward != FeltBetter && p.Reward != Nearer {
		bad("reward", "there is no reward %.40q; there are felt_better and nearer", string(p.Reward))
	}
	between("horizon_hours", float64(p.Hours), 1, MaxHorizon)
	between("floor", p.Floor, 0, 1)
	between("prior.a", p.Prior.A, leastShape, MaxCap)
	between("prior.b", p.Prior.B, leastShape, MaxCap)
	between("cap", p.Cap, 2, MaxCap)
	between("pool_least", float64(p.PoolLeast), LeastPooled, 1_000_000)
	if len(p.Salt) < minSalt || len(p.Salt) > maxText {
		bad("salt", "write %d to %d characters that nobody can guess", minSalt, maxText)
	}
	return all
}

// isName reports whether s is a name of small letters, digits, - and _.
func isName(s string, most int) bool {
	return s != "" && len(s) <= most && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// Hash returns the SHA-256 of the policy's canonical JSON, in hexadecimal.
func (p *Policy) Hash() string {
	full := *p
	full.fill()
	sum := sha256.Sum256(experiment.CanonicalJSON(full))
	return hex.EncodeToString(sum[:])
}

// Ref returns what exposures name as their Experiment: the policy's id, @, and the first
// half of its hash. So what was chosen under one version is never taken for another's.
func (p *Policy) Ref() string { return p.ID + "@" + p.Hash()[:32] }
