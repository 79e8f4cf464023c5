package adapt

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Parts is of how many parts a whole propensity is: chances are drawn and written in
// millionths, so that what is kept is to the last digit the chance by which it was drawn.
const Parts = 1_000_000

// A Choice is an action drawn for an hour.
type Choice struct {
	Context int
	Action  int
	Shares  []int // of every action, in millionths; they sum to Parts
	Priors  Priors
}

// Propensity returns the chance by which the action was drawn, (0, 1].
func (c Choice) Propensity() float64 { return float64(c.Shares[c.Action]) / Parts }

// Propensities writes the chances of all actions as an exposure bears them.
func (c Choice) Propensities() string {
	var b strings.Builder
	for i, s := range c.Shares {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatFloat(float64(s)/Parts, 'f', -1, 64))
	}
	return b.String()
}

// Shares returns the chance of every action, in millionths: the floor's part evenly, the
// rest by how likely each is the best, rounded so that they sum to Parts.
func (p *Policy) Shares(belief []Beta) []int {
	best := Best(belief)
	for a := range best {
		best[a] = p.Floor/float64(len(best)) + (1-p.Floor)*best[a]
	}
	return rounded(best)
}

// rounded returns shares that sum to 1 in whole millionths, by largest remainder.
func rounded(shares []float64) []int {
	parts, order, left := make([]int, len(shares)), make([]int, len(shares)), Parts
	for i, s := range shares {
		parts[i], order[i] = int(s*Parts), i
		left -= parts[i]
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := shares[i]*Parts-float64(parts[i]), shares[j]*Parts-float64(parts[j])
		switch {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	})
	for i := 0; left > 0; i++ {
		parts[order[i%len(order)]]++
		left--
	}
	for i := 0; left < 0; i++ { // rounding errors of the sum
		if k := order[len(order)-1-i%len(order)]; parts[k] > 0 {
			parts[k]--
			left++
		}
	}
	return parts
}

// Choose draws the action of a listener's hour in a context, given what the others and
// their own hours say. It is a pure function of policy, beliefs, listener and hour:
// SHA-256 stands in for the coin, and who does not know the salt cannot foretell it.
func (p *Policy) Choose(pool *Pool, own Tally, context int, listener, hour string) Choice {
	c := Choice{Context: context, Priors: pool.Prior(p, context, listener)}
	belief := make([]Beta, len(p.Actions))
	for a := range belief {
		belief[a] = c.Priors.Of[a]
		if own != nil {
			belief[a] = belief[a].Seen(own[context][a])
		}
	}
	c.Shares = p.Shares(belief)
	c.Action = p.draw(listener, hour, c.Shares)
	return c
}

// draw returns the action that an hour's coin takes of shares.
func (p *Policy) draw(listener, hour string, shares []int) int {
	at := p.coin(listener, hour)
	for a, s := range shares {
		if at -= s; at < 0 {
			return a
		}
	}
	panic("adapt: shares sum to Parts")
}

// coin returns an even draw of 0 … Parts − 1 that belongs to an hour; that 2⁶⁴ is no
// multiple of Parts shifts no chance by more than 6e-14.
func (p *Policy) coin(listener, hour string) int {
	h := sha256.New()
	for _, s := range [...]string{"segue adapt 1", p.Salt, p.ID, listener, hour} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	return int(binary.BigEndian.Uint64(h.Sum(nil)) % Parts)
}

// What is wrong with propensities that were read.
var (
	errManyShares = errors.New("the propensities are not as many as the policy has actions")
	errShare      = errors.New("a propensity is not a number in 0 to 1")
	errSum        = errors.New("the propensities do not sum to 1")
)

// parseShares reads the propensities of an exposure: n numbers in [0, 1] with commas,
// that sum to 1 within 1e-6.
func parseShares(s string, n int) ([]float64, error) {
	parts := strings.Split(s, ",")
	if len(parts) != n {
		return nil, errManyShares
	}
	shares, sum := make([]float64, n), 0.
	for i, part := range parts {
		v, err := strconv.ParseFloat(part, 64)
		if err != nil || !(v >= 0 && v <= 1) {
			return nil, errShare
		}
		shares[i] = v
		sum += v
	}
	if math.Abs(sum-1) > 1e-6 {
		return nil, errSum
	}
	return shares, nil
}
