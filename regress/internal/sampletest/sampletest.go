// Package sampletest reads the reference values the regress packages are tested with:
// testdata/reference.json, which testdata/reference.py makes.
package sampletest

import (
	"encoding/json"
	"os"
	"testing"
)

// Reference is the file.
type Reference struct {
	X        [][]float64 `json:"x"`
	Y        []int32     `json:"y"`
	Targets  [][]float64 `json:"targets"`
	Logistic []struct {
		Lambda        float64     `json:"lam"`
		Balanced      bool        `json:"balanced"`
		Weights       [][]float64 `json:"weights"`
		Probabilities [][]float64 `json:"probabilities"`
		LogLoss       float64     `json:"log_loss"`
	} `json:"logistic"`
	Ridge []struct {
		Lambda    float64     `json:"lam"`
		Weights   [][]float64 `json:"weights"`
		Intercept []float64   `json:"intercept"`
	} `json:"ridge"`
	Scores  [][]float64 `json:"scores"`
	Scaling []struct {
		Offsets     bool      `json:"offsets"`
		Temperature float64   `json:"temperature"`
		Offset      []float64 `json:"offset"`
		LogLoss     float64   `json:"log_loss"`
	} `json:"scaling"`
	LogLoss float64 `json:"log_loss"`
	Brier   float64 `json:"brier"`
	Width   Bins    `json:"width"`
	Mass    Bins    `json:"mass"`
}

// Bins are those that hold rows.
type Bins struct {
	Frequency  []float64 `json:"frequency"`
	Confidence []float64 `json:"confidence"`
	ECE        float64   `json:"ece"`
}

// Read reads the file, from the folder of a package beside it.
func Read(t testing.TB) *Reference {
	t.Helper()
	text, err := os.ReadFile("../testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	r := &Reference{}
	if err := json.Unmarshal(text, r); err != nil {
		t.Fatal(err)
	}
	return r
}
