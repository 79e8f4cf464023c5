package store

import (
	"context"
	"slices"
	"strings"
	"time"
)

// A Record is something that happened, as outcomes are computed from it. Its fields are
// those of package event, which says what each kind takes; here they are only bounded.
type Record struct {
	N          int64 // counts up in the order of arrival, not by one; set by the store
	ID         string
	Schema     int
	Kind       string
	At         time.Time
	Offset     int // minutes
	Source     string
	Hour       string
	Track      string
	Place      int
	PlannedMS  int64
	MS         *int64
	Reason     string
	Adjusted   bool
	Cell       *[2]int // of valence and arousal, 1…9
	Target     *[2]int
	Feel       *int
	Words      string
	Experiment string
	Arm        string
	Propensity float64

	Context      string
	Propensities string // numbers with commas
}

// Bounds of records. (d)
const (
	mostRecords  = 2_000_000 // of a listener
	MostAppended = 1000      // at a time
	mostNumber   = 1 << 40   // of what is counted, or measured in milliseconds
	mostChances  = 1024      // bytes of propensities
)

func (r Record) check() error {
	if err := checkID("the record", r.ID); err != nil {
		return err
	}
	if r.Kind == "" || r.Source == "" {
		return invalid("the record has no kind, or no source")
	}
	for _, t := range []string{r.Kind, r.Source, r.Hour, r.Track, r.Reason, r.Experiment, r.Arm, r.Context} {
		if text(t) != t || len(t) > mostID {
			return invalid("a text of the record is longer than %d bytes or no text", mostID)
		}
	}
	if text(r.Propensities) != r.Propensities || len(r.Propensities) > mostChances {
		return invalid("the propensities of the record are longer than %d bytes or no text", mostChances)
	}
	numbers := []int64{int64(r.Schema), int64(r.Offset), int64(r.Place), r.PlannedMS}
	if r.MS != nil {
		numbers = append(numbers, *r.MS)
	}
	for _, n := range numbers {
		if n < -mostNumber || n > mostNumber {
			return invalid("a number of the record is too large")
		}
	}
	for _, c := range []*[2]int{r.Cell, r.Target} {
		if c != nil {
			if err := checkCell("the record", *c); err != nil {
				return err
			}
		}
	}
	if r.Feel != nil && (*r.Feel < -2 || *r.Feel > 2) {
		return invalid("the record is not on the scale of -2 to 2")
	}
	if !(r.Propensity >= 0 && r.Propensity <= 1) {
		return invalid("the record's propensity is not in 0 to 1")
	}
	if err := checkText("the text of the record", r.Words, mostWords); err != nil {
		return err
	}
	return checkTime("the record", r.At)
}

const recordColumns = "n, id, schema_version, kind, at_ms, offset_minutes, source, hour, track, place, planned_ms, ms, reason, adjusted, " +
	"valence, arousal, target_valence, target_arousal, feel, words, experiment, arm, propensity, context, propensities"

func scanRecord(read func(...any) error) (r Record, err error) {
	var at int64
	var valence, arousal, toValence, toArousal *int
	err = read(&r.N, &r.ID, &r.Schema, &r.Kind, &at, &r.Offset, &r.Source, &r.Hour, &r.Track, &r.Place, &r.PlannedMS, &r.MS, &r.Reason, &r.Adjusted,
		&valence, &arousal, &toValence, &toArousal, &r.Feel, &r.Words, &r.Experiment, &r.Arm, &r.Propensity, &r.Context, &r.Propensities)
	r.At, r.Cell, r.Target = moment(at), cellOf(valence, arousal), cellOf(toValence, toArousal)
	return r, err
}

// AppendRecords stores records that were not stored before: one whose id the listener's
// records have, or an earlier one of these has, is left out, and is no error. All are
// stored, or none. It returns how many are new.
//
// It returns ErrInvalid for more than MostAppended, or one out of bounds, ErrConsent if
// the listener does not agree that check-ins are kept, and ErrTooMany if there would be
// over two million of theirs.
func (s *Store) AppendRecords(ctx context.Context, listener string, records []Record) (added int, err error) {
	return s.ReplaceRecords(ctx, listener, nil, records)
}

// A Told is the records of something that is saved, kept with it or not at all.
type Told struct {
	Instead []string // ids of those that are deleted first: it was said anew
	Records []Record // as AppendRecords takes them
}

func (t Told) check() error {
	if len(t.Records) > MostAppended || len(t.Instead) > MostAppended {
		return invalid("these are more than %d records", MostAppended)
	}
	for _, r := range t.Records {
		if err := r.check(); err != nil {
			return err
		}
	}
	return nil
}

// ReplaceRecords is AppendRecords, after those of some ids were deleted in the same step:
// somebody said something anew, or took it back.
func (s *Store) ReplaceRecords(ctx context.Context, listener string, ids []string, records []Record) (added int, err error) {
	const doing = "save the records"
	told := Told{ids, records}
	if err := told.check(); err != nil {
		return 0, fault(doing, err)
	}
	if len(records)+len(ids) == 0 {
		return 0, nil
	}
	err = s.writeCovered(ctx, listener, CheckIns, doing, func(ctx context.Context, c *conn) error {
		added, err = replaceRecords(ctx, c, listener, ids, records)
		return err
	})
	return added, err
}

func replaceRecords(ctx context.Context, c *conn, listener string, ids []string, records []Record) (added int, err error) {
	for some := range slices.Chunk(ids, rowsAtOnce) {
		args := []any{listener}
		for _, id := range some {
			args = append(args, id)
		}
		if _, err := c.exec(ctx, "DELETE FROM records WHERE listener = $1 AND id IN ("+parameters(2, len(some))+")", args...); err != nil {
			return 0, err
		}
	}
	return addRecords(ctx, c, listener, records)
}

// addRecords stores those records whose ids are new.
func addRecords(ctx context.Context, c *conn, listener string, records []Record) (added int, err error) {
	if len(records) == 0 {
		return 0, nil
	}
	last, err := first(ctx, c, scanCount, "SELECT COALESCE(MAX(n), 0) FROM records WHERE listener = $1", listener)
	if err != nil {
		return 0, err
	}
	if last+int64(len(records)) > mostRecords {
		return 0, ErrTooMany
	}
	columns := append([]string{"listener"}, strings.Split(recordColumns, ", ")...)
	for some := range slices.Chunk(records, rowsAtOnce) {
		values := make([]any, 0, len(some)*len(columns))
		for i, r := range some {
			valence, arousal := cellColumns(r.Cell)
			toValence, toArousal := cellColumns(r.Target)
			values = append(values,
				listener, last+int64(i)+1, r.ID, int64(r.Schema), r.Kind, stamp(r.At), int64(r.Offset), r.Source, r.Hour, r.Track, int64(r.Place), r.PlannedMS, orNull(r.MS), r.Reason, r.Adjusted,
				valence, arousal, toValence, toArousal, orNull(r.Feel), text(r.Words), r.Experiment, r.Arm, r.Propensity, r.Context, r.Propensities)
		}
		n, err := c.exec(ctx, insertText("records", columns, len(some))+" ON CONFLICT (listener, id) DO NOTHING", values...)
		if err != nil {
			return 0, err
		}
		last += int64(len(some))
		added += int(n)
	}
	return added, nil
}

// orNull is an optional number as a column holds it.
func orNull[N int | int64](n *N) any {
	if n == nil {
		return nil
	}
	return int64(*n)
}

// Records returns up to so many of a listener's records that arrived after the one with
// the number after, which is 0 for the first, in the order of their arrival. So whoever
// reads them page by page, or comes back later, misses none that came late.
func (s *Store) Records(ctx context.Context, listener string, after int64, most int) (all []Record, err error) {
	err = s.readOne(ctx, "read the records", func(ctx context.Context, c *conn) error {
		all, err = list(ctx, c, scanRecord, "SELECT "+recordColumns+" FROM records WHERE listener = $1 AND n > $2 ORDER BY n LIMIT $3", listener, after, int64(most))
		return err
	})
	return all, err
}

// CountRecords returns how many records there are of a listener.
func (s *Store) CountRecords(ctx context.Context, listener string) (n int64, err error) {
	err = s.readOne(ctx, "count the records", func(ctx context.Context, c *conn) error {
		n, err = first(ctx, c, scanCount, "SELECT COUNT(*) FROM records WHERE listener = $1", listener)
		return err
	})
	return n, err
}

func listRecords(ctx context.Context, c *conn, listener string) ([]Record, error) {
	return list(ctx, c, scanRecord, "SELECT "+recordColumns+" FROM records WHERE listener = $1 ORDER BY n", listener)
}

// ResearchRecords hands the records of everybody who allows CheckIns and Research, but of
// invented listeners, to do, a thousand at most at a time: those of a listener together,
// listeners in the order of their ids, each in the order of arrival. It is for sums over
// many listeners, of which whoever shows them withholds what rests on few. It ends with
// do's error, and with ctx.
func (s *Store) ResearchRecords(ctx context.Context, do func(listener string, records []Record) error) error {
	return s.recordsOf(ctx, do, Research, CheckIns)
}

// PooledRecords is ResearchRecords of those who also allow Adaptation: of whom what came of
// hours may count for what is tried with others.
func (s *Store) PooledRecords(ctx context.Context, do func(listener string, records []Record) error) error {
	return s.recordsOf(ctx, do, Adaptation, Research, CheckIns)
}

// recordsOf hands on the records of everybody who allows all of some purposes, three at
// most.
func (s *Store) recordsOf(ctx context.Context, do func(listener string, records []Record) error, purposes ...Purpose) error {
	const doing = "read the records"
	of := [3]string{}
	for i := range of {
		of[i] = string(purposes[min(i, len(purposes)-1)])
	}
	var who []string
	err := s.read(ctx, doing, func(ctx context.Context, c *conn) (err error) {
		who, err = list(ctx, c, scanText, `WITH `+presentConsents+`
			SELECT listener FROM present WHERE purpose IN ($1, $2, $3) GROUP BY listener HAVING COUNT(*) = $4 ORDER BY listener`, of[0], of[1], of[2], int64(len(purposes)))
		return err
	})
	if err != nil {
		return err
	}
	for _, listener := range who {
		for after := int64(0); ; {
			records, err := s.Records(ctx, listener, after, MostAppended)
			if err != nil {
				return err
			}
			if len(records) == 0 {
				break
			}
			if err := do(listener, records); err != nil {
				return err
			}
			after = records[len(records)-1].N
		}
	}
	return nil
}

// RecordsOfHour returns the records of one of a listener's hours, in the order of arrival.
func (s *Store) RecordsOfHour(ctx context.Context, listener, hour string) (all []Record, err error) {
	return s.recordsBy(ctx, listener, "hour", hour)
}

// RecordsOfKind returns a listener's records of one kind, in the order of arrival.
func (s *Store) RecordsOfKind(ctx context.Context, listener, kind string) (all []Record, err error) {
	return s.recordsBy(ctx, listener, "kind", kind)
}

// recordsBy returns the records in which a column, which is one of the program's own, has
// a value. Its cost is linear in the listener's records, of which only these leave the
// database.
func (s *Store) recordsBy(ctx context.Context, listener, column, value string) (all []Record, err error) {
	err = s.readOne(ctx, "read the records", func(ctx context.Context, c *conn) error {
		all, err = list(ctx, c, scanRecord, "SELECT "+recordColumns+" FROM records WHERE listener = $1 AND "+column+" = $2 ORDER BY n", listener, value)
		return err
	})
	return all, err
}
