package bench

import (
	"context"
	"fmt"
	"time"

	"segue/cluster/fcm"
	"segue/cluster/gmm"
	"segue/cluster/kmeans"
	"segue/cluster/validity"
	"segue/matrix"
)

// never is a tolerance that asks for all iterations; k-means alone ends before, when
// no center moves any more.
const never = -1

func kmeansFit[F matrix.Float](ctx context.Context, x matrix.Table[F], r Request) (*Answer, []int32, error) {
	start, err := centers(x, r)
	if err != nil {
		return nil, nil, err
	}
	o := kmeans.Options{Start: start, MaxIter: r.Iterations, Tol: never}
	began := time.Now()
	m, err := kmeans.Fit(ctx, x, o)
	took := time.Since(began).Seconds()
	if err != nil {
		return nil, nil, err
	}
	return &Answer{Seconds: took, Iterations: m.Iterations, Centers: m.Centers, Value: m.Inertia}, m.Labels, nil
}

func gmmFit[F matrix.Float](ctx context.Context, x matrix.Table[F], r Request) (*Answer, error) {
	start, err := mixture(x, r)
	if err != nil {
		return nil, err
	}
	o := gmm.Options{From: start, MaxIter: r.Iterations, Tol: never}
	began := time.Now()
	m, err := gmm.Fit(ctx, x, o)
	took := time.Since(began).Seconds()
	if err != nil {
		return nil, err
	}
	return &Answer{Seconds: took, Iterations: m.Iterations, Centers: m.Means, Value: m.LogLikelihood}, nil
}

func fcmFit[F matrix.Float](ctx context.Context, x matrix.Table[F], r Request) (*Answer, error) {
	start, err := centers(x, r)
	if err != nil {
		return nil, err
	}
	o := fcm.Options{Start: start, MaxIter: r.Iterations, Tol: never}
	began := time.Now()
	m, err := fcm.Fit(ctx, x, o)
	took := time.Since(began).Seconds()
	if err != nil {
		return nil, err
	}
	return &Answer{Seconds: took, Iterations: m.Iterations, Centers: m.Centers, Value: m.Objective}, nil
}

func silhouette[F matrix.Float](ctx context.Context, x matrix.Table[F], labels []int32) (*Answer, error) {
	if n, _ := x.Dims(); len(labels) != n {
		return nil, fmt.Errorf("%d labels for %d rows", len(labels), n)
	}
	began := time.Now()
	s, err := validity.Silhouettes(ctx, x, [][]int32{labels})
	took := time.Since(began).Seconds()
	if err != nil {
		return nil, err
	}
	return &Answer{Seconds: took, Value: s[0].Mean}, nil
}

// centers returns the centers a fit begins from.
func centers[F matrix.Float](x matrix.Table[F], r Request) ([][]float64, error) {
	if r.Start != nil {
		return r.Start.Centers, nil
	}
	n, d := x.Dims()
	if r.K < 1 || r.K > n {
		return nil, fmt.Errorf("the first %d of %d rows cannot be centers", r.K, n)
	}
	rows := make([][]float64, r.K)
	for i := range rows {
		rows[i] = make([]float64, d)
		for j := range d {
			rows[i][j] = float64(x.At(i, j))
		}
	}
	return rows, nil
}

// mixture returns the mixture a fit begins from.
func mixture[F matrix.Float](x matrix.Table[F], r Request) (*gmm.Model, error) {
	means, err := centers(x, r)
	if err != nil {
		return nil, err
	}
	_, d := x.Dims()
	m := &gmm.Model{K: len(means), Covariance: gmm.Full, Means: means}
	if r.Start != nil && r.Start.Weights != nil {
		m.Weights, m.Covariances = r.Start.Weights, r.Start.Covariances
		return m, nil
	}
	for range means {
		identity := make([][]float64, d)
		for j := range identity {
			identity[j] = make([]float64, d)
			identity[j][j] = 1
		}
		m.Weights, m.Covariances = append(m.Weights, 1/float64(m.K)), append(m.Covariances, identity)
	}
	return m, nil
}
