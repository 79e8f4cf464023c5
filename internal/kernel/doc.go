// Package kernel holds the inner loops of Segue: everything whose cost is rows ×
// clusters × columns, or rows × rows, and nothing else. It is the one place where
// vector code lives.
//
// # Reading it
//
// Each kernel has a file here, say assign.go: the exported function, what it
// promises, and its portable version, plain Go for both float64 and float32. That
// version is the definition, and runs wherever nothing faster does.
//
// The vector version of the same kernel, on Go's simd/archsimd, is in the file of
// the same name in package f64x8. It is written once, in terms of vec (a vector of
// lanes floats); go generate copies it for the three other vectors. Kernels in whole
// numbers of 16 bits are in i16x32 in the same way. The file
// set.go lists the kernels, level_simd.go says which processor runs which. An
// agreement test in this package holds every version to the definition.
//
// # Using it
//
// Each function reads rows [lo, hi) of a table by column, so that neighbouring
// rows lie side by side in memory, and adds to a partial result the caller owns.
// Callers cut the rows into chunks of ChunkRows and merge the partial results in
// chunk order: the sums are then the same on any number of processors.
//
// Centers are given flat, k×d row by row.
package kernel
