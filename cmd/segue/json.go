package main

import (
	"encoding/json"
	"fmt"

	"segue"
)

// mergeJSON writes two values that marshal to objects as one object, the keys
// of b after those of a.
func mergeJSON(a, b any) ([]byte, error) {
	x, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	y, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	switch {
	case len(x) < 2 || x[0] != '{' || len(y) < 2 || y[0] != '{':
		return nil, fmt.Errorf("cannot join %.20s and %.20s into one object", x, y)
	case len(x) == 2:
		return y, nil
	case len(y) == 2:
		return x, nil
	}
	return append(append(x[:len(x)-1], ','), y[1:]...), nil
}

// number writes n with the given decimals, or a dash.
func number(n segue.Number, decimals int) string {
	if !n.Known() {
		return "–"
	}
	return fmt.Sprintf("%.*f", decimals, float64(n))
}
