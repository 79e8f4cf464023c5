package simulate

import (
	"segue"
	"segue/outcome/experiment"
	"segue/outcome/stats"
	"segue/playlist"
)

// A Result holds what the engine concluded against what is true.
type Result struct {
	World     World           `json:"world"`
	Same      bool            `json:"a_a"`
	Arms      []playlist.Arm  `json:"arms"`
	Listeners int             `json:"listeners"`
	Days      int             `json:"days"`
	Runs      int             `json:"runs"`
	Reading   experiment.Mode `json:"reading"`
	Missing   Missing         `json:"missing"`
	Seed      uint64          `json:"seed"`

	Hours    float64        `json:"hours"`    // a run, on the average
	Outcomes float64        `json:"outcomes"` // of these with a check-in after
	Skipped  stats.Estimate `json:"skipped"`  // share of tracks
	Left     stats.Estimate `json:"left"`     // share of hours stopped before their end

	Comparisons []Comparison   `json:"comparisons"`
	Claims      stats.Estimate `json:"claims"`       // share of runs in which anything was claimed
	FalseClaims stats.Estimate `json:"false_claims"` // share of runs with a claim that is not true; of a truth that is not known none
	Stopped     int            `json:"not_read"`     // runs whose sample-ratio check stopped the reading
	Guarded     int            `json:"guarded"`      // runs in which a guardrail stopped an arm

	// Uncontrolled is what a study without a control would have read from the same hours:
	// mean Δ of all arms together, and its standardized size d_z. What of it is
	// regression to the mean only a control can tell; in NULL it is all of it.
	Uncontrolled stats.Estimate `json:"uncontrolled"`
	DZ           segue.Number   `json:"uncontrolled_dz"`

	Design  *experiment.Design `json:"design"`  // of the first run
	Example string             `json:"verdict"` // of the first run, in the engine's words
}

// A Comparison is one arm beside another.
type Comparison struct {
	Arm     string `json:"arm"`
	Against string `json:"against"`

	True     stats.Estimate `json:"true"`     // arm − against, of the state, from hours heard in both arms on one path of chance
	Reported stats.Estimate `json:"reported"` // the same of Δ as it would be reported: what an endless experiment would find
	Varies   segue.Number   `json:"varies"`   // the standard deviation of the true difference between listeners
	Prefers  string         `json:"prefers"`  // the arm that is truly better; empty if none is, or it is not clear

	Better   int `json:"claimed_better"` // runs in which the engine claimed that arm is better …
	Worse    int `json:"claimed_worse"`  // … that it is worse …
	NotShown int `json:"not_shown"`      // … that neither was shown …
	Nothing  int `json:"nothing_said"`   // … too few to tell, or not read

	Right    stats.Estimate `json:"right"`    // share of runs that prefer the arm that is truly better; missing if none is
	Wrong    stats.Estimate `json:"wrong"`    // share of runs with a claim that is not true
	Covered  stats.Estimate `json:"covered"`  // share of the last readings whose interval holds what an endless experiment would find
	Estimate stats.Estimate `json:"estimate"` // mean of the last readings' estimates
	Soonest  segue.Number   `json:"soonest"`  // outcomes at which it was claimed, the median of runs that claimed; missing if none did

	// Needed is how many hours an experiment needs to find an effect of the size that
	// Reported has with a power of 95 %, by the engine's own planning, with the deviation
	// seen in the runs and so many listeners who differ as they do. 0 if there is no effect.
	Needed int          `json:"hours_needed"`
	SD     segue.Number `json:"sd"` // of Δ between hours of one arm
}

// A Set is several results side by side: the three worlds and A/A.
type Set struct {
	Results []*Result `json:"results"`
	Seconds float64   `json:"seconds"`
}
