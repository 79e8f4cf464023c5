package experiment

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
	"strconv"
)

// MaxSessions is how many sessions of one listener an experiment assigns: more than
// one a day for a century. (d)
const MaxSessions = 100_000

// An Assignment is the arm of a unit.
type Assignment struct {
	Arm        string  `json:"arm"`
	Propensity float64 `json:"propensity"` // probability with which it was drawn, (0, 1]
	Block      int     `json:"block"`      // of the listener's blocks, from 0; −1 where there are none
}

// Assign returns the arm of a listener's session, the nth of theirs in the experiment,
// from 0; where listeners are the unit, n does not matter. It is a pure function of
// salt, id of the experiment, listener and n: SHA-256 stands in for the coin, and who
// does not know the salt cannot foretell it.
//
// A listener is drawn by the weights. A listener's sessions come in blocks, each a
// shuffle of the arms in the numbers of their weights once, twice or thrice over, so
// that arms balance within the listener and the end of a block, after which the next
// could be guessed, is not known; in a crossover a block is a pair. The chance of an
// arm at a session of which nothing before is known is its weight's share, and that is
// the Propensity.
//
// Cost grows with n, about a quarter of a microsecond each. It panics if n lies outside [0, MaxSessions).
func (d *Design) Assign(listener string, n int) Assignment {
	if d.Unit == Listener || d.Kind == PrePost {
		coin := d.coin("listener", listener)
		at := coin.below(d.weights())
		for _, a := range d.Arms {
			if at -= a.Weight; at < 0 {
				return Assignment{a.Name, d.Share(a.Name), -1}
			}
		}
		panic("experiment: the weights of a checked design sum to more than is drawn")
	}
	if n < 0 || n >= MaxSessions {
		panic(fmt.Sprintf("experiment: session %d; they are numbered from 0 to below %d", n, MaxSessions))
	}
	draws := d.draws(listener)
	for range n {
		draws.next()
	}
	return draws.next()
}

// Schedule returns the arms of a listener's first n units, such as the order of a
// crossover. Cost is linear in n.
func (d *Design) Schedule(listener string, n int) []Assignment {
	draws := d.draws(listener)
	all := make([]Assignment, n)
	for i := range all {
		all[i] = draws.next()
	}
	return all
}

// draws are a listener's assignments, one after another.
type draws struct {
	d        *Design
	listener string
	base     []int
	order    []int // what is left of the block, by index of the arm
	block    int   // the block's number
}

func (d *Design) draws(listener string) *draws {
	return &draws{d: d, listener: listener, base: d.base(), block: -1}
}

func (s *draws) next() Assignment {
	d := s.d
	if d.Unit == Listener || d.Kind == PrePost {
		return d.Assign(s.listener, 0)
	}
	if len(s.order) == 0 {
		s.block++
		coin := d.coin("block", s.listener, strconv.Itoa(s.block))
		times := 1
		if d.Kind != Crossover {
			times += coin.below(maxTimes)
		}
		for range times {
			s.order = append(s.order, s.base...)
		}
		for i := len(s.order) - 1; i > 0; i-- {
			j := coin.below(i + 1)
			s.order[i], s.order[j] = s.order[j], s.order[i]
		}
	}
	arm := d.Arms[s.order[0]]
	s.order = s.order[1:]
	return Assignment{arm.Name, d.Share(arm.Name), s.block}
}

// maxTimes is how often over a block may hold the arms. (d)
const maxTimes = 3

// base returns the smallest block: each arm as often as its weight says, by index.
func (d *Design) base() []int {
	common := 0
	for _, a := range d.Arms {
		common = gcd(common, a.Weight)
	}
	var block []int
	for i, a := range d.Arms {
		for range a.Weight / common {
			block = append(block, i)
		}
	}
	return block
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// A coin is a stream of fair bits: SHA-256 of salt, experiment, what is drawn, and a
// counter.
type coin struct {
	key     [sha256.Size]byte
	counter uint64
	block   [sha256.Size]byte
	used    int
}

// coin returns the stream of one draw. Each part is written with its length, so that
// no two draws share one.
func (d *Design) coin(parts ...string) *coin {
	h := sha256.New()
	for _, p := range append([]string{"segue experiment 1", d.Salt, d.ID}, parts...) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		h.Write(size[:])
		h.Write([]byte(p))
	}
	c := &coin{used: sha256.Size}
	h.Sum(c.key[:0])
	return c
}

// next returns 64 fair bits.
func (c *coin) next() uint64 {
	if c.used == sha256.Size {
		var in [sha256.Size + 8]byte
		copy(in[:], c.key[:])
		binary.BigEndian.PutUint64(in[sha256.Size:], c.counter)
		c.counter++
		c.block, c.used = sha256.Sum256(in[:]), 0
	}
	v := binary.BigEndian.Uint64(c.block[c.used:])
	c.used += 8
	return v
}

// below returns an even draw of 0 … n−1, n ≥ 1 (Lemire 2019, doi:10.1145/3230636).
func (c *coin) below(n int) int {
	un := uint64(n)
	for {
		hi, lo := bits.Mul64(c.next(), un)
		if lo >= un || lo >= -un%un {
			return int(hi)
		}
	}
}
