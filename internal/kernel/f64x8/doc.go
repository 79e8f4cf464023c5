// Package f64x8 holds the vector versions of the kernels: the only place where
// they are written. Its files but vec.go and this one are copied, word for word,
// into f32x16, f64x4 and f32x8, whose own vec.go say what float, vec, lanes and
// the like are there; so all four are one text. After a change run
//
//	go generate ./internal/kernel
//
// A kernel here works on whole vectors of rows: where the number of rows is no
// multiple of lanes, it says in its comment who does the rest.
package f64x8
