package playlist

import (
	"math"
	"slices"
)

// memory sharpens the bound of a dual: the endings it prices remember some of the
// songs they hold, and do not repeat those. Which songs are remembered where is
// learnt from the endings found: a song that came again is remembered by all that lay
// between. (Dynamic ng-route relaxation: Baldacci, Mingozzi & Roberti 2011,
// doi:10.1287/opre.1110.0975; Roberti & Mingozzi 2014, doi:10.1287/trsc.2013.0474.)
type memory struct {
	d    *dual
	bit  []int8   // of each song, −1 if it is never remembered
	near []uint64 // what is remembered past each song
	bits int
	most int // endings of a candidate, but for one

	endings [][]ending // of each slot, by candidate, cheapest first
	first   [][]int32  // where those of a candidate begin
	order   []int32    // scratch
	sums    []float64  // scratch
}

// An ending leads from a candidate to the end.
type ending struct {
	cost  float64 // priced, without the candidate's own
	songs uint64  // remembered, its own among them
	next  int32   // ending of the following slot
	at    int32   // position there
}

// mostEndings is how many endings a candidate keeps; dearer ones are kept as one
// that remembers nothing. (d)
const mostEndings = 24

func (d *dual) newMemory() *memory {
	m := &memory{d: d, most: mostEndings, bit: make([]int8, d.p.songs), near: make([]uint64, d.p.songs)}
	for s := range m.bit {
		m.bit[s] = -1
	}
	m.endings, m.first = make([][]ending, d.p.n), make([][]int32, d.p.n)
	return m
}

// own returns the bit of a candidate's song.
func (m *memory) own(c int32) uint64 {
	if b := m.bit[m.d.p.song[c]]; b >= 0 {
		return 1 << b
	}
	return 0
}

// value finds the endings at the present prices, and the cheapest.
func (m *memory) value(most float64) (float64, []int32) {
	d, l, n := m.d, m.d.l, m.d.p.n
	for i := n - 1; i >= 0 && d.ctx.Err() == nil; i-- {
		endings, first := m.endings[i][:0], append(m.first[i][:0], 0)
		if i < n-1 {
			m.sortSlot(i + 1)
		}
		for a, c := range l.open[i] {
			if i == n-1 {
				endings = append(endings, ending{0, m.own(c), -1, -1})
			} else {
				limit := most - nothing - d.constant - d.sofar[i][a] - d.priced[i][a]
				endings = m.extend(endings, i, a, m.own(c), limit)
			}
			first = append(first, int32(len(endings)))
		}
		m.endings[i], m.first[i] = endings, first
	}
	if d.ctx.Err() != nil {
		return math.Inf(-1), nil // whoever asked looks at ctx too
	}
	best, at, pos := math.Inf(1), int32(-1), int32(0)
	for a := range l.open[0] {
		for x := m.first[0][a]; x < m.first[0][a+1]; x++ {
			if v := d.priced[0][a] + m.endings[0][x].cost; v < best {
				best, at, pos = v, x, int32(a)
			}
		}
	}
	if at < 0 {
		return math.Inf(1), nil
	}
	d.path = d.path[:0]
	for i := range n {
		d.path = append(d.path, pos)
		w := m.endings[i][at]
		at, pos = w.next, w.at
	}
	return best + d.constant, d.path
}

// sortSlot orders a slot's candidates by their cost to go.
func (m *memory) sortSlot(i int) {
	d := m.d
	m.sums, m.order = sized(m.sums, len(d.priced[i])), m.order[:0]
	for b, v := range d.priced[i] {
		m.sums[b] = v + d.togo[i][b]
		m.order = append(m.order, int32(b))
	}
	slices.SortFunc(m.order, func(a, b int32) int {
		switch {
		case m.sums[a] < m.sums[b]:
			return -1
		case m.sums[a] > m.sums[b]:
			return 1
		}
		return int(a - b)
	})
}

// extend appends the endings of the a-th candidate of slot i that cost less than a
// limit: of two endings the dearer one goes if it remembers all the other does.
func (m *memory) extend(endings []ending, i, a int, own uint64, limit float64) []ending {
	d := m.d
	row, next, first := d.l.steps(i, a), m.endings[i+1], m.first[i+1]
	near := m.near[d.p.song[d.l.open[i][a]]]
	from := len(endings)
	looked := int64(0)
	rest := ending{cost: math.Inf(1)} // the cheapest of those there was no room for
	for _, b := range m.order {
		if m.sums[b] >= limit {
			break
		}
		if row[b]+m.sums[b] >= limit {
			continue
		}
		base := row[b] + d.priced[i+1][b]
	endings:
		for x := first[b]; x < first[b+1]; x++ {
			looked++
			w := ending{base + next[x].cost, 0, x, b}
			if w.cost >= limit {
				break
			}
			if next[x].songs&own != 0 {
				continue
			}
			w.songs = next[x].songs&near | own
			at := len(endings)
			for k := from; k < len(endings); k++ {
				looked++
				if endings[k].cost > w.cost {
					at = k
					break
				}
				if endings[k].songs&^w.songs == 0 {
					continue endings
				}
			}
			endings = slices.Insert(endings, at, w)
			// What is dearer and remembers as much is of no more use.
			keep := at + 1
			for k := at + 1; k < len(endings); k++ {
				if w.songs&^endings[k].songs != 0 {
					endings[keep] = endings[k]
					keep++
				}
			}
			endings = endings[:keep]
			if len(endings)-from > m.most {
				last := endings[len(endings)-1]
				endings = endings[:len(endings)-1]
				if last.cost < rest.cost {
					rest = last
				}
				limit = min(limit, rest.cost)
			}
			if w.songs == own {
				limit = min(limit, w.cost)
			}
		}
		looked++
	}
	d.work += looked
	if !math.IsInf(rest.cost, 1) {
		for len(endings) > from && endings[len(endings)-1].cost >= rest.cost {
			endings = endings[:len(endings)-1]
		}
		rest.songs = own
		endings = append(endings, rest)
	}
	return endings
}

// togo returns the least cost to go from the a-th candidate of slot i.
func (m *memory) togo(i, a int) float64 {
	if x := m.first[i][a]; x < m.first[i][a+1] {
		return m.endings[i][x].cost
	}
	return math.Inf(1)
}

// after returns the least cost to go from the a-th candidate of slot i for a
// sequence that has already used some of the remembered songs, its own not among them.
func (m *memory) after(i int, a int32, used uint64) float64 {
	for x := m.first[i][a]; x < m.first[i][a+1]; x++ {
		if w := &m.endings[i][x]; w.songs&used == 0 {
			return w.cost
		}
	}
	return math.Inf(1)
}

// learn sees to it that no way repeats a song as this one did.
func (m *memory) learn(path []int32) {
	p, l := m.d.p, m.d.l
	for j := range path {
		s := p.song[l.open[j][path[j]]]
		for i := j - 1; i >= 0; i-- {
			if p.song[l.open[i][path[i]]] != s {
				continue
			}
			if m.bit[s] < 0 && m.bits < 64 {
				m.bit[s] = int8(m.bits)
				m.bits++
			}
			if m.bit[s] >= 0 {
				for x := i + 1; x < j; x++ {
					m.near[p.song[l.open[x][path[x]]]] |= 1 << m.bit[s]
				}
			}
			break
		}
	}
}
