package chart

import (
	"fmt"
	"math"
	"strings"
	"time"

	"segue/language"
)

// An HourMap is listening by weekday and hour of local time: rows Monday to
// Sunday, columns 0 to 23.
type HourMap [7][24]HourCell

// An HourCell is one hour of one weekday; Minutes 0 is left blank.
type HourCell struct {
	Mark    Mark
	Minutes float64 // listened in all
	Placed  bool    // whether its mood is known; otherwise a hairline ring stands there
}

// DrawHourMap draws the map twice, wide and narrow: a mark an hour, larger
// where there was more listening.
func DrawHourMap(m HourMap, cap Caption) string {
	top := 0.0
	for _, row := range m {
		for _, cell := range row {
			top = max(top, cell.Minutes)
		}
	}
	days := weekdays(cap.In)
	size := func(v, largest float64) float64 { return largest * (.42 + .58*math.Sqrt(v/top)) }
	c := newCanvas(cap)
	c.open(1112, 288, "wide", cap.of("w"))
	hover := func(day, hour int) string {
		cell := m[day][hour]
		if !cell.Placed {
			return c.say("%s %02d:00, %.0f min, too little to put a word on", days[day], hour, cell.Minutes)
		}
		return c.say("%s %02d:00, %s, %.0f min", days[day], hour, cell.Mark.WordIn(c.in), cell.Minutes)
	}
	for hour := 0; hour < 24; hour += 6 {
		c.text(74+44*float64(hour), 14, 12, "middle", "num", fmt.Sprintf("%02d:00", hour))
	}
	for day, row := range m {
		y := 50 + 36*float64(day)
		c.text(0, y+4, 13, "start", "", days[day])
		c.path(fmt.Sprintf("M52 %sH1108", num(y)), "s-hair", 1, "")
		for hour, cell := range row {
			c.cell(cell, 74+44*float64(hour), y, size(cell.Minutes, 23), hover(day, hour))
		}
	}
	wide := c.close()
	c = newCanvas(cap)
	c.open(340, 700, "narrow", cap.of("n"))
	for day := range days {
		c.text(64+42*float64(day), 14, 12, "middle", "", days[day])
	}
	for hour := range 24 {
		y := 36 + 28*float64(hour)
		if hour%3 == 0 {
			c.text(0, y+4, 12, "start", "num", fmt.Sprintf("%02d:00", hour))
		}
		c.path(fmt.Sprintf("M44 %sH338", num(y)), "s-hair", 1, "")
		for day := range m {
			c.cell(m[day][hour], 64+42*float64(day), y, size(m[day][hour].Minutes, 19), hover(day, hour))
		}
	}
	return wide + c.close()
}

// weekdays returns the days' short names, Monday first.
func weekdays(t *language.Tongue) (names [7]string) {
	for i := range names {
		names[i] = t.ShortWeekday(time.Weekday((i + 1) % 7))
	}
	return names
}

// month names a month with its year: "Jan 2026".
func (c *canvas) month(t time.Time) string {
	return c.say("%[1]s %[2]d", c.in.ShortMonth(t.Month()), t.Year(), int(t.Month()))
}

// cell draws one hour of the map.
func (c *canvas) cell(cell HourCell, x, y, size float64, hover string) {
	switch {
	case cell.Minutes <= 0:
	case cell.Placed:
		c.mark(cell.Mark, x, y, size, hover)
	default:
		c.unplaced(x, y, hover)
	}
}

// unplaced draws the hairline ring of listening without a word.
func (c *canvas) unplaced(x, y float64, hover string) {
	fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="2" class="f-none s-edge"><title>%s</title></circle>`, num(x), num(y), escape(hover))
}

// A Day is one local day of listening.
type Day struct {
	Date    time.Time // any moment of the day, in its own zone
	Minutes float64
	Mark    Mark
	Placed  bool // whether its mood is known; otherwise a hairline ring stands there
}

// DrawCalendar draws days in columns of weeks, Monday at the top, with the
// months named above, wide and, in stacked parts, narrow. Days must be in order.
func DrawCalendar(days []Day, cap Caption) string {
	wide, narrow := cap.of("w"), cap.of("n")
	return drawCalendar(days, 53, 20, "calendar wide", wide) + drawCalendar(days, 16, 19, "calendar narrow", narrow)
}

// drawCalendar draws days in parts of so many weeks.
func drawCalendar(days []Day, weeks int, cell float64, class string, cap Caption) string {
	const left, head, between = 40.0, 24.0, 14.0
	c := newCanvas(cap)
	if len(days) == 0 {
		c.open(340, 40, class, cap)
		c.text(0, 24, 13, "start", "", c.say("no days yet"))
		return c.close()
	}
	date := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	weekday := func(t time.Time) int { return (int(t.Weekday()) + 6) % 7 }
	begin := date(days[0].Date)
	begin = begin.AddDate(0, 0, -weekday(begin))
	week := func(t time.Time) int { return int(t.Sub(begin) / (7 * 24 * time.Hour)) }
	all := week(date(days[len(days)-1].Date)) + 1
	tall := head + 7*cell + between
	row, parts := map[int]int{}, 0 // parts without any day are left out
	for _, d := range days {
		if p := week(date(d.Date)) / weeks; row[p] == 0 {
			parts++
			row[p] = parts
		}
	}
	place := func(w int) (x, y float64) { return left + cell*float64(w%weeks), tall * float64(row[w/weeks]-1) }
	top := 0.0
	for _, d := range days {
		top = max(top, d.Minutes)
	}
	c.open(left+cell*float64(weeks)+4, tall*float64(parts)-between, class, cap)
	for part := range parts {
		for i, name := range weekdays(cap.In) {
			if i%2 == 0 {
				c.text(0, tall*float64(part)+head+cell*float64(i)+cell/2+4, 12, "start", "", name)
			}
		}
	}
	last, year := -9, 0 // the week and year of the last label
	for w := range all {
		first := begin.AddDate(0, 0, 7*w)
		for first.Day() != 1 && first.Before(begin.AddDate(0, 0, 7*w+6)) {
			first = first.AddDate(0, 0, 1)
		}
		if first.After(date(days[len(days)-1].Date)) {
			continue
		}
		if row[w/weeks] == 0 {
			continue
		}
		if first.Day() != 1 && (w%weeks != 0 || (w == 0 && first.Day() > 18)) {
			continue
		}
		if w/weeks == last/weeks && w-last < 3 || w%weeks > weeks-2 {
			continue
		}
		label := c.in.ShortMonth(first.Month())
		if first.Year() != year {
			label = c.month(first)
		}
		x, y := place(w)
		c.text(x, y+12, 12, "start", "", label)
		last, year = w, first.Year()
	}
	for _, d := range days {
		day := date(d.Date)
		x, y := place(week(day))
		x, y = x+cell/2, y+head+cell*float64(weekday(day))+cell/2
		hover := c.in.Day(day) + ", " + c.say("%.0f min", d.Minutes)
		if !d.Placed {
			c.unplaced(x, y, hover)
			continue
		}
		c.mark(d.Mark, x, y, 7+9*math.Sqrt(d.Minutes/max(top, 1)), hover+", "+strings.ToLower(d.Mark.WordIn(c.in)))
	}
	return c.close()
}
