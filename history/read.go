package history

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"segue"
	"segue/internal/parallel"
	"segue/language"
)

// Options bound what Read does. The zero value is ready to use.
type Options struct {
	// Now is the time against which plays in the future are told; the zero
	// time stands for the current one.
	Now time.Time

	// Known are plays that were read before, in order of their ends, as Read
	// returned them then: they take part in merging like one more file, and what
	// Read returns holds them too. They are not modified. (See "What was known
	// before" in the package comment.)
	Known []segue.Play

	// Progress is told how many bytes of all files have been read (stage
	// "reading history") and then that plays are merged (stage "merging plays",
	// in plays). It may be nil.
	Progress segue.Progress

	// Counted is told, as files are read, how many plays they gave so far, those
	// that will turn out to be duplicates among them. It may be nil;
	// implementations must be safe for many goroutines.
	Counted func(plays int64)

	MaxBytes   int64 // all files together, unpacked; 0 stands for 2 GiB
	MaxRow     int   // bytes of one row; 0 stands for 1 MiB
	MaxDepth   int   // nesting of JSON; 0 stands for 32
	MaxEntries int   // files in folders and ZIPs; 0 stands for 10,000
	MaxRatio   int   // unpacked to packed size of a ZIP's entry beyond 1 MiB; 0 stands for 200
}

func (o Options) withDefaults() Options {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 2 << 30
	}
	if o.MaxRow <= 0 {
		o.MaxRow = 1 << 20
	}
	if o.MaxDepth <= 0 {
		o.MaxDepth = 32
	}
	if o.MaxEntries <= 0 {
		o.MaxEntries = 10_000
	}
	if o.MaxRatio <= 0 {
		o.MaxRatio = 200
	}
	return o
}

// A Report accounts for every row of every file read. It holds counts, times
// and names of files, and nothing of what was heard.
type Report struct {
	Files      []File         `json:"files"`
	Ignored    []string       `json:"ignored"` // files found in folders and ZIPs that are no history, by name
	Rows       int            `json:"rows"`    // = Plays + Duplicates + the sum of Dropped
	Plays      int            `json:"plays"`
	Duplicates int            `json:"duplicates"`
	Dropped    map[string]int `json:"dropped"` // rows that are not plays, by reason
	Skips      int            `json:"skips"`   // of Plays, those that were skipped, as far as can be told without the tracks' lengths
	First      time.Time      `json:"first"`   // end of the first play in the files
	Last       time.Time      `json:"last"`    // end of the last play in the files

	// With Options.Known, Plays counts what the files added to it, and rows whose
	// play was known are Duplicates.
	Known int `json:"known,omitempty"` // plays known before
	Held  int `json:"held,omitempty"`  // plays Read returned, if any were known before
}

// A File is the account of one file, or of one entry of a ZIP, which is named
// archive.zip/entry.
type File struct {
	Name       string         `json:"name"`
	Format     string         `json:"format"`
	Rows       int            `json:"rows"` // = Imported + Duplicates + the sum of Dropped
	Imported   int            `json:"imported"`
	Duplicates int            `json:"duplicates"` // plays another row or file already has
	Dropped    map[string]int `json:"dropped"`    // rows that are not plays, by reason

	// OutOfOrder counts neighbouring plays whose times run against the
	// direction of the file: a clock that jumped, or rows that were shuffled.
	// Nothing is lost by it.
	OutOfOrder int `json:"out_of_order"`
}

// whatToGive closes the line about a file of another kind.
const whatToGive = "a listening history is, for example, Spotify's ZIP as it came, or StreamingHistory_music_0.json from it"

// Read reads all listening exports at the paths, which name files, folders
// and ZIPs, and returns the plays in order of their ends, each once, and the
// account of all rows. What a file is, is told from its content; files found
// in folders and ZIPs that are no history are passed over and listed.
//
// Every path must lead to a history, and every history must be whole:
// otherwise the error, a *segue.InputError for anything the caller can mend,
// says in one line which file, and what it looks like or what is wrong with
// it. If the files hold no plays of music at all, the error says what they
// hold instead. Rows that are not plays are no error: see Report. If ctx ends,
// its error is returned.
//
// Memory is that of the plays and of one row a file being read. Files are read
// in parallel; the result depends neither on that nor on the order of paths,
// except that the report lists files in that order and counts a play that
// several files have as imported from the first that says most.
func Read(ctx context.Context, paths []string, o Options) ([]segue.Play, *Report, error) {
	if len(paths) == 0 {
		return nil, nil, fmt.Errorf("name a listening history (a file, a folder or a ZIP): %w", segue.ErrUsage)
	}
	o = o.withDefaults()
	f := &finder{o: o, budget: &budget{limit: o.MaxBytes}}
	defer f.close()
	for i, path := range paths {
		f.top = i
		if err := f.add(ctx, path); err != nil {
			return nil, nil, err
		}
	}
	results, err := readSources(ctx, f, o)
	if err != nil {
		return nil, nil, err
	}
	report := &Report{Files: []File{}, Dropped: map[string]int{}, Ignored: append([]string{}, f.ignored...)}
	var parts []part
	heard := 0
	found := make([]bool, len(paths))
	for i, r := range results {
		if r.file.Format == "" {
			report.Ignored = append(report.Ignored, r.file.Name)
			continue
		}
		found[f.sources[i].top] = true
		report.Files = append(report.Files, r.file)
		parts = append(parts, part{rank: r.rank, plays: r.plays})
		heard += len(r.plays)
	}
	for i, ok := range found {
		if !ok {
			return nil, nil, nothingFound(paths[i], i, f.sources, results)
		}
	}
	slices.Sort(report.Ignored)
	if o.Progress != nil {
		o.Progress("merging plays", 0, int64(heard+len(o.Known)))
	}
	all := merge(withKnown(parts, o.Known))
	report.add(all, len(o.Known))
	if heard == 0 {
		return nil, nil, noPlays(paths, report)
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if o.Progress != nil {
		o.Progress("merging plays", int64(heard+len(o.Known)), int64(heard+len(o.Known)))
	}
	return all.plays, report, nil
}

// result is what became of one source. Format is empty if it is no history.
type result struct {
	file  File
	rank  int
	plays []segue.Play
	looks string
	err   error
}

// readSources reads all sources in parallel and returns their results in
// order, or the first error in that order.
func readSources(ctx context.Context, f *finder, o Options) ([]result, error) {
	results := make([]result, len(f.sources))
	var done, counted atomic.Int64
	var total int64
	for _, s := range f.sources {
		total += s.size
	}
	told := func(n int64) {
		if o.Progress != nil {
			o.Progress("reading history", min(done.Add(n), total), total)
		}
		if o.Counted != nil {
			o.Counted(counted.Load())
		}
	}
	// The largest files first, so that none is left alone at the end.
	order := make([]int, len(f.sources))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(min(1, max(-1, f.sources[b].size-f.sources[a].size))) })
	err := parallel.Chunks(ctx, len(order), 1, func(_, lo, _ int) {
		i := order[lo]
		results[i] = readSource(ctx, f.sources[i], o, f.budget, &counted, told)
	})
	if err != nil {
		return nil, err
	}
	for _, r := range results {
		if r.err != nil {
			return nil, r.err
		}
	}
	if o.Progress != nil {
		o.Progress("reading history", total, total)
	}
	if o.Counted != nil {
		o.Counted(counted.Load())
	}
	return results, nil
}

// readSource tells what one source is and reads it if it is a history.
func readSource(ctx context.Context, s source, o Options, b *budget, counted *atomic.Int64, told func(int64)) (r result) {
	r.file.Name = s.name
	m, err := openSource(ctx, s, o, b)
	if err != nil {
		r.err = err
		return r
	}
	defer m.Close()
	m.told = told
	raw, whole, err := readHead(m)
	if err != nil {
		r.err = err
		return r
	}
	h := look(raw, whole, o.MaxDepth)
	form, rank := h.format()
	switch {
	case rank >= 0:
	case h.empty():
		r.file.Format, r.file.Dropped = "empty list", map[string]int{}
		return r
	default:
		r.looks = looksLike(h)
		if s.explicit {
			r.err = &segue.InputError{File: s.name, Problem: "is not a listening history: it looks like %s", Args: []any{segue.Phrase{Text: r.looks}}, Hint: whatToGive}
			if len(bytes.TrimSpace(h.raw)) == 0 {
				r.err = &segue.InputError{File: s.name, Problem: "is empty", Hint: "download it again"}
			}
		}
		return r
	}
	r.file.Format, r.rank = form.name, rank
	out := newSink(&r.file, o.Now)
	out.counted = counted
	in := &input{name: s.name, size: s.size, r: io.MultiReader(bytes.NewReader(h.raw), m), head: h, o: o}
	if r.err = form.read(in, out); r.err != nil {
		return r
	}
	out.done()
	r.plays = out.plays
	return r
}

// readHead reads up to headSize bytes; whole reports that there are no more.
func readHead(r io.Reader) (raw []byte, whole bool, err error) {
	raw = make([]byte, headSize)
	n := 0
	for n < len(raw) {
		k, err := r.Read(raw[n:])
		n += k
		if err == io.EOF {
			return raw[:n], true, nil
		}
		if err != nil {
			return nil, false, err
		}
	}
	return raw, false, nil
}

// add completes the report.
func (r *Report) add(all merged, known int) {
	for i := range r.Files {
		f := &r.Files[i]
		dropped := 0
		for reason, n := range f.Dropped {
			dropped += n
			r.Dropped[reason] += n
		}
		f.Duplicates = all.duplicates[i]
		f.Imported = f.Rows - dropped - f.Duplicates
		r.Rows += f.Rows
		r.Duplicates += f.Duplicates
		r.Plays += f.Imported
	}
	if r.Known = known; known > 0 {
		r.Held = len(all.plays)
	}
	for i, p := range all.plays {
		if all.of[i]&fromFile == 0 {
			continue
		}
		if all.of[i]&fromKnown == 0 && p.WasSkipped(0) {
			r.Skips++
		}
		if r.First.IsZero() {
			r.First = p.EndedAt
		}
		r.Last = p.EndedAt
	}
}

// nothingFound is the error of a path without any history.
func nothingFound(path string, top int, sources []source, results []result) error {
	looks, n := map[string]int{}, 0
	for i, s := range sources {
		if s.top == top {
			n++
			looks[results[i].looks]++
		}
	}
	if n == 0 {
		return &segue.InputError{File: printable(path), Problem: "holds no files", Hint: whatToGive}
	}
	kinds := make([]string, 0, len(looks))
	for what := range looks {
		kinds = append(kinds, what)
	}
	slices.SortFunc(kinds, func(a, b string) int {
		if looks[a] != looks[b] {
			return looks[b] - looks[a]
		}
		return strings.Compare(a, b)
	})
	var like segue.Phrases
	for i, kind := range kinds {
		if i == 3 {
			like = append(like, segue.Phrase{Text: language.Text("others")})
			break
		}
		what, _, _ := strings.Cut(kind, ";")
		like = append(like, segue.Phrase{Text: "%s (%d)", Args: []any{segue.Phrase{Text: what}, looks[kind]}})
	}
	return &segue.InputError{
		File: printable(path), Problem: "holds no listening history; what is there looks like %s", Args: []any{like}, Hint: whatToGive,
	}
}

// noPlays is the error of histories without any music.
func noPlays(paths []string, r *Report) error {
	e := &segue.InputError{Problem: "holds no plays at all", Hint: "ask the service for a longer history"}
	if len(paths) == 1 {
		e.File = printable(paths[0])
	} else {
		e.Problem = "the files hold no plays at all"
	}
	if r.Rows == 0 {
		return e
	}
	reasons := make([]string, 0, len(r.Dropped))
	for reason := range r.Dropped {
		reasons = append(reasons, reason)
	}
	slices.Sort(reasons)
	var held segue.Phrases
	for _, reason := range reasons {
		n := r.Dropped[reason]
		switch reason {
		case Podcast, Audiobook, Video, Unreadable:
			if n != 1 {
				reason += "s"
			}
			held = append(held, segue.Phrase{Text: "%d %s", Args: []any{n, segue.Phrase{Text: reason}}})
		default:
			held = append(held, segue.Phrase{Text: language.Text("%d rows with reason %q"), Args: []any{n, segue.Phrase{Text: reason}}})
		}
	}
	e.Problem, e.Args = language.Text("holds %s and no music"), []any{held}
	if len(paths) > 1 {
		e.Problem = language.Text("the files hold %s and no music")
	}
	e.Hint = "Spotify's music is in StreamingHistory_music_*.json or Streaming_History_Audio_*.json; give the whole ZIP if in doubt"
	return e
}
