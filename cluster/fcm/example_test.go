package fcm_test

import (
	"context"
	"fmt"

	"segue/cluster/fcm"
	"segue/matrix"
)

func ExampleFit() {
	x := matrix.FromRows([][]float64{{0, 0}, {0, 2}, {2, 0}, {9, 9}, {9, 7}, {7, 9}})
	m, err := fcm.Fit(context.Background(), x, fcm.Options{K: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	// Halfway between two groups that mirror each other, a row belongs to both alike.
	fmt.Printf("halfway %.2f\n", m.Membership(nil, []float64{4.5, 4.5}))
	fmt.Printf("FPC %.2f: nearly a hard partition\n", m.FPC)
	// Output:
	// halfway [0.50 0.50]
	// FPC 0.97: nearly a hard partition
}
