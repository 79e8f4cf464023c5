package gmm_test

import (
	"context"
	"fmt"

	"segue/cluster/gmm"
	"segue/matrix"
)

func ExampleFit() {
	x := matrix.FromColumns([]float64{-1, 0, 0, 1, 9, 10, 10, 11})
	m, err := gmm.Fit(context.Background(), x, gmm.Options{K: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	// Two groups of four, 10 apart, each with variance ½.
	low := m.Labels[0]
	fmt.Printf("weight %.2f, mean %.2f, variance %.2f\n", m.Weights[low], m.Means[low], m.Covariances[low])
	fmt.Printf("%d parameters, BIC %.1f\n", m.Parameters, m.BIC)
	// Output:
	// weight 0.50, mean [0.00], variance [[0.50]]
	// 5 parameters, BIC 38.6
}
