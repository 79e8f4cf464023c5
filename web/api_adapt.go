package web

import (
	"context"
	"net/http"
	"time"

	"segue"
	"segue/account"
	"segue/outcome/adapt"
	"segue/outcome/stats"
	"segue/store"
)

// An adaptation is what the adaptive loop learned of one person's hours.
type apiAdaptation struct {
	Follows  bool           `json:"follows" doc:"The loop runs here."`
	Adapts   bool           `json:"adapts" doc:"… and may build the hours of who asks: they agreed to adaptation and check_ins."`
	Policy   string         `json:"policy,omitempty" doc:"The id and hash of what it follows."`
	Reward   string         `json:"reward,omitempty" doc:"What counts as a success: nearer to the target, or felt_better."`
	Known    int            `json:"known" doc:"Hours with an answer."`
	Waiting  int            `json:"waiting" doc:"… that may still have one."`
	Missing  int            `json:"missing" doc:"… without: they count as nothing."`
	Contexts []apiAdaptedAt `json:"contexts"`
}

// An adaptedAt is of the hours of one kind.
type apiAdaptedAt struct {
	Name    string       `json:"name"`
	Actions []apiAdapted `json:"actions"`
}

// An adapted is what came of one way to build hours of a kind.
type apiAdapted struct {
	Name    string       `json:"name"`
	Arm     string       `json:"arm"`
	Hold    float64      `json:"hold" doc:"Share of the time near the start; 0 as usual."`
	Known   int          `json:"known" doc:"Hours with an answer."`
	Better  int          `json:"better" doc:"… of which were a success."`
	Share   segue.Number `json:"share" doc:"Null without an answer."`
	Lo      segue.Number `json:"lo" doc:"95 % interval (Wilson)."`
	Hi      segue.Number `json:"hi"`
	Enough  bool         `json:"enough" doc:"false: too few to tell."`
	Missing int          `json:"missing" doc:"Hours without an answer, or with none yet."`
	Next    segue.Number `json:"next" doc:"In the lab: the chance to be taken next for somebody new. Null for one person's own."`
}

func adaptedOf(a adapt.Action, s stats.Estimate, missing int, next segue.Number) apiAdapted {
	out := apiAdapted{Name: a.Name, Arm: a.Arm, Hold: a.Hold, Known: s.N, Share: s.Value, Lo: s.Lo, Hi: s.Hi, Enough: s.Enough, Missing: missing, Next: next}
	if s.N > 0 {
		out.Better = better(s)
	}
	return out
}

// A labAdaptation is the loop as the lab sees it.
type apiLabAdaptation struct {
	Running   bool           `json:"running"`
	Off       bool           `json:"off" doc:"The setting adapt says off: no hour is adapted, whatever runs."`
	Policy    string         `json:"policy,omitempty"`
	AsOf      time.Time      `json:"as_of" doc:"Summed up of what happened before this: once a day, by UTC."`
	Listeners int            `json:"listeners" doc:"0 where fewer than least."`
	Least     int            `json:"least" doc:"What rests on fewer people is left out."`
	Known     int            `json:"known"`
	Missing   int            `json:"missing"`
	Contexts  []apiAdaptedAt `json:"contexts" doc:"Those, and their actions, with people enough."`
	Gain      segue.Number   `json:"gain" doc:"How many more hours would have been a success had one followed what was learned, as a share; doubly robust. Null where these hours cannot carry a number."`
	GainLo    segue.Number   `json:"gain_lo"`
	GainHi    segue.Number   `json:"gain_hi"`
	Why       string         `json:"why,omitempty" doc:"Why there is no number."`
}

type apiNewAdaptation struct {
	Running bool `json:"running" doc:"Whether the loop may build hours. false stops it for everybody at once."`
}

func (a *api) describeAdaptation() {
	operate(a, operation{
		id: "getMyAdaptation", method: http.MethodGet, path: "/me/adaptation", tag: "hours", title: "What was learned of one's own hours",
		about:  "Of each way hours were built, in each kind of hour: how many, and how many brought them nearer.",
		scopes: hoursRead(),
	}, func(ctx context.Context, c *call, _ *struct{}) (*answered[apiAdaptation], error) {
		if err := c.agreed(store.CheckIns); err != nil {
			return nil, err
		}
		l, err := c.learned(ctx)
		if err != nil {
			return nil, err
		}
		out := apiAdaptation{Follows: l.Follows, Adapts: l.Adapts, Known: l.Counts.Known, Waiting: l.Counts.Waiting, Missing: l.Counts.Missing, Contexts: []apiAdaptedAt{}}
		if p := l.Policy; p != nil {
			out.Policy, out.Reward = p.Ref(), string(p.Reward)
			for i, at := range p.Contexts {
				if !l.any(i) {
					continue
				}
				one := apiAdaptedAt{Name: at.Name}
				for j, action := range p.Actions {
					share, silent := l.shares(i, j)
					one.Actions = append(one.Actions, adaptedOf(action, share, silent, segue.Missing()))
				}
				out.Contexts = append(out.Contexts, one)
			}
		}
		return &answered[apiAdaptation]{out}, nil
	})

	operate(a, operation{
		id: "forgetMyAdaptation", method: http.MethodDelete, path: "/me/adaptation", tag: "hours", title: "Forget what was learned", keeps: writes,
		about:  "How each hour was chosen is forgotten, and counts for nobody any more. The hours stay. To turn the loop off, take the consent adaptation back.",
		scopes: hoursWrite(),
	}, func(ctx context.Context, c *call, _ *struct{}) (*nothing, error) {
		if err := c.agreed(store.CheckIns); err != nil {
			return nil, err
		}
		return &nothing{}, c.forgetLearned(ctx)
	})

	operate(a, operation{
		id: "getAdaptation", method: http.MethodGet, path: "/lab/adaptation", tag: "lab", title: "The adaptive loop", early: true,
		about:  "Whether it runs, and what came of hours, over people who agreed to it and to be counted. Answers 503 while the sums of the day are made.",
		scopes: labRead(), codes: []int{http.StatusServiceUnavailable},
	}, func(ctx context.Context, c *call, _ *struct{}) (*answered[apiLabAdaptation], error) {
		view, err := c.adaptationView(ctx)
		if err != nil {
			return nil, err
		}
		p := view.Policy
		out := apiLabAdaptation{Running: p != nil, Off: view.Off, AsOf: view.Day, Least: adapt.LeastPooled, Contexts: []apiAdaptedAt{}, Gain: segue.Missing(), GainLo: segue.Missing(), GainHi: segue.Missing()}
		if p == nil {
			return &answered[apiLabAdaptation]{out}, nil
		}
		out.Policy, out.Least = p.Ref(), p.PoolLeast
		if view.Read == nil {
			return nil, c.errSumming()
		}
		r := view.Read.Reading
		if r.People < p.PoolLeast {
			return &answered[apiLabAdaptation]{out}, nil
		}
		out.Listeners, out.Known, out.Missing = r.People, r.Counts.Known, r.Counts.Missing
		for _, at := range r.Contexts {
			if at.Listeners < p.PoolLeast {
				continue
			}
			one := apiAdaptedAt{Name: at.Name, Actions: []apiAdapted{}}
			for j, action := range at.Actions {
				if action.Listeners >= p.PoolLeast {
					one.Actions = append(one.Actions, adaptedOf(p.Actions[j], action.Share, action.Missing, action.Next))
				}
			}
			out.Contexts = append(out.Contexts, one)
		}
		d := view.Read.Learned.Difference
		out.Gain, out.GainLo, out.GainHi, out.Why = d.DR.Value, d.DR.Lo, d.DR.Hi, d.Gate.Reason
		return &answered[apiLabAdaptation]{out}, nil
	})

	operate(a, operation{
		id: "setAdaptation", method: http.MethodPut, path: "/lab/adaptation", tag: "lab", title: "Let the adaptive loop run, or stop it", early: true, takes: true, status: http.StatusNoContent,
		about:  "For admins. Stopped, no hour is adapted any more, in every process within a second; what was learned is kept, and counts again when it runs.",
		scopes: labWrite(), codes: []int{http.StatusInsufficientStorage}, example: map[string]any{"running": false},
	}, func(ctx context.Context, c *call, in *struct{ Body apiNewAdaptation }) (*nothing, error) {
		if !c.may(account.ChooseVersion) {
			return nil, &wrong{code: http.StatusForbidden, what: c.Say("That is not yours to choose"), todo: c.Say("Nothing was changed. An admin chooses what everybody's answers come by.")}
		}
		if in.Body.Running {
			return &nothing{}, c.followPolicy(ctx)
		}
		return &nothing{}, c.followNone(ctx)
	})
}
