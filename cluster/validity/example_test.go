package validity_test

import (
	"context"
	"fmt"

	"segue/cluster/validity"
	"segue/matrix"
)

func ExampleSilhouettes() {
	x := matrix.FromColumns([]float64{0, 2, 5, 9})
	s, err := validity.Silhouettes(context.Background(), x, [][]int32{
		{0, 0, 1, 1},
		{0, 1, 1, 0},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, labeling := range s {
		fmt.Printf("%.3f\n", labeling.Mean)
	}
	// Output:
	// 0.454
	// -0.083
}

func ExampleFeatureInformation() {
	mood := []int32{0, 0, 0, 0, 1, 1, 1, 1}
	energy := []float64{.1, .2, .2, .3, .7, .8, .8, .9}
	// Eight rows make three bins, {.1 .2 .2}, {.3 .7} and {.8 .8 .9}: the middle
	// one, a quarter of the rows, leaves the mood open.
	i := validity.FeatureInformation(energy, mood)
	fmt.Printf("share %.2f, η² %.2f, n %d\n", i.Share, i.EtaSquared, i.N)
	// Output:
	// share 0.69, η² 0.95, n 8
}
