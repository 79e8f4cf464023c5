package knn

type file struct{ data []byte }
