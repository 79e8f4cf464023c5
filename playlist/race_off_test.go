//go:build !race

package playlist

const raced = false
