package main

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"slices"
)

// smaller writes a picture anew with 256 colours, as a document needs no more; what
// would not be smaller stays as it was.
func smaller(b []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	few := image.NewPaletted(full.Bounds(), colours(full, 256))
	draw.FloydSteinberg.Draw(few, few.Bounds(), full, full.Bounds().Min)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few); err != nil {
		return nil, err
	}
	if out.Len() > len(b) {
		return b, nil
	}
	return out.Bytes(), nil
}

// A tint is a colour of a picture and how many points have it.
type tint struct {
	c [3]int
	n int
}

// colours chooses n colours of a picture by median cut (Heckbert 1982): the box of
// colours that spreads most is halved until there are n, and each gives its mean.
// Points beyond some thousands count no more, so that a large plain ground does not
// take all colours; a box of one colour gives it exactly.
func colours(m image.Image, n int) color.Palette {
	count := map[[3]int]int{}
	at := m.Bounds()
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			r, g, b, _ := m.At(x, y).RGBA()
			count[[3]int{int(r >> 8), int(g >> 8), int(b >> 8)}]++
		}
	}
	var all []tint
	for c, k := range count {
		all = append(all, tint{c, k})
	}
	// The order of a map is chance, and the picture shall not be.
	slices.SortFunc(all, func(a, b tint) int { return slices.Compare(a.c[:], b.c[:]) })
	boxes := [][]tint{all}
	for len(boxes) < n {
		best, channel, most := -1, 0, 0.0
		for i, box := range boxes {
			if k, wide := widest(box); wide > most {
				best, channel, most = i, k, wide
			}
		}
		if best < 0 {
			break // every box holds one colour
		}
		box := boxes[best]
		slices.SortStableFunc(box, func(a, b tint) int { return cmp.Compare(a.c[channel], b.c[channel]) })
		cut := half(box)
		boxes[best] = box[:cut]
		boxes = append(boxes, box[cut:])
	}
	var out color.Palette
	for _, box := range boxes {
		out = append(out, mean(box))
	}
	return out
}

// widest returns the channel in which a box spreads most, and its weight.
func widest(box []tint) (channel int, weight float64) {
	total, spread := 0, 0
	for k := range 3 {
		lo, hi := 255, 0
		for _, t := range box {
			lo, hi = min(lo, t.c[k]), max(hi, t.c[k])
		}
		if hi-lo > spread {
			channel, spread = k, hi-lo
		}
	}
	for _, t := range box {
		total += t.n
	}
	return channel, float64(spread) * float64(spread) * float64(min(total, 4000))
}

// half returns where a sorted box is cut: at half its points, with a colour left on
// each side.
func half(box []tint) int {
	total, sum := 0, 0
	for _, t := range box {
		total += t.n
	}
	for i, t := range box[:len(box)-1] {
		if sum += t.n; 2*sum >= total {
			return i + 1
		}
	}
	return len(box) - 1
}

// mean returns the mean colour of a box, by points.
func mean(box []tint) color.Color {
	var sum [3]int
	n := 0
	for _, t := range box {
		for k := range 3 {
			sum[k] += t.c[k] * t.n
		}
		n += t.n
	}
	return color.RGBA{uint8((sum[0] + n/2) / n), uint8((sum[1] + n/2) / n), uint8((sum[2] + n/2) / n), 255}
}
