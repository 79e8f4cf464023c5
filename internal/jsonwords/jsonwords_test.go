package jsonwords

import (
	"encoding/json"
	"errors"
	"testing"
)

type Inner struct {
	Minutes int `json:"minutes"`
}

type document struct {
	Inner
	Deep struct {
		Names []string `json:"names"`
	} `json:"deep"`
	Seed  *uint64    `json:"seed"`
	Share [3]float64 `json:"share"`
	On    bool       `json:"on"`
}

func TestMismatch(t *testing.T) {
	for text, want := range map[string]string{
		`{"minutes": "x"}`:         `"minutes" is text, and a whole number is needed`,
		`{"minutes": 30.5}`:        `"minutes" is the number 30.5, and a whole number is needed`,
		`{"seed": -1}`:             `"seed" is the number -1, and a whole number from 0 on is needed`,
		`{"deep": []}`:             `"deep" is a list, and an object is needed`,
		`{"share": {}}`:            `"share" is an object, and a list is needed`,
		`{"share": [true]}`:        `"share" is true or false, and a number is needed`,
		`{"on": 3}`:                `"on" is a number, and true or false is needed`,
		`[]`:                       `it is a list, and an object is needed`,
		`{"deep": {"names": "x"}}`: `"deep.names" is text, and a list is needed`,
	} {
		var d document
		var kind *json.UnmarshalTypeError
		if err := json.Unmarshal([]byte(text), &d); !errors.As(err, &kind) {
			t.Errorf("%s: %v", text, err)
		} else if got := Mismatch(kind); got != want {
			t.Errorf("%s: %s; want %s", text, got, want)
		}
	}
}
