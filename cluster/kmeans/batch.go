package kmeans

import (
	"context"
	"fmt"

	"segue/cluster/internal/lloyd"
	"segue/internal/kernel"
	"segue/matrix"
)

// BatchOptions say how to fit a table batch by batch. The zero value of every
// field but K is a usable default.
type BatchOptions struct {
	Options // Restarts and MaxIter are those of the fit to the sample

	Sample int // rows that the starts are fitted on; 0 means 20,000
	Batch  int // rows between two moves of the centers, rounded up to a multiple of matrix.PieceRows; 0 means one of these
	Passes int // over the table, at most; 0 means 3
}

// FitMiniBatch is FitStream in a few passes: the centers move after every batch of
// rows, each towards the batch's mean by a step that shrinks as the rows it has
// seen grow in number, so that it is at any time the mean of the rows it was
// nearest to when they came by. A pass thus moves the centers as often as it has
// batches. It ends before Passes if one of them moves the centers by no more than
// Tol allows; a last pass is for Sizes and Inertia. Iterations counts batches.
//
// The inertia is a little above that of FitStream. The rows are taken in the order
// of src: they must not be sorted by anything that tells clusters apart. The
// result is the same on any number of processors, and for pieces of any size.
//
// Errors are those of FitStream.
//
// Reference: Sculley 2010, Web-scale k-means clustering, doi:10.1145/1772690.1772862.
// The step size is his; he draws the rows of a batch at random.
func FitMiniBatch[F matrix.Float](ctx context.Context, src matrix.Source[F], o BatchOptions) (*Model, error) {
	n, d := src.Dims()
	stream := StreamOptions{Options: o.Options, Sample: o.Sample}.withDefaults("FitMiniBatch", d)
	if o.Batch < 0 || o.Passes < 0 {
		panic(fmt.Sprintf("kmeans: FitMiniBatch: Batch = %d, Passes = %d: must not be negative", o.Batch, o.Passes))
	}
	if o.Passes == 0 {
		o.Passes = 3
	}
	if err := check[F](n, d, stream.Options); err != nil {
		return nil, fmt.Errorf("kmeans: %w", err)
	}
	centers, tolerance, err := begin(ctx, src, stream)
	if err != nil {
		return nil, fmt.Errorf("kmeans: %w", err)
	}
	chunks := max(1, (o.Batch+kernel.ChunkRows-1)/kernel.ChunkRows)
	r, err := lloyd.Batches(ctx, src, centers, o.Weights, chunks, o.Passes, tolerance)
	if err != nil {
		return nil, fmt.Errorf("kmeans: %w", err)
	}
	return stream.model(r), nil
}
