package outcome

// Steps is how many answers "How did this feel?" has, from much worse to much
// better.
const Steps = 5

// Feelings count answers by step: 0 is much worse, Steps − 1 much better.
type Feelings [Steps]int

// FeelingsOf counts answers from −2, much worse, to +2, much better. It panics on
// another.
func FeelingsOf(answers []int) Feelings {
	var f Feelings
	for _, a := range answers {
		if a < -2 || a > 2 {
			panic("outcome: an answer lies in −2 to 2")
		}
		f[a+2]++
	}
	return f
}

// N returns how many answers there are.
func (f Feelings) N() int {
	n := 0
	for _, k := range f {
		n += k
	}
	return n
}

// Better returns the share of better and much better.
func (f Feelings) Better() Share { return ShareOf(f[3]+f[4], f.N()) }

// Worse returns the share of worse and much worse.
func (f Feelings) Worse() Share { return ShareOf(f[0]+f[1], f.N()) }
