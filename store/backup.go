package store

import "context"

// Backup is to come.
func (s *Store) Backup(ctx context.Context, path string) error { panic("store: not yet") }
