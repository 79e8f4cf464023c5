package tell

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"segue/language"
	"segue/playlist"

	"pgregory.net/rapid"
)

// TestHourWords: what an hour of each kind is called.
func TestHourWords(t *testing.T) {
	made := hours(t, nil)
	for name, want := range map[string]string{
		"way": "From angry to calm, in an hour", "short": "From anxious to content, in 10 minutes", "stay": "Staying calm, for an hour",
		"shuffle": "Your own tracks, in random order, for an hour", "compensatory": "Content from the first track, for an hour", "corner": "From angry to calm, in an hour",
	} {
		if got := plain(HourHeadline(nil, made[name])); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	vi, _ := language.Of("vi")
	if got := plain(HourHeadline(vi, made["way"])); got != "Từ gắt đến êm, trong một giờ" {
		t.Errorf("in Vietnamese %q", got)
	}
	if got := plain(HourLead(nil, made["stay"])); !strings.HasSuffix(got, ". It stays where you are.") {
		t.Errorf("an hour that stays says %q", got)
	}
	for _, n := range []int{1, 3} {
		if got := HourLead(nil, &playlist.Playlist{Tracks: make([]playlist.Track, n), Arm: playlist.Shuffle}); n == 1 != strings.HasPrefix(got, "One track, ") {
			t.Errorf("%d tracks are told as %q", n, got)
		}
	}
}

// TestTrackFacts: as much as is known, in order; nothing of what is not.
func TestTrackFacts(t *testing.T) {
	told := hours(t, nil)["told"]
	for i, want := range []string{"Locked · familiar", "Wished for · less known to you · a step of 0.06 · tempo × 0.93 · same key"} {
		if got := plain(TrackFacts(nil, told.Tracks[i])); got != want {
			t.Errorf("track %d: %q, want %q", i, got, want)
		}
	}
	if got := TrackFacts(nil, playlist.Track{}); got != "" {
		t.Errorf("a bare track says %q", got)
	}
	for i, want := range []string{"", "Instead of “Ω” by Φ and Ψ.", "Instead of “Ω”."} {
		if got := InsteadOf(nil, told.Tracks[i]); got != want {
			t.Errorf("track %d: %q, want %q", i, got, want)
		}
	}
}

// TestCertificateStaysTrue: what is said to be the most is never below the gap.
func TestCertificateStaysTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gap := rapid.Float64Range(0, 1).Draw(t, "gap")
		said, err := strconv.ParseFloat(strings.TrimSuffix(upTo(nil, gap), language.Thin+"%"), 64)
		if err != nil || said/100 < gap-1e-9 || said/100 > gap+.0011 {
			t.Fatalf("a gap of %g is said to be at most %q", gap, upTo(nil, gap))
		}
	})
	least := 0.
	for want, p := range map[string]*playlist.Playlist{
		"": {}, "No order of 2 of these 640 tracks is better than this one. That is calculated, not guessed.": {Gap: &least, Candidates: 640, Tracks: make([]playlist.Track, 2)},
	} {
		if got := plain(Certificate(nil, p)); got != want {
			t.Errorf("says %q, want %q", got, want)
		}
	}
	if got := Bounds(nil, &playlist.Playlist{}); got != "" {
		t.Errorf("without a bound %q", got)
	}
}

// TestPhases: every track once, in order; one group where there is no arc.
func TestPhases(t *testing.T) {
	for name, p := range hours(t, nil) {
		n := 0
		groups := Phases(nil, p)
		for _, g := range groups {
			if g.Name == "" || g.Line == "" {
				t.Errorf("%s: a part without a name or a line: %+v", name, g)
			}
			for _, track := range g.Tracks {
				if n++; track.No != n || track.Title != p.Tracks[n-1].Title {
					t.Fatalf("%s: track %d is numbered %d", name, n, track.No)
				}
			}
		}
		if n != len(p.Tracks) || p.Arm != playlist.Iso && len(groups) != 1 {
			t.Errorf("%s: %d tracks of %d in %d parts", name, n, len(p.Tracks), len(groups))
		}
	}
}

// TestMeasures: every check of a known metric is told, and what missed says so.
func TestMeasures(t *testing.T) {
	made := hours(t, nil)
	known := 0
	for _, c := range made["told"].Checks {
		if c.Value != nil {
			known++
		}
	}
	rows := Measures(nil, made["told"])
	if len(rows) != known {
		t.Errorf("%d of %d checks are told", len(rows), known)
	}
	for _, m := range rows {
		if m.Name == "" || m.Value == "" || !strings.HasSuffix(m.Note, "; not met here") {
			t.Errorf("a measure says %+v", m)
		}
	}
}

// TestPicture: one file of its own with every track, the same twice, in every
// language.
func TestPicture(t *testing.T) {
	for _, in := range language.All() {
		for name, p := range hours(t, in) {
			svg := HourPicture(in, p)
			if svg != HourPicture(in, p) {
				t.Errorf("%s: two pictures of one hour differ", name)
			}
			if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil {
				t.Errorf("%s: not well-formed: %v", name, err)
			}
			drawn := regexp.MustCompile(`base64,[^)]*`).ReplaceAllString(svg, "") // any letters may stand in a font
			for _, s := range []string{"href", "<script", "var(", "NaN", "http://www.w3.org/1999", "%!"} {
				if strings.Contains(drawn, s) {
					t.Errorf("%s: holds %q", name, s)
				}
			}
			if n := strings.Count(svg, `<tspan class="b">`); n != 2*len(p.Tracks) {
				t.Errorf("%s: names %d tracks in two drawings, want %d each", name, n, len(p.Tracks))
			}
			if night := strings.Contains(svg, in.Say("closed at night")); night != p.Night {
				t.Errorf("%s: night is %v, the picture says %v", name, p.Night, night)
			}
		}
	}
}
