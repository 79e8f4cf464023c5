package knn_test

import (
	"fmt"
	"os"
	"path/filepath"

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

func ExampleIndex_Subset() {
	ix, err := knn.New(matrix.FromRows([][]float64{{0, 0}, {3, 4}, {1, 0}, {0, 1}}))
	if err != nil {
		fmt.Println(err)
		return
	}
	calm := []bool{false, true, false, true}
	fmt.Println(ix.Subset(func(row int) bool { return calm[row] }).Nearest([]float64{0, 0}, 2))
	// Output:
	// [{3 1} {1 5}]
}

func ExampleOpen() {
	folder, err := os.MkdirTemp("", "knn")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "tracks.knn")

	built, err := knn.New(matrix.FromRows([][]float64{{0, 0}, {3, 4}, {1, 0}}))
	if err == nil {
		err = built.Save(path)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	ix, err := knn.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ix.Close()
	fmt.Println(ix.Nearest([]float64{3, 3}, 1, nil))
	// Output:
	// [{1 1}]
}
