//go:build race

package store

// raced: the race detector watches, and everything takes twenty times as long.
const raced = true
