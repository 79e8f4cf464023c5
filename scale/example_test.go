package scale_test

import (
	"fmt"

	"segue/scale"
)

func ExampleECDF_At() {
	f, err := scale.NewECDF([]float64{1, 2, 2, 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	// Half of what equals a value counts as below it.
	fmt.Println(f.At(0), f.At(1), f.At(2), f.At(2.5), f.At(4))
	// Output: 0 0.125 0.5 0.75 1
}
