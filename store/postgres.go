package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"segue"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// What PostgreSQL alone knows is in this file: how a database is reached, what
// keeps writes of several processes apart, what its errors mean.

const (
	// mostConnections is how many connections a Store has at most where nothing
	// else is asked for: a third of them write. (d)
	mostConnections = 12
	// longestLock is how long a lock of another process's write is waited for: an
	// import of a lifetime's plays takes a few seconds. (d)
	longestLock = 30 * time.Second
	// longestConnect is how long a server may take to answer that it is there. (d)
	longestConnect = 5 * time.Second
	// longestSilence is how long a machine that no longer answers is waited for. (d)
	longestSilence = 30 * time.Second
	// longestAnswer is how long a server may take to say anything to a question: it
	// may wait for a lock first. (d)
	longestAnswer = 2 * time.Minute
	// longestLife and longestIdle end connections, so that those of a peak go away
	// and a server that moved is found. (d)
	longestLife = 30 * time.Minute
	longestIdle = 5 * time.Minute
	// mostTogetherPostgres is how many writes share one transaction at most:
	// PostgreSQL keeps up to 64 savepoints of a transaction at hand.
	mostTogetherPostgres = 60
)

// A server is a PostgreSQL's database, and how it is reached.
type server struct {
	config      *pgx.ConnConfig
	read        bool
	connections int
	answer      atomic.Int64 // how long an answer is waited for, a time.Duration; read by each new connection
}

// findServer reads the URL of a database. What is wrong with it is not repeated: it
// may hold a password.
func findServer(o Options) (*server, error) {
	wrong := func(problem string) error {
		return &segue.InputError{Problem: problem, Hint: "write postgres://USER@HOST/DATABASE, and keep the password in a password file or in PGPASSWORD"}
	}
	if !IsURL(o.URL) {
		return nil, wrong("the address of the database does not begin with postgres://")
	}
	config, err := pgx.ParseConfig(o.URL)
	if err != nil {
		return nil, wrong("the address of the database cannot be read")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = longestConnect
	}
	s := &server{config: config, read: o.ReadOnly, connections: max(3, cmp.Or(o.Connections, mostConnections))}
	s.answer.Store(int64(longestAnswer))
	dialer := &net.Dialer{Timeout: config.ConnectTimeout, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: longestSilence / 2, Interval: longestSilence / 6, Count: 3}, Control: silence(longestSilence)}
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &impatient{Conn: c, answer: time.Duration(s.answer.Load())}, nil
	}
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: patience}
	}
	set := config.RuntimeParams
	if set["application_name"] == "" {
		set["application_name"] = "segue"
	}
	// A process that stands still must not keep the others waiting for good.
	set["idle_in_transaction_session_timeout"] = "60s"
	if o.ReadOnly {
		set["default_transaction_read_only"] = "on"
	}
	return s, nil
}

// An impatient is a connection of which a read ends when nothing comes for too long,
// where no other deadline was set.
type impatient struct {
	net.Conn
	answer time.Duration
	mu     sync.Mutex
	set    bool // another deadline is
}

func (c *impatient) Read(b []byte) (int, error) {
	if err := c.await(); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c *impatient) await() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.set {
		return nil
	}
	return c.Conn.SetReadDeadline(time.Now().Add(c.answer))
}

func (c *impatient) SetDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set = !t.IsZero()
	return c.Conn.SetDeadline(t)
}

func (c *impatient) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set = !t.IsZero()
	return c.Conn.SetReadDeadline(t)
}

// IsURL reports whether a text is the URL of a PostgreSQL, and no name of a file.
func IsURL(s string) bool {
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://")
}

func (s *server) open(writer bool) (*sql.DB, error) {
	config := s.config.Copy()
	if writer {
		config.RuntimeParams["lock_timeout"] = strconv.FormatInt(longestLock.Milliseconds(), 10)
	}
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(durable))
	h := s.habits()
	db.SetMaxIdleConns(max(h.readers, h.writers))
	db.SetConnMaxLifetime(longestLife)
	db.SetConnMaxIdleTime(longestIdle)
	return db, nil
}

// durable makes a commit wait for the disk where a server is set up not to.
func durable(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'")
	return err
}

func (s *server) habits() habits {
	writers := max(2, s.connections/3)
	return habits{
		readOnly: s.read, readers: s.connections - writers, writers: writers, together: mostTogetherPostgres,
		reading: &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead},
	}
}

// Numbers of advisory locks: of all that is written, and of the schema.
const (
	lockAll    int64 = 0x5345475545000001
	lockSchema int64 = 0x5345475545000002
)

// lock takes the locks a transaction needs, all at once and in one order, so that
// two never wait for each other.
func (s *server) lock(ctx context.Context, c *conn, listeners []string) error {
	if len(listeners) == 0 {
		_, err := c.exec(ctx, "SELECT pg_advisory_xact_lock($1)", lockAll)
		return err
	}
	keys := make([]int64, len(listeners))
	for i, l := range listeners {
		sum := sha256.Sum256([]byte(l))
		keys[i] = int64(binary.BigEndian.Uint64(sum[:]))
	}
	slices.Sort(keys)
	_, err := c.exec(ctx, `SELECT pg_advisory_xact_lock_shared($1) IS NULL
		UNION ALL SELECT pg_advisory_xact_lock(k) IS NULL FROM unnest($2::bigint[]) AS k`, lockAll, keys)
	return err
}

func (s *server) prepare(context.Context, *sql.DB) error { return nil }

// migrate brings the schema up to date, one process at a time.
func (s *server) migrate(ctx context.Context, _ *sql.DB) error {
	db, err := s.open(true)
	if err != nil {
		return err
	}
	defer db.Close()
	c, err := newConn(ctx, db, false)
	if err != nil {
		return err
	}
	defer c.close()
	if _, err := c.exec(ctx, "SELECT pg_advisory_lock($1)", lockSchema); err != nil {
		return err
	}
	// The lock ends with the connection, which ends with db.
	id, err := s.identify(ctx, c)
	if err != nil {
		return err
	}
	if stale, err := id.check(); err != nil || !stale {
		return err
	}
	files, err := migrationFiles()
	if err != nil {
		return err
	}
	up, err := migrator(db, goose.DialectPostgres, ordered{files})
	if err == nil {
		_, err = up.Up(ctx)
	}
	return err
}

// identify reads what is in the schema of the connection. A database is Segue's if
// there is nothing in it, or the tables of a first migration that was begun or done.
func (s *server) identify(ctx context.Context, c *conn) (id identity, err error) {
	here, err := first(ctx, c, scanBool, "SELECT current_schema() IS NOT NULL")
	if err != nil {
		return id, err
	}
	if !here {
		return id, fmt.Errorf("%w: its search_path names no schema that exists; make one, or name another database", ErrKey)
	}
	// What came with an extension belongs to nobody's program.
	tables, err := list(ctx, c, scanText, `SELECT c.relname::text FROM pg_class c
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
		AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')`)
	if err != nil || len(tables) == 0 {
		return id, err
	}
	ours, err := first(ctx, c, scanCount, `SELECT COUNT(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE c.relnamespace = current_schema()::regnamespace
		AND (c.relname, a.attname) IN (($1, 'version_id'), ($1, 'is_applied'), ('listeners', 'retention_days'), ('hour_sums', 'featured'))`, versionTable)
	if err != nil {
		return id, err
	}
	if ours != 4 && (ours != 2 || len(tables) != 1 || tables[0] != versionTable) {
		id.foreign = true
		return id, nil
	}
	id.version, err = first(ctx, c, scanCount, "SELECT COALESCE(MAX(version_id), 0) FROM "+versionTable)
	return id, err
}

func scanText(read func(...any) error) (s string, err error) {
	err = read(&s)
	return s, err
}

// ordered is the migrations with texts that sort by their bytes, as SQLite's do:
// otherwise lists, and the bytes of an export, would depend on the server's language.
type ordered struct{ fs.FS }

var wordText = regexp.MustCompile(`\bTEXT\b`)

// Open implements fs.FS.
func (o ordered) Open(name string) (fs.File, error) {
	f, err := o.FS.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return f, err
	}
	b, err := io.ReadAll(f)
	return &changedFile{f, bytes.NewReader(wordText.ReplaceAll(b, []byte(`TEXT COLLATE "C"`)))}, err
}

// A changedFile is a file with other content.
type changedFile struct {
	fs.File
	content io.Reader
}

func (f *changedFile) Read(b []byte) (int, error) { return f.content.Read(b) }

// sweep has nothing to do: see the package's comment on deleting.
func (s *server) sweep(context.Context, *conn, bool) (bool, error) { return false, nil }

func (s *server) isDue(context.Context, *conn) (bool, error) { return false, nil }

func (s *server) spaceless(err error) error { return err }

func (s *server) discard() {}

func (s *server) unopened(err error) error { return err }

// isClosed reports whether a connection of the driver has ended.
func isClosed(raw any) bool {
	c, ok := raw.(*stdlib.Conn)
	return ok && c.Conn().IsClosed()
}

// isCrossed reports whether a transaction had to give way to another's and may be
// tried again.
func isCrossed(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

// postgresFault words what PostgreSQL, or the way to it, answered. Its own message is
// left out, except for the code: it may quote what was stored, or a password.
func postgresFault(err error) error {
	var said *pgconn.PgError
	var connect *pgconn.ConnectError
	var network *net.OpError
	switch {
	case errors.As(err, &said):
		return saidFault(said)
	case errors.As(err, &connect), errors.As(err, &network), errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, pgconn.ErrConnClosed), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), pgconn.SafeToRetry(err):
		return ErrGone
	}
	return err
}

func saidFault(e *pgconn.PgError) error {
	switch e.Code {
	case "23503", "22021": // a reference to nothing; an id that is no text, which nothing has
		return ErrNotFound
	case "23505", "40001", "40P01":
		return ErrConflict
	case "55P03", "53300", "57014":
		return ErrBusy
	case "53100":
		return ErrFull
	case "25006", "42501":
		return ErrReadOnly
	case "28P01", "28000":
		return fmt.Errorf("%w: its server does not accept the user, or the password; check both", ErrKey)
	case "3D000":
		return fmt.Errorf("%w: its server has no database of that name; make it with createdb, or name another", ErrKey)
	case "XX001", "XX002":
		return ErrDamaged
	case "57P01", "57P02", "57P03", "57P05", "25P03":
		return ErrGone
	}
	if strings.HasPrefix(e.Code, "08") {
		return ErrGone
	}
	return fmt.Errorf("PostgreSQL answered with its error %s", e.Code)
}
