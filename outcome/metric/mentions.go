package metric

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"segue"
	"segue/outcome/stats"
)

// Bounds of a file of mentions. (d)
const (
	MaxMentionRows = 100_000
	MaxMentions    = 1_000_000_000 // a row
)

// MentionsCaution is what has to stand beside mentions.
const MentionsCaution = "Mentions elsewhere are posts that somebody counted. They measure no audience: who posts is not who listens, a post may be said in anger, and posts come in bursts, so that their interval is at least this wide."

// Mentions are posts elsewhere, counted by day. They are made by ReadMentions.
type Mentions struct {
	days  []int32
	count map[int32]int
}

// ReadMentions reads a table of mentions: CSV with the columns day (2024-05-06), count,
// and place where there are several, which are added up. A day that is not listed was not
// counted, and is not 0.
//
// It returns a *segue.InputError with the row for anything else, and for a day twice at
// one place.
func ReadMentions(r io.Reader) (*Mentions, error) {
	rows, err := columns(r, "day", "count", "?place")
	if err != nil {
		return nil, err
	}
	m := &Mentions{count: map[int32]int{}}
	type dayAt struct {
		day   int32
		place string
	}
	seen := map[dayAt]bool{}
	for {
		row, line, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(seen) == MaxMentionRows {
			return nil, &segue.InputError{Row: line, Problem: "there are more than %d rows", Args: []any{MaxMentionRows}}
		}
		at, err := time.Parse(time.DateOnly, row[0])
		if err != nil || at.Year() < 2000 || at.Year() >= 2100 {
			return nil, &segue.InputError{Row: line, Column: "day", Problem: "%.40q is not a day", Args: []any{row[0]}, Hint: "write it like 2024-05-06"}
		}
		n, err := strconv.Atoi(row[1])
		if err != nil || n < 0 || n > MaxMentions {
			return nil, &segue.InputError{Row: line, Column: "count", Problem: "%.40q is not a count from 0 to %d", Args: []any{row[1], MaxMentions}}
		}
		if len(row[2]) > MaxText {
			return nil, &segue.InputError{Row: line, Column: "place", Problem: "it is longer than %d bytes", Args: []any{MaxText}}
		}
		key := dayAt{dateDay(at), fold(row[2])}
		if seen[key] {
			return nil, &segue.InputError{Row: line, Column: "day", Problem: "%s is counted twice", Args: []any{row[0]}, Hint: "keep one row for each day and place"}
		}
		seen[key] = true
		if _, ok := m.count[key.day]; !ok {
			m.days = append(m.days, key.day)
		}
		m.count[key.day] += n
	}
	if len(m.days) == 0 {
		return nil, &segue.InputError{Problem: "no day is counted"}
	}
	slices.Sort(m.days)
	return m, nil
}

// A MentionCount is how many mentions there were in a time, and a day.
type MentionCount struct {
	Name  string         `json:"name"` // "all", "2024-05-06", "2024-W19"
	Days  int            `json:"days"` // that were counted
	Count int            `json:"count"`
	ADay  stats.Estimate `json:"a_day"` // mentions a counted day; exact Poisson interval
}

// A MentionView is what a report shows of mentions.
type MentionView struct {
	Caution string         `json:"caution"`
	All     MentionCount   `json:"all"`
	Groups  []MentionCount `json:"groups"`
}

// view counts mentions, of all days and by day or week.
func (m *Mentions) view(by By) *MentionView {
	v := &MentionView{Caution: MentionsCaution, Groups: []MentionCount{}}
	v.All.Name = "all"
	for _, day := range m.days {
		v.All.add(m.count[day])
		name := ""
		switch by {
		case Day:
			name = dayName(day)
		case Week:
			name = weekName(weekOf(day))
		default:
			continue
		}
		if n := len(v.Groups); n == 0 || v.Groups[n-1].Name != name {
			v.Groups = append(v.Groups, MentionCount{Name: name})
		}
		v.Groups[len(v.Groups)-1].add(m.count[day])
	}
	v.All.estimate()
	for i := range v.Groups {
		v.Groups[i].estimate()
	}
	return v
}

func (c *MentionCount) add(n int) { c.Days, c.Count = c.Days+1, c.Count+n }

func (c *MentionCount) estimate() {
	c.ADay = stats.Rate(c.Count, float64(c.Days), stats.Level)
	c.ADay.Name = "mentions a day"
}
