package store

import (
	"cmp"
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// A conn is one connection with the statements prepared on it. It is used by
// one goroutine at a time.
type conn struct {
	*sql.Conn
	prepared map[string]*sql.Stmt // nil if the driver prepares, and keeps, them itself

	// tx is what statements pass through where the connection may die: asked beside
	// its open transaction, a sql.Conn that finds its connection dead waits for that
	// transaction to end, for good.
	tx *sql.Tx
}

func newConn(ctx context.Context, db *sql.DB, prepares bool) (*conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if !prepares {
		return &conn{Conn: c}, nil
	}
	return &conn{Conn: c, prepared: map[string]*sql.Stmt{}}, nil
}

func (c *conn) close() error {
	for _, s := range c.prepared {
		s.Close()
	}
	return c.Close()
}

// alive reports whether the connection can be used on.
func (c *conn) alive() bool {
	closed := false
	err := c.Raw(func(raw any) error {
		closed = isClosed(raw)
		return nil // not ErrBadConn, see tx
	})
	return err == nil && !closed
}

// statement prepares a query once.
func (c *conn) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := c.prepared[query]; ok {
		return s, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err == nil {
		c.prepared[query] = s
	}
	return s, err
}

// query asks a query.
func (c *conn) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	switch {
	case c.tx != nil:
		return c.tx.QueryContext(ctx, query, args...)
	case c.prepared == nil:
		return c.QueryContext(ctx, query, args...)
	}
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// exec runs a statement and returns how many rows it changed. Its parameters
// are $1, $2 … in the order of their first appearance: SQLite numbers them so.
func (c *conn) exec(ctx context.Context, query string, args ...any) (int64, error) {
	var r sql.Result
	var err error
	switch {
	case c.tx != nil:
		r, err = c.tx.ExecContext(ctx, query, args...)
	case c.prepared == nil:
		r, err = c.ExecContext(ctx, query, args...)
	default:
		var s *sql.Stmt
		if s, err = c.statement(ctx, query); err == nil {
			r, err = s.ExecContext(ctx, args...)
		}
	}
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// each calls scan with the function that reads a row, for every row of a
// query's answer.
func (c *conn) each(ctx context.Context, scan func(read func(...any) error) error, query string, args ...any) error {
	rows, err := c.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// list returns the rows of a query's answer, never nil.
func list[T any](ctx context.Context, c *conn, scan func(read func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	out := []T{}
	err := c.each(ctx, func(read func(...any) error) error {
		v, err := scan(read)
		out = append(out, v)
		return err
	}, query, args...)
	return out, err
}

// first returns the first row of a query's answer, or ErrNotFound.
func first[T any](ctx context.Context, c *conn, scan func(read func(...any) error) (T, error), query string, args ...any) (T, error) {
	var zero, v T
	rows, err := c.query(ctx, query, args...)
	if err != nil {
		return zero, err
	}
	defer rows.Close()
	if !rows.Next() {
		return zero, cmp.Or(rows.Err(), ErrNotFound)
	}
	if v, err = scan(rows.Scan); err != nil {
		return zero, err
	}
	if err := rows.Close(); err != nil {
		return zero, err
	}
	return v, rows.Err()
}

// rowsAtOnce is how many rows one statement inserts, and arraysAtOnce where they go as
// arrays: the calls cost more than the rows.
const (
	rowsAtOnce   = 50
	arraysAtOnce = 2000
)

// insert writes n rows of the columns into a table; fill sets the values of
// row i.
func (c *conn) insert(ctx context.Context, table string, columns []string, n int, fill func(i int, values []any)) error {
	many := insertText(table, columns, rowsAtOnce)
	one := insertText(table, columns, 1)
	values := make([]any, rowsAtOnce*len(columns))
	for i := 0; i < n; {
		query, k := one, 1
		if n-i >= rowsAtOnce {
			query, k = many, rowsAtOnce
		}
		for j := range k {
			fill(i+j, values[j*len(columns):(j+1)*len(columns)])
		}
		if _, err := c.exec(ctx, query, values[:k*len(columns)]...); err != nil {
			return err
		}
		i += k
	}
	return nil
}

// insertUniform is insert of columns whose values are all whole numbers, all texts, or
// all yes or no. A server that plans each statement gets them as arrays: it takes longer
// to plan a statement of hundreds of parameters than to write its rows.
func (c *conn) insertUniform(ctx context.Context, table string, columns []string, n int, fill func(i int, values []any)) error {
	if c.prepared != nil {
		return c.insert(ctx, table, columns, n, fill)
	}
	row := make([]any, len(columns))
	arrays := make([]any, len(columns))
	query := ""
	for i := 0; i < n; {
		k := min(n-i, arraysAtOnce)
		for j := range k {
			fill(i+j, row)
			for at, v := range row {
				arrays[at] = appended(arrays[at], v, j == 0)
			}
		}
		if query == "" {
			query = arraysText(table, columns, arrays)
		}
		if _, err := c.exec(ctx, query, arrays...); err != nil {
			return err
		}
		i += k
	}
	return nil
}

// appended returns the array of a column with one more value, begun anew if it is the
// first.
func appended(array, v any, first bool) any {
	switch v := v.(type) {
	case int64:
		return grown(array, v, first)
	case string:
		return grown(array, v, first)
	case bool:
		return grown(array, v, first)
	}
	panic("store: a row holds what is neither a whole number, a text, nor yes or no")
}

func grown[T any](array any, v T, first bool) []T {
	values, _ := array.([]T)
	if first {
		values = values[:0]
	}
	return append(values, v)
}

func arraysText(table string, columns []string, arrays []any) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") SELECT * FROM unnest(")
	for i, a := range arrays {
		kind := "text"
		switch a.(type) {
		case []int64:
			kind = "bigint"
		case []bool:
			kind = "boolean"
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i+1) + "::" + kind + "[]")
	}
	b.WriteString(")")
	return b.String()
}

// parameters is how n of a query's parameters are written, from the first-th on.
func parameters(first, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = "$" + strconv.Itoa(first+i)
	}
	return strings.Join(all, ", ")
}

func insertText(table string, columns []string, rows int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (")
	for i := range rows {
		if i > 0 {
			b.WriteString("), (")
		}
		b.WriteString(parameters(i*len(columns)+1, len(columns)))
	}
	b.WriteString(")")
	return b.String()
}
