package recommend

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"segue/language"
	"segue/playlist"
)

func TestReason(t *testing.T) {
	vi, ok := language.Of("vi")
	if !ok {
		t.Fatal("there is no Vietnamese")
	}
	for _, c := range []struct {
		err    error
		en, vi string
	}{
		{
			Wish{}.Check(nil),
			"say where you are now: a mood, or a point of the plane; your listening does not tell it yet",
			"hãy cho biết bây giờ bạn đang ở đâu: một sắc thái, hoặc một điểm trên mặt phẳng; việc nghe của bạn chưa cho biết điều đó",
		},
		{
			Wish{From: "dizzy"}.Check(nil),
			`"dizzy" is neither a mood (angry, anxious, calm, content, happy, sad) nor a point of the plane, pleasantness and energy from 0 to 1 such as .72,.25`,
			`"dizzy" không phải là một sắc thái (angry, anxious, calm, content, happy, sad), cũng không phải là một điểm trên mặt phẳng, tức độ dễ chịu và năng lượng từ 0 đến 1, chẳng hạn .72,.25`,
		},
		{
			Wish{From: ".5,.5"}.Check(nil),
			"from the middle of the plane there is no usual way; choose where to go, such as calm or happy",
			"từ giữa mặt phẳng không có đường đi quen thuộc nào; bạn hãy chọn nơi muốn đến, chẳng hạn êm hoặc vui",
		},
		{
			fmt.Errorf("%w: %w", playlist.ErrNoFit, &playlist.Refusal{Kind: playlist.ErrNoPlaylist, Reason: "there is none"}),
			"there is none", "there is none",
		},
	} {
		for tongue, want := range map[*language.Tongue]string{nil: c.en, vi: c.vi} {
			if got, ok := Reason(c.err, tongue); !ok || got != want {
				t.Errorf("%v: got %q, %v, want %q", c.err, got, ok, want)
			}
		}
	}
	if got, ok := Reason(errors.New("the disk is full"), vi); ok || got != "" {
		t.Errorf("a full disk is nobody's wish, but the reason is %q", got)
	}
}

// The note that a style brings the night is said in the language of the rest.
func TestPlanIn(t *testing.T) {
	vi, ok := language.Of("vi")
	if !ok {
		t.Fatal("there is no Vietnamese")
	}
	m, w := music(t, 500), Wish{From: "angry"}
	english := plan(t, m, nil, as(t, "lantern"), w)
	hour, err := PlanIn(context.Background(), vi, m, nil, as(t, "lantern"), w)
	if err != nil {
		t.Fatal(err)
	}
	if want := vi.Say(english.Notes[len(english.Notes)-1]); want == english.Notes[len(english.Notes)-1] || !slices.Contains(hour.Notes, want) {
		t.Errorf("notes %q, want %q among them", hour.Notes, want)
	}
	for i, k := range hour.Tracks {
		if e := english.Tracks[i]; k.ID != e.ID || k.Reason == e.Reason {
			t.Errorf("track %d is %s, %q; in English %s, %q", i, k.ID, k.Reason, e.ID, e.Reason)
		}
	}
}
