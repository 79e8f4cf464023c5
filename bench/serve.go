package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"segue/internal/kernel"
	"segue/knn"
	"segue/matrix"
)

// Serve answers the requests that in holds, one JSON object a line, on out, until
// in or ctx ends. A request that cannot be met is answered with why. Serve
// returns the first error of reading or writing, and ctx's if that ended.
func Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	s := &server{doubles: map[string]matrix.Columns{}, singles: map[string]matrix.Columns32{},
		labels: map[string][]int32{}, indexes: map[key]*knn.Index{}}
	requests, answers := json.NewDecoder(bufio.NewReader(in)), json.NewEncoder(out)
	for {
		var r Request
		if err := requests.Decode(&r); err != nil {
			if errors.Is(err, io.EOF) {
				return ctx.Err()
			}
			return fmt.Errorf("bench: a request cannot be read: %w", err)
		}
		a, err := s.answer(ctx, r)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			a = &Answer{Error: fmt.Sprintf("%s: %v", r.Do, err)}
		} else {
			a.Kernels, _ = kernel.Running()
			a.Memory, a.Peak = memory()
		}
		if err := answers.Encode(a); err != nil {
			return err
		}
	}
}

// server holds what requests named.
type server struct {
	doubles map[string]matrix.Columns
	singles map[string]matrix.Columns32
	labels  map[string][]int32
	indexes map[key]*knn.Index
}

// key names an index: tables of both sizes of floats may share a name.
type key struct {
	table  string
	single bool
}

func (r Request) key() key { return key{r.Table, r.Float == 32} }

func (s *server) answer(ctx context.Context, r Request) (a *Answer, err error) {
	defer func() { // a bad call panics, and the worker lives on
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	switch r.Do {
	case "memory":
		return &Answer{}, nil
	case "labels":
		s.labels[r.Labels], err = readLabels(r.Path)
		return &Answer{Rows: len(s.labels[r.Labels])}, err
	case "neighbours":
		return s.neighbours(ctx, r)
	}
	if r.Float == 32 {
		return on(ctx, s, s.singles, r)
	}
	return on(ctx, s, s.doubles, r)
}

// on answers requests about one type of tables.
func on[F matrix.Float](ctx context.Context, s *server, tables map[string]matrix.Table[F], r Request) (*Answer, error) {
	switch r.Do {
	case "work":
		return work[F](ctx)
	case "blobs", "load":
		x, err := get[F](ctx, r)
		if err != nil {
			return nil, err
		}
		tables[r.Table] = x
		n, d := x.Dims()
		return &Answer{Rows: n, Columns: d}, nil
	}
	x, there := tables[r.Table]
	if !there {
		return nil, fmt.Errorf("there is no table %q of these floats", r.Table)
	}
	debug.FreeOSMemory() // what another request left is not cleared away during this one
	switch r.Do {
	case "stream":
		return stream(ctx, x)
	case "index":
		began := time.Now()
		ix, err := index(x)
		took := time.Since(began).Seconds()
		if err != nil {
			return nil, err
		}
		s.indexes[r.key()] = ix
		return &Answer{Seconds: took}, nil
	case "silhouette":
		return silhouette(ctx, x, s.labels[r.Labels])
	case "kmeans":
		a, labels, err := kmeansFit(ctx, x, r)
		if err == nil && r.Labels != "" {
			s.labels[r.Labels] = labels
		}
		return a, err
	case "gmm":
		return gmmFit(ctx, x, r)
	case "fcm":
		return fcmFit(ctx, x, r)
	}
	return nil, errors.New("nobody does that here")
}

func get[F matrix.Float](ctx context.Context, r Request) (matrix.Table[F], error) {
	if r.Do == "load" {
		return readTable[F](r.Path)
	}
	return Blobs[F](ctx, r.Rows, r.Columns, r.Seed, r.Part)
}

func index[F matrix.Float](x matrix.Table[F]) (*knn.Index, error) {
	switch x := any(x).(type) {
	case matrix.Columns32:
		return knn.New32(x)
	case matrix.Columns:
		return knn.New(x)
	}
	panic("bench: a table of neither float64 nor float32")
}

func (s *server) neighbours(ctx context.Context, r Request) (*Answer, error) {
	ix, queries := s.indexes[r.key()], s.doubles[r.Queries]
	if ix == nil {
		return nil, fmt.Errorf("there is no index of %q", r.Table)
	}
	a := &Answer{}
	row := queries.Row(nil, 0)
	began := time.Now()
	for i := r.From; i < r.To; i++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		row = queries.Row(row, i)
		start := time.Now()
		found := ix.Nearest(row, r.K, nil)
		a.Latencies = append(a.Latencies, time.Since(start).Seconds())
		if r.Tell {
			rows, distances := make([]int, len(found)), make([]float64, len(found))
			for j, f := range found {
				rows[j], distances[j] = f.Row, f.Distance
			}
			a.Nearest, a.Distances = append(a.Nearest, rows), append(a.Distances, distances)
		}
	}
	a.Seconds = time.Since(began).Seconds()
	return a, nil
}
