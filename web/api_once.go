package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"segue/store"
)

// idempotencyKey is the header that tells a request made again from another, as
// draft-ietf-httpapi-idempotency-key-header has it.
const idempotencyKey = "Idempotency-Key"

// mostKey is how long such a key may be.
const mostKey = 128

// packedHeader marks an answer that is kept packed: an hour is some 200 kB of text.
const packedHeader = "Segue-Packed"

// answers returns the store that keeps what was answered. It may hold what an hour
// holds: on the server of one person, who may have agreed to nothing, that is memory;
// where people sign in, nothing is written that was not agreed to, and any process
// may be asked again.
func (c *call) answers() *store.Store {
	if c.server.o.Accounts {
		return c.server.kept
	}
	return c.server.passing
}

// once answers a request. A POST with an Idempotency-Key that was answered before is
// answered the same and not done again.
func (c *call) once(do func(*recording) error) error {
	rec := &recording{head: http.Header{}}
	keys := c.r.Header.Values(idempotencyKey)
	if c.op.method != http.MethodPost || c.op.secret || len(keys) == 0 {
		err := do(rec)
		if err == nil && !c.streamed {
			c.dress(rec)
			c.send(rec)
		}
		return err
	}
	key := keys[0]
	if len(keys) > 1 || key == "" || len(key) > mostKey || strings.ContainsFunc(key, func(r rune) bool { return r < '!' || r > '~' }) {
		return c.turnAway(&unread{&wrong{code: http.StatusUnprocessableEntity, what: c.Say("That could not be read"), todo: c.Say("Nothing was changed. The list of errors names every place that holds what it must not.")},
			[]apiInvalid{{Parameter: "header/" + idempotencyKey, Detail: c.Say("one key of 1 to %d visible characters is needed", mostKey)}}})
	}
	kept, state, err := c.answers().BeginAnswer(c.r.Context(), c.self, key, c.fingerprint(), c.at)
	if err != nil {
		return c.turnAway(err)
	}
	switch state {
	case store.AnswerDone:
		_ = c.turnAway(nil)
		return c.replay(kept)
	case store.AnswerInProgress:
		c.w.Header().Set("Retry-After", "1")
		return c.turnAway(&wrong{code: http.StatusConflict, kind: kindKeyBusy, what: c.Say("This is being done"), todo: c.Say("A request with the same key is under way. Ask again in a moment.")})
	case store.AnswerOther:
		return c.turnAway(&wrong{code: http.StatusUnprocessableEntity, kind: kindKeyUsed, what: c.Say("This key was used for something else"), todo: c.Say("Nothing was changed. Send a new Idempotency-Key with each new request.")})
	}
	ctx := context.WithoutCancel(c.r.Context())
	finished := false
	defer func() {
		if !finished { // it came to nothing: the same key may try again at once
			c.note(c.answers().DropAnswer(ctx, kept))
		}
	}()
	if err := do(rec); err != nil {
		return err
	}
	finished = true
	c.dress(rec)
	c.note(pack(&kept, rec))
	c.note(c.answers().FinishAnswer(ctx, kept)) // before it is sent: who has it may ask again
	c.send(rec)
	return nil
}

// turnAway returns why a request is not done, once its files, if it sends any, were
// taken off the line.
func (c *call) turnAway(why error) error {
	if c.op.upload {
		return c.server.refuse(c.w, c.r, why)
	}
	return why
}

// note logs what went wrong with keeping an answer: what was asked for is done.
func (c *call) note(err error) {
	if err != nil {
		c.server.o.Log.LogAttrs(c.r.Context(), slog.LevelWarn, "an answer was not kept", slog.String("route", c.op.id), slog.String("kind", kindOf(err)))
	}
}

// fingerprint tells one request from another. Of files it is their size: they are not
// read twice.
func (c *call) fingerprint() string {
	h := sha256.New()
	_, _ = io.WriteString(h, c.r.Method+"\n"+c.r.URL.RequestURI()+"\n"+c.r.Header.Get("If-Match")+"\n")
	if c.op.upload {
		_, _ = io.WriteString(h, strconv.FormatInt(c.r.ContentLength, 10))
	}
	_, _ = h.Write(c.body)
	return hex.EncodeToString(h.Sum(nil))
}

// pack makes an answer ready to be kept.
func pack(a *store.Answer, rec *recording) error {
	a.Status, a.Header = rec.code, map[string]string{}
	for _, name := range []string{"Content-Type", "Content-Language", "Location", "ETag"} {
		if v := rec.head.Get(name); v != "" {
			a.Header[name] = v
		}
	}
	if rec.body.Len() == 0 {
		return nil
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err == nil {
		_, err = z.Write(rec.body.Bytes())
	}
	if err == nil {
		err = z.Close()
	}
	a.Header[packedHeader], a.Body = "gzip", b.Bytes()
	return err
}

// replay answers as before.
func (c *call) replay(kept store.Answer) error {
	body := kept.Body
	if kept.Header[packedHeader] != "" {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return err
		}
		if body, err = io.ReadAll(z); err != nil {
			return err
		}
	}
	h := c.w.Header()
	for name, v := range kept.Header {
		if name != packedHeader {
			h.Set(name, v)
		}
	}
	h.Set("Idempotency-Replayed", "true")
	h.Set("Vary", "Accept-Language, Authorization")
	c.w.WriteHeader(kept.Status)
	_, _ = c.w.Write(body)
	return nil
}
