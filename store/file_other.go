//go:build !unix

package store

// isReadOnlySystem reports whether err says that the file system allows no
// writing; elsewhere that is a matter of permission.
func isReadOnlySystem(err error) bool { return false }
