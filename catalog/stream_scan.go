package catalog

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"slices"

	"github.com/parquet-go/parquet-go"

	"segue"
	"segue/internal/parallel"
	"segue/internal/table"
	"segue/matrix"
)

// scanRows is how many rows of a Parquet file are decoded at a time by a Stream.
// A multiple of matrix.PieceRows. (d)
const scanRows = 16 * matrix.PieceRows

// A parquetTable is an open Parquet file and where its columns are.
type parquetTable struct {
	file   *parquet.File
	layout layout
	leaves []*parquet.Column
}

// A tableBlock is some consecutive rows of a file.
type tableBlock struct {
	first    int         // the first's number, from 0
	named    []bool      // which have a title and an artist, or were said to be wanted
	features [][]float32 // a column a feature of the scan; NaN where missing or not named
}

// A scan is one reading of some features of a file, from the first row to the
// last. The features of a block are decoded side by side.
type scan struct {
	table    *parquetTable
	path     string
	features []segue.Feature

	// wanted, if given, says which rows' values are asked for; otherwise titles
	// and artists are read to find the rows that have both.
	wanted *rowSet

	names  *batch   // judges rows
	judges []*batch // judge the values of each feature
}

func newScan(t *parquetTable, path string, features []segue.Feature) *scan {
	p := &scan{table: t, path: path, features: features}
	judge := func() *batch { return newBatch(&t.layout, path, maphash.Seed{}, false) }
	p.names = judge()
	for range features {
		p.judges = append(p.judges, judge())
	}
	return p
}

// run calls work with one block after the other, which is filled again after.
func (p *scan) run(ctx context.Context, work func(b *tableBlock) error) error {
	b := &tableBlock{}
	named := make([]bool, scanRows)
	columns := make([][]float32, len(p.features))
	for j := range columns {
		columns[j] = make([]float32, scanRows)
	}
	b.features = make([][]float32, len(columns))
	for _, group := range p.table.file.RowGroups() {
		g, err := p.openGroup(group)
		if err != nil {
			return table.DamagedParquet(p.path, err)
		}
		for rows := group.NumRows(); rows > 0; rows -= int64(len(b.named)) {
			n := int(min(rows, scanRows))
			b.named = named[:n]
			for j := range columns {
				b.features[j] = columns[j][:n]
			}
			if err := p.fill(ctx, g, b); err != nil {
				g.close()
				if ctx.Err() != nil {
					return ctx.Err()
				}
				return table.DamagedParquet(p.path, err)
			}
			if err := work(b); err != nil {
				g.close()
				return err
			}
			b.first += n
		}
		g.close()
	}
	return nil
}

// A groupReader holds a row group's columns; those the file lacks are nil.
type groupReader struct {
	title, artists *cursor
	features       []*numbers
}

func (p *scan) openGroup(group parquet.RowGroup) (g *groupReader, err error) {
	defer recovered(&err)
	chunks, at := group.ColumnChunks(), &p.table.layout.at
	g = &groupReader{features: make([]*numbers, len(p.features))}
	if p.wanted == nil {
		if g.title, err = openCursor(chunks, p.table.leaves[at[roleTitle]]); err != nil {
			return nil, err
		}
		if g.artists, err = openCursor(chunks, p.table.leaves[at[roleArtists]]); err != nil {
			g.close()
			return nil, err
		}
	}
	for j, f := range p.features {
		if at[int(roleFeature)+int(f)] < 0 {
			continue
		}
		leaf := p.table.leaves[at[int(roleFeature)+int(f)]]
		c, err := openCursor(chunks, leaf)
		if err != nil {
			g.close()
			return nil, err
		}
		g.features[j] = &numbers{cursor: c, kind: leaf.Type().Kind(), present: byte(leaf.MaxDefinitionLevel())}
	}
	return g, nil
}

func (g *groupReader) close() {
	g.title.close()
	g.artists.close()
	for _, c := range g.features {
		if c != nil {
			c.close()
		}
	}
}

// recovered, deferred, turns a panic of the Parquet library into an error.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%v", p)
	}
}

// fill reads the next rows of a row group.
func (p *scan) fill(ctx context.Context, g *groupReader, b *tableBlock) error {
	for _, j := range p.judges {
		j.reset()
	}
	p.names.reset()
	if err := p.findNamed(g, b); err != nil {
		return err
	}
	errs := make([]error, len(p.features))
	if err := parallel.Chunks(ctx, len(p.features), 1, func(j, _, _ int) {
		errs[j] = p.fillFeature(g, b, j)
	}); err != nil {
		return err
	}
	return cmp.Or(errs...)
}

// findNamed finds the rows whose values are asked for.
func (p *scan) findNamed(g *groupReader, b *tableBlock) (err error) {
	defer recovered(&err)
	if p.wanted != nil {
		for i := range b.named {
			b.named[i] = p.wanted.has(b.first + i)
		}
		return nil
	}
	var r row
	for i := range b.named {
		p.names.rows++
		if r.text[roleTitle], err = g.title.words(); err != nil {
			return err
		}
		if r.text[roleArtists], err = g.artists.words(); err != nil {
			return err
		}
		b.named[i] = p.names.named(&r)
	}
	return nil
}

// fillFeature reads the next values of feature j of the scan.
func (p *scan) fillFeature(g *groupReader, b *tableBlock, j int) (err error) {
	defer recovered(&err)
	to, c := b.features[j], g.features[j]
	if c == nil {
		for i := range to {
			to[i] = missing()
		}
		return nil
	}
	return c.read(to, b.named, p.judges[j], p.features[j])
}

// tell adds what the judges found in a block to a report.
func (p *scan) tell(r *Report, file *FileReport, b *tableBlock) {
	for _, j := range p.judges {
		p.names.bad += j.bad
		p.names.notes = append(p.names.notes, j.notes...)
	}
	slices.SortStableFunc(p.names.notes, func(a, b segue.InputError) int { return cmp.Compare(a.Row, b.Row) })
	r.count(file, p.names, b.first)
}

// numbers reads a column of numbers.
type numbers struct {
	*cursor
	kind    parquet.Kind
	present byte // the definition level of a value that is not null

	rows, row int     // of the page: how many, and the next
	levels    []byte  // of each row; nil if none can be null
	index     []int32 // of each value, where it is in the dictionary; nil without one
	value     int     // the next value of the page
	int32s    []int32 // the page's values, or the dictionary's: one of these four
	int64s    []int64
	floats    []float32
	doubles   []float64
}

// read reads the next len(to) rows of feature f. Those not wanted, and those
// whose value may not be, become missing.
func (c *numbers) read(to []float32, wanted []bool, judge *batch, f segue.Feature) error {
	for i := 0; i < len(to); {
		switch c.kind {
		case parquet.Int32, parquet.Int64, parquet.Float, parquet.Double:
		default: // texts and truth values, as rare as they are slow
			v, err := c.scalar()
			if err != nil {
				return err
			}
			to[i] = missing()
			if wanted[i] {
				judge.lines = i + 1
				if x, ok := judge.valueNumber(roleFeature+role(f), v); ok && judge.checkFeature(f, x) {
					to[i] = float32(x)
				}
			}
			i++
			continue
		}
		if c.row == c.rows {
			if err := c.nextPage(); err != nil {
				return noMore(err)
			}
			continue
		}
		n := min(len(to)-i, c.rows-c.row)
		part := part{to[i : i+n], wanted[i : i+n], i}
		switch c.kind {
		case parquet.Int32:
			take(c, c.int32s, part, judge, f)
		case parquet.Int64:
			take(c, c.int64s, part, judge, f)
		case parquet.Float:
			take(c, c.floats, part, judge, f)
		default:
			take(c, c.doubles, part, judge, f)
		}
		c.row += n
		i += n
	}
	return nil
}

// nextPage reads the next page, and its dictionary's values if it has one.
func (c *numbers) nextPage() error {
	page, err := c.pages.ReadPage()
	if err != nil {
		return err
	}
	parquet.Release(c.page)
	c.page = page
	c.rows, c.row, c.value = int(page.NumRows()), 0, 0
	c.levels, c.index = nil, nil
	if c.present > 0 {
		if c.levels = page.DefinitionLevels(); len(c.levels) != c.rows {
			return fmt.Errorf("a page of %d rows says of %d whether they are null", c.rows, len(c.levels))
		}
	}
	data := page.Data()
	if d := page.Dictionary(); d != nil {
		c.index = data.Int32()
		data = d.Page().Data()
	}
	switch c.kind {
	case parquet.Int32:
		c.int32s = data.Int32()
	case parquet.Int64:
		c.int64s = data.Int64()
	case parquet.Float:
		c.floats = data.Float()
	default:
		c.doubles = data.Double()
	}
	return nil
}

// A part is a run of rows of a block.
type part struct {
	to     []float32
	wanted []bool
	first  int // in the block
}

// take reads a part from the page at hand.
func take[T int32 | int64 | float32 | float64](c *numbers, values []T, p part, judge *batch, f segue.Feature) {
	levels := c.levels
	if levels != nil {
		levels = levels[c.row : c.row+len(p.to)]
	}
	for i := range p.to {
		p.to[i] = missing()
		if levels != nil && levels[i] != c.present {
			continue
		}
		at := c.value
		c.value++
		if c.index != nil {
			at = int(c.index[at])
		}
		if x := float64(values[at]); p.wanted[i] {
			judge.lines = p.first + i + 1
			if judge.finite(roleFeature+role(f), x) && judge.checkFeature(f, x) {
				p.to[i] = float32(x)
			}
		}
	}
}
