package web

import (
	"net/http"
)

// once answers a request, a POST with an Idempotency-Key one time alone.
func (c *call) once(do func(*recording) error) error {
	rec := &recording{head: http.Header{}}
	err := do(rec)
	if err == nil && !c.streamed {
		c.send(rec)
	}
	return err
}

// idempotencyKey is the header that tells a request made again from another.
const idempotencyKey = "Idempotency-Key"

// mostKey is how long such a key may be.
const mostKey = 128
