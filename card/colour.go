package card

import (
	"fmt"
	"math"
)

// A colour is an sRGB colour without transparency, each part in [0, 1].
type colour [3]float64

// hex returns a colour written as 0xrrggbb.
func hex(v int) colour {
	return colour{float64(v>>16&255) / 255, float64(v>>8&255) / 255, float64(v&255) / 255}
}

// String returns the colour as CSS has it.
func (c colour) String() string {
	b := c.bytes()
	return fmt.Sprintf("#%02x%02x%02x", b[0], b[1], b[2])
}

func (c colour) bytes() (b [3]uint8) {
	for i, v := range c {
		b[i] = uint8(math.Round(255 * min(max(v, 0), 1)))
	}
	return b
}

// mix returns the colour a share t of the way from c to d, in OKLab, where equal
// steps look equal.
//
// Reference: Ottosson 2020, A perceptual color space for image processing.
func (c colour) mix(d colour, t float64) colour {
	a, b := c.oklab(), d.oklab()
	for i := range a {
		a[i] += t * (b[i] - a[i])
	}
	l := a[0] + .3963377774*a[1] + .2158037573*a[2]
	m := a[0] - .1055613458*a[1] - .0638541728*a[2]
	s := a[0] - .0894841775*a[1] - 1.2914855480*a[2]
	l, m, s = l*l*l, m*m*m, s*s*s
	out := colour{
		4.0767416621*l - 3.3077115913*m + .2309699292*s,
		-1.2684380046*l + 2.6097574011*m - .3413193965*s,
		-.0041960863*l - .7034186147*m + 1.7076147010*s,
	}
	for i, v := range out {
		if v <= .0031308 {
			v *= 12.92
		} else {
			v = 1.055*math.Pow(v, 1/2.4) - .055
		}
		out[i] = min(max(v, 0), 1)
	}
	return out
}

// linear returns the colour's parts in proportion to light.
func (c colour) linear() (out [3]float64) {
	for i, v := range c {
		if v <= .04045 {
			out[i] = v / 12.92
		} else {
			out[i] = math.Pow((v+.055)/1.055, 2.4)
		}
	}
	return out
}

// oklab returns lightness in [0, 1] and the two axes of hue.
func (c colour) oklab() [3]float64 {
	v := c.linear()
	l := math.Cbrt(.4122214708*v[0] + .5363325363*v[1] + .0514459929*v[2])
	m := math.Cbrt(.2119034982*v[0] + .6806995451*v[1] + .1073969566*v[2])
	s := math.Cbrt(.0883024619*v[0] + .2817188376*v[1] + .6299787005*v[2])
	return [3]float64{
		.2104542553*l + .7936177850*m - .0040720468*s,
		1.9779984951*l - 2.4285922050*m + .4505937099*s,
		.0259040371*l + .7827717662*m - .8086757660*s,
	}
}

// A ramp is a row of colours with everything between them.
type ramp []colour

// at returns the colour at t in [0, 1]; beyond, that of the end.
func (r ramp) at(t float64) colour {
	t = min(max(t, 0), 1) * float64(len(r)-1)
	i := min(int(t), len(r)-2)
	return r[i].mix(r[i+1], t-float64(i))
}
