package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"segue"
	"segue/history"
	"segue/internal/jsonwords"
	"segue/playlist"
	"segue/recommend"
)

// wishLine is one line of a file of wishes. What makes no sense in it is found
// where the hour is planned, as for every other wish.
type wishLine struct {
	ID          string              `json:"id"`
	History     []string            `json:"history"`
	From        string              `json:"from"`
	To          string              `json:"to"`
	Minutes     int                 `json:"minutes"`
	Arm         playlist.Arm        `json:"arm"`
	Curve       playlist.Curve      `json:"curve"`
	Lead        playlist.Lead       `json:"lead"`
	Seasonal    string              `json:"seasonal"`
	Via         []string            `json:"via"`
	Familiarity *[3]float64         `json:"familiarity"`
	Seed        *uint64             `json:"seed"`
	At          string              `json:"at"`
	TZ          string              `json:"tz"`
	Candidates  int                 `json:"candidates"`
	Exclude     playlist.Exclusions `json:"exclude"`
	Locks       []playlist.Lock     `json:"locks"`
	Wishes      []string            `json:"wishes"`
}

// order turns a line into what recommend.PlanAll plans. Paths of a history
// start at folder. A segue.InputError is no fault of the line's: nothing more
// may be planned.
func (b *batch) order(l wishLine, folder string) (recommend.Order, error) {
	o := recommend.Order{ID: l.ID, Wish: recommend.Wish{
		From: l.From, To: l.To, Minutes: l.Minutes, Arm: l.Arm, Seed: b.seed, Exclude: l.Exclude, Arc: playlist.ArcOptions{Curve: l.Curve, Lead: l.Lead},
		Familiarity: l.Familiarity,
		Locks:       l.Locks, Wishes: l.Wishes, Candidates: l.Candidates, NoCertificate: !b.certificate,
	}}
	if l.ID == "" {
		return o, errors.New(`there is no "id"; add one, to know its hour by`)
	}
	for _, v := range l.Via {
		at, err := segue.ParseAffect(v)
		if err != nil {
			return o, fmt.Errorf(`"via": %w`, err)
		}
		o.Wish.Arc.Waypoints = append(o.Wish.Arc.Waypoints, at)
	}
	if len(l.Via) > 0 && l.Lead == "" {
		o.Wish.Arc.Lead = playlist.LeadNone // the way is told; nothing is added to it
	}
	if l.Seed != nil {
		o.Wish.Seed = *l.Seed
	}
	zone := b.zone
	if l.TZ != "" {
		var err error
		if zone, err = time.LoadLocation(l.TZ); err != nil || l.TZ == "Local" {
			return o, fmt.Errorf(`"tz" %q is not a time zone; write one like "Europe/Lisbon"`, l.TZ)
		}
	}
	if l.Seasonal == "" {
		l.Seasonal = seasonalAuto
	}
	leaves, known := leavesSeasonal(l.Seasonal, b.now, zone)
	if !known {
		return o, fmt.Errorf(`"seasonal" %q is none of auto, keep and leave-out`, l.Seasonal)
	}
	o.Wish.Exclude.Seasonal = leaves || l.Exclude.Seasonal
	at := b.now
	if l.At != "" {
		var err error
		if at, err = time.ParseInLocation("15:04", l.At, zone); err != nil {
			return o, fmt.Errorf(`"at" %q is not a time of day; write one like "21:30"`, l.At)
		}
	}
	o.Wish.Night = recommend.IsNight(at, zone)
	if len(l.History) > 0 {
		paths := make([]string, len(l.History))
		for i, p := range l.History {
			if p == "" {
				return o, errors.New(`a path of "history" is empty`)
			}
			if paths[i] = p; !filepath.IsAbs(p) {
				paths[i] = filepath.Join(folder, p)
			}
			if b.replaced == nil {
				continue
			}
			if in, err := os.Stat(paths[i]); err == nil && os.SameFile(in, b.replaced) {
				return o, wouldReplace(b.out)
			}
		}
		o.Listen = recommend.ListenOptions{Location: zone, Seed: o.Wish.Seed}
		o.Plays = func(ctx context.Context) ([]segue.Play, error) {
			plays, _, err := history.Read(ctx, paths, history.Options{})
			return plays, err
		}
	}
	return o, nil
}

// maxWish is the longest line of a wishes' file, in bytes: some 25,000 ids.
const maxWish = 1 << 20

// A wishReader reads a file of wishes once, a line at a time.
type wishReader struct {
	file   *os.File
	lines  *bufio.Reader
	order  func(l wishLine, folder string) (recommend.Order, error)
	number int // of the last line read, from 1

	offset, size int64 // bytes read, and of the file; 0 if that is not known
	zoneless     bool  // a history came without a time zone
	err          error // why reading ended early; nil at the end of the file
}

// openWishes opens a file of wishes; order makes an order of a line.
func openWishes(path string, order func(l wishLine, folder string) (recommend.Order, error)) (*wishReader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = &segue.InputError{File: path, Problem: "this is a folder", Hint: "name a file in it"}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	r := &wishReader{file: f, lines: bufio.NewReaderSize(f, 1<<16), order: order}
	if info.Mode().IsRegular() {
		r.size = info.Size()
	}
	return r, nil
}

// rewind goes back to the beginning of the file. It returns a segue.InputError if that can
// be read only once, as from a pipe.
func (r *wishReader) rewind() error {
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return &segue.InputError{File: r.file.Name(), Problem: "it can be read only once, and --pooled reads it twice", Hint: "write the wishes into a file and name that"}
	}
	r.lines.Reset(r.file)
	r.number, r.offset, r.err = 0, 0, nil
	return nil
}

// Close closes the file.
func (r *wishReader) Close() error { return r.file.Close() }

// all yields an order a line, with an error where a line holds none. Blank
// lines are passed over.
func (r *wishReader) all(yield func(recommend.Order, error) bool) {
	for {
		line, err := r.next()
		if err == io.EOF {
			return
		}
		var long *tooLong
		if err != nil && !errors.As(err, &long) {
			r.err = err
			return
		}
		if err == nil && len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		o, err := r.read(line, err)
		var fatal *segue.InputError
		if errors.As(err, &fatal) {
			r.err = err
			return
		}
		if err != nil {
			err = fmt.Errorf("line %d: %w", r.number, err)
		}
		if !yield(o, err) {
			return
		}
	}
}

// read makes an order of a line, with what is known of it if that fails.
func (r *wishReader) read(line []byte, err error) (recommend.Order, error) {
	var l wishLine
	if err == nil {
		l, err = parseWish(line)
	}
	if err != nil {
		return recommend.Order{ID: l.ID}, err
	}
	if len(l.History) > 0 && l.TZ == "" {
		r.zoneless = true
	}
	return r.order(l, filepath.Dir(r.file.Name()))
}

// tooLong is the error of a line over maxWish.
type tooLong struct{}

func (*tooLong) Error() string {
	return fmt.Sprintf("it is over %d MB long; a wish takes one line, of less", maxWish>>20)
}

// next returns the next line, io.EOF after the last. A line too long to be kept
// is read to its end.
func (r *wishReader) next() ([]byte, error) {
	var line []byte
	length := 0
	for {
		part, err := r.lines.ReadSlice('\n')
		r.offset += int64(len(part))
		length += len(part)
		if length <= maxWish {
			line = append(line, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && length == 0:
			return nil, io.EOF
		case err != nil && err != io.EOF:
			return nil, err
		}
		r.number++
		if length > maxWish {
			return nil, &tooLong{}
		}
		if r.number == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff")) // as some editors begin a file
		}
		return line, nil
	}
}

// parseWish reads one line. Its errors name what is wrong with which key.
func parseWish(line []byte) (wishLine, error) {
	var l wishLine
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	err := d.Decode(&l)
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		if _, err := d.Token(); err == io.EOF {
			return l, nil
		}
		return wishLine{ID: l.ID}, fmt.Errorf("there is more than one JSON object on it, from byte %d; write one a line", d.InputOffset()+1)
	case errors.As(err, &kind) && kind.Field == "":
		return l, errors.New(`it is no JSON object; write one like {"id":"ana","from":"sad"}`)
	case errors.As(err, &kind):
		return l, errors.New(jsonwords.Mismatch(kind))
	}
	if key, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return l, fmt.Errorf("there is no key %s; 'segue batch -h' lists those there are", key)
	}
	return l, fmt.Errorf(`it is no JSON object, from byte %d; write one like {"id":"ana","from":"sad"}`, d.InputOffset()+1)
}
