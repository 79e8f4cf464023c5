package lab

import (
	"encoding/json"
	"fmt"

	"segue/audit"
)

// OriginKind is the kind of version under which the origin of a learned model is kept, by
// the model's id. It is none of those that may be chosen.
const OriginKind = "model_origin"

// An Origin says of labels that a model was learned from what the model itself does not:
// which file they came in, and whether they look as if they were made from the features.
// It stands apart from the model, so that the same labels make the same model wherever it
// is trained.
type Origin struct {
	File     string            `json:"file"` // SHA-256 of the table's bytes, hexadecimal; empty if not known
	Circular audit.Circularity `json:"circular"`
}

// Origin returns where the model that was learned comes from.
func (a *Audited) Origin() Origin { return Origin{File: a.File, Circular: a.Circular} }

// ParseOrigin reads an origin that was kept as JSON.
func ParseOrigin(b []byte) (*Origin, error) {
	o := new(Origin)
	if err := json.Unmarshal(b, o); err != nil {
		return nil, fmt.Errorf("lab: reading an origin: %w", err)
	}
	return o, nil
}
