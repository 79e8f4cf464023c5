package validity

// The streams keep apart the random numbers that one seed gives to different
// purposes: the second word of a PCG's state. Bootstrap and PermutedColumns add
// the number of the resample or column to theirs.
const (
	streamSample    = 1 << 40
	streamBootstrap = 2 << 40
	streamPermute   = 3 << 40
	streamRefit     = 4 << 40
)
