package validity

// The streams keep apart the random numbers that one seed gives to different
// purposes: the second word of a PCG's state. Bootstrap, PermutedColumns and Gap
// add the number of the resample, column or reference table to theirs.
const (
	streamSample    = 1 << 40
	streamBootstrap = 2 << 40
	streamPermute   = 3 << 40
	streamRefit     = 4 << 40
	streamGap       = 5 << 40
)
