package language

import "time"

// Weekday returns the name of a day.
func (t *Tongue) Weekday(d time.Weekday) string {
	return t.Say([...]string{Text("Sunday"), Text("Monday"), Text("Tuesday"), Text("Wednesday"), Text("Thursday"), Text("Friday"), Text("Saturday")}[d])
}

// ShortWeekday returns the name of a day as a chart has room for.
func (t *Tongue) ShortWeekday(d time.Weekday) string {
	return t.Say([...]string{Text("Sun"), Text("Mon"), Text("Tue"), Text("Wed"), Text("Thu"), Text("Fri"), Text("Sat")}[d])
}

// ShortMonth returns the name of a month as a chart has room for.
func (t *Tongue) ShortMonth(m time.Month) string {
	return t.Say([...]string{Text("Jan"), Text("Feb"), Text("Mar"), Text("Apr"), Text("May"), Text("Jun"), Text("Jul"), Text("Aug"), Text("Sep"), Text("Oct"), Text("Nov"), Text("Dec")}[m-1])
}

// Day writes a date with its weekday: "Sat 28 Nov 2026".
func (t *Tongue) Day(at time.Time) string {
	return t.Say("%[1]s %[2]d %[3]s %[4]d", t.ShortWeekday(at.Weekday()), at.Day(), t.ShortMonth(at.Month()), at.Year(), int(at.Month()))
}

// Date writes a date: "28 Nov 2026".
func (t *Tongue) Date(at time.Time) string {
	return t.Say("%[1]d %[2]s %[3]d", at.Day(), t.ShortMonth(at.Month()), at.Year(), int(at.Month()))
}

// Time writes a time of day: "21:10".
func Time(at time.Time) string { return at.Format("15:04") }
