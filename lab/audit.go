package lab

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"segue"
	"segue/mood"
	"segue/recommend"
)

// AuditJob is the kind of job that holds models against labels.
const AuditJob = "lab_audit"

// MaxAudited is how many labelled tracks an audit that is asked for from afar may have:
// what is asked of a job is kept until it has ended. (d)
const MaxAudited = 40_000

// AuditAsked says which labels models are held against: what was joined, and not the
// table.
type AuditAsked struct {
	Source string                 `json:"source"`
	Hash   string                 `json:"hash"`
	Labels []byte                 `json:"labels"` // as packed lays them out
	Report *recommend.LabelReport `json:"report"`
	Seed   uint64                 `json:"seed"`
}

// AskAudit asks for an audit of labels that were joined to the catalogue in use. It
// returns segue.ErrUsage, wrapped, for more than MaxAudited of them.
func AskAudit(l *mood.Labels, p *recommend.LabelReport, seed uint64) (AuditAsked, error) {
	if l.Len() > MaxAudited {
		return AuditAsked{}, fmt.Errorf("lab: %w: %d labelled tracks; at most %d are audited here, and any number by 'segue audit'", segue.ErrUsage, l.Len(), MaxAudited)
	}
	return AuditAsked{Source: l.Source, Hash: l.Hash, Labels: packed(l), Report: p, Seed: seed}, nil
}

// packed lays labels out one after the other: how many rows after the one before, the
// mood, and valence and arousal as float64.
func packed(l *mood.Labels) []byte {
	var b []byte
	before := int32(0)
	for i, row := range l.Row {
		b = binary.AppendUvarint(b, uint64(row-before))
		b = append(b, byte(l.Mood[i]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(l.At[i].Valence))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(l.At[i].Arousal))
		before = row
	}
	return b
}

var errPacked = errors.New("what was asked cannot be read; ask anew")

// unpacked reads what packed laid out, of tracks of a catalogue.
func unpacked(c *segue.Catalog, a AuditAsked) (*mood.Labels, error) {
	l := &mood.Labels{Source: a.Source, Hash: a.Hash}
	row := uint64(0)
	for b := a.Labels; len(b) > 0; {
		more, n := binary.Uvarint(b)
		if n <= 0 || len(b) < n+17 {
			return nil, errPacked
		}
		row += more
		m := segue.Mood(b[n])
		if more >= uint64(c.Len()) || row >= uint64(c.Len()) || m < 0 || m > segue.Mixed || more == 0 && l.Len() > 0 || l.Len() >= MaxAudited {
			return nil, errPacked
		}
		at := segue.Affect{Valence: math.Float64frombits(binary.LittleEndian.Uint64(b[n+1:])), Arousal: math.Float64frombits(binary.LittleEndian.Uint64(b[n+9:]))}
		l.Row, l.Mood, l.At = append(l.Row, int32(row)), append(l.Mood, m), append(l.At, at)
		b = b[n+17:]
	}
	if l.Len() == 0 || a.Report == nil || a.Report.Table == nil {
		return nil, errPacked
	}
	l.Group = recommend.LabelGroups(c, l.Row)
	return l, nil
}

// Audit holds models against the labels that were asked for. Errors are those of
// recommend's Audit.
func Audit(ctx context.Context, c *segue.Catalog, a AuditAsked, clock func() time.Time, h Hold) (*recommend.Audit, error) {
	l, err := unpacked(c, a)
	if err != nil {
		return nil, err
	}
	m := &recommend.Music{Catalog: c}
	return m.Audit(ctx, l, a.Report, recommend.AuditOptions{Seed: a.Seed, Clock: clock, Progress: auditProgress(h.Progress)})
}

// auditProgress makes one of the progress of an audit's three parts.
func auditProgress(p segue.Progress) segue.Progress {
	return func(stage string, done, total int64) {
		i := 0
		switch stage {
		case "cross-validate":
			i = 1
		case "resampling":
			i = 2
		}
		if of := part(p, i, 3); of != nil {
			of(stage, done, total)
		}
	}
}
