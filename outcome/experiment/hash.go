package experiment

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Canonical returns the design as canonical JSON (RFC 8785): its defaults filled in,
// keys in order, no space, numbers in their shortest form, UTF-8. Two files that say
// the same have one canonical form, whatever their layout.
func (d *Design) Canonical() []byte {
	full := *d
	full.Guardrails = append([]Guardrail(nil), d.Guardrails...) // fill writes there
	full.fill()
	return CanonicalJSON(full)
}

// CanonicalJSON returns v, made of structs, strings and finite numbers, as canonical JSON.
func CanonicalJSON(v any) []byte {
	plain, err := json.Marshal(v)
	if err != nil {
		panic("experiment: " + err.Error())
	}
	d := json.NewDecoder(bytes.NewReader(plain))
	d.UseNumber()
	var object any
	if err := d.Decode(&object); err != nil {
		panic("experiment: " + err.Error())
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(object); err != nil { // maps are written by key
		panic("experiment: " + err.Error())
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// Hash returns the SHA-256 of the canonical form, in hexadecimal: 64 characters.
func (d *Design) Hash() string {
	sum := sha256.Sum256(d.Canonical())
	return hex.EncodeToString(sum[:])
}

// refDigits is how much of the hash an exposure bears: 128 bits.
const refDigits = 32

// Ref returns what exposures name as their Experiment: the design's id, @, and the
// first half of its hash. So every exposure says which design it was made under.
func (d *Design) Ref() string { return d.ID + "@" + d.Hash()[:refDigits] }
