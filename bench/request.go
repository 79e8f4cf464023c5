package bench

// A Request asks a worker for one thing. Only the fields its kind names count.
//
//	blobs       makes Table of Rows×Columns from Seed and Part, in Float
//	load        reads Table from Path, a NumPy array, in Float
//	labels      reads the labels Labels from Path
//	kmeans      Iterations from Start.Centers on Table; its labels are kept as Labels
//	gmm         Iterations from Start on Table, full covariances
//	fcm         Iterations from Start.Centers on Table, fuzzifier 2
//	silhouette  of all rows of Table under Labels
//	index       prepares Table for neighbours
//	neighbours  the K nearest in Table of the rows [From, To) of the float64 table Queries, one after the other
//	stream      reads all of Table again and again for a while
//	work        multiplies and adds in Float for a while, on all processors
//	memory      only looks at the memory the worker holds
//
// Where Start is left out, the first K rows of the table are the centers, with
// equal weights and the identity as covariance.
type Request struct {
	Do         string     `json:"do"`
	Table      string     `json:"table,omitempty"`
	Float      int        `json:"float,omitempty"` // 64, the default, or 32
	Path       string     `json:"path,omitempty"`
	Rows       int        `json:"rows,omitempty"`
	Columns    int        `json:"columns,omitempty"`
	Seed       uint64     `json:"seed,omitempty"`
	Part       uint64     `json:"part,omitempty"`
	Labels     string     `json:"labels,omitempty"`
	K          int        `json:"k,omitempty"`
	Start      *Beginning `json:"start,omitempty"`
	Iterations int        `json:"iterations,omitempty"`
	Queries    string     `json:"queries,omitempty"`
	From       int        `json:"from,omitempty"`
	To         int        `json:"to,omitempty"`
	Tell       bool       `json:"tell,omitempty"` // the neighbours themselves too
}

// A Beginning is where a fit begins.
type Beginning struct {
	Centers     [][]float64   `json:"centers"`     // k×d
	Weights     []float64     `json:"weights"`     // k
	Covariances [][][]float64 `json:"covariances"` // k×d×d
}

// An Answer is what came of a request.
type Answer struct {
	Error      string      `json:"error,omitempty"` // and nothing else
	Kernels    string      `json:"kernels"`         // that the worker runs
	Seconds    float64     `json:"seconds"`         // of the fit, the index or all queries, and of nothing around it
	Rows       int         `json:"rows,omitempty"`
	Columns    int         `json:"columns,omitempty"`
	Iterations int         `json:"iterations,omitempty"` // made
	Centers    [][]float64 `json:"centers,omitempty"`    // k×d, where the fit ended
	Value      float64     `json:"value,omitempty"`      // inertia, log-likelihood of all rows, fuzzy objective or mean silhouette
	Latencies  []float64   `json:"latencies,omitempty"`  // seconds of each query
	Nearest    [][]int     `json:"nearest,omitempty"`    // rows found by each query, nearest first
	Distances  [][]float64 `json:"distances,omitempty"`  // theirs
	Rate       float64     `json:"rate,omitempty"`       // stream: bytes a second; work: multiplications and additions a second
	Memory     int64       `json:"memory"`               // bytes held now; 0 if unknown
	Peak       int64       `json:"peak"`                 // bytes held at most; 0 if unknown
}
