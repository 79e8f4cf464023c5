package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// An Answer is what was answered to a request that may be sent again under the
// same key, so that what it asks for happens once.
type Answer struct {
	Account string // account or listener whose key it is
	Key     string // what the client calls the request
	Request string // hash of method, path and body
	Status  int    // 0 while it is being answered
	Header  map[string]string
	Body    []byte
	At      time.Time // begun
}

// An AnswerState is what BeginAnswer found.
type AnswerState int

// The states of an answer.
const (
	AnswerNew        AnswerState = iota // it is the caller's to be answered, and then finished or dropped
	AnswerInProgress                    // somebody is answering it
	AnswerDone                          // this was the answer
	AnswerOther                         // the key is that of another request
)

// How long answers are kept, and how much of them at most; one that was begun is
// taken over when whoever began it must have died. (d)
const (
	answersKept    = 24 * time.Hour
	answerTakeOver = time.Minute
	mostAnswers    = 500     // of one account; the oldest go
	mostAnswerBody = 1 << 20 // bytes
	mostHeader     = 16 << 10
)

func (a Answer) check() error {
	if err := checkID("the account of the answer", a.Account); err != nil {
		return err
	}
	if err := checkID("the key of the answer", a.Key); err != nil {
		return err
	}
	if err := checkID("the request of the answer", a.Request); err != nil {
		return err
	}
	return checkTime("the answer", a.At)
}

const answerColumns = "account, key, request, status, header, body, at_ms"

func scanAnswer(read func(...any) error) (a Answer, err error) {
	var header string
	var at int64
	if err = read(&a.Account, &a.Key, &a.Request, &a.Status, &header, &a.Body, &at); err != nil {
		return a, err
	}
	a.At = moment(at)
	if json.Unmarshal([]byte(header), &a.Header) != nil {
		err = ErrDamaged
	}
	return a, err
}

// BeginAnswer looks a request up by its key. AnswerNew says that the caller is
// to answer it, under the Answer that is returned; of several who come at once,
// one is. A request that was begun a minute ago and is not finished is the
// caller's as well: whoever began it must have died, so an answer takes less
// than a minute, or is begun as a job. Whether what died had taken effect is
// not known: that is for the request itself to find out.
//
// Answers count for 24 hours, and the last 500 of an account; DropExpired deletes
// what is older.
func (s *Store) BeginAnswer(ctx context.Context, account, key, request string, now time.Time) (a Answer, state AnswerState, err error) {
	const doing = "begin the answer"
	now = moment(stamp(now))
	fresh := Answer{Account: account, Key: key, Request: request, At: now}
	if err := fresh.check(); err != nil {
		return Answer{}, 0, fault(doing, err)
	}
	err = s.writeOf(ctx, account, doing, func(ctx context.Context, c *conn) error {
		if _, err := c.exec(ctx, "DELETE FROM answers WHERE account = $1 AND at_ms <= $2", account, stamp(now.Add(-answersKept))); err != nil {
			return err
		}
		a, err = first(ctx, c, scanAnswer, "SELECT "+answerColumns+" FROM answers WHERE account = $1 AND key = $2", account, key)
		switch {
		case errors.Is(err, ErrNotFound):
			a, state = fresh, AnswerNew
			return beginAnswer(ctx, c, fresh)
		case err != nil:
			return err
		case a.Request != request:
			a, state = Answer{}, AnswerOther
		case a.Status != 0:
			state = AnswerDone
		case a.At.After(now.Add(-answerTakeOver)):
			a, state = Answer{}, AnswerInProgress
		default:
			a, state = fresh, AnswerNew
			_, err := c.exec(ctx, "UPDATE answers SET at_ms = $1 WHERE account = $2 AND key = $3", stamp(now), account, key)
			return err
		}
		return nil
	})
	if err != nil {
		return Answer{}, 0, err
	}
	return a, state, nil
}

func beginAnswer(ctx context.Context, c *conn, a Answer) error {
	_, err := c.exec(ctx, `DELETE FROM answers WHERE account = $1 AND key IN
		(SELECT key FROM answers WHERE account = $1 ORDER BY at_ms DESC, key LIMIT 1000 OFFSET $2)`, a.Account, int64(mostAnswers-1))
	if err != nil {
		return err
	}
	_, err = c.exec(ctx, "INSERT INTO answers ("+answerColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7)",
		a.Account, a.Key, a.Request, int64(0), "{}", []byte{}, stamp(a.At))
	return err
}

// FinishAnswer keeps the answer to a request that BeginAnswer gave the caller: a
// is what that returned, with Status, Header and Body. It returns ErrConflict if
// somebody took it over in the meantime, or it is gone, and ErrInvalid if the
// answer is larger than 1 MB.
func (s *Store) FinishAnswer(ctx context.Context, a Answer) error {
	const doing = "keep the answer"
	if err := a.check(); err != nil {
		return fault(doing, err)
	}
	if a.Status < 100 || a.Status > 999 {
		return fault(doing, invalid("the status of the answer is no code of HTTP"))
	}
	if err := checkBytes("the answer", a.Body, mostAnswerBody); err != nil {
		return fault(doing, err)
	}
	header, err := json.Marshal(a.Header)
	if err == nil && a.Header == nil {
		header = []byte("{}")
	}
	if err == nil {
		err = checkBytes("the header of the answer", header, mostHeader)
	}
	if err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, a.Account, doing, func(ctx context.Context, c *conn) error {
		n, err := c.exec(ctx, `UPDATE answers SET status = $1, header = $2, body = $3
			WHERE account = $4 AND key = $5 AND request = $6 AND at_ms = $7 AND status = 0`,
			int64(a.Status), text(string(header)), blob(a.Body), a.Account, a.Key, a.Request, stamp(a.At))
		if err == nil && n == 0 {
			return ErrConflict
		}
		return err
	})
}

// DropAnswer lets go of a request that BeginAnswer gave the caller and that came
// to nothing, so that it can be sent again at once. One that somebody took over
// stays.
func (s *Store) DropAnswer(ctx context.Context, a Answer) error {
	return s.writeOf(ctx, a.Account, "drop the answer", func(ctx context.Context, c *conn) error {
		_, err := c.exec(ctx, "DELETE FROM answers WHERE account = $1 AND key = $2 AND request = $3 AND at_ms = $4 AND status = 0",
			a.Account, a.Key, a.Request, stamp(a.At))
		return err
	})
}
