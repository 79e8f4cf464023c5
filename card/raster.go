package card

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"math"

	"git.sr.ht/~sbinet/gg"
)

// png returns the scene as a PNG file.
func (s *scene) png(ctx context.Context) ([]byte, error) {
	im, err := s.paint(ctx)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := e.Encode(&patient{ctx, &b}, im); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// A patient writer writes until its context is done.
type patient struct {
	ctx context.Context
	to  *bytes.Buffer
}

// Write writes to the buffer, or returns the context's error.
func (p *patient) Write(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.to.Write(b)
}

// paint returns the scene as pixels without transparency.
func (s *scene) paint(ctx context.Context) (*image.RGBA, error) {
	im := image.NewRGBA(image.Rect(0, 0, s.size.W, s.size.H))
	s.paintGround(im)
	ground := bytes.Clone(im.Pix)
	dc := gg.NewContextForRGBA(im)
	dc.SetLineCapRound()
	dc.SetLineJoinRound()
	for i, sh := range s.art {
		if i%8 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		sh.paint(dc)
	}
	s.paintQuiet(im, ground)
	for _, b := range s.blocks {
		b.shape(s.palette).paint(dc)
	}
	for _, sh := range s.marks {
		sh.paint(dc)
	}
	return im, ctx.Err()
}

// paintGround fills im with the ground and its glows.
func (s *scene) paintGround(im *image.RGBA) {
	base := s.palette.ground.bytes()
	row := im.Pix[:4*s.size.W]
	for i := 0; i < len(row); i += 4 {
		row[i], row[i+1], row[i+2], row[i+3] = base[0], base[1], base[2], 255
	}
	for y := 1; y < s.size.H; y++ {
		copy(im.Pix[y*im.Stride:], row)
	}
	for _, g := range s.glows {
		g.paint(im)
	}
}

// paint lays a glow over im. A step is 1/256 of the radius.
func (g glow) paint(im *image.RGBA) {
	const steps = 256
	var opacity [steps + 1]float64
	for i := range opacity {
		opacity[i] = g.opacity(float64(i) / steps)
	}
	c := [3]float64{255 * g.colour[0], 255 * g.colour[1], 255 * g.colour[2]}
	b := im.Bounds()
	for y := max(0, int(g.middle.y-g.radius)); y < min(b.Dy(), int(g.middle.y+g.radius)+1); y++ {
		dy := float64(y) + .5 - g.middle.y
		half := math.Sqrt(max(0, g.radius*g.radius-dy*dy)) // beyond it there is no light
		for x := max(0, int(g.middle.x-half)); x < min(b.Dx(), int(g.middle.x+half)+1); x++ {
			dx := float64(x) + .5 - g.middle.x
			d := dx*dx + dy*dy
			t := min(math.Sqrt(d)/g.radius*steps, steps)
			i := min(int(t), steps-1)
			a := opacity[i] + (t-float64(i))*(opacity[i+1]-opacity[i])
			px := im.Pix[y*im.Stride+4*x:][:3:3]
			for k := range px {
				v := float64(px[k])
				px[k] = uint8(v + a*(c[k]-v) + .5)
			}
		}
	}
}

// opacity returns how strong the glow is at a share of its radius.
func (g glow) opacity(t float64) float64 {
	for i := 1; i < len(g.stops); i++ {
		a, b := g.stops[i-1], g.stops[i]
		if t <= b.at {
			return a.opacity + (t-a.at)/(b.at-a.at)*(b.opacity-a.opacity)
		}
	}
	return g.stops[len(g.stops)-1].opacity
}

// paintQuiet brings the ground back where the drawing fades.
func (s *scene) paintQuiet(im *image.RGBA, ground []byte) {
	seen := make([]float64, max(s.size.W, s.size.H)) // by x or by y, as the fade goes
	for i := range seen {
		seen[i] = s.quiet.at(float64(i) + .5)
	}
	for y := range s.size.H {
		if s.quiet.axis == 'y' && seen[y] >= 1 {
			continue
		}
		for x := range s.size.W {
			k := seen[x]
			if s.quiet.axis == 'y' {
				k = seen[y]
			}
			i := y*im.Stride + 4*x
			px, from := im.Pix[i:][:3:3], ground[i:][:3:3]
			for j := range px {
				if px[j] != from[j] {
					px[j] = uint8(float64(from[j]) + k*(float64(px[j])-float64(from[j])) + .5)
				}
			}
		}
	}
}

// paint draws a shape.
func (s shape) paint(dc *gg.Context) {
	i := 0
	for _, op := range s.path.ops {
		p := s.path.points[i:]
		switch op {
		case 'M':
			dc.MoveTo(p[0].x, p[0].y)
			i++
		case 'L':
			dc.LineTo(p[0].x, p[0].y)
			i++
		case 'Q':
			dc.QuadraticTo(p[0].x, p[0].y, p[1].x, p[1].y)
			i += 2
		case 'C':
			dc.CubicTo(p[0].x, p[0].y, p[1].x, p[1].y, p[2].x, p[2].y)
			i += 3
		case 'Z':
			dc.ClosePath()
		}
	}
	c := s.colour.bytes()
	dc.SetColor(color.NRGBA{c[0], c[1], c[2], uint8(math.Round(255 * s.opacity))})
	if s.fill {
		dc.Fill()
		return
	}
	dc.SetLineWidth(s.width)
	dc.Stroke()
}
