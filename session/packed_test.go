package session

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"

	"segue"
)

// Packed sessions are what was packed, to the last bit.
func TestPackedIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawListening(t, 60)
		by := time.Duration(rapid.Int64Range(-1e9, 1e9).Draw(t, "shift")) * time.Nanosecond
		years := rapid.IntRange(-2000, 7000).Draw(t, "years")
		for i := range l.Plays {
			l.Plays[i].EndedAt = l.Plays[i].EndedAt.AddDate(years, 0, 0).Add(by)
		}
		sessions := Sessions(l, Options{Gates: Gates{SessionPlays: rapid.IntRange(1, 8).Draw(t, "gate")}})
		p := Pack(sessions)
		if p.Len() != len(sessions) || p.Plays() != len(l.Plays) {
			t.Fatalf("%d sessions of %d plays", p.Len(), p.Plays())
		}
		for i, got := range p.Slice(0, p.Len()) {
			if bits(got) != bits(sessions[i]) {
				t.Fatalf("session %d is %+v, was %+v", i, got, sessions[i])
			}
			if !p.Start(i).Equal(sessions[i].Start) {
				t.Fatalf("session %d starts at %v", i, p.Start(i))
			}
		}
		last, ok := p.LastMood()
		var want segue.Session
		had := false
		for _, s := range sessions {
			if s.HasMood {
				want, had = s, true
			}
		}
		if ok != had || ok && bits(last) != bits(want) {
			t.Fatalf("the last mood is of %+v, %v; want %+v", last, ok, want)
		}
	})
}

// bits writes a session so that two are alike only if every bit is, those of what is
// no number, too.
func bits(s segue.Session) string {
	var b []byte
	for _, v := range append(s.Membership[:], s.Position.Valence, s.Position.Arousal, s.StdErr.Valence, s.StdErr.Arousal, s.Coverage) {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(v))
	}
	s.Membership, s.Position, s.StdErr, s.Coverage = segue.Membership{}, segue.Affect{}, segue.Affect{}, 0
	return fmt.Sprintf("%x %#v", b, s)
}

func TestPackNothingAndWhatIsNone(t *testing.T) {
	if p := Pack(nil); p.Len() != 0 || p.Plays() != 0 || p.Bytes() != 0 {
		t.Errorf("nothing is %+v", p)
	}
	if _, ok := (Packed{}).LastMood(); ok {
		t.Error("nothing has a mood")
	}
	defer func() {
		if recover() == nil {
			t.Error("sessions with a hole between were packed")
		}
	}()
	Pack([]segue.Session{{First: 0, Last: 2}, {First: 3, Last: 4}})
}

func TestPackedBytes(t *testing.T) {
	if s, p := unsafe.Sizeof(packedSession{}), unsafe.Sizeof(packedPlace{}); s != packedSessionBytes || p != packedPlaceBytes {
		t.Errorf("%d and %d bytes", s, p)
	}
}
