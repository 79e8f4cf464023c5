package recommend

import (
	"segue/outcome/adapt"
	"segue/playlist"
)

// Adapted returns what is asked of the planner with an action's wishes in it: arm, hold,
// and the share of familiar tracks. Everything else, and every rule, stays. It is for
// hours of which the listener asked none of these. r is not changed.
func Adapted(r playlist.Request, a adapt.Action) playlist.Request {
	r.Arm = playlist.Arm(a.Arm)
	if a.Hold > 0 {
		r.Arc.Hold = a.Hold
	}
	if a.Familiar > 0 {
		share := playlist.UsualFamiliarity()
		if r.Familiarity != nil {
			share = *r.Familiarity
		}
		for i := range share {
			share[i] = min(1, share[i]*a.Familiar)
		}
		r.Familiarity = &share
	}
	return r
}
