package lab

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
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
	File   string                 `json:"file,omitempty"`   // SHA-256 of the table's bytes, hexadecimal
	Train  bool                   `json:"train,omitempty"`  // learn a model from them, too
	InUse  string                 `json:"in_use,omitempty"` // id of the version by which music is placed, to be audited, too; empty of the usual placing
}

// An Audited is what an audit found, and the model that was learned from the labels if
// that was asked for.
type Audited struct {
	*recommend.Audit
	File      string          `json:"file,omitempty"`      // SHA-256 of the table's bytes, hexadecimal
	Model     json.RawMessage `json:"model,omitempty"`     // whole, as OpenModel reads it
	Unlearned string          `json:"unlearned,omitempty"` // why there is no model, though it was asked for
}

// LearnedBody returns the whole model that was learned, as ModelBody does of one that was
// compared. It returns ErrNoModel if it has another id, or c is another catalogue.
func (a *Audited) LearnedBody(c *segue.Catalog, id string) (*mood.Model, []byte, error) {
	if len(a.Model) > 0 {
		m, err := OpenModel(a.Model)
		if err != nil {
			return nil, nil, err
		}
		if m.ID == id && m.Catalog == c.Version {
			return m, a.Model, nil
		}
	}
	return nil, nil, fmt.Errorf("lab: model %.40q: %w", id, ErrNoModel)
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

// Audit holds models against the labels that were asked for, and the one in use if there
// is one. It then learns a model from them if that was asked for: the one that
// mood.TrainSupervised makes with its defaults and the seed, the same bytes but for the
// seconds, which the clock gives; nil is time.Now. Labels too few to learn from are said
// to be, and are no error. Errors are those of recommend's Audit and of TrainSupervised.
//
// An audit that a checkpoint of the same work holds is not made again.
func Audit(ctx context.Context, c *segue.Catalog, a AuditAsked, inUse *mood.Model, clock func() time.Time, h Hold) (*Audited, error) {
	l, err := unpacked(c, a)
	if err != nil {
		return nil, err
	}
	parts := 3
	if a.Train {
		parts = 4
	}
	of := identity([]any{"audit 1", c.Version, a})
	out := resume[*Audited](h, of)
	if out == nil || out.Audit == nil || out.Audit.Audit == nil {
		m := &recommend.Music{Catalog: c}
		found, err := m.Audit(ctx, l, a.Report, recommend.AuditOptions{InUse: inUse, Seed: a.Seed, Clock: clock, Progress: auditProgress(h.Progress, parts)})
		if err != nil {
			return nil, err
		}
		out = &Audited{Audit: found, File: a.File}
		if a.Train {
			h.keep(of, out)
		}
	}
	if !a.Train {
		return out, nil
	}
	m, err := mood.TrainSupervised(ctx, c, l, mood.SupervisedOptions{Seed: a.Seed, Clock: clock, Progress: part(h.Progress, parts-1, parts)})
	if errors.Is(err, mood.ErrTooFewLabels) {
		out.Unlearned = strings.TrimPrefix(err.Error(), "mood: ")
		return out, nil
	} else if err != nil {
		return nil, err
	}
	out.Model, err = json.Marshal(m)
	return out, err
}

// auditProgress makes one of the progress of an audit's three parts, the first of so
// many.
func auditProgress(p segue.Progress, parts int) segue.Progress {
	return func(stage string, done, total int64) {
		i := 0
		switch stage {
		case "cross-validate":
			i = 1
		case "resampling":
			i = 2
		}
		if of := part(p, i, parts); of != nil {
			of(stage, done, total)
		}
	}
}
