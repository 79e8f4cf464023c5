package card

// A shape is a path stroked or filled with one colour.
type shape struct {
	path    path
	fill    bool
	width   float64 // of the stroke, pixels
	colour  colour
	opacity float64 // [0, 1]
	digits  int     // after the point, where it is written: 1 if 0
}

// A glow is light that fades from a middle to nothing at its radius.
type glow struct {
	middle point
	radius float64
	colour colour
	stops  []stop
}

// A stop is the opacity at a share of the way.
type stop struct{ at, opacity float64 }

// A fade hides what is on one side of a card: nothing is seen up to none along
// the axis, all from full on, and between them ever more.
type fade struct {
	axis       byte // 'x' or 'y'
	none, full float64
}

// fadeStops are the shape of a fade: gentle at both ends.
const fadeStops = 8

// seen returns how much is seen at a share of the way from none to full.
func seen(t float64) float64 {
	t = min(max(t, 0), 1)
	return t * t * (3 - 2*t)
}

// at returns how much is seen at a place along the axis.
func (f fade) at(v float64) float64 {
	// As the SVG has it: straight between stops.
	t := min(max((v-f.none)/(f.full-f.none), 0), 1) * fadeStops
	i := min(int(t), fadeStops-1)
	a, b := seen(float64(i)/fadeStops), seen(float64(i+1)/fadeStops)
	return a + (t-float64(i))*(b-a)
}

// A scene is a card ready to be written: ground and glows, the drawing behind its
// fade, and the words.
type scene struct {
	size        Size
	title, desc string
	palette     palette
	glows       []glow
	art         []shape
	quiet       fade
	marks       []shape
	blocks      []block
}
