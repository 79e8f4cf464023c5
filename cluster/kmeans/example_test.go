package kmeans_test

import (
	"context"
	"fmt"

	"segue/cluster/kmeans"
	"segue/matrix"
)

func ExampleFit() {
	x := matrix.FromRows([][]float64{{0, 0}, {0, 2}, {2, 0}, {9, 9}, {9, 7}, {7, 9}})
	m, err := kmeans.Fit(context.Background(), x, kmeans.Options{K: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	// Which of the two is called 0 is chance; that the first three share it is not.
	near := m.Nearest([]float64{1, 1})
	fmt.Printf("center %.2f, %d rows, inertia %.2f\n", m.Centers[near], m.Sizes[near], m.Inertia)
	fmt.Println(m.Labels[0] == m.Labels[2], m.Labels[0] == m.Labels[3])
	// Output:
	// center [0.67 0.67], 3 rows, inertia 10.67
	// true false
}

func ExampleFitStream() {
	// Any matrix.Source will do; a table is one of a single piece.
	x := matrix.FromRows([][]float64{{0, 0}, {0, 2}, {2, 0}, {9, 9}, {9, 7}, {7, 9}})
	var last *kmeans.Model
	o := kmeans.StreamOptions{
		Options:    kmeans.Options{Start: [][]float64{{0, 0}, {0, 2}}},
		Checkpoint: func(m *kmeans.Model) error { last = m; return nil },
	}
	m, err := kmeans.FitStream(context.Background(), x, o)
	if err != nil {
		fmt.Println(err)
		return
	}
	again, err := kmeans.FitStream(context.Background(), x, kmeans.StreamOptions{Resume: last})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("inertia %.2f after %d iterations, resumed %.2f after %d\n", m.Inertia, m.Iterations, again.Inertia, again.Iterations)
	// Output:
	// inertia 10.67 after 2 iterations, resumed 10.67 after 2
}
