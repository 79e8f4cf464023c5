package artifact

import (
	"fmt"
	"os"
	"path/filepath"
)

// Replace writes v as an artifact of a kind and id to the file at path, in place
// of what was there: for what is kept only until the next one, such as a
// checkpoint. As with Save no reader and no crash meets half a file, but the old
// one or the new one. Its folder is made if need be. Read reads it.
//
// Errors are those of Save; kind and id are not part of a name here.
func Replace(path, kind, id string, v any) error {
	data, err := encode(kind, id, v)
	if err != nil {
		return fmt.Errorf("artifact: %s: %w", path, err)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("artifact: %w", err)
	}
	temp, err := writeTemp(dir, kind, "new", data)
	if err != nil {
		return fmt.Errorf("artifact: %w", err)
	}
	if err := os.Rename(temp, path); err != nil {
		_ = os.Remove(temp) // the rename's error says why
		return fmt.Errorf("artifact: %w", err)
	}
	return syncDir(dir)
}
