package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"hash"
	"math"
	"strings"

	"segue"
)

// A table is one of the schema, with the columns of its primary key.
type table struct{ name, key string }

// tables are all of the schema but that of the migrations, each after those it refers
// to. A test compares them with the schema.
func tables() []table {
	return []table{
		{"listeners", "id"}, {"consents", "listener, n"}, {"imports", "listener, n"}, {"tracks", "listener, n"}, {"plays", "listener, n"},
		{"hour_sums", "listener, day, hour"}, {"check_ins", "listener, id"}, {"hours", "listener, id"}, {"reflections", "listener, hour"},
		{"cards", "listener, kind, at_ms, dismissed"}, {"shares", "id"}, {"records", "listener, n"}, {"trials", "listener, id"}, {"corrections", "listener, id"}, {"share_counts", "campaign, what"},
		{"accounts", "id"}, {"passkeys", "id"}, {"challenges", "id"}, {"logins", "id"}, {"invitations", "id"}, {"tokens", "id"},
		{"answers", "account, key"}, {"jobs", "id"}, {"versions", "kind, id"}, {"choices", "n"}, {"events", "n"},
	}
}

// Moved says how much CopyAll copied.
type Moved struct {
	Listeners int64
	Rows      int64 // of all tables
}

// CopyAll copies everything of a database, of every listener and account, into another
// one that must be empty: all of it, or nothing. Before it is made to stay, what was
// written is read back, and must be the same number of the same rows. Of what is written
// to the first one meanwhile nothing is copied. Memory does not grow with the database;
// the second one is written by nobody else until it is done.
//
// It returns a *segue.InputError if the second database is not empty.
func CopyAll(ctx context.Context, from, to *Store, progress segue.Progress) (moved Moved, err error) {
	const doing = "move the database"
	err = from.read(ctx, doing, func(ctx context.Context, source *conn) error {
		var total int64
		for _, t := range tables() {
			n, err := first(ctx, source, scanCount, "SELECT COUNT(*) FROM "+t.name)
			if err != nil {
				return err
			}
			total += n
		}
		err := to.write(ctx, doing, func(inside context.Context, target *conn) error {
			if err := isEmpty(inside, target); err != nil {
				return err
			}
			moved = Moved{}
			for _, t := range tables() {
				// Written outside of ctx, but called off with it.
				copied, err := t.copy(ctx, source, inside, target, func(n int64) {
					if progress != nil {
						progress("move", moved.Rows+n, total)
					}
				})
				if err != nil {
					return err
				}
				written, err := t.digest(inside, target, func([]string, []any) error { return ctx.Err() })
				if err != nil {
					return err
				}
				if !bytes.Equal(copied.sum, written.sum) || copied.rows != written.rows {
					return fmt.Errorf("%w: what was written of %s is not what was read", ErrDamaged, t.name)
				}
				moved.Rows += copied.rows
				if t.name == "listeners" {
					moved.Listeners = copied.rows
				}
			}
			return nil
		})
		return within(err)
	})
	return moved, err
}

// within takes the words of one operation off an error that another one words.
func within(err error) error {
	if err == nil || !strings.HasPrefix(err.Error(), "store: ") {
		return err
	}
	if e, ok := err.(interface{ Unwrap() error }); ok {
		return e.Unwrap()
	}
	return err
}

func isEmpty(ctx context.Context, c *conn) error {
	for _, t := range tables() {
		n, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM "+t.name)
		if err != nil {
			return err
		}
		if n > 0 {
			return &segue.InputError{Problem: "the database to move to is not empty", Hint: "name one that holds nothing yet"}
		}
	}
	return nil
}

// A digest is how many rows a table has, and a checksum of them in order of their key.
type digest struct {
	rows int64
	sum  []byte
}

// digest reads a table's rows in order of its key and gives each, with the names of
// the columns, to row.
func (t table) digest(ctx context.Context, c *conn, row func(columns []string, values []any) error) (d digest, err error) {
	rows, err := c.query(ctx, "SELECT * FROM "+t.name+" ORDER BY "+t.key)
	if err != nil {
		return d, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return d, err
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return d, err
	}
	fields := make([]field, len(types))
	into, values := make([]any, len(types)), make([]any, len(types))
	for i, kind := range types {
		if fields[i], err = fieldOf(kind.DatabaseTypeName()); err != nil {
			return d, err
		}
		into[i] = fields[i].into
	}
	h := sha256.New()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return d, err
		}
		for i, f := range fields {
			values[i] = f.value()
			hashValue(h, values[i])
		}
		d.rows++
		if err := row(columns, values); err != nil {
			return d, err
		}
	}
	d.sum = h.Sum(nil)
	return d, rows.Err()
}

// What is gathered before it is written: the bytes of texts, beyond one row. (d)
const mostGathered = 1 << 20

// copy copies a table's rows, a few at a time, and returns what was read.
func (t table) copy(ctx context.Context, source *conn, inside context.Context, target *conn, tell func(rows int64)) (digest, error) {
	var names []string
	var gathered [][]any
	var size int
	var done int64
	flush := func() error {
		err := target.insert(inside, t.name, names, len(gathered), func(i int, values []any) { copy(values, gathered[i]) })
		done += int64(len(gathered))
		gathered, size = gathered[:0], 0
		tell(done)
		return err
	}
	d, err := t.digest(ctx, source, func(columns []string, values []any) error {
		names = columns
		gathered = append(gathered, append([]any(nil), values...))
		for _, v := range values {
			switch v := v.(type) {
			case string:
				size += len(v)
			case []byte:
				size += len(v)
			}
		}
		if len(gathered) < rowsAtOnce && size < mostGathered {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return flush()
	})
	if err == nil && len(gathered) > 0 {
		err = flush()
	}
	return d, err
}

// A field takes the values of a column, whichever database they come from.
type field struct {
	into  any
	value func() any
}

func fieldOf(kind string) (field, error) {
	switch strings.ToUpper(kind) {
	case "TEXT":
		return fieldFor[string](), nil
	case "BIGINT", "INT8":
		return fieldFor[int64](), nil
	case "BOOLEAN", "BOOL":
		return fieldFor[bool](), nil
	case "DOUBLE PRECISION", "FLOAT8":
		return fieldFor[float64](), nil
	case "BYTEA":
		return fieldFor[[]byte](), nil
	}
	return field{}, fmt.Errorf("a column is of a type that is not moved: %s", kind)
}

func fieldFor[T any]() field {
	v := new(sql.Null[T])
	return field{v, func() any {
		if !v.Valid {
			return nil
		}
		if b, ok := any(v.V).([]byte); ok {
			return append([]byte{}, b...)
		}
		return v.V
	}}
}

// hashValue adds a value to a checksum, so that no two rows give the same bytes.
func hashValue(h hash.Hash, v any) {
	var b [9]byte
	number := func(kind byte, n uint64) {
		b[0] = kind
		binary.BigEndian.PutUint64(b[1:], n)
		h.Write(b[:])
	}
	switch v := v.(type) {
	case nil:
		number('0', 0)
	case bool:
		if v {
			number('b', 1)
		} else {
			number('b', 0)
		}
	case int64:
		number('i', uint64(v))
	case float64:
		number('f', math.Float64bits(v))
	case string:
		number('s', uint64(len(v)))
		h.Write([]byte(v))
	case []byte:
		number('y', uint64(len(v)))
		h.Write(v)
	}
}
