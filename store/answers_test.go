package store

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestAnswers(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		begins := func(key, request string, now time.Time, want AnswerState) Answer {
			t.Helper()
			a, state, err := s.BeginAnswer(ctx, "id-mai", key, request, now)
			if err != nil || state != want {
				t.Errorf("%s, %s: state %d, %v, want %d", key, request, state, err, want)
			}
			return a
		}
		a := begins("key", "hash", at(1).Add(999*time.Microsecond), AnswerNew)
		if !a.At.Equal(at(1)) || a.Status != 0 {
			t.Errorf("begun %+v", a)
		}
		begins("key", "hash", at(2), AnswerInProgress)
		begins("key", "another", at(2), AnswerOther)
		begins("key 2", "another", at(2), AnswerNew)
		if _, state, err := s.BeginAnswer(ctx, "id-binh", "key", "theirs", at(2)); err != nil || state != AnswerNew {
			t.Errorf("somebody else's key: %d, %v", state, err)
		}
		a.Status, a.Header, a.Body = 201, map[string]string{"Location": "/hours/1", "Content-Type": "application/json"}, []byte("\x00{}\xff")
		must(t, s.FinishAnswer(ctx, a))
		refuses(t, "finished twice", s.FinishAnswer(ctx, a), ErrConflict)
		if got := begins("key", "hash", after(time.Hour), AnswerDone); !reflect.DeepEqual(got, a) {
			t.Errorf("answered %+v, want %+v", got, a)
		}
		begins("key", "another", after(time.Hour), AnswerOther)
		must(t, s.DropAnswer(ctx, a))
		begins("key", "hash", after(time.Hour), AnswerDone) // what is done stays
		begins("key", "another", at(1).Add(answersKept), AnswerNew)

		bare := begins("bare", "hash", at(1), AnswerNew)
		bare.Status = 204
		must(t, s.FinishAnswer(ctx, bare))
		if got := begins("bare", "hash", at(1), AnswerDone); got.Status != 204 || len(got.Body)+len(got.Header) != 0 {
			t.Errorf("an empty one: %+v", got)
		}
	})
}

// What somebody died over is taken over; who was only slow is told.
func TestAnswerOfTheDead(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		begin := func(now time.Time) (Answer, AnswerState) {
			a, state, err := s.BeginAnswer(ctx, "id-mai", "key", "hash", now)
			must(t, err)
			return a, state
		}
		slow, _ := begin(at(1))
		if _, state := begin(at(0).Add(time.Minute)); state != AnswerInProgress {
			t.Errorf("a moment before a minute: %d", state)
		}
		next, state := begin(at(1).Add(time.Minute))
		if state != AnswerNew {
			t.Fatalf("after a minute: %d", state)
		}
		slow.Status, next.Status = 200, 201
		must(t, s.DropAnswer(ctx, slow)) // not theirs any more
		refuses(t, "the slow one", s.FinishAnswer(ctx, slow), ErrConflict)
		must(t, s.FinishAnswer(ctx, next))
		if got, state := begin(at(2)); state != AnswerDone || got.Status != 201 {
			t.Errorf("answered %+v, %d", got, state)
		}
		dropped, _, err := s.BeginAnswer(ctx, "id-mai", "another", "hash", at(1))
		must(t, err)
		must(t, s.DropAnswer(ctx, dropped))
		if _, state, err := s.BeginAnswer(ctx, "id-mai", "another", "other hash", at(1)); err != nil || state != AnswerNew {
			t.Errorf("after it was dropped: %d, %v", state, err)
		}
	})
}

// Of many who send the same at once, one is to answer, also when a dead one's is
// taken over.
func TestAnswerOnce(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		stores := []*Store{open(Options{}), open(Options{})}
		busy := errors.New("somebody else answers")
		for _, now := range []time.Time{at(1), at(1).Add(2 * time.Minute)} {
			won := race(t, 8, busy, func(i int) error {
				_, state, err := stores[i%2].BeginAnswer(context.Background(), "id-mai", "key", "hash", now)
				if err == nil && state != AnswerNew {
					return busy
				}
				return err
			})
			if won != 1 {
				t.Errorf("%d are to answer", won)
			}
		}
	})
}

func TestManyAnswers(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{})
	begin := func(account, key string, now time.Time) AnswerState {
		_, state, err := s.BeginAnswer(ctx, account, key, "hash", now)
		must(t, err)
		return state
	}
	begin("id-binh", "key", at(0))
	for i := range mostAnswers + 1 {
		begin("id-mai", numbered("k", i), at(i))
	}
	if state := begin("id-mai", numbered("k", 1), at(600)); state != AnswerInProgress {
		t.Errorf("one of the last: %d", state)
	}
	if state := begin("id-mai", numbered("k", 0), at(600)); state != AnswerNew {
		t.Errorf("the oldest: %d", state)
	}
	if state := begin("id-binh", "key", at(600)); state != AnswerInProgress {
		t.Errorf("somebody else's: %d", state)
	}
	a := Answer{Account: "id-mai", Key: numbered("k", 9), Request: "hash", Status: 200, At: at(9)}
	for what, change := range map[string]func(*Answer){
		"large":  func(a *Answer) { a.Body = make([]byte, mostAnswerBody+1) },
		"header": func(a *Answer) { a.Header = map[string]string{"X": strings.Repeat("x", mostHeader)} },
		"status": func(a *Answer) { a.Status = 0 },
		"no key": func(a *Answer) { a.Key = "" },
	} {
		a := a
		change(&a)
		refuses(t, what, s.FinishAnswer(ctx, a), ErrInvalid)
	}
	must(t, s.FinishAnswer(ctx, a))
	_, _, err := s.BeginAnswer(ctx, "id-mai", strings.Repeat("k", 300), "hash", at(1))
	refuses(t, "a long key", err, ErrInvalid)
	_, _, err = s.BeginAnswer(ctx, "id-mai", "k\x00", "hash", at(1))
	refuses(t, "a key that is no text", err, ErrInvalid)
}
