package web

import (
	"context"
	"math"
	"net/http"
	"sync"
	"time"

	"segue/outcome"
	"segue/store"
)

// groupLeast is the least number of people behind any number that a researcher sees.
const groupLeast = outcome.GroupLeast

// A group is what was last summed up of all who agreed to it. It stays for the rest
// of the day, by UTC: looking twice must not tell what one person did in between. It
// is of this process; another may have summed up at another moment of the day.
type group struct {
	mu   sync.Mutex
	day  string
	sums store.GroupSums
}

// groupSums returns the sums of the day.
func (s *Server) groupSums(ctx context.Context, now time.Time) (store.GroupSums, error) {
	g := &s.group
	g.mu.Lock()
	defer g.mu.Unlock()
	day := now.UTC().Format(time.DateOnly)
	if g.day == day {
		return g.sums, nil
	}
	sums, err := s.kept.GroupSums(ctx, groupLeast)
	if err == nil {
		g.day, g.sums = day, sums
	}
	return sums, err
}

// A groupView is the page of it.
type groupView struct {
	Day  time.Time
	K    int
	Sums store.GroupSums
	Feel []groupShare
}

// A groupShare is the share of a feeling.
type groupShare struct {
	Name  string
	Known bool
	Share outcome.Share
}

// groupPage shows numbers over people, none over fewer than groupLeast.
func (s *Server) groupPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	sums, err := s.groupSums(r.Context(), v.at)
	if err != nil {
		return err
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("The group"), Nav: navGroup}, groupPage(v, v.groupView(sums)))
}

func (v *visit) groupView(sums store.GroupSums) groupView {
	g := groupView{Day: v.at.UTC().Truncate(24 * time.Hour), K: sums.K, Sums: sums}
	if sums.Feel == nil {
		return g
	}
	for i := range sums.Feel.Share {
		one := groupShare{Name: feelWord(v.Tongue, i-2)}
		if share := sums.Feel.Share[i]; share != nil {
			// Each person weighs the same with a share of their own in [0, 1], which varies
			// no more than yes and no would: the interval of so many who say yes is at least
			// as wide as that of the mean.
			one.Known, one.Share = true, outcome.ShareOf(int(math.Round(*share*float64(sums.Feel.Listeners))), sums.Feel.Listeners)
		}
		g.Feel = append(g.Feel, one)
	}
	return g
}
