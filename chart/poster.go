package chart

import (
	"fmt"
	"strconv"
	"strings"
)

// A Poster is an hour as one picture: in words, on the plane, over time, and as
// a list, so that it says everything by itself.
type Poster struct {
	Title string
	Lead  string   // a sentence or two
	Key   string   // how to read it
	Facts []Figure // four at most
	Hour  Hour
	Notes []string // small words at the end, each a paragraph
}

// A Figure is one number with its name and a note.
type Figure struct{ Name, Value, Note string }

// DrawPoster draws a poster, wide and narrow; Responsive makes a file of the two.
func DrawPoster(p Poster, cap Caption) string {
	return p.wide(cap.of("w")) + p.narrow(cap.of("n"))
}

// The parts of a poster, captioned for those who hear it.
func (p Poster) way(cap Caption) string {
	h := p.Hour
	return DrawWay(h, Caption{cap.ID + "-way", cap.In.Say("The hour on the plane"),
		cap.In.Say("From pleasantness %.2f and energy %.2f to pleasantness %.2f and energy %.2f, over %d tracks.", h.From[0], h.From[1], h.To[0], h.To[1], len(h.Tracks)), cap.In})
}

func (p Poster) arc(l arcLayout, cap Caption) string {
	return l.draw(p.Hour, Caption{cap.ID + "-arc", cap.In.Say("The hour over time"),
		cap.In.Say("Pleasantness above, energy below, over minutes: the plan dashed, each track a bar as long as it plays."), cap.In})
}

func (p Poster) wide(cap Caption) string {
	const (
		width, words = 1120.0, 640.0 // all, and the words beside the plane
		plane        = 400.0
	)
	c := newCanvas(cap)
	y := 46.0
	for _, line := range paragraph(p.Title, words, 46*serif) {
		c.text(0, y, 46, "start", "display", line)
		y += 52
	}
	y += 2
	for _, line := range paragraph(p.Lead, words-40, 17*regular) {
		c.text(0, y, 17, "start", "", line)
		y += 26
	}
	y += 8
	for _, line := range paragraph(p.Key, words-40, 12.5*regular) {
		c.text(0, y, 12.5, "start", "", line)
		y += 19
	}
	y = max(y+14, plane-110)
	for i, f := range p.Facts {
		c.figure(f, words/float64(len(p.Facts))*float64(i), y, words/float64(len(p.Facts))-24, 30)
	}
	y = max(plane, y+104) + 40
	way, arc := nested(p.way(cap), width-plane, 0, plane), nested(p.arc(arcWide, cap), 0, y, width)
	y += arcWide.h + 44
	columns := 3
	if len(p.Hour.Tracks) > 36 {
		columns = 4
	}
	y = c.list(p.Hour.Tracks, 0, y, width, columns)
	y = c.notes(p.Notes, y, 900)
	out := newCanvas(cap)
	out.open(width, y, "wide poster", cap)
	out.WriteString(c.String() + way + arc)
	return out.close()
}

func (p Poster) narrow(cap Caption) string {
	const width = 350.0
	c := newCanvas(cap)
	y := 30.0
	for _, line := range paragraph(p.Title, width, 31*serif) {
		c.text(0, y, 31, "start", "display", line)
		y += 36
	}
	y += 2
	for _, line := range paragraph(p.Lead, width, 14.5*regular) {
		c.text(0, y, 14.5, "start", "", line)
		y += 22
	}
	y += 14
	way := nested(p.way(cap), 0, y, width)
	y += width + 34
	for _, line := range paragraph(p.Key, width, 12*regular) {
		c.text(0, y, 12, "start", "", line)
		y += 18
	}
	y += 18
	arc := nested(p.arc(arcNarrow, cap), 0, y, width)
	y += arcNarrow.h + 40
	for i, f := range p.Facts {
		c.figure(f, width/2*float64(i%2), y+96*float64(i/2), width/2-14, 25)
	}
	y += 96*float64((len(p.Facts)+1)/2) + 24
	y = c.list(p.Hour.Tracks, 0, y, width, 1)
	y = c.notes(p.Notes, y, width)
	out := newCanvas(cap)
	out.open(width, y, "narrow poster", cap)
	out.WriteString(c.String() + way + arc)
	return out.close()
}

// figure writes one number under its name, with its note below.
func (c *canvas) figure(f Figure, x, y, w, size float64) {
	c.path(fmt.Sprintf("M%s %sh%s", num(x), num(y), num(w)), "s-hair", 1, "")
	c.text(x, y+19, 12.5, "start", "", f.Name)
	c.text(x, y+19+size, size, "start", "display num", f.Value)
	for i, line := range paragraph(f.Note, w, 11.5*regular) {
		c.text(x, y+24+size+15*float64(i+1), 11.5, "start", "", line)
	}
}

// list writes the tracks in columns, by column, and returns where it ends.
func (c *canvas) list(tracks []Track, x, y, width float64, columns int) float64 {
	if len(tracks) == 0 {
		return y
	}
	const row, size, gap = 22.0, 13.0, 28.0
	rows := (len(tracks) + columns - 1) / columns
	w := (width-gap*float64(columns-1))/float64(columns) - 46
	for i, t := range tracks {
		left, base := x+(w+46+gap)*float64(i/rows), y+row*float64(i%rows)
		c.text(left+18, base, 12, "end", "num", strconv.Itoa(i+1))
		c.mark(t.Mark, left+32, base-4.5, 10, t.Mark.WordIn(c.in))
		const apart = 7.0
		sign, room := "", w
		if t.Sign != "" {
			sign = "· " + t.Sign
			room -= textWidth(sign, size) + apart
		}
		title := fit(t.Label, max(.62*room, room-textWidth(t.By, size*regular)-apart), size)
		line := `<tspan class="b">` + escape(title) + "</tspan>"
		for _, part := range [...]string{fit(t.By, room-textWidth(title, size)-apart, size*regular), sign} {
			if part != "" {
				line += fmt.Sprintf(`<tspan dx="%s">%s</tspan>`, num(apart), escape(part))
			}
		}
		fmt.Fprintf(c, `<text x="%s" y="%s" font-size="%s">%s</text>`, num(left+46), num(base), num(size), line)
	}
	return y + row*float64(rows) + 14
}

// notes writes small paragraphs and returns where they end.
func (c *canvas) notes(notes []string, y, width float64) float64 {
	for _, n := range notes {
		for _, line := range paragraph(n, width, 12*regular) {
			c.text(0, y, 12, "start", "", line)
			y += 18
		}
		y += 4
	}
	return y
}

// nested puts a drawing at (x, y) inside another, so wide.
func nested(svg string, x, y, width float64) string {
	var w, h float64
	fmt.Sscanf(strings.Join(viewBox.FindStringSubmatch(svg)[1:], " "), "%g %g", &w, &h)
	return strings.Replace(svg, "<svg class=\"chart ", fmt.Sprintf(`<svg x="%s" y="%s" width="%s" height="%s" class="part `, num(x), num(y), num(width), num(h*width/w)), 1)
}
