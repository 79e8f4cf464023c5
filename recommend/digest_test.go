package recommend_test

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"

	"segue/demo"
	"segue/playlist"
	"segue/recommend"
)

// What a digest says of a listener, and the hour planned with it, is what the listener
// says, byte for byte.
func TestADigestSaysTheSame(t *testing.T) {
	ctx := context.Background()
	m, l, p, _ := climb(t, 1)
	d := l.Digest()
	as := func(of any) string {
		t.Helper()
		b, err := json.Marshal(of)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if as(d.View()) != as(l.View()) {
		t.Error("the sessions are others")
	}
	at, ok := d.LastMood()
	when, timed := d.LastMoodAt()
	wantAt, wantOK := l.LastMood()
	wantWhen, _ := l.LastMoodAt()
	if at != wantAt || ok != wantOK || !when.Equal(wantWhen) || timed != ok {
		t.Errorf("the last mood is at %v (%v), %v", at, ok, when)
	}
	if d.Plays() != len(l.Listening.Plays) || !reflect.DeepEqual(d.Coverage, l.Coverage) || !reflect.DeepEqual(d.GapCounts(), l.GapCounts()) || d.Gap != l.Gap || d.Zone != l.Zone() {
		t.Errorf("%+v", d)
	}
	wish := recommend.Wish{To: "calm", Minutes: 30, Seed: 3}
	asked, err := recommend.RequestOf(d, p, wish)
	if err != nil {
		t.Fatal(err)
	}
	library, err := m.LibraryOf(d, p)
	if err != nil {
		t.Fatal(err)
	}
	got, err := playlist.Plan(ctx, library, asked)
	if err != nil {
		t.Fatal(err)
	}
	want, err := recommend.Plan(ctx, m, l, p, wish)
	if err != nil {
		t.Fatal(err)
	}
	if as(got) != as(want) {
		t.Error("the hour is another")
	}
}

// Without a listener there is no last mood, whatever the nil is of.
func TestNobodysPast(t *testing.T) {
	for _, past := range []recommend.Past{nil, (*recommend.Listener)(nil), (*recommend.Digest)(nil)} {
		if err := (recommend.Wish{To: "calm"}).Check(past); !recommend.NeedsStart(err) {
			t.Errorf("%T: %v", past, err)
		}
	}
}

// Plays of some sessions lie where they do among all.
func TestBesideSome(t *testing.T) {
	m, l, _, _ := climb(t, 1)
	s := l.Sessions[len(l.Sessions)/2]
	some, err := m.Beside(t.Context(), l.Listening.Plays[s.First:s.Last], demo.Location())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(some.Matches, l.Listening.Matches[s.First:s.Last]) {
		t.Errorf("%v, want %v", some.Matches, l.Listening.Matches[s.First:s.Last])
	}
}
