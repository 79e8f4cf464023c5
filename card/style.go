package card

// A palette is the colours of a kind. ink and faint are for words, on ground.
type palette struct {
	ground colour
	ink    colour
	faint  colour
	ramp   ramp   // of the drawing, from low or far to high or near
	accent colour // of the one thing that is not a line
}

// A style is how a kind of card looks.
type style struct {
	palette palette
	draw    func(*sketch)
}

// styleOf returns the style of a kind. Three are of the day and three of the
// night; within each the grounds lie far apart.
func styleOf(kind string) (style, bool) {
	switch kind {
	case "tide":
		return style{palette{
			ground: hex(0xd4e7ed), ink: hex(0x10283f), faint: hex(0x2b465e),
			ramp:   ramp{hex(0x9cc7cf), hex(0x4f9fb6), hex(0x22708f), hex(0x1a4a78), hex(0x1d2f63)},
			accent: hex(0xfff6e4),
		}, drawTide}, true
	case "lantern":
		return style{palette{
			ground: hex(0x16132a), ink: hex(0xf8efe0), faint: hex(0xcfc4cf),
			ramp:   ramp{hex(0x3a3266), hex(0x5b4585), hex(0x9a5a86), hex(0xdb8263), hex(0xf5b95f), hex(0xffe9b8)},
			accent: hex(0xfff3d4),
		}, drawLantern}, true
	case "compass":
		return style{palette{
			ground: hex(0xf7efe2), ink: hex(0x2a1f2b), faint: hex(0x54444f),
			ramp:   ramp{hex(0xe3cfae), hex(0xdba37a), hex(0xc4623f), hex(0x8a3f5e), hex(0x3d2450)},
			accent: hex(0xb8432b),
		}, drawCompass}, true
	case "harbor":
		return style{palette{
			ground: hex(0x10222a), ink: hex(0xf3eee3), faint: hex(0xbfcac8),
			ramp:   ramp{hex(0x1f4b52), hex(0x2e6e6e), hex(0x55998b), hex(0x9cc0a0), hex(0xf0d58c)},
			accent: hex(0xffdf94),
		}, drawHarbor}, true
	case "spark":
		return style{palette{
			ground: hex(0xffcdbf), ink: hex(0x3a1035), faint: hex(0x5a2048),
			ramp:   ramp{hex(0xf7a278), hex(0xff7a4d), hex(0xf04a6a), hex(0xc92a86), hex(0x6b2a9b)},
			accent: hex(0xffc53a),
		}, drawSpark}, true
	case "forge":
		return style{palette{
			ground: hex(0x1d1716), ink: hex(0xf6ece2), faint: hex(0xcdbfb6),
			ramp:   ramp{hex(0x655048), hex(0x8a5c4e), hex(0xb3492f), hex(0xee6c2f), hex(0xffc06a)},
			accent: hex(0xff7a3a),
		}, drawForge}, true
	}
	return style{}, false
}
