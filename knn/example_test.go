package knn_test

import (
	"fmt"

	"segue/knn"
	"segue/matrix"
)

func ExampleIndex_Nearest() {
	ix, err := knn.New(matrix.FromRows([][]float64{{0, 0}, {3, 4}, {1, 0}, {0, 1}}))
	if err != nil {
		fmt.Println(err)
		return
	}
	others := func(row int) bool { return row != 0 }
	for _, nb := range ix.Nearest([]float64{0, 0}, 2, others) {
		fmt.Println(nb.Row, nb.Distance)
	}
	// Output:
	// 2 1
	// 3 1
}
