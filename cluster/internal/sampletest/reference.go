package sampletest

import (
	_ "embed"
	"encoding/json"
	"testing"

	"segue/matrix"
)

//go:embed testdata/reference.json
var referenceJSON []byte

// A Reference is a small table and what other tools make of it; tools, versions
// and script are beside it in testdata.
type Reference struct {
	X      [][]float64 `json:"x"` // n×d
	K      int         `json:"k"`
	KMeans struct {
		FromFirstRows struct { // one run from the first k rows
			Inertia float64     `json:"inertia"`
			Centers [][]float64 `json:"centers"`
			Labels  []int32     `json:"labels"`
		} `json:"from_first_rows"`
		Best struct {
			Inertia float64     `json:"inertia"`
			Centers [][]float64 `json:"centers"`
		} `json:"best"`
	} `json:"kmeans"`
	GMM map[string]struct { // by covariance type
		LogLikelihood float64     `json:"log_likelihood"`
		AIC           float64     `json:"aic"`
		BIC           float64     `json:"bic"`
		Parameters    int         `json:"parameters"`
		Means         [][]float64 `json:"means"`
	} `json:"gmm"`
	FCM map[string]struct { // by fuzzifier
		Objective float64     `json:"objective"`
		FPC       float64     `json:"fpc"`
		Centers   [][]float64 `json:"centers"`
	} `json:"fcm"`
}

// Columns returns the table.
func (r Reference) Columns() matrix.Columns { return matrix.FromRows(r.X) }

// References returns the tables: 240×3 with four clusters, 160×2 with three.
func References(t testing.TB) []Reference {
	t.Helper()
	var file struct {
		Tables []Reference `json:"tables"`
	}
	if err := json.Unmarshal(referenceJSON, &file); err != nil {
		t.Fatal(err)
	}
	return file.Tables
}
