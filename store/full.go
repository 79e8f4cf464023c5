package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/ncruces/go-sqlite3"
)

// spaceless returns ErrFull for a write that failed because the disk is full, and
// otherwise err. SQLite's own word for that does not come: the driver looks for the
// system's answer where Go does not put it, and says that writing failed, which it
// says of a broken disk, too. So a little is written to find out.
func (p place) spaceless(err error) error {
	var code sqlite3.ExtendedErrorCode
	if p.memory || !errors.As(err, &code) {
		return err
	}
	switch code {
	case sqlite3.IOERR_WRITE, sqlite3.IOERR_FSYNC, sqlite3.IOERR_TRUNCATE, sqlite3.IOERR_SHMSIZE, sqlite3.IOERR_SHMMAP, sqlite3.IOERR_SHMOPEN:
		if p.full() {
			return ErrFull
		}
	}
	return err
}

// probe is more than a file system keeps back for itself in a file's last block.
const probe = 256 << 10

// full reports whether there is no room beside the database.
func (p place) full() bool {
	f, err := os.CreateTemp(filepath.Dir(p.path), ".segue-*")
	if err == nil {
		defer os.Remove(f.Name())
		defer f.Close()
		if _, err = f.Write(make([]byte, probe)); err == nil {
			err = f.Sync()
		}
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
